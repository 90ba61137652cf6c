"""Translate: there and back with a CycleGAN."""
