"""Ranges of bytes from signed addresses, over connections that are kept open."""

from __future__ import annotations

import http.client
import threading
from urllib.parse import urlsplit

from uraniborg.errors import ServiceUnavailable, TransferFailed
from uraniborg.patience import Patience
from uraniborg.upload.put_lines import connect, target_of

__all__ = ["AddressRefused", "RangeLines"]

KEPT_OPEN = 16
PASSING = {429, 500, 502, 503, 504}
REFUSED = {400, 401, 403, 404, 410}


class AddressRefused(TransferFailed):
    """The object store does not give anything at this address: it has expired, or what was there is gone."""


class RangeLines:
    """Connections to object stores, taken by whichever thread wants one.

    Parameters
    ----------
    patience_s : float
        How long a range is asked for that does not come.
    """

    def __init__(self, patience_s: float = 30.0) -> None:
        self.patience_s = patience_s
        self.received_bytes = 0
        self._idle: dict[str, list[http.client.HTTPConnection]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def fetch(self, url: str, start: int, stop: int) -> bytes:
        """Fetch the bytes from `start` up to `stop`, all of them.

        Raises
        ------
        AddressRefused
            The address does not work, or does not any more.
        ServiceUnavailable
            They did not come in time.
        """
        patience, waiting = Patience(self.patience_s), True
        while True:
            try:
                data = self._attempt(url, start, stop)
            except (OSError, http.client.HTTPException) as error:
                why = str(error) or type(error).__name__
            else:
                self.received_bytes += len(data)
                if len(data) == stop - start:
                    return data
                why = "an answer was too short"
            waiting = patience.wait()
            if not waiting:
                raise ServiceUnavailable(f"The object store does not answer ({why}): try again later.")

    def _attempt(self, url: str, start: int, stop: int) -> bytes:
        address = urlsplit(url)
        place = f"{address.scheme}://{address.netloc}"
        with self._lock:
            idle = self._idle.setdefault(place, [])
            line = idle.pop() if idle else None
        is_used = line is not None
        line = line or connect(address)
        target, headers = target_of(url, address, {"Range": f"bytes={start}-{stop - 1}"})
        try:
            try:
                line.request("GET", target, headers=headers)
                response = line.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if not is_used:
                    raise
                line.close()  # closed at the other end while it was idle: once more on a new one
                line.request("GET", target, headers=headers)
                response = line.getresponse()
            data = self._read(response, start, stop)
        except BaseException:
            line.close()
            raise
        with self._lock:
            if response.will_close or not response.isclosed() or self._closed or len(idle) >= KEPT_OPEN:
                line.close()
            else:
                idle.append(line)
        return data

    def _read(self, response: http.client.HTTPResponse, start: int, stop: int) -> bytes:
        """Read the body of an answer, if it is what was asked for."""
        if response.status == 206:
            given = (response.getheader("Content-Range") or "").partition("/")[0]
            if given.replace(" ", "") != f"bytes{start}-{stop - 1}":
                raise http.client.HTTPException(f"the store gave {given[:60]!r}")
            return response.read()
        if response.status == 200 and start == 0 and response.length == stop:
            return response.read()
        if response.status in REFUSED:
            response.read()
            raise AddressRefused(f"The object store refuses an address ({response.status}).", status=response.status)
        raise http.client.HTTPException(f"status {response.status}")

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            self._closed = True
            for idle in self._idle.values():
                while idle:
                    idle.pop().close()
