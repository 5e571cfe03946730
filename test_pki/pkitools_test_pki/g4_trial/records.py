"""What g4-trial remembers of an authority: its key, its CRL, the numbers of its CRLs, what it revoked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pkitools.errors import InputError
from pkitools.files import may_be_there, read_bytes
from pkitools.frozen import dataclass, field, replace
from pkitools.text import pattern
from pkitools.x509 import CertificateFacts
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.crl import REASONS, RevokedEntry
from pkitools_test_pki.g4_trial.yaml_reader import Yaml, read_yaml
from pkitools_test_pki.keys import spki

MAX_REVOCATIONS_BYTES: Final = 4 * 1024 * 1024
_MAX_CRL_NUMBER: Final = 2**62  # SQLite counts to 2^63
_REASONS: Final = {name.lower(): name for name in REASONS}
_DEFAULT_REASON: Final = "cessationOfOperation"  # what g4-trial writes when it knows no better
_CRL_EVENT: Final = pattern(r"[^;\n]*;events;[A-Z]+;crl;([0-9a-f]{40});([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Records:
    """What is on record about an authority.

    Args:
        crl: the newest CRL in DER; ``None`` when there is none.
        this_update, next_update: of that CRL.
        number: the highest CRL number known, 0 when no CRL was ever signed.
        revocations: everything revoked, in the order of the CRL; what is only wanted for the next one comes last.
        wanted: how many of them no CRL has said yet.
    """

    crl: bytes | None = field(default=None, repr=False)
    this_update: datetime | None = None
    next_update: datetime | None = None
    number: int = 0
    revocations: tuple[RevokedEntry, ...] = ()
    wanted: int = 0


def read_key(path: Path, certificate: CertificateFacts, passphrase: bytes | None) -> PrivateKey:
    """Read the private key of an authority.

    Raises:
        FileError: it is not there.
        InputError: no key, or that of another certificate.
        SecretError: it is encrypted, and the passphrase is missing or wrong.
    """
    from pkitools.requests.keys import load_key

    key = load_key(read_bytes(path), str(path), passphrase=passphrase).native
    if spki(key.public_key()) != certificate.public_key.spki:
        raise InputError("g4_trial.error.key_mismatch", path=str(path))
    return key


def read_crls(path: Path, certificate: CertificateFacts, events: Mapping[str, int]) -> Records:
    """Read the CRL of an authority, if it has one; its number is at least the highest of the events.

    Raises:
        InputError: no CRL, or not signed by this authority.
    """
    identifier = certificate.subject_key_identifier
    logged = events.get(identifier or "", 0)
    if not may_be_there(path):
        return Records(number=logged)
    from pkitools.crl.reading import read_crl
    from pkitools.x509.der import DERError

    crl = read_crl(read_bytes(path))
    try:
        count = crl.index.count  # reads every entry
    except DERError as error:
        raise InputError("g4_trial.error.crl", path=str(path)) from error
    number = crl.number or 0
    if not crl.signed_by(certificate.public_key.spki) or not 0 <= number <= _MAX_CRL_NUMBER:
        raise InputError("g4_trial.error.crl", path=str(path))
    entries = _entries(crl.der) if count else ()
    return Records(crl.der, crl.this_update, crl.next_update, max(number, logged), entries)


def _entries(der: bytes) -> tuple[RevokedEntry, ...]:
    from cryptography import x509

    found = []
    for entry in x509.load_der_x509_crl(der):
        try:
            flag = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
            reason = _REASONS[flag.value.lower()]
        except x509.ExtensionNotFound:
            reason = None
        found.append(RevokedEntry(entry.serial_number, entry.revocation_date_utc, reason))
    return tuple(found)


def read_events(path: Path) -> dict[str, int]:
    """Return key identifier (hex) → the highest CRL number in the log. A damaged line says nothing."""
    numbers: dict[str, int] = {}
    if not may_be_there(path):
        return numbers
    for line in read_bytes(path).decode("utf-8", "replace").splitlines():
        found = _CRL_EVENT.fullmatch(line.rstrip())
        if found:
            numbers[found[1]] = max(numbers.get(found[1], 0), int(found[2]))
    return numbers


def read_revocations(path: Path, records: Records) -> Records:
    """Return the records with what the file asks for the next CRL and the last one does not have.

    Raises:
        InputError: not such a file.
        StateError: the extra ``pkitools-nl[g4-trial]`` is not installed.
    """
    if not may_be_there(path):
        return records
    document = read_yaml(read_bytes(path, limit=MAX_REVOCATIONS_BYTES), str(path), limit=MAX_REVOCATIONS_BYTES)
    rows = document.get("revocations") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise InputError("g4_trial.error.revocations", path=str(path), detail="-")
    known = {revocation.serial_number for revocation in records.revocations}
    wanted = {r.serial_number: r for r in (_wanted(row, path, records) for row in rows)}
    new = tuple(revocation for number, revocation in wanted.items() if number not in known)
    return replace(records, revocations=(*records.revocations, *new), wanted=len(new))


def _wanted(row: Yaml, path: Path, records: Records) -> RevokedEntry:
    texts = row if isinstance(row, dict) else {}
    number, date = texts.get("serialNumber", ""), texts.get("date", "")
    reason = texts.get("reason", _DEFAULT_REASON)
    try:
        if not isinstance(number, str) or not isinstance(date, str) or not isinstance(reason, str):
            raise ValueError("-")
        # without a date g4-trial writes the moment of signing; the last one known is the nearest to that
        moment = _moment(date) if date else records.this_update or datetime.fromtimestamp(0, UTC)
        return RevokedEntry(serial_number(number), moment, _REASONS.get(reason.lower(), _DEFAULT_REASON))
    except (ValueError, OverflowError) as error:
        raise InputError("g4_trial.error.revocations", path=str(path), detail=str(number)) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def serial_number(text: str) -> int:
    """Return a serial number written as openssl shows it (``78:74:17:…``), in hexadecimal (``0x…``) or in decimals.

    Raises:
        ValueError: written in no such way, or longer than any.
    """
    digits = text.strip().split(" ")[0]
    if re.fullmatch(r"[0-9A-Fa-f]{1,2}(:[0-9A-Fa-f]{2}){1,63}", digits):
        return int(digits.replace(":", ""), 16)
    if re.fullmatch(r"0[xX][0-9A-Fa-f]{1,128}", digits):
        return int(digits, 16)
    if re.fullmatch(r"[0-9]{1,60}", digits):
        return int(digits)
    raise ValueError(text)
