"""A curve with fewer points keeps what stands out."""

from __future__ import annotations

import numpy as np
import pytest

from domain.curve_points import thin


@pytest.mark.parametrize("direction", [1, -1])
def test_peaks_and_dips_stay(direction: int) -> None:
    x = np.arange(100_003.0)[::direction]
    y = np.random.default_rng(1).normal(0, 1, len(x))
    y[70_001], y[5] = 50.0, -50.0
    few_x, few_y = thin(x, y, 1000)
    assert len(few_x) == len(few_y) <= 1000 and few_y.max() == 50.0 and few_y.min() == -50.0
    assert (np.diff(few_x) * direction > 0).all()


def test_what_goes_to_and_fro_is_taken_evenly() -> None:
    x = np.random.default_rng(2).uniform(0, 1, 10_000)
    few_x, few_y = thin(x, x * 2, 1000)
    assert 500 < len(few_x) <= 1000 and (few_y == few_x * 2).all()
    assert thin(x[:10], x[:10], 1000)[0] is not None and len(thin(x[:10], x[:10], 1000)[0]) == 10
