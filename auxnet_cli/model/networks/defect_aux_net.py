"""Builds Defect-Aux-Net: an encoder, a pyramid, and the heads of the tasks that are asked for."""

from collections.abc import Sequence

from auxnet_cli.backend import Tensor, keras, layers
from auxnet_cli.model.encoders.encoder import find_encoder
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.networks.network import Network
from auxnet_cli.model.pyramid import pyramid
from auxnet_cli.model.scaling import UNIT, Scaling
from auxnet_cli.settings import ModelSettings
from auxnet_cli.task import TASKS


def defect_aux_net(
    classes: int,
    label_kind: str,
    tasks: Sequence[str],
    size: tuple[int, int],
    settings: ModelSettings,
    seed: int = 0,
    scaling: Scaling = UNIT,
) -> keras.Model:
    """Builds the network; only the branches of ``tasks`` exist.

    Args:
        classes: number of defect classes.
        label_kind: ``exclusive`` (at most one class an image: softmax over "good" and the classes)
            or ``multi-label`` (sigmoid a class).
        tasks: of cls, seg, det.
        size: (height, width) of the input, pixels.
        settings: encoder, attention, widths, detection.
        seed: of the initial weights; sets Keras's global seed.
        scaling: of the pixels, as the weights to start from expect it.

    Returns:
        A functional model from (batch, height, width, 3) uint8 RGB pixels to a dictionary of raw
        outputs, named and shaped as ``inference.engines.engine.Engine`` says.
    """
    keras.utils.set_random_seed(seed)
    pixels = layers.Input((*size, 3), dtype="uint8", name="pixels")
    levels = find_encoder(settings.encoder).build(scaling.layer()(pixels), settings)
    heads = open_heads(tasks, classes, label_kind, size, settings).values()
    outputs: dict[str, Tensor] = {}
    for head in heads:
        if head.finest_level is None:
            outputs |= head.build(levels, {}, settings)
    finest = [head.finest_level for head in heads if head.finest_level is not None]
    merged = pyramid(levels, min(finest), settings.pyramid_width) if finest else {}
    for head in heads:
        if head.finest_level is not None:
            outputs |= head.build(levels, merged, settings)
    return keras.Model(pixels, outputs, name="-".join(["defect_aux_net", *tasks]))


def encoder_levels(settings: ModelSettings) -> dict[int, str]:
    """Returns the names of the layers that give C2 to C5, by level.

    Attention on a level, as EfficientNets have it, comes after: without a pyramid there is none.
    """
    pixels = layers.Input((None, None, 3))
    bare = settings.model_copy(update={"attention": "none"})
    levels = find_encoder(settings.encoder).build(pixels, bare)
    return dict(zip(levels, keras.Model(pixels, list(levels.values())).output_names, strict=True))


DEFECT_AUX_NET = Network(
    defect_aux_net,
    parts=("pyramid", *(task.section for task in TASKS.values())),
    levels=encoder_levels,
)
