"""From a request to who is calling and whether that is allowed; the one decision that every middleware asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from datetime import datetime
from typing import Final

from pkitools.arguments import function, of_type, optional, several
from pkitools.arguments import text as given_text
from pkitools.checking import Checker, CheckResult
from pkitools.errors import InputError, InvalidValueError, PkitoolsError
from pkitools.findings import Verdict
from pkitools.frozen import dataclass
from pkitools.http.forms import ProxyKind, chain_header_of, header_of, pairs, read_header
from pkitools.http.peers import TrustedProxies
from pkitools.oin import OIN, InvalidOINError
from pkitools.text import pattern
from pkitools.x509 import CertificateFacts, oin_from_certificate, read_certificate
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, CLIENT_AUTH

Headers = Iterable[tuple[str, str]]

_SHA256: Final = pattern("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The certificate a client used.

    Args:
        facts: the certificate.
        oin: its OIN; ``None`` when it holds none, or more than one.
        chain: what the proxy gave beside it, DER.
    """

    facts: CertificateFacts
    oin: OIN | None
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, and allowed to.

    Args:
        oin: the organisation.
        certificate: with which it came.
        result: what was found of that.
    """

    oin: OIN
    certificate: ClientCertificate
    result: CheckResult


class AccessDenied(PkitoolsError):  # noqa: N818  what it is called in every framework
    """Who calls is not allowed to, or not known.

    Args:
        code: of its message.
        status: for the answer: 400 for a header that no proxy writes, 403 for the rest.
    """

    def __init__(self, code: str, status: int, /, **params: object) -> None:
        super().__init__(code, **params)
        self.status = status


def client_certificate(
    proxies: TrustedProxies,
    kind: ProxyKind | str,
    peer: str | None,
    headers: Headers,
    *,
    header: str | None = None,
) -> ClientCertificate | None:
    """Return the certificate of the client as a trusted proxy hands it on; ``None`` where it hands on none.

    Args:
        proxies: whose word counts.
        kind: the proxy, for the form of its header.
        peer: who is at the other end of this connection; ``None`` for a unix socket.
        headers: every name and value, as they came.
        header: the name of the header, where it is not the usual one.

    Raises:
        AccessDenied: the header comes from somebody who is no trusted proxy.
        InputError: the header is not one that the proxy writes, or holds no certificate.
    """
    given, header = pairs(headers), optional(header, str, "header")
    if not of_type(proxies, TrustedProxies, "proxies").trust(peer):
        if _names_it(given, header or header_of(kind)):
            raise AccessDenied("http.error.stranger", 403, peer=peer or "unix", header=header or header_of(kind))
        return None
    ders = read_header(kind, given, header)
    if not ders:
        return None
    facts = read_certificate(ders[0])
    return ClientCertificate(facts, oin_from_certificate(facts).oin, tuple(ders[1:]))


def _names_it(headers: Headers, wanted: str) -> bool:
    return any(name.strip().lower().replace("_", "-") == wanted.lower().replace("_", "-") for name, _ in headers)


class Access:
    """Who may come in: a certificate to connect with, that a checker passes, of an OIN that is allowed.

    What it says of itself is not enough: an authority that the checker trusts has to have issued it. A system may take
    certificates that organisations make themselves, in preproduction; anybody can make one with the OIN of another, so
    that each of those is named here.

    Args:
        checker: judges each certificate: of which environment, for which systems, with which revocation, is said there.
            Only PASSED is enough: what could not be checked is not valid.
        proxies: whose word counts.
        kind: the proxy.
        allowed: the OINs, twenty positions each; ``None`` is every OIN whose certificate passes.
        accept: the SHA-256 thumbprints of certificates that come in without an authority above them, as hexadecimal
            text, with or without colons. They too have to pass.
        header: the name of the header, where it is not the usual one.
        clock: gives the moment of a request, aware.
    """

    def __init__(
        self,
        checker: Checker,
        proxies: TrustedProxies,
        kind: ProxyKind | str,
        *,
        allowed: Container[str] | Iterable[str] | None,
        accept: str | Iterable[str] = (),
        header: str | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        header_of(kind)  # refuses a kind that there is not
        self._checker, self._proxies = of_type(checker, Checker, "checker"), of_type(proxies, TrustedProxies, "proxies")
        self._kind, self._header = kind, optional(header, str, "header")
        self._allowed, self._clock = _allowed(allowed), function(clock, "clock")
        self._accepted = frozenset(map(_thumbprint, several(accept, str, "accept")))

    @property
    def header(self) -> str:
        """The header it reads, in lower case."""
        return (self._header or header_of(self._kind)).lower()

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header it reads, in lower case: that of the authorities above the client too, where there is one."""
        return tuple(filter(None, (self.header, chain_header_of(self._kind))))

    def admit(self, peer: str | None, headers: Headers) -> Caller:
        """Return who is calling.

        Args:
            peer: who is at the other end of this connection; ``None`` for a unix socket.
            headers: every name and value, as they came.

        Raises:
            AccessDenied: not known, or not allowed.
        """
        certificate = self._certificate(peer, headers)
        if certificate is None:
            raise AccessDenied("http.error.no_certificate", 403)
        if certificate.oin is None:
            raise AccessDenied("http.error.no_oin", 403)
        if self._allowed is not None and str(certificate.oin) not in self._allowed:
            raise AccessDenied("http.error.not_allowed", 403, oin=certificate.oin)
        return Caller(certificate.oin, certificate, self._judged(certificate))

    def _certificate(self, peer: str | None, headers: Headers) -> ClientCertificate | None:
        try:
            return client_certificate(self._proxies, self._kind, peer, headers, header=self._header)
        except InputError as error:
            raise AccessDenied(error.code, 400, **error.params) from error

    def _judged(self, certificate: ClientCertificate) -> CheckResult:
        if not _is_to_connect(certificate.facts):
            raise AccessDenied("http.error.not_to_connect", 403, oin=certificate.oin)
        result = self._checker.check(certificate.facts.der, moment=self._clock(), intermediates=certificate.chain)
        if result.report.verdict is not Verdict.PASSED:
            raise AccessDenied(f"http.error.{result.report.verdict.value}", 403, oin=certificate.oin)
        if not (_is_vouched_for(result) or certificate.facts.sha256 in self._accepted):
            raise AccessDenied("http.error.self_made", 403, oin=certificate.oin)
        return result


def _is_vouched_for(result: CheckResult) -> bool:
    """Whether an authority that is trusted stands above it: a certificate that is its own proof is nobody's word."""
    return result.path is not None and len(result.path) > 1


def _is_to_connect(facts: CertificateFacts) -> bool:
    """Whether a client may show who it is with it in TLS (RFC 5280 4.2.1.3, 4.2.1.12): what is not limited, may."""
    usage, purposes = facts.key_usage, facts.extended_key_usage
    signs = usage is None or "digitalSignature" in usage
    return signs and (purposes is None or not {CLIENT_AUTH, ANY_EXTENDED_KEY_USAGE}.isdisjoint(purposes))


def _allowed(given: Container[str] | Iterable[str] | None) -> Container[str] | None:
    """Return what is asked for every request: of a text ``in`` finds parts as well, and an iterator is read once."""
    if given is None:
        return None
    if isinstance(given, Container) and not isinstance(given, (str, bytes, Iterator)):
        for each in given if isinstance(given, Collection) else ():  # what else says who is in it is asked, and no more
            _refuse_no_oin(each)
        return given
    allowed = frozenset(several(given, str, "allowed"))
    for each in allowed:
        _refuse_no_oin(each)
    return allowed


def _refuse_no_oin(given: object) -> None:
    """Raise for what is the OIN of no certificate: it would let nobody in, and nobody would know why."""
    try:
        if isinstance(given, str) and str(OIN.parse(given, legacy=True)) == str(given):
            return
    except InvalidOINError:
        pass
    raise InvalidValueError("http.error.allowed", value=str(given))


def _thumbprint(text: str) -> str:
    bare = given_text(text, "accept").replace(":", "").lower()
    if not _SHA256.fullmatch(bare):
        raise InvalidValueError("http.error.thumbprint", value=text)
    return bare
