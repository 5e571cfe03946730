"""What a connection form asks of a certificate, and nothing else: never a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Final

from pkitools.frozen import dataclass
from pkitools.messages import Language, message
from pkitools.messages.days import day_and_time
from pkitools.text import instant, visible
from pkitools.x509 import CertificateFacts, oin_from_certificate
from pkitools.x509.document import serial_hex


@dataclass(frozen=True, slots=True)
class FormSheet:
    """The particulars of one certificate as forms ask for them. Made by :func:`form_sheet`.

    Args:
        organization, common_name: of the subject; ``None`` where it has none.
        oin: the OIN; ``None`` where there is none, or what stands there is not one.
        subject, issuer: as one line, most significant first.
        serial_hex: in pairs of hexadecimal digits, capitals, colons between.
        serial_decimal: the same number in decimal.
        not_before, not_after: first and last moment of validity.
        sha1, sha256: thumbprints, capitals, colons between the pairs.
    """

    organization: str | None
    common_name: str | None
    oin: str | None
    subject: str
    issuer: str
    serial_hex: str
    serial_decimal: str
    not_before: datetime
    not_after: datetime
    sha1: str
    sha256: str

    def rows(self, language: Language) -> Iterator[tuple[str, str]]:
        """Yield a label and its value for each particular; of what there is none of, a word for that."""
        none = message("exports.sheet.none", {}, language).title
        for field in _ROWS:
            value = getattr(self, field)
            told = day_and_time(value, language) if isinstance(value, datetime) else value
            yield message(f"exports.sheet.{field}", {}, language).title, none if told is None else visible(told)


_ROWS: Final = (
    "organization",
    "oin",
    "common_name",
    "subject",
    "issuer",
    "serial_hex",
    "serial_decimal",
    "not_before",
    "not_after",
    "sha1",
    "sha256",
)


def form_sheet(certificate: CertificateFacts) -> FormSheet:
    """Return what a connection form asks of a certificate."""
    found = oin_from_certificate(certificate)
    return FormSheet(
        organization=certificate.subject.organization,
        common_name=certificate.subject.common_name,
        oin=str(found.oin) if found.oin is not None else None,
        subject=certificate.subject.text,
        issuer=certificate.issuer.text,
        serial_hex=_colons(serial_hex(certificate.serial_number)),
        serial_decimal=str(certificate.serial_number),
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        sha1=_colons(certificate.sha1),
        sha256=_colons(certificate.sha256),
    )


def _colons(digits: str) -> str:
    sign, digits = digits[: digits.startswith("-")], digits.removeprefix("-").upper()
    return sign + ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def sheet_document(sheet: FormSheet) -> dict[str, object]:
    """Return a sheet as data: ``docs/schemas/form-sheet-v1.json``."""
    return {
        "schema": "pkitools.form-sheet/v1",
        "organization": sheet.organization,
        "oin": sheet.oin,
        "common_name": sheet.common_name,
        "subject": sheet.subject,
        "issuer": sheet.issuer,
        "serial_number": {"hex": sheet.serial_hex, "decimal": sheet.serial_decimal},
        "not_before": instant(sheet.not_before),
        "not_after": instant(sheet.not_after),
        "sha1": sheet.sha1,
        "sha256": sheet.sha256,
    }


def sheet_text(sheet: FormSheet, language: Language) -> str:
    """Return a sheet as text, a particular on each line, to copy from."""
    rows = list(sheet.rows(language))
    width = max(len(label) for label, _ in rows)
    about = message("exports.sheet.about", {}, language)
    lines = [about.title, "", *(f"{label:<{width}}  {value}" for label, value in rows), "", about.message]
    return "".join(f"{line}\n" for line in lines)


def sheet_html(sheet: FormSheet, language: Language) -> str:
    """Return a sheet as one page of HTML that needs nothing else, to print."""
    about = message("exports.sheet.about", {}, language)
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>\n'
        for label, value in sheet.rows(language)
    )
    title, told = escape(about.title), escape(about.message)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<table>\n<tbody>\n{rows}</tbody>\n"
        f"</table>\n<p>{told}</p>\n</main>\n</body>\n</html>\n"
    )


_STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;margin:2rem;color:#111;background:#fff}"
    "table{border-collapse:collapse}th,td{border:1px solid #555;padding:.4rem .6rem;text-align:left;vertical-align:top}"
    "td{font-family:monospace;overflow-wrap:anywhere}@media print{body{margin:0}}"
)


def sheet_file(certificate: CertificateFacts, encoding: str, language: Language) -> bytes:
    """Return the sheet of a certificate as a file: ``text``, ``json`` or ``html``, in UTF-8."""
    sheet = form_sheet(certificate)
    if encoding == "json":
        return (json.dumps(sheet_document(sheet), ensure_ascii=False, indent=2) + "\n").encode()
    made = sheet_html(sheet, language) if encoding == "html" else sheet_text(sheet, language)
    return made.encode()
