"""Write one simulated observing night as an observer's disk holds it: folders of FITS files and a page of notes."""

from __future__ import annotations

import argparse
import gzip
import io
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from astropy.io import fits
from astropy.wcs import FITSFixedWarning
from numpy.typing import NDArray

from demo.headers import frame_header, spoil_header
from demo.observing_plan import GAP_S, PlannedFrame, plan_night
from demo.place import CAMERA, SITE
from demo.shutter import Shutter

__all__ = ["SimulatedFrame", "simulate_night"]

_BEST_FOCUS = 5120
_FOCUS_STEP = 60


@dataclass(frozen=True)
class SimulatedFrame:
    """The truth about one file of the night, for whoever checks what was read from it.

    Attributes
    ----------
    path : Path
        Where the file was written.
    relative_path : str
        The same below the night's folder, with forward slashes.
    frame_type : str
        ``bias dark flat light focus``: what it is, which a ``lying-type`` header does not say.
    filter, target : str or None
        None where there is none.
    start_at : datetime
        Start of the exposure, UTC.
    exposure_s : float
        Length of the exposure.
    ra_deg, dec_deg : float or None
        Middle of the field, ICRS degrees.
    has_wcs : bool
        Whether the header carries world coordinates.
    faults : tuple of str
        Of ``cloud saturated lying-type satellite bad-header trailed truncated duplicate``; empty for a good frame.
    """

    path: Path
    relative_path: str
    frame_type: str
    filter: str | None
    target: str | None
    start_at: datetime
    exposure_s: float
    ra_deg: float | None
    dec_deg: float | None
    has_wcs: bool
    faults: tuple[str, ...]


def _relative_path(frame: PlannedFrame) -> str:
    kind, number = frame.frame_type, frame.number
    if kind == "dark":
        return f"dark/dark_{frame.exposure_s:.0f}s_{number:03d}{frame.suffix}"
    if kind == "flat":
        return f"flat/{frame.filter}/flat_{frame.filter}_{number:03d}{frame.suffix}"
    if frame.target:
        short = frame.target.name.replace(" ", "")
        return f"light/{frame.target.name}/{short}_{frame.filter}_{number:03d}{frame.suffix}"
    return f"{kind}/{kind}_{number:03d}{frame.suffix}"


def _file_bytes(frame: PlannedFrame, pixels: NDArray[np.uint16], header: fits.Header) -> bytes:
    """Bytes as they lie on the disk: compressed, damaged or cut where the night says so."""
    buffer = io.BytesIO()
    if frame.suffix == ".fits.fz":
        unit = fits.CompImageHDU(pixels, header, compression_type="RICE_1")
        fits.HDUList([fits.PrimaryHDU(), unit]).writeto(buffer)
    else:
        fits.PrimaryHDU(pixels, header).writeto(buffer)
    stored = spoil_header(buffer.getvalue(), frame)
    if frame.suffix == ".fits.gz":
        stored = gzip.compress(stored, compresslevel=4, mtime=0)
    if "truncated" in frame.faults:
        stored = stored[: int(len(stored) * 0.58)]
    return stored


def _notes(night: str, frames: list[PlannedFrame]) -> str:
    """The observer's page, in local time."""
    zone = ZoneInfo(SITE.time_zone)

    def clock(at: datetime) -> str:
        return at.astimezone(zone).strftime("%H:%M")

    lights = [frame for frame in frames if frame.frame_type == "light"]
    clouded = [frame for frame in lights if frame.cloud_mag]
    reopened = clouded[-1].end_at + timedelta(seconds=GAP_S)
    lines = [
        f"Uranienborg, night of {night}, quadrant + great-camera (times local)",
        "",
        f"{clock(frames[0].start_at)}  Opened. Bias while the sky is bright.",
    ]
    trailed = next(frame for frame in lights if "trailed" in frame.faults)
    events = [
        (next(f for f in frames if f.frame_type == "focus").start_at, f"Focus run, best at {_BEST_FOCUS}."),
        (clouded[0].start_at, "Clouds from the west, stars fading."),
        (clouded[-1].end_at, "Closed the dome."),
        (reopened, "Clear again, opened."),
        (trailed.start_at, "Tracking lost during this one, drive restarted."),
        (lights[-1].end_at, "Fog from the Sound. Closed, darks until dawn."),
    ]
    starts: dict[str, datetime] = {}
    for frame in lights:
        if frame.target:
            starts.setdefault(frame.target.name, frame.start_at)
    events += [(at, f"{name}.") for name, at in starts.items()]
    lines += [f"{clock(at)}  {text}" for at, text in sorted(events)]
    return "\n".join(lines) + "\n"


def simulate_night(
    folder: Path,
    *,
    night: str = "2026-11-20",
    seed: int = 1601,
    progress: Callable[[int, int], None] | None = None,
) -> list[SimulatedFrame]:
    """Simulate one observing night and write it below a folder.

    Parameters
    ----------
    folder : Path
        Made if absent; files of the same names in it are replaced.
    night : str
        Evening date at the site, ``2026-11-20``.
    seed : int
        The same seed and night give the same bytes.
    progress : callable, optional
        Called with (files written, files in all) after each file.

    Returns
    -------
    list of SimulatedFrame
        The truth about each FITS file, in order of time; copies last. ``notes.txt`` beside them is no frame.

    Raises
    ------
    ValueError
        The night is no date, or too bright or too short at the site.
    """
    frames = plan_night(night, seed)
    shutter = Shutter(seed)
    copies = [frame for frame in frames if frame.is_copied]
    total = len(frames) + len(copies) + 1
    truth: list[SimulatedFrame] = []

    def keep(relative_path: str, stored: bytes) -> Path:
        path = folder / relative_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stored)
        return path

    def tell(frame: PlannedFrame, path: Path, relative_path: str, *, solved: bool, faults: tuple[str, ...]) -> None:
        truth.append(
            SimulatedFrame(
                path,
                relative_path,
                frame.frame_type,
                frame.filter,
                frame.target.name if frame.target else None,
                frame.start_at,
                frame.exposure_s,
                frame.centre_ra_deg,
                frame.centre_dec_deg,
                solved,
                faults,
            )
        )
        if progress:
            progress(len(truth), total)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSFixedWarning)
        copied: list[tuple[PlannedFrame, bytes]] = []
        for index, frame in enumerate(frames):
            solved = frame.frame_type == "light" and "trailed" not in frame.faults
            header = frame_header(
                frame,
                solved=solved,
                focus_position=_BEST_FOCUS + _FOCUS_STEP * frame.focus_step,
                ccd_temperature_c=CAMERA.cooled_to_c + 0.12 * float(np.sin(index * 0.7)),
            )
            stored = _file_bytes(frame, shutter.pixels(frame, index), header)
            relative_path = _relative_path(frame)
            tell(frame, keep(relative_path, stored), relative_path, solved=solved, faults=frame.faults)
            if frame.is_copied:
                copied.append((frame, stored))
        for frame, stored in copied:
            relative_path = _relative_path(frame).replace(".fits", " (copy).fits")
            tell(frame, keep(relative_path, stored), relative_path, solved=True, faults=("duplicate",))
    keep("notes.txt", _notes(night, frames).encode())
    if progress:
        progress(total, total)
    return truth


def main() -> None:
    """Write a night from the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.simulate_night", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--night", default="2026-11-20", help="evening date, local (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1601, help="same seed, same bytes (default: %(default)s)")
    asked = parser.parse_args()

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done}/{total} files", end="" if done < total else "\n", file=sys.stderr, flush=True)

    try:
        frames = simulate_night(asked.folder, night=asked.night, seed=asked.seed, progress=show)
    except ValueError as problem:
        parser.error(str(problem))
    size_bytes = sum(frame.path.stat().st_size for frame in frames)
    print(f"{len(frames)} frames, {size_bytes / 1e6:.1f} MB, in {asked.folder}")


if __name__ == "__main__":
    main()
