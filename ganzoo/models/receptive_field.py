"""What a PatchGAN sees: the strides of its layers, and the pixels behind every score (lessons 14 and 15)."""

from ganzoo.errors import GanzooError

# Strides of its kernel-4 convolutions, by the side of the patch that one score sees (ganzoo.receptive_field).
# 70 is the paper's, 46 and 94 are the course's four and five layers of stride 2, 1 and 286 the paper's two extremes (a
# pixel, and more than the whole of 256 pixels); 142 is that for 128 pixels.
PATCHES = {
    1: (1, 1, 1),
    16: (2, 1, 1),
    34: (2, 2, 1, 1),
    46: (2, 2, 2, 2),
    70: (2, 2, 2, 1, 1),
    94: (2, 2, 2, 2, 2),
    142: (2, 2, 2, 2, 1, 1),
    286: (2, 2, 2, 2, 2, 1, 1),
}
WORDS = {"pixel": "1", "whole": "286"}  # the paper's PixelGAN and ImageGAN


def receptive_field(strides, kernel: int = 4) -> int:
    """Side in pixels of what one output of stacked convolutions sees (lesson 15), from the last layer back to the first:
    next = kernel + (r - 1) * stride. Five layers of kernel 4, stride 2 see 4, 10, 22, 46, 94 pixels."""
    strides = list(strides) if isinstance(strides, (list, tuple)) else [strides]
    for number in (*strides, kernel):
        if type(number) is not int or number < 1:
            raise GanzooError("bad_receptive_field", number=number)
    field = 1
    for stride in reversed(strides):
        field = kernel + (field - 1) * stride
    return field


def patch_box(patch: int, row: int, column: int, size: int | tuple[int, int]) -> tuple[int, int, int, int]:
    """The pixels that one score depends on through the convolutions: (left, top, right, bottom), cut off at
    the picture's edge, right and bottom exclusive. `size` is the picture's side, or its (height, width)."""
    height, width = (size, size) if isinstance(size, int) else size
    (top, bottom), (left, right) = _span(patch, row, height), _span(patch, column, width)
    return left, top, right, bottom


def _lengths(patch: int, length: int) -> list[int]:
    """How long a side is before the first layer, after it, after the second .."""
    kernel, padding = (1, 0) if patch == 1 else (4, 1)
    lengths = [length]
    for stride in PATCHES[patch]:
        lengths.append((lengths[-1] + 2 * padding - kernel) // stride + 1)
    return lengths


def fits(patch: int, length: int, norm: str) -> bool:
    """Whether there is something to score: where a norm follows, more than the one pixel that it would wipe out."""
    lengths = _lengths(patch, length)
    return lengths[-1] > 0 and all(n > (norm != "none") for n in lengths[2:-1])


def misfit(config) -> GanzooError | None:
    """What is wrong with the patch of some settings: their pictures are too small for it. None if it fits."""
    if fits(config.patch, config.image_size, config.norm):
        return None
    fitting = [patch for patch in PATCHES if fits(patch, config.image_size, config.norm)][-2:]
    return GanzooError("patch_too_large", patch=config.patch, image_size=config.image_size, fitting=fitting)


def _span(patch: int, index: int, length: int) -> tuple[int, int]:
    kernel, padding = (1, 0) if patch == 1 else (4, 1)
    lengths = _lengths(patch, length)
    if not 0 <= index < lengths[-1]:
        raise IndexError(f"{length} pixels give {max(0, lengths[-1])} scores, there is none at {index}")
    first = last = index
    for stride, inside in zip(reversed(PATCHES[patch]), reversed(lengths[:-1]), strict=True):  # from the score back
        first, last = max(0, first * stride - padding), min(inside - 1, last * stride - padding + kernel - 1)
    return first, last + 1
