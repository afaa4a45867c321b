"""Display limits and curves, against astropy.visualization."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.visualization import AsinhStretch, ZScaleInterval
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from domain.stretch import (
    DisplayRange,
    asinh_curve,
    asinh_levels,
    display_range,
    percentile_limits,
    zscale_limits,
)
from tests.support.examples import tried_on

counts = npst.arrays(
    np.float32,
    npst.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=60),
    elements=st.floats(-(2.0**20), 2.0**20, allow_subnormal=False, width=32) | st.sampled_from([0.0, 100.0, 65535.0]),
)


def _astropy_zscale(image: np.ndarray) -> tuple[float, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        low, high = ZScaleInterval().get_limits(image)
    return float(low), float(high)


@st.composite
def skies(draw: st.DrawFn) -> np.ndarray:
    """Noisy skies with stars, gradients and gaps; whole counts or not."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = draw(st.tuples(st.integers(5, 300), st.integers(5, 300)))
    image = rng.normal(draw(st.floats(-100, 40000)), draw(st.floats(3, 200)), shape)
    image += np.linspace(0, draw(st.floats(-500, 500)), shape[1])
    stars = draw(st.integers(0, image.size // 4))
    image.flat[rng.integers(0, image.size, stars)] += rng.pareto(1.0, stars) * 500
    image.flat[rng.integers(0, image.size, draw(st.integers(0, image.size // 3)))] = np.nan
    return np.rint(image) if draw(st.booleans()) else image.astype(np.float32)


# Constant images with a few odd pixels are left out: there astropy's answer hangs on the rounding of a fit to nothing.
@tried_on(150)
@given(image=skies())
def test_zscale_agrees_with_astropy(image: np.ndarray) -> None:
    low, high = _astropy_zscale(image)
    assert zscale_limits(image) == pytest.approx((low, high), rel=1e-5, abs=1e-5 * (high - low))


@given(level=st.floats(0, 1), softening=st.floats(0.01, 1.0))
def test_asinh_agrees_with_astropy(level: float, softening: float) -> None:
    assert float(asinh_curve(np.array(level), softening)) == pytest.approx(
        float(AsinhStretch(softening)(np.array([level]))[0]), abs=1e-9
    )


@given(image=counts)
def test_levels_rise_with_counts_and_end_where_told(image: np.ndarray) -> None:
    shown = display_range(image)
    levels = asinh_levels(image, shown)
    assert levels.dtype == np.uint8 and levels.shape == image.shape
    order = np.argsort(image.astype(np.float32), axis=None)
    assert (np.diff(levels.ravel()[order].astype(int)) >= 0).all()
    if shown.white > shown.black:
        assert asinh_levels(np.array([shown.black, shown.white]), shown).tolist() == [0, 255]
        exact = AsinhStretch(shown.softening)(np.clip((image - shown.black) / (shown.white - shown.black), 0, 1)) * 255
        # 4096 steps, of which the steepest part of the curve with softening 0.02 passes 3 grey levels at once.
        assert np.abs(levels - exact).max() <= 4.0


def test_range_keeps_the_faint_and_the_bright() -> None:
    rng = np.random.default_rng(3)
    image = rng.normal(500.0, 8.0, (400, 400))
    rows, columns = np.mgrid[-200:200, -200:200]
    image += 30000.0 * np.exp(-np.hypot(rows, columns) / 12.0)
    shown = display_range(image)
    levels = asinh_levels(image, shown)
    assert 470 < shown.black < 500
    assert np.median(levels[:50]) < 60, "the sky is dark"
    assert levels[200, 200] == 255 and levels[200, 240] < 250, "the core is not one white disc"


def test_constant_and_empty_images() -> None:
    flat = np.full((5, 4), 32.0)
    shown = display_range(flat)
    assert (shown.black, shown.white) == (32.0, 32.0)
    assert (asinh_levels(flat, shown) == 128).all()
    nothing = np.full((5, 4), np.nan)
    assert display_range(nothing)[:2] == (0.0, 0.0) == zscale_limits(nothing) == percentile_limits(nothing, 1, 99)
    assert (asinh_levels(nothing, display_range(nothing)) == 0).all()
    assert zscale_limits(np.empty((0, 3))) == (0.0, 0.0)


def test_few_bright_pixels_on_an_empty_image_are_shown() -> None:
    image = np.zeros((100, 100))
    image[40:60, 40:60] = 7.0
    levels = asinh_levels(image, display_range(image))
    assert levels[0, 0] == 0 and levels[50, 50] == 255


@pytest.mark.parametrize("value", [np.inf, -np.inf, 3e38, -3e38, 1e-42])
def test_extreme_values_do_not_spill(value: float) -> None:
    image = np.array([[0.0, 1.0, value], [2.0, np.nan, 3.0]], dtype=np.float32)
    levels = asinh_levels(image, display_range(image))
    assert levels[1, 1] == 0
    assert (asinh_levels(image, DisplayRange(0.0, 1e-320, 0.5)) <= 255).all()


def test_percentiles_leave_out_nan() -> None:
    image = np.concatenate([np.arange(101.0), [np.nan, np.inf]])
    assert percentile_limits(image, 10, 90) == pytest.approx((10.0, 90.0))
