"""Run a recipe on rented hardware of the Hub, with this checkout's ganzoo.

    python train/jobs.py pix2pix --flavor t4-small -- --data facades --push          # prints the command
    python train/jobs.py pix2pix --flavor t4-small --run -- --data facades --push    # and runs it
    python train/jobs.py cyclegan --flavor l4x4 -- --data my/summer-winter --push    # four GPUs: torchrun

ganzoo travels as a wheel in a mounted folder, so nothing needs to be published first. What stands after -- is the
recipe's own command line; a folder given as --data travels too. A job's disk is gone at its end, hence --push.
"""

import argparse
import base64
import hashlib
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

from huggingface_hub import HfApi

import ganzoo
from ganzoo import checkpoint, settings
from ganzoo.errors import GanzooError
from ganzoo.recipe import guarded

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ("gan", "cgan", "dcgan", "pix2pix", "cyclegan")
MOUNT, INPUTS = "/ganzoo", "/inputs"  # where a job finds the wheel, and your pictures
PAGES_ONLY = ("gradio",)  # not needed to train


def wheel(folder: Path) -> Path:
    """ganzoo of this checkout with the small judges, but without the bundled models and the packages of tests and pages."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("# tests")[0].splitlines()
    needs = [line for line in lines if line and not line.startswith("#") and not line.startswith(PAGES_ONLY)]
    info = f"ganzoo-{ganzoo.__version__}.dist-info"
    meta = ["Metadata-Version: 2.1", "Name: ganzoo", f"Version: {ganzoo.__version__}", "Requires-Python: >=3.10"]
    package = ROOT / "ganzoo"
    sources = [
        *package.glob("*.py"),
        *package.glob("weights/judge-*/config.json"),
        *package.glob("weights/judge-*/*.safetensors"),
    ]
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in sorted(sources)}
    files[f"{info}/METADATA"] = "\n".join([*meta, *(f"Requires-Dist: {need}" for need in needs), ""]).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: ganzoo\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    rows = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')},{len(data)}"
        for name, data in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():  # the whole folder is mounted
        if old.suffix == ".whl":
            old.unlink()
    path = folder / f"ganzoo-{ganzoo.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)  # the same code, the same file
    return path


def command(recipe: str, flavor: str, timeout: str, words: list[str], made: Path) -> list[str]:
    """The `hf jobs uv run` line."""
    if not any(word in ("--push", "--smoke") or word.startswith("--push=") for word in words):
        raise GanzooError("A job's disk is gone when it ends: add --push after --, so that the model goes to the Hub.")
    config, given = settings.parse(checkpoint.LESSONS[recipe].Config, words)  # a wrong flag should cost nothing
    if "resume" in given or (config.init and Path(config.init).is_dir()):
        raise GanzooError(
            "A job begins with an empty disk: leave --resume out, and let --init name a model on the Hub."
        )
    if "," in config.data and any(Path(part).is_dir() for part in config.data.split(",")):
        raise GanzooError("A job takes one folder: put the two sets into trainA/ and trainB/ of one, and give that.")
    line = ["hf", "jobs", "uv", "run", "--flavor", flavor, "--timeout", timeout, "--secrets", "HF_TOKEN"]
    line += ["-v", f"{made.parent}:{MOUNT}", "--with", f"{MOUNT}/{made.name}"]
    words = list(words)
    for i, word in enumerate(words):
        before, equals, value = word.rpartition("=")
        path = Path(value).expanduser()
        if (before == "--data" or (not equals and i and words[i - 1] == "--data")) and path.is_dir():
            line += ["-v", f"{path.resolve()}:{INPUTS}/{path.resolve().name}"]
            words[i] = f"{before}{equals}{INPUTS}/{path.resolve().name}"
    gpus = int(found[1]) if (found := re.search(r"x(\d+)$", flavor)) else 1
    start = ["torchrun", "--standalone", "--nproc_per_node", str(gpus)] if gpus > 1 else []
    return [*line, *start, str(ROOT / "train" / f"{recipe}.py"), *words]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--flavor", default="t4-small", help="the hardware: `hf jobs hardware` lists it with its price")
    parser.add_argument("--timeout", default="3h", help="the job ends then at the latest (default: 3h)")
    parser.add_argument("--run", action="store_true", help="run the command instead of printing it; this costs money")
    parser.add_argument("words", nargs="*", metavar="-- ...", help="the recipe's own command line")
    argv = sys.argv[1:] if argv is None else list(argv)
    cut = argv.index("--") if "--" in argv else len(argv)
    asked = parser.parse_args(argv[:cut])
    try:
        made = wheel(ROOT / "build" / "job")
    except OSError as error:
        raise GanzooError(f"The wheel cannot be written to {ROOT / 'build'} ({error.strerror}).") from None
    line = command(asked.recipe, asked.flavor, asked.timeout, argv[cut + 1 :] + asked.words, made)
    if not hasattr(HfApi, "sync_job_volume"):
        raise GanzooError(
            "This huggingface_hub cannot mount a local folder into a job: pip install -U huggingface_hub."
        )
    if not asked.run:
        print(shlex.join(line))
        return 0
    return subprocess.run([str(Path(sys.executable).with_name("hf")), *line[1:]]).returncode


if __name__ == "__main__":
    sys.exit(guarded(main))
