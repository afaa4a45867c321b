"""The simulated night is what it says: read back with astropy, sky and faults included."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.io import fits
from astropy.time import Time
from astropy.utils import iers
from astropy.wcs import WCS

from demo.observing_plan import GAP_S, plan_night
from demo.place import CAMERA, FILTERS, PLACE, SITE
from demo.simulate_night import SimulatedFrame, simulate_night
from demo.targets import TARGETS

Finder = Callable[..., list[SimulatedFrame]]
HEADER_TYPES = {"bias": "Bias Frame", "dark": "Dark Frame", "flat": "Flat Field", "light": "Light Frame"}


def _fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> list[SimulatedFrame]:
    return simulate_night(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="module")
def find(night: list[SimulatedFrame]) -> Finder:
    def select(fault: str | None = None, **wanted: object) -> list[SimulatedFrame]:
        return [
            frame
            for frame in night
            if (fault is None or fault in frame.faults) and all(getattr(frame, k) == v for k, v in wanted.items())
        ]

    return select


def _read(frame: SimulatedFrame) -> tuple[np.ndarray, fits.Header]:
    with fits.open(frame.path) as units:
        unit = units[1] if len(units) > 1 else units[0]
        return unit.data.astype(np.float64), unit.header.copy()


def _peak(pixels: np.ndarray, x: float, y: float, half: int = 4) -> tuple[float, float, float]:
    """Centroid (0-based) and light above the surroundings of a star near a pixel."""
    column, row = round(x), round(y)
    box = pixels[row - half : row + half + 1, column - half : column + half + 1]
    rows, columns = np.mgrid[-half : half + 1, -half : half + 1]
    edge = np.abs(rows) + np.abs(columns) >= 2 * half - 2
    light = np.clip(box - np.median(box[edge]), 0, None) * (np.hypot(rows, columns) <= half)
    return (
        column + float((light * columns).sum() / light.sum()),
        row + float((light * rows).sum() / light.sum()),
        float(light.sum()),
    )


def test_same_seed_same_bytes_and_another_seed_others(night: list[SimulatedFrame], tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    again = simulate_night(tmp_path, progress=lambda done, total: seen.append((done, total)))
    first_folder = night[0].path.parents[1]
    assert _fingerprint(tmp_path) == _fingerprint(first_folder)
    assert [frame.relative_path for frame in again] == [frame.relative_path for frame in night]
    assert seen == [(i + 1, len(seen)) for i in range(len(seen))] and len(seen) == len(night) + 1
    assert plan_night("2026-11-20", 1602) != plan_night("2026-11-20", 1601)


def test_night_fits_a_laptop(night: list[SimulatedFrame]) -> None:
    assert 60 <= len(night) <= 85
    assert 30e6 < sum(frame.path.stat().st_size for frame in night) < 50e6
    assert (night[0].path.parents[1] / "notes.txt").read_text().startswith("Uranienborg, night of 2026-11-20")
    assert all(frame.path == night[0].path.parents[1] / frame.relative_path for frame in night)


def test_files_are_valid_fits_except_those_spoilt_on_purpose(night: list[SimulatedFrame]) -> None:
    for frame in night:
        if {"bad-header", "truncated"} & set(frame.faults):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with fits.open(frame.path) as units:
                units.verify("exception")
                assert units[-1].data.shape == (512, 512)
                assert units[-1].data.dtype == np.uint16


def test_headers_tell_the_truth(night: list[SimulatedFrame]) -> None:
    for frame in night:
        if {"bad-header", "truncated", "lying-type"} & set(frame.faults):
            continue
        _, header = _read(frame)
        assert header["IMAGETYP"] == HEADER_TYPES.get(frame.frame_type, "Focus Frame")
        assert header.get("FILTER") == frame.filter and header.get("OBJECT") == frame.target
        assert header["EXPTIME"] == frame.exposure_s
        start = datetime.fromisoformat(header["DATE-OBS"]).replace(tzinfo=UTC)
        assert abs(start - frame.start_at) < timedelta(milliseconds=1)
        assert Time(header["MJD-OBS"], format="mjd").datetime == pytest.approx(
            frame.start_at.replace(tzinfo=None), abs=timedelta(seconds=0.01)
        )
        assert ("CTYPE1" in header) == frame.has_wcs


def test_counts_by_type_filter_and_target(night: list[SimulatedFrame]) -> None:
    types = Counter(frame.frame_type for frame in night)
    assert types == {"bias": 7, "flat": 13, "focus": 5, "light": 48, "dark": 8}
    flats = Counter(frame.filter for frame in night if frame.frame_type == "flat")
    assert flats == {"Halpha": 4, "B": 3, "V": 3, "R": 3}
    targets = Counter(frame.target for frame in night if frame.frame_type == "light")
    assert targets == {"M31": 10, "NGC 891": 8, "M45": 8, "M1": 7, "M42": 8, "M81": 7}
    faults = Counter(fault for frame in night for fault in frame.faults)
    assert faults.pop("cloud") == 4
    assert set(faults.values()) == {1}
    assert set(faults) == {"saturated", "lying-type", "satellite", "bad-header", "trailed", "truncated", "duplicate"}
    assert {"".join(frame.path.suffixes) for frame in night} == {".fits", ".fits.gz", ".fits.fz"}


def test_exposures_follow_one_another_within_one_night(find: Finder) -> None:
    frames = [frame for frame in find() if "duplicate" not in frame.faults]
    zone = ZoneInfo(SITE.time_zone)
    noons = [datetime(2026, 11, day, 12, tzinfo=zone) for day in (20, 21)]
    ends = [frame.start_at + timedelta(seconds=frame.exposure_s) for frame in frames]
    assert noons[0] < frames[0].start_at and ends[-1] < noons[1]
    assert all(after.start_at > end for after, end in zip(frames[1:], ends, strict=False))
    lights = [(f, end) for f, end in zip(frames, ends, strict=True) if f.frame_type == "light"]
    gaps = sorted((after[0].start_at - before[1]).total_seconds() for before, after in pairwise(lights))
    assert gaps[-1] == pytest.approx(GAP_S, abs=60) and gaps[-2] < 200
    dusk = [frame.exposure_s for frame in find(frame_type="flat", filter="B")]
    dawn = [frame.exposure_s for frame in find(frame_type="flat", filter="R")]
    assert dusk == sorted(dusk) and dawn == sorted(dawn, reverse=True)


def test_targets_stand_high_while_exposed(find: Finder) -> None:
    place = EarthLocation.from_geodetic(SITE.longitude_deg * u.deg, SITE.latitude_deg * u.deg, SITE.height_m * u.m)
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
        for frame in find(frame_type="light"):
            times = Time(frame.start_at) + np.array([0.0, 0.5, 1.0]) * frame.exposure_s * u.s
            centre = SkyCoord(frame.ra_deg, frame.dec_deg, unit="deg")
            altitudes = centre.transform_to(AltAz(obstime=times, location=place)).alt.deg
            assert altitudes.min() > 20.0
            if not {"bad-header", "truncated"} & set(frame.faults):
                header = _read(frame)[1]
                assert header["CENTALT"] == pytest.approx(altitudes[1], abs=0.05)
                # The plane-parallel air mass is within 2 % of the true one above 20 degrees.
                assert header["AIRMASS"] == pytest.approx(1 / np.sin(np.radians(altitudes[1])), rel=0.02)


@pytest.mark.parametrize("other", ["2026-03-28", "2026-06-21", "2026-09-10", "2026-12-24"])
def test_other_nights_of_the_year_have_targets_too(other: str) -> None:
    frames = plan_night(other, 1)
    assert len({frame.target.name for frame in frames if frame.target}) == 6
    assert all(after.start_at >= before.end_at for before, after in pairwise(frames))


def test_wcs_centre_is_the_truth_and_near_the_target(find: Finder) -> None:
    positions = {target.name: SkyCoord(target.ra_deg, target.dec_deg, unit="deg") for target in TARGETS}
    with_sip = 0
    for frame in find(frame_type="light", has_wcs=True):
        if {"bad-header", "truncated"} & set(frame.faults):
            continue
        header = _read(frame)[1]
        wcs = WCS(header)
        centre = wcs.pixel_to_world(255.5, 255.5)
        assert centre.separation(SkyCoord(frame.ra_deg, frame.dec_deg, unit="deg")).arcsec < 0.01
        assert centre.separation(positions[frame.target]).arcsec < 36.0
        scales_arcsec = [scale.to_value("arcsec") for scale in wcs.proj_plane_pixel_scales()]
        assert scales_arcsec == pytest.approx([CAMERA.scale_arcsec] * 2, rel=1e-5)
        with_sip += wcs.sip is not None
    assert with_sip >= 4


# SIMBAD, ICRS J2000; and how far the light of the star (saturated) or group reaches, pixels.
REAL_STARS = [
    ("M42", "tet01 Ori C", "05 35 16.464 -05 23 22.85", 14),
    ("M42", "tet02 Ori A", "05 35 22.901 -05 24 57.83", 4),
    ("M45", "Alcyone", "03 47 29.077 +24 06 18.49", 28),
    ("M45", "24 Tau", "03 47 20.969 +24 06 58.57", 6),
]


@pytest.mark.parametrize(("target", "star", "position", "reach_px"), REAL_STARS)
def test_real_stars_stand_where_the_wcs_says(
    find: Finder, target: str, star: str, position: str, reach_px: int
) -> None:
    sky = SkyCoord(position, unit=("hourangle", "deg"))
    for frame in find(target=target, filter="R"):
        pixels, header = _read(frame)
        x, y = WCS(header).world_to_pixel(sky)
        found_x, found_y, light = _peak(pixels, float(x), float(y), reach_px)
        # The Trapezium's four stars share one blob, and the nebula is uneven around it.
        tolerance_px = 2.5 if star == "tet01 Ori C" else 0.5
        assert np.hypot(found_x - x, found_y - y) < tolerance_px
        assert light > 50000


def test_field_stars_agree_with_wcs_in_every_frame_of_a_target(find: Finder) -> None:
    """A star found in one frame is found in all others at the place their own WCS tells."""
    for target in ("M31", "M81"):
        frames = [f for f in find(target=target) if f.filter in ("R", "V") and "satellite" not in f.faults]
        pixels, header = _read(frames[0])
        smooth = pixels.copy()
        smooth[:, 370:385] = 0
        reference = WCS(header)
        found: list[tuple[float, float]] = []
        while len(found) < 6:
            row, column = np.unravel_index(np.argmax(smooth), smooth.shape)
            smooth[max(row - 9, 0) : row + 10, max(column - 9, 0) : column + 10] = 0
            inside = 30 < row < 480 and 30 < column < 480 and np.hypot(row - 256, column - 256) > 60
            # A star, no cosmic ray: its light spreads, no single pixel holds most of it.
            if inside and _peak(pixels, float(column), float(row))[2] > 2.5 * (pixels[row, column] - np.median(pixels)):
                found.append(_peak(pixels, float(column), float(row))[:2])
        places = reference.pixel_to_world(*np.array(found).T)
        for frame in frames[1:]:
            other, other_header = _read(frame)
            xs, ys = WCS(other_header).world_to_pixel(places)
            offsets = [np.hypot(*(np.array(_peak(other, x, y)[:2]) - (x, y))) for x, y in zip(xs, ys, strict=True)]
            assert np.median(offsets) < 0.25


def test_cloud_dims_stars_by_magnitudes(find: Finder) -> None:
    frames = find(target="NGC 891", filter="R")
    assert [f.faults for f in frames] == [(), (), ("cloud",)]
    clear, header = _read(frames[1])
    clouded, other_header = _read(frames[2])
    core = clear[60:450, 60:360]
    row, column = np.unravel_index(np.argsort(core, axis=None)[::-1], core.shape)
    star = next(
        (float(c + 60), float(r + 60))
        for r, c in zip(row[:4000], column[:4000], strict=True)
        if 8000 < core[r, c] < 60000 and _peak(clear, c + 60.0, r + 60.0)[2] > 3.0 * (core[r, c] - np.median(core))
    )
    x, y = WCS(other_header).world_to_pixel(WCS(header).pixel_to_world(*star))
    dimmed = -2.5 * np.log10(_peak(clouded, float(x), float(y))[2] / _peak(clear, *star)[2])
    assert dimmed == pytest.approx(1.7, abs=0.3)


def test_each_fault_is_in_its_file(find: Finder) -> None:
    (saturated,) = find("saturated")
    assert np.mean(_read(saturated)[0] == 65535) > 0.99
    (lying,) = find("lying-type")
    assert lying.frame_type == "flat" and _read(lying)[1]["IMAGETYP"] == "Light Frame"
    (truncated,) = find("truncated")
    assert truncated.path.stat().st_size % 2880 and truncated.path.stat().st_size < 512 * 512 * 2
    (copy,) = find("duplicate")
    twins = [f for f in find() if f.path.read_bytes() == copy.path.read_bytes()]
    assert len(twins) == 2 and twins[0].start_at == twins[1].start_at
    (bad,) = find("bad-header")
    raw = bad.path.read_bytes().partition(b"END" + b" " * 77)[0]
    cards = [raw[i : i + 80].decode("ascii") for i in range(0, len(raw), 80)]
    assert "SITELAT = 'xx      '".ljust(80) in cards
    assert any(card.startswith("DATE-OBS= '2026-13-20T") for card in cards)
    assert any(card.startswith("OBSERVER= Tyge Brahe without quotes") for card in cards)
    with fits.open(bad.path) as units:
        assert units[0].data.shape == (512, 512)
        with pytest.raises(fits.VerifyError):
            units.verify("exception")


def test_trail_and_lost_tracking_show_in_the_pixels(find: Finder) -> None:
    (crossed,) = find("satellite")
    pixels, _ = _read(crossed)
    bright = pixels > np.median(pixels) * 1.8
    assert bright.any(axis=0).mean() > 0.95, "the trail meets every column"
    (trailed,) = find("trailed")
    assert not trailed.has_wcs
    pixels, header = _read(trailed)
    assert "CTYPE1" not in header
    pixels = pixels[30:-30, 30:370]
    row, column = np.unravel_index(np.argmax(pixels), pixels.shape)
    level = np.median(pixels) + 0.3 * (pixels[row, column] - np.median(pixels))
    line = pixels[max(row - 8, 0) : row + 9, max(column - 45, 0) : column + 46] > level
    assert line.any(axis=0).sum() > 25 > 2 * line[:, line.shape[1] // 2].sum()


def test_calibrations_measure_what_they_are_for(find: Finder) -> None:
    bias = np.mean([_read(f)[0] for f in find(frame_type="bias")], axis=0)
    assert np.median(bias) == pytest.approx(CAMERA.bias_adu, abs=4)
    single = _read(find(frame_type="bias")[0])[0]
    assert np.std(single - bias) * CAMERA.gain_e_per_adu == pytest.approx(CAMERA.read_noise_e, rel=0.1)
    darks = find(frame_type="dark")
    dark = np.median([_read(f)[0] for f in darks if f.exposure_s == darks[-1].exposure_s], axis=0) - bias
    rate = np.median(dark) * CAMERA.gain_e_per_adu / darks[-1].exposure_s
    assert rate == pytest.approx(CAMERA.dark_e_per_s, rel=0.15)
    assert 100 < np.sum(dark > 60) < 2500, "hot pixels"
    for name in FILTERS:
        flats = [_read(f)[0] for f in find(frame_type="flat", filter=name) if "saturated" not in f.faults]
        assert 20000 < np.median(flats) < 30000
        ratio = (flats[0] - bias) / (flats[1] - bias)
        response = (flats[0] - bias) / np.median(flats[0] - bias)
        assert np.std(ratio) < 0.012 < np.std(response), "the pattern repeats, the noise does not"


def test_compressed_members_hold_the_same_kind_of_frame(find: Finder) -> None:
    (zipped,) = [f for f in find() if f.path.name.endswith(".gz")]
    assert gzip.decompress(zipped.path.read_bytes())[:9] == b"SIMPLE  ="
    (tiled,) = [f for f in find() if f.path.name.endswith(".fz")]
    with fits.open(tiled.path) as units:
        assert isinstance(units[1], fits.CompImageHDU) and WCS(units[1].header).has_celestial


def test_place_describes_the_camera_of_the_headers(find: Finder) -> None:
    header = _read(find(frame_type="light")[0])[1]
    assert PLACE["organisation"]["slug"] == "uranienborg"
    assert header["TELESCOP"] == PLACE["telescope"]["name"] and header["INSTRUME"] == PLACE["instrument"]["name"]
    assert header["PIXSCALE"] == PLACE["instrument"]["pixel_scale_arcsec"]
    assert (header["SITELAT"], header["SITELONG"]) == (55.9075, 12.6965)


def test_command_refuses_a_night_that_is_no_date(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo.simulate_night", str(tmp_path / "night"), "--night", "tonight"]
    asked = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert asked.returncode == 2 and "tonight" in asked.stderr
    assert not (tmp_path / "night").exists()
