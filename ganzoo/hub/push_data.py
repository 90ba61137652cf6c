"""Share a folder of pairs, or of two sets without pairs, as a data set on the Hub: parquet files and a card, in one commit.

    push_data(Path("my/pairs"), "me/my-pairs", domains="photo,label")     # then: train/pix2pix.py --data me/my-pairs

Pairs become two image columns; two sets become one image column with a class. The Hub's viewer and `datasets` read both.
"""

import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from huggingface_hub import DatasetCardData, HfApi, constants, hf_hub_download
from huggingface_hub.errors import HFValidationError, LocalTokenNotFoundError
from PIL import Image

from ganzoo import model_card
from ganzoo.data.decode import attempt_all, first_ten
from ganzoo.data.pair_folders import folder_splits
from ganzoo.data.paired import domain_names
from ganzoo.data.unpaired_sources import folder_sides
from ganzoo.errors import GanzooError
from ganzoo.hub.upload import REFUSALS, check_repo_id, prepare_repo, retry, root
from ganzoo.hub_client import short
from ganzoo.images import open_picture

SHARD = 400 << 20  # bytes of pictures in one parquet file
GROUP = 100  # rows in one part of it: what the viewer loads at a time
AS_IT_IS = {".png", ".jpg", ".jpeg", ".webp"}  # files that are stored byte for byte
# What Pillow may find in such a file beside the pixels that tells nothing of a person or a place.
HARMLESS = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform", "progressive",
            "progression", "dpi", "gamma", "srgb", "chromaticity", "interlace", "aspect", "transparency", "icc_profile",
            "loop", "background", "timestamp", "duration"}  # fmt: skip


@dataclass
class Found:
    """What a folder holds: named pictures by split, a row being the pictures of a pair, or one picture and its side."""

    paired: bool
    names: tuple[str, str]
    splits: dict[str, list[tuple[str, Callable, int]]]  # name, reader, side

    @property
    def columns(self) -> tuple[str, ...]:
        return self.names if self.paired else ("image",)


def push_data(folder: Path, repo_id: str, domains="", unpaired=False, private=False, license="") -> str:
    """Returns the address of the data set. Nothing is sent before every picture has been read; GanzooError says what hinders.
    `unpaired` tells two folders whose files happen to have the same names from pairs."""
    found = look(Path(folder), domains, unpaired)
    api = HfApi()
    try:
        api.whoami()
        check_repo_id(repo_id)
        with tempfile.TemporaryDirectory(prefix="ganzoo-data-") as place:
            counts = write(found, Path(place) / "data")
            repo_id = retry(lambda: prepare_repo(api, repo_id, private, "dataset"))
            _card(api, Path(place) / "README.md", repo_id, found, counts, license)
            how = dict(delete_patterns=["data/*.parquet"], commit_message="Pictures, shared with ganzoo")
            retry(lambda: api.upload_folder(repo_id=repo_id, repo_type="dataset", folder_path=place, **how))
    except LocalTokenNotFoundError:
        raise GanzooError("push_data_needs_token") from None
    except (*REFUSALS, HFValidationError) as error:
        raise GanzooError("push_data_failed", repo_id=repo_id, reason=short(root(error), api.token)) from None
    return f"{constants.ENDPOINT}/datasets/{repo_id}"


def look(folder: Path, domains: str = "", unpaired: bool = False) -> Found:
    """What a folder holds, by the readers of training."""
    if not folder.is_dir():
        raise GanzooError("folder_not_found", folder=folder)
    if not unpaired:
        try:
            pairs = folder_splits(folder)
        except GanzooError as error:
            if error.code not in ("pairs_without_partner", "no_pairs"):
                raise
        else:
            splits = {split: [(name, read, 0) for name, read in rows] for split, rows in pairs.items()}
            return Found(True, domain_names(domains, ("imageA", "imageB")), splits)
    sides, names = folder_sides(folder, ("A", "B"))
    splits = {}
    for number, side in enumerate("ab"):
        for split, rows in sides[side].items():
            splits.setdefault(split, []).extend((name, read, number) for name, read in rows)
    return Found(False, domain_names(domains, names), splits)


def write(found: Found, place: Path) -> dict[str, int]:
    """Parquet files of all splits -> rows of each. GanzooError names what cannot be read."""
    import datasets

    datasets.disable_progress_bars()
    features = datasets.Features({name: datasets.Image() for name in found.columns})
    if not found.paired:
        features["label"] = datasets.ClassLabel(names=list(found.names))
    counts, bad = {}, []
    for split, rows in found.splits.items():
        with tempfile.TemporaryDirectory(prefix="ganzoo-cache-") as cache:
            read = partial(_encoded_rows, rows, found, bad)
            try:
                table = datasets.Dataset.from_generator(read, features, cache, fingerprint=split)
            except ValueError:  # no picture of it can be read
                continue
            files = -(-table.data.nbytes // SHARD)
            for number in range(files):
                path = place / f"{split}-{number:05d}-of-{files:05d}.parquet"
                table.shard(files, number).to_parquet(path, batch_size=GROUP)
            counts[split] = len(table)
    if bad:
        names = first_ten([name for name, _ in bad])
        raise GanzooError("push_data_unreadable", count=len(bad), names=names, reason=str(bad[0][1]))
    return counts


def _encoded_rows(rows: list[tuple[str, Callable, int]], found: Found, bad: list) -> Iterator[dict]:
    """Rows of the table, encoded by threads, GROUP at a time. The names of those that cannot be read go into `bad`."""

    def encode(row: tuple[Callable, int]) -> dict:
        read, side = row
        pictures = read()
        pictures = list(pictures) if isinstance(pictures, tuple) else [pictures]
        files = read.args if isinstance(read, partial) and len(read.args) == len(pictures) else [None] * len(pictures)
        cells = dict(zip(found.columns, map(encoded, pictures, files), strict=True))
        return cells if found.paired else {**cells, "label": side}

    for start in range(0, len(rows), GROUP):
        good, failed = attempt_all([(name, (read, side)) for name, read, side in rows[start : start + GROUP]], encode)
        bad += failed
        yield from (row for _, row in good)


def encoded(picture: Image.Image, file) -> bytes:
    """A picture as it is stored: the file itself, unless it says more than its pixels, such as where it was taken."""
    if isinstance(file, Path) and file.suffix.lower() in AS_IT_IS:
        with Image.open(file) as raw:
            raw.load()  # a PNG may say more behind its pixels
            plain = raw.mode in ("L", "RGB") and raw.info.keys() <= HARMLESS
        if plain:
            return file.read_bytes()
    out = io.BytesIO()
    open_picture(picture).save(out, "PNG")
    return out.getvalue()


def _card(api: HfApi, path: Path, repo_id: str, found: Found, counts: dict[str, int], license: str) -> None:
    """Write the card, unless the one on the Hub was edited by hand: that one stays."""
    if api.file_exists(repo_id, "README.md", repo_type="dataset"):
        there = Path(hf_hub_download(repo_id, "README.md", repo_type="dataset", token=api.token))
        if model_card.edited(there.read_text(encoding="utf-8", errors="replace")):
            return
    files = [{"split": split, "path": f"data/{split}-*"} for split in counts]
    recipe, kind = ("pix2pix", "pairs") if found.paired else ("cyclegan", "pictures")
    about = dict(task_categories=["image-to-image"], tags=["ganzoo", recipe])
    configs = [{"config_name": "default", "data_files": files}]
    data = DatasetCardData(license=license or None, **about, configs=configs)
    a, b = found.names
    what = f"Pairs of pictures: {a} and {b}." if found.paired else f"Two sets of pictures without pairs: {a} and {b}."
    rows = "\n".join(f"- {split}: {count:,} {kind}" for split, count in counts.items())
    text = f"---\n{data.to_yaml()}\n---\n\n# {repo_id.split('/')[1]}\n\n{what}\n\n{rows}\n\n"
    text += f"Train with ganzoo:\n\n    ganzoo train {recipe} --data {repo_id}\n\n{model_card.UNSIGNED}\n"
    path.write_text(model_card.signed(text), encoding="utf-8")
