"""The numbers of the contest, against values computed by hand, and the judge that reads label maps back."""

import dataclasses
from types import SimpleNamespace

import pytest
import torch

import ganzoo
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.evaluation import comparison, lpips, metrics, segmenter
from ganzoo.training import trainer
from tests.hostile.made import tiny
from tests.support.raises_code import raises_code
from tests.train.test_recipes import trained

GREY = torch.full((2, 3, 32, 32), 100, dtype=torch.uint8)


def noisy(strength, seed=0):
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randint(-strength, strength + 1, GREY.shape, generator=generator)
    return (GREY.int() + noise).clamp(0, 255).byte()


def test_l1_psnr_and_ssim_of_flat_pictures_by_hand():
    found = metrics.pixel_metrics((GREY.int() + 51).byte(), GREY)  # 0.2 of the range
    assert found["l1"] == pytest.approx(0.2)
    assert found["psnr"] == pytest.approx(10 * torch.log10(torch.tensor(1 / 0.04)).item(), rel=1e-5)
    a, b, c = 100 / 255, 151 / 255, 0.01**2  # no variance: only the luminance term is left (Wang et al. 2004, eq. 6)
    assert found["ssim"] == pytest.approx((2 * a * b + c) / (a * a + b * b + c), rel=1e-4)
    assert metrics.pixel_metrics(GREY, GREY)["ssim"] == pytest.approx(1.0)


def test_sharpness_is_energy_so_half_the_detail_is_a_quarter():
    sharp = noisy(40)
    half = ((sharp.float() - 100) / 2 + 100).round().byte()
    assert metrics.sharpness(sharp, sharp) == pytest.approx(1.0)
    assert metrics.sharpness(half, sharp) == pytest.approx(0.25, rel=0.02)
    assert metrics.sharpness(GREY, sharp) < 1e-3


def test_a_checkerboard_is_no_detail():
    plain, board = noisy(40), torch.zeros_like(GREY)
    board[:, :, ::2, ::2] = 12
    board[:, :, 1::2, 1::2] = 12
    assert metrics.sharpness(GREY + board, plain) < 1e-3
    assert metrics.sharpness(noisy(40).clamp(0, 200) + board, noisy(40).clamp(0, 200)) == pytest.approx(1.0, abs=0.02)


def test_lab_of_known_colours():
    colours = torch.tensor([[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 0, 255]], dtype=torch.uint8).view(4, 3, 1, 1)
    expected = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]]
    assert torch.allclose(metrics.lab(colours).flatten(1), torch.tensor(expected, dtype=torch.float64), atol=0.02)


def test_tone_sees_colours_and_not_places():
    picture = noisy(60)
    turned = picture.flip(2, 3)
    assert metrics.tone(turned, picture) == pytest.approx(0.0, abs=1e-6)
    red, green = (torch.zeros_like(GREY) for _ in range(2))
    red[:, 0], green[:, 1] = 255, 255
    assert metrics.tone(red, green) == pytest.approx(1.0)


def test_checkerboard_counts_period_two():
    plain = noisy(20)
    board = plain.clone()
    board[:, :, ::2, ::2] += 12
    assert metrics.checkerboard(plain) < 3 < 10 < metrics.checkerboard(board)


def test_a_common_pattern_is_found_in_the_corner_where_it_stands():
    draw = torch.Generator().manual_seed(2)
    plain = torch.randint(100, 121, (40, 3, 64, 64), dtype=torch.uint8, generator=draw)
    fence = plain.clone()
    fence[:, :, 52:, 52::4] += 60
    assert metrics.common_pattern(plain) < 0.01 and 0.9 < metrics.common_pattern(fence) < 1
    dot = plain.clone()
    dot[:, :, :22, :22] = 110  # the mean: no edge that all have
    dot[:, :, 8, 8] = 111
    assert metrics.common_pattern(dot) < 0.01  # a faint dot in an empty corner is no pattern
    assert metrics.common_pattern(plain[:1].expand(5, -1, -1, -1)) == pytest.approx(1)


def test_label_recovery_by_hand():
    wanted = torch.tensor([[[0, 0, 1], [1, 2, 2]]])
    found = torch.tensor([[[0, 1, 1], [1, 2, 0]]])
    # right: 1 of class 0, 2 of class 1, 1 of class 2; unions 3, 3, 2
    scores = segmenter.recovery(found, wanted)
    assert scores["pixel-accuracy"] == pytest.approx(4 / 6, abs=1e-4)
    assert scores["class-iou"] == pytest.approx((1 / 3 + 2 / 3 + 1 / 2) / 3, abs=1e-4)


def test_classes_are_the_nearest_palette_colours():
    pairs = made_up_pairs(8, 32)
    colours = segmenter.palette(pairs)
    found = segmenter.classes_of(pairs.test_input, colours)
    table = torch.tensor(list(colours.values()), dtype=torch.uint8)
    assert torch.equal(table[found].permute(0, 3, 1, 2), pairs.test_input)  # drawn in the palette: exact
    near = (pairs.test_input.int() + 9).clamp(0, 255).byte()
    assert torch.equal(segmenter.classes_of(near, colours), found)


def test_the_segmenter_learns_to_read_a_label_back():
    pairs = made_up_pairs(32, 32)
    config = segmenter.Config(image_size=32, width=12, levels=3, epochs=80, lr=5e-3, batch_size=8, device="cpu")
    *_, done = segmenter.fit(config, pairs, trainer.choose_device("cpu"))
    # the made-up photo shows every label in a colour of its own
    assert done["metrics"]["pixel-accuracy"] > 0.9
    assert done["metrics"]["class-iou"] > 0.4


def test_labels_are_read_back_by_a_judge_that_can_read_them(tmp_path, monkeypatch):
    """The bundled judge of facades wants colour labels -> colour photos. It reads at its own size, and the number says so."""
    pairs, folder = made_up_pairs(4, 32), tmp_path / "runs" / "made" / "model"
    made = ganzoo.load(tiny(folder, data="facades", halvings=2, loss="mae", direction="label->photo"))
    assert comparison.reader_for(made, pairs).name == "judge-facades"
    other = dataclasses.replace(pairs, direction="photo->label")
    assert comparison.reader_for(made, other) is None
    # a folder of one's own that is called facades, too
    assert comparison.reader_for(made, dataclasses.replace(pairs, direction="A->B")) is None
    assert comparison.reader_for(made, dataclasses.replace(pairs, test_target=pairs.test_target[:, :1])) is None
    own = SimpleNamespace(name="own", folder=folder, config=dataclasses.replace(made.config, data="my/own"))
    assert comparison.reader_for(own, pairs) is None

    found = comparison.measure(made, pairs, comparison.reader_for(made, pairs))
    assert found["label-recovery-class-iou-smoke-32px-n4-test-read-at-256px"] > 0
    assert "label recovery" in comparison.table({"a": found})

    # A judge of the pictures' own size, which lies beside the run that is measured, is asked instead.
    small = ["--data", "facades", "--smoke", "--image-size", 32, "--width", 4, "--device", "cpu"]
    trained(tmp_path, *small, "--name", "judge-facades-32px", script="judge")
    (tmp_path / "runs/judge-facades-32px-smoke").rename(tmp_path / "runs/judge-facades-32px")
    judge = comparison.reader_for(made, pairs)
    assert judge.config.image_size == 32
    assert "label-recovery-class-iou-smoke-32px-n4-test" in comparison.measure(made, pairs, judge)
    # The runs of the folder in which one happens to be are no place to look; a judge that is given is taken or refused.
    monkeypatch.chdir(tmp_path)
    bundled = ganzoo.load("pix2pix-facades-mae")
    assert comparison.reader_for(bundled, pairs).name == "judge-facades"
    assert comparison.reader_for(bundled, pairs, judge) is judge
    with raises_code("judge_does_not_fit"):
        comparison.reader_for(bundled, other, judge)


def test_a_table_has_a_column_for_what_all_rows_know():
    rows = {"a": {"l1-x-8px-n1-test": 0.1, "ssim-x-8px-n1-test": 0.5}, "b": {"l1-x-8px-n1-test": 0.2}}
    text = comparison.table(rows)
    assert "L1" in text and "SSIM" not in text
    assert "| b | 0.200 |" in text


def test_numbers_do_not_depend_on_how_many_pictures_are_measured_at_a_time(monkeypatch):
    draw = torch.Generator().manual_seed(1)
    made, truth = torch.randint(0, 256, (2, 11, 3, 32, 32), dtype=torch.uint8, generator=draw)
    found = []
    for few in (1, 4, 11):
        monkeypatch.setattr(metrics, "FEW", few)
        numbers = list(metrics.pixel_metrics(made, truth).values())
        numbers += [metrics.sharpness(made, truth), metrics.tone(made, truth)]
        found.append([*numbers, metrics.checkerboard(made), metrics.common_pattern(made)])
    for row in found[1:]:  # a wrong weight of the last, smaller batch would show in the third digit; SSIM is float32
        assert found[0] == pytest.approx(row, rel=1e-9, abs=1e-6)


@pytest.fixture
def alexnet(tmp_path, monkeypatch):
    """AlexNet with weights drawn at random, as the file that the download would have brought."""
    import torchvision

    torch.manual_seed(0)
    with torch.device("meta"):
        shapes = torchvision.models.alexnet().state_dict()
    found = {  # the classifier, which LPIPS does not ask, is one number in the file
        name: torch.randn(shape.shape) / 20 if name.startswith("features") else torch.zeros(1).expand(shape.shape)
        for name, shape in shapes.items()
    }
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    path = tmp_path / "checkpoints" / lpips.URL.rsplit("/", 1)[1]
    path.parent.mkdir()
    torch.save(found, path)
    return path


class Inception(torch.nn.Linear):
    def forward(self, pictures):
        return (super().forward(pictures.float().mean((2, 3))),)


def test_numbers_of_papers_stand_beside_the_others(alexnet, tmp_path):
    pairs, net, model = made_up_pairs(4), lpips.network(), tiny(tmp_path / "model", image_size=64, patch=34)
    found = comparison.measure(ganzoo.load(model), pairs, inception=Inception(3, 4), alex=net)
    protocol = f"{pairs.name}-64px-n{len(pairs.test_target)}-test"
    assert found[f"lpips-alex-v0.1-{protocol}"] > 0 and f"fid-inception2015-{protocol}" in found
    assert "LPIPS ↓" in comparison.table({"a": found, "b": found})
    real = pairs.test_target
    assert lpips.distances(net, real, real, "x") == {"lpips-alex-v0.1-x": 0.0}
    assert lpips.distances(net, real[..., :32], real[..., :32], "x") == {}
    grey = real[:, :1]
    assert lpips.distances(net, grey, grey.flip(2), "x")["lpips-alex-v0.1-x"] > 0
