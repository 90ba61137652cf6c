"""What lies on disk: the model folder (to share) and the resume file (to go on).

Model folder = Hub repository: config.json builds the networks, model.safetensors and discriminator.safetensors fill
them (fp16 at rest, fp32 in use), README.md is the card. Only JSON and safetensors are ever read from others.
"""

import io
import json
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from ganzoo import settings
from ganzoo.errors import GanzooError
from ganzoo.files import save_atomic, save_json
from ganzoo.models import pretrained
from ganzoo.models.layers import keep_sums
from ganzoo.models.localizer import Masked
from ganzoo.models.projected import ProjectedDiscriminator
from ganzoo.models.registry import KINDS

FORMAT = 1  # raised when an older ganzoo could not read what this one writes
FILES = {  # role of a network: its file; a CycleGAN also has the way back
    "generator": "model.safetensors",
    "discriminator": "discriminator.safetensors",
    "generator_back": "model_back.safetensors",
    "discriminator_back": "discriminator_back.safetensors",
    "projected": "discriminator_projected.safetensors",
    "projected_back": "discriminator_projected_back.safetensors",
}
FLOATS = (torch.float16, torch.bfloat16, torch.float32)  # what weights are stored as
PICKLES = {".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt"}
LARGEST_JSON = 1 << 20
LOCAL = ("out", "resume", "device")  # settings that say something of a machine and nothing of a model


def describe(config, facts: dict, local: bool = True) -> dict:
    """config.json: the settings that build the networks, and the facts. Not `local`: nothing of the machine."""
    own = {name: value for name, value in settings.to_json(config).items() if local or name not in LOCAL}
    content = {"library": "ganzoo", "format": FORMAT, "lesson": config.lesson, "value_range": [-1, 1]}
    return {**content, "settings": own, **facts}


def save_model(folder: Path, config, nets: dict[str, nn.Module], facts: dict, half: bool = True) -> None:
    """Write config.json and one safetensors file a network into `folder`, each atomically; `half`: as fp16."""
    folder.mkdir(parents=True, exist_ok=True)
    for role, net in nets.items():
        if role not in FILES:  # an image pool belongs to the run, not to the model
            continue
        tensors = {name: _as_stored(tensor, half) for name, tensor in net.state_dict().items()}
        # What judges or finds things by pretrained features is of no use without the very ones that it learned with.
        about = {"format": "pt"} | ({"features": pretrained.digest()} if _by_features(net) else {})
        save_atomic(folder / FILES[role], lambda temporary, t=tensors, a=about: temporary.write_bytes(save(t, a)))
    save_json(folder / "config.json", describe(config, facts, local=False))


def _by_features(net: nn.Module) -> bool:
    return isinstance(net, (ProjectedDiscriminator, Masked))


def _as_stored(tensor: Tensor, half: bool) -> Tensor:
    """As fp16 where `half`, unless a value would overflow it."""
    tensor = tensor.detach().cpu().contiguous()
    if half and tensor.is_floating_point():
        rounded = tensor.half()
        if torch.isfinite(rounded).all():
            return rounded
    return tensor.clone()


def read_config(folder: Path) -> tuple[dict, object]:
    """config.json -> (everything it says, checked settings). One clear GanzooError for whatever is wrong with it."""
    path = folder / "config.json"
    if not path.is_file():
        pickles = sorted(p.name for p in folder.glob("*") if p.suffix in PICKLES)
        if pickles:
            raise GanzooError("folder_of_pickles", folder=folder, pickle=pickles[0])
        raise GanzooError("not_a_model_folder", folder=folder)

    too_large: list[str] = []  # refused below, where it is known that ganzoo wrote the file

    def whole(digits: str) -> int | None:
        if len(digits) <= 15:
            return int(digits)
        too_large.append(digits)
        return None

    try:
        if path.stat().st_size > LARGEST_JSON:
            raise ValueError("larger than 1 MB")
        content = json.loads(path.read_text(encoding="utf-8"), parse_int=whole)
    except OSError as error:
        raise GanzooError("no_permission", path=path, reason=error.strerror) from None
    except (ValueError, RecursionError) as error:
        raise GanzooError("config_damaged", path=path, reason=str(error)[:80]) from None
    if not isinstance(content, dict) or content.get("library") != "ganzoo":
        raise GanzooError("config_foreign", path=path)
    number = content.get("format")
    if type(number) is int and number > FORMAT:
        raise GanzooError("config_of_newer_ganzoo", path=path, format=str(number)[:40], newest=FORMAT)
    if type(number) is not int or number < 1:
        raise GanzooError("config_format_unknown", path=path, format=str(number)[:40], newest=FORMAT)
    if not isinstance(content.get("lesson"), str) or content["lesson"] not in KINDS:
        raise GanzooError("lesson_unknown", path=path, lesson=content.get("lesson"), known=list(KINDS))
    if too_large:
        raise GanzooError("config_number_too_large", path=path)
    content["name"] = str(content.get("name") or folder.name)
    for name in ("metrics", "training", "converted"):
        if not isinstance(content.setdefault(name, {}), dict):
            raise GanzooError("config_entry_no_object", path=path, name=name)
    config = settings.from_json(KINDS[content["lesson"]].Config, content.get("settings"), str(path))
    if not set(config.depths) <= {1, 3}:
        raise GanzooError("config_bad_channels", path=path, channels=config.channels)
    multiple, size = config.size_multiple, config.image_size
    if size % multiple:
        raise GanzooError("config_bad_image_size", path=path, multiple=multiple, image_size=size)
    if config.needs_labels and not 2 <= len(config.classes) <= 1000:
        raise GanzooError("config_bad_classes", path=path, count=len(config.classes))
    return content, config


def read_network(folder: Path, role: str, net: nn.Module) -> nn.Module:
    """Fill `net` strictly from its safetensors file: missing, foreign, misshapen or NaN tensors are named errors."""
    path = folder / FILES[role]
    if not path.is_file():
        raise GanzooError("weights_missing", path=path)
    own = net.state_dict()
    expected = sum(t.numel() * 4 for t in own.values()) + LARGEST_JSON
    if path.stat().st_size > expected:
        raise GanzooError("weights_too_large", path=path, size=path.stat().st_size)
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise GanzooError("weights_damaged", path=path, reason=str(error)[:80]) from None
    if _by_features(net) and about.get("features") != pretrained.digest():
        pretrained.load()  # features that are damaged are another error
        raise GanzooError("weights_of_other_features", path=path)
    missing, foreign = own.keys() - tensors.keys(), tensors.keys() - own.keys()
    if missing or foreign:
        raise GanzooError("tensor_missing" if missing else "tensor_foreign", path=path, name=min(missing or foreign))
    for name, tensor in tensors.items():
        stored = FLOATS if own[name].is_floating_point() else (own[name].dtype,)
        if tensor.dtype not in stored:
            dtype, *wanted = (str(dtype).removeprefix("torch.") for dtype in (tensor.dtype, *stored))
            raise GanzooError("wrong_dtype", path=path, name=name, dtype=dtype, wanted=wanted)
        shape, wanted = tuple(tensor.shape), tuple(own[name].shape)
        if shape != wanted:
            raise GanzooError("wrong_shape", path=path, name=name, shape=shape, wanted=wanted)
        if not torch.isfinite(tensor).all():
            raise GanzooError("weights_not_finite", path=path, name=name)
    net.load_state_dict({k: t.to(own[k].dtype) for k, t in tensors.items()}, strict=True, assign=True)
    return keep_sums(net.eval())


def save_resume(path: Path, state: dict) -> None:
    buffer = io.BytesIO()  # torch's own file writer answers a full disk with a RuntimeError of its own
    torch.save(state, buffer)
    save_atomic(path, lambda temporary: temporary.write_bytes(buffer.getbuffer()))


def read_resume(path: Path, device) -> dict:
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        if not {"step", "nets", "average", "optimizers"} <= state.keys():
            raise ValueError("not what a run saves")
        return state
    except Exception as error:  # a damaged file makes torch raise whatever its parts raise
        raise GanzooError("resume_file_damaged", path=path) from error


def read_log(path: Path) -> list[dict]:
    """log.jsonl -> its rows, in order. A torn line (a killed process) is left out, and what is no row of ours."""
    if not path.is_file():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        with suppress(ValueError, RecursionError):
            rows.append(json.loads(line))
    return [r for r in rows if isinstance(r, dict) and type(r.get("step")) is int and isinstance(r.get("event"), str)]
