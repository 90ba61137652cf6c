"""What lies on disk: the model folder (to share) and the resume file (to go on).

Model folder = Hub repository: config.json builds the networks, model.safetensors and discriminator.safetensors fill
them (fp16 at rest, fp32 in use), README.md is the card. Only JSON and safetensors are ever read from others.
"""

import io
import json
import math
import pickle
import zipfile
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from ganzoo import cgan, cyclegan, dcgan, gan, judges, pix2pix, segmenter, settings
from ganzoo.errors import GanzooError
from ganzoo.images import save_atomic

LESSONS = {
    "gan": gan,
    "cgan": cgan,
    "dcgan": dcgan,
    "pix2pix": pix2pix,
    "cyclegan": cyclegan,
    "judge": judges,
    "segmenter": segmenter,
}
FORMAT = 1  # raised when an older ganzoo could not read what this one writes
FILES = {  # role of a network: its file; a CycleGAN also has the way back
    "generator": "model.safetensors",
    "discriminator": "discriminator.safetensors",
    "generator_back": "model_back.safetensors",
    "discriminator_back": "discriminator_back.safetensors",
}
PICKLES = {".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt"}
LARGEST_JSON = 1 << 20


# --- model folder -----------------------------------------------------------------------------------------------


LOCAL = ("out", "resume", "device")  # settings that say something of a machine and nothing of a model


def describe(config, facts: dict, local: bool = True) -> dict:
    """The content of config.json: what builds the networks (settings) and what is known of them (facts). Without `local`
    it says nothing of the machine."""
    own = {name: value for name, value in settings.to_json(config).items() if local or name not in LOCAL}
    return {
        "library": "ganzoo",
        "format": FORMAT,
        "lesson": config.lesson,
        "value_range": [-1, 1],
        "settings": own,
        **facts,
    }


def save_model(folder: Path, config, nets: dict[str, nn.Module], facts: dict, half: bool = True) -> None:
    """Write config.json and one safetensors file a network into `folder`, each atomically; `half`: as fp16."""
    folder.mkdir(parents=True, exist_ok=True)
    for role, net in nets.items():
        if role not in FILES:  # an image pool belongs to the run, not to the model
            continue
        tensors = {name: _resting(tensor, half) for name, tensor in net.state_dict().items()}
        save_atomic(folder / FILES[role], lambda temporary, t=tensors: temporary.write_bytes(save(t, {"format": "pt"})))
    text = json.dumps(describe(config, facts, local=False), indent=1, ensure_ascii=False)
    save_atomic(folder / "config.json", lambda temporary: temporary.write_text(text + "\n", encoding="utf-8"))


def _resting(tensor: Tensor, half: bool) -> Tensor:
    """fp16 at rest where asked for, unless a value would overflow it."""
    tensor = tensor.detach().cpu().contiguous()
    if half and tensor.is_floating_point():
        half = tensor.half()
        return half if torch.isfinite(half).all() else tensor.clone()
    return tensor.clone()


def read_config(folder: Path) -> tuple[dict, object]:
    """config.json -> (everything it says, checked settings). One clear GanzooError for whatever is wrong with it."""
    path = folder / "config.json"
    if not path.is_file():
        pickles = sorted(p.name for p in folder.glob("*") if p.suffix in PICKLES)
        if pickles:
            raise GanzooError(
                f"{folder} holds {pickles[0]}, a pickle, which can run any code when opened, so ganzoo does "
                "not read it: ask its author for a ganzoo model folder (config.json + model.safetensors)."
            )
        raise GanzooError(f"{folder} has no config.json, so it is not a model folder: check the path.")
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise ValueError("larger than 1 MB")
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GanzooError(f"{path} cannot be read ({error.strerror}): see to its permissions.") from None
    except (ValueError, RecursionError) as error:
        raise GanzooError(f"{path} is not readable JSON ({str(error)[:80]}): fetch the model again.") from None
    if not isinstance(said, dict) or said.get("library") != "ganzoo":
        raise GanzooError(f"{path} was not written by ganzoo: load it with the library that made it.")
    if type(said.get("format")) is not int or said["format"] > FORMAT:
        raise GanzooError(f"{path} has format {said.get('format')!r}, this ganzoo reads up to {FORMAT}: update ganzoo.")
    if not isinstance(said.get("lesson"), str) or said["lesson"] not in LESSONS:
        raise GanzooError(
            f"{path}: unknown lesson {said.get('lesson')!r}, known are {', '.join(LESSONS)}: update ganzoo."
        )
    if any(isinstance(v, int) and abs(v) >= 10**15 for v in _numbers(said)):
        raise GanzooError(f"{path} holds a number out of all bounds: fetch the model again.")
    for name, kind in (("metrics", dict), ("training", dict), ("converted", dict)):
        if not isinstance(said.setdefault(name, {}), kind):
            raise GanzooError(f"{path}: {name!r} must be an object of names and values.")
    config = settings.from_json(LESSONS[said["lesson"]].Config, said.get("settings"), str(path))
    if config.channels not in (1, 3) and not hasattr(config, "in_channels") and config.lesson != "segmenter":
        raise GanzooError(f"{path}: channels must be 1 or 3, not {config.channels}.")
    if config.image_size % config.size_multiple:
        raise GanzooError(f"{path}: image_size must be a multiple of {config.size_multiple}, not {config.image_size}.")
    if config.needs_labels and not 2 <= len(config.classes) <= 1000:
        raise GanzooError(f"{path}: a conditional model needs 2 to 1,000 classes, it names {len(config.classes)}.")
    return said, config


def _numbers(value):
    """Every number inside a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    elif isinstance(value, (int, float)):
        yield value


def read_network(folder: Path, role: str, net: nn.Module) -> nn.Module:
    """Fill `net` strictly from its safetensors file: missing, foreign, misshapen or NaN tensors are named errors."""
    path = folder / FILES[role]
    if not path.is_file():
        raise GanzooError(f"{path} is missing: the model folder is incomplete, fetch it again.")
    own = net.state_dict()
    expected = sum(t.numel() * 4 for t in own.values()) + LARGEST_JSON
    if path.stat().st_size > expected:
        raise GanzooError(
            f"{path} is larger ({path.stat().st_size:,} bytes) than its config allows: it is not this model's file."
        )
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise GanzooError(
            f"{path} is damaged or no safetensors file ({str(error)[:80]}): fetch the model again."
        ) from None
    missing, foreign = sorted(own.keys() - tensors.keys()), sorted(tensors.keys() - own.keys())
    if missing or foreign:
        what = f"lacks {missing[0]!r}" if missing else f"holds the foreign tensor {foreign[0]!r}"
        raise GanzooError(f"{path} {what}: weights and config.json do not belong together, fetch the model again.")
    for name, tensor in tensors.items():
        if tensor.shape != own[name].shape:
            raise GanzooError(
                f"{path}: {name!r} has shape {tuple(tensor.shape)}, config.json asks for {tuple(own[name].shape)}."
            )
        if not torch.isfinite(tensor).all():
            raise GanzooError(
                f"{path}: {name!r} holds NaN or infinite numbers: the training broke, use an earlier checkpoint."
            )
    net.load_state_dict({k: t.to(own[k].dtype) for k, t in tensors.items()}, strict=True, assign=True)
    return net.eval()


# --- resume file ------------------------------------------------------------------------------------------------


def save_resume(path: Path, state: dict) -> None:
    buffer = io.BytesIO()  # torch's own file writer answers a full disk with a RuntimeError of its own
    torch.save(state, buffer)
    save_atomic(path, lambda temporary: temporary.write_bytes(buffer.getbuffer()))


def read_resume(path: Path, device) -> dict:
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        if not isinstance(state, dict) or not {"step", "nets", "average", "optimizers"} <= state.keys():
            raise ValueError("not what a run saves")
        return state
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise GanzooError(
            f"{path} cannot be read ({type(error).__name__}): nothing to resume from, start again with another --name."
        ) from None


def read_log(path: Path, up_to_step: float = math.inf) -> list[dict]:
    """log.jsonl -> its rows, in order, no later than `up_to_step`. What is no row of ours, such as a torn last line (a
    killed process), is left out."""
    rows = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            ours = isinstance(row, dict) and isinstance(row.get("event"), str) and isinstance(row.get("step"), int)
            if ours and row["step"] <= up_to_step:
                rows.append(row)
    return rows
