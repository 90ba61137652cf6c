"""A generator as one ONNX file, for browsers, phones and other languages.

    onnx_export.write(ganzoo.load("pix2pix-facades-gan-mae"), Path("facades.onnx"))

Any batch size, and for what translates any size that is a multiple of `size_multiple`; weights in fp32. The file says in its
metadata, under "ganzoo", what it is and what its numbers mean.
"""

import copy
import json
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from ganzoo.errors import GanzooError
from ganzoo.files import save_atomic
from ganzoo.models.features import SMALLEST
from ganzoo.models.registry import LESSONS

# In -1 .. 1, an eighth of a step of 8 bits; measured are 1e-6, and 1e-4 where a network is ill-conditioned.
FARTHEST = 1e-3


def write(made, path: Path, direction: str | None = None) -> float | None:
    """Export a loaded model's generator to `path`. Where onnxruntime is installed the file is run before it is kept: returns
    the largest difference of its pictures from PyTorch's (in -1 .. 1), else None."""
    if made.config.lesson not in LESSONS:
        raise GanzooError("export_other_lesson", name=made.name, lesson=made.config.lesson, known=list(LESSONS))
    if direction is not None and not made.translates:
        raise GanzooError("export_without_direction", name=made.name)
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise GanzooError("onnx_missing", package=error.name) from None
    net = made.translator(direction) if made.translates else made.generator
    net = copy.deepcopy(net).cpu().eval()  # the model stays where it is
    names, batch = ["noise"], torch.export.Dim("batch")
    if made.config.needs_labels:
        names.append("label")
    shapes = tuple({0: batch} for _ in names)
    if made.translates:
        step = made.config.size_multiple
        names, rows, columns = ["picture"], torch.export.Dim("rows"), torch.export.Dim("columns")
        shapes = ({0: batch, 2: step * rows, 3: step * columns},)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of the exporter's own making
        how = dict(dynamo=True, verbose=False, input_names=names, dynamic_shapes=shapes)
        outputs = ["translation" if made.translates else "picture"]
        given = example(made, direction, 2, (2, 3))
        net(*given)  # a localizer reads its features when it is first used, which the exporter does not allow
        program = torch.onnx.export(net, given, output_names=outputs, **how)
    program.model.metadata_props["ganzoo"] = json.dumps(facts(made, direction), ensure_ascii=False)
    gaps: list[float | None] = []

    def save(temporary: Path) -> None:
        program.save(temporary, external_data=False)
        gaps.append(gap(made, net, direction, temporary))

    save_atomic(path, save)
    return gaps[0]


def facts(made, direction: str | None = None) -> dict:
    """What one must know to use the file without ganzoo."""
    found = {"name": made.name, "lesson": made.config.lesson, "value_range": [-1, 1]}
    if made.translates:
        found |= {"direction": direction or made.direction, "size_multiple": made.config.size_multiple}
        # Smaller pictures are enlarged for the features, which the file leaves out.
        return found | ({"smallest_side": SMALLEST} if getattr(made.config, "masked", False) else {})
    return found | {"noise_size": made.config.noise_size, "classes": list(made.classes)}


def example(made, direction: str | None, batch: int, tiles: tuple[int, int], seed: int = 0) -> tuple[Tensor, ...]:
    """Something to put into a generator: `batch` pictures of `tiles` times the size multiple, or noise for as many."""
    if not made.translates:
        return made.noise(batch, seed), *made.labels(None, batch)
    sides = (made.config.size_multiple * tile for tile in tiles)
    return (torch.rand(batch, made.depth(direction), *sides, generator=torch.Generator().manual_seed(seed)) * 2 - 1,)


def gap(made, net: nn.Module, direction: str | None, path: Path) -> float | None:
    """The largest difference between what the file and the network make. None without onnxruntime to run it."""
    try:
        import onnxruntime
    except ImportError:
        return None
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    largest = 0.0
    few = max(2, 64 // made.config.size_multiple)  # instance norm over a handful of pixels is all rounding
    for batch, tiles in ((1, (few, few)), (3, (few, 2 * few))):
        given = example(made, direction, batch, tiles, seed=batch)
        named = {place.name: x.numpy() for place, x in zip(session.get_inputs(), given, strict=True)}
        with torch.no_grad():
            wanted = net(*given)
        largest = max(largest, float((torch.from_numpy(session.run(None, named)[0]) - wanted).abs().max()))
    if largest > FARTHEST:
        raise GanzooError("export_differs", largest=largest)
    return largest
