"""What the lessons say is counted, trained and measured here once more."""

import html as entities

import numpy as np
import pytest
import torch

from demos.catalog import local
from demos.tabs.lessons import (
    adam_momentum,
    batch_norm,
    cycle,
    facade_pairs,
    feature_maps,
    gan_loss,
    label_filter,
    leaky_relu,
    mlp_vs_conv,
    patch_critic,
    three_states,
    two_steps,
)
from demos.ui.words import Words

WORDS = Words("en")


@pytest.mark.parametrize(("shift", "seed"), [(1, 4), (3, 7)])
def test_pixels_take_the_shift_for_the_blur_and_features_do_not(shift, seed):
    found = feature_maps.judged(shift, seed)
    pictures = {key: np.asarray(picture) / 255 for key, picture in found["pictures"].items()}
    true, pixels, far = pictures["true"], found["pixels"], found["features"]
    assert (pictures["shift"][:, shift:] == true[:, :-shift]).all() and true.shape == (256, 256, 3)
    assert pixels == pytest.approx({key: np.abs(picture - true).mean() for key, picture in pictures.items()}, abs=1e-6)
    assert pixels["blur"] == pytest.approx(pixels["shift"], rel=0.03) and pixels["other"] > pixels["blur"]
    assert far["other"] > far["blur"] > 1.4 * far["shift"] > far["true"] == pytest.approx(0, abs=1e-6)
    shown = feature_maps.show(WORDS, shift, seed)
    assert all(f"{value:.3f}" in shown for value in (*pixels.values(), *far.values()))


def test_silent_units_are_counted_and_only_leaky_ones_have_a_gradient():
    pictures, labels = leaky_relu.digits()
    for kind in leaky_relu.KINDS:
        net = leaky_relu.reader(kind)
        with torch.no_grad():
            net[0].bias[5] = -1e6  # one unit of each layer is silenced by hand
            net[2].bias[7] = -1e6
        silent = leaky_relu.silent(net, pictures)
        assert silent[5] and silent[leaky_relu.WIDTH + 7] and len(silent) == 2 * leaky_relu.WIDTH
        torch.nn.functional.cross_entropy(net(pictures), labels).backward()
        moved = net[0].weight.grad[5].abs().sum() + net[2].weight.grad[7].abs().sum()
        assert bool(moved > 0) == (kind == "leaky_relu")


def test_relu_leaves_more_units_silent_and_both_learn():
    found = {kind: leaky_relu.learn(kind, "0.01") for kind in leaky_relu.KINDS}
    first = [found[kind]["shares"][0] for kind in ("relu", "leaky_relu")]
    assert first[0] == pytest.approx(first[1], abs=0.1)  # the same first weights
    assert found["relu"]["shares"][-1] > found["leaky_relu"]["shares"][-1] + 0.15
    assert found["leaky_relu"]["back"] > found["relu"]["back"]
    assert min(f["right"] for f in found.values()) > 0.8
    rate = leaky_relu.VALUES["rate"].first  # which shows what dead units cost
    right = {kind: leaky_relu.learn(kind, rate)["right"] for kind in leaky_relu.KINDS}
    assert right["leaky_relu"] > 0.95 > right["relu"] + 0.15
    assert WORDS("relu_better") in leaky_relu.show(WORDS, rate)


def test_the_smallest_gan_comes_to_rest_with_friction_only():
    far = {beta1: max(adam_momentum.away(adam_momentum.smallest_gan(beta1))[-100:]) for beta1 in (0.5, 0.9)}
    assert far[0.5] < 0.2 < 0.5 < far[0.9]
    track = adam_momentum.smallest_gan(0.5)
    assert track[0] == (1.0, 1.0) and len(track) == adam_momentum.STEPS + 1
    # the critic likes larger numbers: the creator obeys; the fake scored too high: the critic turns down
    assert track[1] == pytest.approx((1 + adam_momentum.RATE, 1 - adam_momentum.RATE), abs=1e-3)


def test_the_label_multiplies():
    model = local.open_model("cgan-mnist")
    found = label_filter.filtered(model, 3, 7)
    assert torch.allclose(found["noise"] * found["creator"], found["after"])
    assert torch.allclose(found["picture"] * found["critic"], found["seen"])
    assert torch.equal(found["picture"], model.tensor(model.noise(1, 7), [3])[0])
    assert label_filter.show(WORDS, 3, 7) != label_filter.show(WORDS, 4, 7)


def test_a_lone_dot_is_bright_and_has_no_bright_neighbour():
    picture = torch.full((1, 1, 28, 28), -1.0)
    picture[0, 0, 5, 5] = picture[0, 0, 0, 27] = 1.0  # alone, once in a corner
    picture[0, 0, 10, 10:12] = 1.0  # two beside each other
    assert mlp_vs_conv.lone_dots(picture).nonzero().tolist() == [[0, 0, 27], [0, 5, 5]]
    gan, dcgan, real = (mlp_vs_conv.made(key, "mnist", 7) for key in ("gan", "dcgan", "real"))
    gan, dcgan, real = (int(mlp_vs_conv.lone_dots(pictures).sum()) for pictures in (gan, dcgan, real))
    assert gan > 2 * dcgan > real


def test_the_critic_grades_regions_at_any_size_and_knows_its_own_creator():
    assert [tuple(patch_critic.grades("6.jpg", "real", side).shape) for side in (256, 128)] == [(30, 30), (14, 14)]
    for name in facade_pairs.PAIRS:
        assert patch_critic.grades(name, "real").mean() > 0.5 > patch_critic.grades(name, "made").mean()


def test_the_critic_finds_the_part_of_the_default_photo_that_was_replaced():
    name = patch_critic.VALUES["pair"].first
    fall, part = patch_critic.falls(name)
    real, mixed = (np.asarray(patch_critic.judged(name)[key]) for key in ("real", "part"))
    left, top, right, bottom = patch_critic.PART
    changed = (real != mixed).any(2)
    assert changed[top:bottom, left:right].mean() > 0.9 and changed.sum() == changed[top:bottom, left:right].sum()
    assert part.float().mean() == pytest.approx((right - left) * (bottom - top) / real[:, :, 0].size, abs=0.03)
    assert fall[part].mean() > max(0.1, 3 * fall[~part].mean())
    assert f"{fall[part].mean():.2f}" in patch_critic.show(WORDS, name)


def test_the_default_pair_shows_what_the_gan_loss_does():
    found = gan_loss.measured(gan_loss.VALUES["pair"].first)
    assert found["gan"][0] < found["mae"][0] and found["gan"][1] > found["mae"][1]


def test_both_loops_come_back_near_the_beginning():
    for photo in cycle.PHOTOS:
        for first, other, again in cycle.loops(local.open_model(cycle.MODEL, local.CYCLES), photo):
            assert (again - first).abs().mean() / 2 < 0.1 < 2 * (other - first).abs().mean()


def test_batch_normalization_pulls_the_units_back():
    with_bn, without = (batch_norm.centres(local.open_model(name), 7) for name, _ in batch_norm.MODELS.values())
    assert len(with_bn) == len(without) == 512 and with_bn == sorted(with_bn)
    assert with_bn[-1] < without[-1]
    assert entities.escape(f"{without[-1]:.2f}") in batch_norm.show(WORDS, 7)


def test_both_steps_move_the_opinions_towards_their_answers():
    for rounds in (0, two_steps.VALUES["rounds"].first):
        moved = two_steps.play(rounds)["moved"]
        assert moved["real"][1] > moved["real"][0] + 0.05
        assert moved["fake"][1] < moved["fake"][0] and moved["again"][1] > moved["again"][0]
        assert moved["again"][0] == moved["fake"][1]


def test_a_bundled_film_goes_through_the_three_states():
    spans = three_states.states("gan-mnist")
    assert [key for key, *_ in spans] == ["early", "contest", "level"]
    assert all(a[2] < b[1] for a, b in zip(spans, spans[1:], strict=False))
