"""Translate every picture of a folder with a Pix2Pix or CycleGAN model.

    python train/translate.py pix2pix-facades-gan-mae drawings/ photos/
    python train/translate.py cyclegan-horse2zebra zebras/ horses/ --direction 'zebra->horse'

Names and sub-folders stay, the pictures become PNG. What cannot be read is named and left out; what is there already is
left alone, so that the same command goes on where it was stopped.
"""

import sys
import warnings
from collections import Counter
from pathlib import Path

from ganzoo import images, inference, recipes, settings
from ganzoo.data import folders
from ganzoo.errors import GanzooError


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__)
    parser.add_argument("model", help="bundled name, model folder or user/name on the Hub")
    parser.add_argument("folder", type=Path, help="pictures to translate, sub-folders too")
    parser.add_argument("out", type=Path, help="where the translations go")
    parser.add_argument("--direction", help="for CycleGAN: horse->zebra or zebra->horse (default: the first)")
    parser.add_argument("--device", default="auto", help="auto | cpu | cuda | cuda:N | mps")
    args = parser.parse_args(argv)
    made = inference.load(args.model, args.device)
    made.translator(args.direction)  # a wrong direction or a model that samples is an error now
    if not args.folder.is_dir():
        raise GanzooError("folder_not_found", folder=args.folder)
    own, out = args.folder.resolve(), args.out.resolve()
    if own == out:
        raise GanzooError("translate_into_itself", folder=args.folder)
    found = sorted(p for p in args.folder.rglob("*") if p.suffix.lower() in folders.SUFFIXES and p.is_file())
    if out.is_relative_to(own):  # what was translated before is not translated again
        found = [path for path in found if not (own / path.relative_to(args.folder)).is_relative_to(out)]
    if not found:
        raise GanzooError("folder_empty", folder=args.folder)
    stems = Counter(path.with_suffix("") for path in found)
    done, bad = 0, []
    for count, path in enumerate(found, 1):
        whole = path if stems[path.with_suffix("")] > 1 else path.with_suffix("")  # a.jpg beside a.webp: a.jpg.png
        place = args.out / f"{whole.relative_to(args.folder)}.png"
        if place.exists():
            continue
        try:
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                picture = made.translate(path, direction=args.direction)
        except GanzooError as error:
            if error.code == "features_damaged":  # not the picture's fault
                raise
            bad.append(str(error))
            continue
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise GanzooError("folder_not_writable", folder=place.parent, reason=error.strerror) from None
        images.save_picture(picture, place)
        done += 1
        print(f"{count}/{len(found)}  {place}", flush=True)
        for warning in said:
            print(f"  {path}: {warning.message}", file=sys.stderr)
    print(f"{done} translated, {len(found) - done - len(bad)} were there already, {len(bad)} could not be read.")
    for error in bad:
        print(f"  {error}", file=sys.stderr)
    return 0 if len(bad) < len(found) else 2


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
