"""How long a push and a pull of a full-width U-Net (218 MB) take beside the client's bare calls, and what loading it needs.

    python -m tests.fake_hub.speed [--runs 5] [--width 64]

The two take turns against the same local Hub, so that a busy machine disturbs both alike; medians and their ratio are
printed. Every push has new weights and every pull an empty cache, so that nothing is skipped. Memory is the peak of the
process above what it held before, without the file's own pages that the system may drop (they are mapped, not copied).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from pathlib import Path

from tests.fake_hub.client import Client
from tests.fake_hub.server import LocalHub

MAKE = """
import torch
from pathlib import Path
from ganzoo import checkpoint
from ganzoo.models import pix2pix
torch.manual_seed(0)
config = pix2pix.Config(width=int(words[1]), in_channels=3, out_channels=3, upsample="deconv")
checkpoint.save_model(Path(words[0]), config, {"generator": pix2pix.build(config)["generator"]}, {}, half=words[2] == "half")
"""
FRESH = """
import os, time
with open(words[0] + "/model.safetensors", "r+b") as file:   # other weights: the last number
    file.seek(-4, 2); file.write(int(words[1]).to_bytes(4, "little"))
began = time.perf_counter()
"""
PUSH_BARE = (
    FRESH
    + """
hf.create_repo("alice/unet", exist_ok=True)
hf.upload_folder(repo_id="alice/unet", folder_path=words[0])
print(time.perf_counter() - began)
"""
)
PUSH_OURS = (
    FRESH
    + """
ganzoo.hub.upload.Push("alice/unet", "x").upload(words[0])
print(time.perf_counter() - began)
"""
)
PULL_BARE = """
import time
began = time.perf_counter()
hf.snapshot_download("alice/unet")
print(time.perf_counter() - began)
"""
PULL_OURS = PULL_BARE.replace("hf.snapshot_download", "ganzoo.hub.download.pull")
MEMORY = """
import json, re
def status(key):
    return int(re.search(key + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
ganzoo.load("gan-mnist").sample(1)                      # whatever is set up at the first use
before, mapped = status("RssAnon"), []
from ganzoo import checkpoint
import threading, time
peak, over = [0], []
def watch():
    while not over:
        peak[0] = max(peak[0], status("RssAnon")); time.sleep(0.002)
thread = threading.Thread(target=watch); thread.start()
model = ganzoo.load(words[0])
over.append(1); thread.join()
print(json.dumps([peak[0] - before, status("RssAnon") - before]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--width", type=int, default=64, help="of the U-Net (default: 64, the paper's)")
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="hub-speed-"))
    found: dict[str, list[float]] = {}
    try:
        with LocalHub() as hub:
            hub.add_user("alice")
            client = Client(hub, home / "client")
            print(client.run(MAKE, home / "model", asked.width, "full").err, end="")
            size = (home / "model" / "model.safetensors").stat().st_size
            print(f"model.safetensors: {size / 1e6:.0f} MB", flush=True)
            number = 0
            for run in range(asked.runs):
                for name, code in (("push bare", PUSH_BARE), ("push ganzoo", PUSH_OURS)):
                    number += 1
                    hub.reset()
                    said = client.run(code, home / "model", number)
                    assert said.code == 0, said.all
                    found.setdefault(name, []).append(float(said.out))
                for name, code in (("pull bare", PULL_BARE), ("pull ganzoo", PULL_OURS)):
                    said = client.run(code, home=home / f"cache-{number}-{name[5:]}")
                    assert said.code == 0, said.all
                    found.setdefault(name, []).append(float(said.out))
                    shutil.rmtree(home / f"cache-{number}-{name[5:]}")
                print(f"run {run + 1}: " + ", ".join(f"{k} {v[-1]:.2f} s" for k, v in found.items()), flush=True)
            client.stop()
            median = {name: statistics.median(seconds) for name, seconds in found.items()}
            for what in ("push", "pull"):
                bare, ours = median[f"{what} bare"], median[f"{what} ganzoo"]
                print(f"{what}: bare {bare:.2f} s, ganzoo {ours:.2f} s, {ours / bare:.2f} times")
            for kind in ("full", "half"):  # fp32 and fp16 at rest
                client = Client(hub, home / kind)
                client.run(MAKE, home / kind / "model", asked.width, kind)
                client.stop()
                client = Client(hub, home / kind)
                peak, after = json.loads(client.run(MEMORY, home / kind / "model").out)
                client.stop()
                file = (home / kind / "model" / "model.safetensors").stat().st_size
                print(
                    f"load ({'fp32' if kind == 'full' else 'fp16'} file of {file / 1e6:.0f} MB): peak {peak / 1e6:.0f} MB, "
                    f"afterwards {after / 1e6:.0f} MB, weights in use {size / 1e6:.0f} MB",
                    flush=True,
                )
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
