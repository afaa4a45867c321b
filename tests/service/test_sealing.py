"""Sealed secrets: read again for the same purpose only, and by nobody without the service's key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.config import load_config
from service.sealing import SealBroken, seal, unseal


@given(st.binary(max_size=300), st.text(max_size=50))
def test_a_sealed_secret_is_read_again_and_never_looks_like_itself(
    tmp_path_factory: pytest.TempPathFactory, secret: bytes, purpose: str
) -> None:
    config = load_config({}, data_dir=tmp_path_factory.getbasetemp() / "sealing")
    sealed = seal(config, secret, purpose=purpose)
    assert unseal(config, sealed, purpose=purpose) == secret
    assert seal(config, secret, purpose=purpose) != sealed
    with pytest.raises(SealBroken):
        unseal(config, sealed, purpose=purpose + "!")
    with pytest.raises(SealBroken):
        unseal(config, sealed[:-1], purpose=purpose)
    with pytest.raises(SealBroken):
        unseal(config, bytes([sealed[0] ^ 1]) + sealed[1:], purpose=purpose)


def test_another_service_cannot_read_it(tmp_path: Path) -> None:
    here, there = (load_config({}, data_dir=tmp_path / name) for name in ("here", "there"))
    with pytest.raises(SealBroken):
        unseal(there, seal(here, b"secret", purpose="webhook"), purpose="webhook")
    with pytest.raises(SealBroken):
        unseal(here, b"", purpose="webhook")
