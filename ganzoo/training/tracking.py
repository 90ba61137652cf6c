"""--track: the run to trackio as well, a local dashboard (`trackio show`) that needs no account and no network; with
TRACKIO_SPACE_ID=USER/NAME in the environment a Space of your own shows it, from a job, too."""

from pathlib import Path

from ganzoo import settings
from ganzoo.errors import GanzooError


class Tracker:
    """Hands the events of a run to trackio, which keeps them under $HF_HOME/trackio: numbers, sheets of samples, advice."""

    def __init__(self, config, group: str | None = None):
        """`group`: the contest that the run is part of. GanzooError where trackio is missing or its Space cannot be had."""
        try:
            import trackio
        except ImportError:
            raise GanzooError("trackio_missing") from None
        from ganzoo.hub_client import TROUBLE, short  # here, because the client of the Hub takes a second to load

        self.trackio, self.folder = trackio, Path(config.out) / config.name
        said = settings.to_json(config)
        try:
            trackio.init(project="ganzoo", name=config.name, group=group, config=said, resume="allow", embed=False)
        except (*TROUBLE, ValueError, RuntimeError) as error:
            raise GanzooError("trackio_space_not_there", reason=short(error)) from None

    def see(self, event: dict) -> None:
        """An event of `trainer.fit`."""
        match event["event"]:
            case "step":
                self._log(event)
            case "samples":
                self._log(event, self.folder / "samples" / f"{event['step']:06d}.png")
            case "advice":
                level = self.trackio.AlertLevel.ERROR if event["code"] == "nan" else self.trackio.AlertLevel.WARN
                self.trackio.alert(f"Doctor, step {event['step']:,}", event["text"], level)

    def _log(self, row: dict, sheet: Path | None = None) -> None:
        found = {k: v for k, v in row.items() if isinstance(v, (int, float)) and k not in ("step", "steps")}
        if sheet and sheet.is_file():
            found["sheet"] = self.trackio.Image(sheet, caption=f"step {row['step']:,}")
        self.trackio.log(found, step=row["step"])

    def finish(self) -> None:
        self.trackio.finish()
