import os
import signal
import subprocess
import sys

import pytest

from auxnet_cli.system.locking import LockedError, lock

HOLDER = """
import sys, time
from pathlib import Path
from auxnet_cli.system.locking import lock
lock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_one_at_a_time(tmp_path):
    held = lock(tmp_path / "lock")
    with pytest.raises(LockedError):
        lock(tmp_path / "lock")
    os.close(held)
    os.close(lock(tmp_path / "lock"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no open file")
def test_a_removed_file_keeps_nobody_out(tmp_path):
    """It is locked anew under the same name, and the first holder's lock counts for nothing."""
    path = tmp_path / "lock"
    first = lock(path)
    path.unlink()
    second = lock(path)
    with pytest.raises(LockedError):
        lock(path)
    os.close(first)
    os.close(second)


def test_a_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        lock(tmp_path / "none" / "lock")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_holder_lets_go(tmp_path):
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError):
            lock(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    os.close(lock(path))
