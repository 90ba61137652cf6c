"""--track: the run's numbers to trackio as well, a local dashboard (`trackio show`) that needs no account and no network."""

from ganzoo import settings
from ganzoo.errors import GanzooError


class Tracker:
    """Hands the "step" rows of a run to trackio, which keeps them under $HF_HOME/trackio."""

    def __init__(self, name: str, config):
        try:
            import trackio
        except ImportError:
            raise GanzooError("trackio_missing") from None
        self.trackio = trackio
        trackio.init(project="ganzoo", name=name, config=settings.to_json(config), resume="allow", embed=False)

    def log(self, row: dict) -> None:
        numbers = {k: v for k, v in row.items() if isinstance(v, (int, float)) and k not in ("step", "steps")}
        self.trackio.log(numbers, step=row["step"])

    def finish(self) -> None:
        self.trackio.finish()
