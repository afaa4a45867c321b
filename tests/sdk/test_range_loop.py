"""Ranges by the loop, or as streams: what is not as usual is said to be got otherwise, and nobody waits for ever."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from pathlib import Path

import pytest
import uraniborg
from crc32c import crc32c as crc32c_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uraniborg.tree.blocks import BLOCK_BYTES
from uraniborg.tree.contents import Contents
from uraniborg.tree.range_loop import LINES, RangeLoop
from uraniborg.tree.ranges import AddressRefused, RangeLines
from uraniborg.tree.reader import Address

CONTENT = bytes(range(256)) * 4096


def answer(path: str, start: int, stop: int) -> tuple[bytes, bool]:
    """Say what the store answers at a path, and whether it hangs up behind it."""
    body = CONTENT[start:stop]
    head = f"HTTP/1.1 206 Partial Content\r\nContent-Length: {len(body)}\r\n"
    head += f"Content-Range: bytes {start}-{stop - 1}/{len(CONTENT)}\r\n"
    match path:
        case "/usual":
            return head.encode() + b"Connection: Keep-Alive\r\n\r\n" + body, False
        case "/cut":
            return head.encode() + b"\r\n" + body[: len(body) // 2], True
        case "/other":
            return head.replace(f"bytes {start}-", f"bytes {start + 1}-").encode() + b"\r\n" + body, False
        case "/more":
            return head.encode() + b"\r\n" + body + b"more", False
        case "/refused":
            return b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", False
        case _:
            return b"", True


def serve(listening: socket.socket) -> None:
    def speak(line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            asked = b""
            while True:
                while b"\r\n\r\n" not in asked:
                    if not (more := line.recv(65536)):
                        return
                    asked += more
                head, _, asked = asked.partition(b"\r\n\r\n")
                path = head.split()[1].decode()
                begin, end = head.partition(b"bytes=")[2].split(b"\r\n")[0].split(b"-")
                said, is_last = answer(path, int(begin), int(end) + 1)
                for at in range(0, len(said), 100_000):
                    line.sendall(said[at : at + 100_000])
                if is_last:
                    return

    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=speak, args=[line], daemon=True).start()


@pytest.fixture
def store() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=[listening], daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def loop() -> Iterator[RangeLoop]:
    lines = RangeLines()
    made = RangeLoop(lines)
    yield made
    made.close()
    lines.close()


def fetched(loop: RangeLoop, asked: list[tuple[str, int, int]]) -> list[bytes | None]:
    """Fetch ranges by a loop, all at once; None for each that did not come."""
    buffers = [memoryview(bytearray(stop - start)) for _, start, stop in asked]
    came: dict[int, bool] = {}
    for number, (url, start, _) in enumerate(asked):

        def done(arrived: bool, number: int = number) -> None:
            assert number not in came, "it is told once"
            came[number] = arrived

        assert loop.start(url, start, [(buffers[number], done)], is_urgent=number % 2 == 0)
    deadline = time.monotonic() + 30
    while len(came) < len(asked):
        assert time.monotonic() < deadline
        loop.turn()
    return [bytes(buffer) if came[number] else None for number, buffer in enumerate(buffers)]


def test_many_more_ranges_than_lines_all_come(loop: RangeLoop, store: str) -> None:
    asked = [(f"{store}/usual", number * 1000, number * 1000 + 1 + number * 7919) for number in range(6 * LINES)]
    assert fetched(loop, asked) == [CONTENT[start:stop] for _, start, stop in asked]
    assert fetched(loop, asked[:3]) == [CONTENT[start:stop] for _, start, stop in asked[:3]]


@pytest.mark.parametrize("path", ["cut", "other", "refused", "silent"])
def test_what_is_unusual_is_left_to_others(loop: RangeLoop, store: str, path: str) -> None:
    asked = [(f"{store}/{path if number % 3 else 'usual'}", number, 500_000) for number in range(3 * LINES)]
    assert fetched(loop, asked) == [None if number % 3 else CONTENT[number:500_000] for number in range(3 * LINES)]


@given(sizes=st.lists(st.integers(1, 200_000), min_size=1, max_size=5), path=st.sampled_from(["usual", "cut", "other"]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_of_one_request_are_told_of_one_by_one(loop: RangeLoop, store: str, sizes: list[int], path: str) -> None:
    """All that was told to have come is right, whatever becomes of the rest, and each is told once, in their order."""
    buffers = [memoryview(bytearray(size)) for size in sizes]
    told: list[tuple[int, bool, bytes]] = []

    def done(came: bool, number: int) -> None:
        told.append((number, came, bytes(buffers[number])))

    parts = [(buffer, partial(done, number=number)) for number, buffer in enumerate(buffers)]
    assert loop.start(f"{store}/{path}", 7, parts, is_urgent=True)
    deadline = time.monotonic() + 30
    while len(told) < len(sizes):
        assert time.monotonic() < deadline
        loop.turn()
    ends = list(accumulate(sizes, initial=7))
    arrives = {"usual": ends[-1], "cut": 7 + sum(sizes) // 2, "other": 0}[path]
    assert [(number, came) for number, came, _ in told] == [(at, end <= arrives) for at, end in enumerate(ends[1:])]
    assert all(data == CONTENT[ends[number] : ends[number + 1]] for number, came, data in told if came)


def test_bytes_behind_an_answer_are_nobodys(loop: RangeLoop, store: str) -> None:
    for _ in range(3):
        found = fetched(loop, [(f"{store}/more", number, 300_000) for number in range(LINES)])
        assert all(data is None or data == CONTENT[number:300_000] for number, data in enumerate(found))


def test_nobody_there_is_told(loop: RangeLoop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert fetched(loop, [(f"http://127.0.0.1:{port}/usual", 0, 10)] * (2 * LINES)) == [None] * (2 * LINES)


def test_what_others_ask_for_is_done_by_the_loop_whatever_becomes_of_one(loop: RangeLoop) -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number % 3 == 0:
            raise ValueError(number)
        done.append(number)

    threads = [
        threading.Thread(target=lambda first=first: [loop.call(partial(work, first + at)) for at in range(100)])
        for first in range(0, 400, 100)
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 30
    while len(done) < sum(number % 3 > 0 for number in range(400)):
        assert time.monotonic() < deadline
        loop.turn()
    assert sorted(done) == [number for number in range(400) if number % 3]


def test_who_waits_when_it_is_closed_is_told_and_nothing_is_taken_on_any_more(store: str) -> None:
    lines = RangeLines()
    loop = RangeLoop(lines)
    told: list[bool] = []
    for number in range(3 * LINES):  # more than there are lines: some wait for one
        assert loop.start(f"{store}/usual", number, [(memoryview(bytearray(10)), told.append)], is_urgent=False)
    assert loop.call(lambda: told.append(True))
    loop.close()
    deadline = time.monotonic() + 30
    while len(told) < 3 * LINES + 1:  # those that were being connected say so a little later
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not loop.call(print)
    assert not loop.start(f"{store}/usual", 0, [(memoryview(bytearray(10)), told.append)], is_urgent=True)
    assert told.count(True) == 1
    lines.close()


def test_encrypted_lines_are_left_to_threads(loop: RangeLoop) -> None:
    assert not loop.start("https://store.example/x", 0, [(memoryview(bytearray(8)), print)], is_urgent=True)


def test_a_range_streams_through_a_small_buffer(store: str) -> None:
    lines, buffer = RangeLines(patience_s=0), memoryview(bytearray(100_000))
    for stop in (1, 99_999, 100_000, 100_001, 777_777):
        pieces = [bytes(piece) for piece in lines.stream(f"{store}/usual", 0, stop, buffer)]
        assert b"".join(pieces) == CONTENT[:stop]
        assert {len(piece) for piece in pieces[:-1]} <= {100_000}
    assert lines.received_bytes == 1 + 99_999 + 100_000 + 100_001 + 777_777
    lines.close()


@pytest.mark.parametrize(
    ("path", "pieces", "error"),
    [
        ("cut", 2, uraniborg.ServiceUnavailable),
        ("other", 0, uraniborg.ServiceUnavailable),
        ("silent", 0, uraniborg.ServiceUnavailable),
        ("refused", 0, AddressRefused),
    ],
)
def test_a_stream_that_breaks_has_given_what_came(
    store: str, path: str, pieces: int, error: type[uraniborg.UraniborgError]
) -> None:
    lines, buffer, came = RangeLines(patience_s=0), memoryview(bytearray(100_000)), b""
    with pytest.raises(error):
        for piece in lines.stream(f"{store}/{path}", 0, 500_000, buffer):
            came += piece
    assert came == CONTENT[: pieces * 100_000]
    # Whoever stops in the middle leaves no line behind on which the rest would come.
    for _ in zip(range(1), lines.stream(f"{store}/usual", 0, 500_000, buffer), strict=False):
        pass
    assert lines.fetch(f"{store}/usual", 5, 500_000) == CONTENT[5:500_000]
    lines.close()


@contextlib.contextmanager
def turned(contents: Contents) -> Iterator[None]:
    """Have a loop turned by a thread of its own for some contents."""
    contents.loop = loop = RangeLoop(contents.lines)
    ended = threading.Event()

    def turn() -> None:
        while not ended.is_set():
            loop.turn()

    thread = threading.Thread(target=turn, name="the-loop")
    thread.start()
    try:
        yield
    finally:
        contents.loop = None
        ended.set()
        loop.call(lambda: None)
        thread.join()
        loop.close()
        contents.close()


@pytest.mark.parametrize("crc32c", [base64.b64encode(crc32c_of(CONTENT).to_bytes(4, "big")).decode(), None])
def test_the_loop_asks_nobody_for_what_was_kept_whatever_has_become_of_it(
    tmp_path: Path, store: str, crc32c: str | None
) -> None:
    """Some of it is damaged, and addresses have expired, so that somebody has to be asked at the end."""
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    good = Address(f"{store}/usual", time.monotonic() + 3600, crc32c)
    asked: list[str] = []

    def address(_: bool) -> Address:
        asked.append(threading.current_thread().name)
        return good

    contents = Contents(tmp_path)
    with turned(contents):
        assert contents.open(sha256, len(CONTENT), address, lambda: good).read(0, len(CONTENT)) == CONTENT
        contents.settle()
    [kept] = tmp_path.rglob("*.blocks")
    for damaged in (False, True):
        if damaged:
            with kept.open("r+b") as file:
                file.seek(5 * BLOCK_BYTES)
                file.write(b"damage")
        contents = Contents(tmp_path)
        with turned(contents):
            reader = contents.open(sha256, len(CONTENT), address)
            for at in range(0, len(CONTENT), 100_000):
                assert reader.read(at, 100_000) == CONTENT[at : at + 100_000]
            contents.settle()
    assert asked
    assert "the-loop" not in asked
