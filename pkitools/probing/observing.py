"""What is to be seen of a peer: the handshakes that tell it, each with a connection of its own."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from pkitools.errors import InvalidValueError
from pkitools.explanations import explain
from pkitools.fetching.addresses import Address, Network
from pkitools.fetching.connecting import Connector
from pkitools.fetching.http1 import Deadline, TransferError
from pkitools.fetching.model import Fault, FetchFault
from pkitools.frozen import dataclass
from pkitools.probing.channel import Channel
from pkitools.probing.handshake import ClientIdentity, shake_hands
from pkitools.probing.model import (
    AskedSignatures,
    Handshake,
    Observation,
    Offered,
    ProbeError,
    ProbeFault,
    Taken,
    TLSVersion,
    peer_name,
)
from pkitools.probing.signatures import asked_signatures
from pkitools.probing.starttls import ask_for_tls, usual_port
from pkitools.text import pattern
from pkitools.x509 import read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders

_ONE_TRIAL: Final = 10.0
_HOST: Final = pattern(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?\Z")
_NUMBERS: Final = pattern(r"[0-9.]+\Z|0[xX]")
_FAULTS: Final[dict[Fault, ProbeFault]] = {
    FetchFault.ADDRESS: ProbeFault.ADDRESS,
    FetchFault.DNS: ProbeFault.DNS,
    FetchFault.TIMEOUT: ProbeFault.TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class ClientMaterial:
    """A client certificate to show.

    Args:
        identity: what is sent: the certificates as they were given, and the key.
        complete: the certificates with the authorities that are missing, where those are known: tried when the peer
            refuses what was given.

    Raises:
        InvalidValueError: something is no certificate.
    """

    identity: ClientIdentity
    complete: Given | Iterable[Given] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "complete", several_ders(self.complete, CERTIFICATE, "complete"))

    @property
    def whole(self) -> ClientIdentity | None:
        """What to send with everything that is missing; ``None`` when nothing is known to be."""
        complete = several_ders(self.complete, CERTIFICATE, "complete")
        return ClientIdentity(complete, self.identity.key) if len(complete) > len(self.identity.ders) else None


class Line:
    """Connections to one peer, all to the address that was tested first, under one deadline."""

    def __init__(self, host: str, port: int, starttls: str, allow_net: Iterable[Network], seconds: float) -> None:
        self.host, self.port, self.starttls = _host(host), _port(port), starttls
        self.peer = peer_name(self.host, self.port)
        if starttls:
            usual_port(starttls)  # a wrong name is told before anybody is asked
        self.deadline = Deadline(seconds)
        self._connector = Connector(allow_net=tuple(allow_net))
        self._addresses: list[Address] = []

    @property
    def address(self) -> Address:
        """The address that answered."""
        return self._addresses[0]

    def left(self) -> float:
        """Return the seconds left; none of them is no error here."""
        try:
            return self.deadline.left()
        except TransferError:
            return 0.0

    def shake(self, seconds: float, **how: object) -> Handshake:
        """Make a connection and do one handshake on it.

        Args:
            seconds: of this one.
            how: as for :func:`shake_hands`.
        """
        deadline = Deadline(min(seconds, self.left()))
        with Channel(self._connected(deadline), deadline, self.peer) as channel:
            if self.starttls:
                ask_for_tls(channel, self.starttls)
            return shake_hands(channel, self.host, **how)  # type: ignore[arg-type]  # handed on as they came

    def _connected(self, deadline: Deadline) -> socket.socket:
        try:
            if self._addresses:
                return self._connector.connect(self._addresses, self.port, deadline)
            tested = self._connector.tested(self.host, self.port, deadline)
            return self._first_of(tested, deadline)
        except TransferError as error:
            fault = _FAULTS.get(error.fault, ProbeFault.CONNECT)
            raise ProbeError(fault, self.peer, error.detail) from None

    def _first_of(self, tested: Sequence[Address], deadline: Deadline) -> socket.socket:
        fault = TransferError(FetchFault.CONNECT)
        for address in tested:
            try:
                connected = self._connector.connect([address], self.port, deadline)
            except TransferError as error:
                fault = error
            else:
                self._addresses = [address]
                return connected
        raise fault


def observed(line: Line, client: ClientMaterial | None) -> Observation:
    """Return everything there is to see of a peer.

    Raises:
        ProbeError: there was no TLS to look at.
        StateError: pyOpenSSL is not installed.
    """
    page = line.host if client is not None and not line.starttls else ""
    identity = client.identity if client else None
    first = line.shake(line.left(), client=identity, listen=True, page=page)
    versions = dict(_versions(line, first))
    shown = tuple(map(read_certificate, identity.ders)) if identity else ()
    taken, because = _taken(line, first, client, versions, page)
    return Observation(
        line.host,
        line.port,
        str(line.address),
        line.starttls,
        first,
        versions,
        shown,
        taken,
        because,
        _signatures(line, first),
    )


def _versions(line: Line, first: Handshake) -> Iterator[tuple[TLSVersion, Offered]]:
    for version in TLSVersion:
        yield version, Offered.YES if first.version == version else _offered(line, version, first)


def _offered(line: Line, version: TLSVersion, first: Handshake) -> Offered:
    if not first.version:
        return Offered.UNKNOWN
    try:
        tried = line.shake(_ONE_TRIAL, versions=(version, version))
    except ProbeError as error:
        # that it was there a moment ago and stops when this version is all there is, is an answer
        return Offered.NO if error.fault in {ProbeFault.CLOSED, ProbeFault.PROTOCOL} else Offered.UNKNOWN
    if tried.version == version:
        return Offered.YES
    return Offered.UNKNOWN if "no protocols available" in tried.detail else Offered.NO


def _signatures(line: Line, first: Handshake) -> AskedSignatures | None:
    if not first.version or line.left() <= 0:
        return None
    seconds = min(_ONE_TRIAL, line.left())
    return asked_signatures(line.address, line.port, line.host, starttls=line.starttls, seconds=seconds)


def _taken(
    line: Line, first: Handshake, client: ClientMaterial | None, versions: dict[TLSVersion, Offered], page: str
) -> tuple[Taken, Handshake]:
    if client is None:
        return Taken.NOT_GIVEN, first
    told = taken_by(first)
    if told is Taken.UNKNOWN and versions.get(TLSVersion.TLS_1_2) is Offered.YES:
        # of TLS 1.3 a client does not hear that it was taken; of 1.2 it does
        older = _again(line, client.identity, page, TLSVersion.TLS_1_2)
        if older is not None and taken_by(older) is not Taken.UNKNOWN:
            return taken_by(older), older
    if told is Taken.REFUSED and client.whole is not None:
        whole = _again(line, client.whole, page)
        if whole is not None and taken_by(whole) is Taken.YES:
            return Taken.WITH_CHAIN, first
    return told, first


def _again(
    line: Line, identity: ClientIdentity, page: str, newest: TLSVersion = TLSVersion.TLS_1_3
) -> Handshake | None:
    with suppress(ProbeError):
        versions = (TLSVersion.TLS_1_0, newest)
        return line.shake(_ONE_TRIAL, client=identity, listen=True, page=page, versions=versions)
    return None


def taken_by(shaken: Handshake) -> Taken:
    """Return what a peer did with the client certificate that was shown in a handshake."""
    if not shaken.asks:
        return Taken.NOT_ASKED
    if shaken.alert is not None or not shaken.completed or _refuses_on_its_page(shaken.answer):
        return Taken.REFUSED if shaken.sent else Taken.NOT_SENT
    if not shaken.sent:
        return Taken.NOT_SENT
    if shaken.settled or shaken.version != TLSVersion.TLS_1_3:
        return Taken.YES
    return Taken.REFUSED if shaken.closed else Taken.UNKNOWN


def _refuses_on_its_page(answer: str) -> bool:
    """Return whether a web server says on its page, and not in TLS, that it takes no such client."""
    head, _, _ = answer.partition("\r\n")
    refused = any(one.explanation.code == "client_refused" for one in explain(answer).found)
    return bool(re.match(r"HTTP/1\.[01] 49[56]\b", head)) or (" 400" in head and refused)


def _host(host: str) -> str:
    given = host.strip("[]")
    try:
        return str(ip_address(given))
    except ValueError:
        pass
    try:
        name = given.encode("idna").decode("ascii") if not given.isascii() else given
    except UnicodeError:
        name = ""
    if not _HOST.match(name) or _NUMBERS.match(name):
        raise InvalidValueError("probing.error.no_host", host=host)
    return name.removesuffix(".").lower()


def _port(port: int) -> int:
    if not 0 < port < 65536:
        raise InvalidValueError("probing.error.no_port", port=port)
    return port
