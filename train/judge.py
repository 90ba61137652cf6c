"""Train the judge of a set: the small classifier that the metrics ask.

python train/judge.py --data mnist --epochs 20
python train/judge.py --data fashion --epochs 30 --flip
"""

import sys
import time
from pathlib import Path

from ganzoo import card, checkpoint, judges, recipe, runfolder, settings, trainer


def main(argv=None) -> int:
    config, _ = settings.parse(judges.Config, argv, __doc__)
    config = trainer.prepare(config)
    pictures, device = judges.read_data(config), trainer.choose_device(config.device)
    config.classes, config.channels = pictures.classes, pictures.channels
    began = time.perf_counter()
    for event in judges.fit(config, pictures, device):
        if event["event"] == "step":
            print(f"step {event['step']:,}/{event['steps']:,}  loss {event['loss']:.4f}", flush=True)
    minutes = (time.perf_counter() - began) / 60
    name = trainer.run_name(config)
    metric = {f"accuracy-{pictures.name}-n{len(pictures.test)}-test": event["test_accuracy"]}
    facts = {"name": name, "metrics": metric, "training": runfolder.facts(config, device, event["steps"], minutes)}
    folder = Path(config.out) / name / "model"
    checkpoint.save_model(folder, config, {"generator": event["net"]}, facts)
    card.write_card(folder)
    print(f"{folder}: {metric}")
    return 0


if __name__ == "__main__":
    sys.exit(recipe.guarded(main))
