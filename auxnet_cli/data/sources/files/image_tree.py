"""Finds the image that a name in an annotation file means.

Names are only compared with the files below the source, so that none can lead out of it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.sources.files.source_folder import GOOD, SourceFolder, named_like_masks
from auxnet_cli.data.sources.source import RejectedImageError
from auxnet_cli.errors import InputError

_SPLIT = re.compile(
    r"(?<![a-z])(?:(train(?:ing)?)|(val(?:id|idation)?)|(test(?:ing)?))(?![a-z])", re.IGNORECASE
)

Parts = tuple[str, ...]


def split_named(name: str) -> str | None:
    """Returns the split in the name of a file or folder: ``val`` for ``instances_val2017``.

    It is ``None`` where the name holds no split, or several.
    """
    splits = {match.lastindex for match in _SPLIT.finditer(name)}
    return SPLITS[(splits.pop() or 0) - 1] if len(splits) == 1 else None


class ImageTree(SourceFolder):
    """The folder of a source with its usable images, whose sorted ``paths`` are searched."""

    def __init__(self, root: Path, audit: Audit) -> None:
        super().__init__(root, audit)
        self.paths = list(self.images())
        self._by_ending: dict[Parts, list[Parts]] = defaultdict(list)
        for path in self.paths:
            parts = path.relative_to(root).parts
            folded = tuple(part.casefold() for part in parts)
            for start in range(len(parts)):
                self._by_ending[folded[start:]].append(parts)

    def find(self, name: str, folder: Path, split: str | None) -> tuple[Path, int]:
        """Returns the image that an annotation file calls ``name``, and how many parts of its path.

        Its path below the root must end in the name; letter case and the kind of slash count only
        where several images fit. Images near the annotation file's ``folder`` or in a folder of its
        ``split`` are preferred. A name that is absolute or climbs with ``..`` counts by its last
        part alone.

        Raises:
            RejectedImageError: there is no such image, or several fit equally well.
        """
        parts = _inner_parts(name)
        fitting = self._by_ending.get(tuple(part.casefold() for part in parts), [])
        if not fitting:
            raise RejectedImageError("missing-image", "it is listed, but there is no such image")
        home = folder.relative_to(self.root).parts
        preferences: tuple[Callable[[Parts], bool], ...] = (
            lambda path: path[-len(parts) :] == parts,
            lambda path: not any(named_like_masks(part) for part in path[:-1]),
            lambda path: path[: len(home)] == home,
            lambda path: split is not None and split in map(split_named, path[:-1]),
            lambda path: path in (parts, (*home, *parts), ("images", *parts)),
        )
        for preferred in preferences:
            fitting = [path for path in fitting if preferred(path)] or fitting
        if len(fitting) > 1:
            two = " and ".join("/".join(path) for path in fitting[:2])
            raise RejectedImageError("ambiguous-name", f"it may mean {two}")
        return self.root.joinpath(*fitting[0]), len(parts)

    def named(self, names: Iterable[str]) -> set[Path]:
        """Returns every image, in any folder, whose file name is that of one of the names."""
        lasts = {parts[-1].casefold() for parts in map(_inner_parts, names) if parts}
        fitting = (path for last in lasts for path in self._by_ending.get((last,), ()))
        return {self.root.joinpath(*path) for path in fitting}

    def without_annotation(
        self,
        annotated: Iterable[Path],
        policy: str,
        missing: str,
        doubtful: Collection[Path] = (),
    ) -> list[Path]:
        """Returns the images that count as good parts though no annotation describes them.

        Those in a folder called free, good, ok or negative always do. Those in a folder that is
        named like masks, and of whose images none is annotated, never do; nor do ``doubtful`` ones,
        which an annotation may describe. The ``policy`` (``skip``, ``good`` or ``error``) decides
        about the others, which lack what ``missing`` says, such as ``no JSON``.

        Raises:
            InputError: there are others and the policy is ``error``.
        """
        known = set(annotated)
        homes = {path.parent for path in known}
        good, others, unclear, masks = [], [], [], []
        for path in self.paths:
            folders = self.parents(path)
            if path in known:
                continue
            if path in doubtful:
                unclear.append(path)
            elif path.parent not in homes and any(map(named_like_masks, folders)):
                masks.append(path)
            elif GOOD & {part.lower() for part in folders}:
                good.append(path)
            else:
                others.append(path)
        self._note_unlabelled(unclear, "an annotation may mean it", "image skipped")
        self._note_unlabelled(masks, "in a folder named like masks", "image skipped")
        if policy == "error" and others:
            raise InputError(
                f"{len(others)} images have no annotation ({missing}), the first is "
                f"{self.below(others[0])}: annotate them, or choose --unlabelled skip or good."
            )
        all_good = policy == "good"
        self._note_unlabelled(others, missing, "taken as good" if all_good else "image skipped")
        return sorted(good + others) if all_good else good

    def _note_unlabelled(self, paths: list[Path], detail: str, action: str) -> None:
        for path in paths:
            self.add("image-without-annotation", path, detail, action)

    def short_names(self, parts: Mapping[Path, int]) -> dict[Path, str]:
        """Returns a unique name for each image: as many last parts of its path as are given.

        Where two names would be equal, ignoring letter case, every image has its whole path below
        the root for a name.
        """
        names = {path: "/".join(path.parts[-number:]) for path, number in parts.items()}
        if len({name.casefold() for name in names.values()}) < len(names):
            return {path: self.below(path) for path in parts}
        return names


def _inner_parts(name: str) -> Parts:
    """Returns the parts of a path below some folder; the last part alone if it leads elsewhere."""
    plain = name.replace("\\", "/")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    outward = plain.startswith("/") or ".." in parts or any(":" in part for part in parts)
    if parts and parts[-1] == "..":
        return ()
    return parts[-1:] if outward else parts
