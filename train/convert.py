"""Convert weights of the reference PyTorch code into a model folder.

    python train/convert.py latest_net_G.pth --critic latest_net_D.pth --data facades --direction 'label->photo'
    python train/convert.py latest_net_G_A.pth --back latest_net_G_B.pth --data horse2zebra
    python train/convert.py horse2zebra.pth --name my-zebras        # one direction alone

The architecture is read from the weights; nothing but weights is ever read. The model lies in runs/NAME/model and gives
the same outputs. Batch norm: the reference's own test divides by what each picture has (--statistics picture), its --eval
by the averages of the training (--statistics running, as ganzoo does by itself).
"""

import dataclasses
import sys
from pathlib import Path

from ganzoo import checkpoint, inference, model_card, recipes, settings
from ganzoo.errors import GanzooError
from ganzoo.interop import convert, reference
from ganzoo.training import run_dir, trainer

ROLES = ("generator", "discriminator", "generator_back", "discriminator_back")


def parse(argv):
    parser = settings.Parser(description=__doc__)
    add, file, text = parser.add_argument, dict(type=Path, metavar="FILE"), dict(default="", metavar="TEXT")
    add("generator", type=Path, help="latest_net_G.pth, or latest_net_G_A.pth of a CycleGAN")
    add("--critic", dest=ROLES[1], **file, help="latest_net_D.pth, or latest_net_D_A.pth")
    add("--back", dest=ROLES[2], **file, help="latest_net_G_B.pth: a CycleGAN's way back")
    add("--critic-back", dest=ROLES[3], **file, help="latest_net_D_B.pth")
    add("--direction", **text, help="what becomes what: label->photo")
    add("--data", **text, help="what it was trained on: facades, or any name")
    add("--name", **text, help="name of the model (default: lesson-data)")
    add("--out", default="runs", metavar="TEXT", help="folder that holds the run folders (default: runs)")
    add("--image-size", type=int, default=0, metavar="N", help="side of the pictures it was trained on")
    add("--statistics", default="running", choices=["running", "picture"], help="what batch norm divides by")
    add("--adversarial", default="", choices=["bce", "lsgan"], help="--gan_mode of the training, if not usual")
    add("--no-dropout", action="store_true", help="a U-Net trained without dropout; the file does not say")
    add("--half", action="store_true", help="store fp16: half the size, outputs differ in the third digit")
    return parser.parse_args(argv)


def notes(args, found: dict) -> list[str]:
    """What the user should know of the conversion, in sentences; the card repeats them."""
    first, sentences = found["generator"], []
    if first.norm == "batch" and args.statistics == "running":
        sentences.append(
            "Batch norm divides by the averages of the training, as the reference's test does with --eval; without "
            "--eval it divides by what each picture has, which `--statistics picture` converts to."
        )
    elif first.norm == "batch":
        sentences.append(
            "Batch norm divides by what each picture has, as the reference's test does without --eval; it is instance "
            "norm with a learned scale and shift now."
        )
    if first.dropout:
        left_out = "it does nothing in use, and ganzoo's ResNet has none to train on with"
        sentences.append(f"Its dropout is left out: {left_out}.")
    return sentences


def main(argv=None) -> int:
    argv = sys.argv[1:] if argv is None else [str(a) for a in argv]
    args = parse(argv)
    files = {role: getattr(args, role) for role in ROLES if getattr(args, role)}
    found = {}
    for role, path in files.items():
        found[role] = reference.read(path)
        print(f"{path}: {found[role]}")
    dropout = 0.0 if args.no_dropout else 0.5
    config, nets = convert.networks(
        found, args.data, args.direction, args.name, args.image_size, args.statistics, dropout, args.adversarial
    )
    config = dataclasses.replace(config, name=trainer.run_name(config))
    folder = Path(args.out) / config.name
    if folder.exists():
        raise GanzooError("folder_exists", folder=folder)
    # Leave out folder names: the card may be published.
    words = [Path(a).name if Path(a) in files.values() else a for a in argv]
    sentences = notes(args, found)
    facts = {
        "name": config.name,
        "converted": {
            "command": " ".join(["ganzoo", "convert", *words]),
            "files": {role: path.name for role, path in files.items()},
            "networks": {role: str(one) for role, one in found.items()},
            "notes": sentences,
            "stored": "fp16" if args.half else "fp32",
            "git_commit": run_dir.git_commit(),
            "versions": run_dir.versions(),
        },
    }
    try:
        checkpoint.save_model(folder / "model", config, nets, facts, half=args.half)
    except OSError as error:
        raise GanzooError("out_not_writable", folder=folder, reason=error.strerror) from None
    model_card.write_card(folder / "model")
    made = inference.load(folder)
    for note in sentences:
        print(note)
    print(f"{folder}/model translates {' and '.join(made.directions)}: ganzoo.load({str(folder)!r})")
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
