"""What is seen of a peer, as values; and why nothing could be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pkitools.arguments import choice
from pkitools.errors import NetworkError
from pkitools.explanations import Explanation, explain
from pkitools.frozen import dataclass, field
from pkitools.text import pattern
from pkitools.x509 import CertificateFacts, DistinguishedName

_NOT_THERE: Final = frozenset({404, 405, 406, 410})
DENIED: Final = frozenset(range(400, 500)) - _NOT_THERE
"""Statuses of HTTP by which a web server refuses a page: to this client certificate, or to everybody.

nginx refuses a certificate with 400, Apache one that it would ask for otherwise with 421; whoever made that page anew,
or is slow with it, does not say so. That there is no such page is said to who was let in.
"""
FAILS: Final = frozenset(range(500, 600))
"""Statuses of HTTP by which a web server says that it could not answer (RFC 9110 15.6): nor whom it takes, then."""
_INTERIM: Final = pattern(r"HTTP/1\.[01] 1\d\d\b[^\n]*\n(?:[^\n]*\S[^\n]*\n)*[^\S\n]*\n", re.ASCII)
"""What a web server says before its answer (RFC 9110 15.2)."""
_STATUS: Final = pattern(r"HTTP/1\.[01] (\d{3})\b", re.ASCII)


class ProbeFault(StrEnum):
    """Why there was no TLS to look at."""

    ADDRESS = "address"
    """The host is at an address that may not be connected to."""
    DNS = "dns"
    CONNECT = "connect"
    TIMEOUT = "timeout"
    """Nothing came, or it came so slowly that the time was over."""
    CLOSED = "closed"
    """The peer ended the connection in the middle of the handshake."""
    NOT_TLS = "not_tls"
    HTTP = "http"
    SSH = "ssh"
    GREETING = "greeting"
    """A server that speaks first, and takes TLS only when it is asked to (STARTTLS)."""
    STARTTLS = "starttls"
    """It does not take TLS when it is asked to."""
    SILENT = "silent"
    """It says nothing in the protocol in which TLS was to be asked for."""
    TLS_AT_ONCE = "tls_at_once"
    """It begins with TLS, and need not be asked for it."""
    INJECTED = "injected"
    """It takes TLS, and says more in the clear behind that."""
    TOO_LARGE = "too_large"
    PROTOCOL = "protocol"
    """TLS, but not as it is written down."""
    ALERT = "alert"
    """The peer stopped before it sent a certificate, and said why."""
    PROXY_CONNECT = "proxy_connect"
    """There is no connection with the proxy."""
    PROXY_AUTH = "proxy_auth"
    """The proxy asks for a name and password, or for others than it got."""
    PROXY_REFUSED = "proxy_refused"
    """The proxy makes no connection with the peer."""
    PROXY_TIMEOUT = "proxy_timeout"
    PROXY_CLOSED = "proxy_closed"
    """The proxy ended the connection and gave no answer."""
    PROXY_PROTOCOL = "proxy_protocol"
    """What the proxy answers is no HTTP."""


class ProbeError(NetworkError):
    """There was no TLS to look at.

    Args:
        fault: why, or its text.
        peer: whom was asked, such as ``example.nl:443``.
        detail: the particulars; may come from the peer.
        proxy: through which proxy the peer was asked; empty for none.
    """

    def __init__(self, fault: ProbeFault | str, peer: str = "", detail: str = "", proxy: str = "") -> None:
        self.fault = choice(ProbeFault, fault, "fault")
        super().__init__(f"probing.error.{self.fault}", peer=peer, detail=detail, proxy=proxy)
        self.peer, self.detail, self.proxy = peer, detail, proxy


class TLSVersion(StrEnum):
    """A version of TLS, the oldest first."""

    TLS_1_0 = "TLSv1"
    TLS_1_1 = "TLSv1.1"
    TLS_1_2 = "TLSv1.2"
    TLS_1_3 = "TLSv1.3"


class Offered(StrEnum):
    """Whether the peer has something."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Alert:
    """What a peer says of why it stops (RFC 8446 6).

    Args:
        number: 0 to 255.
        name: as the standard calls it, such as ``unknown_ca``; ``alert 200`` for one that it does not have.
    """

    number: int
    name: str

    @property
    def explanation(self) -> Explanation | None:
        """What it means, where that is known."""
        return _explained(f"alert {self.name.replace('_', ' ')}")


def _explained(text: str) -> Explanation | None:
    found = explain(text).found
    return found[0].explanation if found else None


@dataclass(frozen=True, slots=True)
class Handshake:
    """One handshake, as far as it came.

    Args:
        completed: both sides agreed, as far as this side can tell.
        version: as agreed; empty when it did not come so far.
        cipher: likewise.
        certificates: DER of the certificates that the peer sent, in its order.
        asks: the peer asked for a client certificate.
        issuers: the names of authorities that it said it takes client certificates of; empty when it named none.
        sent: a client certificate went to the peer, and proof of its key.
        alert: the peer's reason to stop.
        closed: the peer ended the connection without one.
        settled: after the handshake the peer went on as with a client it takes: it sent something else than an alert.
        answer: the beginning of what the peer said when it was asked for a page; empty when it was not asked.
        asked: it was asked for a page.
        detail: OpenSSL's name of what this side could not do with what came.
    """

    completed: bool = False
    version: str = ""
    cipher: str = ""
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    asks: bool = False
    issuers: tuple[DistinguishedName, ...] = ()
    sent: bool = False
    alert: Alert | None = None
    closed: bool = False
    settled: bool = False
    answer: str = ""
    asked: bool = False
    detail: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether there is no connection: the peer stopped, with or without a reason, or this side had to."""
        return self.alert is not None or self.closed or not self.completed

    @property
    def page_status(self) -> int:
        """The status of HTTP that the answer begins with; 0 when there is no answer, or no such status."""
        return status_of(self.answer)

    @property
    def is_unanswered(self) -> bool:
        """Whether it was asked for a page, and what came of an answer says nothing: it may still have refused."""
        return self.asked and not says_something(self.answer)

    @property
    def is_stopped_here(self) -> bool:
        """Whether it was this side that stopped, because nothing could be made of what came: ``detail`` says why."""
        return not self.completed and self.alert is None and not self.closed


def status_of(answer: str) -> int:
    """Return the status of HTTP that an answer begins with, or 0; what is said ahead of an answer is none."""
    answer, at = _begun(answer), 0
    while (interim := _INTERIM.match(answer, at)) is not None:
        at = interim.end()
    found = _STATUS.match(answer, at)
    return int(found[1]) if found and not found[1].startswith("1") else 0


def says_something(answer: str) -> bool:
    """Return whether an answer tells what the peer makes of the client: a status of HTTP, or no HTTP at all."""
    begun = _begun(answer)
    return bool(status_of(begun)) or not (begun.startswith("HTTP/") or "HTTP/".startswith(begun))


def _begun(answer: str) -> str:
    """Return an answer from where it says something: some programs end what they said before with a line too many."""
    return answer.lstrip()


class Taken(StrEnum):
    """What became of a client certificate."""

    NOT_GIVEN = "not_given"
    NOT_ASKED = "not_asked"
    NOT_SENT = "not_sent"
    """It was given and asked for, and has no signature that the peer takes: none went."""
    YES = "yes"
    WITH_CHAIN = "with_chain"
    """Refused as it was given, and taken when the authorities above it went along."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The peer said nothing, or something that may be about this or about something else."""


@dataclass(frozen=True, slots=True)
class AskedSignatures:
    """What ``openssl s_client`` tells of a handshake.

    Args:
        asked: the signature algorithms that the peer asks of clients, such as ``RSA-PSS+SHA512``; empty when it asks
            for no client certificate, or told nothing.
        signs_with: what the peer signed the handshake with, such as ``RSA-PSS``; empty when it did not tell.
    """

    asked: tuple[str, ...] = ()
    signs_with: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that was seen of a peer.

    Args:
        host, port: whom was asked.
        address: where it was found; empty where a proxy looked that up.
        starttls: the protocol in which TLS was asked for; empty for none.
        handshake: the first handshake, with the client certificate where one was given.
        versions: for each version of TLS, whether the peer has it.
        client: the certificates that were shown, the client's own first; none when none were given.
        taken: what became of them.
        because: the handshake in which the peer said so.
        signatures: what it asks of signatures; ``None`` when nobody could tell.
        trusted: SHA-256 thumbprints, hex, of the certificates that are trusted by themselves.
        lacking: the authorities between the peer's certificate and its root that it does not send.
        disordered: what the peer sends, and the order it belongs in; empty where that is the same.
        is_trusted: a path leads from the peer's certificate to a root that is trusted here.
        strangers: certificates that it sends behind its own and that are no authority's: they belong to no chain.
        proxy: the proxy that the connections went through; empty for none.
    """

    host: str
    port: int
    address: str
    starttls: str
    handshake: Handshake
    versions: Mapping[TLSVersion, Offered]
    client: tuple[CertificateFacts, ...] = ()
    taken: Taken = Taken.NOT_GIVEN
    because: Handshake | None = None
    signatures: AskedSignatures | None = None
    trusted: frozenset[str] = frozenset()
    lacking: tuple[str, ...] = ()
    disordered: tuple[str, str] | tuple[()] = ()
    is_trusted: bool = False
    strangers: tuple[str, ...] = ()
    proxy: str = ""

    @property
    def peer(self) -> str:
        """What to call the peer."""
        return peer_name(self.host, self.port)

    @property
    def is_page_denied(self) -> bool:
        """Whether a web server refused the page that it was asked for, and did not say that the certificate is why."""
        return self.taken is Taken.UNKNOWN and (self.because or self.handshake).page_status in DENIED

    @property
    def is_page_failed(self) -> bool:
        """Whether a web server said that it could not give the page that it was asked for."""
        return self.taken is Taken.UNKNOWN and (self.because or self.handshake).page_status in FAILS

    @property
    def is_page_silent(self) -> bool:
        """Whether a web server that was asked for a page gave no answer, and so may still have refused."""
        last = self.because or self.handshake
        return self.taken is Taken.UNKNOWN and last.completed and last.is_unanswered

    @property
    def signs_with_pss(self) -> Offered:
        """Whether the peer signs its handshake with RSASSA-PSS, which in TLS 1.3 an RSA key always does."""
        if self.signatures and self.signatures.signs_with:
            return Offered.YES if self.signatures.signs_with == "RSA-PSS" else Offered.NO
        return Offered.UNKNOWN

    @property
    def takes_pss(self) -> Offered:
        """Whether the peer takes signatures of clients that are RSASSA-PSS."""
        if not self.handshake.asks or self.signatures is None or not self.signatures.asked:
            return Offered.UNKNOWN
        return Offered.YES if any(name.startswith("RSA-PSS") for name in self.signatures.asked) else Offered.NO


def peer_name(host: str, port: int) -> str:
    """Return what to call a peer."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
