"""The documentation's commands are valid calls, its settings exist, its links lead somewhere."""

import re
import shlex
from pathlib import Path, PurePosixPath

import pytest
import typer

from auxnet_cli.app import app
from auxnet_cli.data.sources.registry import FORMATS as SOURCE_FORMATS
from auxnet_cli.inference.engines.registry import engine_names, format_names
from auxnet_cli.prediction_files import FORMATS
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.presets import presets
from auxnet_cli.task import parse_tasks

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`(auxnet [^`]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")


def fences(page):
    return FENCE.findall(page.read_text(encoding="utf-8"))


def calls(page):
    """The words behind ``auxnet`` of every call on a page, in fences and in the running text."""
    prose = " ".join(FENCE.sub("", page.read_text(encoding="utf-8")).split())
    lines = [line for _, block in fences(page) for line in block.splitlines()]
    found = []
    for line in lines + CODE_SPAN.findall(prose):
        for part in line.replace("\\", "/").split("&&"):
            words = shlex.split(part, comments=True) if "auxnet" in part else []
            if words and PurePosixPath(words[0]).name == "auxnet" and words[1:]:
                found.append(words[1:])
    return found


CALLS = [
    pytest.param(call, id=f"{page.relative_to(ROOT).as_posix()}: {' '.join(call)}")
    for page in PAGES
    for call in calls(page)
]


@pytest.mark.parametrize("call", CALLS)
def test_call_is_valid(call, tmp_path):
    if call == ["--help"]:
        return
    group = typer.main.get_command(app)
    context = group.make_context("auxnet", call)
    _, command, rest = group.resolve_command(context, call)
    # A command that is only named needs no arguments.
    named = len(call) == 1
    given = command.make_context(call[0], rest, parent=context, resilient_parsing=named).params
    if call[0] == "prepare":
        assert given["kind"] in {*SOURCE_FORMATS, "KIND", None}
    if given.get("preset"):
        assert given["preset"] in presets()
    if given.get("tasks"):
        parse_tasks(given["tasks"])
    if given.get("formats"):
        known = format_names() if call[0] == "export" else FORMATS
        assert set(given["formats"].split(",")) <= set(known)
    if given.get("engine"):
        assert given["engine"] in engine_names()
    load_settings(overrides=given.get("set_") or (), workspace=tmp_path)


def test_every_command_is_documented():
    assert set(typer.main.get_command(app).commands) == {call.values[0][0] for call in CALLS} - {
        "--help"
    }


SETTINGS = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, (language, block) in enumerate(fences(page))
    if language == "yaml"
]


@pytest.mark.parametrize("block", SETTINGS)
def test_settings_files_are_valid(block, tmp_path):
    (tmp_path / "auxnet.yaml").write_text(block, encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    assert load_settings(workspace=tmp_path) != load_settings(workspace=elsewhere)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        linked = (page.parent / target) if target else page
        assert linked.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor[1:] in {_anchor(title) for title in titles}, anchor


def _anchor(title):
    """Returns the anchor that a page's reader gives to a title."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_every_audit_finding_is_explained():
    sources = (ROOT / "auxnet_cli").rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    noted = r'(?:\.add|\.warn|\.append|RejectedImageError)\(\(?\s*"([a-z0-9]+(?:-[a-z0-9]+)+)"'
    kinds = set(re.findall(noted, text))
    assert len(kinds) > 10
    page = (ROOT / "docs" / "prepare.md").read_text(encoding="utf-8")
    assert kinds == set(re.findall(r"^\| `([a-z0-9]+(?:-[a-z0-9]+)+)` \|", page, re.MULTILINE))
