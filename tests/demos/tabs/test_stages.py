"""What the lessons say is counted, trained and measured here once more."""

import html as entities
import math

import pytest
import torch

LANGUAGES = ("en", "zh")


@pytest.fixture(params=LANGUAGES)
def words(request):
    from demos.ui.words import Words

    return Words(request.param)


@pytest.mark.parametrize(("shift", "seed"), [(1, 4), (3, 7)])
def test_pixels_take_the_shift_for_the_blur_and_features_do_not(words, shift, seed):
    import numpy as np

    from demos.tabs.lessons import feature_maps as stage
    from ganzoo import pretrained
    from ganzoo.models import features

    found = stage.judged(shift, seed)
    true, moved = (np.asarray(found["pictures"][key]) for key in ("true", "shift"))
    assert (moved[:, shift:] == true[:, :-shift]).all() and true.shape == (stage.SIDE, stage.SIDE, 3)
    net = pretrained.load()
    maps = {}
    for key, picture in found["pictures"].items():
        pixels = torch.tensor(np.asarray(picture) / 127.5 - 1, dtype=torch.float32)
        with torch.no_grad():
            maps[key] = net(pixels.permute(2, 0, 1)[None])
    for key, picture in found["pictures"].items():
        assert found["pixels"][key] == pytest.approx(np.abs(np.asarray(picture) / 255 - true / 255).mean(), abs=1e-6)
        distance = float(features.perceptual_distance(maps[key], maps["true"]))
        assert found["features"][key] == pytest.approx(distance, rel=1e-3, abs=1e-6)
    assert found["pixels"]["blur"] == pytest.approx(found["pixels"]["shift"], rel=0.03)
    assert found["features"]["blur"] > 1.4 * found["features"]["shift"] > 0
    assert found["features"]["other"] > found["features"]["blur"] and found["pixels"]["other"] > found["pixels"]["blur"]
    shown = stage.show(words, shift, seed)
    assert all(f"{found[ruler][key]:.3f}" in shown for ruler in ("pixels", "features") for key in found["pixels"])


def test_the_stage_says_so_where_features_do_not_tell_shift_from_blur(words):
    from demos.tabs.lessons import feature_maps as stage

    pixels = {"shift": 0.02, "blur": 0.02}
    said = [stage._verdict(words, {"pixels": pixels, "features": {"shift": 1.0, "blur": blur}}) for blur in (1.1, 2.0)]
    values = {"shift": "0.020", "blur": "0.020"}
    assert said == [words("features_alike", times="1.1", **values), words("features_tell", times="2.0", **values)]


def test_silent_units_are_counted_and_only_leaky_ones_have_a_gradient():
    from demos.tabs.lessons import leaky_relu as stage

    pictures, labels = stage.digits()
    for kind in stage.KINDS:
        net = stage.reader(kind)
        with torch.no_grad():
            net[0].bias[5] = -1e6  # one unit of each layer is silenced by hand
            net[2].bias[7] = -1e6
        silent = stage.silent(net, pictures)
        assert silent[5] and silent[stage.WIDTH + 7] and len(silent) == 2 * stage.WIDTH
        torch.nn.functional.cross_entropy(net(pictures), labels).backward()
        moved = net[0].weight.grad[5].abs().sum() + net[2].weight.grad[7].abs().sum()
        assert bool(moved > 0) == (kind == "leaky_relu")


def test_relu_leaves_more_units_silent_and_both_learn():
    from demos.tabs.lessons import leaky_relu as stage

    found = {kind: stage.learn(kind, "0.01") for kind in stage.KINDS}
    assert found["relu"]["shares"][0] == pytest.approx(
        found["leaky_relu"]["shares"][0], abs=0.1
    )  # the same first weights
    assert found["relu"]["shares"][-1] > found["leaky_relu"]["shares"][-1] + 0.15
    assert found["leaky_relu"]["back"] > found["relu"]["back"]
    assert min(f["right"] for f in found.values()) > 0.8


@pytest.mark.parametrize("beta1", [0.0, 0.5, 0.9])
def test_beta1_is_the_speed_that_is_left(beta1):
    from demos.tabs.lessons import adam_momentum as stage

    assert stage.coast(beta1) == pytest.approx([beta1**step for step in range(stage.COASTING + 1)])


def test_the_smallest_gan_comes_to_rest_with_friction_only():
    from demos.tabs.lessons import adam_momentum as stage

    far = {beta1: max(stage.away(stage.smallest_gan(beta1))[-100:]) for beta1 in (0.5, 0.9)}
    assert far[0.5] < 0.2 < 0.5 < far[0.9]
    track = stage.smallest_gan(0.5)
    assert track[0] == (1.0, 1.0) and len(track) == stage.STEPS + 1
    assert track[1][0] == pytest.approx(1 + stage.RATE, abs=1e-3)  # the critic likes larger numbers: the creator obeys
    assert track[1][1] == pytest.approx(1 - stage.RATE, abs=1e-3)  # the fake scored too high: the critic turns down


def test_the_label_multiplies(words):
    from demos.catalog import local
    from demos.tabs.lessons import label_filter as stage

    model = local.open_model("cgan-mnist")
    found = stage.filtered(model, 3, 7)
    assert torch.allclose(found["noise"] * found["creator"], found["after"])
    assert torch.allclose(found["picture"] * found["critic"], found["seen"])
    assert torch.equal(found["picture"], model.tensor(model.noise(1, 7), [3])[0])
    assert stage.show(words, 3, 7) != stage.show(words, 4, 7)


def test_a_lone_dot_is_bright_and_has_no_bright_neighbour():
    from demos.tabs.lessons import mlp_vs_conv as stage

    picture = torch.full((1, 1, 28, 28), -1.0)
    picture[0, 0, 5, 5] = picture[0, 0, 0, 27] = 1.0  # alone, once in a corner
    picture[0, 0, 10, 10:12] = 1.0  # two beside each other
    assert stage.lone_dots(picture).nonzero().tolist() == [[0, 0, 27], [0, 5, 5]]
    count = {key: int(stage.lone_dots(stage.made(key, "mnist", 7)).sum()) for key in ("gan", "dcgan", "real")}
    assert count["gan"] > 2 * count["dcgan"] > count["real"]


def test_sizes_and_features_go_opposite_ways():
    from demos.tabs.lessons import mlp_vs_conv as stage

    found = stage.shapes()
    assert found["down"] == [(28, 28, 1), (14, 14, 64), (7, 7, 128)] and found["up"] == found["down"][::-1]
    assert found["example"] == [(14, 14, 32), (28, 28, 32), (28, 28, 16)]


def test_the_gradient_is_the_product_and_relu_makes_it_0():
    from demos.tabs.lessons import leaky_relu as stage

    for kind, slope in (("relu", 0.0), ("leaky_relu", 0.2)):
        factors, whole = stage.chain(kind)
        assert factors[1] == pytest.approx(slope) and whole == pytest.approx(math.prod(factors))


def test_the_critic_grades_regions_at_any_size_and_knows_its_own_creator():
    from demos.tabs.lessons import patch_critic as stage

    assert [tuple(stage.grades("6.jpg", True, side).shape) for side in (256, 128)] == [(30, 30), (14, 14)]
    for name in stage.facade_pairs.PAIRS:
        assert stage.grades(name, True).mean() > 0.5 > stage.grades(name, False).mean()


def test_the_default_pair_shows_what_the_gan_loss_does():
    from demos.tabs.lessons import gan_loss as stage

    found = stage.measured(*stage.FIRST)
    assert found["gan"][0] < found["mae"][0] and found["gan"][1] > found["mae"][1]


def test_both_loops_come_back_near_the_beginning():
    from demos.catalog import local
    from demos.tabs.lessons import cycle as stage

    for photo in stage.PHOTOS:
        for first, other, again in stage.loops(local.open_cycle(stage.MODEL), photo):
            assert (again - first).abs().mean() / 2 < 0.1 < 2 * (other - first).abs().mean()


def test_batch_normalization_pulls_the_units_back(words):
    from demos.catalog import local
    from demos.tabs.lessons import batch_norm as stage

    with_bn, without = (stage.centres(local.open_model(name), 7) for name, _ in stage.MODELS.values())
    assert len(with_bn) == len(without) == 512 and with_bn == sorted(with_bn)
    assert with_bn[-1] < without[-1]
    assert entities.escape(f"{without[-1]:.2f}") in stage.show(words, 7)


def test_the_course_s_table_is_counted_from_the_network():
    from demos.tabs.lessons import gan_networks as stage
    from ganzoo.models.gan import Generator

    found = stage.layers(Generator())
    assert [numbers for *_, numbers in found] == [25_856, 1_024, 131_584, 2_048, 402_192]
    assert [outputs for _, outputs, _ in found] == [256, 256, 512, 512, 784]


def test_both_steps_move_the_opinions_towards_their_answers():
    from demos.tabs.lessons import two_steps as stage

    for rounds in (0, *stage.FIRST):
        moved = stage.play(rounds)["moved"]
        assert moved["real"][1] > moved["real"][0] + 0.05
        assert moved["fake"][1] < moved["fake"][0] and moved["again"][1] > moved["again"][0]
        assert moved["again"][0] == moved["fake"][1]


def test_a_bundled_film_goes_through_the_three_states():
    from demos.tabs.lessons import three_states as stage

    spans = stage.states("gan-mnist")
    assert [key for key, *_ in spans] == ["early", "contest", "level"]
    assert all(a[2] < b[1] for a, b in zip(spans, spans[1:], strict=False))
