"""The recipes and the tools around them; in an installed package they are `ganzoo.train`."""
