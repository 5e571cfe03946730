"""What is in a folder of g4-trial: read in full and verified, before anything is done with it.

Every certificate must be signed by its issuer, every CRL by its authority, every key belong to its certificate. What is
of another kind than the shapes here (a post-quantum authority, a CA of one's own) is left out and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pkitools.errors import InputError, LimitError, StateError
from pkitools.files import is_folder, read_bytes
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.g4_trial.records import Records, read_crls, read_events, read_key, read_revocations
from pkitools_test_pki.shapes import AuthoritySpec, authorities_of, shape_names

LEAF_PROFILE_UNKNOWN: Final = "g4-trial"
_MAX_CERTIFICATES: Final = 100_000
_MAX_KEY_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class FoundCertificate:
    """One certificate of the folder: the base name of its files, and what it says."""

    base: str
    der: bytes = field(repr=False)
    facts: CertificateFacts = field(repr=False)


@dataclass(frozen=True, slots=True)
class FoundAuthority:
    """One authority of the folder.

    Args:
        spec: the authority of our shapes it is, its subject as found.
        certificate: its own.
        key: its private key.
        issued: the end entities' certificates below it.
        records: its CRL, CRL numbers and revocations.
    """

    spec: AuthoritySpec
    certificate: FoundCertificate
    key: PrivateKey = field(repr=False)
    issued: tuple[FoundCertificate, ...] = field(repr=False)
    records: Records = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A folder of g4-trial, read and verified.

    Args:
        authorities: each after its issuer.
        end_entity_keys: the other private keys: base name → the file as it is, which may be encrypted.
        left_out: the certificate files that are of none of these authorities.
    """

    authorities: tuple[FoundAuthority, ...]
    end_entity_keys: Mapping[str, bytes] = field(repr=False)
    left_out: tuple[str, ...]


def read_hierarchy(folder: Path, *, passphrase: bytes | None = None) -> Hierarchy:
    """Read the folder g4-trial works in, or its ``ca`` folder alone.

    Args:
        folder: where.
        passphrase: of the authorities' keys, when they have one.

    Raises:
        StateError: there is no such hierarchy, or part of it is missing.
        InputError: a file is not what it should be, or does not belong to the rest.
        SecretError: the passphrase is missing or wrong.
        FileError: a file cannot be read.
    """
    ca = folder / "ca" if is_folder(folder / "ca") else folder
    if not all(is_folder(ca / name) for name in ("certs", "private")):
        raise StateError("g4_trial.error.no_hierarchy", path=str(folder))
    certificates = _certificates(ca / "certs")
    named = _authorities(certificates)
    issuers = {row.facts.subject.der: name for name, (_, row) in named.items()}
    issued, left_out = _issued(certificates, named, issuers)
    events = read_events(ca / "events.txt")
    found = []
    for name, (spec, row) in named.items():
        records = read_crls(ca / "crl" / f"{row.base}.crl", row.facts, events)
        records = read_revocations(ca.parent / "revocations" / f"{row.base}.yaml", records)
        key = read_key(ca / "private" / f"{row.base}.key", row.facts, passphrase)
        found.append(FoundAuthority(spec, row, key, tuple(issued[name]), records))
    own = {row.base for _, row in named.values()}
    return Hierarchy(tuple(found), dict(_end_entity_keys(ca / "private", own)), left_out)


def _certificates(folder: Path) -> list[FoundCertificate]:
    """Read ``*.cer``, and ``*.pem`` where there is no ``.cer``: g4-trial looks in the same order."""
    paths = {path.stem: path for path in sorted(folder.glob("*.pem"))}
    paths |= {path.stem: path for path in sorted(folder.glob("*.cer"))}
    if len(paths) > _MAX_CERTIFICATES:
        raise LimitError("g4_trial.error.many_certificates", path=str(folder), limit=_MAX_CERTIFICATES)
    return [_certificate(path) for _, path in sorted(paths.items())]


def _certificate(path: Path) -> FoundCertificate:
    from pkitools.containers import read_source

    source = read_source(read_bytes(path, limit=MAX_CERTIFICATE_BYTES * 10), str(path))
    if not source.certificates:
        raise InputError("g4_trial.error.no_certificate", path=str(path))
    der = source.certificates[0]
    return FoundCertificate(path.stem, der, read_certificate(der))


# -- which authority is which ------------------------------------------------------------------------------------------


def _authorities(certificates: Sequence[FoundCertificate]) -> dict[str, tuple[AuthoritySpec, FoundCertificate]]:
    """Return our name → authority, each after its issuer."""
    found: dict[str, FoundCertificate] = {}
    for row in certificates:
        name = _place(row.facts) if row.facts.is_ca else None
        if name is None:
            continue
        if name in found and found[name].der != row.der:
            raise StateError("g4_trial.error.two_authorities", place=name, first=found[name].base, second=row.base)
        found.setdefault(name, row)
    ordered = [spec for spec in authorities_of(shape_names()) if spec.name in found]
    if not ordered:
        raise StateError("g4_trial.error.no_authorities")
    for spec in ordered:
        if spec.issuer is not None and spec.issuer not in found:
            raise StateError("g4_trial.error.issuer_missing", name=found[spec.name].base)
        _require_signed(found[spec.name], found[spec.issuer or spec.name])
    return {spec.name: (spec.as_issued(found[spec.name].der), found[spec.name]) for spec in ordered}


def _place(facts: CertificateFacts) -> str | None:
    """Return which authority of our shapes this is: by its CN, else by the part of it that names the place.

    ``TRIAL <owner> - G4 PKIo Priv G-TLS SYS - <year>``: owner and year may be one's own.
    """
    common_name = facts.subject.first("2.5.4.3") or ""
    specs = [spec for spec in authorities_of(shape_names()) if spec.generation.name == "g4"]
    exact = next((spec.name for spec in specs if spec.common_name == common_name), None)
    if exact is not None:
        return exact
    return next((spec.name for spec in specs if _middle(spec.common_name) == _middle(common_name)), None)


def _middle(common_name: str) -> str:
    parts = common_name.split(" - ")
    return parts[1] if len(parts) == 3 and parts[0].startswith("TRIAL ") else common_name


def _require_signed(row: FoundCertificate, issuer: FoundCertificate) -> None:
    from cryptography import x509

    from pkitools.containers.guard import attempt

    def verified() -> bool:
        certificate = x509.load_der_x509_certificate(row.der)
        certificate.verify_directly_issued_by(x509.load_der_x509_certificate(issuer.der))
        return True

    try:
        sound = attempt(verified)
    except Exception:  # InvalidSignature is no ValueError; whatever is raised says: not signed by this issuer
        sound = None
    if not sound:
        raise InputError("g4_trial.error.not_signed", name=row.base, issuer=issuer.base)


# -- end entities ------------------------------------------------------------------------------------------------------


def _issued(
    certificates: Sequence[FoundCertificate],
    named: Mapping[str, tuple[AuthoritySpec, FoundCertificate]],
    issuers: Mapping[bytes, str],
) -> tuple[dict[str, list[FoundCertificate]], tuple[str, ...]]:
    issued: dict[str, list[FoundCertificate]] = {name: [] for name in named}
    left_out = []
    own = {row.der for _, row in named.values()}
    for row in certificates:
        if row.der in own:
            continue
        issuer = issuers.get(row.facts.issuer.der)
        if issuer is None or row.facts.is_ca:
            left_out.append(row.base)
            continue
        _require_signed(row, named[issuer][1])
        issued[issuer].append(row)
    return issued, tuple(left_out)


def profile_of(facts: CertificateFacts, authority: str) -> str:
    """Return by which of our profiles an end entity was issued: the one with the same policies and key usage."""
    from pkitools_test_pki.shapes import templates

    policies = {policy.oid for policy in facts.certificate_policies or ()}
    for name, row in templates().items():
        if row.issuer == authority and set(row.policies) == policies and frozenset(row.key_usage) == facts.key_usage:
            return name
    return LEAF_PROFILE_UNKNOWN


def _end_entity_keys(folder: Path, own: set[str]) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("*.key")):
        if path.stem not in own:
            yield path.stem, read_bytes(path, limit=_MAX_KEY_BYTES)
