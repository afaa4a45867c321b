"""What is asked of the process that computes satellites: named lightly, so that the server imports no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from domain.field import Field, FieldMotion
    from domain.ground_place import GroundPlace
    from domain.satellite_results import SatellitePass, SetAside
    from domain.tonight import Target

__all__ = [
    "CatalogueKey",
    "CrossingsQuestion",
    "Exposure",
    "JudgeQuestion",
    "NeedsCatalogue",
    "PassesFoundPage",
    "PassesQuestion",
    "Question",
    "Selection",
    "TonightQuestion",
    "TrackQuestion",
    "WarmUp",
    "answer",
]


class CatalogueKey(msgspec.Struct, frozen=True):
    """Which element sets: those of a version of the catalogue that are nearest to a moment."""

    version: int
    nearest_to: datetime


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which satellites: by number, or with a part of the name; all where nothing is given."""

    norad_ids: Sequence[int] = ()
    text: str = ""


class CrossingsQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What crosses a field; see `domain.crossings.find_crossings`."""

    field: Field
    place: GroundPlace
    start: datetime
    exposure_s: float
    motion: FieldMotion | None
    convention: Any
    min_altitude_deg: float
    selection: Selection


class PassesQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What passes over a place; see `domain.passes.find_passes`. ``offset`` and ``limit`` choose of what is found."""

    place: GroundPlace
    start: datetime
    end: datetime
    min_altitude_deg: float
    selection: Selection
    sunlit_only: bool
    brighter_than: float | None
    offset: int
    limit: int


class TrackQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Where a satellite stands; see `domain.satellite_position.satellite_track`."""

    norad_id: int
    place: GroundPlace
    times: Sequence[datetime]


class TonightQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """How a night goes; see `domain.tonight.tonight`. It needs no catalogue."""

    place: GroundPlace
    start: datetime
    end: datetime
    targets: Sequence[Target]
    step_s: float


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What was exposed: where, when, how long, and the outlines of what it shows, ICRS degrees."""

    place: GroundPlace
    start: datetime
    exposure_s: float
    polygons_deg: list[list[tuple[float, float]]]


class JudgeQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What crossed some exposures, of about one time; ``in_all`` is how many there are to come."""

    exposures: list[Exposure]
    in_all: int


class WarmUp(msgspec.Struct, frozen=True):
    """Nothing: the catalogue is made ready."""


Question = CrossingsQuestion | PassesQuestion | TrackQuestion | TonightQuestion | JudgeQuestion | WarmUp


class PassesFoundPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the passes found. ``count`` is of all; ``set_aside`` names the first of ``set_aside_count``."""

    count: int
    passes: list[SatellitePass]
    set_aside: list[SetAside]
    set_aside_count: int


class NeedsCatalogue(msgspec.Struct, frozen=True):
    """The answer of a process that does not have this catalogue yet: ask again, and send it along."""


def answer(question: Question, key: CatalogueKey | None, columns: Any = None) -> Any:
    """Answer a question in the process that knows the satellites; see `service.satellite_process`.

    Parameters
    ----------
    key : CatalogueKey or None
        Of the catalogue; None where the question needs none.
    columns : tuple of list, optional
        Element sets (`domain.element_columns`), where the process had said that it needs them.
    """
    from service.satellite_process import answer as compute

    return compute(question, key, columns)
