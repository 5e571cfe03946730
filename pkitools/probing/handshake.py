"""One handshake with a peer, by OpenSSL (pyOpenSSL): everything is taken, and what came is told.

Nothing is verified here: what a peer sends is judged by the rooms that judge certificates. The bytes go through
memory, so that the deadline and the bounds of :class:`~pkitools.probing.channel.Channel` hold for every step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, get_args

from cryptography.x509 import load_der_x509_certificate

from pkitools.arguments import wrong_type
from pkitools.errors import InputError, InvalidValueError, brought_by
from pkitools.fetching.http1 import Deadline, TransferError
from pkitools.frozen import dataclass, field
from pkitools.package_data import read_toml
from pkitools.probing.channel import Channel
from pkitools.probing.model import Alert, Handshake, ProbeError, ProbeFault, TLSVersion, says_something
from pkitools.x509 import DistinguishedName
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.names import name_from_der

if TYPE_CHECKING:
    from OpenSSL import SSL

EVERYTHING: Final = b"ALL:!aNULL:@SECLEVEL=0"
"""Also what is too weak to use: a peer that has nothing else is told so, and not that there was no answer."""
LEGACY_SERVER: Final = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT, for which pyOpenSSL has no name: a peer without secure renegotiation is seen too."""
_HEARD_SECONDS: Final = 2.0
"""How long a peer has to say something after a handshake of TLS 1.3, in which it judges the client afterwards."""
_LISTEN_SECONDS: Final = 4.0
"""And how long it is listened to."""
PAGE_SECONDS: Final = 10.0
"""How long a web server has to begin its answer: until then it may still refuse the client."""
_MOST_OF_ANSWER: Final = 8 * 1024
_CLOSE_NOTIFY: Final = 0
_WARNING: Final = 1
"""The level of an alert after which both sides go on (RFC 5246 7.2); TLS 1.3 has no levels (RFC 8446 6)."""
_OF_CERTIFICATE: Final = frozenset({41, 42, 43, 44, 45, 46, 48, 49, 111, 113, 114, 116})
"""Alerts that say that a certificate is not taken (RFC 5246 7.2.2, RFC 6066 9), also where the connection stays."""
_LARGE: Final = frozenset({"excessive message size", "record too large", "data length too long"})


@dataclass(frozen=True)
class ClientIdentity:
    """A client certificate with its key.

    Args:
        certificates: the client's own first, then those above it, as they are to be sent.
        key: the private key, as ``cryptography`` has it.

    Raises:
        InvalidValueError: there is none, or something that is no certificate, or no such key.
    """

    certificates: Given | Iterable[Given]
    key: Any = field(repr=False)

    def __post_init__(self) -> None:
        if not self.ders:
            raise InvalidValueError("probing.error.no_certificate")
        if self.key is not None and not isinstance(self.key, _kinds_of_key()):
            raise wrong_type("key", self.key, "RSAPrivateKey, EllipticCurvePrivateKey, …")

    @cached_property
    def ders(self) -> tuple[bytes, ...]:
        """The certificates, DER."""
        return several_ders(self.certificates, CERTIFICATE, "certificates")


def _kinds_of_key() -> tuple[type, ...]:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    return get_args(PrivateKeyTypes)


@dataclass(slots=True)
class _Seen:
    """What OpenSSL tells while it goes."""

    asks: bool = False
    sent: bool = False
    settled: bool = False
    alert: int | None = None
    warned: int | None = None

    def note(self, connection: SSL.Connection, where: int, value: int) -> None:
        ssl = _ssl()
        if where & ssl.SSL_CB_ALERT and where & ssl.SSL_CB_READ:
            self._note_alert(value >> 8, value & 0xFF)
            return
        state = connection.get_state_string().lower()
        self.asks = self.asks or b"read server certificate request" in state
        self.sent = self.sent or b"write certificate verify" in state
        self.settled = self.settled or b"read server session ticket" in state

    def _note_alert(self, level: int, number: int) -> None:
        if level == _WARNING and number != _CLOSE_NOTIFY:
            self.warned = number
        elif number != _CLOSE_NOTIFY or self.alert is None:
            self.alert = number

    def why(self, *, went_on: bool) -> Alert | None:
        """Return why the peer stopped: what it only warned of is no reason, where it went on after that.

        A warning about the certificate is one all the same: who goes on after that takes the connection, and not it.
        """
        told = self.warned if not went_on or self.warned in _OF_CERTIFICATE else None
        number = self.alert or told
        return Alert(number, alert_name(number)) if number else None


def shake_hands(
    channel: Channel,
    host: str,
    *,
    versions: tuple[TLSVersion, TLSVersion] = (TLSVersion.TLS_1_0, TLSVersion.TLS_1_3),
    client: ClientIdentity | None = None,
    listen: bool = False,
    page: str = "",
) -> Handshake:
    """Do one handshake and return what came of it, refused or not.

    Args:
        channel: a connection on which nothing of TLS was said yet.
        host: the name to ask for (SNI), without which it is an address.
        versions: the oldest and the newest to offer.
        client: what to show when the peer asks for it.
        listen: hear what the peer says after the handshake: of TLS 1.3 that is where it refuses a client.
        page: ask for a page of this host afterwards: some servers tell only there that they refuse a client.

    Raises:
        ProbeError: there was no TLS to look at.
        StateError: pyOpenSSL is not installed.
        InputError: a certificate of ``client`` is not one that OpenSSL takes.
    """
    seen = _Seen()
    connection = _connection(host, versions, client, seen)
    pump = _Pump(channel, connection)
    detail = pump.run(connection.do_handshake)
    completed = detail is None
    answer = ""
    if completed and (page or (listen and seen.asks)):
        answer = pump.after(seen, page)
    certificates = _certificates(connection)
    version = connection.get_protocol_version_name() if completed or certificates else ""
    alert = seen.why(went_on=completed and version != TLSVersion.TLS_1_3)
    if not completed and alert is None and seen.alert is None and not certificates:
        error = no_tls(channel.peer, detail or "", closed=pump.closed)
        if error is not None:
            raise error
    return Handshake(
        completed=completed,
        version=version,
        cipher=connection.get_cipher_name() or "",
        certificates=certificates,
        asks=seen.asks,
        issuers=_issuers(connection),
        sent=seen.sent,
        alert=alert,
        closed=(pump.closed or seen.alert == _CLOSE_NOTIFY) and alert is None and not answer,
        settled=seen.settled or bool(answer),
        answer=answer,
        asked=bool(completed and page),
        detail=detail or "",
    )


class _Patience:
    """How long a peer is still listened to: for the beginning of a page longer than for what comes behind that.

    Args:
        begun: nothing is waited for that tells more than the handshake did.
    """

    def __init__(self, *, begun: bool) -> None:
        self._begun = begun
        self._until = Deadline(_LISTEN_SECONDS if begun else PAGE_SECONDS)

    def note(self, heard: bytes) -> None:
        """Take note of all that came: once it begins to say something, the rest has little time."""
        if not self._begun and says_something(heard.decode("utf-8", "replace")):
            self._begun, self._until = True, Deadline(_LISTEN_SECONDS)

    def left(self) -> float:
        """Return how long to wait for the next piece.

        Raises:
            TransferError: no longer.
        """
        return self._until.left(_HEARD_SECONDS) if self._begun else self._until.left()


class _Pump:
    """Carries bytes between OpenSSL and the channel."""

    def __init__(self, channel: Channel, connection: SSL.Connection) -> None:
        self._channel, self._connection = channel, connection
        self.closed = False

    def run(self, step: Any) -> str | None:
        """Go on until a step is done; return ``None`` then, else what OpenSSL calls the reason that it is not."""
        ssl = _ssl()
        while True:
            try:
                step()
            except ssl.WantReadError:
                self._flush()
                if not self._feed(None):
                    return "closed"
            except ssl.Error as error:
                self._flush()
                return _reason(error)
            else:
                self._flush()
                return None

    def after(self, seen: _Seen, page: str) -> str:
        """Hear what a peer says after the handshake, and what it answers when it is asked for a page."""
        ssl = _ssl()
        if page:
            with suppress(ssl.Error):
                self._connection.send(_request(page))
        self._flush()
        heard, patience = b"", _Patience(begun=not page)
        while len(heard) < _MOST_OF_ANSWER:
            try:
                heard += self._connection.recv(_MOST_OF_ANSWER)
                patience.note(heard)
                continue
            except ssl.WantReadError:
                if seen.alert or (seen.settled and not page) or b"</html>" in heard.lower():
                    break
            except ssl.Error:
                break
            if not self._hears(patience):
                break
        return heard.decode("utf-8", "replace")

    def _hears(self, patience: _Patience) -> bool:
        """Return whether something came in time: a handshake that was done is known, however slowly a page drips."""
        try:
            return self._feed(patience.left())
        except (TimeoutError, TransferError):
            return False
        except ProbeError as error:
            if error.fault is not ProbeFault.TIMEOUT:
                raise
            return False

    def _flush(self) -> None:
        ssl = _ssl()
        with suppress(ssl.WantReadError):
            while data := self._connection.bio_read(64 * 1024):
                self._channel.send(data)

    def _feed(self, seconds: float | None) -> bool:
        data = self._channel.receive_tls(seconds)
        if not data:
            self.closed = True
            return False
        self._connection.bio_write(data)
        return True


def no_tls(peer: str, detail: str, *, closed: bool = False) -> ProbeError | None:
    """Return what to raise for what OpenSSL gave up on though the peer did not stop: no handshake to tell of.

    Args:
        peer: whom was asked.
        detail: OpenSSL's words for what it could not do.
        closed: the peer is gone.
    """
    if closed:
        return ProbeError(ProbeFault.CLOSED, peer)
    if detail in _LARGE:
        return ProbeError(ProbeFault.TOO_LARGE, peer)
    if "version" not in detail and "protocol" not in detail:
        return ProbeError(ProbeFault.PROTOCOL, peer, detail)
    return None


def _connection(
    host: str, versions: tuple[TLSVersion, TLSVersion], client: ClientIdentity | None, seen: _Seen
) -> SSL.Connection:
    ssl = _ssl()
    context = ssl.Context(ssl.TLS_METHOD)
    context.set_min_proto_version(_number(versions[0]))
    context.set_max_proto_version(_number(versions[1]))
    context.set_cipher_list(EVERYTHING)
    context.set_options(LEGACY_SERVER)
    context.set_info_callback(seen.note)
    if client is not None:
        _show(context, client)
    connection: SSL.Connection = ssl.Connection(context, None)
    connection.set_connect_state()
    if is_name(host):
        connection.set_tlsext_host_name(host.encode("ascii"))
    return connection


def is_name(host: str) -> bool:
    """Return whether a host is a name, which is asked for (SNI), and no address."""
    return re.search("[a-z]", host, re.IGNORECASE) is not None and ":" not in host


def _show(context: SSL.Context, client: ClientIdentity) -> None:
    try:
        own, *above = map(load_der_x509_certificate, client.ders)
    except ValueError:
        raise InputError("probing.error.unusable") from None
    context.use_certificate(own)
    for certificate in above:
        context.add_extra_chain_cert(certificate)
    context.use_privatekey(client.key)


def _certificates(connection: SSL.Connection) -> tuple[bytes, ...]:
    from OpenSSL import crypto

    chain = connection.get_peer_cert_chain() or ()
    return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in chain)


def _issuers(connection: SSL.Connection) -> tuple[DistinguishedName, ...]:
    found = []
    for name in connection.get_client_ca_list():
        with suppress(InputError):  # a peer may name what nobody can read
            found.append(name_from_der(name.der()))
    return tuple(found)


def _request(host: str) -> bytes:
    lines = ("GET / HTTP/1.1", f"Host: {host}", "User-Agent: pkitools", "Connection: close", "", "")
    return "\r\n".join(lines).encode("ascii")


def _number(version: TLSVersion) -> int:
    ssl = _ssl()
    numbers = (ssl.TLS1_VERSION, ssl.TLS1_1_VERSION, ssl.TLS1_2_VERSION, ssl.TLS1_3_VERSION)
    number: int = dict(zip(TLSVersion, numbers, strict=True))[version]
    return number


def _reason(error: Any) -> str:
    """Return OpenSSL's words for what went wrong, the first of what it tells."""
    told: Sequence[Any] = error.args[0] if error.args and isinstance(error.args[0], list) else ()
    return str(told[0][2]) if told and told[0][2] else str(error) or type(error).__name__


def alert_name(number: int) -> str:
    """Return what the standards call an alert."""
    return alert_names().get(str(number), f"alert {number}")


@cache
def alert_names() -> dict[str, str]:
    """Return the names of alerts by their numbers."""
    return dict(read_toml(str(__package__), "data/alerts.toml")["alerts"])


def _ssl() -> Any:
    with brought_by("probe"):
        from OpenSSL import SSL
    return SSL
