"""What an S3 server or its client says, as an error of ours: the one table of the S3 store."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from domain.errors import Conflict, InvalidInput, NotFound, ObservatoryError, StoreUnavailable
from domain.tiers import Archived

__all__ = ["NO_CREDENTIALS", "S3_FAULTS", "SILENT", "code_of", "from_s3_error"]

_ASK = "tell the operator"
SILENT = f"The object store does not answer; try again, and if it goes on, {_ASK}."
NO_CREDENTIALS = f"The service has no credentials for the object store: {_ASK} (AWS_*)."
_UNKNOWN = (StoreUnavailable, f"The object store failed; try again, and if it goes on, {_ASK}.")
_REFUSED = (StoreUnavailable, f"The object store refuses the service's credentials: {_ASK} (AWS_*, bucket policy).")
_BUSY = (StoreUnavailable, "The object store is overloaded; try again in a moment.")
_GONE = (NotFound, "There is no such object.")
_DAMAGED = (InvalidInput, "The bytes were damaged on their way; send them again.")
_PARTS = (InvalidInput, "A part is not stored, out of order or too small; list the parts and send what lacks.")

# Error code -> class and detail. Codes of Amazon S3 ("Error responses", S3 API reference) and of Ceph's gateway
# (rgw_common.cc). A code that is not listed is taken for a failure of the store.
S3_FAULTS: dict[str, tuple[type[ObservatoryError], str]] = {
    "404": _GONE,
    "NoSuchKey": _GONE,
    "NoSuchVersion": _GONE,
    "NoSuchUpload": (NotFound, "There is no such upload in parts: it is complete, was given up, or never began."),
    "NoSuchBucket": (StoreUnavailable, f"The bucket of the object store does not exist: {_ASK}."),
    "InvalidObjectState": (Archived, "It lies in the archive: have it recalled, then read it."),
    "403": _REFUSED,
    "AccessDenied": _REFUSED,
    "AccountProblem": _REFUSED,
    "AllAccessDisabled": _REFUSED,
    "ExpiredToken": _REFUSED,
    "InvalidAccessKeyId": _REFUSED,
    "InvalidToken": _REFUSED,
    "SignatureDoesNotMatch": _REFUSED,
    "RequestTimeTooSkewed": (StoreUnavailable, f"The clocks of service and object store differ: {_ASK}."),
    "QuotaExceeded": (StoreUnavailable, f"The object store is full: {_ASK} to raise its quota, then try again."),
    "XMinioStorageFull": (StoreUnavailable, f"The object store is full: {_ASK} to free space, then try again."),
    "InsufficientCapacity": (StoreUnavailable, f"The object store is full: {_ASK} to free space, then try again."),
    "412": (Conflict, "The object was changed meanwhile; upload it again."),
    "PreconditionFailed": (Conflict, "The object was changed meanwhile; upload it again."),
    "ConditionalRequestConflict": (Conflict, "The object is being changed just now; try again."),
    "OperationAborted": (Conflict, "The object is being changed just now; try again."),
    "BadDigest": _DAMAGED,
    "InvalidDigest": _DAMAGED,
    "IncompleteBody": _DAMAGED,
    "XAmzContentSHA256Mismatch": _DAMAGED,
    "XAmzContentChecksumMismatch": _DAMAGED,
    "EntityTooLarge": (InvalidInput, "The object is too large for one piece; send it in parts."),
    "EntityTooSmall": _PARTS,
    "InvalidPart": _PARTS,
    "InvalidPartOrder": _PARTS,
    "KeyTooLongError": (InvalidInput, "The key of the object is too long."),
    "InvalidObjectName": (InvalidInput, "That is not the key of an object."),
    "InvalidRange": (InvalidInput, "There are no such bytes in the object."),
    "416": (InvalidInput, "There are no such bytes in the object."),
    "InvalidArgument": (InvalidInput, "The object store refuses a value of this request."),
    "500": _UNKNOWN,
    "InternalError": _UNKNOWN,
    "RequestTimeout": _BUSY,
    "ServiceUnavailable": _BUSY,
    "SlowDown": _BUSY,
    "503": _BUSY,
}


def code_of(error: ClientError | BotoCoreError) -> str:
    """Find the server's own word for what is wrong; empty if it did not come to that."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def from_s3_error(error: ClientError | BotoCoreError) -> ObservatoryError:
    """Translate; the driver's own words stay in the cause, for the log."""
    if isinstance(error, ClientError):
        kind, detail = S3_FAULTS.get(code_of(error), _UNKNOWN)
        return kind(detail)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return StoreUnavailable(NO_CREDENTIALS)
    if isinstance(error, ParamValidationError):
        return InvalidInput("The object store would refuse a value of this request.")
    if isinstance(error, (HTTPClientError, NoConnection)):
        return StoreUnavailable(SILENT)
    return StoreUnavailable(_UNKNOWN[1])
