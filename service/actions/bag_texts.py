"""Writing the texts that describe a data package and make a bag of it, whichever way its files go by.

Each text is written once, kept, and let go before the next: there may be a hundred thousand files.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from domain.bag import BAGIT, PAYLOAD, BagInfo, bag_info, bag_line
from domain.data_package import FrozenFile, ManifestHead, PathClashes, manifest_frame, manifest_line
from domain.errors import InvalidInput
from domain.package_record import PackageRecord
from domain.paths import clean_path
from domain.ro_crate import CrateWriter

__all__ = ["Keep", "Pages", "crate_text", "manifest_text", "write_bag"]

Pages = Callable[[], AsyncIterator[list[FrozenFile]]]
"Goes through the data files once more, in order of path, some at a time."
Keep = Callable[[str, bytes], Awaitable[FrozenFile]]
"Keeps a text under its name, and tells what it adds up to."


async def manifest_text(pages: Pages, head: ManifestHead, *, checked: bool) -> bytes:
    """Write ``manifest.json``.

    Parameters
    ----------
    checked : bool
        Refuse what cannot be unpacked everywhere.

    Raises
    ------
    PathClash
        A file has the name of a folder.
    InvalidInput
        A path that cannot be unpacked everywhere.
    """
    before, behind = manifest_frame(head)
    written = bytearray(before)
    clashes = PathClashes()
    is_first = True
    async for page in pages():
        for file in page:
            if checked:
                if clean_path(file.path) != file.path:
                    raise InvalidInput(f"The path {file.path[:200]!r} cannot be published: give the file another one.")
                clashes.check(file.path)
            written += (b"" if is_first else b",\n") + manifest_line(file)
            is_first = False
    written += behind
    return bytes(written)


async def crate_text(pages: Pages, record: PackageRecord) -> bytes:
    """Write ``ro-crate-metadata.json``."""
    writer = CrateWriter()
    async for page in pages():
        for file in page:
            writer.add(file)
    return writer.finish(record)


async def write_bag(
    pages: Pages, keep: Keep, info: BagInfo, *, payload: list[FrozenFile], tags: list[FrozenFile]
) -> FrozenFile:
    """Write the tag files of a bag, and keep them.

    Parameters
    ----------
    payload, tags
        Texts kept before: those that lie in the payload beside the data, and those beside it.

    Returns
    -------
    FrozenFile
        The list of tag files: its checksum covers everything in the bag.
    """
    tags = [*tags, await keep("bagit.txt", BAGIT), await keep("bag-info.txt", bag_info(info))]
    lines = bytearray()
    async for page in pages():
        for file in page:
            lines += bag_line(f"{PAYLOAD}{file.path}", file.sha256)
    for file in payload:
        lines += bag_line(f"{PAYLOAD}{file.path}", file.sha256)
    tags.append(await keep("manifest-sha256.txt", bytes(lines)))
    listed = sorted(tags, key=lambda file: file.path)
    return await keep("tagmanifest-sha256.txt", b"".join(bag_line(file.path, file.sha256) for file in listed))
