"""LPIPS among the numbers of Pix2Pix, where AlexNet's weights can be had."""

import pytest
import torch

from ganzoo.checkpoint import save_model
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.evaluation import comparison, lpips
from ganzoo.inference import Model
from ganzoo.models import pix2pix
from tests.support.raises_code import raises_code


@pytest.fixture
def weights(tmp_path, monkeypatch):
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


def test_numbers_of_papers_stand_beside_the_others(weights, tmp_path):
    config = pix2pix.Config(image_size=64, width=4)
    pairs = made_up_pairs(4)
    folder = tmp_path / "model"
    save_model(folder, config, pix2pix.build(config), {})
    net = lpips.network()
    found = comparison.measure(Model(folder), pairs, inception=Inception(3, 4), alex=net)
    protocol = f"{pairs.name}-64px-n{len(pairs.test_target)}-test"
    assert found[f"lpips-alex-v0.1-{protocol}"] > 0 and f"fid-inception2015-{protocol}" in found
    assert "LPIPS ↓" in comparison.table({"a": found, "b": found})
    real = pairs.test_target
    assert lpips.distances(net, real, real, "x") == {"lpips-alex-v0.1-x": 0.0}
    assert lpips.distances(net, real[..., :32], real[..., :32], "x") == {}
    grey = real[:, :1]
    assert lpips.distances(net, grey, grey.flip(2), "x")["lpips-alex-v0.1-x"] > 0


def test_without_its_weights_it_says_where_to_put_them(weights, monkeypatch):
    weights.write_bytes(b"not the file")
    with raises_code("lpips_wrong_file"):
        lpips.network()
    weights.unlink()
    monkeypatch.setattr(lpips, "URL", "http://127.0.0.1:9/" + weights.name)
    with raises_code("lpips_not_downloaded") as caught:
        lpips.network()
    assert caught.value.values["path"] == weights
