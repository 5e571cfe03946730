"""What ``cert show`` says to people of CRLs and OCSP responses: first whether they still hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from pkitools.errors import PkitoolsError
from pkitools.messages.days import day_and_time
from pkitools.reports.telling.readable import reason_words
from pkitools.text import shown
from pkitools.x509 import SignatureAlgorithm, read_certificate
from pkitools.x509.document import serial_hex
from pkitools.x509.keys import signature_algorithm_of
from pkitools.x509.names import name_from_der, unnoted
from pkitools.x509.rfc4514 import rfc4514
from pkitools_cli.commands.cert.showing.words import Rows, listed, signature, standing_text, word
from pkitools_cli.i18n import language, tr

if TYPE_CHECKING:  # they load cryptography
    from pkitools.crl.reading import CertificateRevocationList
    from pkitools.revocation.ocsp import OcspResponse, SingleResponse


def crl_rows(crl: CertificateRevocationList, moment: datetime) -> Rows:
    """Return the rows of a CRL."""
    number = str(crl.number) if crl.number is not None else ""
    delta = "" if crl.base_number is None else tr("cli.cert_show.delta", base=crl.base_number)
    key = crl.authority_key_identifier
    rows: Rows = [
        ("validity", [standing_text(crl.this_update, crl.next_update, moment)]),
        ("issuer", [name_from_der(crl.issuer).text]),
        ("rfc4514", [rfc4514(crl.issuer) or ""]),
        ("this_update", [day_and_time(crl.this_update, language())]),
        (
            "next_update",
            [day_and_time(crl.next_update, language()) if crl.next_update else tr("cli.cert.show.crl_no_next")],
        ),
        ("crl_number", [", ".join(part for part in (number, delta) if part)]),
        ("revoked", [str(crl.revoked_count)]),
        ("signature", _signature(crl.signature_algorithm)),
        ("aki", [key.hex() if key else ""]),
        ("sha256", [crl.sha256]),
    ]
    return [(label, values) for label, values in rows if values[0]]


def ocsp_rows(response: OcspResponse, moment: datetime) -> Rows:
    """Return the rows of an OCSP response."""
    name, key, algorithm = response.responder_name, response.responder_key_hash, response.algorithm
    rows: Rows = [
        ("ocsp_status", [word("ocsp_status", str(response.status))]),
        *(row for single in response.responses for row in _single_rows(single, moment)),
        ("responder", [name_from_der(name).text, rfc4514(name) or ""] if name else []),
        ("responder_key", [key.hex()] if key else []),
        ("produced_at", [day_and_time(response.produced_at, language())] if response.produced_at else []),
        ("signature", _signature(signature_algorithm_of(algorithm, unnoted)) if algorithm else []),
        ("nonce", [response.nonce.hex()] if response.nonce else []),
        ("sent_along", listed(line for der in response.certificates for line in _sent_along(der))),
    ]
    return [row for row in rows if row[1]]


def _signature(algorithm: SignatureAlgorithm) -> list[str]:
    return [signature(algorithm), tr("cli.cert_show.not_verified")]


def _sent_along(der: bytes) -> Iterator[str]:
    """Yield the lines of a certificate that came with a response."""
    try:
        facts = read_certificate(der)
        yield tr(
            "cli.cert_show.sent_along", name=shown(facts.subject.called), end=day_and_time(facts.not_after, language())
        )
    except PkitoolsError:
        yield tr("cli.cert_show.unreadable")
    yield sha256(der).hexdigest()


def _single_rows(single: SingleResponse, moment: datetime) -> Rows:
    serial = single.certificate.serial_number
    return [
        ("certificate_status", [_status(single)]),
        ("serial_number", [serial_hex(serial), str(serial)]),
        ("validity", [standing_text(single.this_update, single.next_update, moment)]),
        ("this_update", [day_and_time(single.this_update, language())]),
        (
            "next_update",
            [day_and_time(single.next_update, language()) if single.next_update else tr("cli.cert.show.crl_no_next")],
        ),
        ("issuer_hashes", [single.certificate.issuer_name_hash.hex(), single.certificate.issuer_key_hash.hex()]),
    ]


def _status(single: SingleResponse) -> str:
    told = word("certificate_status", str(single.status))
    if single.revoked_at is None:
        return told
    reason = "" if single.reason is None else f" ({reason_words(single.reason, language())})"
    return f"{told} {day_and_time(single.revoked_at, language())}{reason}"
