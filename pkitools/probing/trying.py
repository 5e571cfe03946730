"""A peer tried: the handshakes that tell what there is to know, and the judgement of what was seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pkitools.arguments import aware, optional_choice
from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.checking.judgement import given_trust
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.explanations import explain
from pkitools.fetching.addresses import Address, Network
from pkitools.fetching.connecting import Connector
from pkitools.fetching.http1 import Deadline, TransferError
from pkitools.fetching.model import FetchFault
from pkitools.findings import Report
from pkitools.frozen import dataclass, replace
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
from pkitools.probing.rules import check_connection
from pkitools.probing.signatures import asked_signatures
from pkitools.probing.starttls import ask_for_tls
from pkitools.requests.keys import to_pem
from pkitools.systems import Stance, System, Topic, get_system
from pkitools.trust import TrustStore, hierarchy_of
from pkitools.x509 import read_certificate
from pkitools.x509.given import Given

if TYPE_CHECKING:
    from pkitools.rules.own import OwnData

SECONDS: Final = 30.0
"""For everything that is asked of a peer together."""
_ONE_TRIAL: Final = 5.0
_HOST: Final = re.compile(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?\Z")
_FAULTS: Final = {
    FetchFault.ADDRESS: ProbeFault.ADDRESS,
    FetchFault.DNS: ProbeFault.DNS,
    FetchFault.TIMEOUT: ProbeFault.TIMEOUT,
}
_CLIENT_ONLY: Final = frozenset({"system.eku.client_auth"})
_SERVER_ONLY: Final = frozenset({"system.eku.server_auth"})


@dataclass(frozen=True, slots=True)
class ClientMaterial:
    """A client certificate to show.

    Args:
        identity: what is sent: the certificates as they were given, and the key.
        complete: the same with the authorities that are missing, where they are known; else equal.
    """

    identity: ClientIdentity
    complete: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What :func:`probe` found.

    Args:
        seen: what was seen of the connection.
        connection: what the rules say of that.
        theirs: the judgement of the certificates that the peer sent; ``None`` when it sent none.
        mine: the judgement of the client certificate; ``None`` when none was given.
        environment: for which the peer's was judged.
        is_guessed: nobody said which environment: it is that of the hierarchy.
        for_systems: the systems for which the peer's certificates were judged: those that ask something of a server.
    """

    seen: Observation
    connection: Report
    theirs: FileCheck | None
    mine: FileCheck | None
    environment: Environment
    is_guessed: bool
    for_systems: tuple[str, ...] = ()

    @property
    def report(self) -> Report:
        """Everything together: the connection, the peer's certificates as it delivers them, and the client's."""
        whole = self.connection
        for judged in (self.theirs, self.mine):
            if judged is not None:
                whole += judged.report + judged.delivery
        return Report(self.connection.subject, whole.outcomes, self.connection.moment, self.environment, whole.system)


def fetch_chain(
    host: str, port: int = 443, *, starttls: str = "", allow_net: Iterable[Network] = (), seconds: float = SECONDS
) -> tuple[bytes, ...]:
    """Return the certificates that a server sends, DER, in its order, judged by nobody.

    Args:
        host: its name or address.
        port: likewise.
        starttls: the protocol in which TLS has to be asked for: see :func:`starttls_protocols`.
        allow_net: networks that may be connected to though they are not public.
        seconds: for all of it.

    Raises:
        InvalidValueError: no such host name, port or protocol.
        ProbeError: there was no TLS to look at, or the peer stopped before it sent any.
        StateError: the extra ``pkitools-nl[probe]`` is not installed.
    """
    line = _Line(host, port, starttls, allow_net, seconds)
    found = line.shake(seconds).certificates
    if not found:
        raise ProbeError(ProbeFault.CLOSED, line.peer)
    return found


def probe(
    host: str,
    port: int = 443,
    *,
    moment: datetime,
    environment: Environment | str | None = None,
    systems: str | Sequence[str] = (),
    client: ClientMaterial | None = None,
    trust: TrustStore | Given | Iterable[Given] | None = None,
    revocation: Revocation | None = None,
    starttls: str = "",
    allow_net: Iterable[Network] = (),
    seconds: float = SECONDS,
    data: OwnData | None = None,
    raise_crashes: bool = False,
) -> ProbeResult:
    """Connect to a peer as a client of TLS would, and judge what it sends and what it says.

    Several connections are made: one with the client certificate, one for each version of TLS, one to learn what
    signatures are asked. With a client certificate the page ``/`` is asked for, because some servers refuse only there.

    Args:
        host, port: whom to ask.
        moment: validation time, aware UTC.
        environment: where the connection is for; by default the one that the certificate's hierarchy is of.
        systems: connected systems by name. What they ask of who connects is asked of the client certificate, what
            they ask of a server of the peer's.
        client: what to show when the peer asks for it.
        trust, revocation, data, raise_crashes: as for :func:`~pkitools.checking.check_file`.
        starttls: the protocol in which TLS has to be asked for.
        allow_net: networks that may be connected to though they are not public.
        seconds: for everything that is asked of the peer; revocation has a time of its own.

    Raises:
        InvalidValueError: no such host name, port, protocol, system or environment.
        ProbeError: there was no TLS to look at.
        InputError: none of the certificates that the peer sent can be read.
        StateError: the extra ``pkitools-nl[probe]`` is not installed.
    """
    moment = aware(moment)
    asked = optional_choice(Environment, environment, "environment")
    names = (systems,) if isinstance(systems, str) else tuple(systems)
    found = [get_system(name) if data is None else data.system(name) for name in names]
    store = given_trust(trust)
    line = _Line(host, port, starttls, allow_net, seconds)
    seen = replace(
        _observed(line, client), trusted=frozenset(anchor.sha256 for anchor in (store.anchors if store else ()))
    )
    servers = tuple(each.name for each in found if _asks_of_servers(each, asked, moment))

    def judged(ders: Sequence[bytes], name: str, systems: Sequence[str], host: str | None, drop: frozenset[str]):
        where = asked or environment_of(ders[0], store)
        file = check_file(
            b"".join(to_pem("CERTIFICATE", der) for der in ders),
            moment=moment,
            environment=where,
            systems=systems,
            trust=store,
            host=host,
            revocation=revocation,
            name=name,
            data=data,
            raise_crashes=raise_crashes,
        )
        return _without(file, drop), where

    theirs, mine, where = None, None, asked or Environment.PRODUCTION
    if seen.handshake.certificates:
        theirs, where = judged(seen.handshake.certificates, seen.peer, servers, host, _CLIENT_ONLY)
    if client is not None:
        mine, _ = judged(client.identity.certificates, "client", names, None, _SERVER_ONLY)
    report = check_connection(seen, moment=moment, environment=where, raise_crashes=raise_crashes)
    return ProbeResult(seen, report, theirs, mine, where, asked is None, servers)


def environment_of(certificate: bytes, trust: TrustStore | None = None) -> Environment:
    """Return for which environment a certificate seems to be: that of its hierarchy.

    Of one that says nothing it is production, unless roots of a test hierarchy were given.
    """
    known = hierarchy_of(read_certificate(certificate))
    if known.kind is not None:
        return known.kind.environment
    return Environment.PRODUCTION if trust is None else Environment.PREPRODUCTION


def _asks_of_servers(system: System, environment: Environment | None, moment: datetime) -> bool:
    environments = [environment] if environment else list(Environment)
    said = (one for each in environments for one in system.statements_at(each, moment, Topic.SERVER_AUTH))
    return any(one.answer is Stance.YES for one in said)


def _without(file: FileCheck, codes: frozenset[str]) -> FileCheck:
    """Return a judgement without what is asked of the other side of a connection."""

    def kept(report: Report) -> Report:
        return replace(report, outcomes=tuple(o for o in report.outcomes if o.rule.code not in codes))

    judged = tuple(replace(one, result=replace(one.result, report=kept(one.result.report))) for one in file.judged)
    return replace(file, report=kept(file.report), judged=judged)


# -- what is seen ------------------------------------------------------------------------------------------------------


class _Line:
    """Connections to one peer, all to the address that was tested first, under one deadline."""

    def __init__(self, host: str, port: int, starttls: str, allow_net: Iterable[Network], seconds: float) -> None:
        self.host, self.port, self.starttls = _host(host), _port(port), starttls
        self.peer = peer_name(self.host, self.port)
        if starttls:
            from pkitools.probing.starttls import usual_port

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

    def _connected(self, deadline: Deadline):
        try:
            if self._addresses:
                return self._connector.connect(self._addresses, self.port, deadline)
            tested = self._connector.tested(self.host, self.port, deadline)
            return self._first_of(tested, deadline)
        except TransferError as error:
            fault = _FAULTS.get(error.fault, ProbeFault.CONNECT)  # type: ignore[call-overload]  # statuses of HTTP are none
            raise ProbeError(fault, self.peer, error.detail) from None

    def _first_of(self, tested: Sequence[Address], deadline: Deadline):
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


def _observed(line: _Line, client: ClientMaterial | None) -> Observation:
    page = line.host if client is not None and not line.starttls else ""
    identity = client.identity if client else None
    first = line.shake(line.left(), client=identity, listen=True, page=page)
    versions = dict(_versions(line, first))
    shown = tuple(map(read_certificate, identity.certificates)) if identity else ()
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


def _versions(line: _Line, first: Handshake) -> Iterator[tuple[TLSVersion, Offered]]:
    for version in TLSVersion:
        yield version, Offered.YES if first.version == version else _offered(line, version, first)


def _offered(line: _Line, version: TLSVersion, first: Handshake) -> Offered:
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


def _signatures(line: _Line, first: Handshake) -> AskedSignatures | None:
    if not first.version or line.left() <= 0:
        return None
    seconds = min(_ONE_TRIAL, line.left())
    return asked_signatures(line.address, line.port, line.host, starttls=line.starttls, seconds=seconds)


def _taken(
    line: _Line, first: Handshake, client: ClientMaterial | None, versions: dict[TLSVersion, Offered], page: str
) -> tuple[Taken, Handshake]:
    if client is None:
        return Taken.NOT_GIVEN, first
    told = taken_by(first)
    if told is Taken.UNKNOWN and versions.get(TLSVersion.TLS_1_2) is Offered.YES:
        # of TLS 1.3 a client does not hear that it was taken; of 1.2 it does
        older = _again(line, client.identity, page, TLSVersion.TLS_1_2)
        if older is not None and taken_by(older) is not Taken.UNKNOWN:
            return taken_by(older), older
    if told is Taken.REFUSED and len(client.complete) > len(client.identity.certificates):
        whole = _again(line, replace(client.identity, certificates=client.complete), page)
        if whole is not None and taken_by(whole) is Taken.YES:
            return Taken.WITH_CHAIN, first
    return told, first


def _again(
    line: _Line, identity: ClientIdentity, page: str, newest: TLSVersion = TLSVersion.TLS_1_3
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
    from ipaddress import ip_address

    given = host.strip("[]")
    try:
        return str(ip_address(given))
    except ValueError:
        pass
    try:
        name = given.encode("idna").decode("ascii") if not given.isascii() else given
    except UnicodeError:
        name = ""
    if not _HOST.match(name) or re.fullmatch(r"[0-9.]+|0[xX].*", name):
        raise InvalidValueError("probing.error.no_host", host=host)
    return name.removesuffix(".").lower()


def _port(port: int) -> int:
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise InvalidValueError("probing.error.no_port", port=port)
    return port
