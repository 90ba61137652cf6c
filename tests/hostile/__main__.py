"""Everything, by hand, from the repository's root; a quarter of an hour on two idle cores. Exit code 1 if anything is wrong.

python -m tests.hostile [inputs faults kills threads raw]
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "train"))

import torch  # noqa: E402

from tests.fake_hub.client import Client  # noqa: E402
from tests.fake_hub.server import LocalHub  # noqa: E402

from . import faults, inputs, kills, raw, threads  # noqa: E402

PUSHES = ("/preupload/", "/commit/")


def all_inputs(folder: Path):
    count, wrong = inputs.tried(folder)
    yield f"{count} hostile inputs", wrong


def all_faults(folder: Path):
    with LocalHub() as hub:
        hub.add_user("alice", token=faults.SECRET)
        client = Client(hub, folder / "client")
        wrong = faults.tried(hub, client, folder)
        client.stop()
    yield f"{len(faults.FAULTS)} faults of the Hub", wrong


def all_kills(folder: Path):
    early, wrong = kills.tried(folder / "early", kills=13, epochs=60, save_every=20)
    late, more = kills.tried(folder / "late", kills=5, epochs=150, save_every=100, past=1000)
    yield f"{early} kills, and {late} past step 1,000", wrong + more
    with LocalHub() as hub:
        hub.add_user("alice", token=faults.SECRET)
        wrong = [kills.pushing(hub, folder / f"push-{i}", at) for i, at in enumerate(PUSHES)]
    yield f"{len(PUSHES)} kills in a push", [w for w in wrong if w]
    yield "1 SIGTERM", [w for w in [kills.terminated(folder / "term")] if w]


def all_threads(folder: Path):
    count, wrong = threads.tried(folder, threads=6, rounds=3)
    yield f"{count} answers in 6 threads", wrong


def all_raw(folder: Path):
    from tests.support.serve import serve

    with LocalHub() as hub:  # a name in the Zoo's field is looked up there, and nothing anywhere else
        os.environ |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(folder / "hf")}
        with serve(folder) as served:
            count, wrong = raw.tried(served.url, lambda: served.printed, 1000)
        if served.asked:
            wrong.append("another host was asked")
    yield f"{count} raw calls", wrong


PARTS = {"inputs": all_inputs, "faults": all_faults, "kills": all_kills, "threads": all_threads, "raw": all_raw}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    asked = parser.parse_args()
    if odd := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"there is no part {odd[0]}")
    torch.set_num_threads(1)
    failed = 0
    for part in asked.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
            began = time.perf_counter()
            for said, wrong in PARTS[part](Path(folder)):
                failed += len(wrong)
                print(f"{said}: {len(wrong)} wrong ({time.perf_counter() - began:.0f} s)", flush=True)
                for line in wrong:
                    print(f"  {line}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
