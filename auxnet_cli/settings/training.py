"""Settings of how the network learns: augmentation, training, pretraining."""

from typing import Literal

from auxnet_cli.settings.section import Fraction, Section, setting

MOST = 1_000_000
"""Upper bound of epochs, images, steps and minutes: more than anybody waits for."""


class AugmentationSettings(Section):
    """Random changes of the training images; each is drawn from ± the value."""

    rotation: float = setting(5.0, "Rotation.", "degrees", ge=0, le=180)
    horizontal_flip: bool = setting(True, "Mirror left-right, half of the time.")
    vertical_flip: bool = setting(True, "Mirror top-bottom, half of the time.")
    zoom: float = setting(0.1, "Zoom in or out, as a part of 1.", ge=0, lt=1)
    shear: float = setting(5.0, "Shear.", "degrees", ge=0, lt=60)
    paste: Fraction = setting(
        1.0,
        "Balanced sampling: part of a rare class's missing images that is made by pasting its "
        "defects onto good images; the rest are repeats.",
    )
    paste_gradients: Fraction = setting(
        0.0,
        "Part of the pasted defects that bring their gradients and take the surface's brightness "
        "(Poisson blending); those that a border cuts off never do.",
    )
    exposure: float = setting(
        0.0, "Exposure: 0.5 makes the image up to 1.5 times brighter or darker.", ge=0, le=10
    )
    channel_shift: float = setting(
        20.0, "Brightness added to each channel.", "grey levels", ge=0, le=255
    )


class TrainingSettings(Section):
    """How the network learns."""

    epochs: int = setting(50, "Passes over the training split.", "epochs", ge=1, le=MOST)
    minutes: float | None = setting(
        None,
        "Time budget that takes the place of `epochs`, validation included; none: by epochs.",
        "minutes",
        gt=0,
        le=MOST,
    )
    patience: int = setting(
        0,
        "Epochs without a better score after which the training ends; 0: never.",
        "epochs",
        ge=0,
        le=MOST,
    )
    batch_size: int = setting(
        8, "Images a step; halved by itself where memory runs out.", "images", ge=1, le=MOST
    )
    accumulate: int = setting(
        1,
        "Batches whose mean gradient makes a step of the optimizer: a large batch on a small "
        "machine. Batch normalisation still sees one at a time.",
        "batches",
        ge=1,
        le=1024,
    )
    policy: Literal["one-cycle", "constant"] = setting(
        "one-cycle", "How learning rate and momentum go with the training."
    )
    learning_rate: float = setting(1e-3, "Peak of the one-cycle policy.", gt=0, le=1000)
    find_lr: bool = setting(False, "Find the peak by a range test before the training.")
    warm_up: Fraction = setting(0.3, "Part of the steps in which the rate rises.")
    average: float = setting(
        0.99,
        "Momentum of the weights' moving average, which is what is validated and kept; 0: none.",
        ge=0,
        lt=1,
    )
    precision: Literal["float32", "bfloat16", "float16"] = setting(
        "float32", "What the network computes in while it learns; weights are kept in float32."
    )
    frozen_epochs: int = setting(
        0,
        "First epochs in which the encoder, but for its attention, stands still; like the next "
        "three, for encoders that start from trained weights.",
        "epochs",
        ge=0,
        le=MOST,
    )
    frozen_level: int = setting(
        0,
        "Level up to which the encoder's layers never move: 2 are those at 1/4 of the input's size "
        "and finer; 0: none.",
        ge=0,
        le=5,
    )
    frozen_norms: bool = setting(
        False, "Keep the encoder's batch statistics and normalisation as they were trained."
    )
    encoder_rate: float = setting(
        1.0, "Learning rate of the encoder, as a part of that of all else.", gt=0, le=1
    )
    clip_norm: float = setting(
        10.0, "Gradient norm from which gradients are scaled down.", gt=0, le=1e9
    )
    sampling: Literal["natural", "balanced"] = setting(
        "natural",
        "natural: each image once an epoch; balanced: each class equally often.",
    )
    good_share: Fraction = setting(
        0.4, "Balanced sampling: part of the images that are good parts, where there are any."
    )
    monitor: Literal["score", "loss", "last"] = setting(
        "score",
        "Which model is kept: the best by the mean of the tasks' validation scores, or by the "
        "training loss (so without a validation split); or the last that was validated.",
    )
    validate_every: int = setting(
        1, "Epochs between validations; the last is always one.", ge=1, le=MOST
    )
    checkpoint_minutes: float = setting(
        10.0,
        "Time between states saved within an epoch; each epoch's end saves one.",
        "minutes",
        gt=0,
        le=MOST,
    )


class PretrainingSettings(Section):
    """Learning from procedural defects first: `auxnet pretrain`."""

    images: int = setting(
        4000, "Images with procedural defects that are drawn.", "images", ge=20, le=MOST
    )
    epochs: int = setting(
        10, "Passes over them, in place of `training.epochs`.", "epochs", ge=1, le=MOST
    )
