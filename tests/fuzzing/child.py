"""The process that is fuzzed: one target, with libFuzzer's own options behind it."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["auxnet_cli"]):
    from auxnet_cli.data.sources.registry import FORMATS
    from tests.fuzzing.targets import TARGETS

    for entry in FORMATS.values():  # they are imported late, and only then instrumented
        import_module(entry.module)
from tests.fuzzing.json_mutation import mutate_json


def main() -> None:
    """Fuzz a target from its seeds: its name, the folder of the corpus, libFuzzer's options."""
    name, corpus, *options = sys.argv[1:]
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds):
        Path(corpus, f"seed-{number}").write_bytes(seed)
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    target.lay_out(folder)

    def attack(content: bytes) -> None:
        target.takes(folder, content)

    def mutate(content: bytes, longest: int, seed: int) -> bytes:
        document = mutate_json(content, seed, longest) if seed % 4 else None
        return atheris.Mutate(content, longest) if document is None else document

    atheris.Setup([name, corpus, *options], attack, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
