"""The client: every operation of the service as a method, and the work that takes many of them."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import msgspec

from uraniborg._generated.methods import Methods
from uraniborg._generated.operations import OPERATIONS
from uraniborg.errors import NotAllowed, NotConfigured, NotSignedIn, ServiceFault
from uraniborg.operation import Operation
from uraniborg.settings import load_settings
from uraniborg.sky_methods import SkyMethods
from uraniborg.transport import Transport
from uraniborg.version import __version__

if TYPE_CHECKING:
    from uraniborg._generated import wire
    from uraniborg.download import Wanted
    from uraniborg.frames import FrameList
    from uraniborg.tree.contents import Contents
    from uraniborg.upload.report import Progress, UploadReport

__all__ = ["Client", "connect"]

PAGE = 1000  # the most the service gives at once
JOB_POLL_S = 0.25
EVENT_STREAM = "text/event-stream"


def connect(url: str | None = None, token: str | None = None, *, organisation: str | None = None) -> Client:
    """Make a client for a service; nothing is sent yet.

    Parameters
    ----------
    url : str, optional
        Address of the service; left out: ``URANIBORG_URL``, the settings of ``uraniborg login``, or this computer.
    token : str, optional
        Left out: ``URANIBORG_TOKEN``, or the settings, if they are for the same address.
    organisation : str, optional
        The organisation meant where none is given; left out: ``URANIBORG_ORGANISATION``, or the settings.

    Raises
    ------
    NotConfigured
        The address is none, or the settings cannot be read.
    """
    settings = load_settings(url, token)
    return Client(settings.url, settings.token, organisation=organisation or settings.organisation)


class Client(SkyMethods, Methods):
    """A connection to one service; whoever opens it closes it, best by ``with``. Safe to use from several threads.

    Besides what is written out here it has a method for every operation of the service, such as ``list_sites``.

    Parameters
    ----------
    url : str
        Address of the service.
    token : str
        May be empty for what is public.
    organisation : str
        The organisation meant where an operation needs one and none is given.
    """

    def __init__(self, url: str, token: str = "", *, organisation: str = "") -> None:
        self.url = url.rstrip("/")
        self.organisation = organisation
        self._token = token
        self._contents: Contents | None = None
        agent = f"uraniborg/{__version__} python/{platform.python_version()} {platform.system().lower()}"
        self.transport = Transport(self.url, token, user_agent=agent)

    def __repr__(self) -> str:
        return f"<uraniborg.Client {self.url}{' ' + self.organisation if self.organisation else ''}>"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; twice does no harm."""
        self.transport.close()
        if self._contents is not None:
            self._contents.close()

    @property
    def contents(self) -> Contents:
        """The way to files' bytes by ranges, with blocks kept on disk; made when it is first needed."""
        if self._contents is None:
            from uraniborg.tree.contents import Contents

            self._contents = Contents()
        return self._contents

    @property
    def closed(self) -> bool:
        """Whether the client was closed."""
        return self.transport.closed

    def call(
        self,
        operation_id: str,
        *,
        patience_s: float | None = None,
        timeout_s: float | None = None,
        safe_to_repeat: bool = False,
        **values: Any,
    ) -> Any:
        """Ask for any operation of the service by its name.

        Parameters
        ----------
        operation_id : str
            As in the service's OpenAPI document.
        patience_s : float, optional
            How long to repeat a request that the service does not answer; 20 s when left out.
        timeout_s : float, optional
            How long an answer may take; 60 s when left out.
        safe_to_repeat : bool
            This POST may happen twice, so that it needs no idempotency key.
        **values
            Parameters and members of the body by name, or the whole ``body``. ``organisation`` may be left out.

        Returns
        -------
        object
            A type of `uraniborg.wire`; the address, where the answer is a redirect; text or bytes, where it is a
            document; an iterator of events, where it is a stream of them.

        Raises
        ------
        TypeError
            No such operation, or a value it does not take or lacks.
        UraniborgError
            What the service answered, or that it does not.
        """
        operation = self._operation(operation_id)
        if operation.media_type == EVENT_STREAM:
            return self._events(operation, values)
        more = {} if patience_s is None else {"patience_s": patience_s}
        response = self._send(operation, values, timeout_s=timeout_s, safe_to_repeat=safe_to_repeat, **more)
        if response.status_code in (301, 302, 303, 307, 308):
            return urljoin(self.url, response.headers["Location"])
        return self._value(operation, response)

    def _send(self, operation: Operation, values: dict[str, Any], **more: Any) -> Any:
        if not self._token and not operation.public:
            raise NotSignedIn("Nobody is signed in: run `uraniborg login`, or set URANIBORG_TOKEN.")
        request = operation.request(self._complete(operation, values))
        return self.transport.send(
            operation.method, request.path, query=request.query, headers=request.headers, body=request.body, **more
        )

    def _value(self, operation: Operation, response: Any) -> Any:
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        if not response.content:
            return None
        if media_type == "application/json" and operation.media_type == "application/json":
            try:
                return msgspec.json.decode(response.content, type=operation.result or Any)
            except msgspec.MsgspecError as error:
                raise ServiceFault(
                    f"The answer to {operation.id} is not what this version of the library knows ({error}):"
                    " upgrade it, or the service."
                ) from error
        return response.text if media_type.startswith("text/") else response.content

    def _operation(self, operation_id: str) -> Operation:
        try:
            return OPERATIONS[operation_id]
        except KeyError:
            raise TypeError(f"There is no operation {operation_id!r}; `uraniborg api` lists them.") from None

    def _complete(self, operation: Operation, values: dict[str, Any]) -> dict[str, Any]:
        in_path = any(p.name == "organisation" and p.place == "path" for p in operation.parameters)
        if in_path and not values.get("organisation"):
            values = values | {"organisation": self.need_organisation()}
        return values

    def need_organisation(self) -> str:
        """Tell which organisation is meant where none is given; asks the service if there is only one.

        Raises
        ------
        NotConfigured
            There are several, or none.
        """
        if not self.organisation:
            try:
                own = [membership.organisation for membership in self.who_am_i().organisations]
            except NotAllowed as error:
                raise NotConfigured(
                    "This token does not tell its organisation: give --organisation (in Python organisation=),"
                    " or set URANIBORG_ORGANISATION."
                ) from error
            if len(own) != 1:
                which = f"you belong to {', '.join(own)}" if own else "you belong to none yet"
                raise NotConfigured(
                    f"Which organisation? {which[0].upper()}{which[1:]}: give --organisation (in Python organisation=),"
                    " or set URANIBORG_ORGANISATION."
                )
            self.organisation = own[0]
        return self.organisation

    def iterate(self, operation_id: str, *, limit: int | None = None, **values: Any) -> Iterator[Any]:
        """Go through a list of the service, page by page, as far as it is asked for.

        Parameters
        ----------
        operation_id : str
            An operation that answers pages, such as ``list_files``.
        limit : int, optional
            How many items at the most; all when left out.
        """
        operation = self._operation(operation_id)
        most = next((PAGE for p in operation.parameters if p.name == "limit"), None)
        cursor, left = None, limit
        while left is None or left > 0:
            size = most if left is None or most is None else min(left, most)
            page = self.call(operation_id, **values, cursor=cursor, limit=size)
            items = page.items if left is None else page.items[:left]
            yield from items
            left = None if left is None else left - len(items)
            cursor = page.next_cursor
            if cursor is None:
                return

    def _events(self, operation: Operation, values: dict[str, Any]) -> Iterator[Any]:
        """Yield the events of a stream as they come, until the service ends it."""
        request = operation.request(self._complete(operation, values))
        query = "&".join(f"{name}={value}" for name, value in request.query)
        url = request.path + (f"?{query}" if query else "")
        with self.transport.stream(url, headers={"Accept": EVENT_STREAM}) as response:
            data: list[str] = []
            for line in response.iter_lines():
                if line.startswith("data:"):
                    data.append(line[5:].removeprefix(" "))
                elif not line and data:
                    yield msgspec.json.decode("\n".join(data))
                    data = []

    def upload(
        self,
        paths: str | Path | Iterable[str | Path],
        *,
        organisation: str | None = None,
        telescope: str | None = None,
        instrument: str | None = None,
        dataset: str | None = None,
        frame_type: str | None = None,
        progress: Callable[[Progress], None] | None = None,
        wait: bool = False,
        follow_symlinks: bool = False,
    ) -> UploadReport:
        """Send files and folders; what the organisation has already is not sent again.

        A bad file stops no other: each one's fate is in the report. An upload that broke off is resumed by running
        it again.

        Parameters
        ----------
        paths : path or iterable of paths
            Files, and folders whose files keep their paths relative to the folder.
        telescope, instrument : str, optional
            Slugs of what took them, where the headers do not tell.
        dataset : str, optional
            Name of a dataset the files join; made when there is none.
        frame_type : str, optional
            What the frames among them are, where the headers do not tell: ``bias``, ``dark``, ``flat``, ``light``,
            ``arc``, ``focus``, ``sky`` or ``other``.
        progress : callable, optional
            Called now and then, from one thread at a time, with what has happened so far.
        wait : bool
            Also wait until headers are read, and report files that failed in it.
        follow_symlinks : bool
            Also send what symbolic links lead to.

        Raises
        ------
        UraniborgError
            The service refuses the upload as a whole, or does not answer.
        """
        from uraniborg.upload.pipeline import Pipeline
        from uraniborg.upload.terms import Terms

        terms = Terms(
            organisation=organisation or self.need_organisation(),
            telescope=telescope,
            instrument=instrument,
            dataset=dataset,
            frame_type=frame_type,
        )
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        pipeline = Pipeline(self, terms, progress=progress, follow_symlinks=follow_symlinks)
        return pipeline.run([Path(path) for path in given], wait=wait)

    def find(
        self,
        near: Any = None,
        radius: Any = None,
        *,
        contains: Any = None,
        polygon: Any = None,
        organisation: str | None = None,
        limit: int | None = None,
        **query: Any,
    ) -> FrameList:
        """Find frames by sky, time, night, any fact and any FITS keyword; everything given must hold.

        Parameters
        ----------
        near : str, tuple or SkyCoord, optional
            ``"M31"``, ``("M31", 0.5)`` with the radius in degrees, ``(ra, dec)`` or ``(ra, dec, radius)`` in degrees.
        radius : float or Quantity, optional
            Degrees; 0.5 when left out.
        contains : str, tuple or SkyCoord, optional
            A place that the footprint holds.
        polygon : sequence of (ra, dec), optional
            Corners in degrees of an area that the footprint meets.
        limit : int, optional
            How many at the most; all when left out. They are fetched only as they are looked at.
        **query
            ``start``, ``end`` (datetime, `astropy.time.Time` or text, UTC), ``night``, ``first_night``,
            ``last_night``, ``telescope``, ``instrument``, ``dataset``, ``type``, ``filter``, ``object``, ``quality``,
            ``text``, ``where`` (comparisons such as ``"exposure_s>=30"`` or ``"GAIN>1.4"``), ``sort``.

        Raises
        ------
        TypeError
            A word the query does not have.
        """
        from uraniborg.frames import FrameList, read_query

        asked = read_query(near, radius, contains=contains, polygon=polygon, **query)
        return FrameList(self, organisation or self.need_organisation(), asked, limit=limit)

    def download(
        self,
        what: Wanted,
        path: str | Path,
        *,
        organisation: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Path:
        """Download a file, resuming what an earlier attempt left, and check it against its SHA-256.

        Parameters
        ----------
        what : File, Frame or str
            A file or frame of the service, or the identifier of either.
        path : path
            Where to; in an existing folder, or where it ends in a slash, under the file's own name.
        progress : callable, optional
            Called with each number of bytes that arrived.

        Returns
        -------
        Path
            Where it is now. It is there whole or not at all.

        Raises
        ------
        TransferFailed
            What arrives is not what was stored, or the place is taken by something else.
        """
        from uraniborg.download import download

        return download(self, what, path, organisation=organisation, progress=progress)

    def open(self, what: Wanted, *, organisation: str | None = None) -> Any:
        """Open a frame's file as an astropy ``HDUList``; it fetches what is looked at: ``hdus[0].section[:100, :100]``.

        What came is kept on this disk for the next time, within limits.

        Raises
        ------
        ModuleNotFoundError
            astropy is absent: ``pip install 'uraniborg[astro]'``.
        """
        from uraniborg.table import open_frame

        return open_frame(self, what, organisation=organisation)

    def wait_for_job(
        self,
        job_id: str,
        *,
        organisation: str | None = None,
        progress: Callable[[wire.Job], None] | None = None,
        timeout_s: float | None = None,
    ) -> wire.Job:
        """Wait until a job is done or dead.

        Raises
        ------
        TimeoutError
            It is neither after `timeout_s`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        poll_s = JOB_POLL_S
        while True:
            job = self.get_job(job_id, organisation=organisation)
            if progress:
                progress(job)
            if job.state in ("done", "dead"):
                return job
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"The job {job_id} is still {job.state} after {timeout_s:g} s.")
            time.sleep(poll_s)
            poll_s = min(poll_s * 1.3, 3.0)
