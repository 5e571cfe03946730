"""Faults on purpose: documents of :mod:`pkitools_test_pki.faults` in the place of the good ones.

Nothing that is made here is recorded: every authority has a double with the same key that remembers by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pkitools.errors import InputError, InvalidValueError
from pkitools.frozen import dataclass
from pkitools_test_pki import extensions
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.exports import pkcs7_of
from pkitools_test_pki.faults import Fault, faults
from pkitools_test_pki.faults.crls import CRL_FAULTS, CrlCase
from pkitools_test_pki.faults.http import BEHAVIOURS
from pkitools_test_pki.faults.responses import OCSP_FAULTS, REVOKED_RESPONDER, OcspCase, Single
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.ledger import MemoryLedger
from pkitools_test_pki.roots import create_root
from pkitools_test_pki.server import ocsp
from pkitools_test_pki.server.served_pki import ServedPKI
from pkitools_test_pki.shapes import ocsp_responder_template

Document = tuple[str, bytes]
"""Content type and octets."""

CRL: Final = "application/pkix-crl"
OCSP_RESPONSE: Final = "application/ocsp-response"
CERTIFICATE: Final = "application/pkix-cert"
_PKCS7: Final = "application/pkcs7-mime"

_KEEP: Final = timedelta(minutes=1)
_LEEWAY: Final = 2 * _KEEP  # a document is kept, and the clock of who asks is another
_THOUSAND: Final = 1000

# C6: the authority's own certificate is wrong; C8: certificates must name two CRLs; N13.downgrade: needs https;
# N16: a proxy does it
_ELSEWHERE: Final = frozenset(
    {"C6.expired", "C6.no-crl-sign", "C8", "N13.downgrade", "N16.auth", "N16.page", "N16.dead"}
)
_ISSUERS: Final = ("A1.loop", "A1.thousand", "A1.not-issuer")


def served_faults() -> Mapping[str, Fault]:
    """Return the faults that a server can show by itself, by name; the others are up to a client or a certificate."""
    possible = {*BEHAVIOURS, *CRL_FAULTS, *OCSP_FAULTS, *_ISSUERS} - _ELSEWHERE
    return {name: fault for name, fault in faults().items() if name in possible}


@dataclass(frozen=True, slots=True)
class ChosenFaults:
    """At most one fault of each kind. ``http`` is for CRLs and OCSP, ``aia`` for the authorities' certificates."""

    http: str | None = None
    crl: str | None = None
    ocsp: str | None = None
    aia: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names, whatever their kind."""
        return tuple(name for name in (self.http, self.crl, self.ocsp, self.aia) if name)

    @property
    def on_the_wire(self) -> Mapping[str, str]:
        """Kind of document → the fault in how it is sent."""
        found = {"crl": self.http, "ocsp": self.http, "certificate": self.aia}
        return {kind: name for kind, name in found.items() if name in BEHAVIOURS}


def choose(names: Iterable[str]) -> ChosenFaults:
    """Return the faults by name.

    Raises:
        InvalidValueError: a server cannot show it, or two are of one kind.
    """
    chosen: dict[str, str] = {}
    for name in dict.fromkeys(names):
        fault = served_faults().get(name)
        if fault is None:
            raise InvalidValueError("test_pki.error.fault", name=name)
        if fault.kind in chosen:
            raise InvalidValueError("test_pki.error.two_faults", first=chosen[fault.kind], second=name)
        chosen[fault.kind] = name
    return ChosenFaults(**chosen)


@dataclass(frozen=True, slots=True)
class _EveryCertificate(CrlCase):
    """A CRL says of every certificate of the authority what its fault says of one."""

    serial_numbers: tuple[int, ...] = ()
    revoked: tuple[RevokedEntry, ...] = ()

    def crl(self, **deviation: Any) -> bytes:
        one = deviation.get("revocations")
        if one is None:
            deviation["revocations"] = self.revoked
        else:
            deviation["revocations"] = [
                RevokedEntry(number, entry.moment, entry.reason, entry.extensions)
                for entry in one
                for number in self.serial_numbers
            ]
        return CrlCase.crl(self, **deviation)


@dataclass(frozen=True, slots=True)
class _Truthful(OcspCase):
    """A response says what is so, where its fault is not that it does not."""

    revocation: RevokedEntry | None = None

    def single(self, authority: Authority | None = None, **different: Any) -> Single:
        if self.revocation is not None and "status" not in different:
            different |= {
                "status": "revoked",
                "revoked_at": self.revocation.moment,
                "reason": self.revocation.reason,
            }
        return OcspCase.single(self, authority, **different)


class FaultyDocuments:
    """Makes the documents of the chosen faults for one source.

    Args:
        source: whose documents.
        chosen: which faults.
    """

    def __init__(self, source: ServedPKI, chosen: ChosenFaults) -> None:
        self._source, self._chosen = source, chosen
        self._doubles: dict[str, Authority] = {}
        self._asked: Counter[str] = Counter()
        self._kept: dict[tuple[str, str], tuple[datetime, object, bytes]] = {}
        self._strangers: dict[str, Authority] = {}

    # -- what a router asks for ----------------------------------------------------------------------------------------

    def crl(self, authority: Authority, moment: datetime) -> Document | None:
        """Return the CRL to serve instead, ``None`` for the good one."""
        with self._source.lock:
            if self._chosen.crl is not None:
                return CRL, self._crl(self._chosen.crl, authority, moment)
            if self._chosen.ocsp == "O4.revoked":
                responder = RevokedEntry(REVOKED_RESPONDER, moment, "keyCompromise")
                revoked = (*authority.ledger.revocations(authority.name), responder)
                return CRL, self._double(authority).crl(moment=moment, revocations=revoked)
        return None

    def ocsp(self, authority: Authority, request: bytes, moment: datetime) -> Document | None:
        """Return the OCSP response to give instead, ``None`` for the good one."""
        name = self._chosen.ocsp
        if name is None:
            return None
        try:
            asked = ocsp.read_request(request).certificates[0]
        except InputError:
            return None
        with self._source.lock:
            case = _Truthful(
                authority=self._double(authority),
                serial_number=asked.serial_number,
                moment=moment,
                request=request,
                other=self._double(self._other(authority)),
                stranger=self._stranger(authority, moment),
                responder_crl_url=authority.crl_url,
                leeway=_LEEWAY,
                revocation=authority.status(asked.serial_number)[1],
            )
            return OCSP_RESPONSE, OCSP_FAULTS[name](case)

    def certificate(self, authority: Authority, *, looped: bool, moment: datetime) -> Document | None:
        """Return what to serve as an authority's certificate, ``None`` for the good one.

        Args:
            authority: whose.
            looped: asked for by the address that ``A1.loop`` puts into certificates.
            moment: now.
        """
        name = self._chosen.aia
        with self._source.lock:
            if name == "A1.not-issuer":
                return CERTIFICATE, self._other(authority).certificate.der
            if name == "A1.thousand":
                return _PKCS7, self._cached("aia", authority, moment, lambda: self._thousand(authority, moment))
            if name == "A1.loop":
                kind = "loop" if looped else "aia"
                return CERTIFICATE, self._cached(kind, authority, moment, lambda: self._loop(authority, moment, looped))
        return None

    # -- how it is made ----------------------------------------------------------------------------------------------

    def _crl(self, name: str, authority: Authority, moment: datetime) -> bytes:
        revoked = tuple(authority.ledger.revocations(authority.name))
        numbers = tuple(authority.ledger.serial_numbers(authority.name))
        case = _EveryCertificate(
            authority=self._double(authority),
            serial_number=numbers[-1] if numbers else 1,
            moment=moment,
            urls=(authority.crl_url,),
            leeway=_LEEWAY,
            other_issuer=self._other(authority).subject,
            serial_numbers=numbers,
            revoked=revoked,
        )
        if name not in {"C9", "C10.number-back"}:
            return self._cached("crl", authority, moment, lambda: _one(CRL_FAULTS[name](case)))
        made = CRL_FAULTS[name](case)
        self._asked[authority.name] += 1
        return made[min(self._asked[authority.name], len(made)) - 1] if isinstance(made, tuple) else made

    def _cached(self, kind: str, authority: Authority, moment: datetime, make: Callable[[], bytes]) -> bytes:
        """Return what was made within the last minute; a CRL of a million entries takes seconds."""
        version = (self._source.version(authority), len(authority.ledger.serial_numbers(authority.name)))
        kept = self._kept.get((kind, authority.name))
        if kept is None or kept[1] != version or not timedelta() <= moment - kept[0] < _KEEP:
            kept = self._kept[kind, authority.name] = (moment, version, make())
        return kept[2]

    def _double(self, authority: Authority) -> Authority:
        double = self._doubles.get(authority.name)
        if double is None:
            double = self._doubles[authority.name] = Authority(
                authority.spec,
                authority.certificate,
                lambda: authority.key,
                moment=authority.moment,
                base_url=authority.base_url,
                ledger=MemoryLedger(),
                keys=elliptic_keys,
            )
        return double

    def _other(self, authority: Authority) -> Authority:
        """Return another authority: its issuer, or for a root what it issued."""
        pki = self._source.pki
        if authority.spec.issuer is not None:
            return pki[authority.spec.issuer]
        return next((other for other in pki if other.spec.issuer == authority.name), authority)

    def _stranger(self, authority: Authority, moment: datetime) -> Authority:
        """Return an authority that looks like this one's root and is not."""
        spec = authority.spec
        while spec.issuer is not None:
            spec = self._source.pki[spec.issuer].spec
        if spec.name not in self._strangers:
            self._strangers[spec.name] = create_root(
                spec, moment=moment, base_url=authority.base_url, keys=elliptic_keys
            )
        return self._strangers[spec.name]

    def _thousand(self, authority: Authority, moment: datetime) -> bytes:
        stranger, key = self._stranger(authority, moment), elliptic_keys("rsa:3072")
        profile = ocsp_responder_template(stranger.name)
        return pkcs7_of(stranger.issue(profile, key=key, moment=moment).der for _ in range(_THOUSAND))

    def _loop(self, authority: Authority, moment: datetime, looped: bool) -> bytes:
        """Return one of two certificates that each name the other as where their issuer is to be found."""
        here = authority.certificate_url
        there = here.removesuffix(".cer") + "-loop.cer"
        second = self._stranger(authority, moment)
        first = second.create_subordinate(authority.spec, key=authority.key, moment=moment, ca_issuer_urls=[there])
        if not looped:
            return first.certificate.der
        # a root's certificate names no address by itself
        back = extensions.extension("authority_information_access", extensions.authority_information_access([here]))
        return first.create_subordinate(second.spec, key=second.key, moment=moment, extensions=[back]).certificate.der


def _one(made: bytes | tuple[bytes, ...]) -> bytes:
    return made if isinstance(made, bytes) else made[-1]
