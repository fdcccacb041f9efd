import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from auxnet_cli.data.labels.instances import boxed, components
from auxnet_cli.data.labels.run_lengths import decode, encode


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12)))
def test_components_partition_the_mask(mask):
    instances = components(mask)
    layers = [decode(instance.rle, *mask.shape) for instance in instances]
    total = np.sum(layers, axis=0) if layers else np.zeros(mask.shape, int)
    assert np.array_equal(total, mask.astype(int))
    for instance, layer in zip(instances, layers, strict=True):
        rows, columns = np.nonzero(layer)
        assert instance.area == layer.sum()
        x, y = columns.min(), rows.min()
        assert instance.box == (x, y, columns.max() - x + 1, rows.max() - y + 1)
        assert instance.rle == encode(layer)  # the text is what pycocotools itself would write


def test_components_join_at_corners_and_not_across_column_ends():
    mask = np.array([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0]], bool)
    instances = {(instance.box, instance.area) for instance in components(mask)}
    # (3, 2) and (0, 3) follow one another in column order, but lie far apart.
    assert instances == {((0, 0, 2, 2), 2), ((3, 0, 1, 1), 1), ((2, 3, 1, 1), 1)}


@given(st.tuples(*[st.floats(0, 100)] * 4))
def test_a_box_has_an_area_and_no_mask(box):
    instance = boxed(box)
    assert (instance.rle, instance.area, instance.box) == (None, box[2] * box[3], box)
