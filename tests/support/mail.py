"""The mail a service has sent, where it goes into a folder."""

from __future__ import annotations

import asyncio
import email
import email.policy
from email.message import EmailMessage

from sqlalchemy import text

from service.house import House
from service.mail import mail_folder, send_waiting_mail

__all__ = ["sent_mails", "text_of"]


async def sent_mails(house: House, to: str | None = None) -> list[EmailMessage]:
    """Send what waits, and give every mail in the folder (to one address), oldest first.

    The service's own sender may be at one just now: that is waited for.
    """
    for _ in range(100):
        await send_waiting_mail(house)
        async with house.database.transaction() as connection:
            taken = text("SELECT count(*) FROM mail_outbox WHERE state = 'waiting' AND attempts > 0 AND error IS NULL")
            if not await connection.scalar(taken):
                break
        await asyncio.sleep(0.05)
    folder = mail_folder(house.config)
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (sorted(folder.glob("*.eml")) if folder.exists() else [])
    ]
    return [mail for mail in mails if to is None or mail["To"] == to]


def text_of(mail: EmailMessage) -> str:
    """Give what a mail says, with plain line ends."""
    content = mail.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
