import os
import subprocess
import sys

from auxnet_cli.backend import compiled, keras, ops


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


def test_a_compiled_function_gives_what_it_gave_and_runs_as_a_program():
    calls = []

    def double(values, by):
        calls.append(by)
        return [value * by for value in values]

    program = compiled(double)
    for by in (2.0, 3.0):
        one, other = program([ops.ones(2), ops.zeros(1)], ops.convert_to_tensor(by))
        assert ops.convert_to_numpy(one).tolist() == [by, by]
        assert ops.convert_to_numpy(other).tolist() == [0]
    assert len(calls) == (2 if keras.backend.backend() == "torch" else 1)
