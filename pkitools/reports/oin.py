"""OINs judged and derived, as data: ``docs/schemas/oin-check-v1.json``, ``oin-derive-v2.json``, and its v1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pkitools.errors import PkitoolsError
from pkitools.findings import Report
from pkitools.frozen import dataclass, field
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


@dataclass(frozen=True, slots=True)
class DerivedNumber:
    """One number, and its OIN or why there is none.

    Args:
        kind: what the number is: ``kvk``, ``rsin``, ``btw``, ``brin``, ``ura`` or ``test``.
        number: as given.
        found: the OIN, or why there is none.
        notes: what to know about an OIN that was derived from such a number, by language.
    """

    kind: str
    number: str
    found: OIN | PkitoolsError
    notes: Mapping[Language, str | None] = field(default_factory=dict)


def oin_derive_document(derived: Iterable[DerivedNumber]) -> dict[str, object]:
    """Return the whole document: ``docs/schemas/oin-derive-v2.json``. Of one number, what v1 had stands in it too."""
    results = [_derived(one) for one in derived]
    return {
        "schema": "pkitools.oin-derive/v2",
        **(results[0] if len(results) == 1 else {}),
        "results": results,
    }


def oin_derive_document_v1(one: DerivedNumber) -> dict[str, object]:
    """Return the whole document as it was when there was one number at a time."""
    return {"schema": "pkitools.oin-derive/v1", **_derived(one)}


def _derived(one: DerivedNumber) -> dict[str, object]:
    oin, reason = (one.found, None) if isinstance(one.found, OIN) else (None, one.found)
    told: dict[str, object] = {
        language: one.notes.get(language) if reason is None else error_sentence(reason, language)
        for language in LANGUAGES
    }
    return {
        "from": {"kind": one.kind, "number": one.number},
        "oin": oin_document(oin) if oin is not None else None,
        "reason": reason.code if reason is not None else None,
        "explanation": told,
    }
