"""Your pictures: a visitor trains Pix2Pix on pairs of their own."""
