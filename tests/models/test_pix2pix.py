"""Pix2Pix: the paper's and the course's numbers, the three losses on one start, exact resume, two processes as one."""

import copy
import dataclasses

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo import checkpoint, images, recipes, settings
from ganzoo.data import complete, drawings
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.images import fit_multiple
from ganzoo.inference import _DropoutOn
from ganzoo.models import pix2pix
from ganzoo.models.augment import diffaugment
from ganzoo.training import trainer
from ganzoo.training.step import Training
from tests.data.test_pairs import write_ab
from tests.fake_hub.fixtures import SECRET
from tests.hub.test_hub import ROOT, python
from tests.support import quick
from tests.support.raises_code import raises_code
from tests.train.test_recipes import refused, trained
from tests.training.test_trainer import same

SMALL = {"image_size": 32, "width": 4, "critic_width": 4, "device": "cpu", "seed": 3, "save_every": 5}
FLAGS = settings.typed_words(pix2pix.Config, SMALL)


def count(net) -> int:
    return sum(p.numel() for p in net.parameters())


# --- networks ---------------------------------------------------------------------------------------------------


def test_the_paper_s_networks_to_the_parameter():
    # The reference code counts 54,413,955 with batch norm; ours has 576 more: biases of the two layers without a norm.
    assert count(pix2pix.UNetGenerator(norm="batch")) == 54_413_955 + 576
    assert count(pix2pix.UNetGenerator()) == 54_404_099 + 576
    assert count(pix2pix.PatchDiscriminator(norm="batch")) == 2_768_705
    assert count(pix2pix.PatchDiscriminator(patch=1, norm="batch")) == 9_024 + 1
    assert pix2pix.PatchDiscriminator(width=4)(torch.zeros(1, 6, 256, 256)).shape == (1, 1, 30, 30)


def test_receptive_fields_are_the_course_s_and_real():
    assert [ganzoo.receptive_field([2] * n) for n in range(1, 6)] == [4, 10, 22, 46, 94]
    for patch, strides in pix2pix.PATCHES.items():
        assert ganzoo.receptive_field(strides, kernel=1 if patch == 1 else 4) == patch
        if patch > 94:
            continue
        picture = torch.randn(1, 6, 256, 256, requires_grad=True)
        scores = pix2pix.PatchDiscriminator(width=2, patch=patch, norm="none")(picture)
        scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
        seen = picture.grad.abs().sum((0, 1)) > 0
        assert int(seen.any(0).sum()) == int(seen.any(1).sum()) == patch


@pytest.mark.parametrize("more", [{}, {"no_skips": True}, {"upsample": "deconv"}, {"norm": "batch"}, {"norm": "none"}])
@pytest.mark.parametrize(("size", "halvings", "levels"), [(32, 0, 5), (48, 0, 4), (64, 3, 3)])
def test_shapes_and_ranges(more, size, halvings, levels):
    config = pix2pix.Config(**SMALL | {"image_size": size, "halvings": halvings} | more)
    assert config.levels == levels
    nets = pix2pix.build(config)
    picture = torch.rand(2, 3, size, size) * 2 - 1
    made = nets["generator"](picture)
    assert made.shape == picture.shape
    assert made.abs().max() <= 1
    assert nets["discriminator"](torch.cat([picture, made], 1)).shape[:2] == (2, 1)


def test_without_skips_nothing_passes_but_through_the_bottleneck():
    def passes(no_skips):
        net = pix2pix.build(pix2pix.Config(**SMALL, no_skips=no_skips, norm="none", dropout=0.0))["generator"].eval()
        for layer in net.down[-1].modules():
            if isinstance(layer, torch.nn.Conv2d):  # close the bottleneck
                torch.nn.init.zeros_(layer.weight)
        a, b = net(torch.rand(1, 3, 32, 32)), net(torch.rand(1, 3, 32, 32))
        return not torch.equal(a, b)

    assert passes(no_skips=False)
    assert not passes(no_skips=True)


def test_instance_norm_gives_the_same_answer_in_training_and_in_use():
    net = pix2pix.build(pix2pix.Config(**SMALL, dropout=0.0))["generator"]
    pictures = torch.rand(3, 3, 32, 32)
    together = net.train()(pictures)
    assert torch.equal(together, net.eval()(pictures))
    assert torch.allclose(together[:1], net(pictures[:1]), atol=1e-6)  # and neighbours do not matter


# --- losses -----------------------------------------------------------------------------------------------------


def one_step(**more):
    config = pix2pix.Config(**SMALL, **more)
    torch.manual_seed(0)
    nets = pix2pix.build(config)
    before = {role: [p.clone() for p in net.parameters()] for role, net in nets.items()}
    optimizers = {role: torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for role, net in nets.items()}
    pairs = made_up_pairs(8, 32)
    batch = pairs.batches(config, "cpu")(0)
    row = pix2pix.train_step(nets, optimizers, batch, config)
    moved = {
        r: any(not torch.equal(a, b) for a, b in zip(before[r], n.parameters(), strict=True)) for r, n in nets.items()
    }
    return config, row, moved, nets, optimizers, batch


@pytest.mark.parametrize("loss", pix2pix.LOSSES)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"pixel": "mse", "adversarial": "lsgan"},
        {"unconditional": True, "adversarial": "hinge"},
        {"diffaugment": True},
    ],
)
def test_each_loss_trains_what_it_should(loss, more):
    config, row, moved, nets, optimizers, batch = one_step(loss=loss, r1=1.0, **more)
    assert set(moved) == ({"generator"} if loss == "mae" else {"generator", "discriminator"})
    assert all(moved.values())
    assert len(row) == len(pix2pix.columns(config)) and torch.isfinite(row).all()
    assert all(p.requires_grad for net in nets.values() for p in net.parameters())
    pix2pix.penalty_step(nets, optimizers, batch, config)


def test_the_pixel_weight_is_what_divides_the_three():
    """gan ignores the truth: a generator step under `gan` is the same whatever the weight is; under gan+mae it is not."""

    def generator_after(loss, weight):
        *_, nets, _, _ = one_step(loss=loss, weight=weight, dropout=0.0)
        return torch.cat([p.flatten() for p in nets["generator"].parameters()])

    assert torch.equal(generator_after("gan", 1.0), generator_after("gan", 100.0))
    assert not torch.equal(generator_after("gan+mae", 1.0), generator_after("gan+mae", 100.0))
    assert torch.equal(generator_after("gan+mae", 0.0), generator_after("gan", 7.0))


def test_the_unconditional_critic_does_not_see_the_original():
    *_, nets, _, batch = one_step(unconditional=True)
    assert pix2pix.shown(batch["target"], batch["input"], pix2pix.Config(unconditional=True)) == (batch["target"], None)
    assert next(nets["discriminator"].parameters()).shape[1] == 3


def test_diffaugment_moves_both_sides_alike_colours_one_and_lets_the_gradient_through():
    torch.manual_seed(2)
    original = torch.rand(16, 3, 32, 32) + 0.1  # nothing is zero, so zeros are where a shift or a cut took away
    pair = torch.cat([original, original], 1).requires_grad_(True)
    seen = diffaugment(pair, 3)
    assert torch.equal(seen[:, :3] == 0, seen[:, 3:] == 0)
    for before, after in zip(original, seen[:, :3], strict=True):
        kept = after[after != 0]
        assert set(kept.flatten().tolist()) <= set(before.flatten().tolist())  # moved, never recoloured
    assert not torch.allclose(seen[:, :3], seen[:, 3:])
    seen.sum().backward()
    assert pair.grad.abs().sum() > 0
    assert not torch.equal(seen, diffaugment(pair, 3))


# --- training ---------------------------------------------------------------------------------------------------


def fit(config, pairs, given=frozenset()):
    config = trainer.prepare(config, given)
    return list(recipes.fit(config, pairs))


@pytest.mark.parametrize(
    "more",
    [
        {"dropout": 0.5},
        {"loss": "mae", "decay": 0.0},
        {"loss": "gan", "r1": 1.0, "r1_every": 3, "diffaugment": True, "batch_size": 4},
        {"loss": "mae", "dropout": 0.0, "noise": True},
    ],
)
def test_resume_is_exact_with_dropout_decay_and_r1(more, tmp_path):
    pairs = made_up_pairs(10, 32)
    settings = SMALL | {"out": str(tmp_path), "batch_size": 2, "epochs": 2} | more
    straight = pix2pix.Config(name="straight", **settings)
    fit(straight, pairs)
    steps = []
    first = trainer.prepare(pix2pix.Config(name="halves", **settings))
    for event in recipes.fit(first, pairs, should_stop=lambda: bool(steps)):
        if event["event"] == "step":
            steps.append(event)
    torch.manual_seed(0)  # where the caller's random numbers stand changes nothing
    again = pix2pix.Config(name="halves", resume="auto", **settings)
    fit(again, pairs, {"resume"})
    states = [checkpoint.read_resume(tmp_path / name / "resume.pt", "cpu") for name in ("straight", "halves")]
    assert states[0]["step"] == states[1]["step"] == 2 * (10 // settings["batch_size"])
    assert same(*states)


def test_learning_rates_are_level_then_sink_in_a_straight_line():
    config = pix2pix.Config(**SMALL, decay=0.5)
    pairs = made_up_pairs(8, 32)
    config = complete(config, pairs)
    training = Training(config, pairs, torch.device("cpu"))
    training.steps = 8
    rates = []
    for _ in range(8):
        training.advance()
        rates.append([round(o.param_groups[0]["lr"] / config.lr, 6) for o in training.optimizers.values()])
    assert rates == [[r, r] for r in (1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25)]


def test_a_named_contest_spells_its_losses_as_every_name_does():
    """So that Compare finds the three as one family. Without a name, each variant has a folder of its own."""
    asked, given = settings.parse(pix2pix.Config, ["--loss", "all", "--no-skips", "--pixel", "mse", "--name", "x"])
    assert asked.comparison == "compare-mse-noskip"
    names = [trainer.run_name(run) for run in recipes.several(asked, pix2pix.contest(asked, given))]
    assert names == ["x-gan", "x-mse", "x-gan-mse", "x-gan-mse-perceptual"]


def test_the_ends_of_the_critic_s_range_have_names():
    for word, patch in (("pixel", 1), ("whole", 286), ("70", 70)):
        assert settings.parse(pix2pix.Config, ["--set", f"patch={word}"])[0].patch == patch
    with raises_code("bad_setting"):
        settings.parse(pix2pix.Config, ["--set", "patch=half"])


def test_recipe_on_a_folder_stopped_and_resumed_with_all_three(tmp_path):
    write_ab(tmp_path / "my pairs", 9)
    flags = ["--data", tmp_path / "my pairs", "--epochs", 1, "--batch-size", 2, *FLAGS, "--direction", "B->A"]
    assert "8 training pairs, B->A" in trained(tmp_path, *flags, script="pix2pix")
    assert "B->A" in (tmp_path / "runs" / "pix2pix-my-pairs-gan-mae" / "model" / "README.md").read_text()
    assert "already contains a run" in refused(tmp_path, "pix2pix", *flags)
    out = trained(tmp_path, *flags, "--loss", "all", "--perceptual", "0", "--resume", script="pix2pix")
    assert "| gan+mae |" in out  # what is done stays, what is missing is trained


def test_two_processes_are_one_with_twice_the_batch(tmp_path, hub):
    """torchrun, two gloo ranks on different data, against one process with both halves in one batch."""
    (tmp_path / "pairs").mkdir()
    # Rich pictures and a bottleneck of more than one pixel: where everything is flat, the norm leaves a weight without any
    # gradient but rounding, and Adam makes whole steps of that.
    for i in range(9):
        noise = torch.rand(1, 3, 40, 80, generator=torch.Generator().manual_seed(i)) * 2 - 1
        for side, half in zip("AB", noise.split(40, 3), strict=True):  # one sheet would be taken for a wide photo
            (tmp_path / "pairs" / side).mkdir(exist_ok=True)
            images.to_pil(half)[0].save(tmp_path / "pairs" / side / f"{i}.png")
    # fp32: bf16, which auto takes on some processors, rounds more than what is compared here.
    flags = [
        "--data",
        tmp_path / "pairs",
        "--epochs",
        3,
        "--set",
        "dropout=0",
        "--halvings",
        4,
        "--precision",
        "fp32",
        *FLAGS,
    ]
    trained(tmp_path, *flags, "--batch-size", 4, "--name", "one", script="pix2pix")
    command = [
        *quick.TWO_PROCESSES,
        ROOT / "train" / "pix2pix.py",
        *flags,
        "--batch-size",
        2,
        "--name",
        "two",
        "--push",
    ]
    done = python(hub, tmp_path, *command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (
        done.stdout.count("Done in") == done.stdout.count("Pushed to") == 1
    )  # only the first process speaks and pushes
    assert sum("/commit/" in path for _, path in hub.requests) == 1 and SECRET not in done.stdout + done.stderr
    states = [checkpoint.read_resume(tmp_path / "runs" / name / "resume.pt", "cpu") for name in ("one", "two")]
    assert states[0]["step"] == states[1]["step"] == 6
    for role, net in states[0]["nets"].items():
        for name, tensor in net.items():
            gap = (tensor - states[1]["nets"][role][name]).abs().max()
            assert gap < 1e-5, f"{role} {name}: {gap}"


# --- in use -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    place = tmp_path_factory.mktemp("trained")
    config = pix2pix.Config(name="tiny", out=str(place), epochs=1, **SMALL)
    fit(config, made_up_pairs(8, 32))
    return ganzoo.load(place / "tiny")


@pytest.mark.parametrize("size", [(32, 32), (300, 200), (1, 1), (3, 90), (33, 31), (257, 64)])
def test_translate_keeps_any_size(model, size):
    picture = drawings.facade(1).resize(size)
    assert model.translate(picture).size == size
    scores = model.critique(model.translate(picture), picture)
    assert scores.ndim == 2 and scores.min() >= 0 and scores.max() <= 1


def test_the_error_on_test_pairs_is_logged_beside_that_while_training(model):
    pairs = made_up_pairs(8, 32)
    rows = [r for r in checkpoint.read_log(model.folder.parent / "log.jsonl") if r["event"] == "samples"]
    made = model.translate_tensor(ganzoo.pix2pix.images.to_float(pairs.test_input))
    wanted = (made - ganzoo.pix2pix.images.to_float(pairs.test_target)).abs().mean().item() / 2
    assert rows[-1]["mae_test"] == pytest.approx(wanted, rel=0.01)  # the model's weights are stored as fp16
    assert rows[0]["mae_test"] > rows[-1]["mae_test"]  # it began with noise


def test_an_error_that_is_no_number_any_more_is_none_in_the_log():
    config, pairs = pix2pix.Config(**SMALL), made_up_pairs(8, 32)
    config = complete(config, pairs)
    training = Training(config, pairs, torch.device("cpu"))
    next(training.shared["generator"].parameters()).data.fill_(float("nan"))
    assert training.held_out() == {"mae_test": None}


def test_translate_equals_the_training_network_on_a_fitting_picture(model):
    pairs = made_up_pairs(8, 32)
    wanted = pix2pix.preview({"generator": model.generator}, model.config, pairs, "cpu")
    made = model.translate_tensor(ganzoo.pix2pix.images.to_float(pairs.few()[0]))
    assert torch.allclose(wanted, made, atol=1e-6)


def test_a_picture_that_is_too_large_is_made_smaller_and_that_is_said(model):
    with pytest.warns(UserWarning, match="2048x1024"):
        assert model.translate(Image.new("RGB", (3000, 1500))).size == (2048, 1024)


def test_answers_are_the_same_until_variations_are_asked_for(model):
    picture = drawings.facade(2, 32)
    plain = [model.translate(picture).tobytes() for _ in range(2)]
    assert plain[0] == plain[1]
    varied = [model.translate(picture, variation=v).tobytes() for v in (1, 1, 2)]
    assert varied[0] == varied[1] != varied[2]
    assert model.translate(picture).tobytes() == plain[0]


def test_noise_is_new_in_training_and_the_same_in_use():
    net = pix2pix.build(pix2pix.Config(**SMALL, dropout=0.0, noise=True))["generator"]
    flat = torch.zeros(1, 3, 512, 32)
    assert not torch.equal(net(flat), net(flat))
    made = net.eval()(flat)
    assert torch.equal(made, net(flat)) and torch.equal(made[:, :, 64:128], made[:, :, 320:384])
    assert made.std((2, 3)).min() > 0  # a drawing without anything in it is not flat


def test_a_variation_drops_what_dropout_with_its_seed_drops():
    x = torch.randn(3, 5, 4, 4)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        wanted = torch.nn.functional.dropout(x, 0.3)
    with _DropoutOn(7):
        assert torch.equal(torch.nn.Dropout(0.3).eval()(x), wanted)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 5), (31, 33), (64, 32), (100, 3)])
def test_fit_multiple_mirrors_and_gives_back(height, width):
    pictures = torch.rand(2, 3, height, width)
    padded, (rows, columns) = fit_multiple(pictures, 32)
    assert padded.shape[2] % 32 == padded.shape[3] % 32 == 0
    assert torch.equal(padded[:, :, rows, columns], pictures)
    if height > 1 and rows.stop < padded.shape[2]:  # beyond the edge lies the line before the edge
        assert torch.equal(padded[:, :, rows.stop, columns], pictures[:, :, -2])


def test_variations_can_be_ruled_out_in_the_config(model):
    assert model.varies
    never = copy.copy(model)
    never.config = dataclasses.replace(model.config, variations="never")
    with raises_code("no_variations"):
        never.translate(Image.new("RGB", (32, 32)), variation=1)


@pytest.mark.parametrize("norm", ["instance", "batch", "none"])
@pytest.mark.parametrize("size", [2, 16, 24, 64, 90])
@pytest.mark.parametrize("patch", pix2pix.PATCHES)
def test_a_critic_that_is_too_large_is_named_and_every_other_one_trains(patch, size, norm):
    """Either the config says what is wrong, or the networks can be built and model: never a crash between."""
    config = pix2pix.Config(image_size=size, width=2, critic_width=2, halvings=1, patch=patch, norm=norm)
    nets = pix2pix.build(config)
    pair = torch.rand(1, 3, size, size)
    try:
        nets["discriminator"](torch.cat([pair, nets["generator"](pair)], 1)).mean().backward()
        trains = True
    except (RuntimeError, ValueError):
        trains = False
    assert trains == (not config.problem), config.problem
