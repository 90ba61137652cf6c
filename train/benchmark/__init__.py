"""How fast ganzoo is, beside the usual way: `python train/benchmark gan|pix2pix|compare|page|...`."""
