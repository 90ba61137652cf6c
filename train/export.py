"""Export a generator to ONNX: one file that runs in a browser, on a phone or in another language.

    python train/export.py pix2pix-facades-gan-mae
    python train/export.py runs/cyclegan-horse2zebra --direction 'zebra->horse' --out back.onnx

Takes a bundled name, a model folder or a Hub id. The file takes any batch size, and any picture whose sides are multiples
of what is printed; numbers are -1 .. 1. Where onnxruntime is installed the file is run before it is kept.
"""

import sys
from pathlib import Path

from ganzoo import inference, recipes, settings
from ganzoo.data.registry import data_word
from ganzoo.errors import GanzooError
from ganzoo.interop import onnx_export


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__)
    parser.add_argument("model", help="bundled name, model folder or user/name on the Hub")
    parser.add_argument("--out", default="", metavar="PLACE", help="file or folder (default: NAME.onnx here)")
    parser.add_argument("--direction", metavar="TEXT", help="of a CycleGAN: zebra->horse (default: the first)")
    args = parser.parse_args(argv)
    made = inference.load(args.model)
    name = data_word(made.name)
    if args.direction and args.direction != made.direction:
        name += f"-{data_word(args.direction)}"
    path = Path(args.out or f"{name}.onnx")
    if path.is_dir():
        path = path / f"{name}.onnx"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GanzooError("folder_not_writable", folder=path.parent, reason=error.strerror) from None
    gap = onnx_export.write(made, path, args.direction)
    facts = onnx_export.facts(made, args.direction)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, " + ", ".join(f"{k} {v}" for k, v in facts.items() if v))
    if gap is None:
        print("Not checked: onnxruntime is not installed (pip install onnxruntime).")
    else:
        print(f"onnxruntime makes the same pictures; the largest difference is {gap:.1g}.")
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
