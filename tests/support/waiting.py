"""Waiting for what another thread or process does, on a machine that may be busy."""

import subprocess
import time

PATIENCE = 300  # seconds for a step that a busy machine may take


def until(condition, process: subprocess.Popen | None = None) -> bool:
    """Wait until it holds; False if the process ended before."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if process and process.poll() is not None:
            return False
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)
    return True
