"""A trained model in use: `sample` or `translate`, `critique`, and where to find one.

model = ganzoo.load("cgan-mnist")                 # bundled name | model folder | Hub id "user/name"
digits = model.sample(labels=[3, 1, 4], seed=7)   # a list of PIL pictures
opinion = model.critique(digits, [3, 1, 4])       # one number a picture, 0 fake .. 1 real
photo = ganzoo.load("pix2pix-facades-gan-mae").translate(label_picture)   # PIL in, PIL out, any size
horse = ganzoo.load("cyclegan-horse2zebra").translate(zebra, direction="zebra->horse")
"""

import warnings
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ganzoo import checkpoint
from ganzoo.device import choose_device
from ganzoo.errors import GanzooError
from ganzoo.hub.locate import find
from ganzoo.images import fit_multiple, from_pil, open_picture, to_float, to_pil, whole_tensor
from ganzoo.inputs import brief, floats, listed, several, single, whole, whole_or_none
from ganzoo.models.losses import as_opinion
from ganzoo.models.pix2pix import VARIATION
from ganzoo.models.registry import JUDGES, KINDS
from ganzoo.seeding import noise

MOST = 100_000  # samples in one call
LONGEST = 2048  # pixels of a side that one pass translates; a larger picture is made smaller first


class Model:
    """A model folder opened for use. Networks are read when first asked for."""

    def __init__(self, folder: Path, device: str | torch.device = "cpu"):
        self.folder, self.device = Path(folder), choose_device(device)
        self.said, self.config = checkpoint.read_config(self.folder)
        self.name = self.said["name"]
        self._networks: dict[str, torch.nn.Module] = {}

    @property
    def classes(self) -> tuple:
        """Names of the labels; empty for a model that takes none."""
        return self.config.classes if self.config.needs_labels else ()

    def network(self, role: str) -> torch.nn.Module:
        """The generator, discriminator, generator_back or discriminator_back. It is read at the first call, which raises
        GanzooError where its file is missing or damaged."""
        if role not in self._networks:
            if role.startswith("discriminator") and not (self.folder / checkpoint.FILES[role]).is_file():
                raise GanzooError("no_critic", name=self.name)
            config = self.config
            if config.critic == "both":  # the projected critic only trains, and is slow to build
                config = replace(config, critic="patch")
            with torch.device("meta"), _NoInit():  # weights are read once, straight into place, never initialised first
                net = KINDS[config.lesson].build(config)[role]
            self._networks[role] = checkpoint.read_network(self.folder, role, net).to(self.device)
        return self._networks[role]

    @property
    def generator(self) -> torch.nn.Module:
        return self.network("generator")

    @property
    def generator_back(self) -> torch.nn.Module:
        """A CycleGAN's other direction."""
        return self.network("generator_back")

    @property
    def discriminator(self) -> torch.nn.Module:
        return self.network("discriminator")

    @property
    def discriminator_back(self) -> torch.nn.Module:
        """A CycleGAN's discriminator of side A."""
        return self.network("discriminator_back")

    @property
    def translates(self) -> bool:
        """Whether this model takes a picture (Pix2Pix, CycleGAN) or noise (GAN, conditional GAN, DCGAN)."""
        return self.config.translates

    @property
    def varies(self) -> bool:
        """Whether `translate` has variations: a model trained with dropout or noise, unless its config says never."""
        return self.config.varies

    @property
    def directions(self) -> tuple[str, ...]:
        """("label->photo",) for Pix2Pix, ("horse->zebra", "zebra->horse") for CycleGAN, () for a model that samples."""
        return self.config.directions

    @property
    def direction(self) -> str:
        """The first of `directions`, or nothing."""
        return (*self.directions, "")[0]

    def _refuse(self, translator: bool = False) -> None:
        """Raise GanzooError for a judge, which makes no pictures; for a `translator`, too, where noise is to be given."""
        if self.config.lesson in JUDGES:
            raise GanzooError("judge_makes_nothing", name=self.name)
        if translator and self.translates:
            raise GanzooError("use_translate", name=self.name)

    def _way(self, direction: str | None) -> str:
        """The end of the names of the networks that go in a direction: "" or "_back"."""
        self._refuse()
        if not self.translates:
            raise GanzooError("use_sample", name=self.name)
        if direction is None or direction == self.directions[0]:
            return ""
        if direction in self.directions:
            return "_back"
        raise GanzooError("direction_unknown", name=self.name, known=list(self.directions), direction=direction)

    def depth(self, direction: str | None) -> int:
        """The channels of the pictures that are translated in a direction."""
        return self.config.out_channels if self._way(direction) else self.config.in_channels

    def translator(self, direction: str | None = None) -> torch.nn.Module:
        """The generator of one of `directions`, the first if left out."""
        return self.network(f"generator{self._way(direction)}")

    @torch.no_grad()
    def translate_tensor(self, pictures: Tensor, variation: int | None = None, direction: str | None = None) -> Tensor:
        """(N, in, H, W) in [-1, 1], any size -> (N, out, H, W) in [-1, 1] on the CPU. See `translate`."""
        net, depth = self.translator(direction), self.depth(direction)
        pictures = floats(self.name, pictures, f"(N, {depth}, H, W) in [-1, 1]", None, depth, None, None)
        if variation is not None and not self.varies:
            raise GanzooError("no_variations", name=self.name)
        padded, (rows, columns) = fit_multiple(pictures.to(self.device), self.config.size_multiple)
        with nullcontext() if variation is None else _Variation(whole(variation, "variation", 0, 2**63 - 1)):
            return net(padded)[:, :, rows, columns].float().cpu()

    def translate(self, picture, variation: int | None = None, direction: str | None = None) -> Image.Image:
        """A picture (PIL, path or bytes) of any size -> its translation, of the same size. `direction` is one of
        `directions`, the first if left out. The answer is always the same; `variation=1, 2, ..` turns on the dropout
        of a model trained with it, and draws other noise for one that has a channel of it. A picture with a side over 2048
        pixels is made smaller first, and stays so, with a warning. Raises GanzooError for what is no picture."""
        depth, opened = self.depth(direction), open_picture(picture)
        pixels = whole_tensor(opened, depth, LONGEST)
        if max(opened.size) > LONGEST:
            warnings.warn(f"the picture is translated at {pixels.shape[3]}x{pixels.shape[2]} pixels", stacklevel=2)
        return to_pil(self.translate_tensor(to_float(pixels), variation, direction))[0]

    def noise(self, n: int, seed: int = 0) -> Tensor:
        """The noise of `n` pictures (n, noise_size); the first ones stay the same when n grows."""
        self._refuse(translator=True)
        return noise(whole(n, "n", 1, MOST), self.config.noise_size, whole(seed, "seed", 0, 2**63 - 1))

    def labels(self, labels, n: int) -> tuple:
        """Labels as numbers or names -> () for a model without labels, else a tensor of n labels in a tuple."""
        if not self.config.needs_labels:
            if labels is not None:
                raise GanzooError("takes_no_labels", name=self.name)
            return ()
        if labels is None:
            return (torch.arange(n) % len(self.classes),)
        if getattr(labels, "ndim", 1) > 1:
            raise GanzooError("bad_labels_shape", shape=tuple(labels.shape))
        numbers, classes = [], list(self.classes)
        for label in list(labels) if several(labels) else [labels] * n:
            number = classes.index(label) if isinstance(label, str) and label in classes else whole_or_none(label)
            if number is None or not 0 <= number < len(classes):
                highest, given = len(classes) - 1, brief(label)
                raise GanzooError("label_unknown", name=self.name, highest=highest, classes=classes, label=given)
            numbers.append(number)
        if len(numbers) != n:
            raise GanzooError("wrong_number_of_labels", labels=len(numbers), pictures=n)
        return (torch.tensor(numbers),)

    @torch.no_grad()
    def tensor(self, noise: Tensor, labels=None) -> Tensor:
        """Noise (n, noise_size) -> pictures (n, C, S, S) in [-1, 1], on the CPU."""
        self._refuse(translator=True)
        size = self.config.noise_size
        noise = floats(self.name, noise, f"(n, {size}), as noise(n) gives it", None, size)
        label = self.labels(labels, len(noise))
        parts = zip(*(x.to(self.device).split(256) for x in (noise, *label)), strict=True)
        return torch.cat([self.generator(*part).float().cpu() for part in parts])

    def sample(self, n: int | None = None, labels=None, seed: int = 0) -> list[Image.Image]:
        """Make pictures: `n` of them, or one for every label. The same seed gives the same pictures on every device."""
        if n is None:
            n = len(labels) if several(labels) else 8
        return to_pil(self.tensor(self.noise(n, seed), labels))

    @torch.no_grad()
    def critique(self, pictures, condition=None, direction: str | None = None):
        """The discriminator's opinion, 0 fake .. 1 real: a number for one picture, a list for a list (or an (N, C, S, S) tensor
        in [-1, 1]). `condition` is the label (or labels) that a conditional one judges by. A PatchGAN gives a map, an
        (h, w) array, for each picture, and its condition is the original (or originals) that were translated. A CycleGAN's
        discriminator needs no condition; `direction` says whose results it judges (horse->zebra: is it a zebra?)."""
        self._refuse()
        if self.translates:
            return self._patch_maps(pictures, condition, self._way(direction))
        size, depth = self.config.image_size, self.config.channels
        if several(pictures) and len(pictures) == 0:
            return []
        if isinstance(pictures, Tensor):
            x = floats(self.name, pictures, f"(N, {depth}, {size}, {size}) in [-1, 1]", None, depth, size, size)
        else:
            x = to_float(from_pil(listed(pictures), size, depth))
        if self.config.needs_labels and condition is None:
            raise GanzooError("label_needed", name=self.name)
        scores = self.discriminator(*(y.to(self.device) for y in (x, *self.labels(condition, len(x)))))
        opinions = as_opinion(scores.float(), self.config.adversarial).flatten().tolist()
        return opinions[0] if single(pictures) else opinions

    def _patch_maps(self, pictures, condition, way: str):
        if condition is None and self.config.critic_sees_input:
            raise GanzooError("original_needed", name=self.name)
        one, pictures = single(pictures), listed(pictures)
        originals = pictures if condition is None else listed(condition)
        if len(originals) != len(pictures):
            raise GanzooError("wrong_number_of_originals", originals=len(originals), pictures=len(pictures))

        def as_tensor(picture, depth: int) -> Tensor:
            if isinstance(picture, Tensor):
                each = f"({depth}, H, W) in [-1, 1] of each picture"
                return floats(self.name, picture, each, depth, None, None)[None]
            return to_float(whole_tensor(picture, depth, LONGEST))

        maps = []
        for picture, original in zip(pictures, originals, strict=True):
            seen = as_tensor(picture, self.config.in_channels if way else self.config.out_channels)
            if self.config.critic_sees_input:
                original = as_tensor(original, self.config.in_channels)
                if original.shape[2:] != seen.shape[2:]:
                    raise GanzooError("sizes_differ")
                seen = torch.cat([original, seen], 1)
            maps.append(self.patch_map(seen, way))
        return maps[0] if one else maps

    @torch.no_grad()
    def patch_map(self, seen: Tensor, way: str = ""):
        """What the discriminator sees (1, in + out, H, W) in [-1, 1] -> its opinion of each patch, an (h, w) array in 0..1."""
        depth = self.config.in_channels if way else self.config.out_channels
        depth += self.config.in_channels if self.config.critic_sees_input else 0
        seen = floats(self.name, seen, f"(1, {depth}, H, W) in [-1, 1]", 1, depth, None, None)
        padded, _ = fit_multiple(seen.to(self.device), self.config.size_multiple)
        if getattr(self.config, "masked", False):  # it was trained to see the thing alone
            reader = self.network("generator" if way else "generator_back")
            padded = padded * reader.localizer.sure(padded)
        scores = self.network(f"discriminator{way}")(padded).float()
        return as_opinion(scores, self.config.adversarial)[0, 0].cpu().numpy()


class _NoInit(TorchFunctionMode):
    """Leaves new weights as they are. (On the meta device, filling them at random would import torch._dynamo: 3 seconds.)"""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if getattr(function, "__module__", None) == "torch.nn.init":
            return kwargs.get("tensor", args[0] if args else None)
        return function(*args, **kwargs)


class _Variation(TorchFunctionMode):
    """Dropout drops as in training, also in a network at rest, and a channel of noise is drawn anew. Both belong to this
    thread, and the masks come from a generator of their own: the same seed draws the same on every device, whatever other
    threads draw meanwhile."""

    def __init__(self, seed: int):
        super().__init__()
        self.seed, self.generator = seed, torch.Generator().manual_seed(seed)

    def __enter__(self):
        self.token = VARIATION.set(self.seed)
        return super().__enter__()

    def __exit__(self, *error):
        VARIATION.reset(self.token)
        return super().__exit__(*error)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        return (self._dropout if function is F.dropout else function)(*args, **kwargs)

    def _dropout(self, x: Tensor, p: float, training: bool = True, inplace: bool = False) -> Tensor:
        kept = torch.empty(x.shape).bernoulli_(1 - p, generator=self.generator).div_(1 - p)
        return x * kept.to(x.device)


def load(name: str | Path, device: str = "cpu", revision: str | None = None) -> Model:
    """Open a model by bundled name, folder or Hub id. Raises GanzooError if it is missing, foreign or damaged."""
    model = Model(find(name, revision), device)
    model.network("generator")  # read now: a damaged file should be an error here, not at the first sample
    return model
