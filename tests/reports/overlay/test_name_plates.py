import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.reports.overlay.name_plates import Plate, place_plates
from auxnet_cli.reports.palette import colour_of


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@given(
    size=st.tuples(st.integers(40, 300), st.integers(60, 300)),
    targets=st.lists(
        st.tuples(*[st.integers(-20, 320)] * 2, *[st.integers(1, 200)] * 2), min_size=1, max_size=12
    ),
)
def test_plates_stay_in_the_picture_and_apart(size, targets):
    picture = np.zeros((*size, 3), np.uint8)
    plates = [
        Plate(f"class {n}", colour_of(n), (x, y, x + width, y + height))
        for n, (x, y, width, height) in enumerate(targets)
    ]
    placed = place_plates(picture, plates, np.zeros(size, np.bool_), 14)
    assert placed  # the most important always finds room
    for number, (left, top, right, bottom) in enumerate(placed):
        assert 0 <= left < right <= size[1]
        assert 0 <= top < bottom <= size[0]
        assert not any(overlap(placed[number], other) for other in placed[:number])


def test_plate_keeps_clear_of_defects():
    defects = np.zeros((100, 200), np.bool_)
    defects[20:40, 50:150] = True  # above the target, where a plate would go first
    target = (60, 40, 120, 60)
    (spot,) = place_plates(
        np.zeros((100, 200, 3), np.uint8), [Plate("pit", colour_of(0), target)], defects, 12
    )
    assert not defects[spot[1] : spot[3], spot[0] : spot[2]].any()


def test_plate_shows_its_colour_and_letters():
    picture = np.zeros((60, 200, 3), np.uint8)
    place_plates(
        picture, [Plate("pit", colour_of(0), (50, 30, 90, 50))], np.zeros((60, 200), np.bool_), 14
    )
    plain = (picture == np.array(colour_of(0))).all(axis=2).sum()
    assert plain > 100
    assert (picture.any(axis=2)).sum() > plain  # smooth edges of the letters
