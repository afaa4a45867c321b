"""A method for every operation of the service; written by ``generate.py``, not by hand."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from msgspec import UNSET, UnsetType

from uraniborg._generated import wire

__all__ = ["Methods"]


class Methods:
    """What can be asked of the service; ``organisation`` left out is the client's."""

    def call(self, operation_id: str, **values: Any) -> Any:
        raise NotImplementedError

    def add_account(self, *, email: str, name: str, password: str) -> wire.Account:
        """Make an account, where sign-up is open."""
        reply: wire.Account = self.call("add_account", email=email, name=name, password=password)
        return reply

    def add_dataset(
        self,
        *,
        organisation: str | None = None,
        name: str,
        description: str | UnsetType = UNSET,
        rule: wire.DatasetRule | dict[str, Any] | UnsetType | None = UNSET,
        slug: str | UnsetType | None = UNSET,
    ) -> wire.Dataset:
        """Make a dataset, filled by hand or by a rule.

        With a rule, frames that match it join at once and whenever they arrive, as long as the dataset is open."""
        reply: wire.Dataset = self.call(
            "add_dataset", organisation=organisation, description=description, name=name, rule=rule, slug=slug
        )
        return reply

    def add_dataset_files(
        self, dataset: str, *, organisation: str | None = None, files: list[wire.FileToAdd | dict[str, Any]]
    ) -> wire.AddedFiles:
        """Put files into an open dataset; each one's fate is told, and one that cannot be added stops no other."""
        reply: wire.AddedFiles = self.call("add_dataset_files", organisation=organisation, dataset=dataset, files=files)
        return reply

    def add_instrument(
        self,
        *,
        organisation: str | None = None,
        name: str,
        telescope: str,
        filters: list[str] | UnsetType = UNSET,
        header_mapping: wire.HeaderMapping | dict[str, Any] | UnsetType = UNSET,
        height_px: int | UnsetType | None = UNSET,
        pixel_scale_arcsec: float | UnsetType | None = UNSET,
        slug: str | UnsetType | None = UNSET,
        width_px: int | UnsetType | None = UNSET,
    ) -> wire.Instrument:
        """Add an instrument."""
        reply: wire.Instrument = self.call(
            "add_instrument",
            organisation=organisation,
            filters=filters,
            header_mapping=header_mapping,
            height_px=height_px,
            name=name,
            pixel_scale_arcsec=pixel_scale_arcsec,
            slug=slug,
            telescope=telescope,
            width_px=width_px,
        )
        return reply

    def add_log_entry(
        self,
        telescope: str,
        night: date | str,
        *,
        organisation: str | None = None,
        text: str,
        attachments: list[str] | UnsetType = UNSET,
        category: str | UnsetType = UNSET,
        frames: list[str] | UnsetType = UNSET,
        level: str | UnsetType = UNSET,
        occurred_at: datetime | str | UnsetType | None = UNSET,
        tags: list[str] | UnsetType = UNSET,
        time_lost_kind: str | UnsetType | None = UNSET,
        time_lost_s: int | UnsetType = UNSET,
    ) -> wire.LogEntry:
        """Write an entry into a night log."""
        reply: wire.LogEntry = self.call(
            "add_log_entry",
            organisation=organisation,
            telescope=telescope,
            night=night,
            attachments=attachments,
            category=category,
            frames=frames,
            level=level,
            occurred_at=occurred_at,
            tags=tags,
            text=text,
            time_lost_kind=time_lost_kind,
            time_lost_s=time_lost_s,
        )
        return reply

    def add_organisation(self, *, name: str, slug: str | UnsetType | None = UNSET) -> wire.Organisation:
        """Make an organisation; who makes it owns it."""
        reply: wire.Organisation = self.call("add_organisation", name=name, slug=slug)
        return reply

    def add_package(
        self,
        *,
        organisation: str | None = None,
        datasets: list[str],
        licence: str,
        title: str,
        contributors: list[wire.Contributor | dict[str, Any]] | UnsetType = UNSET,
        dates: list[wire.PackageDate | dict[str, Any]] | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        funding: list[wire.Funding | dict[str, Any]] | UnsetType = UNSET,
        keywords: list[str] | UnsetType = UNSET,
        related: list[wire.RelatedIdentifier | dict[str, Any]] | UnsetType = UNSET,
        slug: str | UnsetType | None = UNSET,
    ) -> wire.Package:
        """Draft a data package from datasets."""
        reply: wire.Package = self.call(
            "add_package",
            organisation=organisation,
            contributors=contributors,
            datasets=datasets,
            dates=dates,
            description=description,
            funding=funding,
            keywords=keywords,
            licence=licence,
            related=related,
            slug=slug,
            title=title,
        )
        return reply

    def add_package_doi(self, package: str, version: int, *, organisation: str | None = None) -> wire.Package:
        """Reserve the DOI of a version: a draft at DataCite until it is published, findable from then on.

        Nobody waits for DataCite: `state` and `error` of the DOI tell how far it is."""
        reply: wire.Package = self.call("add_package_doi", organisation=organisation, package=package, version=version)
        return reply

    def add_package_version(self, package: str, *, organisation: str | None = None) -> wire.Package:
        """Begin the next version as a draft that says what the newest one says."""
        reply: wire.Package = self.call("add_package_version", organisation=organisation, package=package)
        return reply

    def add_site(
        self,
        *,
        organisation: str | None = None,
        latitude_deg: float,
        longitude_deg: float,
        name: str,
        time_zone: str,
        height_m: float | UnsetType = UNSET,
        horizon: list[list[float]] | UnsetType | None = UNSET,
        mpc_code: str | UnsetType | None = UNSET,
        slug: str | UnsetType | None = UNSET,
    ) -> wire.Site:
        """Add a site."""
        reply: wire.Site = self.call(
            "add_site",
            organisation=organisation,
            height_m=height_m,
            horizon=horizon,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            mpc_code=mpc_code,
            name=name,
            slug=slug,
            time_zone=time_zone,
        )
        return reply

    def add_telescope(
        self,
        *,
        organisation: str | None = None,
        name: str,
        site: str,
        aperture_mm: float | UnsetType | None = UNSET,
        focal_length_mm: float | UnsetType | None = UNSET,
        mount: str | UnsetType | None = UNSET,
        slug: str | UnsetType | None = UNSET,
    ) -> wire.Telescope:
        """Add a telescope."""
        reply: wire.Telescope = self.call(
            "add_telescope",
            organisation=organisation,
            aperture_mm=aperture_mm,
            focal_length_mm=focal_length_mm,
            mount=mount,
            name=name,
            site=site,
            slug=slug,
        )
        return reply

    def change_dataset(
        self,
        dataset: str,
        *,
        organisation: str | None = None,
        description: str | UnsetType = UNSET,
        name: str | UnsetType = UNSET,
        rule: wire.DatasetRule | dict[str, Any] | UnsetType | None = UNSET,
    ) -> wire.Dataset:
        """Change an open dataset's name, description or rule."""
        reply: wire.Dataset = self.call(
            "change_dataset", organisation=organisation, dataset=dataset, description=description, name=name, rule=rule
        )
        return reply

    def change_instrument(
        self,
        instrument: str,
        *,
        organisation: str | None = None,
        filters: list[str] | UnsetType = UNSET,
        header_mapping: wire.HeaderMapping | dict[str, Any] | UnsetType = UNSET,
        height_px: int | UnsetType | None = UNSET,
        name: str | UnsetType = UNSET,
        pixel_scale_arcsec: float | UnsetType | None = UNSET,
        width_px: int | UnsetType | None = UNSET,
    ) -> wire.Instrument:
        """Change some members of an instrument."""
        reply: wire.Instrument = self.call(
            "change_instrument",
            organisation=organisation,
            instrument=instrument,
            filters=filters,
            header_mapping=header_mapping,
            height_px=height_px,
            name=name,
            pixel_scale_arcsec=pixel_scale_arcsec,
            width_px=width_px,
        )
        return reply

    def change_package_draft(
        self,
        package: str,
        version: int,
        *,
        organisation: str | None = None,
        contributors: list[wire.Contributor | dict[str, Any]] | UnsetType = UNSET,
        datasets: list[str] | UnsetType = UNSET,
        dates: list[wire.PackageDate | dict[str, Any]] | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        funding: list[wire.Funding | dict[str, Any]] | UnsetType = UNSET,
        keywords: list[str] | UnsetType = UNSET,
        licence: str | UnsetType = UNSET,
        related: list[wire.RelatedIdentifier | dict[str, Any]] | UnsetType = UNSET,
        title: str | UnsetType = UNSET,
    ) -> wire.Package:
        """Change what a draft says."""
        reply: wire.Package = self.call(
            "change_package_draft",
            organisation=organisation,
            package=package,
            version=version,
            contributors=contributors,
            datasets=datasets,
            dates=dates,
            description=description,
            funding=funding,
            keywords=keywords,
            licence=licence,
            related=related,
            title=title,
        )
        return reply

    def change_site(
        self,
        site: str,
        *,
        organisation: str | None = None,
        height_m: float | UnsetType = UNSET,
        horizon: list[list[float]] | UnsetType | None = UNSET,
        latitude_deg: float | UnsetType = UNSET,
        longitude_deg: float | UnsetType = UNSET,
        mpc_code: str | UnsetType | None = UNSET,
        name: str | UnsetType = UNSET,
        time_zone: str | UnsetType = UNSET,
    ) -> wire.Site:
        """Change some members of a site."""
        reply: wire.Site = self.call(
            "change_site",
            organisation=organisation,
            site=site,
            height_m=height_m,
            horizon=horizon,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            mpc_code=mpc_code,
            name=name,
            time_zone=time_zone,
        )
        return reply

    def change_telescope(
        self,
        telescope: str,
        *,
        organisation: str | None = None,
        aperture_mm: float | UnsetType | None = UNSET,
        focal_length_mm: float | UnsetType | None = UNSET,
        mount: str | UnsetType | None = UNSET,
        name: str | UnsetType = UNSET,
    ) -> wire.Telescope:
        """Change some members of a telescope."""
        reply: wire.Telescope = self.call(
            "change_telescope",
            organisation=organisation,
            telescope=telescope,
            aperture_mm=aperture_mm,
            focal_length_mm=focal_length_mm,
            mount=mount,
            name=name,
        )
        return reply

    def close_dataset(self, dataset: str, *, organisation: str | None = None) -> wire.Dataset:
        """Close a dataset: nothing in it changes any more, until it is opened again."""
        reply: wire.Dataset = self.call("close_dataset", organisation=organisation, dataset=dataset)
        return reply

    def complete_upload(
        self, upload_id: str, *, organisation: str | None = None, files: list[wire.CompletedFile | dict[str, Any]]
    ) -> wire.Completed:
        """Verify and acknowledge files whose bytes were sent.

        Their checksums are recomputed from the stored bytes; `stored` means safe. Files are ingested by the job named."""
        reply: wire.Completed = self.call(
            "complete_upload", organisation=organisation, upload_id=upload_id, files=files
        )
        return reply

    def count_facets(
        self,
        *,
        organisation: str | None = None,
        near: str | None = None,
        radius: float | None = None,
        contains: str | None = None,
        polygon: str | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        night: date | str | None = None,
        first_night: date | str | None = None,
        last_night: date | str | None = None,
        telescope: str | None = None,
        instrument: str | None = None,
        dataset: str | None = None,
        type: str | None = None,
        filter: str | None = None,
        object: str | None = None,
        quality: str | None = None,
        text: str | None = None,
        where: list[str] | None = None,
        sort: str | None = None,
        facet: list[str] | None = None,
        limit: int | None = None,
    ) -> wire.Facets:
        """Count the frames of a query by type, filter, object, telescope, instrument, night, quality."""
        reply: wire.Facets = self.call(
            "count_facets",
            organisation=organisation,
            near=near,
            radius=radius,
            contains=contains,
            polygon=polygon,
            start=start,
            end=end,
            night=night,
            first_night=first_night,
            last_night=last_night,
            telescope=telescope,
            instrument=instrument,
            dataset=dataset,
            type=type,
            filter=filter,
            object=object,
            quality=quality,
            text=text,
            where=where,
            sort=sort,
            facet=facet,
            limit=limit,
        )
        return reply

    def delete_file(self, file_id: str, *, organisation: str | None = None) -> None:
        """Delete a file; it can be restored within the grace period."""
        self.call("delete_file", organisation=organisation, file_id=file_id)

    def delete_log_entry(
        self,
        telescope: str,
        night: date | str,
        entry_id: str,
        *,
        organisation: str | None = None,
        revision: int | None = None,
    ) -> None:
        """Delete an entry: a new revision says so, and the old ones stay readable."""
        self.call(
            "delete_log_entry",
            organisation=organisation,
            telescope=telescope,
            night=night,
            entry_id=entry_id,
            revision=revision,
        )

    def edit_log_entry(
        self,
        telescope: str,
        night: date | str,
        entry_id: str,
        *,
        organisation: str | None = None,
        revision: int,
        text: str,
        attachments: list[str] | UnsetType = UNSET,
        category: str | UnsetType = UNSET,
        frames: list[str] | UnsetType = UNSET,
        level: str | UnsetType = UNSET,
        occurred_at: datetime | str | UnsetType | None = UNSET,
        tags: list[str] | UnsetType = UNSET,
        time_lost_kind: str | UnsetType | None = UNSET,
        time_lost_s: int | UnsetType = UNSET,
    ) -> wire.LogEntry:
        """Write the next revision of an entry; a deleted one is restored by it.

        `revision` names the one that was edited: if it is not the newest any more the answer is a 409 with the newest."""
        reply: wire.LogEntry = self.call(
            "edit_log_entry",
            organisation=organisation,
            telescope=telescope,
            night=night,
            entry_id=entry_id,
            attachments=attachments,
            category=category,
            frames=frames,
            level=level,
            occurred_at=occurred_at,
            revision=revision,
            tags=tags,
            text=text,
            time_lost_kind=time_lost_kind,
            time_lost_s=time_lost_s,
        )
        return reply

    def find_frames(
        self,
        *,
        organisation: str | None = None,
        near: str | None = None,
        radius: float | None = None,
        contains: str | None = None,
        polygon: str | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        night: date | str | None = None,
        first_night: date | str | None = None,
        last_night: date | str | None = None,
        telescope: str | None = None,
        instrument: str | None = None,
        dataset: str | None = None,
        type: str | None = None,
        filter: str | None = None,
        object: str | None = None,
        quality: str | None = None,
        text: str | None = None,
        where: list[str] | None = None,
        sort: str | None = None,
        count: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.FramePage:
        """Find frames by sky, time, night, any fact and any FITS keyword.

        `near` and `contains` take object names (Messier, NGC, IC, bright stars) or positions. `where` may be repeated."""
        reply: wire.FramePage = self.call(
            "find_frames",
            organisation=organisation,
            near=near,
            radius=radius,
            contains=contains,
            polygon=polygon,
            start=start,
            end=end,
            night=night,
            first_night=first_night,
            last_night=last_night,
            telescope=telescope,
            instrument=instrument,
            dataset=dataset,
            type=type,
            filter=filter,
            object=object,
            quality=quality,
            text=text,
            where=where,
            sort=sort,
            count=count,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def follow_events(self, *, organisation: str | None = None, after: int | None = None) -> Iterator[Any]:
        """Follow what happens, as server-sent events.

        Each event's `id` can be given as `after` to go on; the stream ends after ten minutes."""
        reply: Iterator[Any] = self.call("follow_events", organisation=organisation, after=after)
        return reply

    def get_citation_bibtex(self, package: str, version: int, *, organisation: str | None = None) -> bytes:
        """Cite a published version in BibTeX."""
        reply: bytes = self.call("get_citation_bibtex", organisation=organisation, package=package, version=version)
        return reply

    def get_citation_csl(self, package: str, version: int, *, organisation: str | None = None) -> bytes:
        """Cite a published version in CSL JSON, for citeproc and reference managers."""
        reply: bytes = self.call("get_citation_csl", organisation=organisation, package=package, version=version)
        return reply

    def get_citation_datacite(self, package: str, version: int, *, organisation: str | None = None) -> bytes:
        """Describe a published version in DataCite's JSON, metadata schema 4."""
        reply: bytes = self.call("get_citation_datacite", organisation=organisation, package=package, version=version)
        return reply

    def get_citation_ris(self, package: str, version: int, *, organisation: str | None = None) -> bytes:
        """Cite a published version in RIS."""
        reply: bytes = self.call("get_citation_ris", organisation=organisation, package=package, version=version)
        return reply

    def get_citation_schema_org(self, package: str, version: int, *, organisation: str | None = None) -> bytes:
        """Describe a published version as a schema.org Dataset, in JSON-LD."""
        reply: bytes = self.call("get_citation_schema_org", organisation=organisation, package=package, version=version)
        return reply

    def get_citation_text(self, package: str, version: int, *, organisation: str | None = None) -> str:
        """Cite a published version as a sentence, as DataCite recommends it."""
        reply: str = self.call("get_citation_text", organisation=organisation, package=package, version=version)
        return reply

    def get_content(self, file_id: str, *, organisation: str | None = None) -> str:
        """Go to a file's bytes: a short-lived address at the object store that takes Range."""
        reply: str = self.call("get_content", organisation=organisation, file_id=file_id)
        return reply

    def get_datacite_account(self, *, organisation: str | None = None) -> wire.DataCiteAccount:
        """Read the organisation's DataCite account; its password is never shown."""
        reply: wire.DataCiteAccount = self.call("get_datacite_account", organisation=organisation)
        return reply

    def get_dataset(self, dataset: str, *, organisation: str | None = None) -> wire.Dataset:
        """Read a dataset with the number and size of its files."""
        reply: wire.Dataset = self.call("get_dataset", organisation=organisation, dataset=dataset)
        return reply

    def get_file(self, file_id: str, *, organisation: str | None = None) -> wire.File:
        """Read what is known of a file."""
        reply: wire.File = self.call("get_file", organisation=organisation, file_id=file_id)
        return reply

    def get_frame(self, frame_id: str, *, organisation: str | None = None) -> wire.FrameDetail:
        """Read a frame with its header, and where each fact came from."""
        reply: wire.FrameDetail = self.call("get_frame", organisation=organisation, frame_id=frame_id)
        return reply

    def get_header(self, frame_id: str, *, organisation: str | None = None) -> wire.HeaderCards:
        """Read every card of every HDU."""
        reply: wire.HeaderCards = self.call("get_header", organisation=organisation, frame_id=frame_id)
        return reply

    def get_instrument(self, instrument: str, *, organisation: str | None = None) -> wire.Instrument:
        """Read an instrument."""
        reply: wire.Instrument = self.call("get_instrument", organisation=organisation, instrument=instrument)
        return reply

    def get_job(self, job_id: str, *, organisation: str | None = None) -> wire.Job:
        """Read a job and its progress."""
        reply: wire.Job = self.call("get_job", organisation=organisation, job_id=job_id)
        return reply

    def get_landing_page(self, package: str, version: int, *, organisation: str | None = None) -> str:
        """Read the page for people at which a citation ends: the version with all about it, or its tombstone.

        Search engines find its schema.org description in it, programs the rest by its `Link` header."""
        reply: str = self.call("get_landing_page", organisation=organisation, package=package, version=version)
        return reply

    def get_night_log(self, telescope: str, night: date | str, *, organisation: str | None = None) -> wire.NightLog:
        """Read a telescope's log of a night.

        Its summary is made from the frames as they are, or is the one it was signed with. A log that nobody has written
        to is empty, and reading it does not store it."""
        reply: wire.NightLog = self.call("get_night_log", organisation=organisation, telescope=telescope, night=night)
        return reply

    def get_night_log_markdown(self, telescope: str, night: date | str, *, organisation: str | None = None) -> str:
        """Read a night log as a Markdown document."""
        reply: str = self.call("get_night_log_markdown", organisation=organisation, telescope=telescope, night=night)
        return reply

    def get_night_log_pdf(self, telescope: str, night: date | str, *, organisation: str | None = None) -> bytes:
        """Read a night log as a PDF document, with its Markdown attached."""
        reply: bytes = self.call("get_night_log_pdf", organisation=organisation, telescope=telescope, night=night)
        return reply

    def get_organisation(self, *, organisation: str | None = None) -> wire.Organisation:
        """Read an organisation one belongs to."""
        reply: wire.Organisation = self.call("get_organisation", organisation=organisation)
        return reply

    def get_package(self, package: str, *, organisation: str | None = None) -> wire.Package:
        """Read a data package with all its versions, newest first."""
        reply: wire.Package = self.call("get_package", organisation=organisation, package=package)
        return reply

    def get_package_page(self, package: str, *, organisation: str | None = None) -> str:
        """Go to the page of the version to use: where the DOI of all versions leads."""
        reply: str = self.call("get_package_page", organisation=organisation, package=package)
        return reply

    def get_preview(self, frame_id: str, size: str, *, organisation: str | None = None) -> str:
        """Go to a frame's preview: WebP, its long edge at most 128, 512 or 2048 pixels."""
        reply: str = self.call("get_preview", organisation=organisation, frame_id=frame_id, size=size)
        return reply

    def get_published_file(self, package: str, version: int, path: str, *, organisation: str | None = None) -> str:
        """Go to one file's bytes: a short-lived address at the object store that takes Range."""
        reply: str = self.call(
            "get_published_file", organisation=organisation, package=package, version=version, path=path
        )
        return reply

    def get_published_manifest(self, package: str, version: int, *, organisation: str | None = None) -> dict[str, Any]:
        """Read a published version's manifest: every file with its size, SHA-256 and CRC32."""
        reply: dict[str, Any] = self.call(
            "get_published_manifest", organisation=organisation, package=package, version=version
        )
        return reply

    def get_published_package(self, package: str, *, organisation: str | None = None) -> wire.PublishedPackage:
        """Read a published data package and which versions there are."""
        reply: wire.PublishedPackage = self.call("get_published_package", organisation=organisation, package=package)
        return reply

    def get_published_version(
        self, package: str, version: int, *, organisation: str | None = None
    ) -> wire.PublishedVersion:
        """Read a published version: how to cite it, its licence, its people; or its tombstone."""
        reply: wire.PublishedVersion = self.call(
            "get_published_version", organisation=organisation, package=package, version=version
        )
        return reply

    def get_published_zip(
        self,
        package: str,
        version: int,
        *,
        organisation: str | None = None,
        range: str | None = None,
        if_range: str | None = None,
        if_none_match: str | None = None,
    ) -> bytes:
        """Download a published version as one ZIP archive.

        It takes Range, so that a broken download is resumed: the bytes are the same each time, `ETag` is the manifest's
        SHA-256, `Content-Length` is exact."""
        reply: bytes = self.call(
            "get_published_zip",
            organisation=organisation,
            package=package,
            version=version,
            range=range,
            if_range=if_range,
            if_none_match=if_none_match,
        )
        return reply

    def get_site(self, site: str, *, organisation: str | None = None) -> wire.Site:
        """Read a site."""
        reply: wire.Site = self.call("get_site", organisation=organisation, site=site)
        return reply

    def get_telescope(self, telescope: str, *, organisation: str | None = None) -> wire.Telescope:
        """Read a telescope."""
        reply: wire.Telescope = self.call("get_telescope", organisation=organisation, telescope=telescope)
        return reply

    def get_upload(self, upload_id: str, *, organisation: str | None = None) -> wire.Upload:
        """Read what became of each file, with fresh addresses for those still wanted."""
        reply: wire.Upload = self.call("get_upload", organisation=organisation, upload_id=upload_id)
        return reply

    def harvest_packages(
        self,
        *,
        verb: str | None = None,
        identifier: str | None = None,
        metadata_prefix: str | None = None,
        from_: str | None = None,
        until: str | None = None,
        set: str | None = None,
        resumption_token: str | None = None,
    ) -> str:
        """Harvest what is published, by OAI-PMH 2.0.

        Sets are organisations; a withdrawn version is a deleted record. Errors are told as the protocol has it, with the
        status 200."""
        reply: str = self.call(
            "harvest_packages",
            verb=verb,
            identifier=identifier,
            metadata_prefix=metadata_prefix,
            from_=from_,
            until=until,
            set=set,
            resumption_token=resumption_token,
        )
        return reply

    def harvest_packages_by_post(self) -> str:
        """Harvest what is published, by OAI-PMH 2.0, with the arguments in a form."""
        reply: str = self.call("harvest_packages_by_post")
        return reply

    def ingest_again(
        self,
        *,
        organisation: str | None = None,
        files: list[str] | UnsetType | None = UNSET,
        instrument: str | UnsetType | None = UNSET,
        telescope: str | UnsetType | None = UNSET,
    ) -> wire.IngestBegun:
        """Derive facts, footprints and previews again from the stored bytes, after a mapping changed."""
        reply: wire.IngestBegun = self.call(
            "ingest_again", organisation=organisation, files=files, instrument=instrument, telescope=telescope
        )
        return reply

    def judge_frame(
        self, frame_id: str, *, organisation: str | None = None, quality: str, note: str | UnsetType | None = UNSET
    ) -> wire.FrameDetail:
        """Say how good a frame is."""
        reply: wire.FrameDetail = self.call(
            "judge_frame", organisation=organisation, frame_id=frame_id, note=note, quality=quality
        )
        return reply

    def list_dataset_files(
        self,
        dataset: str,
        *,
        organisation: str | None = None,
        prefix: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.DatasetFilePage:
        """List a dataset's files in order of path."""
        reply: wire.DatasetFilePage = self.call(
            "list_dataset_files", organisation=organisation, dataset=dataset, prefix=prefix, cursor=cursor, limit=limit
        )
        return reply

    def list_datasets(
        self,
        *,
        organisation: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.DatasetPage:
        """List datasets in order of slug."""
        reply: wire.DatasetPage = self.call(
            "list_datasets", organisation=organisation, state=state, cursor=cursor, limit=limit
        )
        return reply

    def list_files(
        self,
        *,
        organisation: str | None = None,
        state: str | None = None,
        prefix: str | None = None,
        deleted: bool | None = None,
        flagged: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.FilePage:
        """List files, newest first; `state=failed` tells what could not be read, and why."""
        reply: wire.FilePage = self.call(
            "list_files",
            organisation=organisation,
            state=state,
            prefix=prefix,
            deleted=deleted,
            flagged=flagged,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_instruments(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.InstrumentPage:
        """List the instruments."""
        reply: wire.InstrumentPage = self.call(
            "list_instruments", organisation=organisation, cursor=cursor, limit=limit
        )
        return reply

    def list_jobs(
        self,
        *,
        organisation: str | None = None,
        state: list[str] | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.JobPage:
        """List jobs, newest first."""
        reply: wire.JobPage = self.call(
            "list_jobs", organisation=organisation, state=state, kind=kind, cursor=cursor, limit=limit
        )
        return reply

    def list_log_entries(
        self,
        telescope: str,
        night: date | str,
        *,
        organisation: str | None = None,
        deleted: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.LogEntryPage:
        """List the entries of a night log in order of time, each in its newest revision."""
        reply: wire.LogEntryPage = self.call(
            "list_log_entries",
            organisation=organisation,
            telescope=telescope,
            night=night,
            deleted=deleted,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_log_entry_revisions(
        self,
        telescope: str,
        night: date | str,
        entry_id: str,
        *,
        organisation: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.LogEntryPage:
        """List every revision of an entry, the newest first."""
        reply: wire.LogEntryPage = self.call(
            "list_log_entry_revisions",
            organisation=organisation,
            telescope=telescope,
            night=night,
            entry_id=entry_id,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_members(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.MemberPage:
        """List an organisation's people."""
        reply: wire.MemberPage = self.call("list_members", organisation=organisation, cursor=cursor, limit=limit)
        return reply

    def list_nights(
        self,
        *,
        organisation: str | None = None,
        telescope: str | None = None,
        first: date | str | None = None,
        last: date | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.ObservedNightPage:
        """List the nights that have frames or a log, the latest first."""
        reply: wire.ObservedNightPage = self.call(
            "list_nights",
            organisation=organisation,
            telescope=telescope,
            first=first,
            last=last,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_packages(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.PackageSummaryPage:
        """List data packages in order of slug, each with its newest version."""
        reply: wire.PackageSummaryPage = self.call(
            "list_packages", organisation=organisation, cursor=cursor, limit=limit
        )
        return reply

    def list_published_files(
        self,
        package: str,
        version: int,
        *,
        organisation: str | None = None,
        prefix: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.PublishedFilePage:
        """List a published version's files in order of path."""
        reply: wire.PublishedFilePage = self.call(
            "list_published_files",
            organisation=organisation,
            package=package,
            version=version,
            prefix=prefix,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_sites(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.SitePage:
        """List the sites."""
        reply: wire.SitePage = self.call("list_sites", organisation=organisation, cursor=cursor, limit=limit)
        return reply

    def list_telescopes(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.TelescopePage:
        """List the telescopes."""
        reply: wire.TelescopePage = self.call("list_telescopes", organisation=organisation, cursor=cursor, limit=limit)
        return reply

    def list_tokens(self, *, cursor: str | None = None, limit: int | None = None) -> wire.TokenPage:
        """List one's own tokens, newest first."""
        reply: wire.TokenPage = self.call("list_tokens", cursor=cursor, limit=limit)
        return reply

    def make_token(
        self,
        *,
        name: str,
        expires_in_days: float | UnsetType | None = UNSET,
        kind: str | UnsetType = UNSET,
        organisation: str | UnsetType | None = UNSET,
        scopes: list[str] | UnsetType | None = UNSET,
    ) -> wire.TokenWithSecret:
        """Make a token; its secret is shown this once."""
        reply: wire.TokenWithSecret = self.call(
            "make_token",
            expires_in_days=expires_in_days,
            kind=kind,
            name=name,
            organisation=organisation,
            scopes=scopes,
        )
        return reply

    def publish_package(self, package: str, version: int, *, organisation: str | None = None) -> wire.Package:
        """Publish a draft: files, checksums and text are frozen, the version before it is superseded."""
        reply: wire.Package = self.call("publish_package", organisation=organisation, package=package, version=version)
        return reply

    def remove_datacite_account(self, *, organisation: str | None = None) -> None:
        """Forget the organisation's DataCite account. DOIs stay, and are no longer kept up."""
        self.call("remove_datacite_account", organisation=organisation)

    def remove_dataset(self, dataset: str, *, organisation: str | None = None) -> None:
        """Delete a dataset that is empty or was never published; its files stay stored."""
        self.call("remove_dataset", organisation=organisation, dataset=dataset)

    def remove_dataset_files(
        self, dataset: str, *, organisation: str | None = None, paths: list[str]
    ) -> wire.RemovedFiles:
        """Take files out of an open dataset; they stay stored."""
        reply: wire.RemovedFiles = self.call(
            "remove_dataset_files", organisation=organisation, dataset=dataset, paths=paths
        )
        return reply

    def remove_instrument(self, instrument: str, *, organisation: str | None = None) -> None:
        """Remove an instrument that nothing refers to."""
        self.call("remove_instrument", organisation=organisation, instrument=instrument)

    def remove_member(self, email: str, *, organisation: str | None = None) -> None:
        """Remove a person from an organisation."""
        self.call("remove_member", organisation=organisation, email=email)

    def remove_site(self, site: str, *, organisation: str | None = None) -> None:
        """Remove a site that nothing refers to."""
        self.call("remove_site", organisation=organisation, site=site)

    def remove_telescope(self, telescope: str, *, organisation: str | None = None) -> None:
        """Remove a telescope that nothing refers to."""
        self.call("remove_telescope", organisation=organisation, telescope=telescope)

    def rename_organisation(self, *, organisation: str | None = None, name: str) -> wire.Organisation:
        """Give an organisation another display name."""
        reply: wire.Organisation = self.call("rename_organisation", organisation=organisation, name=name)
        return reply

    def reopen_dataset(self, dataset: str, *, organisation: str | None = None) -> wire.Dataset:
        """Open a dataset again; frames that matched its rule in the meantime join."""
        reply: wire.Dataset = self.call("reopen_dataset", organisation=organisation, dataset=dataset)
        return reply

    def reopen_night_log(
        self, telescope: str, night: date | str, *, organisation: str | None = None, reason: str | UnsetType = UNSET
    ) -> wire.NightLog:
        """Reopen a signed night log; an entry says who did."""
        reply: wire.NightLog = self.call(
            "reopen_night_log", organisation=organisation, telescope=telescope, night=night, reason=reason
        )
        return reply

    def resolve_name(self, name: str) -> wire.Place:
        """Find the position of an object by name, from the catalogue that ships with the service."""
        reply: wire.Place = self.call("resolve_name", name=name)
        return reply

    def restore_file(self, file_id: str, *, organisation: str | None = None) -> wire.File:
        """Bring a deleted file back."""
        reply: wire.File = self.call("restore_file", organisation=organisation, file_id=file_id)
        return reply

    def retry_job(self, job_id: str, *, organisation: str | None = None) -> wire.Job:
        """Put a dead job into the queue again."""
        reply: wire.Job = self.call("retry_job", organisation=organisation, job_id=job_id)
        return reply

    def revoke_token(self, token_id: str) -> None:
        """Revoke a token; it stops working with the next request."""
        self.call("revoke_token", token_id=token_id)

    def search_log_entries(
        self,
        *,
        organisation: str | None = None,
        text: str | None = None,
        tag: str | None = None,
        level: str | None = None,
        category: str | None = None,
        telescope: str | None = None,
        first: date | str | None = None,
        last: date | str | None = None,
        author: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.LogEntryPage:
        """Search the entries of all night logs in their newest revision, the latest occurrence first."""
        reply: wire.LogEntryPage = self.call(
            "search_log_entries",
            organisation=organisation,
            text=text,
            tag=tag,
            level=level,
            category=category,
            telescope=telescope,
            first=first,
            last=last,
            author=author,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def set_datacite_account(
        self,
        *,
        organisation: str | None = None,
        prefix: str,
        repository_id: str,
        password: str | UnsetType | None = UNSET,
        service: str | UnsetType = UNSET,
    ) -> wire.DataCiteAccount:
        """Set the organisation's DataCite account: its packages can then have DOIs."""
        reply: wire.DataCiteAccount = self.call(
            "set_datacite_account",
            organisation=organisation,
            password=password,
            prefix=prefix,
            repository_id=repository_id,
            service=service,
        )
        return reply

    def set_member(self, email: str, *, organisation: str | None = None, role: str) -> wire.Member:
        """Add a person to an organisation, or change their role."""
        reply: wire.Member = self.call("set_member", organisation=organisation, email=email, role=role)
        return reply

    def sign_in(self, *, email: str, password: str) -> wire.SignedIn:
        """Sign in with a password.

        The reply sets an HttpOnly cookie for browsers; send `csrf_token` back in X-CSRF-Token with every change.
        Scripts make a token instead."""
        reply: wire.SignedIn = self.call("sign_in", email=email, password=password)
        return reply

    def sign_night_log(
        self, telescope: str, night: date | str, *, organisation: str | None = None, force: bool | None = None
    ) -> wire.NightLog:
        """Sign a night log: it takes no more entries, and its summary stays as it is now."""
        reply: wire.NightLog = self.call(
            "sign_night_log", organisation=organisation, telescope=telescope, night=night, force=force
        )
        return reply

    def sign_out(self) -> None:
        """Sign out of this browser."""
        self.call("sign_out")

    def sign_parts(
        self,
        upload_id: str,
        position: int,
        *,
        organisation: str | None = None,
        count: int | UnsetType = UNSET,
        crc32c: list[str] | UnsetType | None = UNSET,
        first: int | UnsetType = UNSET,
    ) -> wire.Parts:
        """Sign addresses for parts of a large file; parts that arrived are left out."""
        reply: wire.Parts = self.call(
            "sign_parts",
            organisation=organisation,
            upload_id=upload_id,
            position=position,
            count=count,
            crc32c=crc32c,
            first=first,
        )
        return reply

    def start_upload(
        self,
        *,
        organisation: str | None = None,
        files: list[wire.FileToSend | dict[str, Any]],
        dataset: str | UnsetType | None = UNSET,
        host: str | UnsetType | None = UNSET,
        instrument: str | UnsetType | None = UNSET,
        telescope: str | UnsetType | None = UNSET,
    ) -> wire.Upload:
        """Begin or resume sending a batch of files.

        The reply says for each file whether its content is known already, or where to send it. Send the same batch again
        to resume it, from any process."""
        reply: wire.Upload = self.call(
            "start_upload",
            organisation=organisation,
            dataset=dataset,
            files=files,
            host=host,
            instrument=instrument,
            telescope=telescope,
        )
        return reply

    def who_am_i(self) -> wire.Account:
        """Tell who is signed in."""
        reply: wire.Account = self.call("who_am_i")
        return reply

    def withdraw_package(
        self, package: str, version: int, *, organisation: str | None = None, reason: str
    ) -> wire.Package:
        """Withdraw a version: its tombstone stays readable, its content does not."""
        reply: wire.Package = self.call(
            "withdraw_package", organisation=organisation, package=package, version=version, reason=reason
        )
        return reply
