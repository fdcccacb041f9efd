"""The studies behind the tables of ``results.md`` and ``from-scratch.md`` in ``docs/design``."""

from auxnet_cli.studies.arm import Arm, sets
from auxnet_cli.studies.study import Study
from auxnet_cli.task import TASKS

LEAN = (
    *sets("model.encoder_width=0.5", "model.attention=se", "model.pyramid_width=48"),
    *sets("model.segmentation_width=48", "model.detection_width=48"),
)
"""A third of the operations of ``RESNET18``."""

FROM_SCRATCH = (
    *LEAN,
    *sets("data.size=[192,192]", "model.encoder=resnet18", "model.weights=none"),
    *sets("training.policy=constant", "training.learning_rate=0.0005"),
    *sets("training.frozen_epochs=0", "training.frozen_level=0", "training.frozen_norms=false"),
    *sets("training.encoder_rate=1", "tile.size=null", "model.anchors.assign=iou"),
    *sets("loss.boxes=smooth-l1", "loss.box_scores=focal", "loss.focal_gamma=4"),
    *sets("decision.boxes=head", "model.memory.vectors=0"),
)
"""On top of ``swift``: half of ResNet-18, learned from random weights, which ``swift`` was then."""

COMMON = (
    *FROM_SCRATCH,
    *sets("data.size=[128,128]", "training.precision=bfloat16", "training.policy=one-cycle"),
)
CONSTANT = sets("training.policy=constant")
NO_PASTE = sets("augmentation.paste=0")
CROPS = (*COMMON, *sets("tile.size=[256,256]", "data.size=[192,192]"), *CONSTANT)
"""Tiles of 256 pixels of the photographs, at three quarters of their scale, at a constant rate."""

RESNET18 = (
    *COMMON,
    *sets("model.encoder_width=1", "model.attention=se+spatial", "model.pyramid_width=64"),
    *sets("model.segmentation_width=64", "model.detection_width=64"),
)
"""A whole ResNet-18, with heads of 64 channels."""

RESNET50 = (
    *sets("model.encoder=resnet50", "model.encoder_width=1", "model.attention=se+spatial"),
    *sets("model.pyramid_width=256", "model.segmentation_width=128"),
    *sets("model.detection_width=128", "model.detection_depth=4"),
)
"""Defect-Aux-Net-50, with the anchors of ``swift``."""

PAPER_BOXES = sets(
    "model.anchors.assign=iou", "loss.boxes=smooth-l1", "loss.box_scores=focal",
    "loss.focal_gamma=4", "decision.boxes=head",
)  # fmt: skip
"""The box head as the paper has it, and its boxes alone."""

PRETRAINED_PART = 0.4
"""Part of the steps that is spent on procedural defects first."""

JOINT = Arm("joint")
SINGLES = tuple(Arm(task, task) for task in TASKS)
BOTH = Arm("both", pretrained_part=PRETRAINED_PART)
"""Pretrained on procedural defects, then trained with pasted real ones."""

STUDIES = {
    "tasks": Study((JOINT, *SINGLES), options=RESNET18),
    "fractions": Study((JOINT, *SINGLES), fractions=(0.5, 0.25), options=RESNET18),
    "crops": Study((JOINT, *SINGLES), seeds=1, options=CROPS, validations=4),
    "policies": Study(
        (
            JOINT,
            Arm("constant", options=CONSTANT),
            Arm("range test", options=("--find-lr",)),
            Arm("range test, constant", options=(*CONSTANT, "--find-lr")),
        ),
        options=RESNET18,
    ),
    "lean": Study((JOINT, Arm("lean", options=LEAN)), options=RESNET18),
    "balance": Study(
        (JOINT, Arm("masks x 3", options=sets("loss.segmentation_weight=3"))),
        options=RESNET18,
    ),
    "subnets": Study(
        (JOINT, Arm("subnets of 32", options=sets("model.detection_width=32"))),
        options=RESNET18,
    ),
    "resnet50": Study(
        (
            Arm("ResNet-50", options=RESNET50),
            *(Arm(f"ResNet-50 {task}", task, RESNET50) for task in TASKS),
            Arm("swift"),
            Arm("swift, 40 epochs", options=(*CONSTANT, *sets("training.epochs=40"))),
        ),
        seeds=4,
        options=COMMON,
    ),
    "resnet50-crops": Study(
        (Arm("ResNet-50", options=RESNET50), JOINT),
        seeds=1,
        options=CROPS,
        validations=4,
    ),
    "growing": Study(
        (
            Arm("neither", options=NO_PASTE),
            JOINT,  # real defects pasted
            Arm("drawn", options=NO_PASTE, pretrained_part=PRETRAINED_PART),
            BOTH,
        ),
        seeds=1,
        options=CROPS,
        validations=4,
    ),
    "growing-seeds": Study((BOTH,), seeds=2, options=CROPS, validations=4),
    "long": Study(
        (Arm("both, long", pretrained_part=PRETRAINED_PART),),
        epochs=60,
        seeds=1,
        options=CROPS,
        validations=6,
    ),
    "levers": Study(
        (
            Arm("swift"),
            Arm("random weights", options=sets("model.weights=none")),
            Arm("whole photographs", options=sets("tile.size=null")),
            Arm("tiles alone", options=sets("tile.whole=0")),
            Arm("boxes as in the paper", options=PAPER_BOXES),
            Arm("masks at 1/2", options=sets("model.mask_stride=2")),
            Arm("no pasting", options=NO_PASTE),
            Arm("pasted as they are", options=sets("augmentation.paste_gradients=0")),
        ),
        epochs=10,
        seeds=1,
        validations=1,
    ),
    "joint": Study((Arm("swift"), *SINGLES), epochs=10, seeds=1, validations=1),
    "unseen": Study((Arm("swift"),), epochs=20, seeds=1, unseen=True),
}
