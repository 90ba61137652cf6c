"""Pictures from anywhere -> uint8 tensors: labelled ones, pairs, and two sets without pairs."""

import dataclasses

from ganzoo.data import labeled, paired_sources, unpaired_sources
from ganzoo.errors import GanzooError

READERS = {
    "labeled": labeled.read_data,
    "paired": paired_sources.read_data,
    "unpaired": unpaired_sources.read_data,
}


def load(config):
    """(data, completed config): Pictures, Pairs or Unpaired, as `config.task` says. Raises GanzooError where they cannot be
    read or do not fit."""
    found = READERS[config.task](config)
    return found, complete(config, found)


def complete(config, data):
    """The config with what only the data knows: labels, channels, the direction in full. Raises GanzooError where a resumed
    run began with other data."""
    own = {f.name for f in dataclasses.fields(config)}
    found = dataclasses.replace(config, **{name: value for name, value in data.facts.items() if name in own})
    if config.resume and found.depths != config.depths:
        raise GanzooError("resume_channels_changed", then=config.depths, now=found.depths)
    if config.resume and config.classes and found.classes != config.classes:
        raise GanzooError("resume_classes_changed", then=list(config.classes), now=list(found.classes))
    return found
