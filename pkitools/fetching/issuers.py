"""Complete a chain by the addresses its certificates name (authorityInfoAccess caIssuers, RFC 5280 4.2.2.1).

The one fetch that happens before a chain is verified, so the one that a stranger's certificate can cause. It is off
unless asked for, follows only hosts it was told (those of the embedded hierarchies), fetches at most three documents
per chain, and takes a certificate only when it is by name and signature the issuer of the one that named it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from pkitools.arguments import function, several, text
from pkitools.arguments import seconds as limited
from pkitools.containers import read_source
from pkitools.errors import InputError, PkitoolsError
from pkitools.fetching.model import Fault, Fetcher, FetchError, FetchRequest
from pkitools.frozen import dataclass
from pkitools.x509.der import DERError
from pkitools.x509.extensions import authority_information_access
from pkitools.x509.given import CERTIFICATE, Given, several_ders
from pkitools.x509.oids import AUTHORITY_INFORMATION_ACCESS
from pkitools.x509.path_certificate import PathCertificate, load_cached
from pkitools.x509.signatures import certificate_signed_by

MAX_FETCHES: Final = 3
"""Per chain. PKIoverheid has three certificates above an end entity, and the anchor is known."""

_MAX_URLS: Final = 2  # per certificate
_MAX_BYTES: Final = 100 * 1024
_MAX_CERTIFICATES: Final = 10  # in one document: a p7c of a hierarchy holds three
_ACCEPT: Final = "application/pkix-cert, application/pkcs7-mime"


class CompletionCode(StrEnum):
    """Why the issuer of a certificate was not found, beside what a fetch fails with."""

    NO_ADDRESS = "no-address"
    HOST = "host"
    """Its address is at a host that is not to be asked."""
    NOT_DER = "not-der"
    NOT_ISSUER = "not-issuer"
    """What came is not by name and signature the issuer."""
    TOO_MANY = "too-many"
    AIA_LOOP = "aia-loop"
    AIA_LIMIT = "aia-limit"


_Code: TypeAlias = CompletionCode | Fault


@dataclass(frozen=True, slots=True)
class IssuerFetch:
    """One fetch: for which certificate (SHA-256), where, and what was wrong (empty when its issuer came)."""

    certificate: str
    url: str
    code: CompletionCode | Fault | Literal[""]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What came of completing a chain.

    Args:
        chain: DER, as given, with the issuers found behind it.
        complete: the last one signed itself, or is issued by one of those known.
        code: why it is not complete; empty when it is.
        fetches: all of them.
    """

    chain: tuple[bytes, ...]
    complete: bool
    code: CompletionCode | Fault | Literal[""]
    fetches: tuple[IssuerFetch, ...]


def complete_from_aia(
    chain: Given | Iterable[Given],
    *,
    fetcher: Fetcher,
    known: Given | Iterable[Given] = (),
    hosts: str | Iterable[str] | None = frozenset(),
    seconds: float = 15.0,
) -> Completion:
    """Fetch the issuers missing above a chain.

    Args:
        chain: certificates, end entity first, each issued by the next; one certificate is enough.
        fetcher: the means to use the network.
        known: trust anchors and intermediates at hand: reaching one of these is being complete.
        hosts: whose addresses may be followed; ``None`` follows any public one, where the chain is not a stranger's.
        seconds: for each document.

    Raises:
        InputError: a certificate of the chain cannot be read.
        InvalidValueError: one of these is not what it should be.
    """
    function(getattr(fetcher, "fetch", None), "fetcher")
    asked = None if hosts is None else frozenset(text(each, "hosts") for each in several(hosts, str, "hosts"))
    most = limited(seconds)
    certificates = [load_cached(der) for der in several_ders(chain, CERTIFICATE, "chain")]
    issuers = [load_cached(der) for der in several_ders(known, CERTIFICATE, "known")]
    fetches: list[IssuerFetch] = []
    code: _Code | None = None
    while certificates and not _is_complete(certificates[-1], issuers):
        if len(fetches) >= MAX_FETCHES:
            code = CompletionCode.AIA_LIMIT
            break
        found, code = _issuer(certificates[-1], fetcher, asked, most, fetches)
        if found is None:
            break
        if any(found.der == certificate.der for certificate in certificates):
            code = CompletionCode.AIA_LOOP
            break
        certificates.append(found)
    complete = bool(certificates) and _is_complete(certificates[-1], issuers)
    ders = tuple(certificate.der for certificate in certificates)
    return Completion(ders, complete, "" if complete or code is None else code, tuple(fetches))


def _is_complete(top: PathCertificate, known: Sequence[PathCertificate]) -> bool:
    # by signature, not by name: a certificate that renews an authority's key is self-issued too, and no root
    return _issued(top, top) or any(_issued(top, issuer) for issuer in known)


def _issued(certificate: PathCertificate, issuer: PathCertificate) -> bool:
    named = certificate.issuer == issuer.subject or certificate.canonical_issuer == issuer.canonical_subject
    return named and certificate_signed_by(certificate, issuer)


def _issuer(
    certificate: PathCertificate,
    fetcher: Fetcher,
    hosts: frozenset[str] | None,
    seconds: float,
    fetches: list[IssuerFetch],
) -> tuple[PathCertificate | None, _Code | None]:
    code: _Code | None = CompletionCode.NO_ADDRESS
    for url in _addresses(certificate):
        if hosts is not None and _host(url) not in hosts:
            code = CompletionCode.HOST
            continue
        if len(fetches) >= MAX_FETCHES:
            return None, CompletionCode.AIA_LIMIT
        found, code, detail = _fetch(certificate, url, fetcher, seconds)
        fetches.append(IssuerFetch(certificate.sha256, url, code or "", detail))
        if found is not None:
            return found, None
    return None, code


def _addresses(certificate: PathCertificate) -> tuple[str, ...]:
    found = certificate.extensions.get(AUTHORITY_INFORMATION_ACCESS)
    try:
        return authority_information_access(found[1])[1][:_MAX_URLS] if found else ()
    except DERError:
        return ()


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _fetch(
    certificate: PathCertificate, url: str, fetcher: Fetcher, seconds: float
) -> tuple[PathCertificate | None, _Code | None, str]:
    try:
        fetched = fetcher.fetch(FetchRequest(url, _MAX_BYTES, accept=_ACCEPT, seconds=seconds))
        ders = read_source(fetched.body, "caIssuers", keystores=False).certificates
    except FetchError as error:
        return None, error.fault, error.detail
    except PkitoolsError as error:
        return None, CompletionCode.NOT_DER, error.code
    if len(ders) > _MAX_CERTIFICATES:
        return None, CompletionCode.TOO_MANY, str(len(ders))
    for der in ders:
        try:
            candidate = load_cached(der)
        except InputError:
            continue
        if _issued(certificate, candidate):
            return candidate, None, ""
    return None, CompletionCode.NOT_ISSUER, f"{len(ders)} certificates"
