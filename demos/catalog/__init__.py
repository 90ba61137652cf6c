"""Which models there are: on this machine, and on the Hub."""
