"""From a request to who is calling and whether that is allowed; the one decision that every middleware asks for."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from datetime import datetime

from pkitools.checking import Checker, CheckResult
from pkitools.errors import InputError, PkitoolsError
from pkitools.findings import Verdict
from pkitools.frozen import dataclass
from pkitools.http.forms import ProxyKind, header_of, read_header
from pkitools.http.peers import TrustedProxies
from pkitools.oin import OIN
from pkitools.x509 import CertificateFacts, oin_from_certificate, read_certificate

Headers = Iterable[tuple[str, str]]


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
    given = tuple(headers)
    if not proxies.trust(peer):
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
    """Who may come in: a certificate that a checker passes, of an OIN that is allowed.

    Args:
        checker: judges each certificate: of which environment, for which systems, with which revocation, is said there.
            Only PASSED is enough: what could not be checked is not valid.
        proxies: whose word counts.
        kind: the proxy.
        allowed: the OINs; ``None`` is every OIN whose certificate passes.
        header: the name of the header, where it is not the usual one.
        clock: gives the moment of a request, aware.
    """

    def __init__(
        self,
        checker: Checker,
        proxies: TrustedProxies,
        kind: ProxyKind | str,
        *,
        allowed: Container[str] | None,
        header: str | None = None,
        clock: Callable[[], datetime],
    ) -> None:
        header_of(kind)  # refuses a kind that there is not
        self._checker, self._proxies, self._kind, self._header = checker, proxies, kind, header
        self._allowed, self._clock = allowed, clock

    @property
    def header(self) -> str:
        """The header it reads, in lower case."""
        return (self._header or header_of(self._kind)).lower()

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
        result = self._checker.check(certificate.facts.der, moment=self._clock(), intermediates=certificate.chain)
        if result.report.verdict is not Verdict.PASSED:
            raise AccessDenied(f"http.error.{result.report.verdict.value}", 403, oin=certificate.oin)
        return result
