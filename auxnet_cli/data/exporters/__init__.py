"""The common format as other programs want it: one module a format.

A writer module has one public function, ``write(dataset, folder, audit) -> None``. It writes the
images and labels of all three splits below ``folder``, which is there and empty, and notes in the
audit what its format has no words for. What it writes, the reader of the same name reads
(of ``yolo-boxes``, that of ``yolo``).
"""

WRITERS = {
    "coco": "auxnet_cli.data.exporters.coco",
    "labelme": "auxnet_cli.data.exporters.labelme",
    "voc": "auxnet_cli.data.exporters.voc",
    "yolo": "auxnet_cli.data.exporters.yolo",
    "yolo-boxes": "auxnet_cli.data.exporters.yolo_boxes",
    "severstal": "auxnet_cli.data.exporters.severstal",
}
"""The module of each format."""
