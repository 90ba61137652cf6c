"""Train the judge of a set: the small network that the metrics ask.

python train/judge.py --data mnist --epochs 20            # a classifier of pictures
python train/judge.py --data fashion --epochs 30 --flip
python train/judge.py --data facades                      # pairs: a segmenter that reads label maps back
python train/judge.py --data horse2zebra --flip --image-size 64 --depth 4    # two sets: which of them is it?
python train/judge.py realness --data mnist               # the discriminator of a set: how real is a picture?
python train/judge.py segmenter --data my/pairs --domains photo,label --direction 'label->photo'

Ctrl-C ends the training early: the judge is measured and saved as it is.
"""

import dataclasses
import sys
import time
from pathlib import Path

from ganzoo import checkpoint, data, model_card, recipes, session, settings
from ganzoo.data.registry import WORDS
from ganzoo.data.unpaired_sources import load_unpaired
from ganzoo.device import choose_device
from ganzoo.evaluation import judges, realness, segmenter
from ganzoo.training import run_dir, trainer


def main(argv=None) -> int:
    argv = sys.argv[1:] if argv is None else list(argv)
    kind = argv.pop(0) if argv[:1] in (["segmenter"], ["realness"]) else ""
    which = settings.Parser(add_help=False, allow_abbrev=False)
    which.add_argument("--data")
    pairs = kind == "segmenter" or which.parse_known_args(argv)[0].data in WORDS["paired"]
    lesson = segmenter if pairs else realness if kind == "realness" else judges
    config, _ = settings.parse(lesson.Config, argv, __doc__)
    name = trainer.run_name(config)
    if not config.name:  # a set has one kind of judge
        name = name.replace("segmenter-", "judge-", 1)
    config = dataclasses.replace(config, name=name)
    trainer.make_room(config)
    trainer.check(config)
    device = choose_device(config.device)
    if not pairs and (config.data in WORDS["unpaired"] or "," in config.data) and not config.smoke:
        pictures = judges.domains(load_unpaired(config.data, config.image_size, config.image_size, 3))
    else:
        pictures, _ = data.load(config)
    began, stop, wanted = time.perf_counter(), [], 0
    session.stop_on_signals(stop)
    for event in lesson.fit(config, pictures, device, lambda: bool(stop)):
        if event["event"] == "step":
            wanted = event["steps"]
            print(f"step {event['step']:,}/{event['steps']:,}  loss {event['loss']:.4f}", flush=True)
    minutes = (time.perf_counter() - began) / 60
    config = event["config"]
    count = event.get("held_out", len(pictures.test if not pairs else pictures.test_names))
    metrics = {f"{key}-{pictures.name}-n{count}-test": value for key, value in event["metrics"].items()}
    training = run_dir.facts(config, device, event["steps"], minutes)
    facts = {"name": config.name, "metrics": metrics, "training": training, **event.get("facts", {})}
    folder = Path(config.out) / config.name / "model"
    checkpoint.save_model(folder, config, {"generator": event["net"]}, facts)
    model_card.write_card(folder)
    print(f"{folder}: {metrics}")
    if event["steps"] < wanted:
        stopped = f"Stopped after {event['steps']:,} of {wanted:,} steps"
        print(f"{stopped}: this judge is usable, but weaker than it could be.")
        return recipes.STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
