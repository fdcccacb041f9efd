import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.model.encoders.width import channels


@pytest.mark.parametrize(
    ("published", "factor", "expected"), [(112, 1, 112), (64, 0.5, 32), (24, 0.5, 16), (24, 0.1, 8)]
)
def test_examples(published, factor, expected):
    assert channels(published, factor) == expected


@given(published=st.integers(8, 4096), factor=st.floats(0.1, 4))
def test_near_the_product_and_never_none(published, factor):
    found = channels(published, factor)
    assert found >= 8
    assert abs(found - published * factor) <= 8
