"""Small networks run fastest on one thread, and threads that wait by spinning would starve the processes that tests start."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from browser import browser, site, surf  # noqa: F401  (fixtures)
