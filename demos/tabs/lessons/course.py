"""The lessons in the course's order, with the course's numbers."""

from . import (
    adam_momentum,
    batch_norm,
    feature_maps,
    gan_networks,
    kernel_stride,
    label_filter,
    leaky_relu,
    mlp_vs_conv,
    opening,
    pixel_losses,
    receptive_field,
    tanh,
    three_states,
    two_steps,
    unet_skips,
)
from .screen import Lesson

COURSE = (
    Lesson("opening", 0, opening),
    Lesson("gan", 1, gan_networks),
    Lesson("steps", 2, two_steps),
    Lesson("states", 3, three_states),
    Lesson("tanh", 4, tanh),
    Lesson("bn", 4, batch_norm),
    Lesson("label", 6, label_filter),
    Lesson("mlp", 7, mlp_vs_conv),
    Lesson("stride", 8, kernel_stride),
    Lesson("losses", 10, pixel_losses),
    Lesson("features", 10, feature_maps),
    Lesson("unet", 13, unet_skips),
    Lesson("field", 15, receptive_field),
    Lesson("relu", 16, leaky_relu),
    Lesson("friction", 16, adam_momentum),
)
ORDER = [lesson.key for lesson in COURSE]
