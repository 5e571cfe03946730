"""Proof that a test PKI folder is whole: nothing lost, doubled, damaged, or readable by others."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography import x509

from pkitools.errors import PkitoolsError
from pkitools.files import may_be_there, read_bytes
from pkitools.frozen import dataclass
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.folder import CERTIFICATES, CRLS, PRIVATE, TRUST, PKIFolder
from pkitools_test_pki.keys import load_key, spki
from pkitools_test_pki.store import CrlRow, IssuedRow, crl_start_setting


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; its sentence is the message ``code``."""

    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at and found.

    Args:
        certificates: issued, the authorities' own and the revoked ones included.
        lost: serial numbers whose process died before it had a certificate. They are never used again.
        problems: what must not be.
        notes: what a killed process may leave and the next command puts right.
    """

    authorities: int
    certificates: int
    revoked: int
    lost: int
    crls: int
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def audit_folder(folder: PKIFolder) -> Audit:
    """Check everything in a test PKI folder.

    Raises:
        StateError: the database cannot be read at all.
    """
    rows = list(folder.store.certificates())
    crls = folder.store.crls()
    problems = [
        *(_problem("damaged", detail=text) for text in folder.store.damage()),
        *_doubled(rows),
        *(p for authority in folder.pki for p in _authority_problems(folder, authority)),
        *(p for row in rows if row.der is not None for p in _certificate_problems(folder, row)),
        *(p for authority in folder.pki for p in _crl_problems(folder, authority, crls)),
        *(p for authority in folder.pki for p in _crl_file_problems(folder, authority)),
        *_trust_problems(folder),
    ]
    issued = [row for row in rows if row.der is not None]
    return Audit(
        authorities=len(list(folder.pki)),
        certificates=len(issued),
        revoked=sum(row.revocation is not None for row in rows),
        lost=sum(row.state == "lost" for row in rows),
        crls=len(crls),
        problems=tuple(problems),
        notes=tuple(p for authority in folder.pki for p in _crl_notes(folder, authority)),
    )


def _problem(slug: str, **params: object) -> Problem:
    return Problem(f"test_pki.problem.{slug}", params)


def _doubled(rows: list[IssuedRow]) -> Iterator[Problem]:
    used = Counter((row.authority, row.serial_number) for row in rows)
    for (authority, number), count in used.items():
        if count > 1:
            yield _problem("serial_doubled", authority=authority, serial_number=f"{number:x}")


def _authority_problems(folder: PKIFolder, authority: Authority) -> Iterator[Problem]:
    path = folder.path / CERTIFICATES / f"{authority.file_name}.cer"
    if _content(path) != authority.certificate.der:
        yield _problem("certificate_file", path=path)
    key_path = folder.path / PRIVATE / f"{authority.file_name}.key"
    try:
        if stat.S_IMODE(key_path.stat().st_mode) != 0o600:
            yield _problem("key_mode", path=key_path)
        key = load_key(read_bytes(key_path))  # not the authority's own: it refuses a key that others may read
        if spki(key.public_key()) != _public_key(authority.certificate.der):
            yield _problem("key_mismatch", path=key_path)
    except (OSError, PkitoolsError):
        yield _problem("key_missing", path=key_path)


def _public_key(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_der_x509_certificate(der).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _certificate_problems(folder: PKIFolder, row: IssuedRow) -> Iterator[Problem]:
    shown = f"{row.serial_number:x}"
    issuer = x509.load_der_x509_certificate(folder.pki[row.authority].certificate.der)
    try:
        certificate = x509.load_der_x509_certificate(row.der or b"")
        if certificate.serial_number != row.serial_number:
            yield _problem("serial_differs", serial_number=shown)
        certificate.verify_directly_issued_by(issuer)
    except (
        Exception
    ) as error:  # ours are well-formed, so whatever cryptography raises says: this is not what was signed
        yield _problem("certificate_damaged", serial_number=shown, detail=type(error).__name__)


def _crl_problems(folder: PKIFolder, authority: Authority, crls: tuple[CrlRow, ...]) -> Iterator[Problem]:
    own = sorted((row for row in crls if row.authority == authority.name), key=lambda row: row.number)
    first = int(folder.store.settings().get(crl_start_setting(authority.name), 1))  # an imported authority goes on
    if [row.number for row in own] != list(range(first, first + len(own))):
        yield _problem("crl_numbers", authority=authority.name)
    full = [row.this_update for row in own if row.kind == "full"]
    if full != sorted(full):
        yield _problem("crl_times", authority=authority.name)
    key: Any = x509.load_der_x509_certificate(authority.certificate.der).public_key()
    for row in own:
        if row.der is not None and _signed_number(row.der, key) != row.number:
            yield _problem("crl_damaged", authority=authority.name, number=row.number)


def _signed_number(der: bytes, key: Any) -> int | None:
    """Return the number of a CRL, ``None`` when this key did not sign it."""
    try:
        crl = x509.load_der_x509_crl(der)
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        return number if crl.is_signature_valid(key) else None
    except Exception:  # as for certificates
        return None


def _crl_file_problems(folder: PKIFolder, authority: Authority) -> Iterator[Problem]:
    """Yield a file that no killed command leaves: files are renamed into place whole, so an older CRL is the worst."""
    path = folder.path / CRLS / f"{authority.file_name}.crl"
    key: Any = x509.load_der_x509_certificate(authority.certificate.der).public_key()
    if may_be_there(path) and _signed_number(_content(path) or b"", key) is None:
        yield _problem("crl_file", path=path)


def _crl_notes(folder: PKIFolder, authority: Authority) -> Iterator[Problem]:
    newest = folder.store.crl(authority.name)
    path = folder.path / CRLS / f"{authority.file_name}.crl"
    if newest is None or _content(path) != newest:
        yield _problem("crl_file_behind", path=path)  # what is worse, a problem says as well
    if newest is not None:
        listed = {entry.serial_number for entry in x509.load_der_x509_crl(newest)}
        missing = sum(r.serial_number not in listed for r in folder.store.revocations(authority.name))
        if missing:
            yield _problem("crl_behind", authority=authority.name, count=missing)


def _trust_problems(folder: PKIFolder) -> Iterator[Problem]:
    if _content(folder.path / TRUST) != folder.pki.trust_pem():
        yield _problem("trust_file", path=folder.path / TRUST)


def _content(path: Path) -> bytes | None:
    try:
        return read_bytes(path)
    except PkitoolsError:
        return None
