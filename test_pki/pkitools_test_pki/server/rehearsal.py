"""The mutual TLS rehearsal: an HTTPS endpoint that takes the place of a connected system.

It is strict, as that system is: TLS 1.2 or 1.3, a client certificate is required, must lead to a root of the test PKI
and may not be revoked; who does not comply gets a TLS alert and nothing else. An accepted client reads in the answer
what was seen, and what the rules of the system say of its certificate. Why a client was refused is told to the owner
of the server: by a function that is called, and on the page ``/rehearsal`` of the plain HTTP side.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

from pkitools.checking import CheckResult, Revocation, check
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError, PkitoolsError
from pkitools.findings import Verdict
from pkitools.frozen import dataclass
from pkitools.limits import MAX_LINE
from pkitools.profiles import get_profile
from pkitools.reports import report_document, report_text
from pkitools.reports.certificate import summary_document
from pkitools.revocation import RevocationPolicy
from pkitools.revocation import rules as revocation_rules
from pkitools.systems import get_system
from pkitools.text import instant, visible
from pkitools.trust import TrustStore, is_self_signed
from pkitools.x509 import read_certificate
from pkitools_test_pki.extensions import EXTENDED_KEY_USAGES
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI
from pkitools_test_pki.server.listener import Environ, Listener
from pkitools_test_pki.server.pages import word
from pkitools_test_pki.server.ready_crls import FULL
from pkitools_test_pki.server.routing import TEXT, HttpResponse, Router
from pkitools_test_pki.server.tls import Handshake, TlsAdapter
from pkitools_test_pki.shapes import template

SCHEMA: Final = "pkitools.test-pki-rehearsal/v1"
_MAX_REFUSALS: Final = 50
_WHO: Final = 3  # lines: that it was accepted, the subject, the OIN


@dataclass(frozen=True, slots=True)
class Refusal:
    """A client that was refused.

    Args:
        moment: when.
        handshake: what was seen of it.
        result: what the rules say of the certificate it sent; ``None`` when none could be read.
        text: all of it for people.
    """

    moment: datetime
    handshake: Handshake
    result: CheckResult | None
    text: str

    def document(self) -> dict[str, object]:
        """Return it as data."""
        return {
            "moment": instant(self.moment),
            "client": self.handshake.client,
            "reason": self.handshake.reason,
            "detail": self.handshake.detail,
            "text": self.text,
            "certificates": [_summary(der) for der in self.handshake.chain],
            "forgotten": [] if self.result is None else _forgotten(self.handshake.chain, self.result),
            **_seen(self.handshake, self.result),
        }


@dataclass(frozen=True, slots=True)
class Admission:
    """A client that was let in, by the handshake; what the rules say of its certificate it reads in the answer.

    Args:
        moment: when.
        handshake: what was seen of it.
        text: of whom it is, and what the rules found where that is wrong, for people.
    """

    moment: datetime
    handshake: Handshake
    text: str


class Rehearsal:
    """The endpoint, listening until it is stopped.

    Args:
        router: whose PKI the clients must be of.
        system: the connected system whose rules are applied, such as ``digid-machtigen``; none when left out.
        host, port: where to listen; port 0 takes a free one.
        refused: is told of every client that is refused.
        admitted: is told of every client that is let in.
        accept: DER of self-signed client certificates that are taken, as a system that knows them beforehand does.

    Raises:
        InvalidValueError: one of ``accept`` is not self-signed, no such system, or no profile for TLS servers.
        NetworkError: the address cannot be listened on.
    """

    def __init__(
        self,
        router: Router,
        *,
        host: str,
        port: int = 0,
        system: str | None = None,
        refused: Callable[[Refusal], None] | None = None,
        admitted: Callable[[Admission], None] | None = None,
        accept: Sequence[bytes] = (),
    ) -> None:
        require_self_signed(accept)
        self._router, self._language, self._told, self._admitted = router, router.language, refused, admitted
        self._systems = () if system is None else (get_system(system),)
        pki = router.served.pki
        self._trust = TrustStore.from_der(
            [authority.certificate.der for authority in pki], word("title", self._language)
        )
        self._refusals: deque[Refusal] = deque(maxlen=_MAX_REFUSALS)
        with router.served.lock:
            self._by_name = not _takes_addresses(_for_servers(pki))
            self.certificate = server_certificate(pki, host, router.clock(), by_name=True)
        roots, self._accepted = [root.certificate for root in pki.roots], frozenset(accept)
        self._adapter = TlsAdapter(
            self.certificate,
            roots,
            crls=self._crls,
            refused=self._refuse,
            accepted=accept,
            objection=self._objection,
        )
        try:
            self._listener = Listener(self._answer, host=host, port=port, tls=self._adapter)
        except BaseException:
            self._adapter.close()
            raise

    @property
    def url(self) -> str:
        """Where it listens: by its name where its certificate has no address."""
        host = self._listener.host
        if self._by_name and _is_loopback(host):
            host = "localhost"
        return f"https://{f'[{host}]' if ':' in host else host}:{self._listener.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._listener.port

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The clients refused last, the last one first."""
        return tuple(reversed(tuple(self._refusals)))

    def documents(self) -> Sequence[Mapping[str, object]]:
        """Return them as data."""
        return [refusal.document() for refusal in self.refusals]

    def stop(self) -> None:
        """Stop. When this returns, no thread, port or file is left."""
        self._listener.stop()
        self._adapter.close()

    def _crls(self) -> list[bytes]:
        self._router.served.require_in_place()
        moment = self._router.clock()
        return [self._router.ready_crls.crl(authority, FULL, moment) for authority in self._router.served.pki]

    def _judged(self, chain: Sequence[bytes]) -> CheckResult | None:
        """Return what the rules say of a chain; ``None`` when its first certificate cannot be read."""
        if not chain:
            return None
        try:
            return check(
                chain[0],
                moment=self._router.clock(),
                environment=Environment.PREPRODUCTION,
                systems=self._systems,
                intermediates=chain[1:],
                trust=self._trust,
                revocation=Revocation(policy=RevocationPolicy.REQUIRE, crls=tuple(self._crls())),
            )
        except InputError:
            return None

    def _objection(self, chain: Sequence[bytes]) -> str:
        """Return what OpenSSL did not look at: the revocation, and whether who issued it is of this test PKI."""
        result = self._judged(chain)
        if result is None:
            return ""
        if revocation_rules.REVOKED.code in result.report.codes():
            return "certificate revoked"
        known = result.path is not None or result.facts.der in self._accepted
        return "" if known else "unable to get local issuer certificate"

    # -- accepted ----------------------------------------------------------------------------------------------------

    def _answer(self, environ: Environ) -> HttpResponse:
        handshake: Handshake = environ["pkitools.handshake"]
        try:
            result = self._judged(handshake.chain)
        except PkitoolsError as error:
            return HttpResponse(500, TEXT, f"{error}\n".encode())
        failed = result is not None and result.report.verdict is Verdict.FAILED
        self._tell_admission(handshake, result, failed=failed)
        if "json" in environ.get("HTTP_ACCEPT", ""):
            document = {"schema": SCHEMA, **_seen(handshake, result)}
            return HttpResponse(403 if failed else 200, "application/json", json.dumps(document).encode())
        lines = [self._say("accepted", protocol=handshake.protocol, cipher=handshake.cipher), *self._told_of(result)]
        return HttpResponse(403 if failed else 200, TEXT, "\n".join([*lines, ""]).encode())

    def _tell_admission(self, handshake: Handshake, result: CheckResult | None, *, failed: bool) -> None:
        if self._admitted is None:
            return
        lines = [self._say("accepted", protocol=handshake.protocol, cipher=handshake.cipher), *self._told_of(result)]
        text = "\n".join(lines if failed else lines[:_WHO])
        self._admitted(Admission(self._router.clock(), handshake, text))

    # -- refused -----------------------------------------------------------------------------------------------------

    def _refuse(self, handshake: Handshake) -> None:
        try:
            result = self._judged(handshake.chain)
        except PkitoolsError:
            result = None  # the refusal itself stands; only its explanation is missing
        reason = f"reason.{handshake.reason}"
        known = self._say(reason) if reason in _REASONS else handshake.reason
        said = f"{known}: {self._in_words(handshake.detail)}" if handshake.detail else known
        text = "\n".join([self._say("refused", reason=said), *self._why_refused(handshake, result)])
        refusal = Refusal(self._router.clock(), handshake, result, text)
        self._refusals.append(refusal)
        if self._told is not None:
            self._told(refusal)

    def _in_words(self, detail: str) -> str:
        """Return what OpenSSL says of a certificate, in the language of the pages where that has words for it."""
        return word(f"detail.{detail}", self._language, detail)

    def _why_refused(self, handshake: Handshake, result: CheckResult | None) -> Iterator[str]:
        """Yield what there is to say of a client that was refused: what it sent and forgot, then of its certificate.

        A verdict that the certificate is right would be read as the end of it: then only that is said.
        """
        if result is not None:
            yield from self._sent(handshake.chain, result)
        yield from self._told_of(result, refused=True)

    def _sent(self, chain: Sequence[bytes], result: CheckResult) -> Iterator[str]:
        forgotten = _forgotten(chain, result)
        between = len(chain) - 1
        key = "sent_one" if not between else "sent_both" if between == 1 else "sent"
        yield self._say(key, count=str(len(chain)), between=str(between), names=", ".join(map(_called, chain)))
        if forgotten:
            yield self._say("forgotten", names=", ".join(forgotten))

    def _say(self, key: str, **operands: str) -> str:
        return word(key, self._language).format(**{name: visible(value, MAX_LINE) for name, value in operands.items()})

    def _told_of(self, result: CheckResult | None, *, refused: bool = False) -> Iterator[str]:
        if result is None:
            yield self._say("no_certificate")
            return
        yield self._say("subject", subject=result.facts.subject.text)
        yield self._say("oin", oin=str(result.oin)) if result.oin else self._say("no_oin")
        yield self._say("path", path=" < ".join(_path(result))) if result.path else self._say("no_path")
        if refused and result.report.verdict is Verdict.PASSED:
            yield self._say("certificate_is_right")
            return
        yield report_text(result.report, self._language)


def require_self_signed(certificates: Sequence[bytes]) -> None:
    """Refuse a certificate that was issued by another: it has a hierarchy to be judged in.

    Raises:
        InputError: one is no certificate.
        InvalidValueError: one is not self-signed.
    """
    for der in certificates:
        facts = read_certificate(der)
        if not is_self_signed(facts):
            raise InvalidValueError("test_pki.error.not_self_signed", subject=facts.subject.text)


_REASONS: Final = frozenset(
    {
        "reason.CERTIFICATE_VERIFY_FAILED",
        "reason.PEER_DID_NOT_RETURN_A_CERTIFICATE",
        "reason.HTTP_REQUEST",
        "reason.UNSUPPORTED_PROTOCOL",
        "reason.NO_SHARED_CIPHER",
        "reason.TLSV1_ALERT_UNKNOWN_CA",
    }
)


def _path(result: CheckResult) -> list[str]:
    if result.path is None:
        return []
    return [_called(der) for der in result.path.certificates]


def _forgotten(chain: Sequence[bytes], result: CheckResult) -> list[str]:
    """Return the names of the authorities between the certificate and its root that were not sent."""
    above = () if result.path is None else result.path.certificates[1:-1]  # a root nobody has to send
    return [_called(der) for der in above if der not in chain]


def _summary(der: bytes) -> dict[str, object] | None:
    try:
        return summary_document(read_certificate(der))
    except InputError:
        return None


def _called(der: bytes) -> str:
    try:
        facts = read_certificate(der)
    except InputError:
        return "?"
    return facts.subject.called


def _seen(handshake: Handshake, result: CheckResult | None) -> dict[str, Any]:
    facts = None if result is None else result.facts
    return {
        "tls": {"protocol": handshake.protocol or None, "cipher": handshake.cipher or None},
        "certificate": facts
        and {
            "subject": facts.subject.text,
            "issuer": facts.issuer.text,
            "serial_number": f"{facts.serial_number:x}",
            "not_after": instant(facts.not_after),
            "sha256": facts.sha256,
        },
        "presented": len(handshake.chain),
        "oin": str(result.oin) if result and result.oin else None,
        "path": _path(result) if result else [],
        "report": report_document(result.report) if result else None,
    }


def server_certificate(pki: PKI, host: str, moment: datetime, *, by_name: bool = False) -> IssuedCertificate:
    """Issue a certificate for the endpoint itself: for ``localhost``, the loopback address and where it listens.

    Args:
        pki: whose it is to be.
        host: where it listens.
        moment: when.
        by_name: leave loopback addresses out where the profile has none: who judges it finds nothing then.

    Raises:
        InvalidValueError: the PKI has no profile for TLS servers.
    """
    profile = _for_servers(pki)
    names, addresses = ["localhost"], ["127.0.0.1"]
    try:
        addresses.append(str(ip_address(host)))
    except ValueError:
        names.append(host)
    if by_name and not _takes_addresses(profile):
        addresses = [each for each in addresses if not _is_loopback(each)]
    return pki.issue(profile, moment=moment, dns=list(dict.fromkeys(names)), ip=list(dict.fromkeys(addresses)))


def _for_servers(pki: PKI) -> str:
    server_auth = {"serverAuth", EXTENDED_KEY_USAGES["serverAuth"]}  # a profile may say either
    usable = (name for name in pki.profiles if server_auth.intersection(template(name).extended_key_usage))
    profile = next(usable, None)
    if profile is None:
        raise InvalidValueError("test_pki.error.no_server_profile", known=", ".join(pki.profiles))
    return profile


def _takes_addresses(profile: str) -> bool:
    """Return whether certificates of a profile may have IP addresses; of one of which nobody says it, they may."""
    try:
        return "ip" in get_profile(profile).san.kinds
    except InvalidValueError:
        return True


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
