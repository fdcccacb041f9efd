"""The experiments: which arms are trained on what, how often and how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.dataset import Dataset
from tests.experiments.groups import read_groups
from tests.experiments.subset import subset
from tests.experiments.training import Arm, Training

OPTIONS = (
    *("--set", "data.size=[128,128]", "--set", "training.precision=bfloat16"),
    *("--set", "training.policy=one-cycle"),
)
RESNET18 = (
    *("--set", "model.encoder_width=1", "--set", "model.attention=se+spatial"),
    *("--set", "model.pyramid_width=64", "--set", "model.segmentation_width=64"),
    *("--set", "model.detection_width=64"),
)
"""The whole encoder, wider heads."""
JOINT = Arm("joint")
SINGLES = tuple(Arm(task, task) for task in ("cls", "seg", "det"))
DRAWN = 0.4
GROWN = Arm("both", drawn=DRAWN)
"""Defects drawn first, then real ones pasted."""
CONSTANT = ("--set", "training.policy=constant")
NO_PASTE = ("--set", "augmentation.paste=0")
CROPS = ("--set", "tile.size=[256,256]", "--set", "data.size=[192,192]")
"""Pieces of the photographs, at three quarters of their scale."""
WHOLE = (1.0,)
HALF = ("--set", "model.encoder_width=0.5", "--set", "model.attention=se")
LEAN = (
    *HALF,
    *("--set", "model.pyramid_width=48", "--set", "model.segmentation_width=48"),
    *("--set", "model.detection_width=48"),
)
"""A third of the operations."""
SEPARABLE = (*HALF, "--set", "model.separable=true")
"""A quarter of the operations, pyramid and heads as wide as ever."""
PLAIN = (
    *("--set", "model.encoder=repvgg", "--set", "model.encoder_width=0.67"),
    *("--set", "model.attention=se", "--set", "model.separable=true"),
)
"""As many as ``LEAN``, in re-parameterised convolutions."""
RESNET50 = (
    *("--set", "model.encoder=resnet50", "--set", "model.encoder_width=1"),
    *("--set", "model.attention=se+spatial", "--set", "model.pyramid_width=256"),
    *("--set", "model.segmentation_width=128", "--set", "model.detection_width=128"),
    *("--set", "model.detection_depth=4"),
)
"""Defect-Aux-Net-50, with the anchors of ``swift``."""


@dataclass(frozen=True)
class Experiment:
    """Arms that are compared on one data set, each from several seeds with as many steps.

    Attributes:
        arms: what is compared.
        epochs: of the whole training split; on part of it they are more, and the steps as many.
        seeds: how many.
        fractions: parts of the training images.
        options: of ``auxnet train`` and ``auxnet pretrain``, common to all arms.
        validations: of a training; after each of the ``epochs`` if not given.
    """

    arms: tuple[Arm, ...]
    epochs: int
    seeds: int = 3
    fractions: tuple[float, ...] = WHOLE
    options: tuple[str, ...] = ()
    validations: int | None = None

    def trainings(
        self, data: Path, groups: Path | None, out: Path, results: Path
    ) -> Iterator[Training]:
        """All of them, those first that stand for themselves: whole data, first seed.

        Args:
            data: a data set, or one with folds.
            groups: the file of groups that it was split by, if any.
            out: folder of all experiments' trainings.
            results: folder of what is kept of them.
        """
        folds = sorted(data.glob("folds/*")) or [data]
        group_of = read_groups(groups)
        validations = self.validations or self.epochs
        for fraction in self.fractions:
            for seed in range(self.seeds):
                for fold in folds:
                    epochs, part = self.epochs, fold
                    name = Dataset.open(fold).name
                    if fraction < 1:
                        part = out / "data" / f"{name}-{fraction:.0%}-{seed}"
                        if not (part / "dataset.yaml").exists():
                            subset(fold, fraction, seed, group_of, part)
                        whole = len(Dataset.open(fold).split("train"))
                        epochs = round(epochs * whole / len(Dataset.open(part).split("train")))
                    for arm in self.arms:
                        yield Training(
                            arm=arm,
                            data=part,
                            groups=groups,
                            fraction=fraction,
                            seed=seed,
                            epochs=epochs,
                            validations=validations,
                            options=(*OPTIONS, *self.options),
                            out=out / name / f"{fraction:.0%}",
                            results=results / name / f"{fraction:.0%}",
                        )


EXPERIMENTS = {
    "tasks": Experiment((JOINT, *SINGLES), epochs=16, options=RESNET18),
    "policies": Experiment(
        (
            JOINT,
            Arm("constant", options=CONSTANT),
            Arm("range test", options=("--find-lr",)),
            Arm("range test, constant", options=(*CONSTANT, "--find-lr")),
        ),
        epochs=16,
        options=RESNET18,
    ),
    "lean": Experiment(
        (
            JOINT,
            Arm("lean", options=LEAN),
            Arm("separable", options=SEPARABLE),
            Arm("repvgg", options=PLAIN),
        ),
        epochs=16,
        options=RESNET18,
    ),
    "distillation": Experiment(
        (Arm("lean", options=LEAN), Arm("taught", options=LEAN, teacher=JOINT)),
        epochs=16,
        options=RESNET18,
    ),
    "fractions": Experiment((JOINT, *SINGLES), epochs=16, fractions=(0.5, 0.25), options=RESNET18),
    "balance": Experiment(
        (
            JOINT,
            Arm("uncertainty", options=("--set", "loss.balance=uncertainty")),
            Arm("masks x 3", options=("--set", "loss.segmentation_weight=3")),
        ),
        epochs=16,
        options=RESNET18,
    ),
    "subnets": Experiment(
        (JOINT, Arm("subnets of 32", options=("--set", "model.detection_width=32"))),
        epochs=16,
        options=RESNET18,
    ),
    "resnet50": Experiment(
        (
            Arm("ResNet-50", options=RESNET50),
            *(Arm(f"ResNet-50 {task}", task, RESNET50) for task in ("cls", "seg", "det")),
            Arm("swift"),
            Arm("swift, 40 epochs", options=(*CONSTANT, "--set", "training.epochs=40")),
        ),
        epochs=16,
        seeds=4,
    ),
    "resnet50-crops": Experiment(
        (Arm("ResNet-50", options=RESNET50), JOINT),
        epochs=16,
        seeds=1,
        options=(*CROPS, *CONSTANT),
        validations=4,
    ),
    "crops": Experiment(
        (JOINT, *SINGLES),
        epochs=16,
        seeds=1,
        options=(*CROPS, *CONSTANT),
        validations=4,
    ),
    "growing": Experiment(
        (
            Arm("neither", options=NO_PASTE),
            JOINT,  # real defects pasted
            Arm("drawn", options=NO_PASTE, drawn=DRAWN),
            GROWN,
        ),
        epochs=16,
        seeds=1,
        options=(*CROPS, *CONSTANT),
        validations=4,
    ),
    "growing-seeds": Experiment(
        (GROWN,),
        epochs=16,
        seeds=2,
        options=(*CROPS, *CONSTANT),
        validations=4,
    ),
    "long": Experiment(
        (Arm("both, long", drawn=DRAWN),),
        epochs=60,
        seeds=1,
        options=(*CROPS, *CONSTANT),
        validations=6,
    ),
}
