"""Settings of the data set and of the tiles of large images."""

from auxnet_cli.settings.section import Fraction, InputSize, Section, Size, setting


class DataSettings(Section):
    """The data set and how images reach the network."""

    size: InputSize = setting(
        (128, 800), "Network input, [height, width]; images are resized to it.", "px"
    )
    val: Fraction = setting(0.10, "Part of the images that `prepare` puts in the validation split.")
    test: Fraction = setting(0.20, "Part of the images that `prepare` puts in the test split.")
    cache: bool = setting(
        False,
        "Keep decoded images in the data set's folder `cache`: faster epochs for much disk "
        "(height × width × 3 bytes an image).",
    )
    workers: int = setting(2, "Threads that read and augment images.", "threads", ge=1, le=256)


class TileSettings(Section):
    """How large images are cut into tiles."""

    size: Size | None = setting(
        None,
        "Tile of the original image, [height, width], resized to data.size; none: whole images.",
        "px",
    )
    whole: Fraction = setting(
        0.0,
        "Part of the training's draws that show the whole image. Above 0, images are inspected as "
        "a whole as well as in tiles, and the two views are fused.",
        lt=1,
    )
    overlap: float = setting(
        0.2, "Least overlap of neighbouring tiles, as a part of a tile.", ge=0, le=0.9
    )
    per_image: int = setting(
        1, "Tiles drawn from each image in an epoch.", "tiles", ge=1, le=10_000
    )
    defective: Fraction = setting(
        0.75, "Part of a defective image's tiles that is drawn to show a defect."
    )
