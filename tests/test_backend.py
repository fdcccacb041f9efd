import os
import subprocess
import sys


def test_importing_prints_nothing_and_leaves_standard_error_open():
    code = "import auxnet_cli.backend, os; os.write(2, b'still open')"
    quiet = {"TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name not in quiet},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"still open")
