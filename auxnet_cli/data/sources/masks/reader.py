"""Reads images with mask images, in one of two layouts, see docs/prepare.md.

Either a folder for each class, with image and mask of one stem. Or, where just two sub-folders hold
images and one is named like masks are, a folder of images beside a folder of masks whose pixel
values number the classes.
"""

from functools import partial
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.matching import by_key, note_masks_without_image
from auxnet_cli.data.sources.files.source_folder import (
    SourceFolder,
    images_below,
    named_like_masks,
)
from auxnet_cli.data.sources.masks.class_folders import read_class_folders
from auxnet_cli.data.sources.masks.pixels import (
    class_masks,
    number_classes,
    read_names,
    read_pixels,
)
from auxnet_cli.data.sources.source import Canvas, Labels, Request, Source
from auxnet_cli.errors import InputError


def read(request: Request, audit: Audit) -> Source:
    """Opens the source in the layout that its folders show.

    Raises:
        InputError: the folder is missing or shows neither layout, or the file of names is wrong.
    """
    folder = SourceFolder.open(request.folder, "masks", audit)
    folders = [
        path
        for path in sorted(folder.root.iterdir())
        if path.is_dir()
        and not path.name.startswith(".")
        and folder.is_usable(path)
        and images_below(path)
    ]
    if not folders:
        raise InputError(
            f"{folder.root} has no sub-folder with images: give either a folder for each class "
            "with images and masks of one stem, or one folder of images beside one of masks."
        )
    masks = [path for path in folders if named_like_masks(path.name)]
    if len(folders) == 2 and len(masks) == 1:
        images = folders[1 - folders.index(masks[0])]
        return _read_index_masks(folder, images, masks[0])
    return read_class_folders(folder, folders)


def _read_index_masks(folder: SourceFolder, image_folder: Path, mask_folder: Path) -> Source:
    """Opens a folder of images and a folder of masks; files match by path without suffix."""
    images = by_key(folder.images(image_folder), folder, image_folder)
    masks = by_key(folder.images(mask_folder), folder, mask_folder)
    for key in sorted(images.keys() - masks.keys()):
        folder.add("image-without-mask", images[key], "no mask of this stem", "skipped")
    note_masks_without_image((masks[key] for key in sorted(masks.keys() - images.keys())), folder)
    pairs = {images[key]: masks[key] for key in sorted(images.keys() & masks.keys())}
    given = read_names(folder)
    names = number_classes(list(pairs.values())) if given is None else given

    def labels(mask: Path, canvas: Canvas) -> Labels:
        return class_masks(read_pixels(mask, canvas, folder), names, canvas)

    items = [
        folder.image(image, partial(labels, mask), image.relative_to(image_folder).as_posix())
        for image, mask in pairs.items()
    ]
    return Source(folder.root, tuple(names.values()), items, len(items))
