"""The notebooks of the docs run as they are, against a service that holds the simulated night."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import uraniborg
from nbclient import NotebookClient

from demo.simulate_night import simulate_night
from tests.conftest import ROOT
from tests.support.live_server import Someone

EXAMPLES = ROOT / "docs" / "examples"


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs(
    path: Path, client: uraniborg.Client, tycho: Someone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate_night(tmp_path / "night", night="2026-11-20")
    report = client.upload(tmp_path / "night", telescope="quadrant", instrument="camera", wait=True)
    assert report.ok, report
    monkeypatch.setenv("URANIBORG_URL", client.url)
    monkeypatch.setenv("URANIBORG_TOKEN", tycho.token)
    monkeypatch.setenv("ORGANISATION", str(client.organisation))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [_shown(cell) for cell in nbformat.read(path, as_version=4).cells]
    assert [_shown(cell) for cell in notebook.cells] == shown, "what it shows is what it gives"


def _shown(cell: nbformat.NotebookNode) -> list[str]:
    outputs = cell.get("outputs", [])
    return [output["data"]["text/plain"] for output in outputs if output["output_type"] == "execute_result"]
