import threading
import time

import cv2
import numpy as np
import pytest

from auxnet_cli.data import collect as module
from auxnet_cli.data.audit import Audit
from auxnet_cli.data.collect import collect
from auxnet_cli.data.images.reading import decode_stored
from auxnet_cli.data.sources.source import RejectedImageError, Source, SourceImage
from auxnet_cli.errors import InputError
from auxnet_cli.system.parallel import Room


def image(number):
    return cv2.imencode(".png", np.full((4, 5 + number, 3), number, np.uint8))[1].tobytes()


def source(images):
    return Source(None, ("pit",), iter(images), len(images), keeps_unseen=True)


def labels(height, width):
    mask = np.zeros((height, width), bool)
    mask[0, :4] = True
    return [("pit", mask)]


def test_the_order_is_the_sources_whatever_the_threads_do(tmp_path, monkeypatch):
    decode = module._decode

    def slow(item):
        time.sleep(0.05 if item.name == "0.png" else 0)
        return decode(item)

    monkeypatch.setattr(module, "_decode", slow)
    images = [
        SourceImage(f"{n}.png", f"{n}.png", image(n) if n % 3 else b"none", labels, "val")
        for n in range(12)
    ]
    audit = Audit()
    entries, skipped = collect(source(images), tmp_path / "images", audit)
    assert [entry.name for entry in entries] == [f"{n}.png" for n in range(12) if n % 3]
    assert [(entry.height, entry.width) for entry in entries][:2] == [(4, 6), (4, 7)]
    assert {entry.given for entry in entries} == {"val"}
    bad = [f"{n}.png" for n in range(0, 12, 3)]
    assert [finding.file for finding in audit.of("unreadable-image")] == bad
    assert skipped == set(bad)
    assert sorted(path.name for path in (tmp_path / "images").iterdir()) == sorted(
        entry.name for entry in entries
    )


def test_images_are_not_read_far_ahead(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_AHEAD", 3)
    read, used = [], []

    def images():
        for number in range(30):
            read.append(number)

            def noting(height, width, number=number):
                used.append(number)
                assert len(read) - len(used) <= 4
                return labels(height, width)

            yield SourceImage(f"{number}.png", f"{number}.png", image(number), noting)

    collect(Source(None, ("pit",), images(), 30, keeps_unseen=True), tmp_path / "images", Audit())
    assert used == list(range(30))


def test_threads_end_when_the_work_fails(tmp_path):
    def fail(height, width):
        raise InputError("mend the table")

    before = threading.active_count()
    images = [SourceImage(f"{n}.png", f"{n}.png", image(n), fail) for n in range(40)]
    with pytest.raises(InputError, match="mend the table"):
        collect(source(images), tmp_path / "images", Audit())
    assert threading.active_count() == before


def test_rejected_images_are_named(tmp_path):
    def reject(height, width):
        raise RejectedImageError("label-conflict", "both")

    audit = Audit()
    images = [SourceImage("a.png", "d/a.png", image(0), reject)]
    with pytest.raises(InputError, match=r"no usable image in the source \(1 label-conflict\)"):
        collect(source(images), tmp_path / "images", audit)
    assert audit.findings[0].file == "d/a.png"


def test_what_is_decoded_side_by_side_is_bounded(tmp_path, monkeypatch):
    inside, most, lock = [], [], threading.Lock()

    def decode(image, path):
        stored = decode_stored(image, path)
        with lock:
            inside.append(stored.size // 3)
            most.append(sum(inside))
        time.sleep(0.01)
        with lock:
            inside.remove(stored.size // 3)
        return stored

    monkeypatch.setattr(module, "decode_stored", decode)
    monkeypatch.setattr(module, "_ROOM", Room(50))
    images = [SourceImage(f"{n}.png", f"{n}.png", image(n % 4), labels, None) for n in range(12)]
    entries, _ = collect(source(images), tmp_path / "images", Audit())
    assert len(entries) == 12
    assert max(most) <= 50
