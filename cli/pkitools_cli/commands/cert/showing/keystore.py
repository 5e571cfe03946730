"""What ``cert show`` says to people of a keystore as a whole: its keys say for themselves how they are encrypted."""

from __future__ import annotations

from pkitools.reports.showing.keystores import Keystore, KeystoreEntry
from pkitools_cli.commands.cert.showing.words import Rows, listed, protection_text, word
from pkitools_cli.i18n import tr


def keystore_rows(keystore: Keystore) -> Rows:
    """Return the rows of a keystore."""
    certificates = keystore.protection.certificates
    return [
        ("keystore_entries", listed(map(_entry, keystore.entries))),
        (
            "keystore_certificates",
            [protection_text(certificates) if certificates else tr("cli.cert.show.not_encrypted")],
        ),
        ("keystore_integrity", _integrity(keystore)),
    ]


def _entry(entry: KeystoreEntry) -> str:
    name = tr("cli.cert_show.no_alias") if entry.alias is None else entry.alias
    return tr(
        "cli.cert_show.entry",
        alias=name,
        kind=word("entry_kind", entry.kind),
        parts=", ".join(map(str, entry.positions)),
    )


def _integrity(keystore: Keystore) -> list[str]:
    integrity = keystore.protection.integrity
    if integrity is None:
        return [tr("cli.cert.show.no_integrity")]
    state = "good" if keystore.integrity_checked else "other" if keystore.integrity_differs else "open"
    return [protection_text(integrity), tr(f"cli.cert_show.integrity.{state}")]
