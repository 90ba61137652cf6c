"""Small networks run fastest on one thread, and threads that wait by spinning would starve the processes that tests start."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from tests.support import quick  # noqa: F401  (workers share its server, so it starts before they do)

# The files that take longest begin, so that at the end no worker waits long for the other.
LONG = "product own_page live compare pages recipes space own lessons_page zoo_hub translate pix2pix hostile publish trainer"


def pytest_configure(config):
    """Fixtures, for a process that runs tests: the one that hands them out to workers need not import torch."""
    if config.getoption("dist", "no") == "no":
        config.pluginmanager.import_plugin("tests.fake_hub.fixtures")
        config.pluginmanager.import_plugin("tests.support.browser")


def pytest_collection_modifyitems(items):
    names = [f"test_{name}.py" for name in LONG.split()]
    items.sort(key=lambda item: names.index(item.path.name) if item.path.name in names else len(names))
