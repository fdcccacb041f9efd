"""The pages in headless Chromium, at the widths of a desk and of a phone."""

import shutil

import pytest

from auxnet_cli.documents.comparison import Comparison
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
        self.messages, self.requests = [], []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def ask(self, script):
        return self.page.evaluate(script)

    def check(self):
        """Nothing is loaded, nothing fails, and nothing but scrollable tables is too wide."""
        assert self.messages == []
        assert [url for url in self.requests if not url.startswith("data:")] == [self.page.url]
        assert self.ask("document.documentElement.scrollWidth <= window.innerWidth")
        assert self.ask(
            "[...document.querySelectorAll('body *')].every(node =>"
            " node.closest('.wide, svg, .skip') ||"
            " node.getBoundingClientRect().right <= window.innerWidth + 1)"
        )
        # With the keyboard, too.
        assert self.ask("[...document.querySelectorAll('.wide')].every(box => box.tabIndex === 0)")

    def charts(self):
        """Opens what is folded, and returns width and height of each chart."""
        self.ask("document.querySelectorAll('details').forEach(node => node.open = true)")
        return self.ask(
            "[...document.querySelectorAll('figure[id] svg')].map(node => {"
            " const size = node.getBoundingClientRect(); return [size.width, size.height]; })"
        )

    def is_on_first_screen(self, selector):
        box = self.page.locator(selector).bounding_box()
        return box["y"] >= 0 and box["y"] + box["height"] <= 800


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report(chromium, written, width):
    file = written(classes=("pit", "a class of a rather long name")) / "report.html"
    opened = Opened(chromium, file, width)
    alarm = opened.page.locator(".alarm").inner_text()
    assert "a class of a rather long name is never found" in alarm
    assert opened.is_on_first_screen(".alarm")
    assert opened.is_on_first_screen(".cards li:nth-child(6)")
    opened.check()
    sizes = opened.charts()
    assert len(sizes) == 12
    assert all(wide > 250 and high > 120 for wide, high in sizes)
    assert opened.ask("document.images.length > 0")
    assert opened.ask("[...document.images].every(image => image.naturalWidth > 0)")
    opened.check()


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
def test_the_comparison(chromium, tmp_path, comparison, width):
    file = tmp_path / "comparison.html"
    file.write_text(
        comparison_files(Comparison.model_validate(comparison))["comparison.html"], encoding="utf-8"
    )
    opened = Opened(chromium, file, width)
    opened.check()
    ((wide, high),) = opened.charts()
    assert wide > 250
    assert high > 120


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the magnetic tiles")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_run_on_real_photographs(chromium, tmp_path, monkeypatch, tiny, width):
    from auxnet_cli import evaluate, prepare, train

    monkeypatch.chdir(tmp_path)
    groups = SHARED / "magnetic_tile_groups.csv"
    prepare("masks", SHARED / "magnetic_tile", group_by=groups)
    train(overrides=[*tiny, "training.epochs=1"])
    evaluate()
    (file,) = tmp_path.glob("runs/*/evaluation/test/report.html")
    opened = Opened(chromium, file, width)
    opened.check()
    sizes = opened.charts()
    assert len(sizes) == len(list(file.with_name("figures").glob("*.svg"))) >= 8
    assert all(wide > 250 and high > 120 for wide, high in sizes)
    opened.check()
