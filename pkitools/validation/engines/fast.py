"""The default engine: ``cryptography.x509.verification``, in Rust.

Its own extension policies refuse what PKIoverheid issues (an authentication certificate has no SAN, a signing
certificate no TLS usage), so ours let the extensions pass. What that takes away, keyCertSign and the nesting of
extended key usages, :mod:`pkitools.validation.checks` does. What this engine lacks is named by :func:`lacking`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from pkitools.validation import algorithms
from pkitools.validation.engines.protocol import EngineRequest, EngineResult
from pkitools.validation.policy import POLICY_EXTENSIONS
from pkitools.x509.der import DERError
from pkitools.x509.oids import (
    AUTHORITY_INFORMATION_ACCESS,
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    EXTENDED_KEY_USAGE,
    KEY_USAGE,
    NAME_CONSTRAINTS,
    SUBJECT_ALTERNATIVE_NAME,
    SUBJECT_KEY_IDENTIFIER,
)
from pkitools.x509.path_certificate import PathCertificate

NAME: Final = "cryptography"

_PROCESSED: Final = frozenset(
    {
        AUTHORITY_INFORMATION_ACCESS,
        AUTHORITY_KEY_IDENTIFIER,
        BASIC_CONSTRAINTS,
        EXTENDED_KEY_USAGE,
        KEY_USAGE,
        NAME_CONSTRAINTS,
        SUBJECT_ALTERNATIVE_NAME,
        SUBJECT_KEY_IDENTIFIER,
    }
)


def _may_sign_certificates(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("keyUsage of an authority without keyCertSign")


_CA_POLICY: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign_certificates)
)
_BUILDER: Final = PolicyBuilder().extension_policies(ca_policy=_CA_POLICY, ee_policy=ExtensionPolicy.permit_all())


@lru_cache(maxsize=64)
def _store(anchor: bytes) -> Store:
    return Store([x509.load_der_x509_certificate(anchor)])


class CryptographyEngine:
    """See the module."""

    name = NAME

    def verify(self, request: EngineRequest) -> EngineResult:
        """Judge one path; it is handed no certificate beside those of the path."""
        path = request.path
        between = [c.native for c in path[1:-1]]
        try:
            verifier = (
                _BUILDER.store(_store(path[-1].der))
                .time(request.moment)
                .max_chain_depth(len(path))
                .build_client_verifier()
            )
            verified = verifier.verify(path[0].native, between)
        except VerificationError as error:
            return EngineResult(NAME, accepted=False, reason=str(error)[:500])
        except (ValueError, TypeError, x509.UnsupportedGeneralNameType, x509.DuplicateExtension) as error:
            return EngineResult(NAME, accepted=False, reason=f"{type(error).__name__}: {error}"[:500])
        if verified.chain[1:-1] != between or len(verified.chain) != len(path):
            # it found another way than the path it was given: not the path that all else was checked on
            return EngineResult(NAME, accepted=False, reason="another path than the one asked about")
        return EngineResult(NAME, accepted=True)


def lacking(request: EngineRequest) -> tuple[str, ...]:
    """Return what this path needs that the engine does not do; empty for every ordinary PKIoverheid path."""
    found = [] if request.policies.is_default else ["policies"]
    found.extend(end_entity_needs(request.path))
    found.extend(authorities_need(request.path))
    return tuple(dict.fromkeys(found))


def end_entity_needs(path: tuple[PathCertificate, ...]) -> Iterator[str]:
    """Yield what the first certificate of a path, and its signature, need that the engine does not do."""
    yield from _certificate_needs(path[0])
    if len(path) > 1:
        yield from _step_needs(path, 0)


def authorities_need(path: tuple[PathCertificate, ...]) -> tuple[str, ...]:
    """Return what the certificates above the first one need that the engine does not do."""
    return _authorities_need(path[1:])


@lru_cache(maxsize=256)  # those of an authority are asked again for each of its certificates
def _authorities_need(above: tuple[PathCertificate, ...]) -> tuple[str, ...]:
    return tuple(_each_need(above)) if above else ()


def _each_need(above: tuple[PathCertificate, ...]) -> Iterator[str]:
    path = (above[0], *above)  # the end entity plays no part
    last = len(path) - 1
    for index in range(1, len(path)):
        yield from _certificate_needs(path[index])
        if index < last:
            yield from _step_needs(path, index)


def _step_needs(path: tuple[PathCertificate, ...], index: int) -> Iterator[str]:
    """Yield what it takes to come from a certificate of a path to its issuer."""
    certificate = path[index]
    if not algorithms.fast_scheme(certificate.signature_algorithm):
        yield "signature algorithm"
    if index and certificate.self_issued:
        yield "self-issued certificate"
    if certificate.issuer != path[index + 1].subject:
        yield "name comparison"


def _certificate_needs(certificate: PathCertificate) -> Iterator[str]:
    extensions = certificate.extensions
    if not POLICY_EXTENSIONS.isdisjoint(extensions):
        yield "policies"
    if not _PROCESSED.issuperset(certificate.critical):
        yield "critical extension"
    if NAME_CONSTRAINTS in extensions and not _fast_constraints(extensions[NAME_CONSTRAINTS][1]):
        yield "name constraints"
    if certificate.has_odd_serial_number:
        yield "serial number"
    if certificate.odd_times:
        yield "time encoding"
    if certificate.ca and not algorithms.fast_key(certificate.spki):
        yield "key"


def _fast_constraints(value: bytes) -> bool:
    from pkitools.validation.name_constraints import SLOW_KINDS, read_constraints  # hardly any path has them

    try:
        return read_constraints(value).kinds.isdisjoint(SLOW_KINDS)
    except DERError:
        return False
