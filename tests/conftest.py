"""Small networks run fastest on one thread, and threads that wait by spinning would starve the processes that tests start."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from tests.fake_hub.fixtures import hub, machine, running  # noqa: F401
from tests.support.browser import browser, site, surf  # noqa: F401  (fixtures)

# The files that take longest begin, so that at the end no worker waits long for the other.
LONG = "product own_page live compare pages recipes space own lessons_page zoo_hub translate pix2pix hostile publish trainer"


def pytest_collection_modifyitems(items):
    names = [f"test_{name}.py" for name in LONG.split()]
    items.sort(key=lambda item: names.index(item.path.name) if item.path.name in names else len(names))
