"""The header of each frame, as the camera's software writes it, and the world coordinates behind it."""

from __future__ import annotations

from datetime import datetime

from astropy.io import fits

from demo.observing_plan import PlannedFrame
from demo.place import CAMERA, SITE
from demo.sky_clock import airmass, altitude_deg

__all__ = ["frame_header", "spoil_header", "wcs_header"]

_IMAGETYP = {
    "bias": "Bias Frame",
    "dark": "Dark Frame",
    "flat": "Flat Field",
    "light": "Light Frame",
    "focus": "Focus Frame",
}
#: Third-order barrel distortion of half a pixel in the corners, with a little tilt (pixels, SIP convention).
_SIP = {
    "A": {"3_0": 1.2e-8, "1_2": 1.2e-8, "0_2": 4.0e-7},
    "B": {"0_3": 1.2e-8, "2_1": 1.2e-8, "2_0": -3.0e-7},
}
_MJD_OF_J2000 = 51544.5


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def _mjd(at: datetime) -> float:
    j2000 = datetime(2000, 1, 1, 12, tzinfo=at.tzinfo)
    return _MJD_OF_J2000 + (at - j2000).total_seconds() / 86400.0


def _sexagesimal(value: float, *, signed: bool) -> str:
    sign = ("-" if value < 0 else "+") if signed else ""
    hundredths = round(abs(value) * 360000)
    whole, rest = divmod(hundredths, 360000)
    minutes, seconds = divmod(rest, 6000)
    return f"{sign}{whole:02d} {minutes:02d} {seconds / 100:05.2f}"


def wcs_header(frame: PlannedFrame) -> fits.Header:
    """World coordinates of a frame on the sky: TAN with a CD matrix, SIP where the plate solver fitted it.

    Parameters
    ----------
    frame : PlannedFrame
        With a centre, ICRS degrees; the centre is the middle of the detector.
    """
    kind = "-SIP" if frame.has_sip else ""
    (cd11, cd12), (cd21, cd22) = CAMERA.cd_deg
    middle = (CAMERA.size_px + 1) / 2.0
    header = fits.Header()
    header["CTYPE1"] = ("RA---TAN" + kind, "gnomonic projection")
    header["CTYPE2"] = ("DEC--TAN" + kind, "gnomonic projection")
    header["CUNIT1"], header["CUNIT2"] = "deg", "deg"
    header["CRVAL1"] = (round(frame.centre_ra_deg or 0.0, 8), "[deg] at the reference pixel")
    header["CRVAL2"] = (round(frame.centre_dec_deg or 0.0, 8), "[deg] at the reference pixel")
    header["CRPIX1"], header["CRPIX2"] = middle, middle
    for name, value in (("CD1_1", cd11), ("CD1_2", cd12), ("CD2_1", cd21), ("CD2_2", cd22)):
        header[name] = (float(f"{value:.10e}"), "[deg/pixel]")
    header["RADESYS"] = "ICRS"
    header["EQUINOX"] = 2000.0
    if frame.has_sip:
        for axis, inverse in (("A", "AP"), ("B", "BP")):
            header[f"{axis}_ORDER"] = (3, "SIP distortion, pixel to focal plane")
            for power, value in _SIP[axis].items():
                header[f"{axis}_{power}"] = value
            header[f"{inverse}_ORDER"] = (3, "SIP distortion, focal plane to pixel")
            for power, value in _SIP[axis].items():
                header[f"{inverse}_{power}"] = -value
    return header


def frame_header(frame: PlannedFrame, *, solved: bool, focus_position: int, ccd_temperature_c: float) -> fits.Header:
    """Write the cards of one frame.

    Parameters
    ----------
    frame : PlannedFrame
        What is taken, and when.
    solved : bool
        Whether the plate solver found the field, so that world coordinates are written.
    focus_position : int
        Steps of the focuser.
    ccd_temperature_c : float
        Temperature of the chip, Celsius.
    """
    header = fits.Header()
    header["OBSERVAT"] = ("Uranienborg", "observatory")
    header["SITELAT"] = (SITE.latitude_deg, "[deg] north, WGS84")
    header["SITELONG"] = (SITE.longitude_deg, "[deg] east, WGS84")
    header["SITEELEV"] = (SITE.height_m, "[m] above the ellipsoid")
    header["TELESCOP"] = ("quadrant", "0.6 m f/6")
    header["APTDIA"] = (CAMERA.aperture_m * 1000.0, "[mm] aperture")
    header["FOCALLEN"] = (CAMERA.focal_length_m * 1000.0, "[mm] focal length")
    header["INSTRUME"] = ("great-camera", "CCD 2048 x 2048")
    header["OBSERVER"] = "T. Brahe"
    header["DATE-OBS"] = (_utc(frame.start_at), "UTC, start of exposure")
    header["TIMESYS"] = "UTC"
    header["MJD-OBS"] = (round(_mjd(frame.start_at), 8), "[d] start of exposure")
    header["EXPTIME"] = (frame.exposure_s, "[s] exposure")
    header["IMAGETYP"] = (_IMAGETYP[frame.frame_type], "type of frame")
    if frame.filter:
        header["FILTER"] = (frame.filter, "filter")
    if frame.target:
        header["OBJECT"] = (frame.target.name, "target")
    if frame.centre_ra_deg is not None and frame.centre_dec_deg is not None:
        ra_deg, dec_deg = frame.centre_ra_deg, frame.centre_dec_deg
        altitude = altitude_deg(ra_deg, dec_deg, frame.mid_at, SITE)
        header["RA"] = (round(ra_deg, 6), "[deg] pointing, ICRS")
        header["DEC"] = (round(dec_deg, 6), "[deg] pointing, ICRS")
        header["OBJCTRA"] = (_sexagesimal(ra_deg / 15.0, signed=False), "[h m s] pointing")
        header["OBJCTDEC"] = (_sexagesimal(dec_deg, signed=True), "[d m s] pointing")
        header["CENTALT"] = (round(altitude, 3), "[deg] altitude at mid exposure")
        header["AIRMASS"] = (round(airmass(altitude), 4), "at mid exposure")
    header["XBINNING"], header["YBINNING"] = CAMERA.binning, CAMERA.binning
    header["XPIXSZ"] = (CAMERA.pixel_um, "[um] binned pixel")
    header["YPIXSZ"] = (CAMERA.pixel_um, "[um] binned pixel")
    header["PIXSCALE"] = (round(CAMERA.scale_arcsec, 4), "[arcsec/pixel]")
    header["GAIN"] = (CAMERA.gain_e_per_adu, "[electron/adu]")
    header["RDNOISE"] = (CAMERA.read_noise_e, "[electron]")
    header["SATURATE"] = (CAMERA.saturation_adu, "[adu]")
    header["SET-TEMP"] = (CAMERA.cooled_to_c, "[Celsius]")
    header["CCD-TEMP"] = (round(ccd_temperature_c, 2), "[Celsius]")
    header["FOCUSPOS"] = (focus_position, "[step]")
    header["BUNIT"] = "adu"
    header["SWCREATE"] = ("uraniborg demo", "a simulated frame, not an observation")
    if solved:
        header.update(wcs_header(frame))
    return header


def spoil_header(stored: bytes, frame: PlannedFrame) -> bytes:
    """Damage single cards of a finished file, each still 80 bytes long.

    A ``bad-header`` frame gets a word for its latitude, a thirteenth month, a text without quotes and a blank air
    mass; a ``lying-type`` frame calls itself a light frame.
    """
    wrong: dict[str, str] = {}
    if "bad-header" in frame.faults:
        wrong = {
            "SITELAT": "'xx      '",
            "DATE-OBS": f"'{frame.start_at.year}-13-{frame.start_at:%dT%H:%M:%S}'",
            "MJD-OBS": "",
            "OBSERVER": "Tyge Brahe without quotes",
            "AIRMASS": "",
        }
    if "lying-type" in frame.faults:
        wrong = {"IMAGETYP": "'Light Frame'"}
    for keyword, value in wrong.items():
        at = stored.index(f"{keyword:<8s}=".encode())
        if at % 80:
            raise ValueError(f"No card {keyword} to spoil.")
        stored = stored[:at] + f"{keyword:<8s}= {value}".ljust(80).encode() + stored[at + 80 :]
    return stored
