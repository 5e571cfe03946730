"""What is to be seen of a peer: the handshakes that tell it, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from pkitools.arguments import of_type
from pkitools.explanations import explain
from pkitools.frozen import dataclass
from pkitools.probing.handshake import ClientIdentity, shake_hands
from pkitools.probing.line import Line
from pkitools.probing.model import (
    DENIED,
    FAILS,
    AskedSignatures,
    Handshake,
    Observation,
    Offered,
    ProbeError,
    ProbeFault,
    Taken,
    TLSVersion,
)
from pkitools.probing.signatures import asked_signatures
from pkitools.x509 import read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders

_ONE_TRIAL: Final = 10.0
_OF_THE_CLIENT: Final = frozenset({495, 496})
"""Statuses of HTTP by which nginx refuses the certificate."""
_FIRST_ERROR: Final = 400
_REFUSALS: Final = frozenset(
    {
        "certificate_required",
        "client_refused",
        "client_revoked",
        "client_expired",
        "client_untrusted",
        "client_mapping",
    }
)
"""What the page of such a refusal is explained by."""
_REFUSED: Final = frozenset({Taken.REFUSED, Taken.NOT_SENT})
_KNOWN: Final = frozenset(Taken) - {Taken.UNKNOWN}


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
        of_type(self.identity, ClientIdentity, "identity")
        object.__setattr__(self, "complete", several_ders(self.complete, CERTIFICATE, "complete"))

    @property
    def whole(self) -> ClientIdentity | None:
        """What to send with everything that is missing; ``None`` when nothing is known to be."""
        complete = several_ders(self.complete, CERTIFICATE, "complete")
        return ClientIdentity(complete, self.identity.key) if len(complete) > len(self.identity.ders) else None


def shake(line: Line, seconds: float, **how: object) -> Handshake:
    """Make a connection and do one handshake on it.

    Args:
        line: to whom.
        seconds: for all of it.
        how: as for :func:`~pkitools.probing.handshake.shake_hands`.
    """
    with line.opened(seconds) as channel:
        return shake_hands(channel, line.host, **how)  # type: ignore[arg-type]  # handed on as they came


def observed(line: Line, client: ClientMaterial | None) -> Observation:
    """Return everything there is to see of a peer.

    Raises:
        ProbeError: there was no TLS to look at.
        StateError: pyOpenSSL is not installed.
    """
    page = line.host if client is not None and not line.starttls else ""
    identity = client.identity if client else None
    first = shake(line, line.left(), client=identity, listen=True, page=page)
    versions = dict(_versions(line, first))
    shown = tuple(map(read_certificate, identity.ders)) if identity else ()
    taken, because = _taken(line, first, client, versions, page)
    return Observation(
        line.host,
        line.port,
        "" if line.address is None else str(line.address),
        line.starttls,
        first,
        versions,
        shown,
        taken,
        because,
        _signatures(line, first),
        proxy=line.proxy,
    )


def _versions(line: Line, first: Handshake) -> Iterator[tuple[TLSVersion, Offered]]:
    for version in TLSVersion:
        yield version, Offered.YES if first.version == version else _offered(line, version, first)


def _offered(line: Line, version: TLSVersion, first: Handshake) -> Offered:
    if not first.version:
        return Offered.UNKNOWN
    try:
        tried = shake(line, _ONE_TRIAL, versions=(version, version))
    except ProbeError as error:
        # that it was there a moment ago and stops when this version is all there is, is an answer
        return Offered.NO if error.fault in {ProbeFault.CLOSED, ProbeFault.PROTOCOL} else Offered.UNKNOWN
    if tried.version == version:
        return Offered.YES
    return Offered.UNKNOWN if "no protocols available" in tried.detail else Offered.NO


def _signatures(line: Line, first: Handshake) -> AskedSignatures | None:
    if not first.version or line.left() <= 0 or not line.can_be_left_to_others:
        return None
    seconds = min(_ONE_TRIAL, line.left())
    return asked_signatures(
        line.address, line.port, line.host, starttls=line.starttls, proxy=line.proxy_address, seconds=seconds
    )


def _taken(
    line: Line, first: Handshake, client: ClientMaterial | None, versions: dict[TLSVersion, Offered], page: str
) -> tuple[Taken, Handshake]:
    if client is None:
        return Taken.NOT_GIVEN, first
    told = taken_by(first)
    if told is Taken.UNKNOWN and not first.answer and versions.get(TLSVersion.TLS_1_2) is Offered.YES:
        # of TLS 1.3 a client does not hear that it was taken; of 1.2 it does
        older = _again(line, client.identity, "", TLSVersion.TLS_1_2)
        if older is not None and taken_by(older) in (_REFUSED if page else _KNOWN):
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
        return shake(line, _ONE_TRIAL, client=identity, listen=True, page=page, versions=versions)
    return None


def taken_by(shaken: Handshake) -> Taken:
    """Return what a peer did with the client certificate that was shown in a handshake."""
    if shaken.is_stopped_here or (not shaken.asks and not shaken.completed):
        return Taken.UNKNOWN  # it did not come so far
    if not shaken.asks:
        return Taken.NOT_ASKED
    if shaken.alert is not None or not shaken.completed or _refuses_on_its_page(shaken):
        return Taken.REFUSED if shaken.sent else Taken.NOT_SENT
    if not shaken.sent:
        return Taken.NOT_SENT
    return _taken_when_sent(shaken)


def _taken_when_sent(shaken: Handshake) -> Taken:
    if shaken.page_status in DENIED | FAILS:
        return Taken.UNKNOWN  # that may be about the certificate, and just as well about the page
    if shaken.is_unanswered and (shaken.settled or not shaken.closed):
        return Taken.UNKNOWN  # it may refuse later, or have done so in silence
    if shaken.settled or shaken.version != TLSVersion.TLS_1_3:
        return Taken.YES
    return Taken.REFUSED if shaken.closed else Taken.UNKNOWN


def _refuses_on_its_page(shaken: Handshake) -> bool:
    """Return whether a web server says on its page, and not in TLS, that it takes no such client."""
    status = shaken.page_status
    if status in _OF_THE_CLIENT:
        return True
    return status >= _FIRST_ERROR and any(one.explanation.code in _REFUSALS for one in explain(shaken.answer).found)
