"""A trained model in use: `sample` or `translate`, `critique`, and where to find one.

model = ganzoo.load("cgan-mnist")                 # bundled name | model folder | Hub id "user/name"
digits = model.sample(labels=[3, 1, 4], seed=7)   # a list of PIL pictures
opinion = model.critique(digits, [3, 1, 4])       # one number a picture, 0 fake .. 1 real
photo = ganzoo.load("pix2pix-facades-gan-mae").translate(label_picture)   # PIL in, PIL out, any size
horse = ganzoo.load("cyclegan-horse2zebra").translate(zebra, direction="zebra->horse")
"""

import copy
import difflib
import os
import warnings
from functools import cached_property
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ganzoo import checkpoint
from ganzoo.errors import GanzooError
from ganzoo.images import fit_multiple, from_pil, open_picture, to_float, to_pil, whole_tensor
from ganzoo.layers import noise
from ganzoo.losses import as_opinion

WEIGHTS = Path(__file__).parent / "weights"
MOST = 100_000  # samples in one call
LONGEST = 2048  # pixels of a side that one pass translates; a larger picture is made smaller first


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
    def generator_back(self) -> torch.nn.Module:
        """A CycleGAN's other direction."""
        return self._network("generator_back")

    @cached_property
    def discriminator(self) -> torch.nn.Module:
        return self._critic("discriminator")

    @cached_property
    def discriminator_back(self) -> torch.nn.Module:
        """A CycleGAN's critic of side A."""
        return self._critic("discriminator_back")

    def _critic(self, role: str) -> torch.nn.Module:
        if not (self.folder / checkpoint.FILES[role]).is_file():
            raise GanzooError(
                f"{self.name} comes without its discriminator, so it can make pictures but not judge them."
            )
        return self._network(role)

    @property
    def translates(self) -> bool:
        """Whether this model takes a picture (Pix2Pix, CycleGAN) or noise (GAN, conditional GAN, DCGAN)."""
        return hasattr(self.config, "in_channels")

    @property
    def varies(self) -> bool:
        """Whether `translate` has variations: a model trained with dropout noise, unless its config says never."""
        return bool(getattr(self.config, "dropout", 0)) and getattr(self.config, "variations", "asked") == "asked"

    @property
    def directions(self) -> tuple[str, ...]:
        """("label->photo",) for Pix2Pix, ("horse->zebra", "zebra->horse") for CycleGAN, () for a model that samples."""
        if not self.translates:
            return ()
        return getattr(self.config, "directions", (self.config.direction,))

    @property
    def direction(self) -> str:
        """The first of `directions`, or nothing."""
        return (*self.directions, "")[0]

    def _way(self, direction: str | None) -> str:
        """The end of the names of the networks that go in a direction: "" or "_back"."""
        if not self.translates:
            raise GanzooError(f"{self.name} makes pictures from noise: use sample(n=8, seed=0).")
        if direction is None or direction == self.directions[0]:
            return ""
        if direction in self.directions:
            return "_back"
        raise GanzooError(f"{self.name} translates {' or '.join(self.directions)}, not {direction!r}.")

    def translator(self, direction: str | None = None) -> torch.nn.Module:
        """The generator of one of `directions`, the first if left out."""
        return self.generator_back if self._way(direction) else self.generator

    @cached_property
    def _varied(self) -> torch.nn.Module:
        """The generator with its dropout awake."""
        net = copy.deepcopy(self.generator)
        for layer in net.modules():
            if isinstance(layer, torch.nn.Dropout):
                layer.train()
        return net

    @torch.no_grad()
    def translate_tensor(self, pictures: Tensor, variation: int | None = None, direction: str | None = None) -> Tensor:
        """(N, in, H, W) in [-1, 1], any size -> (N, out, H, W) in [-1, 1] on the CPU. See `translate`."""
        net = self.translator(direction)
        depth = self.config.out_channels if self._way(direction) else self.config.in_channels
        if not isinstance(pictures, Tensor) or pictures.ndim != 4 or pictures.shape[1] != depth:
            raise GanzooError(f"{self.name} takes a tensor (N, {depth}, H, W) in [-1, 1], not {_shape_of(pictures)}.")
        if variation is not None:
            if not self.varies:
                raise GanzooError(f"{self.name} has one answer for a picture and no variations: leave variation out.")
            net = self._varied
        padded, (rows, columns) = fit_multiple(pictures.to(self.device), self.config.size_multiple)
        with torch.random.fork_rng(devices=[], enabled=variation is not None):
            if variation is not None:
                torch.manual_seed(_whole(variation, "variation", 0, 2**63 - 1))
            made = net(padded)
        return made[:, :, rows, columns].float().cpu()

    def translate(self, picture, variation: int | None = None, direction: str | None = None) -> Image.Image:
        """A picture (PIL, path or bytes) of any size -> its translation, of the same size.

        `direction` is one of `directions`, the first if left out. The answer is always the same; `variation=1, 2, ..`
        wakes the dropout noise of a model trained with it. A picture with a side over 2048 pixels is made smaller first,
        and stays so, with a warning. Raises GanzooError for what is no picture.
        """
        depth = self.config.out_channels if self._way(direction) else self.config.in_channels
        opened = open_picture(picture)
        pixels = whole_tensor(opened, depth, LONGEST)
        if max(opened.size) > LONGEST:
            warnings.warn(f"the picture is translated at {pixels.shape[3]}x{pixels.shape[2]} pixels", stacklevel=2)
        return to_pil(self.translate_tensor(to_float(pixels), variation, direction))[0]

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
        for label in list(labels) if _several(labels) else [labels] * n:
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
        if self.translates:
            raise GanzooError(f"{self.name} translates pictures: use translate(picture).")
        size = self.config.noise_size
        if not isinstance(noise, Tensor) or noise.ndim != 2 or noise.shape[1] != size:
            raise GanzooError(f"{self.name} takes inspirations (n, {size}), not {_shape_of(noise)}: use noise(n).")
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
        if self.translates:
            raise GanzooError(f"{self.name} translates pictures: use translate(picture).")
        if n is None:
            n = len(labels) if _several(labels) else 8
        return to_pil(self.tensor(self.noise(n, seed), labels))

    @torch.no_grad()
    def critique(self, pictures, condition=None, direction: str | None = None):
        """The critic's opinion, 0 fake .. 1 real: a number for one picture, a list for a list (or an (N, C, S, S) tensor
        in [-1, 1]). `condition` is the label (or labels) that a conditional critic judges by. A PatchGAN gives a map, an
        (h, w) array, for each picture, and its condition is the original (or originals) that were translated. A CycleGAN's
        critic needs no condition; `direction` says whose results it judges (horse->zebra: is it a zebra?)."""
        if self.translates:
            return self._patch_maps(pictures, condition, self._way(direction))
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

    def _patch_maps(self, pictures, condition, way: str):
        single = isinstance(pictures, (Image.Image, str, Path, bytes))
        alone = getattr(self.config, "unconditional", True)  # a CycleGAN's critics see the picture alone
        if condition is None and not alone:
            raise GanzooError(f"{self.name} judges a picture beside its original: give condition=, the original.")
        found = []
        one = condition is None or isinstance(condition, (Image.Image, str, Path, bytes))
        originals = [condition] if one else list(condition)
        pictures = [pictures] if single else list(pictures)
        if condition is not None and len(originals) != len(pictures):
            raise GanzooError(f"{len(originals)} originals for {len(pictures)} pictures: give one original a picture.")

        def as_tensor(picture, depth: int) -> Tensor:
            if isinstance(picture, Tensor):
                return picture.float()[None]
            return to_float(whole_tensor(picture, depth, LONGEST))

        for i, picture in enumerate(pictures):
            seen = as_tensor(picture, self.config.in_channels if way else self.config.out_channels)
            if not alone:
                original = as_tensor(originals[i], self.config.in_channels)
                if original.shape[2:] != seen.shape[2:]:
                    raise GanzooError("A picture and its original must have the same size to be judged side by side.")
                seen = torch.cat([original, seen], 1)
            found.append(self.patch_map(seen, way))
        return found[0] if single else found

    @torch.no_grad()
    def patch_map(self, seen: Tensor, way: str = ""):
        """What the critic is shown (1, in + out, H, W) in [-1, 1] -> its opinion of every patch, an (h, w) array in 0..1."""
        padded, _ = fit_multiple(seen.to(self.device), self.config.size_multiple)
        critic = self.discriminator_back if way else self.discriminator
        return as_opinion(critic(padded).float(), self.config.adversarial)[0, 0].cpu().numpy()


class _NoInit(TorchFunctionMode):
    """Leaves new weights as they are. (On the meta device, filling them at random would import torch._dynamo: 3 seconds.)"""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if getattr(function, "__module__", None) == "torch.nn.init":
            return kwargs.get("tensor", args[0] if args else None)
        return function(*args, **kwargs)


def _several(labels) -> bool:
    """A list of labels, an array or a tensor; not one label by number or name."""
    return hasattr(labels, "__len__") and not isinstance(labels, str) and getattr(labels, "ndim", 1) > 0


def _shape_of(given) -> str:
    return f"{tuple(given.shape)}" if isinstance(given, Tensor) else type(given).__name__


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
    if "/" not in text and "\\" not in text and os.path.isfile(WEIGHTS / text / "config.json"):
        return WEIGHTS / text
    folder = Path(os.path.expanduser(text))
    if os.path.isdir(folder):  # unlike pathlib's, False for a name that is too long
        return folder / "model" if (folder / "model" / "config.json").is_file() else folder
    if os.path.isfile(folder):
        if folder.suffix in checkpoint.PICKLES:
            raise GanzooError(
                f"{text} is a pickle, which can run any code when opened, so ganzoo does not read it: "
                "load a ganzoo model folder (config.json + model.safetensors)."
            )
        raise GanzooError(f"{text} is a file: give the model folder that holds it.")
    if text.count("/") == 1 and not text.startswith((".", "/", "~")):
        from ganzoo import hub

        return hub.pull(text, revision)
    text = text[:80]
    near = difflib.get_close_matches(text, bundled(), n=2, cutoff=0.5)
    if near:
        raise GanzooError(f"There is no model {text!r}; did you mean {' or '.join(near)}?")
    raise GanzooError(
        f"There is no model {text!r}: bundled are {', '.join(bundled()) or 'none'}; else give a folder or user/name on the Hub."
    )


def load(name: str | Path, device: str = "cpu", revision: str | None = None) -> Model:
    """Open a model by bundled name, folder or Hub id. Raises GanzooError if it is missing, foreign or damaged."""
    from ganzoo.trainer import choose_device

    model = Model(find(name, revision), choose_device(device))
    model.generator  # noqa: B018  (read now: a damaged file should be an error here, not at the first sample)
    return model
