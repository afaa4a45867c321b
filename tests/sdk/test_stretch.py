"""Stretches of files on their way to a socket: the very bytes, by the kernel or in blocks; none of a shorter file."""

from __future__ import annotations

import errno
import os
import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uraniborg.upload.digests import Changed
from uraniborg.upload.stretch import BLOCK_BYTES, Stretch

CONTENT = random.Random(4).randbytes(9_000_000)
Line = tuple[socket.socket, bytearray, threading.Thread]


def line(timeout_s: float | None = 30) -> Line:
    """Open a line, whose other end reads all until it is hung up."""
    here, there = socket.socketpair()
    here.settimeout(timeout_s)
    came = bytearray()

    def read() -> None:
        with there:
            while more := there.recv(1_000_000):
                came.extend(more)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    return here, came, reading


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "frame.fits").write_bytes(CONTENT)
    descriptor = os.open(tmp_path / "frame.fits", os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def sent(descriptor: int, offset: int, size_bytes: int, block_bytes: int = BLOCK_BYTES) -> tuple[bytes, int]:
    """Send a stretch; what came, and how many bytes were told of before they went."""
    told: list[int] = []
    wire, came, reading = line()
    with wire:
        Stretch(descriptor, offset, size_bytes, told.append, block_bytes).send(wire)
    reading.join()
    return bytes(came), sum(told)


@given(st.integers(0, len(CONTENT)), st.integers(0, len(CONTENT)), st.sampled_from([BLOCK_BYTES, 64 * 1024]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_very_bytes_arrive(file: int, one: int, other: int, block_bytes: int) -> None:
    begin, end = sorted((one, other))
    came, told = sent(file, begin, end - begin, block_bytes)
    assert came == CONTENT[begin:end]
    assert told >= end - begin


def test_a_file_system_that_cannot_is_read_in_blocks(file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> int:
        raise OSError(errno.EINVAL, "not from here")

    monkeypatch.setattr(os, "sendfile", refuse)
    assert sent(file, 5, 8_000_000)[0] == CONTENT[5:8_000_005]


@pytest.mark.parametrize("block_bytes", [BLOCK_BYTES, 64 * 1024])
def test_a_file_that_became_shorter_is_not_sent_as_if_it_were_whole(file: int, block_bytes: int) -> None:
    os.ftruncate(file, 3_000_000)
    with pytest.raises(Changed):
        sent(file, 0, len(CONTENT), block_bytes)


def test_who_stops_it_is_asked_before_each_piece(file: int) -> None:
    left = [True, True]

    def go_on(_: int) -> None:
        if not left:
            raise RuntimeError("stopped")
        left.pop()

    wire, came, reading = line()
    with wire, pytest.raises(RuntimeError, match="stopped"):
        Stretch(file, 0, len(CONTENT), go_on, BLOCK_BYTES).send(wire)
    reading.join()
    assert len(came) < len(CONTENT)
    assert came == CONTENT[: len(came)]


def test_nobody_who_takes_it_is_not_waited_for_for_ever(file: int) -> None:
    here, there = socket.socketpair()
    here.settimeout(0.2)
    with here, there, pytest.raises(TimeoutError):
        Stretch(file, 0, len(CONTENT), lambda _: None, BLOCK_BYTES).send(here)
