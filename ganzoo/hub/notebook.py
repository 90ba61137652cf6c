"""notebook.ipynb of a pushed model: the three lines of its card, to run in Colab or Jupyter."""

from pathlib import Path

from ganzoo import model_card, package
from ganzoo.files import save_json

NAME = "notebook.ipynb"
PICTURE = """from PIL import Image

picture = Image.new("RGB", (256, 256), "white")  # put Image.open("a picture of yours.png") here"""


def write(folder: Path) -> None:
    """Write the notebook into a model folder, where it is known from where ganzoo is installed."""
    content = model_card.read(folder)
    install = package.install_line()
    if not install or content["lesson"] not in model_card.PAPERS:
        return
    lines = model_card.three_lines(content)
    translates = lines[-1].startswith("photo")
    codes = [
        f"%{install}",
        *([PICTURE] if translates else []),
        "\n".join([*lines, "photo" if translates else "pictures[0]"]),
    ]
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {content['name']}"}
    cells = [
        {"cell_type": "code", "id": f"code-{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": code}
        for i, code in enumerate(codes)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [title, *cells]}
    save_json(folder / NAME, made)
