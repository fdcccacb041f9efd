"""What is fuzzed: each reader of files that strangers write, with valid files to start from."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.strict import INFORMATIVE
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.images.reading import decode_image, decode_mask, open_image
from auxnet_cli.data.labels.run_lengths import decode, encode
from auxnet_cli.data.sources.registry import open_source
from auxnet_cli.data.sources.source import RejectedImageError, Request
from auxnet_cli.data.splitting.grouping_rules import read_groups
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.model.encoders.torch_file import read_tensors
from auxnet_cli.scoring.truth import Truth
from auxnet_cli.settings import AnchorSettings, DecisionSettings
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.presets import preset_folder
from auxnet_cli.system.untrusted import read_json
from tests.data.source_builders import HEIGHT, KINDS, MASK, WIDTH, encoded, photo
from tests.model.encoders.torch_writing import FLOATS, Storage, Tensor, written

Files = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Target:
    """A reader, and what it reads.

    Attributes:
        build: makes a valid folder: content by path.
        fuzzed: the path whose content is made up.
        read: reads the folder to its end; answers with an ``InputError`` or not at all.
        starts: further content to start from.
    """

    build: Callable[[], Files]
    fuzzed: str
    read: Callable[[Path], object]
    starts: tuple[bytes, ...] = ()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The valid folder."""
        return {
            path: content.encode() if isinstance(content, str) else content
            for path, content in self.build().items()
        }

    @property
    def seeds(self) -> tuple[bytes, ...]:
        """Content to start from; the first is valid."""
        return (self.files[self.fuzzed], *self.starts)

    def lay_out(self, folder: Path) -> None:
        """Write the valid folder."""
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    def takes(self, folder: Path, content: bytes) -> bool:
        """Whether the reader takes a folder with this content in the fuzzed file.

        Raises:
            AssertionError: the answer is no sentence that can be printed.
            Exception: whatever else escapes: a fault.
        """
        (folder / self.fuzzed).write_bytes(content)
        try:
            self.read(folder)
        except InputError as error:
            sentence = str(error)
            assert sentence.isprintable(), repr(sentence)
            assert sentence.endswith("."), repr(sentence)
            return False
        return True


def _read_source(kind: str) -> Callable[[Path], None]:
    """Reads a source and every label in it; its images are not decoded.

    A fault that concerns one image alone is noted, and the others are read: as a refusal it counts
    here, after all of them.
    """

    def read(folder: Path) -> None:
        audit, rejected = Audit(), ""
        for image in open_source(kind, Request(folder), audit).images:
            try:
                for _ in image.labels(HEIGHT, WIDTH):
                    pass
            except RejectedImageError as error:
                rejected = error.detail
        faults = [entry.detail for entry in audit.findings if entry.kind not in INFORMATIVE]
        if rejected or faults:
            raise InputError("Passed over.")

    return read


def _some(kind: str, *paths: str) -> Callable[[], Files]:
    """A few files of a source: the fewer there are to look at, the more often it is read."""
    return lambda: {path: KINDS[kind]()[path] for path in paths}


def _read_dataset(folder: Path) -> None:
    dataset = Dataset.open(folder)
    for split in SPLITS:
        for record in dataset.split(split):
            Truth(record, len(dataset.classes)).masks()


def _read_image(folder: Path) -> None:
    content = (folder / "image").read_bytes()
    assert min(open_image(content, folder / "image").upright_size) > 0
    decode_image(content, folder / "image")


def _read_mask(folder: Path) -> None:
    decode_mask((folder / "mask").read_bytes(), folder / "mask")


def _prepared() -> Files:
    """A data set in the common format: its description and its lists."""
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name, "source"), Path(name, "set")
        TARGETS["coco"].lay_out(source)
        prepare("coco", source, out=out, val=0, test=0)
        paths = [out / "dataset.yaml", *(out / "annotations").iterdir()]
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def _with_run_lengths() -> Files:
    """The same, whose one annotation is a mask of few pixels."""
    files = dict(_prepared())
    document = json.loads(files["annotations/train.json"])
    document["annotations"][0]["segmentation"] = encode(MASK > 0)
    return {**files, "annotations/train.json": json.dumps(document)}


def _read_run_lengths(folder: Path) -> None:
    try:
        decode(read_json(folder / "rle.json"), HEIGHT, WIDTH)
    except ValueError as error:  # of which its readers make their sentence
        raise InputError(f"{error}.") from None


def _card() -> Files:
    card = ModelCard(
        tool_version="0.1.0",
        name="defect-aux-net",
        classes=("pit", "Riß"),
        label_kind="multi-label",
        tasks=("cls", "seg", "det"),
        size=(64, 96),
        anchors=AnchorSettings(ratios=(0.25, 1.0, 4.0)),
        decision=DecisionSettings(class_score=0.4),
        parameters=123,
        initial_weights="ImageNet",
        dataset={"name": "strips", "fingerprint": "ab"},
        sha256="cd" * 32,
    )
    with tempfile.TemporaryDirectory() as folder:
        card.write(Path(folder, "model.json"))
        return {"model.json": Path(folder, "model.json").read_bytes()}


def _preset() -> Files:
    return {"auxnet.yaml": (preset_folder() / "swift.yaml").read_bytes()}


def _presets() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(preset_folder().glob("*.yaml")))


def _weights() -> Files:
    storage = Storage(FLOATS, "7", range(24))
    state = {"kernel": Tensor(storage, (4, 3), (1, 4)), "bias": Tensor(storage, (4,), (1,), 12)}
    return {"weights.pth": written(state, [storage])}


_SUFFIXES = (".png", ".jpg", ".bmp", ".tif", ".webp")

TARGETS = {
    "rle": Target(
        lambda: {"rle.json": json.dumps(encode(MASK > 0))},
        "rle.json",
        _read_run_lengths,
        (b'{"size": [32, 48], "counts": [100, 40, 1396]}', b'{"size":[32,48],"counts":""}'),
    ),
    "coco": Target(
        _some("coco", "annotations/instances_train.json", "images/a.png", "images/b.jpg"),
        "annotations/instances_train.json",
        _read_source("coco"),
    ),
    "voc": Target(
        _some("voc, boxes", "Annotations/a.xml", "JPEGImages/a.png"),
        "Annotations/a.xml",
        _read_source("voc"),
    ),
    "voc-sets": Target(KINDS["voc, boxes"], "ImageSets/Main/train.txt", _read_source("voc")),
    "voc-colours": Target(KINDS["voc, masks"], "labelmap.txt", _read_source("voc")),
    "yolo": Target(
        _some("yolo, polygons", "classes.txt", "train/a.txt", "train/a.png"),
        "train/a.txt",
        _read_source("yolo"),
        (b"0 .5 .5 .2 .5\n1 .2 .2 .1 .1\n",),
    ),
    "yolo-names": Target(KINDS["yolo, boxes"], "data.yaml", _read_source("yolo")),
    "labelme": Target(
        _some("labelme", "a.json", "a.png", "labels.txt"), "a.json", _read_source("labelme")
    ),
    "severstal": Target(
        KINDS["severstal"],
        "train.csv",
        _read_source("severstal"),
        (KINDS["severstal, older"]()["train.csv"].encode(),),
    ),
    "groups": Target(
        lambda: {"groups.csv": "file,group\na.png,1\nok/c.bmp,1\nb.jpg,2\n"},
        "groups.csv",
        lambda folder: read_groups(folder / "groups.csv"),
    ),
    "settings": Target(
        _preset, "auxnet.yaml", lambda folder: load_settings("demo", workspace=folder), _presets()
    ),
    "card": Target(_card, "model.json", lambda folder: ModelCard.read(folder / "model.json")),
    "dataset": Target(_prepared, "dataset.yaml", Dataset.open),
    "annotations": Target(_with_run_lengths, "annotations/train.json", _read_dataset),
    "image": Target(
        lambda: {"image": photo(0)},
        "image",
        _read_image,
        tuple(photo(seed, suffix) for seed, suffix in enumerate(_SUFFIXES)),
    ),
    "mask": Target(lambda: {"mask": encoded(MASK)}, "mask", _read_mask),
    "weights": Target(
        _weights,
        "weights.pth",
        lambda folder: read_tensors((folder / "weights.pth").read_bytes(), "weights.pth"),
    ),
}
