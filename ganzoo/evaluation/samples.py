"""Numbers of a model that makes pictures from noise: GAN, conditional GAN and DCGAN."""

from ganzoo import images
from ganzoo.data import labeled, registry
from ganzoo.errors import GanzooError
from ganzoo.evaluation import comparison, fid, judges, metrics
from ganzoo.inference import Model


def measure(model: Model, n: int, seed: int, inception=None, judge: Model | None = None) -> dict:
    """The metrics of `n` samples against the test split of the model's data. `judge`: another one than the data's, whose
    numbers are left out where there is none for these pictures."""
    config, word = model.config, registry.data_word(model.config.data)
    given, judge = judge, comparison.judge_for(model, judge)
    if judge and (judge.config.image_size, judge.config.channels) != (config.image_size, config.channels):
        if given:
            raise GanzooError("judge_does_not_fit", judge=given.name, name=model.name)
        judge = None
    real = labeled.load_pictures(config.data, config.image_size, config.channels).test
    fake = images.to_uint8(model.tensor(model.noise(n, seed)))
    found = {}
    if judge:
        net = judge.generator.to(model.device)
        real_features, _ = judges.ask(net, real)
        features, scores = judges.ask(net, fake)
        if len(real) > 1:
            distance = metrics.frechet_distance(features, real_features)
            found[f"frechet-{word}-judge{features.shape[1]}-n{n}-test"] = round(distance, 3)
    found[f"speckle-median3-n{n}"] = round(metrics.speckle(images.to_float(fake)), 3)
    found[f"speckle-median3-real-{word}-test"] = round(metrics.speckle(images.to_float(real)), 3)
    if judge:
        answers = scores.argmax(1)
        classes = registry.CLASSES.get(word, tuple(map(str, range(scores.shape[1]))))
        shares = metrics.class_shares(answers, classes)
        found[f"smallest-class-share-{word}-judge-n{n}"] = min(shares.values())
        found[f"class-share-{word}-judge-n{n}"] = shares
        if config.needs_labels:
            accuracy = metrics.label_accuracy(answers, model.labels(None, n)[0])
            found[f"label-accuracy-{word}-judge-n{n}"] = round(accuracy, 4)
    if inception:
        found |= fid.distances(inception, fake, real, f"{word}-n{n}-test")
    return found
