"""Only the certificates that a server sends: by the standard library where that gives them, else by pyOpenSSL."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, Final

from pkitools.fetching import Proxies
from pkitools.fetching.addresses import Networks
from pkitools.frozen import dataclass
from pkitools.probing.channel import Channel
from pkitools.probing.handshake import EVERYTHING, LEGACY_SERVER, alert_names, is_name, no_tls, shake_hands
from pkitools.probing.line import SECONDS, Line
from pkitools.probing.model import ProbeError, ProbeFault
from pkitools.text import pattern

_ALERT: Final = pattern(r"(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?(\w+)\Z")
"""What OpenSSL calls an alert that it got."""
MOST_ADDRESSES: Final = 8
"""Addresses of one host that are asked."""
_GONE: Final = "UNEXPECTED_EOF_WHILE_READING"


def fetch_chain(
    host: str,
    port: int = 443,
    *,
    starttls: str = "",
    allow_net: Networks = (),
    proxies: Proxies | None = None,
    seconds: float = SECONDS,
) -> tuple[bytes, ...]:
    """Return the certificates that a server sends, DER, in its order, judged by nobody.

    From Python 3.13 on the standard library gives what the server sent, and nothing else is needed. Before that
    it gives the server's own certificate alone, or a chain that it completed itself, which is another thing; so
    there pyOpenSSL does it (the extra ``pkitools-nl[probe]``). Both are given the same bytes and the same bounds.
    The public name of the standard library is used, and not the private one that older versions have.

    Args:
        host: its name or address.
        port: likewise.
        starttls: the protocol in which TLS has to be asked for: see :func:`pkitools.probing.starttls_protocols`.
        allow_net: networks that may be connected to though they are not public.
        proxies: where they name one for this host (that of HTTPS), the connection goes through it.
        seconds: for all of it.

    Raises:
        InvalidValueError: no such host name, port, protocol or proxy.
        ProbeError: there was no TLS to look at, or the server stopped before it sent any.
        StateError: Python is older than 3.13 and the extra ``pkitools-nl[probe]`` is not installed.
    """
    return _fetched(Line(host, port, starttls, allow_net=allow_net, seconds=seconds, proxies=proxies))


def fetch_chains(
    host: str, port: int = 443, *, allow_net: Networks = (), seconds: float = SECONDS
) -> Mapping[str, tuple[bytes, ...] | ProbeError | None]:
    """Return what a server sends at each of its addresses: a name may stand for several, of which one was forgotten.

    Args:
        host, port, allow_net: as of :func:`fetch_chain`.
        seconds: for each address.

    Returns:
        By address: the certificates, or why there were none; ``None`` of what is beyond :data:`MOST_ADDRESSES`, which
        is not asked.

    Raises:
        InvalidValueError, StateError: as of :func:`fetch_chain`.
        ProbeError: the host has no address, or one that may not be connected to.
    """
    found: dict[str, tuple[bytes, ...] | ProbeError | None] = {}
    for number, address in enumerate(Line(host, port, "", allow_net=allow_net, seconds=seconds).addresses()):
        line = Line(host, port, "", allow_net=allow_net, seconds=seconds)
        line.only(address)
        try:
            found[address] = _fetched(line) if number < MOST_ADDRESSES else None
        except ProbeError as error:
            found[address] = error
    return found


def _fetched(line: Line) -> tuple[bytes, ...]:
    fetch = _by_standard_library if gives_chain() else _by_pyopenssl
    with line.opened(line.left()) as channel:
        fetched = fetch(channel, line.host)
    if fetched.certificates:
        return fetched.certificates
    fault = ProbeFault.ALERT if fetched.alert else ProbeFault.CLOSED
    raise ProbeError(fault, line.peer, fetched.alert)


def gives_chain() -> bool:
    """Return whether the standard library gives what a server sent."""
    return hasattr(ssl.SSLObject, "get_unverified_chain")


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a server sent, and the name of its reason to stop where it gave one."""

    certificates: tuple[bytes, ...]
    alert: str


def _by_pyopenssl(channel: Channel, host: str) -> _Sent:
    seen = shake_hands(channel, host)
    return _Sent(seen.certificates, seen.alert.name if seen.alert else "")


def _by_standard_library(channel: Channel, host: str) -> _Sent:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure: Any = _context().wrap_bio(incoming, outgoing, server_hostname=host if is_name(host) else None)
    reason: str | None = ""
    while reason == "":
        reason = _step(secure)
        channel.send(outgoing.read())
        if reason == "":
            data = channel.receive_tls()
            incoming.write(data) if data else incoming.write_eof()
    sent = tuple(secure.get_unverified_chain() or ())
    alert = _alert(reason or "")
    if not sent and not alert and (error := _error(channel.peer, reason or "")) is not None:
        raise error
    return _Sent(sent, alert)


def _step(secure: Any) -> str | None:
    """Go on with a handshake; return ``None`` when it is done, nothing when more has to come, else why it stopped."""
    try:
        secure.do_handshake()
    except ssl.SSLWantReadError:
        return ""
    except ssl.SSLEOFError:
        return _GONE
    except ssl.SSLError as error:
        return error.reason or str(error)
    return None


def _error(peer: str, reason: str) -> ProbeError | None:
    return no_tls(peer, reason.lower().replace("_", " "), closed=reason == _GONE)


def _alert(reason: str) -> str:
    found = _ALERT.match(reason)  # OpenSSL's own reason may bear the name of an alert too
    return found[1].lower() if found and found[1].lower() in alert_names().values() else ""


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is judged here
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers(EVERYTHING.decode("ascii"))
    context.options |= LEGACY_SERVER
    return context
