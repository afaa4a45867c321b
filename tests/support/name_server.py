"""A name server on loopback, over UDP and TCP: it answers what it was told, and else that there is no such name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

__all__ = ["NameServer", "name_server"]


class NameServer(asyncio.DatagramProtocol):
    """Answers questions for TXT records; ``texts`` are what the records of each name say."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.broken = False
        self.port = 0
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        answer = self._answer(data)
        try:
            sent = answer.to_wire(max_size=1232)
        except dns.exception.TooBig:  # the asker comes again by TCP
            answer.answer.clear()
            answer.flags |= dns.flags.TC
            sent = answer.to_wire()
        self._transport.sendto(sent, addr)

    def _answer(self, question: bytes) -> dns.message.Message:
        query = dns.message.from_wire(question)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA
        asked = query.question[0]
        name = asked.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.texts:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif asked.rdtype == dns.rdatatype.TXT and self.texts[name]:
            quoted = [f'"{text}"' for text in self.texts[name]]
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "TXT", *quoted))
        return answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question over TCP, for what is too long for a datagram."""
        length = int.from_bytes(await reader.readexactly(2))
        sent = self._answer(await reader.readexactly(length)).to_wire(max_size=65535)
        writer.write(len(sent).to_bytes(2) + sent)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    """Run one as long as the block lasts."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    server.port = transport.get_extra_info("sockname")[1]
    streams = await asyncio.start_server(server.serve, "127.0.0.1", server.port)
    try:
        yield server
    finally:
        transport.close()
        streams.close()
