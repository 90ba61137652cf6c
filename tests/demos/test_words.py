"""The words of the pages: both languages say the same, each sentence is used, and each one that is used exists."""

import ast
import re
import string
from pathlib import Path

from demos.ui.words import LANGUAGES, Words, read, sentences
from ganzoo import GanzooError
from ganzoo.data.drawings import PALETTES
from ganzoo.data.registry import CLASSES
from ganzoo.training import doctor
from tests.support.serve import DEMOS

CJK = re.compile(r"[一-鿿]")
SAME_IN_BOTH = {
    "title", "lesson_gan", "lesson_dcgan", "other_language", "row_label", "curve_losses", "megabytes", "mlp_short",
    "label_choice", "relu_relu", "relu_leaky_relu",
}  # fmt: skip
# Keys that the code puts together, f"lead_{key}". What stands in the gap must be a word of the code by itself.
PUT_TOGETHER = (
    "q_{}", "lead_{}", "tab_{}", "lesson_{}", "data_{}", "name_{}", "state_{}", "label_{}", "label_{}_filter", "losses_{}",
    "relu_{}", "unet_{}", "gan_{}", "steps_{}", "friction_{}", "patch_{}", "shapes_{}",
    "cmp_{}", "cmp_label_{}", "cmp_family_{}", "{}_short", "trl_{}",
    "own_{}", "own_{}_said", "{}_said", "features_{}", "stride_{}_alt", "stride_{}_window", "{}_alt", "{}_notes",
    "live_{}", "live_adv_{}", "start_{}",
    *(f"{{}}_verdict_{end}" for end in ("wins", "close", "split", "why", "rule")),
)  # fmt: skip


def strings() -> set[str]:
    """Every piece of text in the code of the pages that could be a key, or a part of one."""
    found = set()
    for path in (*DEMOS.rglob("*.py"), Path(doctor.__file__)):  # which names the states of a training
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        found |= texts | set(re.findall(r"\$(\w+)", " ".join(texts)))  # words in the formulas of the lessons
    for path in DEMOS.rglob("*.js"):
        found |= set(re.findall(r"[\"'`]([\w-]+)[\"'`]", path.read_text(encoding="utf-8")))
    found |= {label for palette in PALETTES.values() for label in palette}
    found |= {text.replace("cmp_", "cmp_means_") for text in found}
    return found | {text.replace("-", "_") for text in found}


def asked() -> set[str]:
    """The keys that the code asks for by their whole names."""
    found = set()
    for path in DEMOS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = ast.unparse(node.func)
                if name in ("say", "words", "self.words", "ENGLISH", "Trouble"):
                    found.add(node.args[0].value)
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_placeholders():
    english, chinese = read("en"), read("zh")
    assert list(english) == list(chinese)
    assert {tab: list(group) for tab, group in english.items()} == {tab: list(group) for tab, group in chinese.items()}
    for tab in english.keys() - {"classes", "domains"}:
        for key, text in english[tab].items():
            other = chinese[tab][key]
            assert text.strip() and other.strip(), key
            assert fields(text) == fields(other) or key == "other_trouble", key  # quotes the library only in English
            if key not in SAME_IN_BOTH:
                assert CJK.search(other) and not CJK.search(text), key
    for language in LANGUAGES:  # a key stands in one tab only
        groups = [group for name, group in read(language).items() if name not in ("classes", "domains")]
        assert sum(map(len, groups)) == len(sentences(language))


def test_every_sentence_is_used_and_every_one_that_is_used_exists():
    known, words = sentences("en"), strings()
    assert len(asked()) > 300 and asked() <= known.keys(), asked() - known.keys()
    idle = known.keys() - words - {form.format(word) for form in PUT_TOGETHER for word in words}
    assert not idle, idle


def test_errors_of_the_library_and_classes_of_the_data_sets_are_translated():
    error = GanzooError("weights_missing", path="x.safetensors")
    assert "x.safetensors" in Words("en").explain(error)
    assert CJK.search(Words("zh").explain(error)) and "x.safetensors" not in Words("zh").explain(error)
    assert set(CLASSES["fashion"]) == read("zh")["classes"].keys()
    assert Words("zh").label("coat") == "外套" and Words("zh").label("7") == "7"
    assert Words("zh").direction("horse->mine") == "馬 → mine"
