"""Ask the Hub at which revision the known sets are, and write that down: train/pin.py."""

import json

from ganzoo.data import registry
from ganzoo.errors import GanzooError
from ganzoo.files import save_text


def pin(again: bool = False) -> dict[str, str]:
    """The revisions of the sets that have none yet (`again`: of all), as the Hub says them now; written into pins.json.

    GanzooError where the Hub cannot be reached. A set that is not there stays without a pin."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import RepositoryNotFoundError

    from ganzoo.hub_client import TROUBLE, short

    found = {}
    for hub in sorted(set(registry.HUB_IDS.values())):
        if again or hub not in registry.PINS:
            try:
                found[hub] = HfApi().dataset_info(hub).sha
            except RepositoryNotFoundError:
                continue
            except TROUBLE as error:
                raise GanzooError("pin_hub_unavailable", endpoint=constants.ENDPOINT, reason=short(error)) from None
    registry.PINS.update(found)
    save_text(registry.PINS_FILE, json.dumps(registry.PINS, indent=2, sort_keys=True) + "\n")
    return found
