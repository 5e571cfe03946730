"""Replacing a certificate, as data.

``docs/schemas/renewal-diff-v1.json``, ``g4-plan-v1.json``, ``g4-probe-v1.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pkitools.documents import Source
from pkitools.findings import Certainty
from pkitools.frozen import dataclass
from pkitools.messages import LANGUAGES
from pkitools.reports.certificate import summary_document
from pkitools.reports.document import report_document, source_document
from pkitools.reports.error import ToldError, error_entry
from pkitools.systems import Statement

if TYPE_CHECKING:  # each document loads no more of the room than it is about
    from pkitools.probing import Alert, Taken
    from pkitools.renewal import (
        BindingDate,
        Breakage,
        MigrationPlan,
        Notice,
        Readiness,
        RenewalDifference,
        Replacement,
        SystemStance,
    )


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of which plans were made.

    Args:
        name: of the file.
        plans: one of each certificate in it.
    """

    name: str
    plans: tuple[MigrationPlan, ...]


def renewal_diff_document(difference: RenewalDifference, old: str, new: str) -> dict[str, object]:
    """Return the whole document: what changed, what is wrong, and who must be told, with the texts in every language.

    Args:
        difference: what was found.
        old, new: the files.
    """
    return {
        "schema": "pkitools.renewal-diff/v1",
        "old": {"file": old, "certificate": summary_document(difference.old)},
        "new": {"file": new, "certificate": summary_document(difference.new)},
        "environment": str(difference.environment),
        "changes": [
            {
                "part": str(change.part),
                "attribute": change.attribute or None,
                "differs": change.differs,
                "old": list(change.old),
                "new": list(change.new),
            }
            for change in difference.changes
        ],
        "report": report_document(difference.report),
        "notices": [_notice(notice) for notice in difference.notices],
    }


def _notice(notice: Notice) -> dict[str, object]:
    counterpart = notice.counterpart
    document: dict[str, object] = {
        "counterpart": counterpart.name,
        "phase": str(counterpart.phase),
        "system": notice.system.name if notice.system else None,
        **_founded(counterpart.source, counterpart.certainty),
        "read": counterpart.read.isoformat(),
        "statements": [_statement(statement) for statement in notice.statements],
    }
    for language in LANGUAGES:
        letter = notice.letter(language)
        document[language] = {"title": notice.title(language), "why": notice.why(language), "letter": letter}
    return document


def _statement(statement: Statement) -> dict[str, object]:
    return {
        "topic": str(statement.topic),
        "source": source_document(statement.source),
        "certainty": str(statement.certainty) if statement.certainty else None,
        **statement.text,
    }


def _founded(source: Source, certainty: Certainty) -> dict[str, object]:
    return {"source": source_document(source), "certainty": str(certainty)}


def g4_plan_document(files: Iterable[PlannedFile], errors: Iterable[ToldError] = ()) -> dict[str, object]:
    """Return the whole document: what becomes of each certificate, and the order of the work.

    Args:
        files: each file that could be read.
        errors: files, and parts of them, that could not.
    """
    from pkitools.renewal import migration_facts

    facts = migration_facts()
    return {
        "schema": "pkitools.g4-plan/v1",
        "retrieved": facts.retrieved.isoformat(),
        "certificates": [_plan(plan, file.name) for file in files for plan in file.plans],
        "steps": [{**_founded(step.source, step.certainty), **step.text} for step in facts.steps],
        "errors": [error_entry(error) for error in errors],
    }


def g4_probe_document(found: Readiness) -> dict[str, object]:
    """Return the whole document: what a peer showed of certificates of G4."""
    shaken = found.seen.handshake
    return {
        "schema": "pkitools.g4-probe/v1",
        "peer": found.seen.peer,
        "address": found.seen.address or None,
        "proxy": found.seen.proxy or None,
        "starttls": found.seen.starttls or None,
        "tls": {"version": shaken.version or None, "cipher": shaken.cipher or None},
        "ready": str(found.answer),
        "asks_client_certificate": shaken.asks,
        "asks_rsa_pss": str(found.signatures),
        "asks_g4_authorities": str(found.authorities),
        "g4_authorities": list(found.named),
        "takes_pss_certificate": str(found.certificate),
        "pss": _trial(found.seen.taken, found.alert),
        "control": _trial(found.control.taken, found.control_alert) if found.control else None,
    }


def _trial(taken: Taken, alert: Alert | None) -> dict[str, object]:
    return {"taken": str(taken), "alert": alert.name if alert else None}


def _plan(plan: MigrationPlan, file: str) -> dict[str, object]:
    return {
        "file": file,
        "certificate": summary_document(plan.facts),
        "state": str(plan.state),
        "generation": plan.generation,
        "hierarchy": plan.hierarchy.name if plan.hierarchy else None,
        "profile": plan.profile.name if plan.profile else None,
        "test": plan.is_test,
        "expired": plan.is_expired,
        "replacement": _replacement(plan.replacement) if plan.replacement else None,
        "dates": [_date(day) for day in plan.dates],
        "systems": [_taking(each) for each in plan.takes],
        "breaks": [_breakage(breakage) for breakage in plan.breakages],
    }


def _replacement(replacement: Replacement) -> dict[str, object]:
    founded = _founded(replacement.source, replacement.certainty)
    return {"profile": replacement.profile, "type": replacement.type, **founded, **replacement.text}


def _taking(each: SystemStance) -> dict[str, object]:
    said = each.statement
    answer = str(said.answer) if said is not None else "unknown"
    return {"system": each.system.name, "takes": answer, "statement": _statement(said) if said is not None else None}


def _date(day: BindingDate) -> dict[str, object]:
    founded: Mapping[str, object] = {"source": None, "certainty": None}
    if day.basis is not None:
        founded = _founded(day.basis.source, day.basis.certainty)
    by = None if day.by is None else day.by.name
    return {"day": day.day.isoformat(), "kind": str(day.kind), "days": day.days, "by": by, **founded}


def _breakage(breakage: Breakage) -> dict[str, object]:
    texts: dict[str, object] = {language: dict(breakage.texts[language]) for language in LANGUAGES}
    return {"name": breakage.name, **_founded(breakage.source, breakage.certainty), **texts}
