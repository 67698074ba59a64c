"""A portrait is a square around the face that never leaves the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.portrait import AIR, portrait

PICTURE = np.arange(200 * 300 * 3, dtype=np.uint32).astype(np.uint8).reshape(200, 300, 3)


def test_the_face_stands_in_the_middle_with_air_around_it() -> None:
    cut = portrait(PICTURE, (100, 60, 50, 60))
    side = round(60 * (1 + 2 * AIR))
    assert cut.shape == (side, side, 3)
    left, top = round(125 - side / 2), round(90 - side / 2)
    assert (cut == PICTURE[top : top + side, left : left + side]).all()


def test_it_is_a_copy() -> None:
    cut = portrait(PICTURE, (100, 60, 50, 60))
    assert cut.base is None or not np.shares_memory(cut, PICTURE)


@pytest.mark.parametrize("box", [(0, 0, 40, 40), (260, 160, 40, 40), (0, 0, 300, 200)])
def test_at_the_edges_it_moves_inside(box: tuple[int, int, int, int]) -> None:
    cut = portrait(PICTURE, box)
    assert cut.shape[0] == cut.shape[1] == min(round(max(box[2:]) * (1 + 2 * AIR)), 200)


@given(st.data())
def test_any_box_of_any_picture_gives_a_square(data: st.DataObject) -> None:
    height, width = (data.draw(st.integers(1, 60)) for _ in range(2))
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    wide, high = data.draw(st.integers(1, width - left)), data.draw(st.integers(1, height - top))
    cut = portrait(np.zeros((height, width, 3), np.uint8), (left, top, wide, high))
    assert 1 <= cut.shape[0] == cut.shape[1] <= min(height, width)
