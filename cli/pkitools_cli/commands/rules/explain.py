"""``pkitools rules explain``."""

from __future__ import annotations

from collections.abc import Iterator

import click

from pkitools.documents import DocumentStatus
from pkitools.errors import InvalidValueError
from pkitools.findings import Rule
from pkitools.reports import rules_explain_document, rules_explain_document_v1
from pkitools.reports.register import shown_operands
from pkitools.rulebook import find_rule, weights
from pkitools_cli.commands.rules.documents import standing
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, lookup, once, report_word, tr
from pkitools_cli.lines import coloured, labelled
from pkitools_cli.own_data import given_data
from pkitools_cli.remedies import told
from pkitools_cli.reply import Line, Reply


@click.command("explain", cls=Command, help="cli.rules.explain.help", json_versions=(1, 2))
@click.argument("code", metavar="CODE")
def command(*, code: str) -> Reply[Rule]:
    """Show one rule in full."""
    return Reply(rule_named(code), document=rules_explain_document, text=_text, older={1: rules_explain_document_v1})


def rule_named(code: str) -> Rule:
    """Return a rule, ours or one's own.

    Raises:
        PkitoolsError: there is none with this code, or the file that may have it cannot be used.
    """
    data = given_data()
    if data is None:
        return find_rule(code)
    own = {rule.code: rule for rule in data.rules}
    if code in own:
        return own[code]
    try:
        return find_rule(code)
    except InvalidValueError:
        for error in data.unusable("rules"):
            raise error from None  # it may well stand there
        raise


def _text(rule: Rule) -> Iterator[Line | str]:
    text = told(rule.code, shown_operands(rule, language()), rule.texts)
    yield coloured(once(text.title), rule.severity)
    rows = (
        ("code", rule.code),
        ("severity", report_word("severity", rule.severity.name)),
        *(
            ("elsewhere", f"{report_word('severity', w.severity.name)}: {w.where[language()]}")
            for w in weights(rule.code)
        ),
        ("source", _source(rule)),
        ("reading", _reading(rule)),
        ("url", rule.source.document.url),
        ("certainty", report_word("certainty", rule.certainty)),
        ("applies_to", ", ".join(lookup(f"cli.rules.kind.{each}") or each for each in rule.applies_to)),
        ("message", text.message),
        ("remedy", text.remedy),
    )
    yield from labelled("cli.rules.row", ((key, value or None) for key, value in rows))


def _reading(rule: Rule) -> str:
    """Return how the text came to us, and whether a newer one exists; of our own advice nothing was read."""
    document = rule.source.document
    if document.status in {DocumentStatus.OWN, DocumentStatus.NONE} or rule.source.key == "system-statement":
        return ""
    word_for_word = tr("cli.rules.explain.read_place") if document.sections and rule.source.was_read else ""
    return f"{standing(document)}{word_for_word}"


def _source(rule: Rule) -> str:
    """Return where the rule comes from, and how to read it where the document is our own page of a system."""
    text = rule.source.text(language())
    return f"{text} ({tr('cli.rules.explain.stated')})" if rule.source.key == "system-statement" else text
