"""Reads Pascal VOC's ``ImageSets``: the split of each image."""

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.sources.files.source_folder import SourceFolder, read_text
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import quoted

_TASKS = ("segmentation", "main")  # the one with fewer images comes first
_LISTS = {"test": "test", "val": "val", "train": "train", "trainval": "train"}
_MAX_BYTES = 2**28


def read_sets(folder: SourceFolder, stems: Collection[str]) -> dict[str, str]:
    """Returns the split of each image, by its stem, as far as ``train``, ``val``, ``test`` name it.

    An image that only ``trainval`` names is for training. One in several lists stays in the first
    of test, val and train, so that nothing that is tested was learned.

    Raises:
        InputError: a list is too large, or no text.
    """
    splits: dict[str, str] = {}
    known = set(stems)
    for task in _task_folders(folder.root):
        before = dict(splits)
        for name, split in _LISTS.items():
            path = task / f"{name}.txt"
            if not path.is_file() or not folder.is_usable(path):
                continue
            listed = _read_list(path)
            lost = [stem for stem in listed if stem not in known]
            if lost:
                detail = f"{len(lost)} of its {len(listed)} names have no image, such as "
                folder.add("split-without-image", path, detail + quoted(lost[0]), "names skipped")
            for stem in listed:
                if stem in before or stem not in known:
                    continue
                first = splits.setdefault(stem, split)
                if first != split and not (first == "val" and name == "trainval"):
                    detail = f"names {stem}, which {first}.txt names too"
                    folder.add("image-in-two-splits", path, detail, f"kept in {first}")
    return splits


def _task_folders(root: Path) -> list[Path]:
    """Returns the folders ``Segmentation`` and ``Main`` of each ``ImageSets``."""
    sets = [path for path in sorted(root.rglob("*")) if path.name.lower() == "imagesets"]
    tasks = [path for folder in sets if folder.is_dir() for path in sorted(folder.iterdir())]
    return [
        path for task in _TASKS for path in tasks if path.name.lower() == task and path.is_dir()
    ]


def _read_list(path: Path) -> list[str]:
    """Returns the stems that a list names, without the folders and suffixes some tools write."""
    if path.stat().st_size > _MAX_BYTES:
        raise InputError(f"{path} is larger than {_MAX_BYTES // 2**20} MiB: it is no list.")
    lines = (line.strip().replace("\\", "/") for line in read_text(path).splitlines())
    names = (PurePosixPath(line).name for line in lines if line)
    return [Path(name).stem if is_image_name(Path(name)) else name for name in names]
