"""The images below a source folder, and which of them a name in an annotation file means.

Names are only compared with what a walk through the folder found, so that none can lead out of it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import RejectedImageError
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.data.sources.files.unlabelled import good_by_policy
from auxnet_cli.data.sources.masks.class_folders import GOOD
from auxnet_cli.data.sources.masks.pairing import below, images_below, named_like_masks

_SPLIT = re.compile(
    r"(?<![a-z])(?:(train(?:ing)?)|(val(?:id|idation)?)|(test(?:ing)?))(?![a-z])", re.IGNORECASE
)

Parts = tuple[str, ...]


def split_named(name: str) -> str | None:
    """The split that the name of a file or folder speaks of: ``val`` in ``instances_val2017``.

    ``None`` where it names none, or several.
    """
    found = {match.lastindex for match in _SPLIT.finditer(name)}
    return ("train", "val", "test")[(found.pop() or 0) - 1] if len(found) == 1 else None


class ImageTree:
    """Every image file below a folder.

    Links that lead out of the folder, and names that are no text, are left out and noted.
    """

    def __init__(self, root: Path, audit: Audit) -> None:
        self.root = root
        self.paths: list[Path] = []
        self._ending: dict[Parts, list[Parts]] = defaultdict(list)
        for path in images_below(root):
            parts = path.relative_to(root).parts
            if is_usable(path, root, audit):
                self.paths.append(path)
                folded = tuple(part.casefold() for part in parts)
                for start in range(len(parts)):
                    self._ending[folded[start:]].append(parts)

    def find(self, name: str, folder: Path, split: str | None) -> tuple[Path, int]:
        """The image that an annotation file calls ``name``.

        It may lie anywhere below the root as long as its path ends so; letter case and the kind of
        slash count only where they decide. Of several, those near the annotation file or in a
        folder of its split are meant. Of a path that is absolute or climbs with ``..`` only the
        last part is taken.

        Args:
            name: as the file has it.
            folder: where the annotation file lies.
            split: the split that the annotation file is about.

        Returns:
            The image, and how many of its path's last parts the name gave.

        Raises:
            RejectedImageError: there is none, or it is not clear which.
        """
        parts = _inner_parts(name)
        found = self._ending.get(tuple(part.casefold() for part in parts), [])
        if not found:
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
            found = [path for path in found if preferred(path)] or found
        if len(found) > 1:
            two = " and ".join("/".join(path) for path in found[:2])
            raise RejectedImageError("ambiguous-name", f"it may mean {two}")
        return self.root.joinpath(*found[0]), len(parts)

    def named(self, names: Iterable[str]) -> set[Path]:
        """Every image that one of the names may mean, wherever it lies."""
        lasts = {parts[-1].casefold() for parts in map(_inner_parts, names) if parts}
        found = (path for last in lasts for path in self._ending.get((last,), ()))
        return {self.root.joinpath(*path) for path in found}

    def without_annotation(
        self,
        taken: Iterable[Path],
        policy: str,
        audit: Audit,
        missing: str,
        doubtful: Collection[Path] = (),
    ) -> list[Path]:
        """The images that count as good parts though no annotation file speaks of them.

        Those in a folder called free, good, ok or negative always do. Those in a folder named like
        masks, none of which is annotated, never do.

        Args:
            taken: the images that annotation files speak of.
            policy: what becomes of the others: ``skip``, ``good`` or ``error``.
            audit: takes the others.
            missing: what they lack, such as "no JSON".
            doubtful: images that one may speak of; they never count as good.

        Raises:
            InputError: there are others and the policy is ``error``.
        """
        known = set(taken)
        homes = {path.parent for path in known}
        good, others, unclear, masks = [], [], [], []
        for path in self.paths:
            folders = path.relative_to(self.root).parts[:-1]
            if path in known:
                continue
            if path in doubtful:
                unclear.append(path)
            elif path.parent not in homes and any(named_like_masks(part) for part in folders):
                masks.append(path)
            elif GOOD & {part.lower() for part in folders}:
                good.append(path)
            else:
                others.append(path)
        good_by_policy(self._files(unclear), "skip", "an annotation may mean it", audit)
        good_by_policy(self._files(masks), "skip", "in a folder named like masks", audit)
        all_good = good_by_policy(self._files(others), policy, missing, audit)
        return sorted(good + others) if all_good else good

    def _files(self, paths: list[Path]) -> list[str]:
        return [below(path, self.root) for path in paths]


def short_names(root: Path, images: dict[Path, int]) -> dict[Path, str]:
    """A name for each image in the data set: the last parts of its path, as many as given.

    Where two would be called alike, which systems that ignore letter case decide, all are called by
    their whole path below the root.
    """
    names = {path: "/".join(path.parts[-number:]) for path, number in images.items()}
    if len({name.casefold() for name in names.values()}) < len(names):
        return {path: below(path, root) for path in images}
    return names


def _inner_parts(name: str) -> Parts:
    """The parts of a path below some folder; only the last one where it leads elsewhere."""
    plain = name.replace("\\", "/")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    outward = plain.startswith("/") or ".." in parts or any(":" in part for part in parts)
    if parts and parts[-1] == "..":
        return ()
    return parts[-1:] if outward else parts
