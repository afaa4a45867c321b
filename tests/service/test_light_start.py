"""The server starts without the libraries that only its worker processes need: they take seconds to load."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "astropy", "boto3", "botocore", "matplotlib", "skyfield", "PIL", "fpdf", "pyongc", "astro_metadata_translator",
    "rich", "pygments",
)  # fmt: skip


def test_importing_the_application_loads_nothing_heavy() -> None:
    program = f"import service.server, service.app, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_worker_tasks_bring_them_to_the_processes_that_need_them() -> None:
    program = (
        "import sys; from service.worker_tasks import derive_batch; from domain.equipment import Equipment;"
        " derive_batch(None, Equipment([], []), []); print('sqlalchemy' in sys.modules, 'litestar' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "False"
