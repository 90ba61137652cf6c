"""Pictures in and out: PIL <-> tensor, grids, films.

Everywhere in ganzoo a picture tensor is (N, C, H, W); uint8 in 0..255 at rest, float in [-1, 1] inside networks.
"""

import contextlib
import struct
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.files import save_atomic

# Set once: filters belong to the whole process, so a thread that changes them for a moment changes them for all.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # larger pictures are refused below
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin")  # pixels count, not EXIF

# What is opened; not EPS, which would start another program.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "PPM")

MOST_PIXELS = Image.MAX_IMAGE_PIXELS  # Pillow only warns of larger pictures
# What Pillow raises at damaged EXIF.
BAD_EXIF = (OSError, SyntaxError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, struct.error)
METADATA = ("exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp")  # in a picture's info


def to_float(pictures: Tensor) -> Tensor:
    """uint8 0..255 -> float in [-1, 1]."""
    return pictures.float().div_(127.5).sub_(1)


def to_uint8(pictures: Tensor) -> Tensor:
    """float in [-1, 1] -> uint8 0..255, rounded. NaN becomes 0."""
    return pictures.detach().float().nan_to_num(-1.0).add(1).mul(127.5).round_().clamp_(0, 255).to(torch.uint8)


def resized(pictures: Tensor, side: int, mode: str = "bicubic") -> Tensor:
    """uint8 (N, C, H, W) -> the same at side x side, as they are where that is their size. `mode`: bicubic, antialiased, or
    nearest-exact for label maps, which keeps their colours."""
    if pictures.shape[2:] == (side, side):
        return pictures
    smooth = mode != "nearest-exact"
    parts = [F.interpolate(part.float(), (side, side), mode=mode, antialias=smooth) for part in pictures.split(1024)]
    return torch.cat([part.clamp(0, 255).round().byte() for part in parts])


def enlarged(pictures: Tensor, size) -> Tensor:
    """Pictures or masks (B, C, h, w) of floats -> (B, C, *size), bilinear."""
    return F.interpolate(pictures, tuple(size), mode="bilinear", align_corners=False)


def to_pil(pictures: Tensor) -> list[Image.Image]:
    """(N, C, H, W), uint8 or float in [-1, 1] -> a list of N PIL pictures, mode L or RGB."""
    if pictures.dtype != torch.uint8:
        pictures = to_uint8(pictures)
    arrays = pictures.cpu().permute(0, 2, 3, 1).contiguous().numpy()
    return [Image.fromarray(a[:, :, 0] if a.shape[2] == 1 else a) for a in arrays]


def open_picture(source) -> Image.Image:
    """A path, bytes or PIL picture -> an upright L or RGB picture of 8 bits. Raises GanzooError if it cannot be read. 16-bit
    and float greys are scaled to 8 bits, transparency is laid on white, CMYK and palettes become RGB."""
    if not isinstance(source, (Image.Image, bytes, str, Path)) and not hasattr(source, "read"):
        raise GanzooError("no_picture", kind=type(source).__name__ if source is not None else None)
    with _decoding(source):
        picture = source if isinstance(source, Image.Image) else _opened(source)
        if picture is not source and picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        picture = _upright(picture)
    if not all(picture.size):
        raise GanzooError("picture_without_pixels", picture=_called(source))
    if picture.mode in ("L", "RGB"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode.startswith("I") or picture.mode == "F":
        return _eight_bits(picture)
    if picture.mode == "LAB":
        lab, srgb = (ImageCms.createProfile(name) for name in ("LAB", "sRGB"))
        return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
    if picture.mode == "La":
        picture = picture.convert("LA")
    if "A" in picture.mode.upper() or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
        red, green, blue = (band.tobytes() for band in picture.split())
        return picture.convert("L") if red == green == blue else picture
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits, a scan or a depth map, by its highest value."""
    values = torch.frombuffer(bytearray(picture.convert("F").tobytes()), dtype=torch.float32)
    finite = values[values.isfinite()]
    highest = float(finite.max()) if len(finite) else 0.0
    if picture.mode == "F":
        top = max(1.0, highest)
    else:  # 16 bits; "I" may hold 8 or 32
        top = 65535.0 if picture.mode != "I" or 255 < highest <= 65535 else max(255.0, highest)
    # multiplied in double: the highest value of 32 bits is more than a float of 24 can tell apart
    grey = values.double().nan_to_num(0.0, top, 0.0).mul(255.0 / top).clamp(0, 255).round().to(torch.uint8)
    return Image.frombytes("L", picture.size, bytes(grey.tolist()))


def header_size(source) -> tuple[int, int]:
    """Width and height of a picture file or its bytes by the header, before any pixel is decoded. GanzooError as above."""
    with _decoding(source), _opened(source) as picture:
        return picture.size


def _opened(source) -> Image.Image:
    return Image.open(BytesIO(source) if isinstance(source, bytes) else source, formats=FORMATS)


@contextlib.contextmanager
def _decoding(source) -> Iterator[None]:
    """Damaged and hostile files make Pillow raise whatever its parsers raise: here it becomes a GanzooError."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise GanzooError("picture_too_large", picture=_called(source), most=MOST_PIXELS) from error
    except Exception as error:
        text = str(error).split("\n")[0].split(":")[0][:80]
        reason = getattr(error, "strerror", None) or text or type(error).__name__
        if isinstance(error, UnidentifiedImageError):  # Pillow names an object in memory
            reason = "not of a format that is known here"
        raise GanzooError("picture_damaged", picture=_called(source), reason=reason) from error


def _upright(picture: Image.Image) -> Image.Image:
    """A copy, turned as its metadata say and without them. Damaged metadata count as far as they can be read."""
    picture.load()
    for _ in range(2):  # of damaged EXIF Pillow raises once, and then gives what it could read
        with contextlib.suppress(*BAD_EXIF):
            upright = ImageOps.exif_transpose(picture)
            break
    else:
        upright = picture.copy()
    for name in METADATA:
        upright.info.pop(name, None)
    return upright


def _called(source) -> str:
    return f"The file {str(source)[:200]}" if isinstance(source, (str, Path)) else "A picture"


def from_pil(pictures, image_size: int, channels: int) -> Tensor:
    """PIL pictures (or paths, or bytes) -> uint8 (N, channels, size, size): the middle square, resized."""
    out = torch.empty(len(pictures), channels, image_size, image_size, dtype=torch.uint8)
    for i, picture in enumerate(pictures):
        out[i] = square(open_picture(picture), image_size, channels)
    return out


def square(picture: Image.Image, size: int, channels: int) -> Tensor:
    """The middle square of a picture, resized -> uint8 (channels, size, size)."""
    picture = picture.convert("L" if channels == 1 else "RGB")
    if picture.size != (size, size):
        picture = ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC)
    return pixels(picture)


def pixels(picture: Image.Image) -> Tensor:
    """A PIL picture, mode L or RGB -> uint8 (C, H, W)."""
    data = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return data.view(picture.height, picture.width, -1).permute(2, 0, 1)


def whole_tensor(picture, channels: int, most: int = 0) -> Tensor:
    """A PIL picture (or path, or bytes) as it is -> uint8 (1, channels, H, W), its longer side at most `most` (0: any)."""
    picture = open_picture(picture).convert("L" if channels == 1 else "RGB")
    if most and max(picture.size) > most:
        shrink = most / max(picture.size)
        size = tuple(max(1, round(side * shrink)) for side in picture.size)  # a line stays one pixel high
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return pixels(picture)[None].contiguous()


def fit_multiple(pictures: Tensor, multiple: int) -> tuple[Tensor, tuple[slice, slice]]:
    """(N, C, H, W) -> mirrored outwards to the next multiple in H and W, as often as needed, and where the picture lies
    in it: `padded[:, :, *where]` is what came in."""

    def line(length: int) -> tuple[Tensor, slice]:
        after = -length % multiple
        before, period = after // 2, max(1, 2 * (length - 1))
        place = torch.arange(-before, length + after - before).remainder(period)
        return torch.where(place < length, place, period - place), slice(before, before + length)

    (ys, rows), (xs, columns) = line(pictures.shape[2]), line(pictures.shape[3])
    if (len(ys), len(xs)) != pictures.shape[2:]:
        pictures = pictures[:, :, ys.to(pictures.device)][:, :, :, xs.to(pictures.device)]
    return pictures, (rows, columns)


def together(rows: list[Tensor]) -> Tensor:
    """Pictures (N, C, H, W) in one batch; grey ones beside colour ones get three channels."""
    depth = max(row.shape[1] for row in rows)
    return torch.cat([row.expand(-1, depth, -1, -1) for row in rows])


def grid(pictures: Tensor, columns: int = 8, scale: int = 1, gap: int = 2) -> Image.Image:
    """(N, C, H, W) -> one picture, row by row, each cell magnified `scale` times by whole pixels."""
    cells = to_pil(pictures)
    width, height = (side * scale for side in cells[0].size)
    rows = -(-len(cells) // columns)
    sheet = Image.new(cells[0].mode, (columns * (width + gap) - gap, rows * (height + gap) - gap), "white")
    for i, cell in enumerate(cells):
        place = ((i % columns) * (width + gap), (i // columns) * (height + gap))
        sheet.paste(cell.resize((width, height), Image.Resampling.NEAREST), place)
    return sheet


def save_picture(picture: Image.Image, path: Path) -> None:
    save_atomic(path, lambda temporary: picture.save(temporary, format="PNG", optimize=True))


def save_film(frames: list[Image.Image], path: Path) -> None:
    """Frames -> an animated webp that plays forever and rests on the last frame for two seconds."""
    first, *others = frames
    durations = [120] * len(others) + [2000]
    how = dict(format="WEBP", save_all=True, append_images=others, duration=durations, loop=0, quality=55, method=4)
    save_atomic(path, lambda temporary: first.save(temporary, **how))
