"""The server starts without the libraries that only its worker processes need: they take seconds to load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "astropy", "boto3", "botocore", "matplotlib", "skyfield", "PIL", "fpdf", "pyongc", "astro_metadata_translator",
    "rich", "pygments",
)  # fmt: skip


def test_importing_the_application_loads_nothing_heavy() -> None:
    loaded = f"[m for m in {HEAVY!r} if m in sys.modules]"
    program = f"import service.server, service.light_imports, service.app, sys; print({loaded})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_worker_tasks_bring_them_to_the_processes_that_need_them() -> None:
    program = (
        "import sys; from service.worker_tasks import derive_batch; from domain.equipment import Equipment;"
        " derive_batch(None, Equipment([], []), []); print('sqlalchemy' in sys.modules, 'litestar' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "False"


def test_processes_that_the_command_begins_do_not_begin_it_again() -> None:
    """Each of a pool runs the command's file once more, as ``__mp_main__``, to know what its parent knew."""
    command = Path(sys.executable).with_name("uraniborg-server")
    if not command.exists():
        pytest.skip("the command is not installed here: `make` writes it")
    program = f"import runpy, sys; sys.argv[1:] = ['--help']; runpy.run_path({str(command)!r}, run_name='__mp_main__')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
