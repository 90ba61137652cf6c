"""Run a recipe on rented hardware of the Hub, with the ganzoo that is installed here.

    python train/jobs.py pix2pix --flavor t4-small -- --data facades --push          # prints the command
    python train/jobs.py pix2pix --flavor t4-small --run -- --data facades --push    # and runs it
    python train/jobs.py cyclegan --flavor l4x4 -- --data my/summer-winter --push    # four GPUs: torchrun

ganzoo travels as a wheel in a mounted folder, so nothing needs to be published first. What stands after -- is the
recipe's own command line; a folder given as --data travels too. The model goes to the Hub (--push), and every save of the run
into a bucket of yours: where a job ends too early (its --timeout, a fault), the same command goes on with the run.
"""

import base64
import contextlib
import hashlib
import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

from huggingface_hub import HfApi

import ganzoo
from ganzoo import package, settings
from ganzoo.errors import GanzooError
from ganzoo.hub_client import TROUBLE, short
from ganzoo.models.registry import LESSONS
from ganzoo.recipes import guarded
from ganzoo.training.run_dir import git_commit

MOUNT, INPUTS, RUNS = "/ganzoo", "/inputs", "/runs"  # where a job finds the wheel, your pictures, and what it keeps
PLACE = Path("build", "job")  # of the wheel, on this machine


def wheel(folder: Path) -> Path:
    """ganzoo with judges and pretrained features, without the other bundled models, as a wheel in `folder`."""
    stem = f"{package.NAME.replace('-', '_')}-{ganzoo.__version__}"
    info = f"{stem}.dist-info"
    meta = ["Metadata-Version: 2.1", f"Name: {package.NAME}", f"Version: {ganzoo.__version__}"]
    meta += ["Requires-Python: >=3.10"]
    home = Path(ganzoo.__file__).parent
    sources = [*package.words(), *home.rglob("*.py")]
    for kind in ("judge-*", "features-*"):
        sources += [*home.glob(f"weights/{kind}/config.json"), *home.glob(f"weights/{kind}/*.safetensors")]
    files = {path.relative_to(home.parent).as_posix(): path.read_bytes() for path in sorted(sources)}
    meta += [f"Requires-Dist: {need}" for need in package.requirements()]
    files[f"{info}/METADATA"] = "\n".join([*meta, ""]).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: ganzoo\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    rows = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        rows.append(f"{name},sha256={digest},{len(data)}")
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):  # the whole folder is mounted
        old.unlink()
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)  # the same code, the same file
    return path


def command(recipe: str, flavor: str, timeout: str, bucket: str, words: list[str], made: Path) -> list[str]:
    config, given = settings.parse(LESSONS[recipe].Config, words)  # a wrong flag should cost nothing
    if not config.push and not config.smoke:
        raise GanzooError("job_without_push")
    if "resume" in given or (config.init and Path(config.init).is_dir()):
        raise GanzooError("job_cannot_resume")
    if "," in config.data and any(Path(part).is_dir() for part in config.data.split(",")):
        raise GanzooError("job_takes_one_folder")
    line = ["hf", "jobs", "uv", "run", "--flavor", flavor, "--timeout", timeout, "--secrets", "HF_TOKEN"]
    line += ["-v", f"{made.parent}:{MOUNT}", "--with", f"{MOUNT}/{made.name}"]
    line += ["-v", f"hf://buckets/{bucket}:{RUNS}", "-e", f"GANZOO_KEEP={RUNS}"]
    line += ["-e", f"GANZOO_GIT_COMMIT={git_commit()}"]  # the card names it, and the wheel does not know it
    if config.track:
        line += ["--with", "trackio"]
    if board := os.environ.get("TRACKIO_SPACE_ID"):  # --track sends the numbers to this Space
        line += ["-e", f"TRACKIO_SPACE_ID={board}"]
    words = list(words)
    for i, word in enumerate(words):
        before, equals, value = word.rpartition("=")
        path = Path(value).expanduser()
        if (before == "--data" or (not equals and i and words[i - 1] == "--data")) and path.is_dir():
            line += ["-v", f"{path.resolve()}:{INPUTS}/{path.resolve().name}"]
            words[i] = f"{before}{equals}{INPUTS}/{path.resolve().name}"
    gpus = int(found[1]) if (found := re.search(r"x(\d+)$", flavor)) else 1
    start = ["torchrun", "--standalone", "--nproc_per_node", str(gpus)] if gpus > 1 else []
    return [*line, *start, str(Path(__file__).resolve().with_name(f"{recipe}.py")), *words]


def main(argv: list[str] | None = None) -> int:
    parser = settings.Parser(description=__doc__)
    parser.add_argument("recipe", choices=LESSONS)
    parser.add_argument("--flavor", default="t4-small", help="the hardware: `hf jobs hardware` lists it with its price")
    parser.add_argument("--timeout", default="3h", help="the job ends then at the latest (default: 3h)")
    help = "USER/NAME of the bucket that keeps the runs (default: your own `runs`)"
    parser.add_argument("--bucket", default="", help=help)
    parser.add_argument("--run", action="store_true", help="run the command instead of printing it; this costs money")
    parser.add_argument("words", nargs="*", metavar="-- ...", help="the recipe's own command line")
    argv = sys.argv[1:] if argv is None else list(argv)
    cut = argv.index("--") if "--" in argv else len(argv)
    args = parser.parse_args(argv[:cut])
    try:
        made = wheel(PLACE.absolute())
    except OSError as error:
        raise GanzooError("wheel_not_writable", folder=PLACE, reason=error.strerror) from None
    bucket = args.bucket
    if not bucket:
        user = "ME"  # nobody is logged in, or the Hub does not answer
        with contextlib.suppress(*TROUBLE, ValueError):
            user = HfApi().whoami()["name"]
        bucket = f"{user}/runs"
    line = command(args.recipe, args.flavor, args.timeout, bucket, argv[cut + 1 :] + args.words, made)
    if not args.run:
        print(shlex.join(["hf", "buckets", "create", bucket, "--private", "--exist-ok"]))
        print(shlex.join(line))
        return 0
    try:
        HfApi().create_bucket(bucket, private=True, exist_ok=True)
    except (*TROUBLE, ValueError) as error:
        raise GanzooError("bucket_not_made", bucket=bucket, reason=short(error)) from None
    return subprocess.run([str(Path(sys.executable).with_name("hf")), *line[1:]]).returncode


if __name__ == "__main__":
    sys.exit(guarded(main))
