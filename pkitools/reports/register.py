"""The register of rules and that of documents, as data: ``docs/schemas/rules-*-v*.json``."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pkitools.findings import Rule
from pkitools.messages import LANGUAGES, Language, Message, message, template
from pkitools.reports.document import rule_document

if TYPE_CHECKING:  # the rulebook loads every room
    from pkitools.rulebook import Resting


def rules_list_document(rules: Iterable[Rule]) -> dict[str, object]:
    """Return the whole document: rules with their sentences."""
    return {"schema": "pkitools.rules-list/v1", "rules": [explained_document(rule) for rule in rules]}


def rules_explain_document(rule: Rule) -> dict[str, object]:
    """Return the whole document: one rule with its sentences, how its text was read, and where it weighs otherwise."""
    from pkitools.rulebook import weights

    found = rule.source.document
    reading: dict[str, object] = {
        "key": found.key,
        "status": str(found.status),
        "read": found.read.isoformat(),
        "how": str(found.how),
        "section_read": rule.source.was_read,
        "newest": found.newest or None,
    }
    also = [{"severity": each.severity.name.lower(), **each.where} for each in weights(rule.code)]
    return {
        "schema": "pkitools.rules-explain/v2",
        "rule": explained_document(rule),
        "document": reading,
        "weights": also,
    }


def rules_explain_document_v1(rule: Rule) -> dict[str, object]:
    """Return the whole document as it was before it said how the text was read."""
    return {"schema": "pkitools.rules-explain/v1", "rule": explained_document(rule)}


def rules_documents_document(found: Iterable[Resting]) -> dict[str, object]:
    """Return the whole document: documents of the register with what rests on each."""
    return {"schema": "pkitools.rules-documents/v2", "documents": [resting_document(resting) for resting in found]}


def rules_documents_document_v1(found: Iterable[Resting]) -> dict[str, object]:
    """Return the whole document as it was before error texts of other programs rested on documents."""
    return {"schema": "pkitools.rules-documents/v1", "documents": [_resting_v1(resting) for resting in found]}


def resting_document(resting: Resting) -> dict[str, object]:
    """Return a document of the register, and by name everything that rests on it."""
    return {
        **_resting_v1(resting),
        "how": str(resting.document.how),
        "sections": list(resting.document.sections),
        "newest": resting.document.newest or None,
        "error_texts": [text.text for text in resting.error_texts],
        "exports": [export.name for export in resting.exports],
        "protocols": [each.name for each in resting.protocols],
        "renewals": [each.name for each in resting.renewals],
        "asks": [
            {"consumer": each.consumer.name, "topic": str(each.ask.topic), "section": each.basis.source.section}
            for each in resting.asks
        ],
        "rows": [{"name": each.name, "section": each.basis.source.section} for each in resting.rows],
    }


def _resting_v1(resting: Resting) -> dict[str, object]:
    document = resting.document
    return {
        "key": document.key,
        "title": dict(document.title),
        "version": document.version,
        "status": str(document.status),
        "url": document.url or None,
        "read": document.read.isoformat(),
        "replaces": document.replaces or None,
        "rules": [rule.code for rule in resting.rules],
        "statements": [
            {"system": each.system.name, "topic": str(each.statement.topic), "section": each.statement.source.section}
            for each in resting.statements
        ],
        "profiles": [
            {"profile": each.profile, "part": each.part, "section": each.basis.source.section}
            for each in resting.profiles
        ],
        "tsps": [tsp.name for tsp in resting.tsps],
        "prefixes": [prefix.prefix for prefix in resting.prefixes],
        "schemes": [{"kind": scheme.kind, "start": scheme.start} for scheme in resting.schemes],
        "examples": list(resting.examples),
    }


def explained_document(rule: Rule) -> dict[str, object]:
    """Return a rule with its sentences in every language; ``<name>`` stands where a finding shows a value."""
    document: dict[str, object] = {**rule_document(rule), "operands": operands(rule, "en")}
    for chosen in LANGUAGES:
        text = explained(rule, chosen)
        document[chosen] = {"title": text.title, "message": text.message, "remedy": text.remedy}
    return document


def explained(rule: Rule, language: Language) -> Message:
    """Return the sentences of a rule; ``<name>`` stands where a finding shows a value."""
    return message(rule.code, shown_operands(rule, language), language, texts=rule.texts)


def shown_operands(rule: Rule, language: Language) -> dict[str, str]:
    """Return what stands in the sentences where a finding shows a value: its name."""
    return {name: f"<{name}>" for name in operands(rule, language)}


def operands(rule: Rule, language: Language) -> list[str]:
    """Return the names of the values that the sentences of a rule show."""
    texts = (template(rule.code, language) if rule.texts is None else rule.texts[language]).values()
    return list(dict.fromkeys(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name))
