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
from ganzoo.hub.upload import REFUSALS, check_repo_id, patiently, prepare_repo, root
from ganzoo.hub_client import short
from ganzoo.images import open_picture

SHARD = 400 << 20  # bytes of pictures in one parquet file
GROUP = 100  # rows in one part of it: what the viewer loads at a time
AS_IT_IS = {".png", ".jpg", ".jpeg", ".webp"}  # files that are stored byte for byte
# What Pillow may find in such a file beside the pixels that tells nothing of a person or a place.
HARMLESS = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform", "progressive", "progression",
            "dpi", "gamma", "srgb", "chromaticity", "interlace", "aspect", "transparency", "icc_profile", "loop", "background",
            "timestamp", "duration"}  # fmt: skip


@dataclass
class Found:
    """What a folder holds: named pictures by split, a row being the pictures of a pair, or one picture and its side."""

    paired: bool
    names: tuple[str, str]
    splits: dict[str, list[tuple[str, Callable, int]]]  # name, reader, side


def push_data(
    folder: Path, repo_id: str, domains: str = "", unpaired: bool = False, private: bool = False, license: str = ""
) -> str:
    """Returns the address of the data set. Nothing is sent before every picture has been read; GanzooError says what hinders.
    `unpaired` tells two folders whose files happen to have the same names from pairs."""
    found = look(Path(folder), domains, unpaired)
    api = HfApi()
    try:
        api.whoami()
        check_repo_id(repo_id)
        with tempfile.TemporaryDirectory(prefix="ganzoo-data-") as place:
            counts = write(found, Path(place) / "data")
            repo_id = patiently(lambda: prepare_repo(api, repo_id, private, "dataset"))
            _card(api, Path(place) / "README.md", repo_id, found, counts, license)
            how = dict(delete_patterns=["data/*.parquet"], commit_message="Pictures, shared with ganzoo")
            patiently(lambda: api.upload_folder(repo_id=repo_id, repo_type="dataset", folder_path=place, **how))
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
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = found.names if found.paired else ("image",)
    features = {name: datasets.Image() for name in columns}
    if not found.paired:
        features["label"] = datasets.ClassLabel(names=list(found.names))
    schema, counts = datasets.Features(features).arrow_schema, {}
    place.mkdir(parents=True)
    bad: list[tuple[str, Exception]] = []
    for split, rows in found.splits.items():
        files, writer, held, counts[split] = [], None, 0, 0
        for part in _parts(rows, bad):
            if writer is None or held > SHARD:
                if writer:
                    writer.close()
                files.append(place / f"{split}-{len(files):05d}.parquet")
                writer, held = pq.ParquetWriter(files[-1], schema), 0
            held += sum(len(picture) for pictures, _ in part for picture in pictures)
            cells = []
            for pictures, side in part:
                row = {name: {"bytes": data, "path": None} for name, data in zip(columns, pictures, strict=True)}
                cells.append(row if found.paired else {**row, "label": side})
            writer.write_table(pa.Table.from_pylist(cells, schema=schema))
            counts[split] += len(part)
        if writer:
            writer.close()
        for number, file in enumerate(files):
            file.rename(place / f"{split}-{number:05d}-of-{len(files):05d}.parquet")
    if bad:
        names = first_ten([name for name, _ in bad])
        raise GanzooError("push_data_unreadable", count=len(bad), names=names, reason=str(bad[0][1]))
    return counts


def _parts(rows: list[tuple[str, Callable, int]], bad: list) -> Iterator[list[tuple[list[bytes], int]]]:
    """Rows, encoded by threads, GROUP at a time. The names of those that cannot be read go into `bad`."""

    def read_row(row: tuple[Callable, int]) -> tuple[list[bytes], int]:
        read, side = row
        pictures = read()
        pictures = list(pictures) if isinstance(pictures, tuple) else [pictures]
        files = read.args if isinstance(read, partial) and len(read.args) == len(pictures) else [None] * len(pictures)
        return [encoded(*pair) for pair in zip(pictures, files, strict=True)], side

    for start in range(0, len(rows), GROUP):
        named = [(name, (read, side)) for name, read, side in rows[start : start + GROUP]]
        good, failed = attempt_all(named, read_row)
        bad += failed
        if good:
            yield [row for _, row in good]


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
    text += f"Train with ganzoo:\n\n    python train/{recipe}.py --data {repo_id}\n\n{model_card.UNSIGNED}\n"
    path.write_text(model_card.signed(text), encoding="utf-8")
