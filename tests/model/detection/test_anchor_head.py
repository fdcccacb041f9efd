from auxnet_cli.backend import layers
from auxnet_cli.model.detection.anchor_head import detection_levels


def test_levels_go_beyond_p5_by_strides():
    merged = {5: layers.Input((3, 4, 16)), 4: layers.Input((5, 7, 16))}
    levels = detection_levels(merged, 4, 7, 8)
    shapes = {level: x.shape[1:] for level, x in levels.items()}
    assert shapes == {4: (5, 7, 8), 5: (3, 4, 8), 6: (2, 2, 8), 7: (1, 1, 8)}
    assert detection_levels(merged, 6, 6, 8)[6].shape[1:] == (2, 2, 8)
