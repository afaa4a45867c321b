"""The values that pass between client and service; written by ``generate.py``, not by hand."""

# ruff: noqa: E501

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

__all__ = [
    "Account",
    "AccountCode",
    "Activity",
    "ActivityPage",
    "AddedFile",
    "AddedFiles",
    "Affiliation",
    "Agent",
    "AgentFolder",
    "AgentPage",
    "AgentReply",
    "AgentReport",
    "AnnouncedFrame",
    "Announcement",
    "Answering",
    "Application",
    "ApplicationPage",
    "ApplicationWithSecret",
    "Assignment",
    "AssignmentChange",
    "AssignmentPage",
    "AuditActor",
    "AuditEntry",
    "AuditEntryPage",
    "Author",
    "AxisName",
    "BillLine",
    "Calibration",
    "Calibrations",
    "CatalogueImport",
    "CatalogueImports",
    "CatalogueStatus",
    "Changed",
    "Closing",
    "ColumnList",
    "ComingFrame",
    "ComingFramePage",
    "Completed",
    "CompletedFile",
    "Completion",
    "Confirmation",
    "ContentCheck",
    "ContentToCheck",
    "Contributor",
    "Crossing",
    "Culmination",
    "DataCiteAccount",
    "DatabaseHealth",
    "Dataset",
    "DatasetChange",
    "DatasetDay",
    "DatasetDownload",
    "DatasetDownloads",
    "DatasetFile",
    "DatasetFilePage",
    "DatasetPage",
    "DatasetRule",
    "DatasetTiers",
    "Disk",
    "Doi",
    "DownloadDay",
    "Downloads",
    "ElementFile",
    "ElementFiles",
    "ElementProblem",
    "Embargo",
    "EmbargoPage",
    "EmbargoReminders",
    "Estimate",
    "FacetValue",
    "Facets",
    "FactTried",
    "FactorCode",
    "FieldCrossings",
    "File",
    "FileAddress",
    "FileAddresses",
    "FilePage",
    "FileToAdd",
    "FileToSend",
    "FileToTrash",
    "FilesToAdd",
    "FilesToRemove",
    "FilesWanted",
    "FilterTally",
    "FolderToRestore",
    "Frame",
    "FrameCrossing",
    "FrameDetail",
    "FramePage",
    "Funding",
    "GrantedApplication",
    "GrantedApplicationPage",
    "Hdu",
    "HduCurve",
    "HduList",
    "HduObjects",
    "HduRows",
    "HduSky",
    "HduValues",
    "HeaderCards",
    "HeaderMapping",
    "HeldContents",
    "Histogram",
    "IngestAgain",
    "IngestBegun",
    "Instrument",
    "InstrumentChange",
    "InstrumentPage",
    "Invitation",
    "InvitationAnswer",
    "InvitationPage",
    "InvitationSecret",
    "Invoice",
    "InvoicePage",
    "Job",
    "JobCount",
    "JobCounts",
    "JobPage",
    "Judgement",
    "KindOfCalibration",
    "KindToRetry",
    "LeftOut",
    "Licence",
    "Link",
    "LinkFile",
    "LinkFilePage",
    "LinkPage",
    "LinkView",
    "LinkWithSecret",
    "LinkedIdentity",
    "LinkedIdentityPage",
    "LogEntry",
    "LogEntryEdit",
    "LogEntryPage",
    "Login",
    "LongValue",
    "MailState",
    "MappingTrial",
    "Member",
    "MemberPage",
    "Membership",
    "MonthBill",
    "Move",
    "NewAccount",
    "NewApplication",
    "NewAssignment",
    "NewDataCiteAccount",
    "NewDataset",
    "NewEmbargo",
    "NewInstrument",
    "NewInvitation",
    "NewLink",
    "NewLogEntry",
    "NewLogo",
    "NewMappingTrial",
    "NewName",
    "NewOrganisation",
    "NewPackage",
    "NewPortal",
    "NewPortalHost",
    "NewRole",
    "NewSecondFactor",
    "NewShare",
    "NewSite",
    "NewTeam",
    "NewTeamName",
    "NewTeamRole",
    "NewTeamUpload",
    "NewTelescope",
    "NewToken",
    "NewUpload",
    "NewWebhook",
    "NightCount",
    "NightFailure",
    "NightGap",
    "NightLog",
    "NightSummary",
    "ObjectPlace",
    "ObservedNight",
    "ObservedNightPage",
    "ObservingPlace",
    "Organisation",
    "OrganisationUsage",
    "OrganisationUsagePage",
    "OwnFiles",
    "OwnFilesHost",
    "Package",
    "PackageChange",
    "PackageDate",
    "PackageLinks",
    "PackageSummary",
    "PackageSummaryPage",
    "PackageVersion",
    "PageAddress",
    "PartRequest",
    "PartToSend",
    "Parts",
    "PassList",
    "PasswordChange",
    "PasswordReset",
    "Payment",
    "PixelPath",
    "Place",
    "PlaceNight",
    "PlanChoice",
    "PlaneAxis",
    "Portal",
    "PortalHost",
    "PortalLogo",
    "Price",
    "Problem",
    "ProblemDocument",
    "ProviderList",
    "ProviderShown",
    "ProviderToLink",
    "PublishedFile",
    "PublishedFilePage",
    "PublishedPackage",
    "PublishedVersion",
    "Recall",
    "Receipt",
    "RecoveryCodes",
    "RelatedIdentifier",
    "RemovedFiles",
    "Reopening",
    "ResetAsked",
    "Restoration",
    "Restored",
    "Retried",
    "Revenue",
    "Rotation",
    "Satellite",
    "SatellitePage",
    "SatellitePass",
    "SatelliteTrack",
    "Schedule",
    "SecondStep",
    "ServiceHealth",
    "ServiceJob",
    "ServiceJobPage",
    "SessionToken",
    "SetAside",
    "Share",
    "SharePage",
    "SharedDataset",
    "SharedDatasetPage",
    "ShownPackage",
    "SignInSession",
    "SignInSessionPage",
    "SignUp",
    "SignedIn",
    "SignedPut",
    "Site",
    "SiteChange",
    "SitePage",
    "TableColumnFacts",
    "TargetCurve",
    "TargetTally",
    "TeamEntry",
    "TeamEntryPage",
    "TeamFile",
    "TeamFilePage",
    "TeamFileToSend",
    "TeamFileVersion",
    "TeamFileVersionPage",
    "TeamMember",
    "TeamMemberPage",
    "TeamStorage",
    "TeamView",
    "TeamViewPage",
    "Telescope",
    "TelescopeChange",
    "TelescopePage",
    "TierMove",
    "TierPolicy",
    "TilesOfHdu",
    "TimeAxis",
    "TimeLost",
    "TimelineLane",
    "TimelineSpan",
    "Token",
    "TokenPage",
    "TokenWithSecret",
    "ToldField",
    "TrackPoint",
    "Trashing",
    "TreeAddress",
    "TreeAddresses",
    "TreeBeginning",
    "TreeBeginnings",
    "TreeEntries",
    "TreeEntry",
    "TreeEntryPage",
    "TreePaths",
    "TypeTally",
    "UpcomingLift",
    "UpcomingLiftPage",
    "Upload",
    "UploadFile",
    "Usage",
    "UsageItem",
    "VersionSummary",
    "VisitBegun",
    "WaysIn",
    "Webhook",
    "WebhookChange",
    "WebhookDelivery",
    "WebhookDeliveryPage",
    "WebhookPage",
    "WebhookWithSecret",
    "WindowValues",
    "Withdrawal",
    "WorkerSign",
]


class Account(Struct, kw_only=True):
    email: str
    id: str
    is_operator: bool = False
    name: str
    organisations: list[Membership] = []
    own_files: str | None = None


class AccountCode(Struct, kw_only=True):
    code: str
    password: str


class Activity(Struct, kw_only=True):
    actor: str
    at: datetime
    details: dict[str, Any]
    id: int
    kind: str


class ActivityPage(Struct, kw_only=True):
    items: list[Activity]
    next_cursor: str | None = None


class AddedFile(Struct, kw_only=True):
    file: str
    path: str | None = None
    problem: Problem | None = None
    state: str


class AddedFiles(Struct, kw_only=True):
    files: list[AddedFile]


class Affiliation(Struct, kw_only=True):
    name: str
    ror: str | UnsetType | None = UNSET


class Agent(Struct, kw_only=True):
    breaks_every_s: float | None = None
    """How often its line breaks, where it is known to."""
    clock_offset_s: float
    failed_files: int
    folders: list[AgentFolder]
    host: str
    last_error: str
    last_file: str | None = None
    last_file_at: datetime | None = None
    name: str
    once: bool
    rate_bytes_per_s: float = 0
    """At which it sends; 0: nothing just now."""
    seen_at: datetime
    silent_since: datetime | None = None
    state: str
    telescope: str | None = None
    version: str
    waiting_bytes: int
    waiting_files: int


class AgentFolder(Struct, kw_only=True):
    failed_files: int | UnsetType = UNSET
    is_there: bool | UnsetType = UNSET
    path: str
    stored_files: int | UnsetType = UNSET
    waiting_files: int | UnsetType = UNSET


class AgentPage(Struct, kw_only=True):
    items: list[Agent]
    next_cursor: str | None = None


class AgentReply(Struct, kw_only=True):
    clock_offset_s: float


class AgentReport(Struct, kw_only=True):
    breaks_every_s: float | UnsetType | None = UNSET
    """How often its line breaks, where it is known to."""
    failed_files: int | UnsetType = UNSET
    folders: list[AgentFolder] | UnsetType = UNSET
    host: str
    last_error: str | UnsetType = UNSET
    last_file: str | UnsetType | None = UNSET
    last_file_at: datetime | UnsetType | None = UNSET
    once: bool | UnsetType = UNSET
    rate_bytes_per_s: float | UnsetType = UNSET
    """At which it sends; 0: nothing just now."""
    sent_at: datetime
    """By the clock of its computer."""
    state: str | UnsetType = UNSET
    telescope: str | UnsetType | None = UNSET
    version: str | UnsetType = UNSET
    waiting_bytes: int | UnsetType = UNSET
    waiting_files: int | UnsetType = UNSET


class AnnouncedFrame(Struct, kw_only=True):
    date_obs: str | UnsetType | None = UNSET
    exposure_s: float | UnsetType | None = UNSET
    filter: str | UnsetType | None = UNSET
    object: str | UnsetType | None = UNSET
    path: str
    preview: str | UnsetType | None = UNSET
    size_bytes: int


class Announcement(Struct, kw_only=True):
    arrived: list[str] | UnsetType = UNSET
    frames: list[AnnouncedFrame] | UnsetType = UNSET


class Answering(Struct, kw_only=True):
    answer_ms: float
    answers: bool
    says: str = ""


class Application(Struct, kw_only=True):
    client_id: str
    confidential: bool
    created_at: datetime
    name: str
    redirect_uris: list[str]
    scopes: list[str]


class ApplicationPage(Struct, kw_only=True):
    items: list[Application]
    next_cursor: str | None = None


class ApplicationWithSecret(Struct, kw_only=True):
    client_id: str
    client_secret: str | None = None
    confidential: bool
    created_at: datetime
    name: str
    redirect_uris: list[str]
    scopes: list[str]


class Assignment(Struct, kw_only=True):
    control_from: datetime
    control_until: datetime | None = None
    created_at: datetime
    email: str
    first_night: date
    id: str
    last_night: date | None = None
    name: str
    telescope: str


class AssignmentChange(Struct, kw_only=True):
    last_night: date | UnsetType | None = UNSET


class AssignmentPage(Struct, kw_only=True):
    items: list[Assignment]
    next_cursor: str | None = None


class AuditActor(Struct, kw_only=True):
    account: str | None = None
    address: str | None = None
    kind: str
    name: str
    token: str | None = None


class AuditEntry(Struct, kw_only=True):
    action: str
    actor: AuditActor
    at: datetime
    details: dict[str, Any]
    hash: str
    previous: str
    sequence: int
    target: str


class AuditEntryPage(Struct, kw_only=True):
    items: list[AuditEntry]
    next_cursor: str | None = None


class Author(Struct, kw_only=True):
    email: str
    name: str


class AxisName(Struct, kw_only=True):
    name: str
    unit: str


class BillLine(Struct, kw_only=True):
    free: str
    kind: str
    plan: str
    price: Price
    text: str
    tier: str
    unit_price: str
    used: str
    version: int


class Calibration(Struct, kw_only=True):
    frame: Frame
    hours_apart: float | None = None
    not_compared: list[str]
    warmer_c: float | None = None


class Calibrations(Struct, kw_only=True):
    kinds: list[KindOfCalibration]


class CatalogueImport(Struct, kw_only=True):
    added: int
    imported_at: datetime
    known: int
    problem_count: int
    problems: list[ElementProblem]
    sets: int
    source: str
    stale: int


class CatalogueImports(Struct, kw_only=True):
    imports: list[CatalogueImport]


class CatalogueStatus(Struct, kw_only=True):
    last_import: CatalogueImport | None = None
    newest_epoch: datetime | None = None
    satellites: int
    says: str
    schedule: Schedule | None = None
    state: str


class Changed(Struct, kw_only=True):
    files: int


class Closing(Struct, kw_only=True):
    confirm: str


class ColumnList(Struct, kw_only=True):
    has_plot: bool
    items: list[TableColumnFacts]
    plot_x: int | None = None
    plot_y: int | None = None
    rows: int


class ComingFrame(Struct, kw_only=True):
    agent: str
    announced_at: datetime
    date_obs: str | None = None
    exposure_s: float | None = None
    filter: str | None = None
    id: str
    object: str | None = None
    path: str
    preview: str | None = None
    size_bytes: int


class ComingFramePage(Struct, kw_only=True):
    items: list[ComingFrame]
    next_cursor: str | None = None


class Completed(Struct, kw_only=True):
    files: list[UploadFile]
    job: str | None = None


class CompletedFile(Struct, kw_only=True):
    position: int
    sha256: str | UnsetType | None = UNSET
    """SHA-256 of the content, hexadecimal."""


class Completion(Struct, kw_only=True):
    files: list[CompletedFile]


class Confirmation(Struct, kw_only=True):
    code: str


class ContentCheck(Struct, kw_only=True):
    contents: list[ContentToCheck]


class ContentToCheck(Struct, kw_only=True):
    sha256: str
    """SHA-256 of the content, hexadecimal."""
    size_bytes: int


class Contributor(Struct, kw_only=True):
    affiliations: list[Affiliation] | UnsetType = UNSET
    contributor_type: str | UnsetType | None = UNSET
    family_name: str | UnsetType | None = UNSET
    given_name: str | UnsetType | None = UNSET
    kind: str | UnsetType = UNSET
    name: str
    orcid: str | UnsetType | None = UNSET
    role: str | UnsetType | None = UNSET
    ror: str | UnsetType | None = UNSET


class Crossing(Struct, kw_only=True):
    altitude_deg: float
    azimuth_deg: float
    closest_at: datetime
    closest_deg: float
    convention: str
    designator: str
    direction_deg: float
    elements_age_days: float
    enters_before: bool
    entry_at: datetime
    exit_at: datetime
    leaves_after: bool
    magnitude: float | None = None
    magnitude_source: str
    name: str
    norad_id: int
    offset_s: float
    path_deg: list[tuple[float, float]]
    path_s: list[float]
    phase_angle_deg: float
    range_km: float
    rate_deg_s: float
    status: str
    sunlit_fraction: float
    timing_sigma_s: float


class Culmination(Struct, kw_only=True):
    altitude_deg: float
    at: datetime
    azimuth_deg: float


class DataCiteAccount(Struct, kw_only=True):
    changed_at: datetime
    prefix: str
    repository_id: str
    service: str


class DatabaseHealth(Struct, kw_only=True):
    answer_ms: float
    answers: bool
    revision: str
    says: str = ""
    size_bytes: int


class Dataset(Struct, kw_only=True):
    created_at: datetime
    description: str
    file_count: int
    name: str
    rule: DatasetRule | None = None
    size_bytes: int
    slug: str
    state: str


class DatasetChange(Struct, kw_only=True):
    description: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    rule: DatasetRule | UnsetType | None = UNSET


class DatasetDay(Struct, kw_only=True):
    day: date
    files: int
    size_bytes: int


class DatasetDownload(Struct, kw_only=True):
    day: date
    files: int
    last_at: datetime
    size_bytes: int
    who: str


class DatasetDownloads(Struct, kw_only=True):
    days: list[DatasetDay]
    items: list[DatasetDownload]
    next_cursor: str | None = None


class DatasetFile(Struct, kw_only=True):
    added_at: datetime
    file: str
    media_type: str
    path: str
    sha256: str
    size_bytes: int
    state: str


class DatasetFilePage(Struct, kw_only=True):
    items: list[DatasetFile]
    next_cursor: str | None = None


class DatasetPage(Struct, kw_only=True):
    items: list[Dataset]
    next_cursor: str | None = None


class DatasetRule(Struct, kw_only=True):
    filter: str | UnsetType | None = UNSET
    frame_type: str | UnsetType | None = UNSET
    night: date | UnsetType | None = UNSET
    """Evening date of the night at the site."""
    object: str | UnsetType | None = UNSET
    telescope: str | UnsetType | None = UNSET
    """Slug of a telescope."""


class DatasetTiers(Struct, kw_only=True):
    available: list[str]
    moves: list[TierMove]
    policy: TierPolicy | None = None
    stored_bytes: dict[str, int]


class Disk(Struct, kw_only=True):
    free_bytes: int
    holds: str
    total_bytes: int


class Doi(Struct, kw_only=True):
    doi: str
    error: str | None = None
    state: str
    wanted: str


class DownloadDay(Struct, kw_only=True):
    archives: int
    day: date
    files: int
    size_bytes: int


class Downloads(Struct, kw_only=True):
    days: list[DownloadDay]
    items: list[Receipt]
    next_cursor: str | None = None


class ElementFile(Struct, kw_only=True):
    name: str
    """Such as the name of its file."""
    text: str


class ElementFiles(Struct, kw_only=True):
    files: list[ElementFile]


class ElementProblem(Struct, kw_only=True):
    code: str
    detail: str
    line: int
    source: str


class Embargo(Struct, kw_only=True):
    calibrations: str
    days: int | None = None
    id: str
    name: str
    reason: str
    set_at: datetime
    set_by: str
    target: str
    until: datetime | None = None


class EmbargoPage(Struct, kw_only=True):
    items: list[Embargo]
    next_cursor: str | None = None


class EmbargoReminders(Struct, kw_only=True):
    days: list[int]


class Estimate(Struct, kw_only=True):
    asked_bytes: int | None = None
    asked_price: Price | None = None
    each_month: Price
    last_month: list[Price]
    left_bytes: int | None = None
    month: str
    plan: str
    present_price: Price | None = None
    stored_bytes: int
    this_month: list[Price]
    version: int


class FacetValue(Struct, kw_only=True):
    count: int
    value: str | None = None


class Facets(Struct, kw_only=True):
    facets: dict[str, list[FacetValue]]


class FactTried(Struct, kw_only=True):
    changes: bool
    fact: str
    present: str | float | None = None
    present_source: str | None = None
    source: str | None = None
    value: str | float | None = None


class FactorCode(Struct, kw_only=True):
    code: str


class FieldCrossings(Struct, kw_only=True):
    convention: str
    count: int
    crossings: list[Crossing]
    exposure_s: float
    field: ToldField
    place: ObservingPlace
    set_aside: list[SetAside]
    set_aside_count: int
    start: datetime


class File(Struct, kw_only=True):
    created_at: datetime
    deleted_at: datetime | None = None
    embargo_until: datetime | None = None
    frame: str | None = None
    host: str | None = None
    id: str
    instrument: str | None = None
    media_type: str
    path: str
    problems: list[Problem]
    sha256: str
    size_bytes: int
    state: str
    supersedes: str | None = None
    telescope: str | None = None
    uploaded_by: str | None = None


class FileAddress(Struct, kw_only=True):
    crc32c: str | None = None
    file: str
    path: str | None = None
    problem: Problem | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    url: str | None = None


class FileAddresses(Struct, kw_only=True):
    addresses: list[FileAddress]
    expires_at: datetime


class FilePage(Struct, kw_only=True):
    items: list[File]
    next_cursor: str | None = None


class FileToAdd(Struct, kw_only=True):
    file: str
    path: str | UnsetType | None = UNSET


class FileToSend(Struct, kw_only=True):
    crc32: str | UnsetType | None = UNSET
    """CRC-32 of the content, as ZIP has it, big-endian, base64."""
    crc32c: str | UnsetType | None = UNSET
    """CRC32C, big-endian, base64."""
    likeness: str | UnsetType | None = UNSET
    """Of a large file without `sha256`: what whoever sends it knows it by, such as a SHA-256 of some places in it. Parts that arrived of a file announced with the same, and with the same size, are kept."""
    path: str
    sha256: str | UnsetType | None = UNSET
    """SHA-256 of the content, hexadecimal."""
    size_bytes: int


class FileToTrash(Struct, kw_only=True):
    expected_version: int | UnsetType | None = UNSET
    path: str


class FilesToAdd(Struct, kw_only=True):
    files: list[FileToAdd]


class FilesToRemove(Struct, kw_only=True):
    paths: list[str]


class FilesWanted(Struct, kw_only=True):
    files: list[str]


class FilterTally(Struct, kw_only=True):
    exposure_s: float
    filter: str | None = None
    frames: int


class FolderToRestore(Struct, kw_only=True):
    path: str


class Frame(Struct, kw_only=True):
    airmass: float | None = None
    binning_x: int | None = None
    binning_y: int | None = None
    center_dec_deg: float | None = None
    center_ra_deg: float | None = None
    created_at: datetime
    crossings: int | None = None
    dec_deg: float | None = None
    detector_temperature_c: float | None = None
    exposure_s: float | None = None
    file: str
    filter: str | None = None
    format: str
    frame_type: str | None = None
    gain: float | None = None
    hdu_count: int
    height_px: int | None = None
    id: str
    instrument: str | None = None
    instrument_name: str | None = None
    mid_at: datetime | None = None
    night: date | None = None
    object: str | None = None
    observer: str | None = None
    path: str
    pixel_scale_arcsec: float | None = None
    preview: str
    problems: list[Problem]
    quality: str
    ra_deg: float | None = None
    radius_deg: float | None = None
    sha256: str
    size_bytes: int
    start_at: datetime | None = None
    telescope: str | None = None
    telescope_name: str | None = None
    width_px: int | None = None


class FrameCrossing(Struct, kw_only=True):
    altitude_deg: float
    azimuth_deg: float
    closest_at: datetime
    closest_deg: float
    convention: str
    designator: str
    direction_deg: float
    elements_age_days: float
    enters_before: bool
    entry_at: datetime
    exit_at: datetime
    leaves_after: bool
    magnitude: float | None = None
    magnitude_source: str
    name: str
    norad_id: int
    offset_s: float
    path_deg: list[tuple[float, float]]
    path_s: list[float]
    phase_angle_deg: float
    pixel_paths: list[PixelPath]
    range_km: float
    rate_deg_s: float
    status: str
    sunlit_fraction: float
    timing_sigma_s: float


class FrameDetail(Struct, kw_only=True):
    airmass: float | None = None
    binning_x: int | None = None
    binning_y: int | None = None
    center_dec_deg: float | None = None
    center_ra_deg: float | None = None
    created_at: datetime
    crossed_by: list[FrameCrossing]
    crossings: int | None = None
    crossings_at: datetime | None = None
    dec_deg: float | None = None
    detector_temperature_c: float | None = None
    exposure_s: float | None = None
    file: str
    filter: str | None = None
    footprints: list[dict[str, Any]]
    format: str
    frame_type: str | None = None
    gain: float | None = None
    hdu_count: int
    header: dict[str, Any]
    height_px: int | None = None
    id: str
    instrument: str | None = None
    instrument_name: str | None = None
    mid_at: datetime | None = None
    night: date | None = None
    object: str | None = None
    observer: str | None = None
    path: str
    paths: list[str]
    pixel_scale_arcsec: float | None = None
    preview: str
    problems: list[Problem]
    quality: str
    quality_note: str | None = None
    ra_deg: float | None = None
    radius_deg: float | None = None
    sha256: str
    size_bytes: int
    sources: dict[str, str]
    start_at: datetime | None = None
    telescope: str | None = None
    telescope_name: str | None = None
    width_px: int | None = None


class FramePage(Struct, kw_only=True):
    count: int | None = None
    count_is_exact: bool | None = None
    items: list[Frame]
    next_cursor: str | None = None


class Funding(Struct, kw_only=True):
    award_number: str | UnsetType | None = UNSET
    award_title: str | UnsetType | None = UNSET
    award_url: str | UnsetType | None = UNSET
    funder: str
    funder_id: str | UnsetType | None = UNSET
    funder_id_type: str | UnsetType | None = UNSET


class GrantedApplication(Struct, kw_only=True):
    client_id: str
    expires_at: datetime
    name: str
    scopes: list[str]
    since: datetime


class GrantedApplicationPage(Struct, kw_only=True):
    items: list[GrantedApplication]
    next_cursor: str | None = None


class Hdu(Struct, kw_only=True):
    has_curve: bool
    height_px: int | None = None
    index: int
    kind: str
    name: str
    plane_axis: PlaneAxis | None = None
    planes: int | None = None
    shape: list[int]
    tiles: TilesOfHdu | None = None
    unit: str | None = None
    width_px: int | None = None


class HduCurve(Struct, kw_only=True):
    is_whole: bool
    kind: str
    points: int
    time: TimeAxis | None = None
    x: list[float]
    x_axis: AxisName
    y: list[float]
    y_axis: AxisName


class HduList(Struct, kw_only=True):
    items: list[Hdu]


class HduObjects(Struct, kw_only=True):
    count: int
    items: list[ObjectPlace]


class HduRows(Struct, kw_only=True):
    columns: list[int]
    first: int
    rows: list[list[bool | float | str | LongValue | None]]
    total: int


class HduSky(Struct, kw_only=True):
    dec_deg: list[list[float | None]]
    is_approximate: bool
    ra_deg: list[list[float | None]]
    x: list[float]
    y: list[float]


class HduValues(Struct, kw_only=True):
    defined_pixels: int
    histogram: Histogram | None = None
    limits: dict[str, tuple[float, float]]
    sampled_pixels: int


class HeaderCards(Struct, kw_only=True):
    units: list[dict[str, Any]]


class HeaderMapping(Struct, kw_only=True):
    keywords: dict[str, list[str]] | UnsetType = UNSET
    time_offset_s: float | UnsetType = UNSET
    use_translator: bool | UnsetType = UNSET
    values: dict[str, dict[str, str]] | UnsetType = UNSET


class HeldContents(Struct, kw_only=True):
    held: list[str]


class Histogram(Struct, kw_only=True):
    counts: list[int]
    first: float
    last: float


class IngestAgain(Struct, kw_only=True):
    files: list[str] | UnsetType | None = UNSET
    instrument: str | UnsetType | None = UNSET
    telescope: str | UnsetType | None = UNSET


class IngestBegun(Struct, kw_only=True):
    files: int
    job: str | None = None


class Instrument(Struct, kw_only=True):
    created_at: datetime
    filters: list[str]
    header_mapping: HeaderMapping
    height_px: int | None = None
    name: str
    pixel_scale_arcsec: float | None = None
    slug: str
    telescope: str
    width_px: int | None = None


class InstrumentChange(Struct, kw_only=True):
    filters: list[str] | UnsetType = UNSET
    header_mapping: HeaderMapping | UnsetType = UNSET
    height_px: int | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    pixel_scale_arcsec: float | UnsetType | None = UNSET
    width_px: int | UnsetType | None = UNSET


class InstrumentPage(Struct, kw_only=True):
    items: list[Instrument]
    next_cursor: str | None = None


class Invitation(Struct, kw_only=True):
    answer: str | None = None
    answered_at: datetime | None = None
    created_at: datetime
    email: str
    expires_at: datetime
    id: str
    invited_by: str
    role: str
    team: str
    team_name: str


class InvitationAnswer(Struct, kw_only=True):
    answer: str
    secret: str


class InvitationPage(Struct, kw_only=True):
    items: list[Invitation]
    next_cursor: str | None = None


class InvitationSecret(Struct, kw_only=True):
    secret: str


class Invoice(Struct, kw_only=True):
    created_at: datetime
    id: str
    number: str
    status: str
    tax: Price
    total: Price
    url: str


class InvoicePage(Struct, kw_only=True):
    items: list[Invoice]
    next_cursor: str | None = None


class Job(Struct, kw_only=True):
    attempts: int
    created_at: datetime
    done: int
    error: str | None = None
    failed: int
    finished_at: datetime | None = None
    id: str
    kind: str
    state: str
    total: int


class JobCount(Struct, kw_only=True):
    count: int
    kind: str
    oldest_at: datetime
    state: str


class JobCounts(Struct, kw_only=True):
    counts: list[JobCount]


class JobPage(Struct, kw_only=True):
    items: list[Job]
    next_cursor: str | None = None


class Judgement(Struct, kw_only=True):
    note: str | UnsetType | None = UNSET
    quality: str


class KindOfCalibration(Struct, kw_only=True):
    frame_type: str
    items: list[Calibration]
    missing: list[str]


class KindToRetry(Struct, kw_only=True):
    kind: str
    organisation: str | UnsetType | None = UNSET


class LeftOut(Struct, kw_only=True):
    files: int
    until: datetime | None = None


class Licence(Struct, kw_only=True):
    id: str
    name: str
    url: str


class Link(Struct, kw_only=True):
    anonymous: bool
    created_at: datetime
    dataset: str | None = None
    downloads: int
    downloads_allowed: int | None = None
    embargoed: bool
    expires_at: datetime | None = None
    folder: str | None = None
    has_password: bool
    hint: str
    id: str
    last_used_at: datetime | None = None
    made_by: str
    name: str
    package: str | None = None
    revoked_at: datetime | None = None
    state: str
    version: int | None = None


class LinkFile(Struct, kw_only=True):
    id: str
    media_type: str
    path: str
    sha256: str
    size_bytes: int


class LinkFilePage(Struct, kw_only=True):
    items: list[LinkFile]
    next_cursor: str | None = None


class LinkPage(Struct, kw_only=True):
    items: list[Link]
    next_cursor: str | None = None


class LinkView(Struct, kw_only=True):
    archive: str
    dataset: str | None = None
    downloads_left: int | None = None
    expires_at: datetime | None = None
    file_count: int
    folder: str | None = None
    left_out: LeftOut
    name: str
    organisation: str | None = None
    package: ShownPackage | None = None
    size_bytes: int


class LinkWithSecret(Struct, kw_only=True):
    anonymous: bool
    created_at: datetime
    dataset: str | None = None
    downloads: int
    downloads_allowed: int | None = None
    embargoed: bool
    expires_at: datetime | None = None
    folder: str | None = None
    has_password: bool
    hint: str
    id: str
    last_used_at: datetime | None = None
    made_by: str
    name: str
    package: str | None = None
    revoked_at: datetime | None = None
    secret: str
    state: str
    url: str
    version: int | None = None


class LinkedIdentity(Struct, kw_only=True):
    created_at: datetime
    id: str
    label: str
    last_used_at: datetime | None = None
    provider: str


class LinkedIdentityPage(Struct, kw_only=True):
    items: list[LinkedIdentity]
    next_cursor: str | None = None


class LogEntry(Struct, kw_only=True):
    attachments: list[str]
    author: Author
    category: str
    created_at: datetime
    deleted: bool
    frames: list[str]
    id: str
    level: str
    night: date
    occurred_at: datetime
    revised_at: datetime
    revised_by: Author
    revision: int
    tags: list[str]
    telescope: str
    text: str
    time_lost_kind: str | None = None
    time_lost_s: int


class LogEntryEdit(Struct, kw_only=True):
    attachments: list[str] | UnsetType = UNSET
    category: str | UnsetType = UNSET
    frames: list[str] | UnsetType = UNSET
    level: str | UnsetType = UNSET
    occurred_at: datetime | UnsetType | None = UNSET
    revision: int
    tags: list[str] | UnsetType = UNSET
    text: str
    """Markdown."""
    time_lost_kind: str | UnsetType | None = UNSET
    time_lost_s: int | UnsetType = UNSET


class LogEntryPage(Struct, kw_only=True):
    items: list[LogEntry]
    next_cursor: str | None = None


class Login(Struct, kw_only=True):
    email: str
    password: str


class LongValue(Struct, kw_only=True):
    first: list[bool | float | str | None]
    size: int


class MailState(Struct, kw_only=True):
    given_up: int
    oldest_at: datetime | None = None
    waiting: int


class MappingTrial(Struct, kw_only=True):
    facts: list[FactTried]
    frame: str
    path: str
    problems: list[Problem]


class Member(Struct, kw_only=True):
    email: str
    name: str
    role: str
    since: datetime | None = None


class MemberPage(Struct, kw_only=True):
    items: list[Member]
    next_cursor: str | None = None


class Membership(Struct, kw_only=True):
    name: str
    organisation: str
    role: str


class MonthBill(Struct, kw_only=True):
    begin: datetime
    closed: bool
    end: datetime
    lines: list[BillLine]
    month: str
    totals: list[Price]


class Move(Struct, kw_only=True):
    expected_version: int | UnsetType | None = UNSET
    path: str
    to: str


class NewAccount(Struct, kw_only=True):
    email: str
    name: str
    password: str


class NewApplication(Struct, kw_only=True):
    confidential: bool | UnsetType = UNSET
    name: str
    redirect_uris: list[str] | UnsetType = UNSET
    scopes: list[str] | UnsetType = UNSET


class NewAssignment(Struct, kw_only=True):
    email: str
    first_night: date
    last_night: date | UnsetType | None = UNSET
    telescope: str


class NewDataCiteAccount(Struct, kw_only=True):
    password: str | UnsetType | None = UNSET
    prefix: str
    repository_id: str
    service: str | UnsetType = UNSET


class NewDataset(Struct, kw_only=True):
    description: str | UnsetType = UNSET
    name: str
    rule: DatasetRule | UnsetType | None = UNSET
    slug: str | UnsetType | None = UNSET


class NewEmbargo(Struct, kw_only=True):
    calibrations: str | UnsetType = UNSET
    days: int | UnsetType | None = UNSET
    reason: str | UnsetType = UNSET
    until: datetime | UnsetType | None = UNSET


class NewInstrument(Struct, kw_only=True):
    filters: list[str] | UnsetType = UNSET
    header_mapping: HeaderMapping | UnsetType = UNSET
    height_px: int | UnsetType | None = UNSET
    name: str
    pixel_scale_arcsec: float | UnsetType | None = UNSET
    slug: str | UnsetType | None = UNSET
    telescope: str
    width_px: int | UnsetType | None = UNSET


class NewInvitation(Struct, kw_only=True):
    email: str
    role: str | UnsetType = UNSET


class NewLink(Struct, kw_only=True):
    anonymous: bool | UnsetType = UNSET
    dataset: str | UnsetType | None = UNSET
    days: int | UnsetType | None = UNSET
    """How long it works."""
    downloads: int | UnsetType | None = UNSET
    folder: str | UnsetType | None = UNSET
    leave_out_embargoed: bool | UnsetType = UNSET
    name: str
    package: str | UnsetType | None = UNSET
    password: str | UnsetType | None = UNSET
    version: int | UnsetType | None = UNSET
    with_embargoed: bool | UnsetType = UNSET


class NewLogEntry(Struct, kw_only=True):
    attachments: list[str] | UnsetType = UNSET
    category: str | UnsetType = UNSET
    frames: list[str] | UnsetType = UNSET
    level: str | UnsetType = UNSET
    occurred_at: datetime | UnsetType | None = UNSET
    tags: list[str] | UnsetType = UNSET
    text: str
    """Markdown."""
    time_lost_kind: str | UnsetType | None = UNSET
    time_lost_s: int | UnsetType = UNSET


class NewLogo(Struct, kw_only=True):
    image: str


class NewMappingTrial(Struct, kw_only=True):
    frame: str
    header_mapping: HeaderMapping


class NewName(Struct, kw_only=True):
    name: str


class NewOrganisation(Struct, kw_only=True):
    name: str
    slug: str | UnsetType | None = UNSET


class NewPackage(Struct, kw_only=True):
    contributors: list[Contributor] | UnsetType = UNSET
    datasets: list[str]
    """Slugs of the datasets it is made from."""
    dates: list[PackageDate] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    funding: list[Funding] | UnsetType = UNSET
    keywords: list[str] | UnsetType = UNSET
    licence: str
    """SPDX identifier."""
    related: list[RelatedIdentifier] | UnsetType = UNSET
    slug: str | UnsetType | None = UNSET
    title: str


class NewPortal(Struct, kw_only=True):
    colour: str | UnsetType = UNSET
    is_public: bool
    second_colour: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    title: str | UnsetType = UNSET


class NewPortalHost(Struct, kw_only=True):
    host: str


class NewRole(Struct, kw_only=True):
    role: str


class NewSecondFactor(Struct, kw_only=True):
    address: str
    secret: str


class NewShare(Struct, kw_only=True):
    leave_out_embargoed: bool | UnsetType = UNSET
    with_embargoed: bool | UnsetType = UNSET


class NewSite(Struct, kw_only=True):
    height_m: float | UnsetType = UNSET
    """Metres above the WGS84 ellipsoid."""
    horizon: list[list[float]] | UnsetType | None = UNSET
    """Horizon mask: azimuth, 0 to 360, and altitude, -90 to 90, both degrees."""
    latitude_deg: float
    """Geodetic latitude, WGS84, degrees, north positive."""
    longitude_deg: float
    """Longitude, WGS84, degrees, east positive."""
    mpc_code: str | UnsetType | None = UNSET
    """Minor Planet Center observatory code."""
    name: str
    slug: str | UnsetType | None = UNSET
    time_zone: str
    """IANA time zone."""


class NewTeam(Struct, kw_only=True):
    name: str
    slug: str | UnsetType | None = UNSET


class NewTeamName(Struct, kw_only=True):
    name: str


class NewTeamRole(Struct, kw_only=True):
    role: str


class NewTeamUpload(Struct, kw_only=True):
    files: list[TeamFileToSend]
    host: str | UnsetType | None = UNSET
    """The computer that sends."""
    part_size_bytes: int | UnsetType | None = UNSET
    """Larger files are to go in parts of this size, or of less: for a line that breaks now and then."""


class NewTelescope(Struct, kw_only=True):
    aperture_mm: float | UnsetType | None = UNSET
    focal_length_mm: float | UnsetType | None = UNSET
    mount: str | UnsetType | None = UNSET
    name: str
    site: str
    slug: str | UnsetType | None = UNSET


class NewToken(Struct, kw_only=True):
    expires_in_days: float | UnsetType | None = UNSET
    kind: str | UnsetType = UNSET
    name: str
    organisation: str | UnsetType | None = UNSET
    scopes: list[str] | UnsetType | None = UNSET


class NewUpload(Struct, kw_only=True):
    dataset: str | UnsetType | None = UNSET
    """Made when there is none of this name."""
    files: list[FileToSend]
    frame_type: str | UnsetType | None = UNSET
    """What the frames among them are, where their headers do not tell."""
    host: str | UnsetType | None = UNSET
    """The computer that sends."""
    instrument: str | UnsetType | None = UNSET
    part_size_bytes: int | UnsetType | None = UNSET
    """Larger files are to go in parts of this size, or of less: for a line that breaks now and then."""
    telescope: str | UnsetType | None = UNSET


class NewWebhook(Struct, kw_only=True):
    description: str | UnsetType = UNSET
    kinds: list[str] | UnsetType = UNSET
    """Kinds of events; all where none is named."""
    url: str
    """https, on the public internet."""


class NightCount(Struct, kw_only=True):
    exposure_s: float
    filter: str | None = None
    frame_type: str | None = None
    frames: int


class NightFailure(Struct, kw_only=True):
    failed: bool
    file_id: str
    name: str
    problems: list[Problem]


class NightGap(Struct, kw_only=True):
    end_at: datetime
    seconds: float
    start_at: datetime


class NightLog(Struct, kw_only=True):
    created_at: datetime | None = None
    end_at: datetime
    entries: LogEntryPage
    night: date
    signed_at: datetime | None = None
    signed_by: str | None = None
    site: str
    start_at: datetime
    state: str
    summary: NightSummary
    telescope: str
    time_lost: TimeLost
    time_zone: str


class NightSummary(Struct, kw_only=True):
    by_filter: list[FilterTally] = []
    by_type: list[TypeTally] = []
    cadence_s: float | None = None
    exposure_s: float = 0.0
    failure_count: int = 0
    failures: list[NightFailure] = []
    first_exposure_at: datetime | None = None
    frames: int = 0
    frames_crossed: int = 0
    frames_crossed_lit: int = 0
    frames_judged: int = 0
    frames_without_exposure: int = 0
    frames_without_start: int = 0
    gap_limit_s: float = 300.0
    gap_s: float = 0.0
    gaps: list[NightGap] = []
    last_exposure_at: datetime | None = None
    more_filters: int = 0
    more_targets: int = 0
    open_shutter: float | None = None
    targets: list[TargetTally] = []
    time_on_sky_s: float = 0.0
    timeline: list[TimelineLane] = []
    window_end_at: datetime | None = None
    window_s: float = 0.0
    window_start_at: datetime | None = None


class ObjectPlace(Struct, kw_only=True):
    also: list[str]
    dec_deg: float
    kind: str
    magnitude: float | None = None
    name: str
    ra_deg: float
    x: float
    y: float


class ObservedNight(Struct, kw_only=True):
    by_type: list[TypeTally]
    counts: list[NightCount]
    end_at: datetime
    exposure_s: float
    first_exposure_at: datetime | None = None
    frames: int
    last_exposure_at: datetime | None = None
    log: str
    night: date
    site: str
    start_at: datetime
    telescope: str
    time_lost_s: int
    time_zone: str


class ObservedNightPage(Struct, kw_only=True):
    items: list[ObservedNight]
    next_cursor: str | None = None


class ObservingPlace(Struct, kw_only=True):
    height_m: float
    horizon: list[tuple[float, float]] | None = []
    latitude_deg: float
    longitude_deg: float
    name: str
    time_zone: str | None = None


class Organisation(Struct, kw_only=True):
    closed_at: datetime | None = None
    created_at: datetime
    name: str
    removal_at: datetime | None = None
    role: str
    slug: str


class OrganisationUsage(Struct, kw_only=True):
    amounts: list[Price]
    closed: bool
    egress_bytes: int
    gib_months: str
    left_bytes: int | None = None
    month: str
    name: str
    organisation: str
    plan: str
    refused: int
    stored_bytes: int
    version: int


class OrganisationUsagePage(Struct, kw_only=True):
    items: list[OrganisationUsage]
    next_cursor: str | None = None


class OwnFiles(Struct, kw_only=True):
    opened_at: datetime
    organisation: str


class OwnFilesHost(Struct, kw_only=True):
    organisation: str | UnsetType | None = UNSET


class Package(Struct, kw_only=True):
    doi: Doi | None = None
    slug: str
    versions: list[PackageVersion]


class PackageChange(Struct, kw_only=True):
    contributors: list[Contributor] | UnsetType = UNSET
    datasets: list[str] | UnsetType = UNSET
    """Slugs of the datasets it is made from."""
    dates: list[PackageDate] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    funding: list[Funding] | UnsetType = UNSET
    keywords: list[str] | UnsetType = UNSET
    licence: str | UnsetType = UNSET
    """SPDX identifier."""
    related: list[RelatedIdentifier] | UnsetType = UNSET
    title: str | UnsetType = UNSET


class PackageDate(Struct, kw_only=True):
    date: str
    information: str | UnsetType | None = UNSET
    type: str


class PackageLinks(Struct, kw_only=True):
    files: str
    manifest: str
    zip: str


class PackageSummary(Struct, kw_only=True):
    newest: PackageVersion
    published_version: int | None = None
    slug: str


class PackageSummaryPage(Struct, kw_only=True):
    items: list[PackageSummary]
    next_cursor: str | None = None


class PackageVersion(Struct, kw_only=True):
    contributors: list[Contributor]
    created_at: datetime
    datasets: list[str]
    dates: list[PackageDate]
    description: str
    doi: Doi | None = None
    downloads: int
    file_count: int | None = None
    funding: list[Funding]
    keywords: list[str]
    licence: str
    manifest_sha256: str | None = None
    published_at: datetime | None = None
    related: list[RelatedIdentifier]
    size_bytes: int | None = None
    state: str
    title: str
    version: int
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = None


class PageAddress(Struct, kw_only=True):
    url: str


class PartRequest(Struct, kw_only=True):
    count: int | UnsetType = UNSET
    crc32c: list[str] | UnsetType | None = UNSET
    first: int | UnsetType = UNSET


class PartToSend(Struct, kw_only=True):
    number: int
    offset_bytes: int
    put: SignedPut
    size_bytes: int


class Parts(Struct, kw_only=True):
    part_count: int
    parts: list[PartToSend]
    stored: list[int]


class PassList(Struct, kw_only=True):
    count: int
    end: datetime
    items: list[SatellitePass]
    min_altitude_deg: float
    next_cursor: str | None = None
    night: date | None = None
    place: ObservingPlace
    set_aside: list[SetAside]
    set_aside_count: int
    start: datetime


class PasswordChange(Struct, kw_only=True):
    current: str | UnsetType | None = UNSET
    new: str


class PasswordReset(Struct, kw_only=True):
    code: str
    password: str


class Payment(Struct, kw_only=True):
    available: bool
    due_since: datetime | None = None
    ends_with_period: bool
    offers: list[str]
    period_end: datetime | None = None
    plan: str
    read_only_from: datetime | None = None
    status: str
    trial_end: datetime | None = None
    version: int


class PixelPath(Struct, kw_only=True):
    points_px: list[tuple[float, float]]
    unit_index: int


class Place(Struct, kw_only=True):
    dec_deg: float
    name: str
    ra_deg: float


class PlaceNight(Struct, kw_only=True):
    astronomical_dawn_at: datetime | None = None
    astronomical_dusk_at: datetime | None = None
    civil_dawn_at: datetime | None = None
    civil_dusk_at: datetime | None = None
    dark_s: float
    end: datetime
    moon_altitude_deg: list[float]
    moon_azimuth_deg: list[float]
    moon_illuminated_fraction: float
    moon_phase: str
    moon_phase_deg: float
    moonrises_at: list[datetime]
    moonsets_at: list[datetime]
    nautical_dawn_at: datetime | None = None
    nautical_dusk_at: datetime | None = None
    night: date
    place: ObservingPlace
    start: datetime
    sun_altitude_deg: list[float]
    sun_lowest_altitude_deg: float
    sun_lowest_at: datetime
    sunrise_at: datetime | None = None
    sunset_at: datetime | None = None
    targets: list[TargetCurve]
    times: list[datetime]


class PlanChoice(Struct, kw_only=True):
    plan: str


class PlaneAxis(Struct, kw_only=True):
    first: float
    name: str
    step: float
    unit: str


class Portal(Struct, kw_only=True):
    address: str
    changed_at: datetime | None = None
    colour: str
    host: PortalHost | None = None
    is_public: bool
    logo: PortalLogo | None = None
    second_colour: str
    text: str
    title: str


class PortalHost(Struct, kw_only=True):
    address: str
    host: str
    proven_at: datetime | None = None
    record_name: str
    record_value: str


class PortalLogo(Struct, kw_only=True):
    address: str
    height_px: int
    width_px: int


class Price(Struct, kw_only=True):
    amount_minor: int
    currency: str
    text: str


class Problem(Struct, kw_only=True):
    code: str
    detail: str


class ProblemDocument(Struct, kw_only=True):
    detail: str
    request_id: str = ""
    status: int
    title: str
    type: str


class ProviderList(Struct, kw_only=True):
    items: list[ProviderShown]


class ProviderShown(Struct, kw_only=True):
    address: str
    name: str
    title: str


class ProviderToLink(Struct, kw_only=True):
    provider: str


class PublishedFile(Struct, kw_only=True):
    path: str
    sha256: str
    size_bytes: int


class PublishedFilePage(Struct, kw_only=True):
    items: list[PublishedFile]
    next_cursor: str | None = None


class PublishedPackage(Struct, kw_only=True):
    current: PublishedVersion
    organisation: str
    package: str
    versions: list[VersionSummary]


class PublishedVersion(Struct, kw_only=True):
    address: str
    bibtex: str
    citation: str
    concept_doi: str | None = None
    contributors: list[Contributor]
    datasets: list[str]
    dates: list[PackageDate]
    description: str
    doi: str | None = None
    downloads: int
    file_count: int
    funding: list[Funding]
    keywords: list[str]
    licence: Licence
    links: PackageLinks | None = None
    manifest_sha256: str
    organisation: str
    package: str
    page: str
    published_at: datetime
    publisher: str
    related: list[RelatedIdentifier]
    size_bytes: int
    state: str
    title: str
    version: int
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = None


class Recall(Struct, kw_only=True):
    contents: int
    price: Price
    ready_in_s: int
    size_bytes: int
    until: datetime


class Receipt(Struct, kw_only=True):
    address: str
    at: datetime
    bytes_asked: int
    path: str | None = None
    who: str | None = None


class RecoveryCodes(Struct, kw_only=True):
    codes: list[str]


class RelatedIdentifier(Struct, kw_only=True):
    identifier: str
    relation: str
    type: str


class RemovedFiles(Struct, kw_only=True):
    absent: list[str]
    removed: list[str]


class Reopening(Struct, kw_only=True):
    reason: str | UnsetType = UNSET


class ResetAsked(Struct, kw_only=True):
    email: str


class Restoration(Struct, kw_only=True):
    expected_version: int | UnsetType | None = UNSET
    to: str | UnsetType | None = UNSET
    version: int | UnsetType | None = UNSET


class Restored(Struct, kw_only=True):
    files: int
    left: int


class Retried(Struct, kw_only=True):
    left: int
    retried: int


class Revenue(Struct, kw_only=True):
    amounts: list[Price]
    closed: bool
    egress_bytes: int
    month: str
    organisations: int
    stored_bytes: int


class Rotation(Struct, kw_only=True):
    overlap_hours: float | UnsetType = UNSET


class Satellite(Struct, kw_only=True):
    designator: str
    name: str
    newest_epoch: datetime
    norad_id: int


class SatellitePage(Struct, kw_only=True):
    items: list[Satellite]
    next_cursor: str | None = None


class SatellitePass(Struct, kw_only=True):
    culminations: list[Culmination]
    designator: str
    elements_age_days: float
    highest_altitude_deg: float
    highest_at: datetime
    highest_azimuth_deg: float
    is_sunlit_at_highest: bool
    magnitude: float | None = None
    magnitude_source: str
    name: str
    norad_id: int
    range_km: float
    rise_at: datetime | None = None
    rise_azimuth_deg: float | None = None
    set_at: datetime | None = None
    set_azimuth_deg: float | None = None
    sunlit: list[tuple[datetime, datetime]]
    sunlit_fraction: float
    timing_sigma_s: float
    up_at_end: bool
    up_at_start: bool


class SatelliteTrack(Struct, kw_only=True):
    norad_id: int
    place: ObservingPlace
    points: list[TrackPoint]


class Schedule(Struct, kw_only=True):
    address: str
    asked_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str | None = None
    fetched_at: datetime | None = None
    interval_hours: float
    next_at: datetime | None = None


class SecondStep(Struct, kw_only=True):
    challenge: str
    code: str


class ServiceHealth(Struct, kw_only=True):
    at: datetime
    catalogue: CatalogueStatus
    database: DatabaseHealth
    disks: list[Disk]
    jobs: list[JobCount]
    mail: MailState
    store: Answering
    workers: list[WorkerSign]
    worries: list[str]


class ServiceJob(Struct, kw_only=True):
    attempts: int
    created_at: datetime
    done: int
    error: str | None = None
    failed: int
    finished_at: datetime | None = None
    id: str
    kind: str
    organisation: str
    state: str
    total: int


class ServiceJobPage(Struct, kw_only=True):
    items: list[ServiceJob]
    next_cursor: str | None = None


class SessionToken(Struct, kw_only=True):
    csrf_token: str


class SetAside(Struct, kw_only=True):
    code: str
    name: str
    norad_id: int
    reason: str


class Share(Struct, kw_only=True):
    embargoed: bool
    shared_at: datetime
    shared_by: str
    team: str


class SharePage(Struct, kw_only=True):
    items: list[Share]
    next_cursor: str | None = None


class SharedDataset(Struct, kw_only=True):
    dataset: str
    description: str
    embargoed: bool
    name: str
    organisation: str
    shared_at: datetime


class SharedDatasetPage(Struct, kw_only=True):
    items: list[SharedDataset]
    next_cursor: str | None = None


class ShownPackage(Struct, kw_only=True):
    contributors: list[Contributor]
    description: str
    keywords: list[str]
    licence: Licence
    state: str
    title: str
    version: int


class SignInSession(Struct, kw_only=True):
    browser: str
    created_at: datetime
    current: bool
    expires_at: datetime
    id: str
    way: str


class SignInSessionPage(Struct, kw_only=True):
    items: list[SignInSession]
    next_cursor: str | None = None


class SignUp(Struct, kw_only=True):
    email: str
    expires_at: datetime


class SignedIn(Struct, kw_only=True):
    account: Account
    csrf_token: str
    expires_at: datetime


class SignedPut(Struct, kw_only=True):
    headers: dict[str, str]
    method: str = "PUT"
    url: str


class Site(Struct, kw_only=True):
    created_at: datetime
    height_m: float
    horizon: list[list[float]] | None = None
    latitude_deg: float
    longitude_deg: float
    mpc_code: str | None = None
    name: str
    slug: str
    time_zone: str


class SiteChange(Struct, kw_only=True):
    height_m: float | UnsetType = UNSET
    """Metres above the WGS84 ellipsoid."""
    horizon: list[list[float]] | UnsetType | None = UNSET
    """Horizon mask: azimuth, 0 to 360, and altitude, -90 to 90, both degrees."""
    latitude_deg: float | UnsetType = UNSET
    """Geodetic latitude, WGS84, degrees, north positive."""
    longitude_deg: float | UnsetType = UNSET
    """Longitude, WGS84, degrees, east positive."""
    mpc_code: str | UnsetType | None = UNSET
    """Minor Planet Center observatory code."""
    name: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    """IANA time zone."""


class SitePage(Struct, kw_only=True):
    items: list[Site]
    next_cursor: str | None = None


class TableColumnFacts(Struct, kw_only=True):
    comment: str | None = None
    display: str | None = None
    form: str
    is_number: bool
    name: str
    number: int
    unit: str | None = None
    values: int | None = None


class TargetCurve(Struct, kw_only=True):
    altitude_deg: list[float]
    azimuth_deg: list[float]
    dec_deg: float
    highest_altitude_deg: float
    highest_at: datetime
    moon_separation_deg: list[float]
    name: str
    ra_deg: float


class TargetTally(Struct, kw_only=True):
    exposure_s: float
    filter: str | None = None
    first_at: datetime | None = None
    frames: int
    last_at: datetime | None = None
    object: str | None = None


class TeamEntry(Struct, kw_only=True):
    author: str | None = None
    changed_at: datetime
    files: int
    id: str | None = None
    kind: str
    path: str
    sha256: str | None = None
    size_bytes: int
    version: int | None = None


class TeamEntryPage(Struct, kw_only=True):
    items: list[TeamEntry]
    next_cursor: str | None = None


class TeamFile(Struct, kw_only=True):
    author: str
    changed_at: datetime
    created_at: datetime
    id: str
    path: str
    sha256: str
    size_bytes: int
    trashed_at: datetime | None = None
    trashed_by: str | None = None
    version: int


class TeamFilePage(Struct, kw_only=True):
    items: list[TeamFile]
    next_cursor: str | None = None


class TeamFileToSend(Struct, kw_only=True):
    crc32: str | UnsetType | None = UNSET
    """CRC-32 of the content, as ZIP has it, big-endian, base64."""
    crc32c: str | UnsetType | None = UNSET
    """CRC32C, big-endian, base64."""
    expected_version: int | UnsetType | None = UNSET
    likeness: str | UnsetType | None = UNSET
    """Of a large file without `sha256`: what whoever sends it knows it by, such as a SHA-256 of some places in it. Parts that arrived of a file announced with the same, and with the same size, are kept."""
    path: str
    sha256: str | UnsetType | None = UNSET
    """SHA-256 of the content, hexadecimal."""
    size_bytes: int


class TeamFileVersion(Struct, kw_only=True):
    author: str
    created_at: datetime
    host: str | None = None
    restored_from: int | None = None
    sha256: str
    size_bytes: int
    version: int


class TeamFileVersionPage(Struct, kw_only=True):
    items: list[TeamFileVersion]
    next_cursor: str | None = None


class TeamMember(Struct, kw_only=True):
    email: str
    name: str
    role: str
    since: datetime


class TeamMemberPage(Struct, kw_only=True):
    items: list[TeamMember]
    next_cursor: str | None = None


class TeamStorage(Struct, kw_only=True):
    current_bytes: int
    files: int
    size_bytes: int
    trashed_files: int
    versions: int


class TeamView(Struct, kw_only=True):
    created_at: datetime
    name: str
    organisation: str
    role: str
    slug: str


class TeamViewPage(Struct, kw_only=True):
    items: list[TeamView]
    next_cursor: str | None = None


class Telescope(Struct, kw_only=True):
    aperture_mm: float | None = None
    created_at: datetime
    focal_length_mm: float | None = None
    mount: str | None = None
    name: str
    site: str
    slug: str


class TelescopeChange(Struct, kw_only=True):
    aperture_mm: float | UnsetType | None = UNSET
    focal_length_mm: float | UnsetType | None = UNSET
    mount: str | UnsetType | None = UNSET
    name: str | UnsetType = UNSET


class TelescopePage(Struct, kw_only=True):
    items: list[Telescope]
    next_cursor: str | None = None


class TierMove(Struct, kw_only=True):
    contents: int
    origin: str
    problems: int
    size_bytes: int
    tier: str


class TierPolicy(Struct, kw_only=True):
    archive_after_days: int | UnsetType | None = UNSET
    cool_after_days: int | UnsetType | None = UNSET


class TilesOfHdu(Struct, kw_only=True):
    size_px: int
    zooms: int


class TimeAxis(Struct, kw_only=True):
    clock: str
    place: str
    unit_days: float
    utc_offset_s: float | None = None
    zero_jd: float


class TimeLost(Struct, kw_only=True):
    fault_s: int = 0
    other_s: int = 0
    weather_s: int = 0


class TimelineLane(Struct, kw_only=True):
    filter: str | None = None
    frame_type: str | None = None
    mixed: bool = False
    spans: list[TimelineSpan]


class TimelineSpan(Struct, kw_only=True):
    end_at: datetime
    frames: int
    start_at: datetime


class Token(Struct, kw_only=True):
    created_at: datetime
    expires_at: datetime | None = None
    hint: str
    id: str
    kind: str
    last_used_at: datetime | None = None
    name: str
    revoked_at: datetime | None = None
    scopes: list[str]


class TokenPage(Struct, kw_only=True):
    items: list[Token]
    next_cursor: str | None = None


class TokenWithSecret(Struct, kw_only=True):
    created_at: datetime
    expires_at: datetime | None = None
    hint: str
    id: str
    kind: str
    last_used_at: datetime | None = None
    name: str
    revoked_at: datetime | None = None
    scopes: list[str]
    secret: str


class ToldField(Struct, kw_only=True):
    dec_deg: float | None = None
    height_deg: float | None = None
    position_angle_deg: float | None = None
    ra_deg: float | None = None
    radius_deg: float | None = None
    shape: str
    vertices_deg: list[tuple[float, float]] | None = []
    width_deg: float | None = None


class TrackPoint(Struct, kw_only=True):
    altitude_deg: float
    apparent_dec_deg: float
    apparent_ra_deg: float
    astrometric_dec_deg: float
    astrometric_ra_deg: float
    at: datetime
    azimuth_deg: float
    geometric_dec_deg: float
    geometric_ra_deg: float
    height_km: float
    latitude_deg: float
    longitude_deg: float
    magnitude: float | None = None
    magnitude_source: str
    phase_angle_deg: float
    range_km: float
    sunlit_fraction: float


class Trashing(Struct, kw_only=True):
    files: list[FileToTrash]
    folders: bool | UnsetType = UNSET


class TreeAddress(Struct, kw_only=True):
    crc32c: str | None = None
    sha256: str
    size_bytes: int
    url: str


class TreeAddresses(Struct, kw_only=True):
    addresses: list[TreeAddress | None]
    expires_at: datetime


class TreeBeginning(Struct, kw_only=True):
    packed: str
    sha256: str


class TreeBeginnings(Struct, kw_only=True):
    beginnings: list[TreeBeginning | None]


class TreeEntries(Struct, kw_only=True):
    entries: list[TreeEntry | None]


class TreeEntry(Struct, kw_only=True):
    changed_at: datetime | None = None
    id: str | None = None
    kind: str
    name: str
    sha256: str | None = None
    size_bytes: int = 0


class TreeEntryPage(Struct, kw_only=True):
    items: list[TreeEntry]
    next_cursor: str | None = None


class TreePaths(Struct, kw_only=True):
    paths: list[str]


class TypeTally(Struct, kw_only=True):
    exposure_s: float
    frame_type: str | None = None
    frames: int


class UpcomingLift(Struct, kw_only=True):
    files: int
    first_at: datetime
    id: str
    last_at: datetime
    lifts_on: date
    name: str
    reason: str
    size_bytes: int
    target: str


class UpcomingLiftPage(Struct, kw_only=True):
    items: list[UpcomingLift]
    next_cursor: str | None = None


class Upload(Struct, kw_only=True):
    files: list[UploadFile]
    id: str
    together: SignedPut | None = None


class UploadFile(Struct, kw_only=True):
    file: str | None = None
    part_size_bytes: int | None = None
    path: str
    position: int
    problem: Problem | None = None
    put: SignedPut | None = None
    state: str


class Usage(Struct, kw_only=True):
    begin: datetime
    by: str
    end: datetime
    items: list[UsageItem]
    next_cursor: str | None = None
    total: UsageItem


class UsageItem(Struct, kw_only=True):
    byte_us: str
    egress_bytes: int | None = None
    gib_months: str
    id: str | None = None
    key: str | None = None
    stored_bytes: int


class VersionSummary(Struct, kw_only=True):
    address: str
    published_at: datetime
    state: str
    title: str
    version: int


class VisitBegun(Struct, kw_only=True):
    address: str


class WaysIn(Struct, kw_only=True):
    email_confirmed: bool
    identities: int
    password: bool
    recovery_codes_left: int
    second_factor: bool


class Webhook(Struct, kw_only=True):
    attempts: int
    created_at: datetime
    description: str
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    id: str
    kinds: list[str]
    old_secret_until: datetime | None = None
    state: str
    url: str


class WebhookChange(Struct, kw_only=True):
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    kinds: list[str] | UnsetType = UNSET
    """Kinds of events; all where none is named."""
    url: str | UnsetType = UNSET
    """https, on the public internet."""


class WebhookDelivery(Struct, kw_only=True):
    at: datetime
    attempt: int
    by_hand: bool
    delivered: bool
    duration_ms: int
    error: str | None = None
    event_id: int | None = None
    id: str
    kind: str
    next_try_at: datetime | None = None
    reply: str
    status: int | None = None


class WebhookDeliveryPage(Struct, kw_only=True):
    items: list[WebhookDelivery]
    next_cursor: str | None = None


class WebhookPage(Struct, kw_only=True):
    items: list[Webhook]
    next_cursor: str | None = None


class WebhookWithSecret(Struct, kw_only=True):
    attempts: int
    created_at: datetime
    description: str
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    id: str
    kinds: list[str]
    old_secret_until: datetime | None = None
    secret: str
    state: str
    url: str


class WindowValues(Struct, kw_only=True):
    dec_deg: list[list[float | None]] | None = None
    height: int
    ra_deg: list[list[float | None]] | None = None
    unit: str | None = None
    values: list[list[float | None]]
    width: int
    x: int
    y: int


class Withdrawal(Struct, kw_only=True):
    reason: str


class WorkerSign(Struct, kw_only=True):
    host: str
    jobs: int
    process: int
    seen_at: datetime
    silent: bool
    started_at: datetime
