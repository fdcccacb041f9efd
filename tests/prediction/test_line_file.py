import errno
import sys

import pytest

from auxnet_cli.prediction.line_file import LineFile


def test_what_is_appended_is_there_at_once(tmp_path):
    lines = LineFile(tmp_path / "list", "head\n")
    lines.append("Maß\n")
    assert (tmp_path / "list").read_bytes() == "head\nMaß\n".encode()
    lines.close()


def test_it_goes_back_to_what_was_kept(tmp_path):
    lines = LineFile(tmp_path / "list", "head\n")
    lines.append("one\n")
    lines.keep()
    lines.append("two\n")
    lines.append("thr")
    lines.go_back()
    assert (tmp_path / "list").read_text() == "head\none\n"
    lines.append("four\n")
    lines.close()
    assert (tmp_path / "list").read_text() == "head\none\nfour\n"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has a disk that is always full")
def test_a_full_disk(tmp_path):
    (tmp_path / "list").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space") as error:
        LineFile(tmp_path / "list", "head\n")
    assert error.value.errno == errno.ENOSPC
