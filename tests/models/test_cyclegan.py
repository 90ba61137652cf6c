"""CycleGAN: the paper's networks, the pool, exact resume, two directions, two sets without pairs."""

import pytest
import torch

import ganzoo
from ganzoo import checkpoint, images, recipes, settings
from ganzoo.data.unpaired import LEAST, UnpairedBatches
from ganzoo.data.unpaired_sources import made_up_unpaired
from ganzoo.evaluation import cyclemetrics, judges
from ganzoo.models import cyclegan
from ganzoo.training import trainer
from ganzoo.training.doctor import WINDOWS, Doctor
from tests.fake_hub.pictures import a, put, two
from tests.hostile.made import cycle
from tests.models.test_pix2pix import count
from tests.support.raises_code import raises_code
from tests.train.test_recipes import trained
from tests.training.test_trainer import begun

SMALL = {"image_size": 32, "width": 4, "critic_width": 4, "blocks": 1, "device": "cpu", "seed": 3, "save_every": 5}
FLAGS = settings.typed_words(cyclegan.Config, SMALL)


def test_the_paper_s_networks_to_the_parameter():
    # The reference counts 11,378,179 (6 blocks 7,837,699) and 2,764,737 with instance norm; it gives every convolution a
    # bias, which the norm behind it takes away again: 64 + 128 + 256 + 2 * 256 * blocks + 128 + 64 of them, 896 in the critic.
    assert count(cyclegan.ResNetGenerator()) == 11_378_179 - (640 + 18 * 256)
    assert count(cyclegan.ResNetGenerator(blocks=6)) == 7_837_699 - (640 + 12 * 256)
    assert count(cyclegan.build(cyclegan.Config())["discriminator"]) == 2_764_737 - 896


@pytest.mark.parametrize(("inputs", "outputs"), [(3, 3), (1, 3), (3, 1)])
def test_a_residual_generator_begins_as_a_copy(inputs, outputs):
    picture = torch.rand(2, inputs, 16, 16) * 2 - 1
    net = cyclegan.ResNetGenerator(inputs, outputs, width=4, blocks=1, residual=True)
    wanted = picture if inputs == outputs else picture.mean(1, keepdim=True).expand(-1, outputs, -1, -1)
    assert torch.allclose(net(picture), 0.98 * wanted, atol=1e-5)
    net(torch.full((1, inputs, 16, 16), -1.0)).sum().backward()  # black, where the inverse of tanh has no end
    assert all(torch.isfinite(p.grad).all() for p in net.parameters() if p.grad is not None)


def test_a_gate_keeps_nearly_all_at_first_and_can_let_everything_go():
    picture = torch.rand(2, 3, 16, 16) * 2 - 1
    net = cyclegan.ResNetGenerator(width=4, blocks=1, residual=True, gate=True).requires_grad_(False)
    assert float((net(picture) - 0.98 * picture).abs().max()) < 0.1
    with torch.no_grad():
        net.layers[-1].bias[-1] = -50.0
    assert float(net(picture).abs().max()) < 1e-5  # nothing of the input is left


def test_weights_of_a_residual_generator_are_not_taken_for_others(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = cycle(tmp_path / "model", residual=True)
    other = trainer.prepare(cyclegan.Config(name="y", epochs=1, init=str(model), **SMALL))
    with raises_code("init_has_setting"):
        next(recipes.fit(other, made_up_unpaired(8, 32)))


def test_likeness_and_the_cycle_whose_way_back_may_weigh_less_by_hand():
    picture = torch.rand(2, 3, 8, 8) * 2 - 1
    assert float(cyclegan.likeness(picture, picture)) == pytest.approx(1, abs=1e-5)
    assert float(cyclegan.likeness(picture, -picture)) == pytest.approx(-1, abs=1e-5)
    assert abs(float(cyclegan.likeness(picture, torch.rand(2, 3, 8, 8)))) < 0.7
    nothing, one = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4)
    pairs = ((nothing, one), (nothing, 2 * one))
    for weights, loss in (({"cycle": 2.0}, 6.0), ({"cycle": 2.0, "cycle_back": 0.5}, 3.0)):
        found, errors = cyclegan.returned({}, pairs, cyclegan.Config(**weights))
        assert (float(found), float(errors)) == (loss, 3.0)


def test_a_step_puts_what_it_made_into_the_pool():
    training = begun(cyclegan.Config(**SMALL))
    training.advance()
    kept = training.nets["pool"].kept
    assert kept[0].abs().sum() > 0 and kept[1:].abs().sum() == 0


def test_the_pool_fills_then_shows_half_old_half_new():
    sets = made_up_unpaired(8, 32)
    batches = UnpairedBatches(sets.train, 2, 1, 32, "cpu")
    pool, shown_old, kept = cyclegan.ImagePool(6, 1, 1), 0, []
    for step in range(400):
        made = torch.full((2, 1, 1, 1), 0.0) + torch.tensor([2.0 * step, 2.0 * step + 1]).view(2, 1, 1, 1)
        places = batches.pool_places(step, 6)
        out = pool.swap(made, places["place"], places["take"], places["put"])
        if step < 3:
            assert torch.equal(out, made)  # while it fills, the present ones are shown
            kept += made.flatten().tolist()
            assert set(pool.kept.flatten().tolist()) >= set(kept)
            continue
        old = out != made
        shown_old += int(old.sum())
        assert all(v in kept for v in out[old].tolist())  # what comes out was once put in
        kept += made.flatten().tolist()
        again = batches.pool_places(step, 6)
        assert all(torch.equal(places[k], again[k]) for k in places)  # a function of (seed, step)
    assert 0.4 < shown_old / 794 < 0.6


def test_smoke_model_goes_both_ways(tmp_path):
    """Its critics, and one way alone: tests/demos/tabs/test_translate.py."""
    out = trained(tmp_path, "--smoke", *FLAGS, script="cyclegan")
    assert "no pairs" in out and "cycle" in out
    model = ganzoo.load(tmp_path / "runs" / "cyclegan-horse2zebra-smoke")
    assert model.directions == ("facade->town", "town->facade") and model.config.direction == "facade->town"
    picture = ganzoo.drawings.facade(1).resize((50, 37))
    there = model.translate(picture)
    back = model.translate(there, direction="town->facade")
    assert there.size == back.size == (50, 37) and back.tobytes() != there.tobytes()
    for size in ((1, 1), (5, 3), (4, 90)):
        assert model.translate(picture.resize(size)).size == size


def test_metrics_both_ways_with_a_judge_of_the_domains(tmp_path):
    sets = made_up_unpaired(40, 32)
    config = judges.Config(image_size=32, channels=3, epochs=6, width=8, batch_size=16, device="cpu")
    sets.train = {side: pictures[..., 2:34, 2:34] for side, pictures in sets.train.items()}  # the judge's own size
    pictures = judges.domains(sets)
    assert pictures.classes == ("facade", "town") and len(pictures.train) == 80
    *_, done = judges.fit(config, pictures, "cpu")
    assert done["metrics"]["accuracy"] == 1.0  # blue facades and pale towns
    folder = tmp_path / "judge"
    checkpoint.save_model(folder, done["config"], {"generator": done["net"]}, {"name": "judge-smoke"})

    class Same:  # a translation that changes nothing: comes back perfectly and is never believed
        directions, config, name = ("facade->town", "town->facade"), cyclegan.Config(image_size=32), "same"

        def translate_tensor(self, pictures, direction):
            return pictures

    found = cyclemetrics.measure(Same(), sets, ganzoo.load(folder))
    for way in Same.directions:
        protocol = f"{way}-smoke-32px-n6-test"
        assert found[f"cycle-l1-{protocol}"] == found[f"identity-l1-{protocol}"] == 0
        assert (found[f"taken-for-target-{protocol}"], found[f"taken-for-target-real-{protocol}"]) == (0, 1)
        assert found[f"frechet-judge128-{protocol}"] > 0
    sets.test = {side: pictures[:1] for side, pictures in sets.test.items()}  # as ten pictures leave for the test
    found = cyclemetrics.measure(Same(), sets, ganzoo.load(folder))
    assert not [key for key in found if "frechet" in key]
    assert "taken-for-target-facade->town-smoke-32px-n1-test" in found


def test_two_folders_are_the_two_sides(tmp_path):
    """Other layouts, on the Hub and on disk: tests/data/test_hub_layouts.py."""
    put(tmp_path, two("?/{i}.png", ("horses", "zebras"), counts=(12, 9)))
    sets = ganzoo.load_unpaired(f"{tmp_path / 'horses'},{tmp_path / 'zebras'}", image_size=32)
    assert [(len(sets.train[side]), len(sets.test[side])) for side in "ab"] == [(11, 1), (8, 1)]
    assert any("held out" in note for note in sets.notes) and sets.domains == ("horses", "zebras")
    assert sets.train["a"].shape[2:] == (36, 36) and sets.test["a"].shape[2:] == (32, 32)
    assert sets.train["a"][:, 0].float().mean() > sets.train["b"][:, 0].float().mean()


def test_the_same_picture_in_train_and_test_is_found_and_named(tmp_path):
    put(tmp_path, two("train?/{i}.png") | two("test?/{i}.png", counts=(2, 2), first=20) | {"testA/hidden.png": a(4)})
    sets = ganzoo.load_unpaired(str(tmp_path), image_size=32)
    assert any("1 A picture(s) stand in train and in test; left out of train: 004.png" in note for note in sets.notes)
    assert (len(sets.train["a"]), len(sets.train["b"])) == (9, 10)


def rows(**values):
    usual = {"cycle": 0.1, "loss_d": 0.2, "loss_g": 0.5, "score_real": 0.7, "score_fake": 0.4, "score_fake_back": 0.4}
    usual |= {"likeness": 0.7, "likeness_back": 0.7, "identity": 0.1}
    return [{"event": "step", "step": i} | usual | values for i in range(8 * WINDOWS)]


def advice(log):
    doctor = Doctor()
    return [code for row in log for code, _ in doctor.see(row)]


def test_the_doctor_sees_inversion_copies_and_a_dead_direction():
    assert advice(rows()) == []
    assert advice(rows(likeness=-0.6)) == ["inverted"]
    assert advice(rows(likeness_back=-0.6)) == ["inverted"]
    assert advice(rows(likeness=0.9995, likeness_back=0.9999)) == ["copies"]
    assert advice(rows(likeness=0.9995)) == []
    assert advice(rows(score_fake=0.2, score_fake_back=0.39)) == ["one_way"]  # the way there is never believed


def test_a_crop_is_an_exact_window_of_a_large_picture_and_every_place_comes_up():
    """--load-size: what is trained on is cut out of the large picture, never resized."""
    large, size = 11, 8
    line = torch.arange(large * large, dtype=torch.uint8).view(1, 1, large, large)
    sets = {"a": line.repeat(4, 1, 1, 1), "b": line.repeat(9, 1, 1, 1)}
    batches = UnpairedBatches(sets, 4, seed=3, size=size, device="cpu")
    seen = set()
    for step in range(60):
        for x in ((batches(step)["a"] + 1) * 127.5).round().int()[:, 0]:
            mirrored = bool(x[0, 0] > x[0, -1])
            first = int(x[0, -1] if mirrored else x[0, 0])
            row, column = divmod(first, large)
            window = line[0, 0, row : row + size, column : column + size].int()
            assert torch.equal(x, window.flip(1) if mirrored else window)
            seen.add((row, column, mirrored))
    assert len(seen) == 4 * 4 * 2


def test_masks_are_cut_out_with_their_picture_and_a_crop_shows_the_thing():
    places = torch.zeros(6, 2, 4, 4)
    places[:, 0, 1:, 1:] = 1.0  # much may be changed
    places[:, 1, 2:, 2:] = 1.0  # the thing is in a corner that many crops miss
    pictures = {side: images.to_uint8(images.enlarged(2 * places[:, 1:] - 1, (64, 64))) for side in "ab"}
    blind, seeing = (UnpairedBatches(pictures, 3, seed=0, size=24, device="cpu") for _ in range(2))
    seeing.masks = {side: places for side in "ab"}
    missed = {blind: 0, seeing: 0}
    for step in range(40):
        batch = seeing(step)
        for side in "ab":
            assert (batch[f"sure_{side}"] - (batch[side] + 1) / 2).abs().max() < 0.01
            assert (batch[f"mask_{side}"] >= batch[f"sure_{side}"] - 1e-6).all()
            assert batch[f"mask_{side}"].mean() > batch[f"sure_{side}"].mean()
        for batches in missed:
            share = (batches(step)["a"].mean((1, 2, 3)) + 1) / 2
            missed[batches] += int((share < LEAST - 0.01).sum())
    assert missed[blind] > 60 and missed[seeing] < missed[blind] / 3
