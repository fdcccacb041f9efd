"""Images with mask images, in one of two layouts.

- A folder for each class, with image and mask of one stem: see ``class_folders``.
- One folder of images beside one of masks whose pixel values number the classes: see
  ``index_masks``. Taken where just two sub-folders hold images and one is named like masks are.
"""

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import Request, Source, existing_folder
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.data.sources.masks import class_folders, index_masks
from auxnet_cli.data.sources.masks.pairing import images_below, named_like_masks
from auxnet_cli.errors import InputError


def read(request: Request, audit: Audit) -> Source:
    """Open the source in the layout that its folders show.

    Raises:
        InputError: the folder is missing, or shows neither layout.
    """
    root = existing_folder(request.folder, "masks")
    folders = [
        path
        for path in sorted(root.iterdir())
        if path.is_dir()
        and not path.name.startswith(".")
        and is_usable(path, root, audit)
        and images_below(path)
    ]
    if not folders:
        raise InputError(
            f"{root} has no sub-folder with images: give either a folder for each class with "
            "images and masks of one stem, or one folder of images beside one of masks."
        )
    masks = [path for path in folders if named_like_masks(path.name)]
    if len(folders) == 2 and len(masks) == 1:
        images = folders[1 - folders.index(masks[0])]
        return index_masks.read(root, images, masks[0], audit)
    return class_folders.read(root, folders, audit)
