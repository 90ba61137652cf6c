"""Pictures from anywhere -> uint8 tensors: labelled ones, pairs, and two sets without pairs."""

import dataclasses

from ganzoo.data import labeled, paired_sources, unpaired_sources

READERS = {"labeled": labeled.read_data, "paired": paired_sources.read_data, "unpaired": unpaired_sources.read_data}


def load(config):
    """(Pictures, Pairs or Unpaired, as `config.task` says; the completed config)."""
    found = READERS[config.task](config)
    return found, complete(config, found)


def complete(config, data):
    """The config with labels, channels and direction of its data."""
    own = {f.name for f in dataclasses.fields(config)}
    return dataclasses.replace(config, **{name: value for name, value in data.facts.items() if name in own})
