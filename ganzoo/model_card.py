"""The model card: README.md of a model folder, written from config.json alone, so that it says only what is known."""

import hashlib
import json
import re
from pathlib import Path

from ganzoo import package, settings
from ganzoo.data.registry import HUB_IDS, data_word, hub_parts
from ganzoo.files import save_json, save_text
from ganzoo.models.registry import KINDS

# Of each lesson and judge: what it is, its paper, its task on the Hub, and the line of Python that asks it.
LESSONS: dict[str, dict] = json.loads(Path(__file__).with_name("lessons.json").read_text(encoding="utf-8"))
# The Hub finds the links in a card and lists the model on the paper's page.
PAPERS = {lesson: about["paper"] for lesson, about in LESSONS.items() if "paper" in about}
CARD = Path(__file__).with_name("card.md")
NOTEBOOK = "notebook.ipynb"
PICTURE = """from PIL import Image

picture = Image.new("RGB", (256, 256), "white")  # put Image.open("a picture of yours.png") here"""


def record(folder: Path, metrics: dict) -> None:
    """Add measured numbers to config.json of a model folder and write its card anew."""
    content = read(folder)
    content["metrics"] = content.get("metrics", {}) | metrics
    save_json(folder / "config.json", content)
    write_card(folder)


def read(folder: Path) -> dict:
    """What config.json of a model folder says; one without a name has its folder's."""
    return {"name": folder.name} | json.loads((folder / "config.json").read_text(encoding="utf-8"))


def write_card(folder: Path) -> None:
    """(Re)write README.md of a model folder. A card that a person edited is left alone."""
    path = folder / "README.md"
    if path.is_file() and edited(path.read_text(encoding="utf-8", errors="replace")):
        return
    save_text(path, signed(card_text(read(folder), folder)))


# A card carries a mark of its own text, so that an edit shows without the first version at hand.
SIGNATURE = re.compile(r"<!-- written by ganzoo(?: \[([0-9a-f]{12})\])?[^>]*-->")


def edited(text: str) -> bool:
    """Whether a person changed a card after ganzoo wrote it (or wrote it alone). Line ends and blank ends do not count."""
    found = SIGNATURE.search(text)
    return not found or (found[1] is not None and found[1] != _mark(text))


def signed(text: str) -> str:
    mark = f"<!-- written by ganzoo [{_mark(text)}]; once you edit this card, it stays yours -->"
    return text.replace(UNSIGNED, mark, 1)


def _mark(text: str) -> str:
    rest = "\n".join(line.rstrip() for line in SIGNATURE.sub("", text, count=1).splitlines()).strip()
    return hashlib.sha256(rest.encode()).hexdigest()[:12]


UNSIGNED = "<!-- written by ganzoo -->"


def three_lines(content: dict) -> list[str]:
    """The Python that loads a model and asks it once."""
    made = content["settings"]
    where = made["push"] if made.get("push", "").count("/") == 1 else content["name"]  # where others find it
    call = LESSONS[content["lesson"]]["call"].format(direction=made.get("direction"), data=made["data"])
    return ["import ganzoo", f'model = ganzoo.load("{where}")', call]


def write_notebook(folder: Path) -> None:
    """Write notebook.ipynb into a model folder, where it is known from where ganzoo is installed: the three lines of its card,
    to run in Colab or Jupyter."""
    content, install = _whole(read(folder)), package.install_line()
    if not install or content["lesson"] not in PAPERS:
        return
    lines = three_lines(content)
    translates = lines[-1].startswith("photo")
    codes = [f"%{install}"] + ([PICTURE] if translates else [])
    codes.append("\n".join([*lines, "photo" if translates else "pictures[0]"]))
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {content['name']}"}
    cells = [
        {"cell_type": "code", "id": f"code-{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": code}
        for i, code in enumerate(codes)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [title, *cells]}
    save_json(folder / NOTEBOOK, made)


def _whole(content: dict) -> dict:
    """With the settings that config.json leaves out, as a model loads without those."""
    defaults = settings.to_json(KINDS[content["lesson"]].Config())
    return content | {"settings": defaults | content["settings"]}


def card_text(content: dict, folder: Path) -> str:
    content = _whole(content)
    name, lesson, made = content["name"], content["lesson"], content["settings"]
    depth = f"{made['channels']} channel(s)"
    if lesson == "pix2pix":
        depth = f"{made['direction']}, {made['in_channels']} to {made['out_channels']} channels, loss `{made['loss']}`"
    if lesson == "cyclegan":
        back = "" if made.get("one_way") else " and back"
        depth = f"{made['direction']}{back}, {made['in_channels']} and {made['out_channels']} channels"
    what, like = LESSONS[lesson]["what"].format(paper=PAPERS.get(lesson)), f"`{made['data']}`"
    data = like + _where(made["data"], revision_of(content))
    if not made["data"]:
        data, like = "pictures that its file does not name", "its training"
    if made.get("one_way"):
        what = f"A generator for one direction, as a CycleGAN has two of them ({PAPERS['cyclegan']})."
    install = package.install_line()
    files = [file for file in ("samples.png", "film.webp", "curves.png") if (folder / file).is_file()]
    text = dict(front=card_data(content).to_yaml(), mark=UNSIGNED, name=name, what=what, data=data, like=like)
    text |= dict(size=made["image_size"], depth=depth, table=_table(content.get("metrics", {})))
    text["installed"] = f"Install ganzoo with `{install}`, then:\n\n" if install else ""
    text["lines"] = "\n".join(three_lines(content))
    text["pictures"] = "\n".join(f"![{file}]({file})" for file in files)
    converted, facts = content.get("converted"), content.get("training", {})
    text["made"] = _how_converted(converted) if converted else _how_trained(facts, made)
    return CARD.read_text(encoding="utf-8").format(**text)


def _table(metrics: dict) -> str:
    """The metrics as a Markdown table, shares of classes under it."""
    if not metrics:
        return "Not measured yet: `ganzoo evaluate FOLDER` measures and fills this in.\n"
    rows = "\n".join(f"| `{key}` | {value} |" for key, value in metrics.items() if not isinstance(value, (dict, list)))
    text = f"| metric (its name is its protocol) | value |\n|---|---|\n{rows}\n"
    for key, value in metrics.items():
        if isinstance(value, dict):
            text += f"\n`{key}`: {', '.join(f'{label} {share:.1%}' for label, share in value.items())}\n"
    return text


def _how_trained(facts: dict, made: dict) -> str:
    ema = facts.get("ema")
    average = f"an average of the generator's weights (EMA, decay {ema})" if ema else "the last weights"
    before = "".join(f"`{command}`, then\n" for command in texts(facts.get("before")))
    changed = "; ".join(texts(facts.get("changed")))
    changed = f"\n\nThe command has the settings of the end; they changed while it ran ({changed})." if changed else ""
    note = f"\n\n{facts['note']}" if facts.get("note") else ""
    batch = f", batch {made['batch_size']}" if "batch_size" in made else ""
    return f"""{before}`{facts.get("command", "unknown")}`{changed}{note}

{thousands(facts.get("step", 0))} steps in {facts.get("minutes", 0)} minutes on {facts.get("hardware", "unknown")}, \
seed {facts.get("seed", 0)}{batch}, {facts.get("precision", "fp32")}; ganzoo at \
`{facts.get("git_commit", "unknown")}`, {_versions(facts)}. The weights are {average}; \
stored as fp16, computed in fp32."""


def thousands(count) -> str:
    """Steps from somebody's config.json as words, also where they are no number."""
    return f"{count:,}" if isinstance(count, int) else str(count)


def texts(content) -> list[str]:
    """A list of texts from somebody's config.json; anything else there is none."""
    return [str(text) for text in content] if isinstance(content, list) else []


def _how_converted(facts: dict) -> str:
    """A model that was trained elsewhere: what its files were, and that nothing is known of the training."""
    files = "\n".join(f"- `{file}`: {facts['networks'][role]}" for role, file in facts["files"].items())
    text = f"""`{facts["command"]}`

Converted from weights of the reference PyTorch code (junyanz/pytorch-CycleGAN-and-pix2pix), which give the same \
outputs:

{files}

How long and with which seed they were trained is not known."""
    by = f"Converted by ganzoo at `{facts['git_commit']}`, {_versions(facts)}"
    return " ".join([text, *facts["notes"], f"{by}; stored as {facts['stored']}, computed in fp32."])


def _versions(facts: dict) -> str:
    versions = facts.get("versions")
    return ", ".join(f"{k} {v}" for k, v in versions.items()) if isinstance(versions, dict) else "versions unknown"


def card_data(content: dict):
    """The front matter, as the Hub's own client writes it: what the Hub filters by and shows beside a model."""
    from huggingface_hub import EvalResult, ModelCardData  # here, because the client of the Hub takes a second to load

    facts, data, task = content.get("training", {}), content["settings"]["data"], LESSONS[content["lesson"]]["pipeline"]
    datasets = hub_datasets(data)
    results = [
        EvalResult(
            task_type=task,
            dataset_type=(datasets or [data])[0],
            dataset_name=data,
            dataset_split="test" if "test" in key.split("-") else None,
            dataset_revision=revision_of(content),
            metric_type=key.split(f"-{data_word(data)}-")[0],  # the measure alone; the name is the whole protocol
            metric_name=key,
            metric_value=value,
        )
        for key, value in content.get("metrics", {}).items()
        if isinstance(value, (int, float))
    ]
    return ModelCardData(
        library_name="ganzoo",
        pipeline_tag=task,
        # What the person who trained a model allows is theirs to say (the setting license).
        license=str(content.get("license") or ("unknown" if content.get("converted") else "")) or None,
        tags=["ganzoo", "gan", content["lesson"]],
        base_model=facts.get("base_model"),
        datasets=datasets or None,
        model_name=content["name"],
        eval_results=results or None,
    )


def hub_datasets(data: str) -> list[str]:
    """The Hub ids in a --data; a folder on somebody's disk is none."""
    return [re.split("[@:]", part)[0] for part in hub_parts(HUB_IDS.get(data, data))]


def revision_of(content: dict) -> str | None:
    """The revision of the one data set on the Hub that a model learned from, as far as config.json knows it."""
    single = len(hub_datasets(content["settings"]["data"])) == 1
    return content.get("training", {}).get("data_revision") if single else None


def _where(data: str, revision: str | None) -> str:
    """Whom to cite, and links to the data sets on the Hub, in brackets."""
    cited = ["CMP Facade Database, Tyleček and Šára 2013"] if data == "facades" else []
    links = [f"[{name}](https://huggingface.co/datasets/{name})" for name in hub_datasets(data)]
    at = f" at revision `{revision}`" if revision else ""
    found = [*cited, f"{' and '.join(links)}{at}"] if links else cited
    return f" ({'; '.join(found)})" if found else ""
