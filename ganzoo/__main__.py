"""ganzoo on the command line: each command runs the script of the same name.

    ganzoo demo                                              # the pages, on this machine
    ganzoo train pix2pix --data my/pairs --direction 'B->A'  # gan | cgan | dcgan | pix2pix | cyclegan
    ganzoo judge --data my/pictures                          # train the small network that measures models
    ganzoo distill --model runs/cyclegan-horse2zebra/model   # a generator learns to do in one pass what it does in two
    ganzoo mask --model runs/cyclegan-horse2zebra/model      # a CycleGAN changes the animals alone
    ganzoo evaluate runs/pix2pix-pairs-gan-mae/model         # measure models
    ganzoo translate pix2pix-facades-gan-mae in/ out/        # a folder of pictures through a model
    ganzoo export pix2pix-facades-gan-mae                    # write ONNX
    ganzoo convert latest_net_G.pth --data facades           # read weights of the reference code
    ganzoo publish YOU/ganzoo                                # put the pages on the Hub as a Space
    ganzoo push-data my/pairs YOU/my-pairs                   # share pictures as a data set on the Hub

`ganzoo COMMAND --help` lists what a command takes. `python -m ganzoo` is the same.
"""

import runpy
import sys
from importlib.util import find_spec

from ganzoo import package
from ganzoo.errors import GanzooError
from ganzoo.recipes import guarded

COMMANDS = {
    "demo": "demos.app",
    "judge": "train.judge",
    "distill": "train.distill",
    "mask": "train.mask",
    "evaluate": "train.evaluate",
    "translate": "train.translate",
    "export": "train.export",
    "convert": "train.convert",
    "publish": "demos.publish",
    "push-data": "train.push_data",
    **{f"train {lesson}": f"train.{lesson}" for lesson in ("gan", "cgan", "dcgan", "pix2pix", "cyclegan")},
}


def main() -> int:
    return guarded(run)


def run() -> int:
    """Run the script that the command line names, which ends the process with its own exit code."""
    words = sys.argv[1:]
    count = 2 if words[:1] == ["train"] else 1
    command, rest = " ".join(words[:count]), words[count:]
    if {"-h", "--help"} & set(words[:count]):
        print(__doc__, flush=True)
        return 0
    if command not in COMMANDS:
        raise GanzooError("command_unknown", command=command, known=list(COMMANDS))
    if COMMANDS[command].startswith("demos.") and not find_spec("gradio"):
        raise GanzooError("pages_need_gradio", gradio=package.requirements("pages")[-1])
    sys.argv = [f"ganzoo {command}", *rest]
    runpy.run_module(f"ganzoo.{COMMANDS[command]}", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
