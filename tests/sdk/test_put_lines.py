"""PUTs to signed addresses: exact requests, refusals, proxies, connections that went stale."""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uraniborg
from uraniborg._generated.wire import SignedPut
from uraniborg.errors import TransferFailed
from uraniborg.upload.bundle import Bundle
from uraniborg.upload.gate import Gate, Line
from uraniborg.upload.put_lines import NotConnected, PutLines
from uraniborg.upload.sender import AddressExpired, Sender, TooLarge

from tests.support.scripted_server import scripted


@contextmanager
def raw_server(answers: list[bytes], *, read_bytes: int | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Accept connections one after the other, read a request, answer it with these bytes, and hang up."""
    seen: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            connection, _ = listening.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(1)
                size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                body = b""
                while len(body) < min(size, read_bytes if read_bytes is not None else size):
                    body += connection.recv(65536)
                seen.append(head + body)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/objects/key?size=4&signature=ab%2Fcd", seen
    finally:
        listening.close()
        thread.join(timeout=10)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def test_request_is_exactly_what_was_signed() -> None:
    signed = SignedPut(url="", headers={"content-length": "4", "x-amz-checksum-crc32c": "AAAAAA=="})
    with raw_server([OK]) as (url, seen):
        signed.url = url
        moved: list[int] = []
        sender = Sender(Gate(), moved.append)
        sender.put(signed, b"data", 0, 4)
        sender.close()
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"PUT /objects/key?size=4&signature=ab%2Fcd HTTP/1.1"
    assert sorted(line.partition(b":")[0].lower() for line in lines[1:]) == [
        b"accept-encoding",
        b"content-length",
        b"host",
        b"x-amz-checksum-crc32c",
    ]
    assert body == b"data"
    assert moved == [4]


def test_connection_that_went_stale_is_made_anew() -> None:
    with raw_server([OK, OK]) as (url, seen):  # it hangs up after each answer, without saying so
        lines = PutLines()
        assert lines.put("PUT", url, {"Content-Length": "4"}, b"data")[0] == 200
        assert lines.put("PUT", url, {"Content-Length": "4"}, b"more")[0] == 200
        lines.close()
    assert [request[-4:] for request in seen] == [b"data", b"more"]


def bundle_of(*contents: bytes) -> Bundle:
    bundle = Bundle()
    for position, content in enumerate(contents):
        bundle.add(position, "AAAAAA==", content)
    return bundle


def test_where_nobody_takes_bundles_they_are_not_sent_again_and_again() -> None:
    with scripted((0, {}, b"")) as (url, asked):  # hangs up
        sender = Sender(Gate(), lambda _: None)
        signed = SignedPut(url=f"{url}/key", headers={})
        assert [sender.put_together(signed, bundle_of(b"a", b"b")) for _ in range(10)] == [False] * 10
        sender.close()
    assert 1 <= len(asked) <= 6  # three, each on a line that may have been stale


def test_a_single_file_is_no_bundle() -> None:
    with scripted((200, {}, b"")) as (url, asked):
        sender = Sender(Gate(), lambda _: None)
        assert not sender.put_together(SignedPut(url=f"{url}/key", headers={}), bundle_of(b"a"))
        sender.close()
    assert not asked


def test_refusal_before_the_end_of_a_body_is_heard() -> None:
    said = b'{"detail": "This address takes exactly 4 bytes."}'
    refusal = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)
    with raw_server([refusal], read_bytes=0) as (url, _):
        lines = PutLines()
        blocks = (b"x" * 1_000_000 for _ in range(50))
        status, body = lines.put("PUT", url, {"Content-Length": "50000000"}, blocks)
        lines.close()
    assert (status, body) == (413, said)


def test_expired_address_and_refused_bytes_are_told_apart() -> None:
    forbidden = (403, {}, b'{"detail": "This address has expired."}')
    s3 = (400, {"Content-Type": "application/xml"}, b"<Error><Message>BadDigest</Message></Error>")
    for answer, kind, said in ((forbidden, AddressExpired, "expired"), (s3, uraniborg.TransferFailed, "BadDigest")):
        with scripted(answer) as (url, asked):
            sender = Sender(Gate(), lambda _: None)
            with pytest.raises(kind, match=said):
                sender.put(SignedPut(url=f"{url}/key", headers={}), b"data", 0, 4)
            sender.close()
        assert len(asked) == (1 if kind is AddressExpired else 3)


def test_proxy_of_the_environment_is_used_but_not_for_hosts_without(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted((200, {}, b"")) as (proxy, asked):
        monkeypatch.setenv("http_proxy", proxy.replace("http://", "http://tycho:se%40cret@"))
        monkeypatch.setenv("no_proxy", "near.example")
        lines = PutLines()
        assert lines.put("PUT", "http://far.example/key?a=1", {"Content-Length": "4"}, b"data")[0] == 200
        with pytest.raises(OSError):
            lines.put("PUT", "http://near.example:9/key", {"Content-Length": "4"}, b"data")
        lines.close()
    assert [request["path"] for request in asked] == ["http://far.example/key?a=1"]
    assert asked[0]["host"] == "far.example"
    assert base64.b64decode(asked[0]["proxy-authorization"].removeprefix("Basic ")) == b"tycho:se@cret"


def test_a_line_that_was_closed_while_it_was_idle_is_not_taken_for_one_that_breaks(tmp_path: Path) -> None:
    content = os.urandom(6 * 1024**2)  # it is read as it is sent, and could not be sent a second time
    (tmp_path / "frame").write_bytes(content)
    gate, moved = Gate(), list[int]()
    sender = Sender(gate, moved.append, patience_s=0)
    with raw_server([OK] * 3) as (url, seen), (tmp_path / "frame").open("rb") as file:
        for _ in range(3):  # the server hangs up each time
            sender.put(SignedPut(url=url, headers={}), file.fileno(), 0, len(content))
            time.sleep(0.05)
        assert [request.partition(b"\r\n\r\n")[2] == content for request in seen] == [True] * 3
    assert moved == [len(content)] * 3
    assert gate.line == Line(gate.line.bytes_per_s)


def test_where_nobody_answers_nothing_is_learnt_of_the_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    gate = Gate()
    with pytest.raises(TransferFailed):
        Sender(gate, lambda _: None, patience_s=0).put(
            SignedPut(url=f"http://127.0.0.1:{port}/a", headers={}), b"", 0, 0
        )
    with pytest.raises(NotConnected):
        PutLines().put("PUT", f"http://127.0.0.1:{port}/a", {}, b"")
    assert gate.line == Line()


def test_what_a_line_that_breaks_does_not_carry_in_one_piece_is_too_large_for_it() -> None:
    gate = Gate(line=Line(1024**2, 10.0))
    sender = Sender(gate, lambda _: None, patience_s=0)
    content = bytes(6 * 1024**2)
    assert sender.one_piece_bytes() == 5 * 1024**2, "S3 takes no smaller parts"
    with raw_server([OK]) as (url, seen):
        signed = SignedPut(url=url, headers={})
        with pytest.raises(TooLarge):
            sender.put(signed, content, 0, len(content), can_be_smaller=lambda: True)
        assert seen == []
        sender.put(signed, content, 0, len(content))
        assert len(seen) == 1
