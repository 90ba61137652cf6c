"""Every loss against numbers computed by hand."""

import math

import pytest
import torch

from ganzoo.models import losses

REAL, FAKE = torch.tensor([2.0, 0.0]), torch.tensor([-1.0, 1.0])


def softplus(x):
    return math.log(1 + math.exp(x))


@pytest.mark.parametrize(
    ("kind", "critic", "creator"),
    [
        ("bce", 0.25 * (softplus(-2) + softplus(0) + softplus(-1) + softplus(1)), 0.5 * (softplus(1) + softplus(-1))),
        ("lsgan", 0.5 * ((1 + 1) / 2 + (1 + 1) / 2), (4 + 0) / 2),
        ("hinge", (0 + 1) / 2 + (0 + 2) / 2, 0.0),
        ("relativistic", (softplus(-3) + softplus(1)) / 2, (softplus(3) + softplus(-1)) / 2),
    ],
)
def test_adversarial_losses_match_hand_computed_numbers(kind, critic, creator):
    assert losses.discriminator_loss(REAL, FAKE, kind).item() == pytest.approx(critic, abs=1e-6)
    assert losses.generator_loss(FAKE, kind, REAL).item() == pytest.approx(creator, abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "low", "middle", "high"), [("bce", -50, 0, 50), ("lsgan", 0, 0.5, 1), ("hinge", -1, 0, 1)]
)
def test_opinions_run_from_fake_to_real(kind, low, middle, high):
    assert losses.as_opinion(torch.tensor([low, middle, high], dtype=torch.float32), kind).tolist() == pytest.approx(
        [0, 0.5, 1]
    )


def test_bce_stays_finite_for_extreme_scores():
    assert losses.discriminator_loss(torch.tensor([-500.0]), torch.tensor([500.0])).item() == pytest.approx(500.0)


def test_r1_penalty_of_a_linear_critic_is_its_squared_weight():
    pictures = torch.randn(4, 1, 2, 2, requires_grad=True)
    weight = torch.tensor([1.0, 2.0, 3.0, 4.0])
    penalty = losses.r1_penalty(pictures.flatten(1) @ weight, pictures)
    assert penalty.item() == pytest.approx(30.0, rel=1e-6)
