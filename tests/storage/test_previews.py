"""Previews of whole files: what is shown, which way up, in which sizes, and that nothing a file holds can raise."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.visualization import AsinhStretch, ManualInterval, ZScaleInterval
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.errors import StoreUnavailable
from domain.header import Problem
from domain.preview_sizes import PREVIEW_SIZES_PX
from domain.stretch import display_range
from storage.fits_reader import read_contents
from storage.preview_curves import Axis, Curve, find_plot, read_plot, read_spectrum_image
from storage.preview_plots import draw_curve
from storage.preview_render import PreviewSet, render_previews
from storage.preview_stream import PreviewRefused, open_stream
from storage.range_source import BytesRangeSource, FileRangeSource


def _stored(*units: fits.hdu.base._BaseHDU) -> bytes:
    buffer = io.BytesIO()
    listed = list(units) if isinstance(units[0], fits.PrimaryHDU) else [fits.PrimaryHDU(), *units]
    fits.HDUList(listed).writeto(buffer)
    return buffer.getvalue()


def _render(stored: bytes, name: str = "a.fits") -> tuple[PreviewSet | None, list[Problem]]:
    source = BytesRangeSource(stored)
    return render_previews(source, read_contents(source, name))


def _shown(stored: bytes) -> PreviewSet:
    made, problems = _render(stored)
    assert made is not None and not problems
    return made


def _grey(made: PreviewSet, which: int = -1) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(made.previews[which].content)).convert("L")).astype(int)


def _table(name: str = "TABLE", **columns: tuple[str, np.ndarray]) -> fits.BinTableHDU:
    """Columns given as unit and values."""
    listed = []
    for key, (unit, values) in columns.items():
        size = "" if values.ndim == 1 else str(values.shape[1])
        kind = {"f8": "D", "f4": "E", "i2": "I", "i4": "J"}[values.dtype.str[1:]]
        listed.append(fits.Column(key.upper(), size + kind, unit or None, array=values))
    return fits.BinTableHDU.from_columns(listed, name=name)


def _check_pictures(made: PreviewSet) -> None:
    assert made.media_type == "image/webp"
    assert [preview.size_px for preview in made.previews] == list(PREVIEW_SIZES_PX)
    for preview in made.previews:
        image = Image.open(io.BytesIO(preview.content))
        assert (image.format, image.size) == ("WEBP", (preview.width_px, preview.height_px))
        assert max(image.size) <= preview.size_px


def test_three_sizes_none_enlarged() -> None:
    rng = np.random.default_rng(1)
    large = _shown(_stored(fits.PrimaryHDU(rng.normal(100, 5, (1500, 3000)).astype(np.float32))))
    _check_pictures(large)
    assert [(p.width_px, p.height_px) for p in large.previews] == [(128, 64), (512, 256), (1500, 750)]
    assert (large.kind, large.image_px_per_px) == ("image", 2)
    small = _shown(_stored(fits.PrimaryHDU(rng.normal(100, 5, (30, 200)).astype(np.float32))))
    _check_pictures(small)
    assert [(p.width_px, p.height_px) for p in small.previews] == [(128, 19), (200, 30), (200, 30)]


def test_first_row_is_at_the_bottom_and_first_column_at_the_left() -> None:
    image = np.random.default_rng(2).normal(100, 1, (120, 200)).astype(np.float32)
    image[:20, :30] += 500
    for which in range(3):
        grey = _grey(_shown(_stored(fits.PrimaryHDU(image))), which)
        height, width = grey.shape
        assert grey[-height // 8 :, : width // 10].mean() > 200
        assert grey[: height // 2].mean() < 120 and grey[:, width // 2 :].mean() < 120


def test_levels_agree_with_astropy() -> None:
    rng = np.random.default_rng(3)
    rows, columns = np.mgrid[:256, :256]
    image = rng.normal(1000, 10, (256, 256)) + 5000 * np.exp(-np.hypot(rows - 100, columns - 150) / 15)
    image = image.astype(np.float32)
    shown = display_range(image)
    assert shown.black == pytest.approx(ZScaleInterval().get_limits(image)[0], rel=1e-5)
    expected = AsinhStretch(shown.softening)(ManualInterval(shown.black, shown.white)(image))[::-1] * 255
    # What remains is the loss of WebP at quality 82.
    assert np.abs(_grey(_shown(_stored(fits.PrimaryHDU(image)))) - expected).mean() < 5.0


def test_constant_image_is_grey_and_undefined_one_is_a_problem() -> None:
    grey = _grey(_shown(_stored(fits.PrimaryHDU(np.full((50, 60), 32, np.int16)))))
    assert 120 <= grey.min() <= grey.max() <= 136
    made, problems = _render(_stored(fits.PrimaryHDU(np.full((50, 60), np.nan, np.float32))))
    assert made is None
    assert [problem.code for problem in problems] == ["preview-no-pixels"]


def test_holes_are_black() -> None:
    image = np.random.default_rng(4).normal(500, 20, (100, 100)).astype(np.float32)
    image[60:90, 10:40] = np.nan
    grey = _grey(_shown(_stored(fits.PrimaryHDU(image))))
    assert grey[13:37, 13:37].max() < 60 < np.median(grey)


def test_nothing_to_show_is_no_problem() -> None:
    for stored in (b"", b"hello", _stored(fits.PrimaryHDU()), _stored(_table(a=("", np.arange(5.0))))):
        assert _render(stored) == (None, [])


def test_zero_sized_and_absurd_images() -> None:
    assert _render(_stored(fits.PrimaryHDU(np.zeros((0, 0), np.int16))))[0] is None
    for axes in ((10**9, 10**9), (10**6, 10**5), (5, 10**9), (10**9, 1)):
        header = fits.Header({"SIMPLE": True, "BITPIX": 16, "NAXIS": 2, "NAXIS1": axes[0], "NAXIS2": axes[1]})
        contents = read_contents(BytesRangeSource(header.tostring().encode()), "a.fits")
        made, problems = render_previews(BytesRangeSource(header.tostring().encode()), contents)
        assert made is None and (problems or contents.problems), axes


def test_the_science_image_is_chosen() -> None:
    noise = np.random.default_rng(5).normal(100, 3, (64, 64)).astype(np.float32)
    mosaic = [fits.ImageHDU(noise, name=f"CCD{i}") for i in (1, 2, 3)]
    assert _shown(_stored(*mosaic)).unit_index == 1
    beside = [fits.ImageHDU(noise, name="SCI"), fits.ImageHDU(np.ones((90, 90), np.int16), name="DQ")]
    assert _shown(_stored(*beside)).unit_index == 1
    assert _shown(_stored(beside[1], beside[0])).unit_index == 2
    thumbnail = fits.PrimaryHDU(noise[:16, :16])
    assert _shown(_stored(thumbnail, fits.CompImageHDU(noise, name="FULL"))).unit_index == 1
    catalogue = _table("CAT", x=("pix", np.arange(50.0)), y=("pix", np.arange(50.0)))
    assert _shown(_stored(catalogue, fits.ImageHDU(noise))).kind == "image"


def test_colour_stack_keeps_its_colours() -> None:
    stack = np.random.default_rng(6).normal(100, 2, (3, 90, 120)).astype(np.float32)
    stack[0, 60:80, 10:50] += 800  # red, above the middle
    stack[2, 10:30, 70:110] += 800  # blue, below it
    made = _shown(_stored(fits.PrimaryHDU(stack)))
    _check_pictures(made)
    assert made.kind == "colour"
    picture = np.asarray(Image.open(io.BytesIO(made.previews[-1].content)).convert("RGB")).astype(int)
    red, blue = picture[14:26, 20:40].mean(axis=(0, 1)), picture[64:76, 80:100].mean(axis=(0, 1))
    assert red[0] > 200 > 130 > red[2] and blue[2] > 200 > 130 > blue[0]


def _curve(stored: bytes, unit_index: int) -> Curve:
    source = BytesRangeSource(stored)
    contents = read_contents(source, "a.fits")
    unit, stream = contents.units[unit_index], open_stream(source, contents.container)
    plot = find_plot(unit)
    return read_plot(stream, unit, plot) if plot else read_spectrum_image(source, stream, unit)


def test_spectra_in_tables() -> None:
    wave, flux = np.linspace(4000, 7000, 300), np.random.default_rng(7).normal(5, 1, 300)
    in_rows = _stored(_table(wave=("Angstrom", wave), flux=("Jy", flux), flux_err=("Jy", flux)))
    in_vectors = _stored(_table(wavelength=("Angstrom", wave[None]), flux=("Jy", flux[None])))
    logarithmic = _stored(_table(flux=("Jy", flux), loglam=("log(Angstrom)", np.log10(wave))))
    for stored in (in_rows, in_vectors, logarithmic):
        curve = _curve(stored, 1)
        assert curve.kind == "spectrum" and curve.y_axis.label == "FLUX [Jy]"
        np.testing.assert_allclose(curve.x, wave)
        np.testing.assert_allclose(curve.y, flux)
        made = _shown(stored)
        _check_pictures(made)
        assert made.kind == "spectrum"
    assert _curve(in_rows, 1).x_axis.label == "WAVE [Angstrom]"


def test_of_a_long_table_of_spectra_one_row_is_read() -> None:
    flux = np.random.default_rng(7).normal(5, 1, (400, 2000)).astype("f4")
    stored = _stored(_table(wave=("nm", np.tile(np.arange(2000.0), (400, 1))), flux=("Jy", flux)))
    unit = read_contents(BytesRangeSource(stored), "a.fits").units[1]
    plot = find_plot(unit)
    assert plot is not None
    for row in (0, 7, 399):
        taken = []

        class Source(BytesRangeSource):
            def read(self, offset: int, length: int) -> bytes:
                taken.append(length)
                return super().read(offset, length)

        curve = read_plot(open_stream(Source(stored), "none"), unit, plot, row=row)
        np.testing.assert_array_equal(curve.y, flux[row])
        assert sum(taken) < 40_000
    with pytest.raises(PreviewRefused, match="400 rows"):
        read_plot(open_stream(BytesRangeSource(stored), "none"), unit, plot, row=400)


def test_scaled_and_undefined_table_values() -> None:
    columns = [
        fits.Column("TIME", "D", "s", array=np.arange(4.0)),
        fits.Column("RATE", "I", "ct/s", array=np.array([50, 150, 250, 350], np.int16)),
    ]
    stored = _stored(fits.BinTableHDU.from_columns(columns))
    at = stored.rindex(b"END".ljust(80))
    extra = b"".join(card.ljust(80) for card in (b"TSCAL2  = 0.1", b"TZERO2  = 5.0", b"TNULL2  = 250", b"END"))
    stored = stored[:at] + extra + stored[at + len(extra) :]
    with fits.open(io.BytesIO(stored)) as units:
        expected = np.array(units[1].data["RATE"])
    assert expected[:2] == pytest.approx([10.0, 20.0])
    # Of whole numbers 250 stands for none.
    np.testing.assert_allclose(_curve(stored, 1).y, expected[[0, 1, 3]])


def test_spectra_in_images() -> None:
    flux = np.random.default_rng(8).normal(5, 1, 500).astype(np.float32)
    unit = fits.PrimaryHDU(flux)
    unit.header.update({"CRVAL1": 5000.0, "CDELT1": 2.0, "CRPIX1": 11.0, "CUNIT1": "Angstrom", "CTYPE1": "WAVE"})
    unit.header["BUNIT"] = "erg/cm2/s/A"
    curve = _curve(_stored(unit), 0)
    assert (curve.x[10], curve.x[11]) == (5000.0, 5002.0)
    assert (curve.x_axis.label, curve.y_axis.label) == ("WAVE [Angstrom]", "value [erg/cm2/s/A]")
    iraf = fits.PrimaryHDU(np.stack([flux, flux * 2])[:, None])
    iraf.header.update({"CTYPE1": "LINEAR", "CRVAL1": 3.6, "CD1_1": 1e-4, "CRPIX1": 1.0, "DC-FLAG": 1})
    iraf.header["WAT1_001"] = "wtype=linear label=Wavelength units=angstroms"
    curve = _curve(_stored(iraf), 0)
    assert curve.x[1] == pytest.approx(10**3.6001) and curve.x_axis.label == "Wavelength [angstroms]"
    np.testing.assert_allclose(curve.y, flux)
    assert _shown(_stored(iraf)).kind == "spectrum"
    plain = _curve(_stored(fits.PrimaryHDU(flux)), 0)
    assert (plain.kind, plain.x[0], plain.x_axis.label) == ("profile", 1.0, "pixel")


def test_light_curves_and_events() -> None:
    rng = np.random.default_rng(9)
    time = np.sort(rng.uniform(0, 1e4, 2000))
    made = _shown(_stored(_table("RATE", time=("s", time), rate=("ct/s", rng.poisson(9, 2000).astype("f8")))))
    assert made.kind == "light_curve"
    _check_pictures(made)
    bands = rng.poisson(5, (2000, 4)).astype("i4")
    summed = _curve(_stored(_table(time=("s", time), counts=("count", bands))), 1)
    np.testing.assert_allclose(summed.y, bands.sum(axis=1))
    x, y = rng.normal(100, 20, 5000), rng.normal(300, 20, 5000)
    listed = _table("EVENTS", time=("s", rng.uniform(0, 9, 5000)), x=("pixel", x), y=("pixel", y))
    made = _shown(_stored(listed))
    assert made.kind == "events"
    _check_pictures(made)
    curve = _curve(_stored(listed), 1)
    np.testing.assert_allclose(curve.x, x)
    assert curve.y_axis.label == "Y [pixel]"
    sdfits = _table("SINGLE DISH", data=("K", rng.normal(0, 1, (2, 64))), crval1=("Hz", np.full(2, 1.4e9)),
                    crpix1=("", np.full(2, 1.0)), cdelt1=("Hz", np.full(2, 1e4)))  # fmt: skip
    curve = _curve(_stored(sdfits), 1)
    assert curve.x[3] == pytest.approx(1.4e9 + 3e4) and curve.x_axis.label == "axis 1 [Hz]"


@settings(max_examples=12, deadline=None)
@given(
    x=st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=30),
    label=st.text(max_size=80),
    kind=st.sampled_from(["spectrum", "light_curve", "events", "catalogue"]),
)
def test_any_numbers_and_any_label_can_be_drawn(x: list[float], label: str, kind: str) -> None:
    values = np.array(x)
    image = draw_curve(Curve(kind, values, values[::-1].copy(), Axis(label), Axis(label)), 256)  # type: ignore[arg-type]
    assert image.size == (256, 160)


_SAMPLE = _stored(
    fits.PrimaryHDU(np.random.default_rng(10).normal(100, 3, (12, 14)).astype(np.float32)),
    fits.CompImageHDU(np.random.default_rng(11).integers(0, 99, (20, 18)).astype(np.int16)),
)
_TABLE = _stored(_table(time=("s", np.arange(30.0)), rate=("ct/s", np.arange(30.0)), data=("", np.ones((30, 20)))))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cut=st.integers(0, len(_SAMPLE)),
    spoilt=st.lists(st.tuples(st.integers(0, len(_SAMPLE) - 1), st.integers(0, 255)), max_size=12),
)
def test_damage_never_raises(cut: int, spoilt: list[tuple[int, int]]) -> None:
    damaged = bytearray(_SAMPLE)
    for at, value in spoilt:
        damaged[at] = value
    made, problems = _render(bytes(damaged[:cut]))
    if made:
        _check_pictures(made)
    assert all(problem.code.startswith("preview-") and problem.detail for problem in problems)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    keyword=st.sampled_from([b"NAXIS1", b"NAXIS2", b"BITPIX", b"ZNAXIS1", b"ZNAXIS2", b"ZTILE1", b"ZTILE2", b"ZBITPIX",
                             b"PCOUNT", b"TFIELDS", b"ZCMPTYPE", b"TFORM1", b"ZVAL1", b"ZVAL2", b"ZNAXIS"]),
    value=st.sampled_from([b"-1", b"0", b"1", b"7", b"1000000", b"99999999999", b"1.5", b"'1QB(0)'", b"'9999999D'",
                           b"'X'", b"T", b"", b"-64"]),
    which=st.integers(0, 2),
)  # fmt: skip
def test_lying_headers_never_raise(keyword: bytes, value: bytes, which: int) -> None:
    at = -1
    for _ in range(which + 1):
        at = _SAMPLE.find(keyword.ljust(8) + b"=", at + 1)
    if at < 0:
        return
    made, _ = _render(_SAMPLE[:at] + (keyword.ljust(8) + b"= " + value).ljust(80) + _SAMPLE[at + 80 :])
    if made:
        _check_pictures(made)


@settings(max_examples=15, deadline=None)
@given(
    keyword=st.sampled_from([b"NAXIS1", b"NAXIS2", b"TFIELDS", b"TFORM1", b"TFORM2", b"TFORM3", b"TTYPE1", b"TTYPE2"]),
    value=st.sampled_from([b"-1", b"0", b"3", b"99999999999", b"'1QB(0)'", b"'9999999D'", b"'0D'", b"'X'", b"T", b""]),
)
def test_lying_tables_never_raise(keyword: bytes, value: bytes) -> None:
    at = _TABLE.rfind(keyword.ljust(8) + b"=")
    made, _ = _render(_TABLE[:at] + (keyword.ljust(8) + b"= " + value).ljust(80) + _TABLE[at + 80 :])
    if made:
        _check_pictures(made)


def test_a_failing_store_is_not_blamed_on_the_file() -> None:
    stored = _stored(fits.PrimaryHDU(np.ones((50, 50), np.float32)))
    contents = read_contents(BytesRangeSource(stored), "a.fits")

    class Away:
        size_bytes = len(stored)

        def read(self, offset: int, length: int) -> bytes:
            raise StoreUnavailable("The object store does not answer.")

    with pytest.raises(StoreUnavailable):
        render_previews(Away(), contents)


# What each of the reference files shows; all others show an image.
NOTHING = {
    "astrometrynet_M106.wcs.fits", "bad_ana_test.fz", "bad_derived_png-renamed.fits", "bad_emptyfile_sdss.fits",
    "bad_group_invalid.fits", "bad_idcompspec.fits", "bad_lfs-pointer_drao.fits", "bad_not_actually_fits.fits",
    "bad_random_groups.fits", "hst_acs_j94f05bgq_flt.fits", "hst_nicmos_n4hk12010_mos_hdr.fits",
    "jwst_nircam_jw01075_nrca2_uncal.fits", "moc_mocserver.fits", "ptf_validate_wcs.fits", "wcs_sip.fits",
    "wcs_tab-time-last-axis.fits",
}  # fmt: skip
UNDRAWABLE = {"bad_derived_truncated-gzip_xshooter.fits.gz", "bad_derived_truncated-header_saao.fits"}
PLOTS = {
    "arecibo_alfalfa_AGC100051.fits": "spectrum",
    "bad_derived_invalid-date_lco.fits": "profile",
    "chandra_acis_events_cygX3.fits": "events",
    "ctio15m_cs60_spectrum.fits": "spectrum",
    "ctio15m_cs60_spectrum.fits.bz2": "spectrum",
    "ctio15m_cs60_spectrum.fits.gz": "spectrum",
    "ctio15m_cs60_spectrum.fits.zip": "spectrum",
    "erosita_lightcurve.fits": "light_curve",
    "eso_xshooter_XQ100_BRJ2349.fits.gz": "spectrum",
    "fermi_gbm.fits": "light_curve",
    "gbt_TRCO_230413_Ka_snodka.fits": "spectrum",
    "gbt_vegas_TSCAL_220105_W.fits": "spectrum",
    "goes15_xrs_20120601.fits.gz": "light_curve",
    "keck_esi_PH957_f.fits": "spectrum",
    "lco_bias_kb70_20151221_bin2x2.fits": "profile",
    "lco_cpt1m010-kb70-20151219-0073-e10.fits": "profile",
    "lco_cpt1m010-kb70-20151219-0073-e10.fits.fz": "profile",
    "lco_cpt1m010-kb70-20151219-0073-e10_cat.fits": "catalogue",
    "lco_cpt1m010-kb70-20151219-0075-s10.fits": "profile",
    "lco_dark_kb70_20151222_bin2x2.fits": "profile",
    "lco_flat_kb70_20151222_SKYFLAT_bin2x2_ip.fits": "profile",
    "lco_floyds_en06_1d_Mrk590.fits": "spectrum",
    "lco_lsc1m005-kb78-20151109-0179-e90.fits": "profile",
    "lco_sqa0m801-kb35-20151216-0966-g00.fits": "profile",
    "lco_tfn0m414-kb29-20151216-0380-t00.fits": "profile",
    "rec_seestar-s50_443.fits.gz": "colour",
    "rxte_pca_xte_test.evt.gz": "events",
    "sdss_spec_J220248.fits": "spectrum",
}


@pytest.mark.shared
def test_reference_files_show_what_they_hold(reference_data: Path) -> None:
    files = sorted(path for path in (reference_data / "fits").iterdir() if path.suffix != ".csv")
    assert len(files) == 91
    for path in files:
        with FileRangeSource(path) as source:
            made, problems = render_previews(source, read_contents(source, path.name))
        if path.name in NOTHING | UNDRAWABLE:
            assert made is None, path.name
            assert bool(problems) == (path.name in UNDRAWABLE), path.name
            continue
        assert made is not None and not problems, path.name
        assert made.kind == PLOTS.get(path.name, "image"), path.name
        _check_pictures(made)


def test_noise_is_drawn_within_bounds() -> None:
    """A row of noise crosses its whole picture with every point."""
    program = (
        "import numpy as np; from storage.preview_plots import draw_curve\n"
        "from storage.preview_curves import Axis, Curve\n"
        "chance = np.random.default_rng(1)\n"
        "for _ in range(5):\n"
        "    noise = chance.integers(0, 255, 12_000).astype(float)\n"
        "    draw_curve(Curve('spectrum', np.arange(12_000.0), noise, Axis('pixel'), Axis('counts')), 2048)\n"
        "print(next(int(line.split()[1]) // 1024 for line in open('/proc/self/status') if 'VmHWM' in line))\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert int(told) < 250, f"{told} MB"
