"""A frame looked into: its HDUs, tiles of its images, and the values of their pixels with their place on the sky."""

from __future__ import annotations

import asyncio
import hashlib
import math
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import InvalidInput, NotFound
from domain.header import HeaderUnit
from domain.header_json import unpack_units
from domain.pixel_axis import read_pixel_axis
from domain.tile_grid import TILE_PX, TileGrid
from service.house import Actor, House
from service.image_room import NotViewable
from service.view_tasks import Picture, PixelsQuestion, PlaneQuestion, Stored, TileQuestion
from storage import frame_search

__all__ = ["Hdu", "HduList", "HduValues", "Histogram", "PlaneAxis", "Tile", "TilesOfHdu", "WindowValues", "find_tile",
           "find_unit", "is_image", "list_hdus", "read_pixels", "read_tile", "read_values"]  # fmt: skip

FEW_ROWS = 8
"Fewer rows than this along a scale of wavelengths are spectra, as for previews."
RENDERING = 1
"Counted up when the same request shall be answered with another picture."


class TilesOfHdu(msgspec.Struct):
    """How an image is cut into tiles: at zoom ``zooms - 1`` a pixel of a tile is one of the image's, at each below it
    is twice as wide and high; at zoom 0 one tile holds all. ``x`` and ``y`` count from the upper left of the picture,
    whose lowest row is the image's first."""

    size_px: int
    zooms: int


class PlaneAxis(msgspec.Struct):
    """What the planes of a cube count: plane ``n``, from 0, is at ``first + n * step``."""

    name: str
    unit: str
    first: float
    step: float


class Hdu(msgspec.Struct, kw_only=True):
    """One header-data unit. ``shape`` is in numpy order, of a table its number of rows; ``tiles`` is null where there
    is no image to look at. ``planes`` counts those of a cube; ``plane_axis`` is given where the header says what they
    are and they are evenly apart. ``has_curve``: it is a table or an image of which `get_hdu_curve` may be asked."""

    index: int
    name: str
    kind: str
    shape: list[int]
    unit: str | None
    width_px: int | None
    height_px: int | None
    planes: int | None
    plane_axis: PlaneAxis | None
    has_curve: bool
    tiles: TilesOfHdu | None


class HduList(msgspec.Struct):
    items: list[Hdu]


class Histogram(msgspec.Struct):
    """``counts`` of equal bins from ``first`` to ``last``."""

    first: float
    last: float
    counts: list[int]


class HduValues(msgspec.Struct, kw_only=True):
    """What values a plane has, from a sample of it. ``limits`` are black and white by each way of choosing them
    (``percentile``: 0.5 and 99.5); the histogram holds what lies between the percentiles 0.1 and 99.9, and is null
    where all is the same."""

    sampled_pixels: int
    defined_pixels: int
    limits: dict[str, tuple[float, float]]
    histogram: Histogram | None


class WindowValues(msgspec.Struct, kw_only=True):
    """Values of a window in rows that go up, from its lower left pixel ``x``, ``y`` on, counted from 1 as FITS does;
    null where undefined. ``ra_deg`` and ``dec_deg`` of the middles of the same pixels, ICRS; null without a WCS."""

    x: int
    y: int
    width: int
    height: int
    unit: str | None
    values: list[list[float | None]]
    ra_deg: list[list[float | None]] | None
    dec_deg: list[list[float | None]] | None


class Tile(msgspec.Struct, frozen=True):
    """A tile that may be cut; the same ``etag`` is the same picture for ever."""

    stored: Stored
    question: TileQuestion
    etag: str


def _text(unit: HeaderUnit, keyword: str) -> str | None:
    value = unit.find(keyword)
    return value.strip() or None if isinstance(value, str) else None


def is_image(unit: HeaderUnit) -> bool:
    """Whether a unit is an image with two axes."""
    is_image = unit.kind in ("image", "compressed_image")
    return is_image and len(unit.shape) >= 2 and all(length > 0 for length in unit.shape)


def _hdu(unit: HeaderUnit, *, is_fits: bool) -> Hdu:
    height, width = unit.shape[-2:] if is_image(unit) else (None, None)
    grid = TileGrid(width, height) if is_fits and width and height else None
    return Hdu(
        index=unit.index,
        name=unit.name,
        kind=unit.kind,
        shape=list(unit.shape),
        unit=_text(unit, "BUNIT"),
        width_px=width,
        height_px=height,
        planes=math.prod(unit.shape[:-2]) if width else None,
        plane_axis=_plane_axis(unit) if len(unit.shape) > 2 and grid else None,
        has_curve=is_fits and _has_curve(unit),
        tiles=TilesOfHdu(TILE_PX, grid.zooms) if grid else None,
    )


def _plane_axis(unit: HeaderUnit) -> PlaneAxis | None:
    axis = read_pixel_axis(unit, 3)
    if axis is None or axis.code or math.prod(unit.shape[:-3]) != 1:
        return None
    return PlaneAxis(axis.name, axis.unit, axis.value + (1 - axis.reference) * axis.step, axis.step)


def _has_curve(unit: HeaderUnit) -> bool:
    """Whether a table, a row, or a few rows along a scale of wavelengths."""
    if unit.kind == "table":
        return unit.find("ZTABLE") is not True
    is_row = unit.kind in ("image", "compressed_image") and bool(unit.shape) and 0 not in unit.shape
    few = len(unit.shape) < 2 or unit.shape[-2] < FEW_ROWS
    return is_row and (math.prod(unit.shape[:-1]) == 1 or (few and read_pixel_axis(unit, 1) is not None))


async def _look_up(
    house: House, actor: Actor, organisation: str, frame_id: UUID
) -> tuple[dict[str, Any], list[HeaderUnit]]:
    async with house.tenant(actor, organisation) as tenant:
        row = await frame_search.stored_image(tenant.connection, frame_id)
    packed = row["units"]
    # Of a mosaic with hundreds of HDUs the headers take a while to unpack.
    units = unpack_units(packed) if len(packed) < 50_000 else await asyncio.to_thread(unpack_units, packed)
    return row, units


async def find_unit(
    house: House, actor: Actor, organisation: str, frame_id: UUID, hdu: int
) -> tuple[Stored, HeaderUnit]:
    """Find an HDU of a FITS file, and where that is stored.

    Raises
    ------
    NotFound
        No such frame or HDU.
    NotViewable
        The file is no FITS file.
    """
    row, units = await _look_up(house, actor, organisation, frame_id)
    return _stored(house, row), _one_of(row, units, hdu)


def _stored(house: House, row: dict[str, Any]) -> Stored:
    scratch = house.config.scratch_dir
    return Stored(house.objects.describe(), row["object_key"], row["size_bytes"], row["path"], scratch)


def _one_of(row: dict[str, Any], units: list[HeaderUnit], hdu: int) -> HeaderUnit:
    unit = next((unit for unit in units if unit.index == hdu), None)
    if unit is None:
        raise NotFound(f"The frame has no HDU {hdu}; it has {len(units)}.")
    if row["format"] != "fits":
        raise NotViewable("Only FITS files are looked into.", hdu=hdu)
    return unit


async def _image(
    house: House, actor: Actor, organisation: str, frame_id: UUID, hdu: int, plane: int
) -> tuple[Stored, HeaderUnit, str]:
    """Find an image and where it is stored; also the SHA-256 of its file.

    Raises
    ------
    NotFound
        No such frame, HDU or plane.
    NotViewable
    """
    row, units = await _look_up(house, actor, organisation, frame_id)
    unit = _one_of(row, units, hdu)
    if not is_image(unit):
        raise NotViewable(f"HDU {hdu} holds no image of a FITS file with two axes.", hdu=hdu)
    if plane >= (planes := math.prod(unit.shape[:-2])):
        raise NotFound(f"HDU {hdu} has no plane {plane}; it has {planes}, counted from 0.")
    return _stored(house, row), unit, row["sha256"]


async def list_hdus(house: House, actor: Actor, organisation: str, frame_id: UUID) -> HduList:
    """List a frame's HDUs; raises NotFound when there is no such frame."""
    row, units = await _look_up(house, actor, organisation, frame_id)
    return HduList([_hdu(unit, is_fits=row["format"] == "fits") for unit in units])


async def read_values(house: House, actor: Actor, organisation: str, frame_id: UUID, hdu: int, plane: int) -> HduValues:
    """Tell what values a plane of an image has.

    Raises
    ------
    NotFound, NotViewable, StoreUnavailable
    """
    stored, _, _ = await _image(house, actor, organisation, frame_id, hdu, plane)
    return msgspec.convert(await house.images.ask(stored, PlaneQuestion(unit=hdu, plane=plane)), HduValues)


async def read_pixels(
    house: House,
    actor: Actor,
    organisation: str,
    frame_id: UUID,
    hdu: int,
    plane: int,
    *,
    x: int,
    y: int,
    width: int,
    height: int,
) -> WindowValues:
    """Read the values of a window, cut off where the image ends.

    Raises
    ------
    NotFound
        No such frame, HDU or plane.
    InvalidInput
        The window begins outside the image.
    NotViewable, StoreUnavailable
    """
    stored, unit, _ = await _image(house, actor, organisation, frame_id, hdu, plane)
    if x > unit.shape[-1] or y > unit.shape[-2]:
        raise InvalidInput(f"The image has {unit.shape[-1]} x {unit.shape[-2]} pixels, counted from 1.")
    question = PixelsQuestion(unit=hdu, plane=plane, x=x, y=y, width=width, height=height)
    told = await house.images.ask(stored, question)
    return msgspec.convert({"x": x, "y": y, "unit": _text(unit, "BUNIT")} | told, WindowValues)


async def find_tile(house: House, actor: Actor, organisation: str, frame_id: UUID, question: TileQuestion) -> Tile:
    """Find a tile, which `read_tile` then cuts.

    Raises
    ------
    NotFound
        No such frame, HDU, plane or tile.
    InvalidInput
        The limits are the wrong way round.
    NotViewable
    """
    picture = question.picture
    _check_limits(picture)
    stored, unit, sha256 = await _image(house, actor, organisation, frame_id, question.unit, question.plane)
    height, width = unit.shape[-2:]
    if TileGrid(width, height).find_window(question.zoom, question.x, question.y) is None:
        raise NotFound("The image has no such tile: see the HDU's zooms and size.")
    said = msgspec.json.encode([RENDERING, sha256, question])
    return Tile(stored, question, f'"{hashlib.sha256(said).hexdigest()[:32]}"')


def _check_limits(picture: Picture) -> None:
    for value in (picture.black, picture.white):
        if value is not None and not math.isfinite(value):
            raise InvalidInput("black and white are finite numbers.")
    if picture.black is not None and picture.white is not None and picture.black >= picture.white:
        raise InvalidInput("black must be below white.")
    if not picture.lower < picture.upper:
        raise InvalidInput("lower must be below upper.")


async def read_tile(house: House, tile: Tile) -> bytes:
    """Cut a tile; PNG.

    Raises
    ------
    NotViewable, StoreUnavailable
    """
    png: bytes = await house.images.ask(tile.stored, tile.question)
    return png
