"""Pascal VOC's ``ImageSets``: which image is in which split."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import quoted

# A task's own lists, which hold fewer images, come first.
_TASKS = ("segmentation", "main")
_LISTS = {"test": "test", "val": "val", "train": "train", "trainval": "train"}
_LARGEST = 2**28


def read_sets(root: Path, stems: Sequence[str], audit: Audit) -> dict[str, str]:
    """The split of each image, by its stem, as far as ``train``, ``val``, ``test`` name it.

    An image that only ``trainval`` names is for training. One in several lists stays in the first
    of test, val and train, so that nothing that is tested was learned.

    Raises:
        InputError: a list is too large, or no text.
    """
    splits: dict[str, str] = {}
    known = set(stems)
    folders = [path for path in sorted(root.rglob("*")) if _is_named(path, "imagesets")]
    tasks = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_dir()]
    for task in sorted(tasks, key=lambda path: _rank(path.name)):
        if _rank(task.name) == len(_TASKS):
            continue
        before = dict(splits)
        for name, split in _LISTS.items():
            path = task / f"{name}.txt"
            if not path.is_file() or not is_usable(path, root, audit):
                continue
            named = _read_list(path)
            lost = [stem for stem in named if stem not in known]
            if lost:
                told = f"{len(lost)} of its {len(named)} names have no image"
                detail = f"{told}, such as {quoted(lost[0])}"
                audit.add("split-without-image", below(path, root), detail, "names skipped")
            for stem in named:
                if stem in before or stem not in known:
                    continue
                first = splits.setdefault(stem, split)
                if first != split and not (first == "val" and name == "trainval"):
                    detail = f"names {stem}, which {first}.txt names too"
                    audit.add("image-in-two-splits", below(path, root), detail, f"kept in {first}")
    return splits


def _read_list(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than {_LARGEST // 2**20} MiB: it is no list.")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text.") from None
    return [_stem(line) for line in lines if line.strip()]


def _stem(line: str) -> str:
    """The image's stem on a line, without the folder or suffix that some tools write."""
    name = PurePosixPath(line.strip().replace("\\", "/")).name
    return Path(name).stem if is_image_name(Path(name)) else name


def _rank(name: str) -> int:
    return _TASKS.index(name.lower()) if name.lower() in _TASKS else len(_TASKS)


def _is_named(path: Path, name: str) -> bool:
    return path.name.lower() == name and path.is_dir()
