"""The models that come with ganzoo."""

from pathlib import Path

WEIGHTS = Path(__file__).parent.parent / "weights"
# In a checkout, and left out of the wheel (pyproject.toml), which would be too large for PyPI.
LOSSES = ("gan", "mae", "gan-mae", "gan-mae-perceptual")
LEFT_OUT = ("judge-aerial-map", *(f"pix2pix-aerial-map-{loss}" for loss in LOSSES))


def bundled() -> list[str]:
    """Names of the models that come with ganzoo; judges and pretrained features are left out."""
    folders = sorted(WEIGHTS.iterdir()) if WEIGHTS.is_dir() else []
    helpers = ("judge-", "realness-", "features-")
    return [f.name for f in folders if (f / "config.json").is_file() and not f.name.startswith(helpers)]
