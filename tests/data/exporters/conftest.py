import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters import find_exporter
from auxnet_cli.data.exporters.images import flat_names, read_splits
from auxnet_cli.jobs.prepare import prepare
from tests.data.source_builders import put


def _coco_dataset(root, names, size, categories, shapes):
    """Prepares images of noise; ``shapes(number)`` gives the annotations of an image."""
    generator = np.random.default_rng(0)
    images, annotations = [], []
    for number, name in enumerate(names):
        put(root / "source/images" / name, generator.integers(0, 255, size, np.uint8))
        images.append({"id": number, "file_name": name, "height": size[0], "width": size[1]})
        for shape in shapes(number):
            annotations.append({"id": len(annotations), "image_id": number} | shape)
    document = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": key, "name": name} for key, name in categories.items()],
    }
    put(root / "source/all.json", document)
    prepare("coco", root / "source", out=root / "data", val=0.25, test=0.25)
    return Dataset.open(root / "data")


@pytest.fixture(scope="session")
def coco_dataset():
    return _coco_dataset


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    """A data set with masks, boxes and good parts, in folders, with names that share a stem."""
    names = ["a.png", "a.bmp", "A_bmp.png", "Crack/a.png", "Crack-2/a.png", "Pit é/b c.png"]
    names += [f"n{number}.png" for number in range(12)]

    def shapes(number):
        x, y = number % 20, number % 9
        return [
            {"category_id": 9, "segmentation": [[x, y, x + 7.3, y + 2, x + 3, y + 8.6]]},
            {"category_id": 2, "bbox": [x + 0.25, y + 0.1, 6.5, 9]},
            {"category_id": 9, "bbox": [0, 0, 30, 20]},
        ][: number % 4]

    root = tmp_path_factory.mktemp("mixed")
    return _coco_dataset(root, names, (20, 30), {9: "Pit, deep", 2: "a crack"}, shapes)


@pytest.fixture(params=["made", "mixed"])
def dataset(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def there_and_back(tmp_path):
    """Exports a data set and prepares what was written; gives both audits, too."""

    def convert(dataset, to, reader):
        audit = Audit()
        find_exporter(to)(dataset, tmp_path / "out", audit)
        summary = prepare(reader, tmp_path / "out", out=tmp_path / "back")
        return Dataset.open(tmp_path / "back"), audit, summary.audit

    return convert


@pytest.fixture
def same_data():
    """Compare two data sets: splits, names, classes, masks bit for bit, boxes within a tolerance.

    ``names`` turns the first one's names into the second one's, ``lost`` names annotations that
    the format cannot hold, and ``masks`` says whether masks are compared.
    """

    def compare(before, after, names=str, lost=lambda record, annotation: False, **options):
        assert before.classes == after.classes
        for split in SPLITS:
            left = {names(record.name): record for record in before.split(split)}
            right = {record.name: record for record in after.split(split)}
            assert left.keys() == right.keys()
            for name, record in left.items():
                assert record.path.read_bytes() == right[name].path.read_bytes()
                kept = [mine for mine in record.annotations if not lost(record, mine)]
                for mine, theirs in zip(kept, right[name].annotations, strict=True):
                    assert mine.label == theirs.label
                    assert theirs.rle == (mine.rle if options.get("masks", True) else None)
                    assert mine.box == pytest.approx(theirs.box, abs=options.get("pixels", 1e-3))

    return compare


@pytest.fixture
def flat():
    """The names that a data set's images get in formats without folders."""

    def names(dataset):
        splits = read_splits(dataset)
        given = flat_names(splits, Audit())
        return {record.name: given[record.id] for split in SPLITS for record in splits[split]}

    return names
