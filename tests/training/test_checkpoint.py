import zipfile

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.training import checkpoint as module
from auxnet_cli.training.checkpoint import FILE, FOLDER, Checkpoint, Counters, Origin, read_saved

ORIGIN = Origin("data/ä", "f", "", "none", {"scale": 1 / 3})
# Numbers that must come back to the last bit.
COUNTERS = Counters(epoch=3, step=2, losses={"loss": 0.1 + 0.2}, seconds=1 / 3)


class Part:
    """Holds a list, as the record holds the history."""

    def __init__(self, lines=()):
        self.lines = list(lines)

    def state_dict(self):
        return {"lines": self.lines}

    def load_state_dict(self, state):
        self.lines = state["lines"]


def variables():
    return [
        keras.Variable(np.zeros((2, 3), "float32")),
        keras.Variable(0, dtype="int32", trainable=False),
    ]


def checkpoint(run, held, counters=None, part=None):
    parts = {"origin": ORIGIN, "counters": counters or Counters(), "part": part or Part()}
    return Checkpoint(run / FOLDER, parts, lambda: held)


@pytest.fixture
def saved(tmp_path):
    """A run with a checkpoint, and what its variables hold."""
    held = variables()
    held[0].assign(np.arange(6).reshape(2, 3) / 7)
    held[1].assign(41)
    checkpoint(tmp_path, held, COUNTERS, Part([{"epoch": 1, "val_f1": None}])).save()
    return tmp_path, held


def test_states_and_variables_come_back_bit_for_bit(saved):
    run, held = saved
    again, counters, part = variables(), Counters(), Part()
    checkpoint(run, again, counters, part).load()
    assert counters == COUNTERS
    assert part.lines == [{"epoch": 1, "val_f1": None}]
    for old, new in zip(held, again, strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (old.value, new.value)))
    known = read_saved(run)
    assert (known.run, known.origin, known.counters) == (run, ORIGIN, COUNTERS)


def test_a_full_disk_keeps_the_earlier_one(saved, monkeypatch):
    run, held = saved

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint(run, held).save()
    assert read_saved(run).counters == COUNTERS
    assert [path.name for path in (run / FOLDER).iterdir()] == [FILE]


def damage(path, kind):
    head = np.lib.format.magic(1, 0) + b"\x76\0"
    claim = b"{'descr': '<U1', 'fortran_order': False, 'shape': (1000000000000,)}"
    if kind in ("empty", "short"):
        path.write_bytes(path.read_bytes()[: 0 if kind == "empty" else 200])
    elif kind in ("bomb", "claim"):
        compression = zipfile.ZIP_DEFLATED if kind == "bomb" else zipfile.ZIP_STORED
        content = bytes(10**8) if kind == "bomb" else head + claim.ljust(117) + b"\n"
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("arr_0.npy", content)
    elif kind == "array":
        with path.open("wb") as stream:
            np.save(stream, np.zeros(3))
    else:
        documents = {
            "pickle": np.array([print], object),
            "nested": np.array("[" * 10**5),
            "text": np.array("3"),
            "incomplete": np.array(f'{{"schema": {module.SCHEMA}}}'),
            "earlier": np.array('{"schema": 1, "epoch": 3}'),
        }
        np.savez(path, documents[kind])


@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "short",
        "bomb",
        "claim",
        "pickle",
        "array",
        "nested",
        "text",
        "incomplete",
        "earlier",
    ],
)
def test_a_damaged_one_is_refused(saved, kind):
    run, held = saved
    damage(run / FOLDER / FILE, kind)
    assert read_saved(run) is None
    says = r"cannot be read .* start anew with `resume=False`"
    with pytest.raises(InputError, match=says) as caught:
        checkpoint(run, held).load()
    assert "\n" not in str(caught.value)
    if kind == "earlier":
        assert "it is of another version" in str(caught.value)


def test_one_of_another_network(saved):
    run, held = saved
    with pytest.raises(InputError, match="of another network"):
        checkpoint(run, held[:1]).load()


def test_there_is_none(tmp_path):
    assert read_saved(tmp_path) is None


def test_an_epochs_beginning():
    counters = Counters(epoch=1, step=7, rate=0.1, losses={"loss": 1.0}, data_wait=2.0, seconds=3.0)
    counters.begin_epoch(2)
    assert counters == Counters(epoch=2, rate=0.1)
