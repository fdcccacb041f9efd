import io
import re
import sys

import pytest

from auxnet_cli.training.progress import EpochBar

LOSSES = {"classification": 0.25, "detection": 31.26, "loss": 31.5, "segmentation": 1.004}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def bar_on_terminal(monkeypatch):
    """What makes a bar on a terminal of 80 columns, and the terminal."""

    def make(*args, **kwargs):
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr("tqdm.std._screen_shape_wrapper", lambda: lambda _: (80, 24))
        return EpochBar(*args, **kwargs), stream

    return make


def drawn(terminal):
    return [line for line in re.split(r"[\r\n]|\x1b\[A", terminal.getvalue()) if line.strip()][-1]


def run(bar, steps, seconds, losses=LOSSES, learning_rate=8.1e-4, seconds_left=None):
    """Take steps of so many seconds each; the clock of the bar stands still between them."""
    for step in range(1, steps + 1):
        bar._bar._time = lambda step=step: bar._bar.start_t + seconds * step
        bar.step(losses, learning_rate, seconds_left)


def test_off_a_terminal_it_is_silent(capsys):
    with EpochBar(1, 2, steps=3, batch_size=4) as bar:
        bar.step(LOSSES, 1e-3)
    assert capsys.readouterr() == ("", "")


def test_all_of_it_in_80_columns(bar_on_terminal):
    history = [{"epoch": 1, "val_score": 0.834}, {"epoch": 2, "val_score": 0.8121}, {"epoch": 3}]
    bar, terminal = bar_on_terminal(4, 6, steps=20, batch_size=4, history=history)
    with bar:
        run(bar, steps=10, seconds=0.4)
        line = drawn(terminal)
    # 10 images a second; 240 are left at the epoch's start, 36 were done before the last step.
    assert line.startswith("4/6 50% ")
    assert line.endswith(" cls .250 seg 1.00 det 31.3 val .812/.834 lr 8.1e-4 10.0/s 20s")
    assert len(line) <= 80


def test_the_longest_text_fits_and_the_bar_gives_way(bar_on_terminal):
    history = [{"val_score": 0.5}]
    losses = dict.fromkeys(LOSSES, 123.4)
    bar, terminal = bar_on_terminal(200, 200, steps=4000, batch_size=32, history=history)
    with bar:
        run(bar, 8, seconds=1.6, losses=losses, learning_rate=1.25e-10)
        line = drawn(terminal)
    assert len(line) <= 80
    assert line.endswith(" lr 1.3e-10 20.0/s 1h46m")


def test_a_training_that_ends_by_the_clock_says_what_is_left_of_it(bar_on_terminal):
    bar, terminal = bar_on_terminal(1, 2, steps=4, batch_size=4)
    with bar:
        run(bar, 3, 0.4, {"loss": 1.0, "segmentation": 0.5}, seconds_left=3 * 86400 + 7200)
        line = drawn(terminal)
    assert line.endswith(" seg .500 lr 8.1e-4 10.0/s 3d02h")
    assert "val" not in line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0s"),
        (59.9, "59s"),
        (60, "1m00s"),
        (750, "12m30s"),
        (11100, "3h05m"),
        (90000, "1d01h"),
    ],
)
def test_time_left(bar_on_terminal, seconds, text):
    bar, terminal = bar_on_terminal(1, 1, steps=2, batch_size=1)
    with bar:
        run(bar, 2, 1.0, seconds_left=seconds)
        assert drawn(terminal).endswith(f" {text}")
