"""Write a hierarchy of ours the way g4-trial keeps its own, so that g4-trial can go on with it.

Only the G4 authorities: g4-trial has no profiles for others. Beside ``ca/`` come ``config.yaml``, so that what it
issues points to where ours does, and ``revocations/``, from which it makes its next CRL: without them it would list
nothing as revoked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pkitools.errors import StateError
from pkitools.files import Output, write_set
from pkitools.frozen import dataclass
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.folder import END_ENTITIES, PKIFolder, new_folder
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import private_pem
from pkitools_test_pki.names import file_name
from pkitools_test_pki.store import IssuedRow

_FOLDERS: Final = (("ca", 0o755), ("ca/certs", 0o755), ("ca/private", 0o700), ("ca/crl", 0o755), ("revocations", 0o755))


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Args:
        authorities: our names.
        certificates: of end entities.
        left_out: our authorities that are not G4.
    """

    authorities: tuple[str, ...]
    certificates: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    base: str
    certificate: IssuedCertificate
    moment: datetime


def export_hierarchy(folder: PKIFolder, target: str | os.PathLike[str]) -> Exported:
    """Write the G4 part of a test PKI into a new folder, in the layout of g4-trial.

    Private keys are written unencrypted with mode 0600, those of end entities where the test PKI has them.

    Args:
        folder: the test PKI.
        target: a folder that does not exist yet, or is empty.

    Raises:
        StateError: none of its authorities is of G4, or one has no CRL.
        FileError: ``target`` has content, or a file cannot be written.
    """
    chosen = [authority for authority in folder.pki if authority.spec.generation.name == "g4"]
    if not chosen:
        raise StateError("g4_trial.error.nothing_to_export", path=str(folder.path))
    names = {authority.name for authority in chosen}
    leaves = _leaves(folder, {authority.name: authority for authority in chosen})
    new_folder(Path(target), lambda unfinished: _fill(unfinished, folder, chosen, leaves))
    left_out = tuple(authority.name for authority in folder.pki if authority.name not in names)
    return Exported(tuple(a.name for a in chosen), sum(map(len, leaves.values())), left_out)


def _leaves(folder: PKIFolder, chosen: dict[str, Authority]) -> dict[str, list[_Leaf]]:
    kept = {path.read_bytes(): path.stem for path in sorted((folder.path / END_ENTITIES).glob("*.cer"))}
    own = {authority.certificate.der for authority in chosen.values()}
    leaves: dict[str, list[_Leaf]] = {name: [] for name in chosen}
    for row in folder.store.certificates():
        if row.authority in chosen and row.der is not None and row.der not in own:
            leaves[row.authority].append(_leaf(row, row.der, chosen[row.authority], kept))
    return leaves


def _leaf(row: IssuedRow, der: bytes, issuer: Authority, kept: dict[bytes, str]) -> _Leaf:
    facts = read_certificate(der)
    certificate = IssuedCertificate(der, row.serial_number, row.profile or "", issuer.certificate)
    return _Leaf(kept.get(der) or _base(facts), certificate, facts.not_before)


def _base(facts: CertificateFacts) -> str:
    """Return a base name that no other certificate has: its CN alone would not do."""
    return f"{file_name(facts.subject.common_name or '')[:64]}-{facts.serial_number:x}"


# -- the files ---------------------------------------------------------------------------------------------------------


def _fill(root: Path, folder: PKIFolder, chosen: list[Authority], leaves: dict[str, list[_Leaf]]) -> None:
    for name, mode in _FOLDERS:
        (root / name).mkdir(mode)
    ca, outputs = root / "ca", [Output(root / "config.yaml", _config(chosen[0].base_url), secret=False)]
    for authority in chosen:
        outputs += _authority_files(root, folder, authority)
    outputs.append(Output(ca / "events.txt", _events(folder, chosen, leaves), secret=False))
    write_set(outputs)
    for leaf in (leaf for rows in leaves.values() for leaf in rows):
        # one by one would be slow; the folder appears only when all of them are there
        (ca / "certs" / f"{leaf.base}.cer").write_bytes(leaf.certificate.der)
        (ca / "certs" / f"{leaf.base}.pem").write_bytes(leaf.certificate.chain_pem)
    write_set([Output(ca / "private" / name, content, secret=True) for name, content in _leaf_keys(folder)])


def _authority_files(root: Path, folder: PKIFolder, authority: Authority) -> Iterator[Output]:
    ca, name = root / "ca", authority.file_name
    crl = folder.store.crl(authority.name)
    if crl is None:
        raise StateError("test_pki.error.no_base_crl", authority=authority.name)
    yield Output(ca / "private" / f"{name}.key", private_pem(authority.key), secret=True)
    yield Output(ca / "certs" / f"{name}.cer", authority.certificate.der, secret=False)
    if authority.spec.issuer is None:
        yield Output(ca / "certs" / f"{name}.pem", authority.certificate.pem, secret=False)
    yield Output(ca / "crl" / f"{name}.crl", crl, secret=False)
    revocations = folder.store.revocations(authority.name)
    yield Output(root / "revocations" / f"{name}.yaml", _revocations(revocations), secret=False)


def _leaf_keys(folder: PKIFolder) -> Iterator[tuple[str, bytes]]:
    for path in sorted((folder.path / END_ENTITIES).glob("*.key")):
        yield path.name, path.read_bytes()


def _config(base_url: str) -> bytes:
    lines = (
        f"caIssuersBaseUrl: {base_url}/cert",
        f"cRLDistributionPointsBaseUrl: {base_url}/crl",
        "crlRenewalHours: 48",
        "pdsLocation:",
        f"  url: {base_url}/pds",
        "  language: en",
        "logFilename: ca/events.txt",
    )
    return "\n".join((*lines, "")).encode()


def _revocations(revocations: Iterable[RevokedEntry]) -> bytes:
    lines = ["---"]
    for revocation in revocations:
        lines.append(f"- serialNumber: '{_colons(revocation.serial_number)}'")
        lines.append(f"  date: '{revocation.moment.astimezone(UTC).isoformat()}'")
        lines += [f"  reason: {revocation.reason}"] if revocation.reason else []
    lines.insert(1, "revocations:" if len(lines) > 1 else "revocations: []")
    return "\n".join((*lines, "")).encode()


def _colons(number: int) -> str:
    digits = f"{number:x}"
    octets = bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2))
    return octets.hex(":") if len(octets) > 1 else f"00:{octets.hex()}"  # without a colon it would be read as decimal


def _events(folder: PKIFolder, chosen: list[Authority], leaves: dict[str, list[_Leaf]]) -> bytes:
    """Return the log: g4-trial finds in it whose certificate a serial number is."""
    by_name = {authority.name: authority for authority in chosen}
    lines = []
    for authority in chosen:
        issuer = by_name[authority.spec.issuer or authority.name]
        own = authority.certificate
        lines.append((own.facts.not_before, _issued(issuer, own.serial_number, authority.file_name)))
        lines += [(x.moment, _issued(authority, x.certificate.serial_number, x.base)) for x in leaves[authority.name]]
    for row in folder.store.crls():
        if row.authority in by_name and row.kind == "full":
            identifier = by_name[row.authority].certificate.facts.subject_key_identifier
            lines.append((row.this_update, f"crl;{identifier};{row.number}"))
    text = (f"{moment:%Y-%m-%d %H:%M:%S},000;events;INFO;{line}\n" for moment, line in sorted(lines))
    return "".join(text).encode()


def _issued(issuer: Authority, serial_number: int, base: str) -> str:
    own = issuer.certificate
    name = own.load().subject.rfc4514_string()
    return f"issued;{issuer.file_name};{name};{own.facts.subject_key_identifier};{serial_number};{base}"
