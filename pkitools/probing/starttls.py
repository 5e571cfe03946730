"""How TLS is asked for in protocols that begin without: what is said and what has to come, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from pkitools.documents import Source, cite
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass
from pkitools.package_data import read_toml
from pkitools.probing.channel import Channel, spoken
from pkitools.probing.model import ProbeError, ProbeFault
from pkitools.text import visible

_MOST_OF_DIALOG: Final = 16 * 1024
_MOST_TOLD: Final = 80


@dataclass(frozen=True, slots=True)
class StartTLS:
    """How one protocol is asked for TLS.

    Args:
        name: of the protocol.
        port: the usual one.
        steps: what is said and what has to come, one after another.
        source: where it is written down.
    """

    name: str
    port: int
    steps: tuple[Mapping[str, Any], ...]
    source: Source


def starttls_protocols() -> tuple[str, ...]:
    """Return the names of the protocols in which TLS can be asked for."""
    return tuple(each.name for each in protocols())


def usual_port(protocol: str) -> int:
    """Return the usual port of a protocol.

    Raises:
        InvalidValueError: it is not known here.
    """
    return _protocol(protocol).port


def ask_for_tls(channel: Channel, protocol: str) -> None:
    """Say what has to be said before TLS begins.

    Raises:
        ProbeError: the peer speaks something else, or does not take TLS.
        InvalidValueError: the protocol is not known here.
    """
    heard = _Heard(channel, protocol)
    for step in _protocol(protocol).steps:
        channel.send(step.get("send", "").encode("ascii") or bytes.fromhex(step.get("hex", "")))
        answer = _answer(heard, step)
        if not re.match(step["good"], answer):
            raise ProbeError(ProbeFault.STARTTLS, channel.peer, visible(_told(step, answer), _MOST_TOLD))
    if heard.rest:
        # what is said in the clear after the yes belongs to nobody: a known way to slip commands in
        raise ProbeError(ProbeFault.INJECTED, channel.peer, visible(heard.rest.decode("latin-1").strip(), _MOST_TOLD))


def _told(step: Mapping[str, Any], answer: str) -> str:
    """Return an answer for people: of hex digits what they stand for."""
    if step.get("byte"):
        return bytes.fromhex(answer).decode("latin-1")
    found = re.search(step["code"], answer) if "code" in step else None
    return f"{step['name']} {int(found[1], 16)}" if found else answer


def _answer(heard: _Heard, step: Mapping[str, Any]) -> str:
    if step.get("byte"):
        return heard.take(1).hex()
    if step.get("tlv"):
        head = heard.take(2)
        if head[1] >= 0x80:
            return (head + heard.take(head[1] & 0x7F)).hex()  # longer than a yes is
        return (head + heard.take(head[1])).hex()
    while not re.match(step["until"], line := heard.line()):
        pass
    return line


class _Heard:
    """What a peer says in the clear, bounded."""

    def __init__(self, channel: Channel, protocol: str) -> None:
        self._channel, self._protocol, self.rest = channel, protocol, b""

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        while len(self.rest) < count:
            self._more()
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def line(self) -> str:
        """Return the next line."""
        while b"\n" not in self.rest:
            self._more()
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode("latin-1").rstrip("\r")

    def _more(self) -> None:
        more = self._received()
        if not more:
            raise ProbeError(ProbeFault.CLOSED, self._channel.peer)
        if self._channel.received == len(more) and spoken(more[:2]) is None and len(more) > 1:
            raise ProbeError(ProbeFault.TLS_AT_ONCE, self._channel.peer, self._protocol)
        self.rest += more
        if self._channel.received > _MOST_OF_DIALOG:
            raise ProbeError(ProbeFault.STARTTLS, self._channel.peer)

    def _received(self) -> bytes:
        try:
            return self._channel.receive()
        except ProbeError as error:
            if error.fault is ProbeFault.TIMEOUT and not self._channel.received:
                raise ProbeError(ProbeFault.SILENT, self._channel.peer, self._protocol) from None
            raise


def _protocol(name: str) -> StartTLS:
    found = next((each for each in protocols() if each.name == name), None)
    if found is None:
        raise InvalidValueError("probing.error.no_protocol", name=name, known=", ".join(starttls_protocols()))
    return found


@cache
def protocols() -> tuple[StartTLS, ...]:
    """Return every protocol in which it is known how TLS is asked for."""
    data = read_toml(str(__package__), "data/starttls.toml")
    return tuple(
        StartTLS(name, table["port"], tuple(table["step"]), cite(table["source"], table["section"]))
        for name, table in data.items()
    )
