"""The notebooks of the docs run as they are, against a service that holds the simulated night, or on a mount of it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import uraniborg
from nbclient import NotebookClient
from nbformat import NotebookNode

from demo.simulate_night import simulate_night
from tests.conftest import ROOT
from tests.support.live_server import Someone
from tests.support.mounting import Mount, why_no_mount

EXAMPLES = ROOT / "docs" / "examples"
MOUNTED = {"reduce_on_a_mount"}
LARGEST_PICTURE = 60_000  # bytes: who looks at the docs fetches them, too
NIGHT = "night-2026-11-20"


@pytest.fixture
def night(client: uraniborg.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The simulated night, in a dataset of the service."""
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    simulate_night(tmp_path / "night", night="2026-11-20")
    report = client.upload(tmp_path / "night", telescope="quadrant", instrument="camera", dataset=NIGHT, wait=True)
    assert report.ok, report
    return NIGHT


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({path.stem for path in EXAMPLES.glob("*.ipynb")} - MOUNTED))
def test_a_notebook_runs(
    name: str, client: uraniborg.Client, tycho: Someone, night: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URANIBORG_URL", client.url)
    monkeypatch.setenv("URANIBORG_TOKEN", tycho.token)
    monkeypatch.setenv("ORGANISATION", str(client.organisation))
    assert_shows_what_it_gives(EXAMPLES / f"{name}.ipynb", tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
@pytest.mark.parametrize("name", sorted(MOUNTED))
def test_a_notebook_runs_in_a_mounted_folder(name: str, client: uraniborg.Client, night: str, mount: Mount) -> None:
    """Without the client, and without anything by which it could be reached."""
    team = str(client.add_team(name=f"Notebooks {client.organisation}").slug)
    client.call("share_dataset", dataset=night, team=team, body={})
    files = mount("--team", team) / "files"
    (files / f"{name}.ipynb").write_bytes((EXAMPLES / f"{name}.ipynb").read_bytes())
    assert "import uraniborg" not in (files / f"{name}.ipynb").read_text()
    assert_shows_what_it_gives(files / f"{name}.ipynb", files)
    written = {entry.path: entry.size_bytes for entry in client.list_team_files(team, folder="M31").items}
    names = ("M31_R.fits", "M31_R.png", "master_bias.fits", "master_flat_R.fits")
    assert written.keys() == {f"M31/{file}" for file in names}
    assert all(written.values())


def assert_shows_what_it_gives(path: Path, folder: Path) -> None:
    """Run a notebook in a folder, and compare what its cells give with what is stored in it."""
    stored, run = nbformat.read(path, as_version=4), nbformat.read(path, as_version=4)
    NotebookClient(run, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    assert [_shown(cell) for cell in run.cells] == [_shown(cell) for cell in stored.cells]
    pictures = [_pictures(cell) for cell in stored.cells]
    assert [sizes.keys() for sizes in map(_pictures, run.cells)] == [sizes.keys() for sizes in pictures]
    assert max((size for sizes in pictures for size in sizes.values()), default=0) < LARGEST_PICTURE


def _shown(cell: NotebookNode) -> list[str]:
    return [output["data"]["text/plain"] for output in cell.get("outputs", []) if "data" in output]


def _pictures(cell: NotebookNode) -> dict[str, int]:
    """Tell the kinds of a cell's pictures, and how long each is: another version of a library draws other pixels."""
    shown = [output["data"] for output in cell.get("outputs", []) if "data" in output]
    return {kind: len(data[kind]) * 3 // 4 for data in shown for kind in data if kind.startswith("image/")}
