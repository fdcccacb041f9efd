import io
import sys

from auxnet_cli.training.progress import EpochBar

LOSSES = {"classification": 0.25, "loss": 1.5}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_off_a_terminal_it_is_silent(capsys):
    with EpochBar(1, 2, steps=3, batch_size=4) as bar:
        bar.step(LOSSES)
    assert capsys.readouterr() == ("", "")


def test_losses_and_the_time_left_of_the_whole_training(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with EpochBar(2, 4, steps=3, batch_size=4) as bar:
        # 10 images a second; 6 of the 36 that the three epochs left hold are done.
        monkeypatch.setattr(type(bar._bar), "format_dict", {**bar._bar.format_dict, "rate": 10.0})
        monkeypatch.setattr(bar._bar, "n", 6)
        bar.step(LOSSES)
        shown = bar._bar.postfix
    assert "loss=1.500" in shown
    assert "cla=0.250" in shown
    assert "all=00:03" in shown
    assert "epoch 2/4" in terminal.getvalue()
