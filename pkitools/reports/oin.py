"""OINs judged and derived, as data: ``docs/schemas/oin-check-v1.json`` and ``oin-derive-v1.json``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pkitools.errors import PkitoolsError
from pkitools.findings import Report
from pkitools.messages import LANGUAGES, Language, error_sentence
from pkitools.oin import OIN, oin_document
from pkitools.reports.document import report_document


def oin_check_document(judged: Iterable[tuple[OIN | None, Report]]) -> dict[str, object]:
    """Return the whole document: each report, beside the OIN if it is one."""
    return {
        "schema": "pkitools.oin-check/v1",
        "results": [
            {"oin": oin_document(oin) if oin is not None else None, "report": report_document(report)}
            for oin, report in judged
        ],
    }


def oin_derive_document(
    kind: str, number: str, derived: OIN | PkitoolsError, notes: Mapping[Language, str | None]
) -> dict[str, object]:
    """Return the whole document.

    Args:
        kind: what the number is: ``kvk``, ``rsin``, ``btw``, ``brin``, ``ura`` or ``test``.
        number: as given.
        derived: the OIN, or why there is none.
        notes: what to know about an OIN that was derived from such a number, by language.
    """
    oin, reason = (derived, None) if isinstance(derived, OIN) else (None, derived)
    told: dict[str, object] = {
        language: notes[language] if reason is None else error_sentence(reason, language) for language in LANGUAGES
    }
    return {
        "schema": "pkitools.oin-derive/v1",
        "from": {"kind": kind, "number": number},
        "oin": oin_document(oin) if oin is not None else None,
        "reason": reason.code if reason is not None else None,
        "explanation": told,
    }
