"""Pin the known words of --data to the revisions that their data sets have on the Hub now.

    python train/pin.py            # those that have no pin yet
    python train/pin.py --again    # all of them

It writes ganzoo/data/pins.json.
"""

import json
import sys

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import RepositoryNotFoundError

from ganzoo import files, recipes, settings
from ganzoo.data import registry
from ganzoo.errors import GanzooError
from ganzoo.hub_client import TROUBLE, short


def pin(hubs: list[str]) -> dict[str, str]:
    """The revisions of sets as the Hub says them now; one that is not there stays without a pin."""
    found = {}
    for hub in hubs:
        try:
            found[hub] = HfApi().dataset_info(hub).sha
        except RepositoryNotFoundError:
            continue
        except TROUBLE as error:
            raise GanzooError("pin_hub_unavailable", endpoint=constants.ENDPOINT, reason=short(error)) from None
    return found


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="ask for all sets, also for those that have a pin")
    asked = parser.parse_args(argv)
    hubs = sorted(set(registry.HUB_IDS.values()))
    found = pin([hub for hub in hubs if asked.again or hub not in registry.PINS])
    registry.PINS.update(found)
    files.save_text(registry.PINS_FILE, json.dumps(registry.PINS, indent=2, sort_keys=True) + "\n")
    for hub in hubs:
        print(f"{hub} {registry.PINS.get(hub, 'not pinned')}{' (now)' if hub in found else ''}")
    print(f"Written: {registry.PINS_FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
