"""Pix2Pix: the paper's and the course's numbers, the three losses on one start, exact resume, two processes as one."""

import copy
import dataclasses

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo import checkpoint, images, recipes, settings
from ganzoo.data import drawings
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.images import fit_multiple
from ganzoo.models import pix2pix
from ganzoo.models.augment import diffaugment
from ganzoo.training import trainer
from tests.data.test_pairs import write_ab
from tests.fake_hub.fixtures import SECRET
from tests.hub.test_hub import ROOT, python
from tests.support import quick
from tests.support.raises_code import raises_code
from tests.train.test_recipes import refused, trained
from tests.training.test_trainer import begun

SMALL = {"image_size": 32, "width": 4, "critic_width": 4, "device": "cpu", "seed": 3, "save_every": 5}
FLAGS = settings.typed_words(pix2pix.Config, SMALL)


def count(net) -> int:
    return sum(p.numel() for p in net.parameters())


def test_the_paper_s_networks_to_the_parameter():
    # The reference code counts 54,413,955 with batch norm; ours has 576 more: biases of the two layers without a norm.
    assert count(pix2pix.UNetGenerator(norm="batch")) == 54_413_955 + 576
    assert count(pix2pix.UNetGenerator()) == 54_404_099 + 576
    assert count(pix2pix.PatchDiscriminator(norm="batch")) == 2_768_705
    assert count(pix2pix.PatchDiscriminator(patch=1, norm="batch")) == 9_024 + 1
    assert pix2pix.PatchDiscriminator(width=4)(torch.zeros(1, 6, 256, 256)).shape == (1, 1, 30, 30)


def test_receptive_fields_are_the_course_s():
    """And where the gradient is: tests/demos/tabs/test_compare.py."""
    assert [ganzoo.receptive_field([2] * n) for n in range(1, 6)] == [4, 10, 22, 46, 94]
    for patch, strides in pix2pix.PATCHES.items():
        assert ganzoo.receptive_field(strides, kernel=1 if patch == 1 else 4) == patch


MORE = [{}, {"no_skips": True}, {"upsample": "deconv"}, {"upsample": "bilinear"}, {"norm": "batch"}, {"norm": "none"}]


@pytest.mark.parametrize("more", MORE)
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


def test_bilinear_last_changes_the_last_doubling_alone():
    picture, deeper, last = torch.rand(1, 3, 32, 32), {}, {}
    for kind in ("resize", "bilinear_last", "bilinear"):
        torch.manual_seed(0)
        net = pix2pix.build(pix2pix.Config(**SMALL, dropout=0.0, upsample=kind))["generator"].eval()
        net.up[-1].register_forward_pre_hook(lambda layer, given, kind=kind: deeper.update({kind: given[0]}))
        last[kind] = net(picture)
    assert torch.equal(deeper["bilinear_last"], deeper["resize"])
    assert not torch.allclose(last["bilinear_last"], last["resize"])
    assert not torch.allclose(deeper["bilinear"], deeper["resize"])


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


def test_the_pixel_weight_is_what_divides_the_three():
    """gan ignores the truth: a generator step under `gan` is the same whatever the weight is; under gan+mae it is not."""

    def generator_after(loss, weight):
        training = begun(pix2pix.Config(**SMALL, loss=loss, weight=weight, dropout=0.0))
        training.advance()
        return torch.cat([p.flatten() for p in training.nets["generator"].parameters()])

    assert torch.equal(generator_after("gan", 1.0), generator_after("gan", 100.0))
    assert not torch.equal(generator_after("gan+mae", 1.0), generator_after("gan+mae", 100.0))
    assert torch.equal(generator_after("gan+mae", 0.0), generator_after("gan", 7.0))


def test_the_unconditional_critic_does_not_see_the_original():
    config, made = pix2pix.Config(**SMALL, unconditional=True), torch.ones(1, 3, 8, 8)
    assert torch.equal(pix2pix.seen(made, torch.zeros(1, 3, 8, 8), config), made)
    assert next(pix2pix.build(config)["discriminator"].parameters()).shape[1] == 3


def test_diffaugment_moves_both_sides_alike_keeps_colours_and_lets_the_gradient_through():
    torch.manual_seed(2)
    original = torch.rand(16, 3, 32, 32) + 0.1  # nothing is zero, so zeros are where a shift or a cut took away
    picture = (original + 1).requires_grad_(True)
    config = pix2pix.Config(diffaugment=True)
    seen = pix2pix.seen(picture, original, config)
    assert torch.equal(seen[:, :3] == 0, seen[:, 3:] == 0)
    for before, after in zip(torch.cat([original, picture], 1), seen, strict=True):
        kept = after[after != 0]
        assert set(kept.flatten().tolist()) <= set(before.flatten().tolist())  # moved, never recoloured
    seen.sum().backward()
    assert picture.grad.abs().sum() > 0
    assert not torch.equal(seen, pix2pix.seen(picture, original, config))


def test_diffaugment_recolours_where_it_is_not_told_to_leave_colours():
    torch.manual_seed(2)
    pictures = torch.rand(16, 3, 32, 32) + 0.1
    seen = diffaugment(pictures)
    kept = seen[seen != 0]
    assert torch.isin(kept, pictures).double().mean() < 0.1  # a few are alike by chance


def test_learning_rates_are_level_then_sink_in_a_straight_line():
    config = pix2pix.Config(**SMALL, decay=0.5)
    training = begun(config)
    training.steps = 8
    rates = []
    for _ in range(8):
        training.advance()
        rates.append([round(o.param_groups[0]["lr"] / config.lr, 6) for o in training.optimizers.values()])
    assert rates == [[r, r] for r in (1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25)]


def contest(*words) -> list[pix2pix.Config]:
    asked, given = settings.parse(pix2pix.Config, ["--loss", "all", *words])
    return recipes.several(asked, pix2pix.contest(asked, given))


def test_the_runs_of_a_contest_differ_in_the_loss_alone_and_in_their_names():
    four = contest("--set", "weight=50")
    assert {run.word: run.perceptual for run in four} == {"gan": 0, "mae": 0, "gan-mae": 0, "gan-mae-perceptual": 10}
    assert [run.moments for run in contest("--set", "moments=4")] == [0, 0, 0, 4]
    with raises_code("moments_need_perceptual"):
        contest("--perceptual", "0", "--set", "moments=4")
    alike = {repr(dataclasses.replace(run, loss="", perceptual=0.0, name="", resume="")) for run in four}
    assert len(alike) == 1 and four[0].weight == 50
    assert [run.word for run in contest("--perceptual", "0")] == ["gan", "mae", "gan-mae"]
    # each is named and pushed after its loss, so that Compare finds the three as one family
    runs = contest("--no-skips", "--pixel", "mse", "--name", "x", "--push", "alice/mine")
    assert runs[0].comparison == "compare-mse-noskip"
    assert [trainer.run_name(run) for run in runs] == ["x-gan", "x-mse", "x-gan-mse", "x-gan-mse-perceptual"]
    assert [run.push for run in runs] == [f"alice/mine-{run.word}" for run in runs]


def test_names_say_what_makes_a_run_another_and_the_ends_of_the_critic_s_range_have_names():
    for words, name in (
        ("--perceptual 3", "pix2pix-facades-gan-mae-perceptual"),
        ("--perceptual 3 --loss mae --pixel mse", "pix2pix-facades-mse-perceptual"),
        ("--no-skips --set unconditional", "pix2pix-facades-gan-mae-noskip-nocond"),
    ):
        assert trainer.run_name(settings.parse(pix2pix.Config, words.split())[0]) == name
    for word, patch in (("pixel", 1), ("whole", 286), ("70", 70)):
        assert settings.parse(pix2pix.Config, ["--set", f"patch={word}"])[0].patch == patch


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
    flags = ["--data", tmp_path / "pairs", "--epochs", 3, "--halvings", 4, "--precision", "fp32", *FLAGS]
    flags += ["--set", "dropout=0"]
    trained(tmp_path, *flags, "--batch-size", 4, "--name", "one", script="pix2pix")
    words = [ROOT / "train" / "pix2pix.py", *flags, "--batch-size", 2, "--name", "two", "--push"]
    done = python(hub, tmp_path, *quick.TWO_PROCESSES, *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    # only the first process speaks and pushes
    assert done.stdout.count("Done in") == done.stdout.count("Pushed to") == 1
    assert sum("/commit/" in path for _, path in hub.requests) == 1 and SECRET not in done.stdout + done.stderr
    states = [checkpoint.read_resume(tmp_path / "runs" / name / "resume.pt", "cpu") for name in ("one", "two")]
    assert states[0]["step"] == states[1]["step"] == 6
    for role, net in states[0]["nets"].items():
        for name, tensor in net.items():
            gap = (tensor - states[1]["nets"][role][name]).abs().max()
            assert gap < 1e-5, f"{role} {name}: {gap}"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    place = tmp_path_factory.mktemp("trained")
    config = pix2pix.Config(name="tiny", out=str(place), epochs=1, **SMALL)
    list(recipes.fit(trainer.prepare(config), made_up_pairs(8, 32)))
    return ganzoo.load(place / "tiny")


@pytest.mark.parametrize("size", [(32, 32), (300, 200), (1, 1), (3, 90), (33, 31), (257, 64)])
def test_translate_keeps_any_size(model, size):
    picture = drawings.facade(1).resize(size)
    assert model.translate(picture).size == size
    scores = model.critique(model.translate(picture), picture)
    assert scores.ndim == 2 and scores.min() >= 0 and scores.max() <= 1


def test_a_model_makes_what_it_made_in_training_whose_error_on_test_pairs_is_logged(model):
    pairs = made_up_pairs(8, 32)
    rows = [r for r in checkpoint.read_log(model.folder.parent / "log.jsonl") if r["event"] == "samples"]
    made = model.translate_tensor(ganzoo.pix2pix.images.to_float(pairs.test_input))
    wanted = (made - ganzoo.pix2pix.images.to_float(pairs.test_target)).abs().mean().item() / 2
    assert rows[-1]["mae_test"] == pytest.approx(wanted, rel=0.01)  # the model's weights are stored as fp16
    assert rows[0]["mae_test"] > rows[-1]["mae_test"]  # it began with noise
    shown = pix2pix.preview({"generator": model.generator}, model.config, pairs, "cpu")
    assert torch.allclose(shown, model.translate_tensor(ganzoo.pix2pix.images.to_float(pairs.few()[0])), atol=1e-6)


def test_an_error_that_is_no_number_any_more_is_none_in_the_log():
    training = begun(pix2pix.Config(**SMALL))
    next(training.shared["generator"].parameters()).data.fill_(float("nan"))
    assert training.held_out() == {"mae_test": None}


def test_a_picture_that_is_too_large_is_made_smaller_and_that_is_said(model):
    with pytest.warns(UserWarning, match="2048x1024"):
        assert model.translate(Image.new("RGB", (3000, 1500))).size == (2048, 1024)


def test_answers_are_the_same_until_variations_are_asked_for_which_a_config_can_rule_out(model):
    picture = drawings.facade(2, 32)
    plain = [model.translate(picture).tobytes() for _ in range(2)]
    assert plain[0] == plain[1]
    varied = [model.translate(picture, variation=v).tobytes() for v in (1, 1, 2)]
    assert varied[0] == varied[1] != varied[2]
    assert model.translate(picture).tobytes() == plain[0] and model.varies
    never = copy.copy(model)
    never.config = dataclasses.replace(model.config, variations="never")
    with raises_code("no_variations"):
        never.translate(picture, variation=1)


def test_noise_is_new_in_training_and_in_use_the_same_for_the_same_drawing():
    net = pix2pix.build(pix2pix.Config(**SMALL, dropout=0.0, noise=True))["generator"]
    flat = torch.zeros(1, 3, 512, 32)
    assert not torch.equal(net(flat), net(flat))
    made = net.eval()(flat)
    assert torch.equal(made, net(flat)) and torch.equal(made[:, :, 64:128], made[:, :, 320:384])
    assert made.std((2, 3)).min() > 0  # a drawing without anything in it is not flat


def test_drawings_of_different_colour_get_noise_of_their_own_which_a_stroke_does_not_change():
    field = pix2pix.NoiseChannel().eval()
    drawing = torch.zeros(3, 1, 64, 64) - torch.tensor([0, 0, 0.2]).view(3, 1, 1, 1)
    drawing[1, :, 8:12, 8:20] = 1  # a stroke
    first, stroke, darker = field(drawing)[:, 1]
    assert torch.equal(first, stroke) and not torch.equal(first, darker)
    assert abs(darker.std() - 1) < 0.05
    assert torch.equal(field(drawing[2:])[0, 1], darker)  # whatever it is translated with


def test_variations_of_a_model_with_noise_draw_other_noise(tmp_path):
    config = pix2pix.Config(**SMALL, dropout=0.0, noise=True)
    checkpoint.save_model(tmp_path / "noisy", config, pix2pix.build(config), {})
    noisy, picture = ganzoo.load(tmp_path / "noisy"), drawings.facade(2, 32)
    plain, *varied = (noisy.translate(picture, variation=v).tobytes() for v in (None, 1, 1, 2))
    assert noisy.varies and plain != varied[0] == varied[1] != varied[2]
    assert noisy.translate(picture).tobytes() == plain


@pytest.mark.parametrize("upsample", ["resize", "bilinear", "bilinear_last"])
def test_with_the_edge_repeated_a_flat_drawing_gives_a_flat_picture(upsample):
    def spread(**more) -> float:
        config = pix2pix.Config(**SMALL, dropout=0.0, upsample=upsample, **more)
        net = pix2pix.build(config)["generator"].double().eval()
        with torch.no_grad():
            return net(torch.full((1, 3, 64, 64), 0.5, dtype=torch.float64)).std((2, 3)).max().item()

    assert spread(padding="replicate") < 1e-6 < 1e-3 < spread()


def test_a_transposed_convolution_cannot_repeat_the_edge():
    assert pix2pix.Config(padding="replicate", upsample="deconv").problem.code == "padding_with_deconv"
    assert pix2pix.Config(padding="replicate").problem is None


@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 5), (31, 33), (64, 32), (100, 3)])
def test_fit_multiple_mirrors_and_gives_back(height, width):
    pictures = torch.rand(2, 3, height, width)
    padded, (rows, columns) = fit_multiple(pictures, 32)
    assert padded.shape[2] % 32 == padded.shape[3] % 32 == 0
    assert torch.equal(padded[:, :, rows, columns], pictures)
    if height > 1 and rows.stop < padded.shape[2]:  # beyond the edge lies the line before the edge
        assert torch.equal(padded[:, :, rows.stop, columns], pictures[:, :, -2])


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
