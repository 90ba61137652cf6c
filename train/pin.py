"""Pin the known words of --data to the revisions that their data sets have on the Hub now.

    python train/pin.py            # those that have no pin yet
    python train/pin.py --again    # all of them

It writes ganzoo/data/pins.json.
"""

import argparse
import sys

from ganzoo import recipes, settings
from ganzoo.data import pins, registry


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", action="store_true", help="ask for all sets, also for those that have a pin")
    asked = parser.parse_args(argv)
    found = pins.pin(asked.again)
    for hub in sorted(set(registry.HUB_IDS.values())):
        print(f"{hub} {registry.PINS.get(hub, 'not pinned')}{' (now)' if hub in found else ''}")
    print(f"Written: {registry.PINS_FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
