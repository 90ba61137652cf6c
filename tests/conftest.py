"""Small networks run fastest on one thread, and threads that wait by spinning would starve the processes that tests start."""

import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from xdist.scheduler import LoadFileScheduling

from tests.support import quick  # noqa: F401  (workers share its server, so it starts before they do)

# All that use the fixture `site`.
SITE = ("product", "live", "pages", "compare", "lessons_page", "translate", "hostile", "demos")
# The files that take longest begin, so that at the end no worker waits long for the other.
LONG = (*SITE, "own_page", "recipes", "space", "own", "zoo_hub", "pix2pix", "publish", "trainer")


def named(file) -> str:
    return Path(file).stem.removeprefix("test_")


def pytest_configure(config):
    """Fixtures, for a process that runs tests: the one that hands them out to workers need not import torch."""
    if config.getoption("dist", "no") == "no":
        config.pluginmanager.import_plugin("tests.fake_hub.fixtures")
        config.pluginmanager.import_plugin("tests.support.browser")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(named(item.path)) if named(item.path) in LONG else len(LONG))


class Scheduling(LoadFileScheduling):
    """What visits the pages goes to one worker, as one server and one browser serve it all; the rest file by file."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "site" if named(file) in SITE else file


def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)
