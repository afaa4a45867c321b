"""Values become steps of a palette in their order, whatever they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numbers

from domain.tone_curve import CURVES, LIMITS, Tone, choose_limits, palette_steps


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_rises_from_the_first_step_to_the_last(curve: str) -> None:
    steps = palette_steps(np.linspace(-10, 110, 500), Tone(0.0, 100.0), curve)  # type: ignore[arg-type]
    assert (steps[0], steps[-1]) == (1, 255)
    assert (np.diff(steps.astype(int)) >= 0).all()


def test_what_has_no_value_has_the_step_of_its_own() -> None:
    assert palette_steps(np.array([np.nan, 0.0, np.inf, -np.inf]), Tone(0.0, 1.0), "linear").tolist() == [0, 1, 255, 1]
    assert palette_steps(np.array([np.nan, 5.0]), Tone(5.0, 5.0), "log").tolist() == [0, 128]


@given(
    numbers.arrays(np.float64, st.integers(0, 50), elements=st.floats(width=64)),
    st.sampled_from(LIMITS),
    st.sampled_from(CURVES),
)
def test_no_values_make_it_fail(values: np.ndarray, how: str, curve: str) -> None:
    tone = choose_limits(values, how)  # type: ignore[arg-type]
    assert np.isfinite([tone.black, tone.white]).all()
    steps = palette_steps(values, tone, curve)  # type: ignore[arg-type]
    assert ((steps == 0) == np.isnan(values)).all()
