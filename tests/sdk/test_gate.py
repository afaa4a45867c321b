"""How many transfers run at once, on lines that carry much and on those that carry little."""

from __future__ import annotations

import contextlib
import math
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uraniborg.upload.digests import Memory
from uraniborg.upload.gate import FIRST, LEAST, LONG_S, MOST, Gate, Line, breaks_every_s


def test_gate_lets_in_so_many_and_learns() -> None:
    now = [0.0]
    gate = Gate(clock=lambda: now[0])
    assert gate.limit == FIRST
    inside, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with gate:
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.05)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == FIRST
    for rate in (10, 20, 40, 80, 160, 320, 640, 1280):  # it helps: more of it
        now[0] += 1
        gate.moved(rate)
    assert gate.limit == MOST
    for _ in range(4):
        gate.failed()
    assert gate.limit == LEAST


@given(
    line_bytes_per_s=st.floats(1e4, 1e9),
    size_bytes=st.integers(1024**2, 64 * 1024**2),
    breaks=st.lists(st.booleans(), max_size=8),
)
def test_over_a_line_that_breaks_no_transfer_takes_long_beside_others(
    line_bytes_per_s: float, size_bytes: int, breaks: list[bool]
) -> None:
    now = [0.0]
    gate = Gate(clock=lambda: now[0])
    for broke in [*breaks, False, False, False]:
        with contextlib.ExitStack() as inside:
            beside = gate.limit
            for _ in range(beside):
                inside.enter_context(gate)
            seconds = beside * size_bytes / line_bytes_per_s  # they share the line
            now[0] += seconds
            for _ in range(beside):
                if broke:
                    gate.broke(size_bytes // 2, seconds)
                else:
                    gate.moved(size_bytes, seconds)
    assert LEAST <= gate.limit <= MOST
    assert 0 < gate.line.transfer_s <= LONG_S or gate.line.transfer_s == math.inf
    assert gate.line.bytes_per_s <= line_bytes_per_s * 1.001
    if gate.line.transfer_s < math.inf:
        assert gate.limit == LEAST or gate.limit * size_bytes / line_bytes_per_s <= LONG_S * 1.001
    if not any(breaks):
        assert gate.one_piece_bytes() == math.inf, "it is not known to break"


def test_a_line_that_is_slow_for_each_and_does_not_break_is_given_many() -> None:
    now = [0.0]
    gate = Gate(clock=lambda: now[0])
    for _ in range(20):
        with contextlib.ExitStack() as inside:
            for _ in range(gate.limit):
                inside.enter_context(gate)
            now[0] += 60
            for _ in range(gate.limit):
                gate.moved(64 * 1024**2, 60.0)
    assert gate.limit > FIRST // 2


def test_what_goes_in_one_piece_is_what_a_line_carries_in_a_part_of_the_time_that_it_holds() -> None:
    now = [100.0]
    gate = Gate(clock=lambda: now[0])
    with contextlib.ExitStack() as inside:
        for _ in range(4):
            inside.enter_context(gate)
        gate.broke(0, 0.0)  # nobody answers: that is not the line
        gate.broke(1000, 0.2)
        assert gate.line == Line()
        now[0] = 112.0
        for _ in range(4):  # at the same moment: 4 MiB a second, of which some has not arrived
            gate.broke(12 * 1024**2, 12.0)
        assert gate.line == Line(2 * 1024**2, 12.0)
        assert gate.one_piece_bytes() == 2 * 3 * 1024**2
        for again in (113.5, 115.0, 140.0):  # it stays away
            now[0] = again
            gate.broke(0, 0.1)
        assert gate.line == Line(2 * 1024**2, 12.0)
    with gate:
        now[0] = 150.0
        gate.moved(4 * 1024**2, 1.0)
        now[0] = 170.0
        gate.moved(100, 0.1)
        assert gate.line == Line(pytest.approx((0.8 * 2 + 0.2 * 4) * 1024**2), 21.0), "it has held longer by now"
        now[0] = 171.0
        gate.broke(0, 1.0)
        assert gate.line.holds_s == 22.0


def test_what_was_learnt_of_a_line_is_told_once_there_is_anything() -> None:
    now = [0.0]
    known = Line(1024**2, 20.0)
    gate = Gate(clock=lambda: now[0], line=known)
    assert Gate().learnt() is None
    assert gate.learnt() is None, "it would hold twice as long with each upload"
    for _ in range(50):
        now[0] += 1.0
        gate.moved(1024**2, 1.0)
    assert gate.learnt() == gate.line
    assert gate.line.holds_s == 50.0
    now[0] += 2.0
    gate.broke(2 * 1024**2, 2.0)
    assert gate.learnt() == gate.line
    assert gate.line.holds_s == 52.0
    gate = Gate(clock=lambda: now[0])
    for _ in range(50):
        now[0] += 1.0
        gate.moved(1024**2, 1.0)
    assert gate.learnt() is None, "it has not broken"


def test_who_leaves_for_a_while_lets_others_in() -> None:
    gate = Gate()
    for _ in range(4):
        gate.failed()
    went = threading.Event()

    def work() -> None:
        with gate:
            went.set()

    with gate:
        thread = threading.Thread(target=work)
        thread.start()
        assert not went.wait(0.05)
        with gate.left():
            assert went.wait(10)
        thread.join()
    with gate:
        pass


@given(st.builds(Line, st.floats(1, 1e9), st.floats(0.1, 1e6)))
def test_what_a_line_was_like_is_remembered(tmp_path_factory: pytest.TempPathFactory, line: Line) -> None:
    path = tmp_path_factory.mktemp("memory") / "digests.sqlite"
    memory = Memory(path)
    assert memory.find_line("https://there") is None
    memory.keep_line("https://there", line)
    memory.close()
    memory = Memory(path)
    assert memory.find_line("https://there") == line
    again = Gate(line=memory.find_line("https://there"))
    assert again.line == Line(line.bytes_per_s, 2 * line.holds_s), "it may be better by now"
    memory.close()


def test_who_is_inside_waits_for_others_when_fewer_may_be() -> None:
    gate, lock = Gate(), threading.Lock()
    going, most, done = 0, 0, 0
    entered = threading.Barrier(FIRST)

    def work() -> None:
        nonlocal going, most, done
        with gate:
            entered.wait()
            gate.failed()  # all of them, as of a line that breaks
            entered.wait()
            for _ in range(5):
                gate.go_on()
                with lock:
                    going += 1
                    most = max(most, going)
                time.sleep(0.002)
                with lock:
                    going -= 1
                    done += 1

    threads = [threading.Thread(target=work) for _ in range(FIRST)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (most, done, gate.limit) == (LEAST, 5 * FIRST, LEAST)


def test_how_often_a_line_breaks_is_told_by_the_moments_at_which_transfers_broke() -> None:
    now = [100.0]
    gate = Gate(clock=lambda: now[0])
    for moment in (110.0, 130.0, 150.0):
        now[0] = moment
        for _ in range(4):  # at the same moment
            gate.broke(1000, 0.3)
        gate.broke(0, 0.0)  # nobody answers
        now[0] += 5.0
        gate.broke(0, 0.1)
    assert list(gate.breaks) == [110.0, 130.0, 150.0]
    assert breaks_every_s(gate.breaks, now[0]) == 20.0
    assert breaks_every_s(list(gate.breaks)[:1], now[0]) is None
    assert breaks_every_s(gate.breaks, 740.0) is None, "that was long ago"
