"""The pages in headless Chromium, at the widths of a desk and of a phone."""

import shutil

import pytest

from auxnet_cli.reports.comparison.page import comparison_files
from tests.shared_data import SHARED

WIDTHS = (1280, 400)

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium():
    """A browser that is on this machine; the library brings none."""
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


class Opened:
    """A page in a window of one width, and what it did on its own."""

    def __init__(self, browser, file, width):
        self.page = browser.new_page(viewport={"width": width, "height": 800})
        self.told, self.asked = [], []
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())

    def ask(self, script):
        return self.page.evaluate(script)

    def check(self, file):
        assert self.told == []
        outside = [url for url in self.asked if not url.startswith("data:")]
        assert outside == [file.as_uri()]
        assert self.ask("document.documentElement.scrollWidth <= window.innerWidth")
        # What is too wide stands in a box of its own, to be scrolled with the keyboard.
        assert self.ask(
            "[...document.querySelectorAll('body *')].every(one => one.closest('.wide, svg') ||"
            " one.closest('.skip') || one.getBoundingClientRect().right <= window.innerWidth + 1)"
        )
        assert self.ask("[...document.querySelectorAll('.wide')].every(one => one.tabIndex === 0)")

    def drawings(self):
        """Width and height of each drawing, folded ones opened first."""
        self.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
        return self.ask(
            "Object.fromEntries([...document.querySelectorAll('figure[id]')].map(one => {"
            " const size = one.querySelector('svg').getBoundingClientRect();"
            " return [one.id, [size.width, size.height]]; }))"
        )

    def on_first_screen(self, selector):
        return self.ask(
            f"(one => one && one.getBoundingClientRect().top >= 0 &&"
            f" one.getBoundingClientRect().bottom <= 800)(document.querySelector('{selector}'))"
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report(chromium, written, width):
    file = written(classes=("pit", "a class of a rather long name")) / "report.html"
    opened = Opened(chromium, file, width)
    assert "a class of a rather long name is never found" in opened.ask(
        "document.querySelector('.alarm').innerText"
    )
    assert opened.on_first_screen(".alarm")
    assert opened.on_first_screen(".cards li:nth-child(6)")
    opened.check(file)
    sizes = opened.drawings()
    assert len(sizes) == 12
    assert all(wide > 250 and high > 120 for wide, high in sizes.values())
    assert opened.ask(
        "[...document.images].length > 0 && [...document.images].every(one => one.naturalWidth > 0)"
    )
    opened.check(file)


def test_the_keyboard_reaches_the_figures_at_once(chromium, written):
    opened = Opened(chromium, written() / "report.html", 1280)
    opened.page.keyboard.press("Tab")
    assert opened.ask("document.activeElement.className") == "skip"
    opened.page.keyboard.press("Enter")
    assert opened.ask("document.activeElement.id") == "main"


def test_print_opens_what_is_folded(chromium, written):
    opened = Opened(chromium, written() / "report.html", 1280)
    high = "document.querySelector('details .wide').checkVisibility()"
    assert not opened.ask(high)
    opened.page.emulate_media(media="print")
    assert opened.ask(high)
    assert opened.page.pdf(format="A4")[:5] == b"%PDF-"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_comparison(chromium, tmp_path, compared, width):
    page = comparison_files(compared)["comparison.html"]
    (tmp_path / "comparison.html").write_text(page, encoding="utf-8")
    file = tmp_path / "comparison.html"
    opened = Opened(chromium, file, width)
    opened.check(file)
    ((wide, high),) = opened.drawings().values()
    assert wide > 250
    assert high > 120


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the magnetic tiles")
def test_a_run_on_real_photographs(chromium, tmp_path, monkeypatch, tiny):
    from auxnet_cli import evaluate, prepare, train

    monkeypatch.chdir(tmp_path)
    groups = SHARED / "magnetic_tile_groups.csv"
    prepare("masks", SHARED / "magnetic_tile", group_by=groups)
    train(overrides=[*tiny, "training.epochs=1"])
    report = evaluate()
    file = next(tmp_path.glob("runs/*/evaluation/test/report.html"))
    assert report.dataset.name == "magnetic_tile"
    for width in WIDTHS:
        opened = Opened(chromium, file, width)
        opened.check(file)
        sizes = opened.drawings()
        wanted = {path.stem for path in file.with_name("figures").glob("*.svg")}
        assert len(sizes) == len(wanted) >= 8
        assert all(wide > 250 and high > 120 for wide, high in sizes.values())
        opened.check(file)
