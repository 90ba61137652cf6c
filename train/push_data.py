"""Share your pictures as a data set on the Hub: pairs (AB files, or A/ and B/ with the same names), or two sets without pairs.

    python train/push_data.py my/pairs me/my-pairs --domains photo,label
    python train/push_data.py my/horses-and-zebras me/animals --unpaired

Then `python train/pix2pix.py --data me/my-pairs` (or cyclegan.py) trains on them anywhere.
"""

import sys
from pathlib import Path

from ganzoo import recipes, settings
from ganzoo.hub.push_data import push_data


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that holds the pictures")
    parser.add_argument("repo_id", help="USER/NAME on the Hub")
    parser.add_argument("--domains", default="", help="names of sides A and B: photo,label")
    parser.add_argument("--unpaired", action="store_true", help="two sets without pairs, even where names match")
    parser.add_argument("--private", action="store_true", help="make the data set private")
    parser.add_argument("--license", default="", help="licence that the card names, for example cc-by-4.0")
    args = parser.parse_args(argv)
    where = push_data(args.folder, args.repo_id, args.domains, args.unpaired, args.private, args.license)
    print(f"Pushed to {where}")
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
