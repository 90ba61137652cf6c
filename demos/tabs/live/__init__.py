"""Watch it learn: a GAN trains while the visitor looks on."""
