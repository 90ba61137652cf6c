"""A trained model in use: `sample`, `critique`, and where to find one.

model = ganzoo.load("cgan-mnist")                 # bundled name | model folder | Hub id "user/name"
digits = model.sample(labels=[3, 1, 4], seed=7)   # a list of PIL pictures
opinion = model.critique(digits, [3, 1, 4])       # one number a picture, 0 fake .. 1 real
"""

from functools import cached_property
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ganzoo import checkpoint
from ganzoo.errors import GanzooError
from ganzoo.images import from_pil, to_float, to_pil
from ganzoo.layers import noise
from ganzoo.losses import as_opinion

WEIGHTS = Path(__file__).parent / "weights"
MOST = 100_000  # samples in one call


class Model:
    """A model folder opened for use. Networks are read when first asked for."""

    def __init__(self, folder: Path, device: str | torch.device = "cpu"):
        self.folder, self.device = Path(folder), torch.device(device)
        self.said, self.config = checkpoint.read_config(self.folder)
        self.name = str(self.said.get("name") or self.folder.name)

    @property
    def classes(self) -> tuple:
        """Names of the labels; empty for a model that takes none."""
        return self.config.classes if self.config.needs_labels else ()

    def _network(self, role: str) -> torch.nn.Module:
        with torch.device("meta"), _NoInit():  # weights are read once, straight into place, never initialised first
            net = checkpoint.LESSONS[self.config.lesson].build(self.config)[role]
        return checkpoint.read_network(self.folder, role, net).to(self.device)

    @cached_property
    def generator(self) -> torch.nn.Module:
        return self._network("generator")

    @cached_property
    def discriminator(self) -> torch.nn.Module:
        if not (self.folder / checkpoint.FILES["discriminator"]).is_file():
            raise GanzooError(
                f"{self.name} comes without its discriminator, so it can make pictures but not judge them."
            )
        return self._network("discriminator")

    def noise(self, n: int, seed: int = 0) -> Tensor:
        """`n` inspirations (n, noise_size); the first ones stay the same when n grows."""
        return noise(_whole(n, "n", 1, MOST), self.config.noise_size, _whole(seed, "seed", 0, 2**63 - 1))

    def labels(self, labels, n: int) -> tuple:
        """Labels as numbers or names -> () for a model without labels, else a tensor of n labels in a tuple."""
        if not self.config.needs_labels:
            if labels is not None:
                raise GanzooError(f"{self.name} takes no labels: leave them out, or load a cgan model.")
            return ()
        if labels is None:
            return (torch.arange(n) % len(self.classes),)
        numbers = []
        for label in [labels] * n if isinstance(labels, (int, str)) else list(labels):
            if isinstance(label, str) and label in self.classes:
                label = self.classes.index(label)
            if isinstance(label, bool) or not hasattr(label, "__index__") or not 0 <= int(label) < len(self.classes):
                raise GanzooError(
                    f"{self.name} knows the labels 0 to {len(self.classes) - 1} ({', '.join(self.classes)}), not {label!r}."
                )
            numbers.append(int(label))
        if len(numbers) != n:
            raise GanzooError(f"{len(numbers)} labels for {n} pictures: give one label a picture.")
        return (torch.tensor(numbers),)

    @torch.no_grad()
    def tensor(self, noise: Tensor, labels=None) -> Tensor:
        """Inspirations (n, noise_size) -> pictures (n, C, S, S) in [-1, 1], on the CPU."""
        label = self.labels(labels, len(noise))
        parts = []
        for start in range(0, len(noise), 256):
            rows = slice(start, start + 256)
            parts.append(
                self.generator(noise[rows].to(self.device), *(x[rows].to(self.device) for x in label)).float().cpu()
            )
        return torch.cat(parts)

    def sample(self, n: int | None = None, labels=None, seed: int = 0) -> list[Image.Image]:
        """Make pictures: `n` of them, or one for every label. The same seed gives the same pictures on every device."""
        if n is None:
            n = len(labels) if labels is not None and not isinstance(labels, (int, str)) else 8
        return to_pil(self.tensor(self.noise(n, seed), labels))

    @torch.no_grad()
    def critique(self, pictures, condition=None) -> list[float] | float:
        """The critic's opinion, 0 fake .. 1 real: a number for one picture, a list for a list (or an (N, C, S, S) tensor
        in [-1, 1]). `condition` is the label (or labels) that a conditional critic judges by."""
        single = isinstance(pictures, (Image.Image, str, Path, bytes))
        if isinstance(pictures, Tensor):
            x = pictures.float()
        else:
            x = to_float(
                from_pil([pictures] if single else list(pictures), self.config.image_size, self.config.channels)
            )
        if len(x) == 0:
            return []
        if self.config.needs_labels and condition is None:
            raise GanzooError(f"{self.name} judges a picture by its label: give condition=, one label a picture.")
        label = self.labels(condition, len(x))
        scores = self.discriminator(x.to(self.device), *(y.to(self.device) for y in label))
        opinions = as_opinion(scores.float(), self.config.adversarial).flatten().tolist()
        return opinions[0] if single else opinions


class _NoInit(TorchFunctionMode):
    """Leaves new weights as they are. (On the meta device, filling them at random would import torch._dynamo: 3 seconds.)"""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if getattr(function, "__module__", None) == "torch.nn.init":
            return kwargs.get("tensor", args[0] if args else None)
        return function(*args, **kwargs)


def _whole(value, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or not low <= int(value) <= high:
        raise GanzooError(f"{name} must be a whole number from {low} to {high:,}, not {value!r}.")
    return int(value)


def bundled() -> list[str]:
    """Names of the models that come with ganzoo, judges left out."""
    folders = sorted(WEIGHTS.iterdir()) if WEIGHTS.is_dir() else []
    return [f.name for f in folders if (f / "config.json").is_file() and not f.name.startswith("judge-")]


def find(name: str | Path, revision: str | None = None) -> Path:
    """A bundled name, a model folder (or a run folder), or a Hub id -> the model folder on this machine."""
    text = str(name)
    if not text.strip() or "\0" in text:
        raise GanzooError(f"A model's name is needed, for example {(bundled() or ['gan-mnist'])[0]!r}.")
    if "/" not in text and "\\" not in text and (WEIGHTS / text / "config.json").is_file():
        return WEIGHTS / text
    folder = Path(text).expanduser()
    if folder.is_dir():
        return folder / "model" if (folder / "model" / "config.json").is_file() else folder
    if folder.is_file():
        if folder.suffix in checkpoint.PICKLES:
            raise GanzooError(
                f"{text} is a pickle, which can run any code when opened, so ganzoo does not read it: "
                "load a ganzoo model folder (config.json + model.safetensors)."
            )
        raise GanzooError(f"{text} is a file: give the model folder that holds it.")
    if text.count("/") == 1 and not text.startswith((".", "/", "~")):
        from ganzoo import hub

        return hub.pull(text, revision)
    raise GanzooError(
        f"There is no model {text!r}: bundled are {', '.join(bundled()) or 'none'}; else give a folder or user/name on the Hub."
    )


def load(name: str | Path, device: str = "cpu", revision: str | None = None) -> Model:
    """Open a model by bundled name, folder or Hub id. Raises GanzooError if it is missing, foreign or damaged."""
    from ganzoo.trainer import choose_device

    model = Model(find(name, revision), choose_device(device))
    model.generator  # noqa: B018  (read now: a damaged file should be an error here, not at the first sample)
    return model
