"""Files announced together, and how far each is."""

from __future__ import annotations

import threading
from collections import deque

from uraniborg._generated.wire import SignedPut
from uraniborg.upload.ledger import Item

__all__ = ["Batch"]


class Batch:
    """Files announced together, and which of them wait for being completed."""

    def __init__(self, upload_id: str, items: dict[int, Item], together: SignedPut | None = None) -> None:
        self.upload_id, self.items, self.together = upload_id, items, together
        self.lock = threading.Lock()
        self.small: deque[tuple[int, SignedPut]] = deque()
        self.renewing = threading.Lock()
        self.renewed: dict[int, SignedPut] = {}
        self.twins: dict[int, list[int]] = {}
        self.known: set[int] = set()
        self.arrived: list[int] = []
        self.on_their_way = 0
