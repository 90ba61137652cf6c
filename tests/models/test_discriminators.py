"""Who judges: PatchGAN, projected critic or both; their losses, penalties, files and names."""

import dataclasses
import json
import math

import pytest
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from ganzoo import checkpoint, recipes
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.inference import load
from ganzoo.models import cyclegan, discriminators, gan, losses, pix2pix, pretrained
from ganzoo.models.projected import FEATURES, ProjectedDiscriminator
from ganzoo.training import trainer
from tests.support.raises_code import raises_code
from tests.training.test_trainer import begun, config

SMALL = dict(image_size=64, width=4, critic_width=8, patch=34, out="", smoke=True)


def maps(seed=0, side=64):
    generator, scales = torch.Generator().manual_seed(seed), zip(FEATURES, (4, 8, 16, 32), strict=True)
    return [torch.randn(2, c, side // s, side // s, generator=generator) for c, s in scales]


def fit(config, **more):
    return list(recipes.fit(trainer.prepare(dataclasses.replace(config, **more))))[-1]


def test_mixing_is_fixed_seeded_and_never_trained():
    torch.manual_seed(0)
    one = ProjectedDiscriminator()
    torch.manual_seed(99)
    two = ProjectedDiscriminator()
    fixed = [name for name, _ in one.named_buffers() if name.startswith(("across", "down"))]
    assert len(fixed) == 7 and not [n for n, _ in one.named_parameters() if n.startswith(("across", "down"))]
    for name in fixed:
        assert torch.equal(one.get_buffer(name), two.get_buffer(name))
    assert not torch.equal(next(one.heads.parameters()), next(two.heads.parameters()))


def test_every_scale_hears_of_the_coarser_ones():
    critic, plain = ProjectedDiscriminator(), maps()
    changed = [*plain[:3], plain[3] + 5]
    for before, after in zip(critic.mix(plain), critic.mix(changed), strict=True):
        assert not torch.allclose(before, after)
    finer = [plain[0] + 5, *plain[1:]]
    same = [torch.equal(a, b) for a, b in zip(critic.mix(plain), critic.mix(finer), strict=True)]
    assert same == [False, True, True, True]


def test_losses_of_both_critics_add_up_by_hand():
    patch = discriminators.Scores("discriminator", torch.zeros(1, 1, 2, 2), "bce", 1.0)
    scale = discriminators.Scores("projected", torch.ones(1, 1, 2, 2), "lsgan", 0.5)
    both, bce = [patch] + [scale] * 4, float(F.softplus(torch.zeros(())))
    assert float(discriminators.discriminator_loss(both, both)) == pytest.approx(bce + 0.5 * 4 * 0.5 * (0 + 1))
    assert float(discriminators.generator_loss(both)) == pytest.approx(bce + 0)
    assert float(discriminators.opinion(both)) == 0.5
    assert float(discriminators.opinion([scale] * 4)) == 1


def test_a_relativistic_gan_learns_by_r1_and_r2():
    """The penalty of a relativistic critic has a second term, of what the generator makes."""

    def after_the_penalty(kind):
        training = begun(config(gan, adversarial=kind, r1=1.0, batch_size=8))
        training.ready()
        return torch.cat([p.flatten() for p in training.nets["discriminator"].parameters()])

    assert not torch.equal(after_the_penalty("bce"), after_the_penalty("relativistic"))


@pytest.mark.parametrize("role", ["discriminator", "projected"])
def test_a_penalty_flattens_the_critic(role):
    config = cyclegan.Config(critic="both", image_size=64, patch=34, width=4, blocks=1, critic_width=8)
    torch.manual_seed(0)
    nets = cyclegan.build(config) | {"features": pretrained.load()}
    picture = torch.rand(1, 3, 64, 64) * 2 - 1
    optimizer = torch.optim.Adam(nets[role].parameters(), 1e-3)
    found = []
    for _ in range(12):
        optimizer.zero_grad()
        value = discriminators.penalty(nets, role, picture)
        value.backward()
        optimizer.step()
        found.append(value.item())
    assert found[0] > 0 and found[-1] < 0.8 * found[0]


def test_compiled_critics_are_asked_too():
    config = cyclegan.Config(**SMALL, blocks=1, critic="both", channels=3)
    nets = {role: torch.compile(net) for role, net in cyclegan.build(config).items() if "pool" not in role}
    with torch.compiler.set_stance("force_eager"):
        scores = discriminators.score(nets | {"features": pretrained.load()}, config, torch.zeros(1, 3, 64, 64), "")
    assert [s.role for s in scores] == ["discriminator"] + 4 * ["projected"]


@pytest.mark.parametrize("critic", discriminators.CRITICS)
def test_each_critic_trains_cyclegan_and_comes_back(critic, tmp_path):
    config = cyclegan.Config(**{**SMALL, "out": str(tmp_path)}, blocks=1, critic=critic, r1=1.0, r1_every=1)
    folder = tmp_path / trainer.run_name(config)
    fit(config)
    there = {p.name for p in (folder / "model").glob("discriminator*") if "_back" not in p.name}
    patch, projected = "discriminator.safetensors", "discriminator_projected.safetensors"
    assert there == {"patch": {patch}, "projected": {projected}, "both": {patch, projected}}[critic]
    model = load(folder)
    assert model.config.critic == critic and model.translate_tensor(torch.zeros(1, 3, 64, 64)).shape == (1, 3, 64, 64)
    if critic == "projected":
        with raises_code("no_critic"):
            _ = model.discriminator
        path = folder / "model" / projected
        with safe_open(path, "pt") as file:
            assert file.metadata()["features"] == pretrained.digest()
        save_file(load_file(path), path, {"format": "pt", "features": "another"})
        with raises_code("weights_of_other_features"):
            checkpoint.read_network(path.parent, "projected", cyclegan.build(config)["projected"])
    else:
        assert model.patch_map(torch.zeros(1, 3, 64, 64)).ndim == 2


def test_an_older_pix2pix_with_projected_discriminators_loads_and_its_run_is_refused(tmp_path):
    """Pix2Pix had --critic once. Where it said "patch", nothing has changed."""
    config = pix2pix.Config(**{**SMALL, "smoke": False, "out": str(tmp_path)}, data="smoke", epochs=1)
    pairs = made_up_pairs(8, 64)
    folder = tmp_path / trainer.run_name(config)
    list(recipes.fit(trainer.prepare(config), pairs))
    picture = torch.zeros(1, 3, 64, 64)
    made = load(folder).translate_tensor(picture)
    resumed = dataclasses.replace(config, epochs=2, resume="auto")

    def says(critic):
        for path in (folder / "config.json", folder / "model" / "config.json"):
            said = json.loads(path.read_text())
            said["settings"] |= {"critic": critic, "projected": 0.7}
            path.write_text(json.dumps(said))

    for critic in ("projected", "both"):
        says(critic)
        (folder / "model" / "discriminator_projected.safetensors").write_bytes(b"not read")
        model = load(folder)
        assert torch.equal(model.translate_tensor(picture), made)
        assert model.patch_map(torch.zeros(1, 6, 64, 64)).ndim == 2
        with raises_code("resume_dropped_setting", flag="--critic", value=critic) as caught:
            trainer.prepare(resumed, {"epochs", "resume"})
        assert "b156bc6" in str(caught.value)
    says("patch")
    events = list(recipes.fit(trainer.prepare(resumed, {"epochs", "resume"}), pairs))
    assert events[-1]["event"] == "done" and any("critic, projected" in note for note in events[0]["notes"])


def test_the_features_are_in_no_file_of_the_run():
    training = begun(config(pix2pix, **SMALL, perceptual=2.0))
    training.advance()
    state = training.state()
    assert set(state["nets"]) == {"generator", "discriminator"} and set(state["optimizers"]) == set(state["nets"])


REAL, FAKE = torch.tensor([2.0, 0.0]), torch.tensor([-1.0, 1.0])


def softplus(x):
    return math.log(1 + math.exp(x))


def test_adversarial_losses_match_hand_computed_numbers():
    for kind, critic, creator in (
        ("bce", 0.25 * (softplus(-2) + softplus(0) + softplus(-1) + softplus(1)), 0.5 * (softplus(1) + softplus(-1))),
        ("lsgan", 0.5 * ((1 + 1) / 2 + (1 + 1) / 2), (4 + 0) / 2),
        ("hinge", (0 + 1) / 2 + (0 + 2) / 2, 0.0),
        ("relativistic", (softplus(-3) + softplus(1)) / 2, (softplus(3) + softplus(-1)) / 2),
    ):
        assert losses.discriminator_loss(REAL, FAKE, kind).item() == pytest.approx(critic, abs=1e-6)
        assert losses.generator_loss(FAKE, kind, REAL).item() == pytest.approx(creator, abs=1e-6)
    assert losses.discriminator_loss(-500 * REAL, 500 * REAL).item() == pytest.approx(500.0, rel=0.01)  # finite


@pytest.mark.parametrize(("kind", "scores"), [("bce", (-50, 0, 50)), ("lsgan", (0, 0.5, 1)), ("hinge", (-1, 0, 1))])
def test_opinions_run_from_fake_to_real(kind, scores):
    found = losses.as_opinion(torch.tensor(scores, dtype=torch.float32), kind)
    assert found.tolist() == pytest.approx([0, 0.5, 1])


def test_r1_penalty_of_a_linear_critic_is_its_squared_weight():
    pictures = torch.randn(4, 1, 2, 2, requires_grad=True)
    weight = torch.tensor([1.0, 2.0, 3.0, 4.0])
    penalty = losses.r1_penalty(pictures.flatten(1) @ weight, pictures)
    assert penalty.item() == pytest.approx(30.0, rel=1e-6)
