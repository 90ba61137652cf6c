"""Hostile files: model folders, sets of pictures, runs that are gone on with. As in inputs.py, each case is (name, call)."""

import gzip
import json
import os
import pickle
import shutil
import struct
from pathlib import Path

import torch

import ganzoo
from ganzoo import checkpoint
from ganzoo.data.labeled import made_up_pictures
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.models import gan
from ganzoo.training import trainer

from .made import Evil, bomb, png

# --- model folders ----------------------------------------------------------------------------------------------------


def model_folders(folder: Path):
    """Those that tests/test_checkpoint.py does not break."""
    folder.mkdir()
    said = json.loads((WEIGHTS / "gan-mnist" / "config.json").read_text())
    weights = (WEIGHTS / "gan-mnist" / "model.safetensors").read_bytes()
    own = checkpoint.load_file(WEIGHTS / "gan-mnist" / "model.safetensors")
    first = next(name for name, tensor in own.items() if tensor.is_floating_point())

    def with_settings(**more) -> bytes:
        return json.dumps(said | {"settings": said["settings"] | more}).encode()

    def with_facts(**more) -> bytes:
        return json.dumps(said | more).encode()

    configs = {
        "empty": b"",
        "a text": b'"x"',
        "null": b"null",
        "deep objects": b'{"a":' * 50_000,
        "a digit without end": b'{"format": ' + b"9" * 10_000 + b"}",
        "no library": b'{"lesson": "gan"}',
        "a text as format": with_facts(format="1"),
        "settings that are a list": with_facts(settings=[]),
        "metrics that are a text": with_facts(metrics="good"),
        "a huge metric": with_facts(metrics={"a": 10**40}),
        "a code as size": with_settings(image_size="28; rm -rf"),
        "a huge size": with_settings(image_size=10**6),
        "a negative noise": with_settings(noise_size=-1),
        "true as channels": with_settings(channels=True),
        "no channels": with_settings(channels=0),
        "another noise": with_settings(noise_size=50),
        "a path as norm": with_settings(norm="../../etc/passwd"),
    }
    files = {
        "empty": b"",
        "text": b"hello",
        "cut by a byte": weights[:-1],
        "a header of nothing": struct.pack("<Q", 2) + b"{}",
        "a header that is no JSON": struct.pack("<Q", 4) + b"nope",
        "the critic's": (WEIGHTS / "gan-mnist" / "discriminator.safetensors").read_bytes(),
        "infinite": checkpoint.save(own | {first: torch.full_like(own[first], float("inf"))}),
        "whole numbers": checkpoint.save(own | {first: own[first].to(torch.int32)}),
    }

    def loaded(name: str, config: bytes, model: bytes | None):
        place = folder / name.replace(" ", "-").replace("'", "")
        place.mkdir()
        (place / "config.json").write_bytes(config)
        if model is not None:
            (place / "model.safetensors").write_bytes(model)
        try:
            return ganzoo.load(place)
        finally:
            shutil.rmtree(place)

    good = json.dumps(said).encode()
    for name, content in configs.items():
        yield f"config: {name}", lambda c=content, n=name: loaded(f"config {n}", c, weights)
    for name, content in files.items():
        yield f"weights: {name}", lambda c=content, n=name: loaded(f"weights {n}", good, c)
    yield "weights: none", lambda: loaded("none", good, None)
    yield "good: an untouched folder", lambda: loaded("untouched", good, weights)


# --- data -------------------------------------------------------------------------------------------------------------


def data_folders(folder: Path):
    folder.mkdir()

    def made(name: str, **files) -> str:
        place = folder / name
        place.mkdir()
        for path, content in files.items():
            path = place / path.replace("__", "/").replace("_png", ".png").replace("_gz", ".gz")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return str(place)

    empty, text = made("empty"), made("text", a_txt=b"x")
    one, broken = made("one", a__1_png=png()), made("broken", **{f"a__{i}_png": b"no picture" for i in range(9)})
    bombs = made("bombs", **{f"a__{i}_png": bomb(60000, 60000) for i in range(4)})
    unmatched = made("unmatched", A__1_png=png(), A__2_png=png(), B__3_png=png(), B__4_png=png())
    half = made("half", trainA__1_png=png(), trainA__2_png=png())
    odd = made("odd", train__1_png=png((33, 20)), train__2_png=png((7, 9)))
    idx = made("idx", **{"train-images-idx3-ubyte_gz": gzip.compress(b"\0" * 1000)})
    for name in (empty, text, one, broken, bombs, idx, str(folder / "nowhere"), "no/such/set/at/all", "\0"):
        yield f"load_pictures {Path(name).name!r}", lambda n=name: ganzoo.load_pictures(n, 28)
    for name in (empty, text, broken, bombs, unmatched, half, odd, str(folder / "nowhere"), "\0"):
        yield f"load_pairs {Path(name).name!r}", lambda n=name: ganzoo.load_pairs(n, 32)
    for name in (empty, text, broken, bombs, f"{one},{empty}", f"{folder}/nowhere,{empty}", half, ",", "a,b,c"):
        yield f"load_unpaired {Path(name).name!r}", lambda n=name: ganzoo.load_unpaired(n, 32)


# --- runs that are gone on with ---------------------------------------------------------------------------------------


def runs(folder: Path):
    folder.mkdir()
    common = {"out": str(folder), "data": "made-up", "batch_size": 16, "device": "cpu", "width": 4, "save_every": 4}

    def trained(name: str) -> Path:
        list(trainer.fit(trainer.prepare(gan.Config(name=name, epochs=1, **common)), made_up_pictures(64)))
        return folder / name

    def resumed(name: str, spoil):
        place = folder / name
        shutil.copytree(folder / "sound", place)
        spoil(place)
        config = gan.Config(name=name, resume="auto", epochs=2, **common)
        try:
            events = list(trainer.fit(trainer.prepare(config, {"resume", "epochs"}), made_up_pictures(64)))
            assert events[-1]["event"] == "done"
        finally:
            shutil.rmtree(place)

    trained("sound")
    state = checkpoint.read_resume(folder / "sound" / "resume.pt", "cpu")
    mark = folder / "opened"

    def saved(**more):
        return lambda place: torch.save(state | more, place / "resume.pt")

    def written(file: str, content: bytes):
        return lambda place: (place / file).write_bytes(content)

    spoiled = {
        "resume.pt: text": written("resume.pt", b"hello"),
        "resume.pt: empty": written("resume.pt", b""),
        "resume.pt: a pickle with code": written("resume.pt", pickle.dumps(Evil(mark))),
        "resume.pt: torch's pickle with code": lambda place: torch.save(Evil(mark), place / "resume.pt"),
        "resume.pt: a negative step": saved(step=-1),
        "resume.pt: a text as step": saved(step="seven"),
        "resume.pt: a tensor as step": saved(step=torch.zeros(3)),
        "resume.pt: NaN seconds": saved(seconds="long"),
        "resume.pt: no networks": saved(nets={}),
        "resume.pt: another epoch": saved(per_epoch=7),
        "config.json: no JSON": written("config.json", b"{"),
        "config.json: gone": lambda place: os.remove(place / "config.json"),
        "good: foreign lines in the log": written("log.jsonl", b'\xff\n[]\n{"event": 3}\n{"step": "x"}\nnull\n'),
        "good: a deep line in the log": written("log.jsonl", b"[" * 100_000 + b"\n"),
        "good: foreign samples": lambda place: [
            (place / "samples" / f"{n}.png").write_bytes(b"") for n in ("²³", "a", "-1", "１２")
        ],
    }
    for name, spoil in spoiled.items():
        plain = "".join(c if c.isalnum() else "-" for c in name)
        yield f"{'good: ' * name.startswith('good:')}resume {name}", lambda n=plain, s=spoil: resumed(n, s)

    def opened():
        assert not mark.exists(), "a pickle was opened"

    yield "good: no pickle of a run was opened", opened
