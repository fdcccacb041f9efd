import zipfile

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.training.state import FILE, Checkpoint, State, read_state


def state(**given):
    return State("data/x", "f", "", "none", {}, batch_size=8, peak=0.1, **given)


def variables():
    return [
        keras.Variable(np.zeros((2, 3), "float32")),
        keras.Variable(0, dtype="int32", trainable=False),
    ]


@pytest.fixture
def saved(tmp_path):
    """A run with a checkpoint, what its state is and what its variables hold."""
    held = variables()
    held[0].assign(np.arange(6).reshape(2, 3) / 7)
    held[1].assign(41)
    # Numbers that must come back to the last bit.
    known = state(
        epoch=3, step=2, losses={"loss": 0.1 + 0.2}, seconds=1 / 3, skipped=[(1, 2)],
        history=[{"epoch": 1, "val_f1": None}], unreadable={"ä.png": "is empty"},
    )  # fmt: skip
    Checkpoint(tmp_path / "checkpoints", lambda: held).save(known)
    return tmp_path, known, held


def test_state_and_variables_come_back_bit_for_bit(saved):
    run, known, held = saved
    again = variables()
    assert Checkpoint(run / "checkpoints", lambda: again).load() == known
    for old, new in zip(held, again, strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (old.value, new.value)))
    assert read_state(run) == known


def test_a_full_disk_keeps_the_earlier_one(saved, monkeypatch):
    run, known, held = saved

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        Checkpoint(run / "checkpoints", lambda: held).save(state())
    assert read_state(run) == known
    assert [path.name for path in (run / "checkpoints").iterdir()] == [FILE]


@pytest.mark.parametrize("size", [0, 10, 200])
def test_a_damaged_one(saved, size):
    run, _, held = saved
    path = run / "checkpoints" / FILE
    path.write_bytes(path.read_bytes()[:size])
    assert read_state(run) is None
    with pytest.raises(InputError, match=r"cannot be read .* start anew with --no-resume"):
        Checkpoint(run / "checkpoints", lambda: held).load()


def npz(path, compression=zipfile.ZIP_STORED, **arrays):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in arrays.items():
            archive.writestr(f"{name}.npy", content)


@pytest.mark.parametrize("damage", ["bomb", "claim", "pickle", "array", "nested", "text"])
def test_one_that_is_made_to_do_harm(saved, damage):
    run, _, held = saved
    path = run / "checkpoints" / FILE
    head = np.lib.format.magic(1, 0) + b"\x76\0"
    if damage == "bomb":
        npz(path, zipfile.ZIP_DEFLATED, arr_0=bytes(10**8))
    elif damage == "claim":
        claim = b"{'descr': '<U1', 'fortran_order': False, 'shape': (1000000000000,)}"
        npz(path, arr_0=head + claim.ljust(117) + b"\n")
    elif damage == "pickle":
        np.savez(path, np.array([print], object))
    elif damage == "array":
        with path.open("wb") as stream:
            np.save(stream, np.zeros(3))
    else:
        np.savez(path, np.array("[" * 10**5 if damage == "nested" else "3"))
    assert read_state(run) is None
    with pytest.raises(
        InputError, match=r"cannot be read .* start anew with --no-resume"
    ) as caught:
        Checkpoint(run / "checkpoints", lambda: held).load()
    assert "\n" not in str(caught.value)


def test_one_of_another_version(saved, monkeypatch):
    run, _, held = saved
    monkeypatch.setattr("auxnet_cli.training.state.SCHEMA", 2)
    assert read_state(run) is None
    with pytest.raises(InputError, match="another version"):
        Checkpoint(run / "checkpoints", lambda: held).load()


def test_one_of_another_network(saved):
    run, _, held = saved
    with pytest.raises(InputError, match="of another network"):
        Checkpoint(run / "checkpoints", lambda: held[:1]).load()


def test_there_is_none(tmp_path):
    assert read_state(tmp_path) is None


def test_an_epochs_beginning():
    begun = state(epoch=1, step=7, losses={"loss": 1.0}, waited=2.0, epoch_seconds=3.0, seconds=9.0)
    begun.begin_epoch(2)
    assert begun == state(epoch=2, seconds=9.0)
