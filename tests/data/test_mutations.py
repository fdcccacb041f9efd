"""Hostile and damaged sources of every kind: a sentence or a finding, and nothing from elsewhere.

Each example takes a small source that is good, spoils one to three places in it, and reads it to
its end: one in eight by ``prepare``, the others without its audit, which takes ten times as long.
"""

import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.collect import collect
from auxnet_cli.data.sources.registry import FORMATS, open_source
from auxnet_cli.data.sources.source import Request
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from tests.data.images.builders import bombs
from tests.data.source_builders import HEIGHT, KINDS, WIDTH, encoded, photo, put
from tests.fuzzing.json_mutation import mutate_json

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")

EXAMPLES, FEW = 360, 6
LONGEST = 1500
SECRET = b"What lies outside of the source is nobody's business."


def documents(secret):
    """Texts that are large when they are read, or refer to what lies elsewhere."""
    grow = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    laughs = f'<!DOCTYPE x [<!ENTITY e0 "ha">{grow}]><annotation>&e11;</annotation>'
    quote = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><annotation>&e;</annotation>'
    alias = "".join(f"n{n}: &n{n} [{', '.join([f'*n{n - 1}'] * 9)}]\n" for n in range(1, 12))
    yield from (laughs, quote, f'<!DOCTYPE x SYSTEM "file://{secret}"><annotation/>')
    yield from ("<a>" * 100_000, "<annotation " + "x" * 10**6, "[" * 100_000, '{"shapes":' * 50_000)
    yield from ("names: &n0 [pit]\n" + alias, "names: [" + "[" * 5000, "{" * 30_000, "\0" * 10**5)
    yield from ("0 " + ".5 " * 10**5, "0 .5 .5 1 1\n" * 19_000, "9" * 10**6, "\n" * 10**5, "\ufeff")
    yield from ('"' + "a,b\n" * 10**5, "ImageId,ClassId,EncodedPixels\na.png,1," + "1 1 " * 10**5)


TOKEN = re.compile(rb"[\w.+/-]+")
TOKENS = [b"", b"0", b"-1", b"1.5", b"1e308", b"-1e999", b"nan", b"inf", b"9" * 25, b"9" * 5000]
TOKENS += [b"\0", b"\x1b[2J", b"\xff", "\u202e".encode(), b"\n\n", b",", b'"', b"<", b"{}", b"null"]
BOMBS = list(bombs().values())


def spoil_bytes(data, path, outside):
    """A file that is cut off, or has a few other bytes."""
    content = bytearray(path.read_bytes())
    if content and data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(0, 4)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)


def spoil_token(data, path, outside):
    content = path.read_bytes()
    match = data.draw(st.sampled_from(list(TOKEN.finditer(content)) or [re.match(b"", b"")]))
    ways = [b"../outside/secret.png", bytes(outside / "secret.png"), b"..\\outside\\secret.png"]
    token = data.draw(st.sampled_from(TOKENS + ways))
    path.write_bytes(content[: match.start()] + token + content[match.end() :])


def spoil_lines(data, path, outside):
    """Fields or lines that are gone, or there twice."""
    parts = re.split(rb"(?<=[\n>,])", path.read_bytes())
    first = data.draw(st.integers(0, len(parts) - 1))
    last = data.draw(st.integers(first, min(len(parts), first + 5)))
    parts[first:last] *= data.draw(st.sampled_from([0, 2]))
    path.write_bytes(b"".join(parts))


def spoil_document(data, path, outside):
    if path.suffix == ".json":
        seed = data.draw(st.integers(0, 2**32))
        path.write_bytes(mutate_json(path.read_bytes(), seed, 10**7) or b"[0]")
    else:
        path.write_text(data.draw(st.sampled_from(list(documents(outside / "secret.txt")))))


def spoil_image(data, path, outside):
    height, width, depth = (
        data.draw(st.sampled_from(some)) for some in ((HEIGHT, 1, 40), (WIDTH, 1), (1, 3, 4))
    )
    kind = data.draw(st.sampled_from([np.uint8, np.uint16]))
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, depth)).astype(kind)
    drawn = [encoded(pixels, suffix) for suffix in (".png", ".tif")]
    drawn.append(encoded(pixels[..., 0].astype(np.float32), ".tiff"))
    path.write_bytes(data.draw(st.sampled_from(BOMBS * 2 + drawn)))


def spoil_kind(data, path, outside):
    """A file that is a link, a folder, a pipe, or gone."""
    ways = ["secret.png", "secret.txt", f"secret{path.suffix}", "deep", "missing"]
    links = [outside / name for name in ways] + [path, path.parent, Path("/dev/zero")]
    choice = data.draw(st.sampled_from([*links, "folder", "pipe", "gone", "parent"]))
    if choice == "parent" and path.parent.parent != outside.parent and not path.parent.is_symlink():
        away = outside / f"{path.parent.name} {len(list(outside.iterdir()))}"
        path.parent.rename(away)
        path.parent.symlink_to(away)
        return
    path.unlink()
    if isinstance(choice, Path):
        path.symlink_to(choice)
    elif choice == "folder":
        path.mkdir()
    elif choice == "pipe":
        os.mkfifo(path)


def spoil_name(data, path, outside):
    names = ["b" * 240 + path.suffix, path.stem + ".tiff", path.name.upper(), "\u0130.png"]
    names += ["a\nb.png", "<b>&amp;.png", " ", "..png", os.fsdecode(b"\xff.png"), "a.png"]
    names += ["[red]x.json", "=1+1.png"]
    other = path.with_name(data.draw(st.sampled_from(names)))
    if data.draw(st.booleans()):
        path.rename(other)
    elif not other.exists():
        shutil.copyfile(path, other)


SPOILERS = [spoil_bytes, spoil_token, spoil_lines, spoil_document, spoil_image]
SPOILERS += [spoil_kind, spoil_name]


class Scene:
    """A source beside secrets, and what was opened that lies neither in it nor in the result."""

    def __init__(self, top, files):
        self.top, self.root = top, top / "source"
        self.outside, self.made = top / "outside", top / "made"
        self.opened = []
        for path, content in files.items():
            put(self.root / path, content)
        (self.outside / "deep").mkdir(parents=True)
        for suffix in (".txt", ".yaml", ".csv", ".json", ".xml"):
            texts = [content for path, content in files.items() if path.endswith(suffix)]
            text = texts[0].encode() if texts else b""
            (self.outside / f"secret{suffix}").write_bytes(text.replace(b"pit", SECRET) or SECRET)
        for suffix in (".png", ".jpg", ".bmp", ".tif", ".webp"):
            (self.outside / f"secret{suffix}").write_bytes(photo(9, suffix) + SECRET)
        self.made.mkdir()

    def snapshot(self):
        paths = (path for path in self.top.rglob("*") if not path.is_relative_to(self.made))
        return {path: (path.lstat().st_size, path.lstat().st_mtime_ns) for path in paths}

    def watch(self, path):
        real = Path(os.path.realpath(path))
        known = real.is_relative_to(self.root) or real.is_relative_to(self.made)
        if not known and (real.is_relative_to(self.top) or real == Path("/dev/zero")):
            self.opened.append(real)


@pytest.fixture(scope="module")
def watched():
    """The scenes that are watched at the moment; nothing can take the hook away again."""
    scenes = []

    def hook(name, arguments):
        if scenes and name == "open" and not isinstance(arguments[0], int):
            scenes[0].watch(os.fsdecode(arguments[0]))

    sys.addaudithook(hook)
    return scenes


def read(kind, scene, whole, strict):
    """Reads a source to its end, and returns its findings."""
    audit = Audit()
    name = kind.partition(",")[0]
    if whole:
        unlabelled = "good" if FORMATS[name].allows_unlabelled else "skip"
        prepare(name, scene.root, out=scene.made / "set", unlabelled=unlabelled, strict=strict)
    else:
        collect(open_source(name, Request(scene.root), audit), scene.made / "images", audit)
    return audit.findings


def check(kind, scene, watched, whole, strict):
    """Whether the source is taken; fails where it does harm."""
    before = scene.snapshot()
    taken, sentence = True, "The end."
    watched.append(scene)
    try:
        for finding in read(kind, scene, whole, strict):
            sentence = finding.detail.replace("\n", "")  # names may hold anything
            assert sentence.encode()
            assert len(sentence) < LONGEST
    except InputError as error:
        taken, sentence = False, str(error)
        assert re.fullmatch(r"\S[^\n]+\.", sentence)
    finally:
        watched.clear()
    assert len(sentence) < LONGEST
    assert not scene.opened
    assert scene.snapshot() == before
    assert {path.name for path in scene.made.iterdir()} <= {"set", "set-audit", "images"}
    for path in scene.made.rglob("*"):
        assert not path.is_symlink()
        assert path.is_dir() or SECRET not in path.read_bytes()
    return taken


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_mutations_start_from_is_good(tmp_path, watched, kind, whole):
    scene = Scene(tmp_path, KINDS[kind]())
    assert check(kind, scene, watched, whole, strict=False)
    images = scene.made / ("set/images" if whole else "images")
    assert len([path for path in images.rglob("*") if path.is_file()]) >= 2


def test_every_kind_is_mutated():
    assert {kind.partition(",")[0] for kind in KINDS} == FORMATS.keys() - {"synthetic"}


def mutations(number):
    """A test over a number of mutated sources of a kind, the same in every run."""

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def test(data, kind, tmp_path_factory, watched):
        scene = Scene(tmp_path_factory.mktemp("mutated"), KINDS[kind]())
        try:
            for _ in range(data.draw(st.integers(1, 3))):
                spoil = data.draw(st.sampled_from(SPOILERS))
                paths = sorted(scene.root.rglob("*"))
                files = [path for path in paths if path.is_file() and not path.is_symlink()]
                path = data.draw(st.sampled_from(files))
                spoil(data, path, scene.outside)
            whole, strict = data.draw(st.integers(0, 7)) == 7, data.draw(st.booleans())
            taken = check(kind, scene, watched, whole, strict)
            event("taken" if taken else "refused")  # shown by --hypothesis-show-statistics
        finally:
            shutil.rmtree(scene.top)

    return pytest.mark.parametrize("kind", KINDS)(test)


test_a_few_mutations = mutations(FEW)
test_five_thousand_mutations = pytest.mark.slow(mutations(EXAMPLES))
