"""The journal as a state machine: whatever is written, killed or answered late, it calls stored what was sent whole."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from uraniborg.upload.walk import Identity
from uraniborg.watch.journal import Entry, Fate, Folder, Journal
from uraniborg.watch.look import Seen, look, look_at
from uraniborg.watch.rules import Rules
from uraniborg.watch.settling import Settling, is_same

REST_S = 3.0
NAMES = [b"a.dat", b"b\n.dat", b"\xff\xfe.dat", "é.dat".encode(), "e\u0301.dat".encode()]
names = st.sampled_from(NAMES)


class JournalMachine(RuleBasedStateMachine):
    """A folder, a journal, and a service that remembers which contents it acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.watched = bytes(self.home / "watched")
        (self.home / "watched").mkdir()
        self.now = 1000.0
        self.writes = 0
        self.written_at: dict[bytes, float] = {}
        self.content_of: dict[tuple[bytes, Identity], int] = {}
        self.acknowledged: list[tuple[bytes, int]] = []
        self.taken: list[Entry] = []
        self.open()

    def open(self) -> None:
        self.journal = Journal(self.home / "journal.sqlite", lambda: self.now)
        [self.folder] = self.journal.begin([(self.watched, "")], rest_s=REST_S)
        self.settling = Settling(
            self.journal, {self.folder.id: self.folder}, Rules(), rest_s=REST_S, clock=lambda: self.now
        )
        self.taken = []

    def path(self, name: bytes) -> Path:
        return Path((self.watched + b"/" + name).decode("utf-8", "surrogateescape"))

    @rule(name=names)
    def write(self, name: bytes) -> None:
        """Each content has a length of its own, so that no clock of a file system hides it."""
        self.writes += 1
        self.path(name).write_bytes(b"x" * self.writes)
        identity = look_at(self.watched, name)
        assert identity is not None
        self.content_of[name, identity] = self.writes
        self.written_at[name] = self.now

    @rule(name=names)
    def remove(self, name: bytes) -> None:
        self.path(name).unlink(missing_ok=True)

    @rule(seconds=st.floats(0, 10))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def look(self) -> None:
        self.journal.observe(self.folder, look(self.watched), rest_s=REST_S)

    @rule()
    def settle(self) -> None:
        self.settling.look_again()

    @precondition(lambda self: not self.taken)
    @rule(files=st.integers(1, 3))
    def take(self, files: int) -> None:
        self.taken = self.journal.take(files=files, size_bytes=10**9)

    @precondition(lambda self: self.taken)
    @rule(answer=st.sampled_from(["stored", "failed", "lost", "released"]))
    def end_one(self, answer: str) -> None:
        """The service takes a file, or refuses it; or its yes is lost."""
        entry = self.taken.pop()
        identity = look_at(self.watched, entry.path)
        if identity is None or not is_same(identity, entry.identity):
            self.journal.unsettle([entry], rest_s=REST_S)
        elif answer == "failed":
            self.journal.end([Fate(entry=entry, stored=False, code="x", reason="It was refused.", again_s=5.0)])
        elif answer == "released":
            self.journal.release([entry])
        else:
            self.acknowledge(entry.path, identity)
            if answer == "stored":
                self.journal.end([Fate(entry=entry, stored=True, file="f")])
            else:
                self.journal.release([entry])

    def acknowledge(self, path: bytes, identity: Identity) -> None:
        assert self.now - self.written_at[path] >= REST_S, "sent before it was at rest"
        self.acknowledged.append((path, self.content_of[path, identity]))

    @rule(clock=st.floats(0, 2000))
    def be_killed(self, clock: float) -> None:
        """Nothing is closed, and after a restart of the computer the monotonic clock begins anew."""
        self.written_at = {path: at - self.now + clock for path, at in self.written_at.items()}
        self.now = clock
        self.open()

    @invariant()
    def what_is_stored_was_acknowledged(self) -> None:
        self.journal.note_held(0.0)
        for entry in self.journal.stored_before(1e12, after=0):
            assert (entry.path, self.content_of[entry.path, entry.identity]) in self.acknowledged

    @invariant()
    def only_what_is_taken_is_being_sent(self) -> None:
        assert self.journal.count("sending") == len(self.taken)

    def teardown(self) -> None:
        """Left in peace, everything that is there arrives, in its last content."""
        self.journal.release(self.taken)
        for _ in range(4):
            self.look()
            self.now += 3600.0
            self.settle()
            for entry in self.journal.take(files=100, size_bytes=10**9):
                self.acknowledge(entry.path, entry.identity)
                self.journal.end([Fate(entry=entry, stored=True)])
        for name in NAMES:
            identity = look_at(self.watched, name)
            if identity is not None:
                assert (name, self.content_of[name, identity]) in self.acknowledged
        assert not self.journal.count("seen", "settling", "ready", "sending", "failed")
        self.journal.close()
        shutil.rmtree(self.home)


JournalMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_journal = JournalMachine.TestCase


def test_a_damaged_journal_is_moved_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"no database at all" * 1000)
    journal = Journal(path)
    assert journal.begin([(b"/tmp/x", "")], rest_s=1) == [Folder(1, b"/tmp/x", "")]
    assert (tmp_path / "journal.sqlite.broken").exists()


def test_a_folder_keeps_its_prefix_when_others_join(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.begin([(b"/dome/raw", "")], rest_s=1)
    folders = journal.begin([(b"/dome/raw", "raw/"), (b"/hut/raw", "raw/"), (b"/lab/raw", "raw/")], rest_s=1)
    assert [folder.prefix for folder in folders] == ["", "raw/", "raw-2/"]


def test_a_hundred_thousand_files_are_noted_and_taken_in_pieces(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", clock=lambda: 0.0)
    [folder] = journal.begin([(b"/dome", "")], rest_s=0)
    many = (Seen(b"%06d.fits" % n, Identity(1, n, 100, n, n)) for n in range(100_000))
    assert journal.observe(folder, many, rest_s=0) == 100_000
    assert (
        journal.observe(folder, (Seen(b"%06d.fits" % n, Identity(2, n, 100, n, n)) for n in range(1000)), rest_s=0) == 0
    )
    entries = journal.due()
    assert len(entries) == 500
    journal.settle(ready=entries, rest_s=0)
    assert len(journal.take(files=1000, size_bytes=12_345)) == 123
    assert journal.count("sending") == 123


def test_of_files_that_wait_the_newest_can_be_taken_first(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", clock=lambda: 0.0)
    [folder] = journal.begin([(b"/dome", "")], rest_s=0)
    written_ns = {b"old.fits": 1, b"new.fits": 3, b"middle.fits": 2}
    journal.observe(folder, [Seen(path, Identity(1, at, 100, at, 9)) for path, at in written_ns.items()], rest_s=0)
    journal.settle(ready=journal.due(), rest_s=0)
    assert [entry.path for entry in journal.take(files=9, size_bytes=200, newest_first=True)] == [
        b"new.fits",
        b"middle.fits",
    ]
    journal.observe(folder, [Seen(b"newest.fits", Identity(1, 4, 100, 4, 9))], rest_s=0)
    journal.settle(ready=journal.due(), rest_s=0)
    assert [entry.path for entry in journal.take(files=1, size_bytes=200, newest_first=True)] == [b"newest.fits"]
    assert [entry.path for entry in journal.take(files=1, size_bytes=200)] == [b"old.fits"]
