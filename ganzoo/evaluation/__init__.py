"""Numbers: the judges that metrics ask, the metrics, and models side by side.

found = evaluate(ganzoo.load("dcgan-mnist"))    # {"frechet-mnist-judge128-n10000-test": 3.1, ...}
"""

import dataclasses

from ganzoo import data
from ganzoo.errors import GanzooError
from ganzoo.evaluation import comparison, cyclemetrics, samples
from ganzoo.inference import Model
from ganzoo.models.registry import JUDGES


def evaluate(
    model: Model, n=10_000, seed=1, size=0, judge=None, inception=None, net=None, alex=None, read=data.load
) -> dict:
    """The metrics of a model; their names say the protocol. Of a model that translates over the whole test split of its data,
    at its own size or at `size` pixels, else of `n` samples. `judge`: another one than the data's; `inception`: fid.network;
    `net`: independent.network; `alex`: lpips.network; `read` gives what `data.load` gives of a config."""
    config = model.config
    if config.lesson in JUDGES:
        raise GanzooError("judge_not_evaluated", name=model.name)
    if not model.translates:
        return samples.measure(model, n, seed, inception, judge)
    larger = dataclasses.replace(config, image_size=size) if size else config
    if config.lesson == "cyclegan":
        sets, _ = read(dataclasses.replace(larger, load_size=0) if size else config)
        return cyclemetrics.measure(model, sets, comparison.judge_for(model, judge), inception, net)
    pairs, _ = read(config)
    shown = None if larger.image_size == config.image_size else read(larger)[0]
    reader = comparison.reader_for(model, shown or pairs, judge)
    return comparison.measure(model, pairs, reader, inception, net, shown, alex)
