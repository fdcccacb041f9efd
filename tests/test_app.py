import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import auxnet_cli
from auxnet_cli.app import app

PACKAGE = Path(auxnet_cli.__file__).parent
COMMANDS = {
    "demo",
    "prepare",
    "convert",
    "lr",
    "pretrain",
    "train",
    "evaluate",
    "calibrate",
    "compare",
    "predict",
    "benchmark",
    "export",
    "study",
    "config",
}
# Not pydantic: new versions of Typer import it for themselves. The settings would bring it, too.
HEAVY = {
    "numpy", "cv2", "keras", "tensorflow", "yaml", "matplotlib", "pycocotools", "tqdm", "psutil",
    "openvino",
    "auxnet_cli.settings",
}  # fmt: skip


def imports(path):
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_used(path):
    for module in imports(path):
        first, _, rest = module.partition(".")
        if first == "auxnet_cli" and rest and not rest.startswith("_"):
            yield rest.split(".")[0]


FILES = sorted(PACKAGE.rglob("*.py"))


def test_only_what_tensorflow_alone_does_imports_it():
    """Compiling, converting, engine, step and workers: what is called on that back end alone."""
    users = [
        path.relative_to(PACKAGE).as_posix()
        for path in FILES
        if any(name.split(".")[0] == "tensorflow" for name in imports(path))
    ]
    assert users == [
        "backend.py",
        "exporting/any_size.py",
        "inference/engines/tensorflow.py",
        "training/distributed/tensorflow_workers.py",
        "training/tensorflow_step.py",
    ]


def test_scoring_knows_no_network_and_the_model_no_data_set():
    for path in FILES:
        used = set(rooms_used(path))
        if room(path) == "scoring":
            assert not used & {"backend", "model"}, path
            assert not any(name.split(".")[0] == "keras" for name in imports(path)), path
        if room(path) == "model":
            assert not used & {"data", "workspace"}, path


def test_keras_comes_quietly_through_the_backend():
    users = {
        room(path) for path in FILES if any(name.split(".")[0] == "keras" for name in imports(path))
    }
    assert users == {"backend"}


def test_help_imports_nothing_heavy():
    """For the application and for every command, in a fresh process."""
    code = f"""
import json, sys
from typer.testing import CliRunner
from auxnet_cli.app import app
pages = {{}}
for words in [[], *([name] for name in {sorted(COMMANDS)})]:
    done = CliRunner().invoke(app, [*words, "--help"])
    assert done.exit_code == 0, done.output
    pages[" ".join(words)] = done.stdout
heavy = sorted({HEAVY} & set(sys.modules))
print(json.dumps([pages, heavy]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True, encoding="utf-8"
    )
    pages, heavy = json.loads(done.stdout)
    assert heavy == []
    for name in COMMANDS:
        assert name in pages[""]
        assert "--json" in pages[name]
        assert "--debug" in pages[name]


def test_the_commands():
    assert {command.callback.__name__ for command in app.registered_commands} == COMMANDS


def test_version():
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"auxnet {auxnet_cli.__version__}\n")


@pytest.mark.parametrize("words", [["trian"], ["--nonsense"], ["train", "--epochs", "3"]])
def test_a_wrong_call_is_2(words):
    assert CliRunner().invoke(app, words).exit_code == 2


def test_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "auxnet_cli", "--version"],
        capture_output=True,
        check=True,
        text=True,
        cwd=PACKAGE.parent,
    )
    assert done.stdout.strip() == f"auxnet {auxnet_cli.__version__}"


def test_every_command_is_a_function_too():
    for name in auxnet_cli.__all__:
        if name != "__version__":
            assert callable(getattr(auxnet_cli, name)), name
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        auxnet_cli.trian  # noqa: B018 - the access is the test
