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

    def add_account(self, *, email: str, name: str, password: str) -> wire.SignUp:
        """Begin to make an account, where sign-up is open: a code is mailed, with which `confirm_account` makes it.

        The reply is the same where the address has an account; the mail tells that then."""
        reply: wire.SignUp = self.call("add_account", email=email, name=name, password=password)
        return reply

    def add_application(
        self,
        *,
        organisation: str | None = None,
        name: str,
        confidential: bool | UnsetType = UNSET,
        redirect_uris: list[str] | UnsetType = UNSET,
        scopes: list[str] | UnsetType = UNSET,
    ) -> wire.ApplicationWithSecret:
        """Register an application that people log in to with this service.

        What it gets reaches this organisation only. Its secret is shown this once."""
        reply: wire.ApplicationWithSecret = self.call(
            "add_application",
            organisation=organisation,
            confidential=confidential,
            name=name,
            redirect_uris=redirect_uris,
            scopes=scopes,
        )
        return reply

    def add_assignment(
        self,
        *,
        organisation: str | None = None,
        email: str,
        first_night: date | str,
        telescope: str,
        last_night: date | str | UnsetType | None = UNSET,
    ) -> wire.Assignment:
        """Assign a visiting observer to a telescope for a range of nights.

        They become a guest if they are not one of the organisation's people. Guests upload, write the log and set the
        quality of frames from local noon of the first night to local noon after the last; what they may see, they see
        for ever: those nights, and what they uploaded."""
        reply: wire.Assignment = self.call(
            "add_assignment",
            organisation=organisation,
            email=email,
            first_night=first_night,
            last_night=last_night,
            telescope=telescope,
        )
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
        """Put files into an open dataset; each one's fate is told, and one that cannot be added stops no other.

        Where the embargo of a file would end sooner by that, only an admin adds it: a member's batch is refused."""
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

    def add_invitation(self, team: str, *, email: str, role: str | UnsetType = UNSET) -> wire.Invitation:
        """Invite somebody into a team by mail; an earlier invitation of theirs ends."""
        reply: wire.Invitation = self.call("add_invitation", team=team, email=email, role=role)
        return reply

    def add_link(
        self,
        *,
        organisation: str | None = None,
        name: str,
        anonymous: bool | UnsetType = UNSET,
        dataset: str | UnsetType | None = UNSET,
        days: int | UnsetType | None = UNSET,
        downloads: int | UnsetType | None = UNSET,
        folder: str | UnsetType | None = UNSET,
        leave_out_embargoed: bool | UnsetType = UNSET,
        package: str | UnsetType | None = UNSET,
        password: str | UnsetType | None = UNSET,
        version: int | UnsetType | None = UNSET,
        with_embargoed: bool | UnsetType = UNSET,
    ) -> wire.LinkWithSecret:
        """Make a link to a dataset, a folder or a data package; its secret is told this once.

        Whoever holds it reads what it shows, and nothing else, until it expires, is revoked, or its downloads are used up."""
        reply: wire.LinkWithSecret = self.call(
            "add_link",
            organisation=organisation,
            anonymous=anonymous,
            dataset=dataset,
            days=days,
            downloads=downloads,
            folder=folder,
            leave_out_embargoed=leave_out_embargoed,
            name=name,
            package=package,
            password=password,
            version=version,
            with_embargoed=with_embargoed,
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

    def add_team(
        self, *, organisation: str | None = None, name: str, slug: str | UnsetType | None = UNSET
    ) -> wire.TeamView:
        """Make a team that the organisation hosts; who makes it manages it."""
        reply: wire.TeamView = self.call("add_team", organisation=organisation, name=name, slug=slug)
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

    def add_webhook(
        self,
        *,
        organisation: str | None = None,
        url: str,
        description: str | UnsetType = UNSET,
        kinds: list[str] | UnsetType = UNSET,
    ) -> wire.WebhookWithSecret:
        """Register an address to which events are sent, from now on and in their order.

        Messages are signed as the Standard Webhooks specification has it, with a secret that is shown this once. What is
        not answered with 2xx within ten seconds is tried again for three days; then the webhook is disabled."""
        reply: wire.WebhookWithSecret = self.call(
            "add_webhook", organisation=organisation, description=description, kinds=kinds, url=url
        )
        return reply

    def announce_frames(
        self,
        name: str,
        *,
        organisation: str | None = None,
        arrived: list[str] | UnsetType = UNSET,
        frames: list[wire.AnnouncedFrame | dict[str, Any]] | UnsetType = UNSET,
    ) -> None:
        """Announce, as a watch agent, files that wait for a thin line, with previews; and tell which have come.

        What is announced takes the place of what was announced of the same path. It goes when its path is among `arrived`,
        when the agent is forgotten, and after a week; of more than 2,000 of an organisation those without a preview go, and
        the oldest."""
        self.call("announce_frames", organisation=organisation, name=name, arrived=arrived, frames=frames)

    def answer_invitation(self, *, answer: str, secret: str) -> wire.Invitation:
        """Accept or decline an invitation; the invitee alone can."""
        reply: wire.Invitation = self.call("answer_invitation", answer=answer, secret=secret)
        return reply

    def ask_for_email_confirmation(self) -> None:
        """Mail a code with which one confirms one's address."""
        self.call("ask_for_email_confirmation")

    def ask_for_password_reset(self, *, email: str) -> None:
        """Mail a code with which a forgotten password can be set anew.

        The answer is the same whether there is such an account or not."""
        self.call("ask_for_password_reset", email=email)

    def begin_second_factor(self) -> wire.NewSecondFactor:
        """Begin to set up a second factor (TOTP); a browser session only.

        It is asked for only after `confirm_second_factor`."""
        reply: wire.NewSecondFactor = self.call("begin_second_factor")
        return reply

    def cancel_payment(self, *, organisation: str | None = None) -> wire.Payment:
        """End the subscription with the period that is under way; what is stored stays."""
        reply: wire.Payment = self.call("cancel_payment", organisation=organisation)
        return reply

    def change_assignment(
        self, assignment_id: str, *, organisation: str | None = None, last_night: date | str | UnsetType | None = UNSET
    ) -> wire.Assignment:
        """End an assignment earlier or later, or leave its end open."""
        reply: wire.Assignment = self.call(
            "change_assignment", organisation=organisation, assignment_id=assignment_id, last_night=last_night
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
        """Change an open dataset's name, description or rule.

        Where an embargo was set for it, only an admin changes the rule."""
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

    def change_password(self, *, new: str, current: str | UnsetType | None = UNSET) -> None:
        """Change one's password, or set the first one; other browsers are signed out. A browser session only."""
        self.call("change_password", current=current, new=new)

    def change_payment_plan(self, *, organisation: str | None = None, plan: str) -> wire.Payment:
        """Give the running subscription another plan from now on; one that was to end goes on."""
        reply: wire.Payment = self.call("change_payment_plan", organisation=organisation, plan=plan)
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
        """Change some members of a site.

        After another time zone, the nights of guests begin and end by it at once, and all files of the site's telescopes
        are derived again by jobs: their frames come into the nights they belong to, and night logs count them there.
        Entries of logs stay in the night they were written for, and signed logs as they were signed. What lies in the
        archive follows when it is recalled."""
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

    def change_webhook(
        self,
        webhook_id: str,
        *,
        organisation: str | None = None,
        description: str | UnsetType = UNSET,
        enabled: bool | UnsetType = UNSET,
        kinds: list[str] | UnsetType = UNSET,
        url: str | UnsetType = UNSET,
    ) -> wire.Webhook:
        """Change a webhook, disable it, or enable it again."""
        reply: wire.Webhook = self.call(
            "change_webhook",
            organisation=organisation,
            webhook_id=webhook_id,
            description=description,
            enabled=enabled,
            kinds=kinds,
            url=url,
        )
        return reply

    def check_contents(
        self, *, organisation: str | None = None, contents: list[wire.ContentToCheck | dict[str, Any]]
    ) -> wire.HeldContents:
        """Ask which contents are safe here, before they are deleted elsewhere.

        A content is held if a file that is not deleted names it, and the store has its bytes in full."""
        reply: wire.HeldContents = self.call("check_contents", organisation=organisation, contents=contents)
        return reply

    def close_dataset(self, dataset: str, *, organisation: str | None = None) -> wire.Dataset:
        """Close a dataset: nothing in it changes any more, until it is opened again."""
        reply: wire.Dataset = self.call("close_dataset", organisation=organisation, dataset=dataset)
        return reply

    def close_organisation(self, *, organisation: str | None = None, confirm: str) -> wire.Organisation:
        """Close an organisation: nothing new is taken, what is subscribed to ends, and files are deleted after a grace.

        Until `removal_at` everything can be read, exported and deleted, and it can be reopened."""
        reply: wire.Organisation = self.call("close_organisation", organisation=organisation, confirm=confirm)
        return reply

    def complete_team_upload(
        self, team: str, upload_id: str, *, files: list[wire.CompletedFile | dict[str, Any]]
    ) -> wire.Completed:
        """Verify and acknowledge files whose bytes were sent.

        Their checksums are recomputed by the service; `stored` means safe. A file that was changed meanwhile, or whose
        place was taken, fails, and the others do not. What the plan of the team's host has no room for any more stays
        `wanted`, with the problem `over-quota`, to be completed when there is."""
        reply: wire.Completed = self.call("complete_team_upload", team=team, upload_id=upload_id, files=files)
        return reply

    def complete_upload(
        self, upload_id: str, *, organisation: str | None = None, files: list[wire.CompletedFile | dict[str, Any]]
    ) -> wire.Completed:
        """Verify and acknowledge files whose bytes were sent.

        Their checksums are recomputed by the service; `stored` means safe. Files are ingested by the job named.

        Those whose dataset was closed meanwhile stay `wanted`, with the problem `dataset-closed`, and those for which the
        plan has no room any more with `over-quota`: what arrived of them is kept for seven days from when the upload began,
        to be completed once the dataset is open again, or there is room."""
        reply: wire.Completed = self.call(
            "complete_upload", organisation=organisation, upload_id=upload_id, files=files
        )
        return reply

    def confirm_account(self, *, code: str, password: str) -> wire.Account:
        """Make an account with the code that was mailed, and the password that was chosen."""
        reply: wire.Account = self.call("confirm_account", code=code, password=password)
        return reply

    def confirm_email(self, *, code: str) -> None:
        """Confirm one's address with a mailed code, which works once and for an hour."""
        self.call("confirm_email", code=code)

    def confirm_second_factor(self, *, code: str) -> wire.RecoveryCodes:
        """Confirm a second factor with a code of the authenticator: it is asked for from now on.

        Other browsers are signed out. Keep the recovery codes: they are shown this once."""
        reply: wire.RecoveryCodes = self.call("confirm_second_factor", code=code)
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
        crossed: bool | None = None,
        satellite: str | None = None,
        crossed_brighter_than: float | None = None,
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
            crossed=crossed,
            satellite=satellite,
            crossed_brighter_than=crossed_brighter_than,
            where=where,
            sort=sort,
            facet=facet,
            limit=limit,
        )
        return reply

    def count_service_jobs(self) -> wire.JobCounts:
        """Count the jobs that are not done, by kind and state, as an operator."""
        reply: wire.JobCounts = self.call("count_service_jobs")
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

    def empty_team_trash(self, team: str) -> wire.Changed:
        """Remove what is in a team's trash for good, with all versions."""
        reply: wire.Changed = self.call("empty_team_trash", team=team)
        return reply

    def end_other_sessions(self) -> None:
        """Sign out of every browser but the one that asks; a browser session only."""
        self.call("end_other_sessions")

    def end_session(self, session_id: str) -> None:
        """Sign out of one browser; its next request is nobody's."""
        self.call("end_session", session_id=session_id)

    def end_share(self, dataset: str, team: str, *, organisation: str | None = None) -> None:
        """Stop sharing a dataset with a team, from the next request on."""
        self.call("end_share", organisation=organisation, dataset=dataset, team=team)

    def estimate_costs(
        self,
        *,
        organisation: str | None = None,
        dataset: str | None = None,
        add_bytes: int | None = None,
        tier: str | None = None,
    ) -> wire.Estimate:
        """Tell what it would cost: a month like the last, what is stored, a dataset, more bytes."""
        reply: wire.Estimate = self.call(
            "estimate_costs", organisation=organisation, dataset=dataset, add_bytes=add_bytes, tier=tier
        )
        return reply

    def export_audit(self, *, organisation: str | None = None) -> bytes:
        """Download the whole audit log as JSON Lines, oldest first.

        Each line is an entry in the form over which its hash is computed: SHA-256 of the JSON text of `log`, `sequence`,
        `at`, `actor`, `action`, `target`, `details` and `previous`, with names sorted and no blanks. The last line says
        where the log ends."""
        reply: bytes = self.call("export_audit", organisation=organisation)
        return reply

    def find_calibrations(
        self, frame_id: str, *, organisation: str | None = None, days: int | None = None, limit: int | None = None
    ) -> wire.Calibrations:
        """Find the biases, darks and flats that fit a frame: of its instrument, size and binning.

        A bias and a dark have its gain, a dark its exposure time, a flat its filter. Nearest in time come first, of darks
        those of its temperature; frames judged bad are left out."""
        reply: wire.Calibrations = self.call(
            "find_calibrations", organisation=organisation, frame_id=frame_id, days=days, limit=limit
        )
        return reply

    def find_crossings(
        self,
        start: datetime | str,
        exposure_s: float,
        *,
        organisation: str | None = None,
        site: str | None = None,
        latitude_deg: float | None = None,
        longitude_deg: float | None = None,
        height_m: float | None = None,
        near: str | None = None,
        ra_deg: float | None = None,
        dec_deg: float | None = None,
        radius_deg: float | None = None,
        width_deg: float | None = None,
        height_deg: float | None = None,
        position_angle_deg: float | None = None,
        polygon: str | None = None,
        ra_rate_arcsec_s: float | None = None,
        dec_rate_arcsec_s: float | None = None,
        convention: str | None = None,
        min_altitude_deg: float | None = None,
        satellite: list[int] | None = None,
        text: str | None = None,
        brighter_than: float | None = None,
        certain_only: bool | None = None,
    ) -> wire.FieldCrossings:
        """Find all satellites inside a field during an exposure.

        The field is a circle, a rectangle or a polygon, and may move; the place is a site or a position. Times are
        continuous, magnitudes estimates. Elements nearest in epoch to the exposure are used, and their age is told."""
        reply: wire.FieldCrossings = self.call(
            "find_crossings",
            organisation=organisation,
            site=site,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            height_m=height_m,
            start=start,
            exposure_s=exposure_s,
            near=near,
            ra_deg=ra_deg,
            dec_deg=dec_deg,
            radius_deg=radius_deg,
            width_deg=width_deg,
            height_deg=height_deg,
            position_angle_deg=position_angle_deg,
            polygon=polygon,
            ra_rate_arcsec_s=ra_rate_arcsec_s,
            dec_rate_arcsec_s=dec_rate_arcsec_s,
            convention=convention,
            min_altitude_deg=min_altitude_deg,
            satellite=satellite,
            text=text,
            brighter_than=brighter_than,
            certain_only=certain_only,
        )
        return reply

    def find_crossings_votable(
        self,
        start: datetime | str,
        exposure_s: float,
        *,
        organisation: str | None = None,
        site: str | None = None,
        latitude_deg: float | None = None,
        longitude_deg: float | None = None,
        height_m: float | None = None,
        near: str | None = None,
        ra_deg: float | None = None,
        dec_deg: float | None = None,
        radius_deg: float | None = None,
        width_deg: float | None = None,
        height_deg: float | None = None,
        position_angle_deg: float | None = None,
        polygon: str | None = None,
        ra_rate_arcsec_s: float | None = None,
        dec_rate_arcsec_s: float | None = None,
        convention: str | None = None,
        min_altitude_deg: float | None = None,
        satellite: list[int] | None = None,
        text: str | None = None,
        brighter_than: float | None = None,
        certain_only: bool | None = None,
    ) -> bytes:
        """Find all satellites inside a field during an exposure, as a VOTable."""
        reply: bytes = self.call(
            "find_crossings_votable",
            organisation=organisation,
            site=site,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            height_m=height_m,
            start=start,
            exposure_s=exposure_s,
            near=near,
            ra_deg=ra_deg,
            dec_deg=dec_deg,
            radius_deg=radius_deg,
            width_deg=width_deg,
            height_deg=height_deg,
            position_angle_deg=position_angle_deg,
            polygon=polygon,
            ra_rate_arcsec_s=ra_rate_arcsec_s,
            dec_rate_arcsec_s=dec_rate_arcsec_s,
            convention=convention,
            min_altitude_deg=min_altitude_deg,
            satellite=satellite,
            text=text,
            brighter_than=brighter_than,
            certain_only=certain_only,
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
        crossed: bool | None = None,
        satellite: str | None = None,
        crossed_brighter_than: float | None = None,
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
            crossed=crossed,
            satellite=satellite,
            crossed_brighter_than=crossed_brighter_than,
            where=where,
            sort=sort,
            count=count,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def find_passes(
        self,
        *,
        organisation: str | None = None,
        site: str | None = None,
        latitude_deg: float | None = None,
        longitude_deg: float | None = None,
        height_m: float | None = None,
        night: date | str | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        min_altitude_deg: float | None = None,
        satellite: list[int] | None = None,
        text: str | None = None,
        sunlit_only: bool | None = None,
        brighter_than: float | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.PassList:
        """Find what passes over a place during a night or any window.

        A site's horizon mask counts where it is higher than `min_altitude_deg`. Passes that the window cuts are told so."""
        reply: wire.PassList = self.call(
            "find_passes",
            organisation=organisation,
            site=site,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            height_m=height_m,
            night=night,
            start=start,
            end=end,
            min_altitude_deg=min_altitude_deg,
            satellite=satellite,
            text=text,
            sunlit_only=sunlit_only,
            brighter_than=brighter_than,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def find_passes_votable(
        self,
        *,
        organisation: str | None = None,
        site: str | None = None,
        latitude_deg: float | None = None,
        longitude_deg: float | None = None,
        height_m: float | None = None,
        night: date | str | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        min_altitude_deg: float | None = None,
        satellite: list[int] | None = None,
        text: str | None = None,
        sunlit_only: bool | None = None,
        brighter_than: float | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> bytes:
        """Find what passes over a place, as a VOTable; its INFO `next_cursor` leads to the next page."""
        reply: bytes = self.call(
            "find_passes_votable",
            organisation=organisation,
            site=site,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            height_m=height_m,
            night=night,
            start=start,
            end=end,
            min_altitude_deg=min_altitude_deg,
            satellite=satellite,
            text=text,
            sunlit_only=sunlit_only,
            brighter_than=brighter_than,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def follow_events(
        self, *, organisation: str | None = None, after: int | None = None, last_event_id: int | None = None
    ) -> Iterator[Any]:
        """Follow what happens, as server-sent events.

        Each event's `id` can be given as `after` to go on, and browsers do by themselves; the stream ends after ten
        minutes, and with the session or token that opened it. An account may have ten open."""
        reply: Iterator[Any] = self.call(
            "follow_events", organisation=organisation, after=after, last_event_id=last_event_id
        )
        return reply

    def forget_agent(self, name: str, *, organisation: str | None = None) -> None:
        """Forget a watch agent that is no more; one that reports again is there again."""
        self.call("forget_agent", organisation=organisation, name=name)

    def get_assignment(self, assignment_id: str, *, organisation: str | None = None) -> wire.Assignment:
        """Read an assignment."""
        reply: wire.Assignment = self.call("get_assignment", organisation=organisation, assignment_id=assignment_id)
        return reply

    def get_bill(self, *, organisation: str | None = None, month: str | None = None) -> wire.MonthBill:
        """Compute the bill of a month, or of what has passed of it.

        A closed month's bill is the same each time: it follows from the ledger and from the terms of the plans that held."""
        reply: wire.MonthBill = self.call("get_bill", organisation=organisation, month=month)
        return reply

    def get_catalogue(self) -> wire.CatalogueStatus:
        """Tell how large and how new the catalogue is, and how its fetching goes.

        That nothing can be fetched stops nothing: the elements that are there are used, and each answer tells their age."""
        reply: wire.CatalogueStatus = self.call("get_catalogue")
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

    def get_coming_preview(self, frame_id: str, *, organisation: str | None = None) -> bytes:
        """Get the preview of a frame on its way, as its agent drew it: WebP or JPEG, at most 512 pixels on an edge."""
        reply: bytes = self.call("get_coming_preview", organisation=organisation, frame_id=frame_id)
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

    def get_dataset_tiers(self, dataset: str, *, organisation: str | None = None) -> wire.DatasetTiers:
        """Tell a dataset's policy, where its contents lie, and which are on their way."""
        reply: wire.DatasetTiers = self.call("get_dataset_tiers", organisation=organisation, dataset=dataset)
        return reply

    def get_embargo_reminders(self, *, organisation: str | None = None) -> wire.EmbargoReminders:
        """Tell how many days before an embargo lifts people are reminded of it."""
        reply: wire.EmbargoReminders = self.call("get_embargo_reminders", organisation=organisation)
        return reply

    def get_file(self, file_id: str, *, organisation: str | None = None) -> wire.File:
        """Read what is known of a file."""
        reply: wire.File = self.call("get_file", organisation=organisation, file_id=file_id)
        return reply

    def get_frame(self, frame_id: str, *, organisation: str | None = None) -> wire.FrameDetail:
        """Read a frame with its header, and where each fact came from."""
        reply: wire.FrameDetail = self.call("get_frame", organisation=organisation, frame_id=frame_id)
        return reply

    def get_hdu_curve(
        self,
        frame_id: str,
        hdu: int,
        *,
        organisation: str | None = None,
        x: int | None = None,
        y: int | None = None,
        row: int | None = None,
    ) -> wire.HduCurve:
        """Read a curve to draw: one column of a table against another, or a row of an image against its wavelengths.

        Without columns those that make a spectrum, a light curve or a list of events by their names are taken; without
        ``x`` alone what is in ``y`` is counted."""
        reply: wire.HduCurve = self.call(
            "get_hdu_curve", organisation=organisation, frame_id=frame_id, hdu=hdu, x=x, y=y, row=row
        )
        return reply

    def get_hdu_rows(
        self,
        frame_id: str,
        hdu: int,
        *,
        organisation: str | None = None,
        first: int | None = None,
        rows: int | None = None,
        column: list[int] | None = None,
    ) -> wire.HduRows:
        """Read some rows of a binary table: scaled, with what is undefined as null, long cells by their first values."""
        reply: wire.HduRows = self.call(
            "get_hdu_rows", organisation=organisation, frame_id=frame_id, hdu=hdu, first=first, rows=rows, column=column
        )
        return reply

    def get_hdu_sky(self, frame_id: str, hdu: int, *, organisation: str | None = None) -> wire.HduSky:
        """Tell where an image is on the sky, at the knots of a mesh over it, between which one may interpolate."""
        reply: wire.HduSky = self.call("get_hdu_sky", organisation=organisation, frame_id=frame_id, hdu=hdu)
        return reply

    def get_hdu_values(
        self, frame_id: str, hdu: int, *, organisation: str | None = None, plane: int | None = None
    ) -> wire.HduValues:
        """Tell what values an image has: limits to show it between, and a histogram, from a sample of its pixels."""
        reply: wire.HduValues = self.call(
            "get_hdu_values", organisation=organisation, frame_id=frame_id, hdu=hdu, plane=plane
        )
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

    def get_link_content(self, file_id: str, *, x_link_password: str | None = None, range: str | None = None) -> bytes:
        """Download a file that a link shows.

        It takes Range, so that a broken download is resumed: what was begun goes on for a day and is not counted again."""
        reply: bytes = self.call("get_link_content", x_link_password=x_link_password, file_id=file_id, range=range)
        return reply

    def get_link_zip(
        self,
        *,
        x_link_password: str | None = None,
        range: str | None = None,
        if_range: str | None = None,
        if_none_match: str | None = None,
    ) -> bytes:
        """Download all that a link shows as one ZIP archive, a BagIt bag. It counts as one download.

        It takes Range: as long as nothing changes in what the link shows, the bytes are the same each time and have the
        same `ETag`; send it as `If-Range`. What an embargo holds back is listed in `LEFT-OUT.txt`, with the moment from
        which it is shown; the header `Files-Left-Out` tells how many files that are."""
        reply: bytes = self.call(
            "get_link_zip", x_link_password=x_link_password, range=range, if_range=if_range, if_none_match=if_none_match
        )
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

    def get_payment(self, *, organisation: str | None = None) -> wire.Payment:
        """Tell how the organisation pays, what is due, and which plans are offered."""
        reply: wire.Payment = self.call("get_payment", organisation=organisation)
        return reply

    def get_pixels(
        self,
        frame_id: str,
        hdu: int,
        x: int,
        y: int,
        *,
        organisation: str | None = None,
        width: int | None = None,
        height: int | None = None,
        plane: int | None = None,
    ) -> wire.WindowValues:
        """Read the values of a small window, and where its pixels are on the sky."""
        reply: wire.WindowValues = self.call(
            "get_pixels",
            organisation=organisation,
            frame_id=frame_id,
            hdu=hdu,
            x=x,
            y=y,
            width=width,
            height=height,
            plane=plane,
        )
        return reply

    def get_portal(self, *, organisation: str | None = None) -> wire.Portal:
        """Read whether the organisation shows itself to the public, and with which words and colours."""
        reply: wire.Portal = self.call("get_portal", organisation=organisation)
        return reply

    def get_preview(self, frame_id: str, size: str, *, organisation: str | None = None) -> str:
        """Go to a frame's preview: WebP, its long edge at most 128, 512 or 2048 pixels."""
        reply: str = self.call("get_preview", organisation=organisation, frame_id=frame_id, size=size)
        return reply

    def get_published_file(
        self, package: str, version: int, path: str, *, organisation: str | None = None, range: str | None = None
    ) -> str:
        """Go to one file's bytes: a short-lived address at the object store that takes Range."""
        reply: str = self.call(
            "get_published_file", organisation=organisation, package=package, version=version, path=path, range=range
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

    def get_revenue(self, *, month: str | None = None) -> wire.Revenue:
        """Add up what all organisations use in a month and come to, as an operator."""
        reply: wire.Revenue = self.call("get_revenue", month=month)
        return reply

    def get_satellite(self, satellite: int) -> wire.Satellite:
        """Read one satellite."""
        reply: wire.Satellite = self.call("get_satellite", satellite=satellite)
        return reply

    def get_satellite_track(
        self,
        satellite: int,
        start: datetime | str,
        *,
        organisation: str | None = None,
        site: str | None = None,
        latitude_deg: float | None = None,
        longitude_deg: float | None = None,
        height_m: float | None = None,
        step_s: float | None = None,
        points: int | None = None,
    ) -> wire.SatelliteTrack:
        """Tell where a satellite stands at some times: altitude and azimuth, RA and Dec by name, range, light."""
        reply: wire.SatelliteTrack = self.call(
            "get_satellite_track",
            satellite=satellite,
            organisation=organisation,
            site=site,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            height_m=height_m,
            start=start,
            step_s=step_s,
            points=points,
        )
        return reply

    def get_service_health(self) -> wire.ServiceHealth:
        """Look at what the service stands on, as an operator: database, store, disks, jobs, workers, mail, satellites."""
        reply: wire.ServiceHealth = self.call("get_service_health")
        return reply

    def get_service_job(self, job_id: str) -> wire.ServiceJob:
        """Read a job of any organisation, as an operator."""
        reply: wire.ServiceJob = self.call("get_service_job", job_id=job_id)
        return reply

    def get_session(self) -> wire.SessionToken:
        """Read the CSRF token of the browser session that asks; for pages that were opened or loaded again.

        Only pages of the service's own address can read the reply."""
        reply: wire.SessionToken = self.call("get_session")
        return reply

    def get_site(self, site: str, *, organisation: str | None = None) -> wire.Site:
        """Read a site."""
        reply: wire.Site = self.call("get_site", organisation=organisation, site=site)
        return reply

    def get_team(self, team: str) -> wire.TeamView:
        """Read a team one belongs to."""
        reply: wire.TeamView = self.call("get_team", team=team)
        return reply

    def get_team_file(self, team: str, file_id: str) -> wire.TeamFile:
        """Read what is known of a file, one in the trash too."""
        reply: wire.TeamFile = self.call("get_team_file", team=team, file_id=file_id)
        return reply

    def get_team_file_content(self, team: str, file_id: str, *, version: int | None = None) -> str:
        """Go to a version's bytes: a short-lived address at the object store that takes Range."""
        reply: str = self.call("get_team_file_content", team=team, file_id=file_id, version=version)
        return reply

    def get_team_storage(self, team: str) -> wire.TeamStorage:
        """Count a team's own files, and what they store at the organisation that hosts it."""
        reply: wire.TeamStorage = self.call("get_team_storage", team=team)
        return reply

    def get_team_upload(self, team: str, upload_id: str) -> wire.Upload:
        """Read what became of each file, with fresh addresses for those still wanted."""
        reply: wire.Upload = self.call("get_team_upload", team=team, upload_id=upload_id)
        return reply

    def get_telescope(self, telescope: str, *, organisation: str | None = None) -> wire.Telescope:
        """Read a telescope."""
        reply: wire.Telescope = self.call("get_telescope", organisation=organisation, telescope=telescope)
        return reply

    def get_tile(
        self,
        frame_id: str,
        hdu: int,
        zoom: int,
        x: int,
        y: int,
        *,
        organisation: str | None = None,
        plane: int | None = None,
        stretch: str | None = None,
        limits: str | None = None,
        lower: float | None = None,
        upper: float | None = None,
        black: float | None = None,
        white: float | None = None,
        colours: str | None = None,
        inverted: bool | None = None,
        if_none_match: str | None = None,
    ) -> bytes:
        """Get a tile of an image as PNG, cut from what is read of the file for it alone.

        What has no value, and what lies outside, is transparent. The same address is the same picture for ever."""
        reply: bytes = self.call(
            "get_tile",
            organisation=organisation,
            frame_id=frame_id,
            hdu=hdu,
            zoom=zoom,
            x=x,
            y=y,
            plane=plane,
            stretch=stretch,
            limits=limits,
            lower=lower,
            upper=upper,
            black=black,
            white=white,
            colours=colours,
            inverted=inverted,
            if_none_match=if_none_match,
        )
        return reply

    def get_tonight(
        self,
        *,
        organisation: str | None = None,
        site: str | None = None,
        latitude_deg: float | None = None,
        longitude_deg: float | None = None,
        height_m: float | None = None,
        night: date | str | None = None,
        target: list[str] | None = None,
        step_s: float | None = None,
    ) -> wire.PlaceNight:
        """Tell how a night goes: Sun and twilights, the Moon, and how high targets stand."""
        reply: wire.PlaceNight = self.call(
            "get_tonight",
            organisation=organisation,
            site=site,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            height_m=height_m,
            night=night,
            target=target,
            step_s=step_s,
        )
        return reply

    def get_upload(self, upload_id: str, *, organisation: str | None = None) -> wire.Upload:
        """Read what became of each file, with fresh addresses for those still wanted."""
        reply: wire.Upload = self.call("get_upload", organisation=organisation, upload_id=upload_id)
        return reply

    def get_usage(
        self,
        *,
        organisation: str | None = None,
        from_: date | str | None = None,
        to: date | str | None = None,
        by: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.Usage:
        """Measure what was stored and downloaded.

        Storage is exact, from a ledger of every byte that came and went; deleted files count until they are purged. The
        parts add up to the total: a content belongs to whom its first file was uploaded by, with its telescope, and to the
        first dataset it was put in. Downloads of a few seconds ago may be missing."""
        reply: wire.Usage = self.call(
            "get_usage", organisation=organisation, from_=from_, to=to, by=by, cursor=cursor, limit=limit
        )
        return reply

    def get_ways_in(self) -> wire.WaysIn:
        """Tell how one can sign in, and whether one's address is confirmed."""
        reply: wire.WaysIn = self.call("get_ways_in")
        return reply

    def get_webhook(self, webhook_id: str, *, organisation: str | None = None) -> wire.Webhook:
        """Read a webhook and how it fares."""
        reply: wire.Webhook = self.call("get_webhook", organisation=organisation, webhook_id=webhook_id)
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

    def import_element_sets(self, *, files: list[wire.ElementFile | dict[str, Any]]) -> wire.CatalogueImports:
        """Bring element sets in, as an operator: OMM (CSV, JSON, XML) or two-line sets.

        A bad element set is told with its line and spoils no other; what is there already stays. Larger files come in with
        `uraniborg-server satellites import`."""
        reply: wire.CatalogueImports = self.call("import_element_sets", files=files)
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

    def link_identity(self, *, provider: str) -> wire.VisitBegun:
        """Begin to link an identity elsewhere to one's account; a browser session only."""
        reply: wire.VisitBegun = self.call("link_identity", provider=provider)
        return reply

    def list_agents(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.AgentPage:
        """List watch agents by name, with what each reported last and since when it is silent; guests see their own."""
        reply: wire.AgentPage = self.call("list_agents", organisation=organisation, cursor=cursor, limit=limit)
        return reply

    def list_applications(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.ApplicationPage:
        """List an organisation's applications."""
        reply: wire.ApplicationPage = self.call(
            "list_applications", organisation=organisation, cursor=cursor, limit=limit
        )
        return reply

    def list_assignments(
        self,
        *,
        organisation: str | None = None,
        telescope: str | None = None,
        night: date | str | None = None,
        email: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.AssignmentPage:
        """List assignments, the latest first night first; guests see their own."""
        reply: wire.AssignmentPage = self.call(
            "list_assignments",
            organisation=organisation,
            telescope=telescope,
            night=night,
            email=email,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_audit_entries(
        self,
        *,
        organisation: str | None = None,
        action: str | None = None,
        actor: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.AuditEntryPage:
        """List the audit log, newest first: who signed in, shared, published, downloaded, changed roles, deleted.

        The log is only ever appended to, and each entry's hash covers the one before it."""
        reply: wire.AuditEntryPage = self.call(
            "list_audit_entries",
            organisation=organisation,
            action=action,
            actor=actor,
            since=since,
            until=until,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_coming_frames(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.ComingFramePage:
        """List frames on their way: what watch agents announced last first, and where each one's preview is.

        Nothing is known yet of what they show but what their headers say: who may see only some frames sees none of these."""
        reply: wire.ComingFramePage = self.call(
            "list_coming_frames", organisation=organisation, cursor=cursor, limit=limit
        )
        return reply

    def list_dataset_downloads(
        self, dataset: str, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.DatasetDownloads:
        """Tell who downloaded files of a dataset, and how many there were by day.

        What was downloaded a few seconds ago may not be counted yet. A file in several datasets counts with each."""
        reply: wire.DatasetDownloads = self.call(
            "list_dataset_downloads", organisation=organisation, dataset=dataset, cursor=cursor, limit=limit
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

    def list_embargoes(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.EmbargoPage:
        """List the embargoes that were set."""
        reply: wire.EmbargoPage = self.call("list_embargoes", organisation=organisation, cursor=cursor, limit=limit)
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

    def list_granted_applications(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> wire.GrantedApplicationPage:
        """List the applications that one has let in."""
        reply: wire.GrantedApplicationPage = self.call("list_granted_applications", cursor=cursor, limit=limit)
        return reply

    def list_hdu_columns(self, frame_id: str, hdu: int, *, organisation: str | None = None) -> wire.ColumnList:
        """List the columns of a binary table, with their units."""
        reply: wire.ColumnList = self.call("list_hdu_columns", organisation=organisation, frame_id=frame_id, hdu=hdu)
        return reply

    def list_hdu_objects(
        self, frame_id: str, hdu: int, *, organisation: str | None = None, limit: int | None = None
    ) -> wire.HduObjects:
        """List the objects in an image of the catalogue that ships with the service: Messier, NGC, IC and bright stars."""
        reply: wire.HduObjects = self.call(
            "list_hdu_objects", organisation=organisation, frame_id=frame_id, hdu=hdu, limit=limit
        )
        return reply

    def list_hdus(self, frame_id: str, *, organisation: str | None = None) -> wire.HduList:
        """List a frame's HDUs, and how those that are images are cut into tiles."""
        reply: wire.HduList = self.call("list_hdus", organisation=organisation, frame_id=frame_id)
        return reply

    def list_identities(self, *, cursor: str | None = None, limit: int | None = None) -> wire.LinkedIdentityPage:
        """List the identities elsewhere with which one signs in."""
        reply: wire.LinkedIdentityPage = self.call("list_identities", cursor=cursor, limit=limit)
        return reply

    def list_identity_providers(self) -> wire.ProviderList:
        """List where one can sign in elsewhere."""
        reply: wire.ProviderList = self.call("list_identity_providers")
        return reply

    def list_instruments(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.InstrumentPage:
        """List the instruments."""
        reply: wire.InstrumentPage = self.call(
            "list_instruments", organisation=organisation, cursor=cursor, limit=limit
        )
        return reply

    def list_invitations(
        self, team: str, *, cursor: str | None = None, limit: int | None = None
    ) -> wire.InvitationPage:
        """List a team's invitations, newest first."""
        reply: wire.InvitationPage = self.call("list_invitations", team=team, cursor=cursor, limit=limit)
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

    def list_link_files(
        self, *, x_link_password: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.LinkFilePage:
        """List the files that a link shows, in order of path."""
        reply: wire.LinkFilePage = self.call(
            "list_link_files", x_link_password=x_link_password, cursor=cursor, limit=limit
        )
        return reply

    def list_links(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.LinkPage:
        """List the organisation's links, newest first; those too that do not work any more."""
        reply: wire.LinkPage = self.call("list_links", organisation=organisation, cursor=cursor, limit=limit)
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

    def list_package_downloads(
        self,
        package: str,
        version: int,
        *,
        organisation: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.Downloads:
        """Tell who downloaded a published version, and how many there were by day.

        A request for the first byte is a download; one that goes on where another ended is not counted again."""
        reply: wire.Downloads = self.call(
            "list_package_downloads",
            organisation=organisation,
            package=package,
            version=version,
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

    def list_payment_invoices(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.InvoicePage:
        """List invoices, newest first."""
        reply: wire.InvoicePage = self.call(
            "list_payment_invoices", organisation=organisation, cursor=cursor, limit=limit
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

    def list_satellites(
        self, *, text: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.SatellitePage:
        """List or search the satellites of the catalogue, by number.

        The catalogue is the same for everybody."""
        reply: wire.SatellitePage = self.call("list_satellites", text=text, cursor=cursor, limit=limit)
        return reply

    def list_service_jobs(
        self,
        *,
        state: list[str] | None = None,
        kind: str | None = None,
        organisation: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.ServiceJobPage:
        """List the jobs of all organisations, newest first, as an operator.

        Of a job is told how it stands and what it died of, not what it was about."""
        reply: wire.ServiceJobPage = self.call(
            "list_service_jobs", state=state, kind=kind, organisation=organisation, cursor=cursor, limit=limit
        )
        return reply

    def list_service_organisations(
        self, *, month: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.OrganisationUsagePage:
        """List what each organisation uses in a month and comes to, as an operator."""
        reply: wire.OrganisationUsagePage = self.call(
            "list_service_organisations", month=month, cursor=cursor, limit=limit
        )
        return reply

    def list_sessions(self, *, cursor: str | None = None, limit: int | None = None) -> wire.SignInSessionPage:
        """List the browsers in which one is signed in, newest first."""
        reply: wire.SignInSessionPage = self.call("list_sessions", cursor=cursor, limit=limit)
        return reply

    def list_shares(
        self, dataset: str, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.SharePage:
        """List the teams that a dataset is shared with."""
        reply: wire.SharePage = self.call(
            "list_shares", organisation=organisation, dataset=dataset, cursor=cursor, limit=limit
        )
        return reply

    def list_sites(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.SitePage:
        """List the sites."""
        reply: wire.SitePage = self.call("list_sites", organisation=organisation, cursor=cursor, limit=limit)
        return reply

    def list_team_activity(
        self, team: str, *, cursor: str | None = None, limit: int | None = None
    ) -> wire.ActivityPage:
        """List what happened in a team, newest first."""
        reply: wire.ActivityPage = self.call("list_team_activity", team=team, cursor=cursor, limit=limit)
        return reply

    def list_team_datasets(
        self, team: str, *, cursor: str | None = None, limit: int | None = None
    ) -> wire.SharedDatasetPage:
        """List the datasets shared with a team.

        Each is read with the operations of its own organisation: files, frames, searches and datasets, and no others."""
        reply: wire.SharedDatasetPage = self.call("list_team_datasets", team=team, cursor=cursor, limit=limit)
        return reply

    def list_team_file_versions(
        self, team: str, file_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> wire.TeamFileVersionPage:
        """List a file's versions, newest first."""
        reply: wire.TeamFileVersionPage = self.call(
            "list_team_file_versions", team=team, file_id=file_id, cursor=cursor, limit=limit
        )
        return reply

    def list_team_files(
        self,
        team: str,
        *,
        folder: str | None = None,
        whole_tree: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.TeamEntryPage:
        """List a folder of a team's own files, or all below it, in order of path.

        Of a path that is a file's, that file is listed. Folders are there as long as files are in them."""
        reply: wire.TeamEntryPage = self.call(
            "list_team_files", team=team, folder=folder, whole_tree=whole_tree, cursor=cursor, limit=limit
        )
        return reply

    def list_team_members(
        self, team: str, *, cursor: str | None = None, limit: int | None = None
    ) -> wire.TeamMemberPage:
        """List a team's people."""
        reply: wire.TeamMemberPage = self.call("list_team_members", team=team, cursor=cursor, limit=limit)
        return reply

    def list_team_trash(
        self, team: str, *, path: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.TeamFilePage:
        """List a team's trash, what went there last first."""
        reply: wire.TeamFilePage = self.call("list_team_trash", team=team, path=path, cursor=cursor, limit=limit)
        return reply

    def list_teams(self, *, cursor: str | None = None, limit: int | None = None) -> wire.TeamViewPage:
        """List the teams one belongs to."""
        reply: wire.TeamViewPage = self.call("list_teams", cursor=cursor, limit=limit)
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

    def list_tree(
        self, *, path: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.TreeEntryPage:
        """List what lies in a folder of the tree, in order of name.

        The tree is `/me`, `/team/{team}/files`, `/team/{team}/datasets/{dataset}`,
        `/org/{organisation}/nights/{night}/{telescope}`, `/org/{organisation}/datasets/{dataset}` and
        `/packages/{organisation}/{package}/v{version}`. What somebody may not see is not in it. Of two files of one night
        and path the first has its name, and the other's has the beginning of its SHA-256 before the suffix. Of a path that
        is a file's, that file is listed.

        One's own files and those of teams need the scope `team-files:read` besides, teams `teams:read`."""
        reply: wire.TreeEntryPage = self.call("list_tree", path=path, cursor=cursor, limit=limit)
        return reply

    def list_upcoming_lifts(
        self,
        *,
        organisation: str | None = None,
        days: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.UpcomingLiftPage:
        """List what is held back no longer soon: files together, by embargo and day, the next first."""
        reply: wire.UpcomingLiftPage = self.call(
            "list_upcoming_lifts", organisation=organisation, days=days, cursor=cursor, limit=limit
        )
        return reply

    def list_webhook_deliveries(
        self,
        webhook_id: str,
        *,
        organisation: str | None = None,
        delivered: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> wire.WebhookDeliveryPage:
        """List what became of deliveries, newest first; it is kept for 30 days."""
        reply: wire.WebhookDeliveryPage = self.call(
            "list_webhook_deliveries",
            organisation=organisation,
            webhook_id=webhook_id,
            delivered=delivered,
            cursor=cursor,
            limit=limit,
        )
        return reply

    def list_webhooks(
        self, *, organisation: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> wire.WebhookPage:
        """List webhooks, oldest first."""
        reply: wire.WebhookPage = self.call("list_webhooks", organisation=organisation, cursor=cursor, limit=limit)
        return reply

    def look_at_invitation(self, *, secret: str) -> wire.Invitation:
        """Read an invitation by the secret in its mail."""
        reply: wire.Invitation = self.call("look_at_invitation", secret=secret)
        return reply

    def look_at_link(self, *, x_link_password: str | None = None) -> wire.LinkView:
        """Tell what a link shows. Its secret is the bearer token; its password goes into the header X-Link-Password."""
        reply: wire.LinkView = self.call("look_at_link", x_link_password=x_link_password)
        return reply

    def make_recovery_codes(self, *, code: str) -> wire.RecoveryCodes:
        """Make new recovery codes, for a code of the second factor; those before stop working."""
        reply: wire.RecoveryCodes = self.call("make_recovery_codes", code=code)
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

    def move_team_files(
        self, team: str, *, path: str, to: str, expected_version: int | UnsetType | None = UNSET
    ) -> wire.Changed:
        """Give a file or folder another path; nothing is overwritten."""
        reply: wire.Changed = self.call(
            "move_team_files", team=team, expected_version=expected_version, path=path, to=to
        )
        return reply

    def open_checkout(self, *, organisation: str | None = None, plan: str) -> wire.PageAddress:
        """Open a page of Stripe's on which one subscribes to a plan; it holds once Stripe says so."""
        reply: wire.PageAddress = self.call("open_checkout", organisation=organisation, plan=plan)
        return reply

    def open_own_files(self, *, organisation: str | UnsetType | None = UNSET) -> wire.OwnFiles:
        """Let an organisation keep one's own files, before the first one is sent; safe to repeat.

        Then they are read and written by the operations of a team's files, uploads, trash and storage, with `~me` for the
        team. Nobody else reaches them; they count in what the organisation stores. Before that there are none to read."""
        reply: wire.OwnFiles = self.call("open_own_files", organisation=organisation)
        return reply

    def open_payment_portal(self, *, organisation: str | None = None) -> wire.PageAddress:
        """Open Stripe's customer portal: ways to pay, addresses, tax numbers, invoices."""
        reply: wire.PageAddress = self.call("open_payment_portal", organisation=organisation)
        return reply

    def ping_webhook(self, webhook_id: str, *, organisation: str | None = None) -> wire.WebhookDelivery:
        """Send a message of the kind `ping` now, and tell what the receiver answered."""
        reply: wire.WebhookDelivery = self.call("ping_webhook", organisation=organisation, webhook_id=webhook_id)
        return reply

    def prove_portal_host(self, *, organisation: str | None = None) -> wire.PortalHost:
        """Look up the DNS record that proves the host, and show the organisation there.

        A host belongs to one organisation: to whoever the DNS names. The record may go afterwards; while it stays, nobody
        else can take the host."""
        reply: wire.PortalHost = self.call("prove_portal_host", organisation=organisation)
        return reply

    def publish_package(self, package: str, version: int, *, organisation: str | None = None) -> wire.Package:
        """Publish a draft: files, checksums and text are frozen, the version before it is superseded."""
        reply: wire.Package = self.call("publish_package", organisation=organisation, package=package, version=version)
        return reply

    def read_file_addresses(self, *, organisation: str | None = None, files: list[str]) -> wire.FileAddresses:
        """Sign short-lived addresses of the bytes of many files at once, straight at the object store.

        A file without one tells its problem, and stops no other. What lies in the archive is not recalled by this: ask for
        its content alone."""
        reply: wire.FileAddresses = self.call("read_file_addresses", organisation=organisation, files=files)
        return reply

    def read_tree_addresses(self, *, paths: list[str]) -> wire.TreeAddresses:
        """Sign addresses of the bytes of many files of the tree, for five minutes at the most."""
        reply: wire.TreeAddresses = self.call("read_tree_addresses", paths=paths)
        return reply

    def read_tree_beginnings(self, *, paths: list[str]) -> wire.TreeBeginnings:
        """Read the first bytes of many FITS files of the tree: all headers that lie before a file's first data.

        For whoever looks through the headers of a night: one request for hundreds of them, instead of one to the store for
        each. They are the file's own bytes, and go on to the end of a page of 4096 bytes. Nothing is kept of what is no
        plain FITS file, nor of headers that go on beyond 32 kB."""
        reply: wire.TreeBeginnings = self.call("read_tree_beginnings", paths=paths)
        return reply

    def read_tree_entries(self, *, paths: list[str]) -> wire.TreeEntries:
        """Tell what is at each of many paths of the tree."""
        reply: wire.TreeEntries = self.call("read_tree_entries", paths=paths)
        return reply

    def recall_dataset(self, dataset: str, *, organisation: str | None = None) -> wire.Recall:
        """Recall what of a dataset lies in the archive: says how long that takes and what it costs.

        Whoever asks gets a mail when all of it can be read, and `archive.recalled` is an event. Reading one archived file
        answers 409 and begins its recall as well, for members."""
        reply: wire.Recall = self.call("recall_dataset", organisation=organisation, dataset=dataset)
        return reply

    def redeliver_webhook(
        self, webhook_id: str, delivery_id: str, *, organisation: str | None = None
    ) -> wire.WebhookDelivery:
        """Send an event once more, now and under the id it had, and tell what the receiver answered."""
        reply: wire.WebhookDelivery = self.call(
            "redeliver_webhook", organisation=organisation, webhook_id=webhook_id, delivery_id=delivery_id
        )
        return reply

    def remove_application(self, application: str, *, organisation: str | None = None) -> None:
        """Remove an application; everything it was given stops working."""
        self.call("remove_application", organisation=organisation, application=application)

    def remove_assignment(self, assignment_id: str, *, organisation: str | None = None) -> None:
        """Take an assignment away."""
        self.call("remove_assignment", organisation=organisation, assignment_id=assignment_id)

    def remove_datacite_account(self, *, organisation: str | None = None) -> None:
        """Forget the organisation's DataCite account. DOIs stay, and are no longer kept up."""
        self.call("remove_datacite_account", organisation=organisation)

    def remove_dataset(self, dataset: str, *, organisation: str | None = None) -> None:
        """Delete a dataset that is empty or was never published; its files stay stored.

        Where the embargo of a file would end sooner by that, it stays until an admin takes the dataset's embargo away."""
        self.call("remove_dataset", organisation=organisation, dataset=dataset)

    def remove_dataset_files(
        self, dataset: str, *, organisation: str | None = None, paths: list[str]
    ) -> wire.RemovedFiles:
        """Take files out of an open dataset; they stay stored.

        Where the embargo of a file would end sooner by that, only an admin takes it out: a member's batch is refused."""
        reply: wire.RemovedFiles = self.call(
            "remove_dataset_files", organisation=organisation, dataset=dataset, paths=paths
        )
        return reply

    def remove_dataset_tiers(self, dataset: str, *, organisation: str | None = None) -> None:
        """Take a dataset's policy away: its files become hot again, unless another dataset's policy keeps them."""
        self.call("remove_dataset_tiers", organisation=organisation, dataset=dataset)

    def remove_embargo(self, target: str, name: str, *, organisation: str | None = None) -> None:
        """Take an embargo away, so that the wider one counts."""
        self.call("remove_embargo", organisation=organisation, target=target, name=name)

    def remove_instrument(self, instrument: str, *, organisation: str | None = None) -> None:
        """Remove an instrument that nothing refers to."""
        self.call("remove_instrument", organisation=organisation, instrument=instrument)

    def remove_member(self, email: str, *, organisation: str | None = None) -> None:
        """Remove a person from an organisation."""
        self.call("remove_member", organisation=organisation, email=email)

    def remove_portal_host(self, *, organisation: str | None = None) -> None:
        """Give the host up, if there is one: with the next request it shows nothing any more."""
        self.call("remove_portal_host", organisation=organisation)

    def remove_portal_logo(self, *, organisation: str | None = None) -> None:
        """Take the logo away, if there is one."""
        self.call("remove_portal_logo", organisation=organisation)

    def remove_second_factor(self, *, code: str) -> None:
        """Remove the second factor, for one of its codes or a recovery code."""
        self.call("remove_second_factor", code=code)

    def remove_site(self, site: str, *, organisation: str | None = None) -> None:
        """Remove a site that nothing refers to."""
        self.call("remove_site", organisation=organisation, site=site)

    def remove_team(self, team: str) -> None:
        """End a team that has no files of its own any more; what was shared with it stays where it is."""
        self.call("remove_team", team=team)

    def remove_team_member(self, team: str, email: str) -> None:
        """Take somebody out of a team, or leave it; managers alone remove others."""
        self.call("remove_team_member", team=team, email=email)

    def remove_telescope(self, telescope: str, *, organisation: str | None = None) -> None:
        """Remove a telescope that nothing refers to."""
        self.call("remove_telescope", organisation=organisation, telescope=telescope)

    def remove_webhook(self, webhook_id: str, *, organisation: str | None = None) -> None:
        """Remove a webhook with the log of its deliveries."""
        self.call("remove_webhook", organisation=organisation, webhook_id=webhook_id)

    def rename_organisation(self, *, organisation: str | None = None, name: str) -> wire.Organisation:
        """Give an organisation another display name."""
        reply: wire.Organisation = self.call("rename_organisation", organisation=organisation, name=name)
        return reply

    def rename_team(self, team: str, *, name: str) -> wire.TeamView:
        """Give a team another display name."""
        reply: wire.TeamView = self.call("rename_team", team=team, name=name)
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

    def reopen_organisation(self, *, organisation: str | None = None) -> wire.Organisation:
        """Reopen an organisation within its grace; what was subscribed to is over, and is subscribed to anew."""
        reply: wire.Organisation = self.call("reopen_organisation", organisation=organisation)
        return reply

    def replace_application_secret(
        self, application: str, *, organisation: str | None = None
    ) -> wire.ApplicationWithSecret:
        """Give a confidential application another secret; the one before stops working."""
        reply: wire.ApplicationWithSecret = self.call(
            "replace_application_secret", organisation=organisation, application=application
        )
        return reply

    def report_agent(
        self,
        name: str,
        *,
        organisation: str | None = None,
        host: str,
        sent_at: datetime | str,
        breaks_every_s: float | UnsetType | None = UNSET,
        failed_files: int | UnsetType = UNSET,
        folders: list[wire.AgentFolder | dict[str, Any]] | UnsetType = UNSET,
        last_error: str | UnsetType = UNSET,
        last_file: str | UnsetType | None = UNSET,
        last_file_at: datetime | str | UnsetType | None = UNSET,
        once: bool | UnsetType = UNSET,
        rate_bytes_per_s: float | UnsetType = UNSET,
        state: str | UnsetType = UNSET,
        telescope: str | UnsetType | None = UNSET,
        version: str | UnsetType = UNSET,
        waiting_bytes: int | UnsetType = UNSET,
        waiting_files: int | UnsetType = UNSET,
    ) -> wire.AgentReply:
        """Report as a watch agent that it lives and how it is, each minute.

        Of one that is silent for a quarter of an hour, while files wait or the sun is down at its telescope's site, owners
        and admins are told by mail and webhooks (`agent.silent`), and again when it is back (`agent.back`)."""
        reply: wire.AgentReply = self.call(
            "report_agent",
            organisation=organisation,
            name=name,
            breaks_every_s=breaks_every_s,
            failed_files=failed_files,
            folders=folders,
            host=host,
            last_error=last_error,
            last_file=last_file,
            last_file_at=last_file_at,
            once=once,
            rate_bytes_per_s=rate_bytes_per_s,
            sent_at=sent_at,
            state=state,
            telescope=telescope,
            version=version,
            waiting_bytes=waiting_bytes,
            waiting_files=waiting_files,
        )
        return reply

    def reset_password(self, *, code: str, password: str) -> None:
        """Set a password anew with a mailed code, which works once and for an hour; every browser is signed out."""
        self.call("reset_password", code=code, password=password)

    def resolve_name(self, name: str) -> wire.Place:
        """Find the position of an object by name, from the catalogue that ships with the service."""
        reply: wire.Place = self.call("resolve_name", name=name)
        return reply

    def restore_file(self, file_id: str, *, organisation: str | None = None) -> wire.File:
        """Bring a deleted file back."""
        reply: wire.File = self.call("restore_file", organisation=organisation, file_id=file_id)
        return reply

    def restore_team_file(
        self,
        team: str,
        file_id: str,
        *,
        expected_version: int | UnsetType | None = UNSET,
        to: str | UnsetType | None = UNSET,
        version: int | UnsetType | None = UNSET,
    ) -> wire.TeamFile:
        """Bring a file back from the trash, or an older version of it, as a new one."""
        reply: wire.TeamFile = self.call(
            "restore_team_file", team=team, file_id=file_id, expected_version=expected_version, to=to, version=version
        )
        return reply

    def restore_team_folder(self, team: str, *, path: str) -> wire.Restored:
        """Bring back from the trash what lay below a folder.

        Of each path comes back what went into the trash last, unless something else is in its place by now."""
        reply: wire.Restored = self.call("restore_team_folder", team=team, path=path)
        return reply

    def retry_job(self, job_id: str, *, organisation: str | None = None) -> wire.Job:
        """Put a dead job into the queue again."""
        reply: wire.Job = self.call("retry_job", organisation=organisation, job_id=job_id)
        return reply

    def retry_service_job(self, job_id: str) -> wire.ServiceJob:
        """Put a dead job of any organisation into the queue again, as an operator."""
        reply: wire.ServiceJob = self.call("retry_service_job", job_id=job_id)
        return reply

    def retry_service_jobs(self, *, kind: str, organisation: str | UnsetType | None = UNSET) -> wire.Retried:
        """Put all dead jobs of a kind into the queue again, as an operator: a thousand at a time, the oldest first."""
        reply: wire.Retried = self.call("retry_service_jobs", kind=kind, organisation=organisation)
        return reply

    def revoke_invitation(self, team: str, invitation_id: str) -> None:
        """Take an invitation back."""
        self.call("revoke_invitation", team=team, invitation_id=invitation_id)

    def revoke_link(self, link_id: str, *, organisation: str | None = None) -> None:
        """End a link, from the next request on."""
        self.call("revoke_link", organisation=organisation, link_id=link_id)

    def revoke_token(self, token_id: str) -> None:
        """Revoke a token; it stops working with the next request."""
        self.call("revoke_token", token_id=token_id)

    def rotate_webhook_secret(
        self, webhook_id: str, *, organisation: str | None = None, overlap_hours: float | UnsetType = UNSET
    ) -> wire.WebhookWithSecret:
        """Give a webhook another secret; for a while messages are signed with both."""
        reply: wire.WebhookWithSecret = self.call(
            "rotate_webhook_secret", organisation=organisation, webhook_id=webhook_id, overlap_hours=overlap_hours
        )
        return reply

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

    def set_dataset_tiers(
        self,
        dataset: str,
        *,
        organisation: str | None = None,
        archive_after_days: int | UnsetType | None = UNSET,
        cool_after_days: int | UnsetType | None = UNSET,
    ) -> wire.DatasetTiers:
        """Say after how long a dataset's files lie where it costs less; moves begin at once, as jobs.

        A content that several files share lies in the hottest tier that any of them asks for. `estimate_costs` tells what a
        dataset costs in another tier."""
        reply: wire.DatasetTiers = self.call(
            "set_dataset_tiers",
            organisation=organisation,
            dataset=dataset,
            archive_after_days=archive_after_days,
            cool_after_days=cool_after_days,
        )
        return reply

    def set_embargo(
        self,
        target: str,
        name: str,
        *,
        organisation: str | None = None,
        calibrations: str | UnsetType = UNSET,
        days: int | UnsetType | None = UNSET,
        reason: str | UnsetType = UNSET,
        until: datetime | str | UnsetType | None = UNSET,
    ) -> wire.Embargo:
        """Hold something back for a while.

        `target` is `organisation`, `instrument`, `dataset` or `file`; `name` is its slug, a file's identifier. A file's own
        embargo goes before that of its datasets, of which the latest counts; then that of its instrument, then the
        organisation's default. Nothing has to be done for it to lift."""
        reply: wire.Embargo = self.call(
            "set_embargo",
            organisation=organisation,
            target=target,
            name=name,
            calibrations=calibrations,
            days=days,
            reason=reason,
            until=until,
        )
        return reply

    def set_embargo_reminders(self, *, organisation: str | None = None, days: list[int]) -> wire.EmbargoReminders:
        """Set how many days before an embargo lifts people are reminded of it, by mail and the event `embargo.lifting`.

        Owners, admins, and those who uploaded the files are told, once for each embargo and day on which it lifts. With no
        days nobody is."""
        reply: wire.EmbargoReminders = self.call("set_embargo_reminders", organisation=organisation, days=days)
        return reply

    def set_member(self, email: str, *, organisation: str | None = None, role: str) -> wire.Member:
        """Add a person to an organisation, or change their role."""
        reply: wire.Member = self.call("set_member", organisation=organisation, email=email, role=role)
        return reply

    def set_portal(
        self,
        *,
        organisation: str | None = None,
        is_public: bool,
        colour: str | UnsetType = UNSET,
        second_colour: str | UnsetType = UNSET,
        text: str | UnsetType = UNSET,
        title: str | UnsetType = UNSET,
    ) -> wire.Portal:
        """Show the organisation to the public, or no longer; with the words and colours given.

        What is shown: its name, sites (those without an MPC code to a tenth of a degree), telescopes and instruments, the
        night at its sites, published packages, and pictures of frames in them that no embargo holds back."""
        reply: wire.Portal = self.call(
            "set_portal",
            organisation=organisation,
            colour=colour,
            is_public=is_public,
            second_colour=second_colour,
            text=text,
            title=title,
        )
        return reply

    def set_portal_host(self, *, organisation: str | None = None, host: str) -> wire.PortalHost:
        """Name a host of the organisation's own for its public page.

        Nothing is shown there before it is proven; one that was named before shows nothing from then on. Lead the host's
        name to this service (CNAME, or A and AAAA), and set the TXT record of the reply, then ask for the proof."""
        reply: wire.PortalHost = self.call("set_portal_host", organisation=organisation, host=host)
        return reply

    def set_portal_logo(self, *, organisation: str | None = None, image: str) -> wire.PortalLogo:
        """Set the logo at the head of the public page: PNG, JPEG or WebP, made anew from its pixels alone."""
        reply: wire.PortalLogo = self.call("set_portal_logo", organisation=organisation, image=image)
        return reply

    def set_team_role(self, team: str, email: str, *, role: str) -> wire.TeamMember:
        """Change the role of one of a team's people."""
        reply: wire.TeamMember = self.call("set_team_role", team=team, email=email, role=role)
        return reply

    def share_dataset(
        self,
        dataset: str,
        team: str,
        *,
        organisation: str | None = None,
        leave_out_embargoed: bool | UnsetType = UNSET,
        with_embargoed: bool | UnsetType = UNSET,
    ) -> wire.Share:
        """Share a dataset with a team one belongs to.

        Its people read the dataset from then on, with what joins it later. Where it holds files under embargo, say what
        becomes of them."""
        reply: wire.Share = self.call(
            "share_dataset",
            organisation=organisation,
            dataset=dataset,
            team=team,
            leave_out_embargoed=leave_out_embargoed,
            with_embargoed=with_embargoed,
        )
        return reply

    def sign_in(self, *, email: str, password: str) -> wire.SignedIn:
        """Sign in with a password.

        The reply sets an HttpOnly cookie for browsers; send `csrf_token` back in X-CSRF-Token with every change.
        Scripts make a token instead. An account with a second factor answers 401 with the type
        `/problems/second-factor-needed` and a `challenge` for `sign_in_second_step`."""
        reply: wire.SignedIn = self.call("sign_in", email=email, password=password)
        return reply

    def sign_in_second_step(self, *, challenge: str, code: str) -> wire.SignedIn:
        """Finish signing in with a code of the second factor, or with a recovery code.

        The reply is that of `sign_in`."""
        reply: wire.SignedIn = self.call("sign_in_second_step", challenge=challenge, code=code)
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

    def sign_team_parts(
        self,
        team: str,
        upload_id: str,
        position: int,
        *,
        count: int | UnsetType = UNSET,
        crc32c: list[str] | UnsetType | None = UNSET,
        first: int | UnsetType = UNSET,
    ) -> wire.Parts:
        """Sign addresses for parts of a large file; parts that arrived are left out."""
        reply: wire.Parts = self.call(
            "sign_team_parts",
            team=team,
            upload_id=upload_id,
            position=position,
            count=count,
            crc32c=crc32c,
            first=first,
        )
        return reply

    def start_team_upload(
        self,
        team: str,
        *,
        files: list[wire.TeamFileToSend | dict[str, Any]],
        host: str | UnsetType | None = UNSET,
        part_size_bytes: int | UnsetType | None = UNSET,
    ) -> wire.Upload:
        """Begin or resume sending a batch of a team's own files.

        The reply says for each file whether the team has its content already, or where to send it. Send the same batch
        again to resume it, from any process. A path that is there gets a new version. These files are not read as frames."""
        reply: wire.Upload = self.call(
            "start_team_upload", team=team, files=files, host=host, part_size_bytes=part_size_bytes
        )
        return reply

    def start_upload(
        self,
        *,
        organisation: str | None = None,
        files: list[wire.FileToSend | dict[str, Any]],
        dataset: str | UnsetType | None = UNSET,
        frame_type: str | UnsetType | None = UNSET,
        host: str | UnsetType | None = UNSET,
        instrument: str | UnsetType | None = UNSET,
        part_size_bytes: int | UnsetType | None = UNSET,
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
            frame_type=frame_type,
            host=host,
            instrument=instrument,
            part_size_bytes=part_size_bytes,
            telescope=telescope,
        )
        return reply

    def take_back_grant(self, application: str) -> None:
        """Take back what one granted an application; its tokens stop working with the next request."""
        self.call("take_back_grant", application=application)

    def trash_team_files(
        self, team: str, *, files: list[wire.FileToTrash | dict[str, Any]], folders: bool | UnsetType = UNSET
    ) -> wire.Changed:
        """Put files and folders into the trash, from which they can be restored for a while."""
        reply: wire.Changed = self.call("trash_team_files", team=team, files=files, folders=folders)
        return reply

    def try_header_mapping(
        self,
        instrument: str,
        *,
        organisation: str | None = None,
        frame: str,
        header_mapping: wire.HeaderMapping | dict[str, Any],
    ) -> wire.MappingTrial:
        """Try a header mapping on a frame's stored header, and change nothing.

        Each fact is told as it would be, with the keyword it would come from, beside what it is now."""
        reply: wire.MappingTrial = self.call(
            "try_header_mapping",
            organisation=organisation,
            instrument=instrument,
            frame=frame,
            header_mapping=header_mapping,
        )
        return reply

    def unlink_identity(self, identity_id: str) -> None:
        """Unlink an identity; one way of signing in stays. A browser session only."""
        self.call("unlink_identity", identity_id=identity_id)

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
