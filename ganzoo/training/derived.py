"""A model made from another one, without a run of its own: the same files, with some networks replaced. `model` is one
opened for use (inference.Model)."""

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch

from ganzoo import checkpoint, data, images, model_card
from ganzoo.errors import GanzooError
from ganzoo.lesson_settings import PRECISIONS, JudgeSettings
from ganzoo.models import cyclegan
from ganzoo.settings import option
from ganzoo.training import run_dir, trainer

GENERATORS = ("generator", "generator_back")


@dataclass(frozen=True)
class Config(JudgeSettings):
    """What the command lines of train/distill.py and train/mask.py share."""

    task: ClassVar[str] = "unpaired"

    data: str = option("horse2zebra", "two sets of pictures (left out: those that the model learned from)")
    precision: str = option("auto", "auto: bf16 on CUDA and on CPUs faster with it, else fp32", choices=PRECISIONS)
    model: str = option("", "a CycleGAN: bundled name, model folder or user/name on the Hub")


def check(model, size: int) -> None:
    """Raise GanzooError for what is no CycleGAN with two generators, or does not fit pictures of this size."""
    if model.config.lesson != "cyclegan" or model.config.one_way:
        raise GanzooError("derived_needs_cyclegan", name=model.name)
    if model.config.in_channels != model.config.out_channels:
        raise GanzooError("derived_needs_same_channels", name=model.name)
    multiple = model.config.size_multiple
    if size % multiple:
        raise GanzooError("image_size_not_multiple", multiple=multiple, lesson=model.name, image_size=size)
    for role in GENERATORS:  # a damaged file is found now, not when the work is done
        model.network(role)


def prepare(model, config: Config, given: set):
    """The settings with the model's data, unless others were typed, and the run's name. What can fail cheaply fails here."""
    config = dataclasses.replace(config, data=config.data if "data" in given else model.config.data)
    config = dataclasses.replace(config, name=trainer.run_name(config))
    run = (Path(config.out) / config.name).resolve()
    if model.folder.resolve() in (run, run / "model"):
        raise GanzooError("derived_same_folder", folder=run)
    trainer.make_room(config)
    trainer.check(config)
    return config


def load_data(model, config):
    """The two sets that `config` names, to draw single crops of its size from, and the settings that they are read with."""
    same = ("data", "image_size", "seed", "smoke", "precision")
    how = {name: getattr(config, name) for name in same} | {"batch_size": 1, "chosen_precision": "", "resume": ""}
    load_size = max(model.config.load_size, config.image_size) if model.config.load_size else 0
    sets, data_config = data.load(dataclasses.replace(model.config, init=config.model, load_size=load_size, **how))
    if data_config.depths != model.config.depths:
        then, now = list(model.config.depths), list(data_config.depths)
        raise GanzooError("init_other_channels", name=config.model, then=then, now=now)
    return sets, data_config


def save(model, made, nets: dict, config, data_config, sets, facts: dict) -> Path:
    """Write runs/NAME/model, whole or not at all: the files of `model` with `nets` in place of its own, the settings `made`,
    and a card. Returns the folder."""
    if not all(bool(torch.isfinite(tensor).all()) for net in nets.values() for tensor in net.state_dict().values()):
        raise GanzooError("derived_broke")
    folder = Path(config.out) / config.name / "model"
    unfinished = folder.with_name(".model")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        _write(unfinished, model, made, nets, config, data_config, sets, facts)
        unfinished.rename(folder)
    except OSError as error:
        raise GanzooError("file_not_writable", path=folder, reason=error.strerror) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _write(folder: Path, model, made, nets: dict, config, data_config, sets, facts: dict) -> None:
    for file in checkpoint.FILES.values():
        if (model.folder / file).is_file():
            shutil.copyfile(model.folder / file, folder / file)
    facts = facts | run_dir.origin(data_config, model.folder, model.folder)
    said = {"name": config.name, "metrics": {}, "training": facts}
    said |= {"license": model.said["license"]} if model.said.get("license") else {}
    checkpoint.save_model(folder, dataclasses.replace(made, smoke=config.smoke), nets, said)
    both = {role: nets[role] if role in nets else model.network(role) for role in GENERATORS}
    with torch.no_grad():
        samples = cyclegan.preview(both, model.config, sets, model.device)
    images.save_picture(cyclegan.sheet(samples, sets), folder / "samples.png")
    model_card.write_card(folder)
