"""CycleGAN: the paper's networks, the pool, exact resume, two directions, two sets without pairs."""

import json

import pytest
import torch

import ganzoo
from ganzoo import checkpoint, recipes, settings
from ganzoo.data import complete
from ganzoo.data.unpaired import UnpairedBatches
from ganzoo.data.unpaired_sources import made_up_unpaired
from ganzoo.evaluation import cyclemetrics, judges
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.models import cyclegan
from ganzoo.training import trainer
from ganzoo.training.doctor import WINDOWS, Doctor
from tests.data.test_pairs import sides
from tests.support.raises_code import raises_code
from tests.train.test_recipes import trained
from tests.training.test_trainer import same

SMALL = {"image_size": 32, "width": 4, "critic_width": 4, "blocks": 1, "device": "cpu", "seed": 3, "save_every": 5}
FLAGS = settings.typed_words(cyclegan.Config, SMALL)


def count(net) -> int:
    return sum(p.numel() for p in net.parameters())


def test_the_paper_s_networks_to_the_parameter():
    # The reference counts 11,378,179 (6 blocks 7,837,699) and 2,764,737 with instance norm; it gives every convolution a
    # bias, which the norm behind it takes away again: 64 + 128 + 256 + 2 * 256 * blocks + 128 + 64 of them, 896 in the critic.
    assert count(cyclegan.ResNetGenerator()) == 11_378_179 - (640 + 18 * 256)
    assert count(cyclegan.ResNetGenerator(blocks=6)) == 7_837_699 - (640 + 12 * 256)
    assert count(cyclegan.build(cyclegan.Config())["discriminator"]) == 2_764_737 - 896


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"upsample": "deconv", "norm": "none"},
        {"generator": "unet"},
        {"pool": 0, "residual": True},
        {"residual": True, "gate": True},
    ],
)
def test_step_trains_all_four_and_reports(more):
    config = cyclegan.Config(**SMALL, r1=1.0, **more)
    sets = made_up_unpaired(8, 32)
    config = complete(config, sets)
    assert config.direction == "facade->town"
    assert config.directions == ("facade->town", "town->facade")
    torch.manual_seed(0)
    nets = cyclegan.build(config)
    trained = {role: net for role, net in nets.items() if not role.startswith("pool")}
    before = {role: [p.clone() for p in net.parameters()] for role, net in trained.items()}
    optimizers = {role: torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for role, net in trained.items()}
    batch = cyclegan.draw_batch(sets.batches(config, "cpu"), 0, config)
    row = cyclegan.train_step(nets, optimizers, batch, config)
    assert len(row) == len(cyclegan.columns(config)) and torch.isfinite(row).all()
    for role, net in trained.items():
        assert any(not torch.equal(a, b) for a, b in zip(before[role], net.parameters(), strict=True)), role
        assert all(p.requires_grad for p in net.parameters())
    cyclegan.penalty_step(nets, optimizers, batch, config)
    if config.pool:
        assert nets["pool"].kept[0].abs().sum() > 0
        assert nets["pool"].kept[1:].abs().sum() == 0


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
    config = cyclegan.Config(residual=True, **SMALL)
    checkpoint.save_model(tmp_path / "model", config, cyclegan.build(config), {})
    other = trainer.prepare(cyclegan.Config(name="y", epochs=1, init=str(tmp_path / "model"), **SMALL))
    with raises_code("init_other_setting"):
        next(recipes.fit(other, made_up_unpaired(8, 32)))


def test_cycle_and_likeness_by_hand():
    picture = torch.rand(2, 3, 8, 8) * 2 - 1
    assert float(cyclegan.likeness(picture, picture)) == pytest.approx(1, abs=1e-5)
    assert float(cyclegan.likeness(picture, -picture)) == pytest.approx(-1, abs=1e-5)
    assert abs(float(cyclegan.likeness(picture, torch.rand(2, 3, 8, 8)))) < 0.7


def test_the_way_that_begins_at_b_may_weigh_less():
    nothing, one = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4)
    pairs = ((nothing, one), (nothing, 2 * one))
    for weights, loss in (({"cycle": 2.0}, 6.0), ({"cycle": 2.0, "cycle_back": 0.5}, 3.0)):
        found, errors = cyclegan.returned({}, pairs, cyclegan.Config(**weights))
        assert (float(found), float(errors)) == (loss, 3.0)


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


def fit(config, sets, given=frozenset(), stop_after=None):
    events = []
    for event in recipes.fit(
        trainer.prepare(config, given), sets, should_stop=lambda: stop_after is not None and len(events) >= stop_after
    ):
        if event["event"] == "step":
            events.append(event)


def test_resume_is_exact_with_the_pool(tmp_path):
    sets = made_up_unpaired(6, 32)
    settings = SMALL | {"out": str(tmp_path), "batch_size": 2, "epochs": 2, "pool": 3}
    fit(cyclegan.Config(name="straight", **settings), sets)
    fit(cyclegan.Config(name="halves", **settings), sets, stop_after=1)
    fit(cyclegan.Config(name="halves", resume="auto", **settings), sets, {"resume"})
    states = [checkpoint.read_resume(tmp_path / name / "resume.pt", "cpu") for name in ("straight", "halves")]
    assert states[0]["step"] == 6
    assert states[0]["nets"]["pool"]["kept"].abs().sum() > 0
    assert same(*states)


def test_two_processes_see_the_two_halves_of_one_batch():
    sets = made_up_unpaired(9, 32)
    whole = UnpairedBatches(sets.train, 4, 5, 32, "cpu")
    parts = [UnpairedBatches(sets.train, 2, 5, 32, "cpu", rank, 2) for rank in (0, 1)]
    for step in (0, 3, 7):  # across the end of a lap
        for side in "ab":
            assert torch.equal(whole(step)[side], torch.cat([part(step)[side] for part in parts]))


# --- in use -----------------------------------------------------------------------------------------------------


def test_smoke_model_goes_both_ways_and_loads_only_what_is_asked_for(tmp_path):
    out = trained(tmp_path, "--smoke", *FLAGS, script="cyclegan")
    assert "no pairs" in out and "cycle" in out
    folder = tmp_path / "runs" / "cyclegan-horse2zebra-smoke" / "model"
    assert json.loads((folder / "config.json").read_text())["settings"]["direction"] == "facade->town"
    model = ganzoo.load(folder)
    assert model.directions == ("facade->town", "town->facade")
    picture = ganzoo.drawings.facade(1).resize((50, 37))
    there = model.translate(picture)
    assert there.size == (50, 37)
    back = model.translate(there, direction="town->facade")
    assert back.size == (50, 37) and back.tobytes() != there.tobytes()
    assert model.critique(there).ndim == 2
    for size in ((1, 1), (5, 3), (4, 90)):
        assert model.translate(picture.resize(size)).size == size
    assert (model.critique(there) != model.critique(there, direction="town->facade")).any()
    with raises_code("direction_unknown"):
        model.translate(picture, direction="AtoB")
    (folder / "model_back.safetensors").unlink()
    again = ganzoo.load(folder)
    assert again.translate(picture).tobytes() == there.tobytes()  # the way back was not needed
    with raises_code("weights_missing"):
        again.translate(picture, direction="town->facade")


def test_bundled_config_names_directions_never_a_to_b():
    said = json.loads((WEIGHTS / "cyclegan-horse2zebra" / "config.json").read_text())
    assert said["settings"]["direction"] == "horse->zebra"
    assert ganzoo.load("cyclegan-horse2zebra").directions == ("horse->zebra", "zebra->horse")


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


# --- two sets without pairs -------------------------------------------------------------------------------------


def write(folder, count, side=0, start=0):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(start, start + count):
        sides(i)[side].save(folder / f"{i:03d}.png")


@pytest.mark.parametrize("layout", ["train/A", "A B", "two folders"])
def test_every_layout_is_found(tmp_path, layout):
    """More of them, on the Hub and on disk: tests/data/test_hub_layouts.py."""
    data, domains = str(tmp_path), ("A", "B")
    if layout == "train/A":
        for split, start, count in (("train", 0, 10), ("test", 10, 3)):
            for side, letter in enumerate("AB"):
                write(tmp_path / split / letter, count, side, start)
    else:
        domains = domains if layout == "A B" else ("horses", "zebras")
        for side, (name, count) in enumerate(zip(domains, (12, 9), strict=True)):
            write(tmp_path / name, count, side)
        data = data if layout == "A B" else f"{tmp_path / 'horses'},{tmp_path / 'zebras'}"
    sets, held = ganzoo.load_unpaired(data, image_size=32), layout != "train/A"
    counts = [(len(sets.train[side]), len(sets.test[side])) for side in "ab"]
    assert counts == ([(11, 1), (8, 1)] if held else [(10, 3), (10, 3)])
    assert any("held out" in note for note in sets.notes) == held and sets.domains == domains
    assert sets.train["a"].shape[2:] == (36, 36) and sets.test["a"].shape[2:] == (32, 32)
    assert sets.train["a"][:, 0].float().mean() > sets.train["b"][:, 0].float().mean()


def test_the_same_picture_in_train_and_test_is_found_and_named(tmp_path):
    for letter, side in (("A", 0), ("B", 1)):
        write(tmp_path / f"train{letter}", 10, side)
        write(tmp_path / f"test{letter}", 2, side, 20)
    (tmp_path / "testA" / "hidden.png").write_bytes((tmp_path / "trainA" / "004.png").read_bytes())
    sets = ganzoo.load_unpaired(str(tmp_path), image_size=32)
    assert any("1 A picture(s) stand in train and in test; left out of train: 004.png" in note for note in sets.notes)
    assert (len(sets.train["a"]), len(sets.train["b"])) == (9, 10)


def test_hostile_sets_get_one_sentence(tmp_path):
    write(tmp_path / "few" / "A", 3)
    write(tmp_path / "few" / "B", 30, 1)
    write(tmp_path / "half" / "trainA", 10)
    write(tmp_path / "good" / "A", 10)
    write(tmp_path / "good" / "B", 10, 1)
    (tmp_path / "void" / "A").mkdir(parents=True)
    (tmp_path / "void" / "B").mkdir()
    (tmp_path / "file").write_text("x")
    broken = tmp_path / "broken"
    for letter in "AB":
        (broken / letter).mkdir(parents=True)
        for i in range(10):
            (broken / letter / f"{i}.png").write_bytes(b"no picture")
    for data, more, code in (
        ("few", {}, "too_few_of_a_domain"),
        ("half", {}, "no_two_sets"),
        ("void", {}, "side_without_pictures"),
        ("file", {}, "data_is_a_file"),
        ("broken", {}, "no_readable_pictures"),
        ("nowhere", {}, "unpaired_data_not_found"),
        (f"good/A,{tmp_path}/nowhere at all", {}, "data_side_not_found"),
        ("good", {"domains": "one"}, "bad_domains"),
        ("good", {"load_size": 16}, "load_size_too_small"),
    ):
        with raises_code(code) as caught:
            ganzoo.load_unpaired(str(tmp_path / data), image_size=32, **more)
        assert "\n" not in str(caught.value)


# --- the doctor -------------------------------------------------------------------------------------------------


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
