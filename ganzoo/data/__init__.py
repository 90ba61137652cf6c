"""Pictures from anywhere -> uint8 tensors: labelled ones, pairs, and two sets without pairs."""

import dataclasses

from ganzoo.data import labeled, paired_sources, unpaired_sources
from ganzoo.errors import GanzooError

READERS = {"labeled": labeled.read_data, "paired": paired_sources.read_data, "unpaired": unpaired_sources.read_data}


def load(config):
    """(Pictures, Pairs or Unpaired, as `config.task` says; the completed config). GanzooError where they do not fit."""
    found = READERS[config.task](config)
    return found, complete(config, found)


def complete(config, data):
    """The config with labels, channels and direction of its data. GanzooError where a resumed run began with others."""
    own = {f.name for f in dataclasses.fields(config)}
    found = dataclasses.replace(config, **{name: value for name, value in data.facts.items() if name in own})
    if config.resume and found.depths != config.depths:
        raise GanzooError("resume_channels_changed", then=config.depths, now=found.depths)
    if config.resume and config.classes and found.classes != config.classes:
        raise GanzooError("resume_classes_changed", then=list(config.classes), now=list(found.classes))
    return found
