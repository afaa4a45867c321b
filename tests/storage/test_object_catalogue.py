"""The shipped catalogue: known objects are where they are."""

from __future__ import annotations

import pytest
from astropy.coordinates import SkyCoord

from domain.object_names import Catalogue
from storage.object_catalogue import load_catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


# Positions ICRS, epoch 2000: stars, galaxies, M 1, M 13, M 40 and M 57 as SIMBAD has them (van Leeuwen 2007; Gaia for
# Barnard's star; Skrutskie et al. 2006); the wide ones, M 45 and the nebulae, as NGC 2000.0 (Sinnott 1988) and SEDS
# have them, rounded to an arcminute, with a tolerance of a fraction of their width.
@pytest.mark.parametrize(
    ("name", "position", "tolerance_arcsec", "kind"),
    [
        ("Vega", "18h36m56.33635s +38d47m01.2802s", 1, "star"),
        ("Polaris", "02h31m49.09456s +89d15m50.7923s", 1, "star"),
        ("Sirius", "06h45m08.91728s -16d42m58.0171s", 1, "star"),
        ("Betelgeuse", "05h55m10.30536s +07d24m25.4304s", 1, "star"),
        ("Barnard's Star", "17h57m48.49847s +04d41m36.1139s", 1, "star"),
        ("61 Cygni", "21h06m53.9396s +38d44m57.902s", 1, "star"),
        ("alpha Centauri", "14h39m36.494s -60d50m02.374s", 1, "star"),
        ("M31", "00h42m44.330s +41d16m07.50s", 5, "galaxy"),
        ("M1", "05h34m31.97s +22d00m52.1s", 60, "supernova remnant"),
        ("M101", "14h03m12.583s +54d20m55.50s", 5, "galaxy"),
        ("NGC 5866", "15h06m29.561s +55d45m47.91s", 5, "galaxy"),
        ("M40", "12h22m12.5s +58d04m59s", 60, "double star"),
        ("M45", "03h47m00s +24d07m00s", 600, "open cluster"),
        ("M13", "16h41m41.634s +36d27m40.75s", 5, "globular cluster"),
        ("M57", "18h53m35.097s +33d01m44.88s", 5, "planetary nebula"),
        ("NGC 7000", "20h58m48s +44d20m00s", 900, "HII region"),
        ("IC 434", "05h41m00s -02d24m00s", 300, "HII region"),
        ("Large Magellanic Cloud", "05h23m34.6s -69d45m22s", 60, "galaxy"),
    ],
)
def test_known_objects(catalogue: Catalogue, name: str, position: str, tolerance_arcsec: float, kind: str) -> None:
    found = catalogue.resolve(name)
    assert found is not None
    away = SkyCoord(found.ra_deg, found.dec_deg, unit="deg").separation(SkyCoord(position))
    assert away.arcsec < tolerance_arcsec
    assert found.kind == kind


# IAU Catalog of Star Names, edition of 2018-09-07 (IAU Working Group on Star Names): name, designation, position.
@pytest.mark.parametrize(
    ("name", "designation", "ra_deg", "dec_deg"),
    [
        ("Acrux", "HIP 60718", 186.649563, -63.099093),
        ("Albireo", "HIP 95947", 292.680351, 27.959692),
        ("Algol", "bet Per", 47.042215, 40.955648),
        ("Arcturus", "alf Boo", 213.915300, 19.182409),
        ("Canopus", "alf Car", 95.987958, -52.695661),
        ("Cor Caroli", "alf02 CVn", 194.006943, 38.318376),
        ("Deneb", "alf Cyg", 310.357980, 45.280339),
        ("Fomalhaut", "alf PsA", 344.412693, -29.622237),
        ("Mira", "omi Cet", 34.836617, -2.977640),
        ("Pleione", "28 Tau", 57.296738, 24.136710),
        ("Proxima Centauri", "alf Cen C", 217.428953, -62.679484),
        ("Rigel", "bet Ori", 78.634467, -8.201638),
        ("Thuban", "alf Dra", 211.097291, 64.375851),
        ("Zubenelgenubi", "alf02 Lib", 222.719638, -16.041777),
    ],
)
def test_named_stars(catalogue: Catalogue, name: str, designation: str, ra_deg: float, dec_deg: float) -> None:
    found = catalogue.resolve(name)
    assert found == catalogue.resolve(designation)
    assert found is not None
    place = SkyCoord(ra_deg, dec_deg, unit="deg")
    assert SkyCoord(found.ra_deg, found.dec_deg, unit="deg").separation(place).arcsec < 2


def test_every_messier_number_has_its_object(catalogue: Catalogue) -> None:
    for number in range(1, 111):
        found = catalogue.resolve(f"Messier {number}")
        assert found is not None, number
        assert f"M {number}" in (found.name, *found.also)
    assert catalogue.resolve("M 111") is None


def test_m102_is_taken_as_ngc_5866_and_says_so(catalogue: Catalogue) -> None:
    found = catalogue.resolve("M102")
    assert found is not None
    assert found == catalogue.resolve("NGC 5866")
    assert "M 101" in found.note
    assert found != catalogue.resolve("M101")


@pytest.mark.parametrize(
    ("names", "target"),
    [
        (["IC 11", "Pacman Nebula"], "NGC 281"),
        (["Pleiades", "Melotte 22", "Mel 22"], "M 45"),
        (["Flame Nebula"], "NGC 2024"),
        (["PGC 2557", "UGC 454", "2MASX J00424433+4116074"], "M 31"),
        (["Sh2-155", "Caldwell 9", "Cave Nebula"], "C 9"),
        (["gamma Cygni"], "Sadr"),
        (["LMC"], "ESO 56-115"),
        (["Coathanger", "Collinder 399"], "Cl 399"),
        (["NGC4676A", "IC 819"], "NGC 4676A"),
    ],
)
def test_other_names(catalogue: Catalogue, names: list[str], target: str) -> None:
    for name in names:
        found = catalogue.resolve(name)
        assert found is not None, name
        assert found.name == target


def test_suggestions(catalogue: Catalogue) -> None:
    assert [found.name for found in catalogue.suggest("M3", 4)] == ["M 3", "M 30", "M 31", "M 32"]
    assert [found.name for found in catalogue.suggest("ngc 70", 3)] == ["NGC 70", "NGC 700", "NGC 701"]
    assert [found.name for found in catalogue.suggest("sir", 1)] == ["Sirius"]
    assert catalogue.suggest("andromida")[0].name == "M 31"
    assert catalogue.resolve("no such thing") is None


def test_all_positions_are_positions(catalogue: Catalogue) -> None:
    assert len(catalogue) > 13_000
    for letter in "abcdefghijklmnopqrstuvwxyz":
        for found in catalogue.suggest(letter, 1000):
            assert 0.0 <= found.ra_deg < 360.0
            assert -90.0 <= found.dec_deg <= 90.0
