"""Push and pull with the real client over HTTP: a recipe's model goes to a local Hub and comes back the same."""

import json
import subprocess
from pathlib import Path

from tests.fake_hub.server import LocalHub
from tests.support import quick

ROOT = Path(__file__).parent.parent.parent
LOAD = """
import json, sys, ganzoo
try:
    model = ganzoo.load(sys.argv[1])
    answer = [p.tobytes().hex() for p in model.sample(2, seed=5)] + [str(model.folder)]
except ganzoo.GanzooError as error:
    answer = error.code
print(json.dumps(answer))
"""


def python(hub, home, *words, token=None, cwd=None):
    words = [*quick.PYTHON, *map(str, words)]
    return subprocess.run(words, env=hub.env(home, token=token), cwd=cwd, capture_output=True, text=True, timeout=120)


def load(hub, home, name):
    done = python(hub, home, "-c", LOAD, name)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_pushed_model_comes_back_the_same(tmp_path):
    with LocalHub() as hub:
        hub.add_user("alice", token="hf_secret_of_alice")
        done = python(hub, tmp_path, ROOT / "train" / "gan.py", "--smoke", "--push", "--private", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "alice/gan-mnist-smoke" in done.stdout
        assert "hf_secret_of_alice" not in done.stdout + done.stderr
        pulled = load(hub, tmp_path, "alice/gan-mnist-smoke")
        local = load(hub, tmp_path, tmp_path / "runs" / "gan-mnist-smoke")
        assert pulled[:2] == local[:2]
        assert (Path(pulled[2]) / "README.md").is_file()
        assert (Path(pulled[2]) / "film.webp").is_file()
        hub.add_repo("models", "alice/pickles", {"pytorch_model.bin": b"x", "config.json": b'{"library": "timm"}'})
        assert load(hub, tmp_path, "alice/pickles") == "repo_of_pickles"
        assert load(hub, tmp_path, "alice/nothing") == "model_not_on_hub"


def test_a_hub_that_is_down_is_one_sentence_before_training(tmp_path):
    hub = LocalHub()
    hub.add_user("alice", token="hf_writes")
    hub.stop()
    done = python(hub, tmp_path, ROOT / "train" / "gan.py", "--smoke", "--push", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "cannot be reached" in done.stderr
    assert done.stderr.count("\n") == 1


def test_of_two_processes_only_the_first_pushes(tmp_path):
    with LocalHub() as hub:
        hub.add_user("alice", token="hf_secret_of_alice")
        done = python(hub, tmp_path, *quick.TWO_PROCESSES, ROOT / "train" / "gan.py", "--smoke", "--push", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("Pushed to") == 1 and "hf_secret_of_alice" not in done.stdout + done.stderr
        assert sum("/commit/" in path for _, path in hub.requests) == 1
