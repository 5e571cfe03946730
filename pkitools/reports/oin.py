"""OINs judged and derived, as data: ``docs/schemas/oin-check-v2.json``, ``oin-derive-v2.json``, and the v1 of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from pkitools.errors import PkitoolsError
from pkitools.findings import Report
from pkitools.frozen import dataclass, field
from pkitools.messages import LANGUAGES, Language, error_sentence, message
from pkitools.oin import OIN, oin_document, prefix_table
from pkitools.reports.document import report_document, source_document


def oin_check_document(judged: Iterable[tuple[OIN | None, Report]]) -> dict[str, object]:
    """Return the whole document: each report, beside the OIN if it is one and how a TSP checks that."""
    given = list(judged)
    results = cast("list[dict[str, object]]", oin_check_document_v1(given)["results"])
    checks = (_tsp_check(oin) if oin is not None else None for oin, _ in given)
    return {
        "schema": "pkitools.oin-check/v2",
        "results": [{**result, "tsp_check": check} for result, check in zip(results, checks, strict=True)],
    }


def oin_check_document_v1(judged: Iterable[tuple[OIN | None, Report]]) -> dict[str, object]:
    """Return the whole document as it was before it said how a TSP checks an OIN."""
    return {
        "schema": "pkitools.oin-check/v1",
        "results": [
            {"oin": oin_document(oin) if oin is not None else None, "report": report_document(report)}
            for oin, report in judged
        ],
    }


def _tsp_check(oin: OIN) -> dict[str, object] | None:
    """Return where a TSP looks an OIN up, whose name belongs in O and what is refused; ``None`` where nobody says."""
    way = oin.row.tsp_check
    if not way:
        return None
    texts = {tongue: message(f"csr.organization.{way}", {"oin": str(oin)}, tongue) for tongue in LANGUAGES}
    document: dict[str, object] = {"way": way, "source": source_document(prefix_table().tsp_checks[way])}
    for tongue, text in texts.items():
        document[tongue] = {"title": text.title, "message": text.message, "remedy": text.remedy}
    return document


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
