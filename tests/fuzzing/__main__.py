"""``python -m tests.fuzzing [TARGET...] --executions N``: fuzz readers, each in a child process.

What makes a reader fail is kept in ``tests/fuzzing/cases/TARGET/``, where ``test_targets.py`` reads
it from then on. Needs ``pip install atheris``.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CASES = Path(__file__).parent / "cases"
SECONDS, MEGABYTES = 10, 3000
"""What one execution may take: anything more counts as a fault."""


def main() -> int:
    """Fuzz, and print a line a target; the exit code tells whether a fault was found."""
    from tests.fuzzing.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--executions", type=int, default=1_000_000, help="of each reader")
    parser.add_argument("--longest", type=int, default=4096, help="bytes of a file")
    options = parser.parse_args()
    wrong = set(options.targets) - set(TARGETS)
    if wrong:
        parser.error(f"no such target: {', '.join(sorted(wrong))}; known: {', '.join(TARGETS)}")
    _say("target, executions, seconds, coverage (edges), files kept by coverage, faults")
    results = [_fuzz(name, options) for name in options.targets or TARGETS]
    return int(not all(results))


def _fuzz(name: str, options: argparse.Namespace) -> bool:
    """Fuzz one target until the executions are done; whether no fault was found."""
    done, faults, coverage, kept = 0, 0, "", ""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as corpus:
        while done < options.executions and faults < 20:
            child = subprocess.run(
                [
                    sys.executable, "-m", "tests.fuzzing.child", name, corpus,
                    f"-runs={options.executions - done}", f"-max_len={options.longest}",
                    f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}",
                    f"-artifact_prefix={corpus}.", "-print_final_stats=1",
                ],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                check=False,
            )  # fmt: skip
            counts = re.findall(r"^#(\d+)\s.*?cov: (\d+).*?corp: (\d+)", child.stdout, re.MULTILINE)
            executed = re.findall(r"number_of_executed_units:\s*(\d+)", child.stdout)
            done += int(executed[-1] if executed else counts[-1][0] if counts else 1)
            coverage, kept = counts[-1][1:] if counts else (coverage, kept)
            if child.returncode:
                faults += 1
                _keep(name, Path(corpus), child.stdout)
    seconds = time.monotonic() - start
    _say(f"{name}, {done}, {seconds:.0f}, {coverage}, {kept}, {faults}")
    return not faults


def _keep(name: str, corpus: Path, said: str) -> None:
    """Keep what the child failed on, and say how it failed."""
    for path in corpus.parent.glob(f"{corpus.name}.*"):
        (CASES / name).mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        path.unlink()
        (CASES / name / path.name.removeprefix(f"{corpus.name}.")[:24]).write_bytes(content)
    traceback = re.search(
        r"^Traceback.*?(?=^==\d)|ERROR: libFuzzer: [^\n]*", said, re.DOTALL | re.MULTILINE
    )
    _say(f"{name}: {traceback[0][-1200:] if traceback else said[-1200:]}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
