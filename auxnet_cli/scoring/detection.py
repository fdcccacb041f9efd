"""Where the defects are: COCO's mean average precision of the boxes, by pycocotools."""

import contextlib
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection
from auxnet_cli.scoring.figure import Figure, Missing, mean, section
from auxnet_cli.scoring.truth import Truth

MAX_BOXES = 100


class DetectionScores:
    """Gathers the boxes of a split, weak ones too, at the images' original size.

    - ap: COCO's average precision (101 recall points), mean over the IoUs .50, .55 ... .95; ap50
      at one IoU. The 100 strongest boxes of a class count on each image. Null where the class has
      no true box in the split.
    - support: true boxes of the class
    - map, map50, map75: the unweighted means over the classes that have truth.

    Good images take part: what is found on them lowers the precision.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        self._images = 0
        self._truths: list[dict[str, Any]] = []
        self._found: list[dict[str, Any]] = []

    def add(self, truth: Truth, inspection: Inspection) -> None:
        """Take one image; one whose boxes were not asked for is passed over."""
        if inspection.boxes is None:
            return
        self._images += 1
        for true in truth.boxes:
            self._truths.append(self._entry(len(self._truths), true.label, true.box))
        for box in inspection.boxes:
            entry = self._entry(len(self._found), box.label, (box.x, box.y, box.width, box.height))
            self._found.append({**entry, "score": float(box.score)})

    def _entry(self, index: int, label: int, box: tuple[float, ...]) -> dict[str, Any]:
        # From 1: COCOeval takes the id 0 for "unmatched".
        return {
            "id": index + 1,
            "image_id": self._images,
            "category_id": label,
            "bbox": [float(value) for value in box],
            "area": float(box[2] * box[3]),
            "iscrowd": 0,
        }

    def figures(self) -> dict[str, Any]:
        """The report's ``detection`` section."""
        support = Counter(entry["category_id"] for entry in self._truths)
        precision = self._precision()
        per_class = {
            name: _of_class(name, precision[..., label], support[label])
            for label, name in enumerate(self.classes)
        }
        unseen = "no class has a true box in this split"
        return section(
            map=mean((figures["ap"] for figures in per_class.values()), unseen),
            map50=mean((figures["ap50"] for figures in per_class.values()), unseen),
            map75=mean((figures["ap75"] for figures in per_class.values()), unseen),
            per_class={
                name: section(**{key: of[key] for key in ("ap", "ap50", "support")})
                for name, of in per_class.items()
            },
        )

    def _precision(self) -> NDArray[np.float64]:
        """(10 IoUs, 101 recalls, classes) precision; -1 where a class has no truth."""
        from pycocotools.cocoeval import COCOeval

        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(self._coco(self._truths), self._coco(self._found), "bbox")
            # Sizes of defects are not told apart, so three of COCO's four area ranges are left out.
            evaluation.params.areaRng = [[0, 1e10]]
            evaluation.params.areaRngLbl = ["all"]
            evaluation.params.maxDets = [MAX_BOXES]
            evaluation.evaluate()
            evaluation.accumulate()
        precision: NDArray[np.float64] = evaluation.eval["precision"][..., 0, 0]
        return precision

    def _coco(self, entries: list[dict[str, Any]]) -> Any:
        from pycocotools.coco import COCO

        coco = COCO()
        coco.dataset = {
            "images": [{"id": image + 1} for image in range(self._images)],
            "categories": [{"id": label} for label in range(len(self.classes))],
            "annotations": entries,
        }
        coco.createIndex()
        return coco


def _of_class(name: str, precision: NDArray[np.float64], support: int) -> dict[str, Figure]:
    """The figures of one class from its (10 IoUs, 101 recalls) precision."""
    if not support:
        missing = Missing(f"{name} has no true box in this split")
        return {"ap": missing, "ap50": missing, "ap75": missing, "support": 0}
    return {
        "ap": float(precision.mean()),
        "ap50": float(precision[0].mean()),
        "ap75": float(precision[5].mean()),
        "support": support,
    }
