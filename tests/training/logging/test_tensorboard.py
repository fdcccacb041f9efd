import struct

import numpy as np
import pytest
from tensorboardX.proto.event_pb2 import Event, SessionLog

from auxnet_cli.training.logging.tensorboard import MAX_WIDTH, TensorBoardLogger

LINE = {"epoch": 1, "loss": 2.5, "segmentation": 0.5, "learning_rate": 0.001}


def events(folder):
    """All events of a folder, in the order in which TensorBoard reads them."""
    read = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            read.append(Event.FromString(content[12 : 12 + length]))
            content = content[16 + length :]
    return read


def curves(folder):
    """(tag, epoch, number) of what TensorBoard shows: a restart hides what it takes up again."""
    shown = []
    for event in events(folder):
        if event.session_log.status == SessionLog.START:
            shown = [point for point in shown if point[1] < event.step]
        shown += [
            (value.tag, event.step, value.simple_value)
            for value in event.summary.value
            if value.HasField("simple_value")
        ]
    return shown


def test_every_number_of_a_line_is_a_point(tmp_path):
    board = TensorBoardLogger(tmp_path / "tensorboard")
    board.add({**LINE, "val_dice": 0.75, "val_f1": None})
    board.add({**LINE, "epoch": 2, "loss": 1.5})
    board.close()
    points = curves(tmp_path / "tensorboard")
    assert points[:4] == [
        ("loss/loss", 1, 2.5),
        ("loss/segmentation", 1, 0.5),
        ("training/learning_rate", 1, pytest.approx(0.001)),
        ("validation/dice", 1, 0.75),
    ]
    assert ("loss/loss", 2, 1.5) in points
    assert len(points) == 7


def test_a_resumed_training_repeats_no_epoch(tmp_path):
    first = TensorBoardLogger(tmp_path)
    for epoch in (1, 2, 3):
        first.add({"epoch": epoch, "loss": 10.0 * epoch})
    first.close()
    # Killed in epoch 4, and the last whole state was that after epoch 2.
    second = TensorBoardLogger(tmp_path)
    second.add({"epoch": 3, "loss": 31.0})
    second.close()
    assert len(list(tmp_path.iterdir())) == 2
    losses = [(epoch, loss) for _, epoch, loss in curves(tmp_path)]
    assert losses == [(1, 10), (2, 20), (3, 31)]


def test_pictures_of_validated_epochs_alone(tmp_path):
    drawn = np.zeros((50, 2 * MAX_WIDTH, 3), np.uint8)
    board = TensorBoardLogger(tmp_path, lambda: {"a.png": drawn})
    board.add(LINE)
    board.add({**LINE, "epoch": 2, "val_score": None})
    board.close()
    pictures = [
        (value.tag, event.step, value.image.height, value.image.width)
        for event in events(tmp_path)
        for value in event.summary.value
        if value.HasField("image")
    ]
    assert pictures == [("samples/a.png", 2, 25, MAX_WIDTH)]


def test_a_training_without_an_epoch_leaves_no_file(tmp_path):
    TensorBoardLogger(tmp_path / "tensorboard").close()
    assert not (tmp_path / "tensorboard").exists()
