"""``pkitools rules``: every rule there is, and what one means."""

from __future__ import annotations

import string

import click

from pkitools.findings import Rule, Severity
from pkitools.messages import LANGUAGES, Language, message, template
from pkitools.reports.document import rule_document
from pkitools.rulebook import all_rules, find_rule
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, Group
from pkitools_cli.i18n import language, tr
from pkitools_cli.options import json_option
from pkitools_cli.output import emit_json, say
from pkitools_cli.remedies import told

_SEVERITIES = [severity.name.lower() for severity in sorted(Severity, reverse=True)]
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@click.group("rules", cls=Group, help="cli.rules.help")
def group() -> None:
    """Nouns of the rules."""


@group.command("list", cls=Command, help="cli.rules.list.help")
@click.option("--source", metavar="SOURCE", help="cli.rules.list.source")
@click.option("--severity", type=click.Choice(_SEVERITIES), help="cli.rules.list.severity")
@json_option
def list_(*, source: str | None, severity: str | None, as_json: bool) -> int:
    """Show the rules, a line each."""
    least = Severity[severity.upper()] if severity else Severity.INFO
    found = [rule for rule in all_rules() if rule.severity >= least and (source is None or _is_from(rule, source))]
    if source is not None and not any(_is_from(rule, source) for rule in all_rules()):
        raise click.UsageError(tr("cli.rules.list.no_source", source=source, known=", ".join(_namespaces())))
    if as_json:
        emit_json("pkitools.rules-list/v1", {"rules": [_document(rule) for rule in found]})
        return ExitCode.PASSED
    width = max((len(rule.code) for rule in found), default=0)
    for rule in found:
        title = message(rule.code, _shown_operands(rule, language()), language()).title
        say(f"{rule.code:<{width}}  {_word('severity', rule.severity.name):<13} {title}")
    say(tr("cli.rules.list.count", count=len(found)))
    return ExitCode.PASSED


@group.command("explain", cls=Command, help="cli.rules.explain.help")
@click.argument("code", metavar="CODE")
@json_option
def explain(*, code: str, as_json: bool) -> int:
    """Show one rule in full."""
    rule = find_rule(code)
    if as_json:
        emit_json("pkitools.rules-explain/v1", {"rule": _document(rule)})
        return ExitCode.PASSED
    text = told(rule.code, _shown_operands(rule, language()))
    say(text.title, bold=True, colour=_COLOURS.get(rule.severity))
    rows = [
        ("code", rule.code),
        ("severity", _word("severity", rule.severity.name)),
        ("source", _source(rule)),
        ("url", rule.source.document.url),
        ("certainty", _word("certainty", rule.certainty)),
        ("applies_to", ", ".join(rule.applies_to)),
        ("message", text.message),
        ("remedy", text.remedy),
    ]
    width = max(len(tr(f"cli.rules.row.{key}")) for key, _ in rows)
    for key, value in rows:
        if value:
            say(f"  {tr(f'cli.rules.row.{key}'):<{width}}  {value}")
    return ExitCode.PASSED


def _source(rule: Rule) -> str:
    """Return where the rule comes from, and how to read it where the document is our own page of a system."""
    text = rule.source.text(language())
    return f"{text} ({tr('cli.rules.explain.stated')})" if rule.source.key == "system-statement" else text


def _is_from(rule: Rule, source: str) -> bool:
    """Return whether the rule comes from this source: the first part of its code, or words of the document's name."""
    wanted = source.casefold()
    names = (rule.source.key, *rule.source.document.title.values())
    return rule.code.partition(".")[0] == wanted or any(wanted in name.casefold() for name in names)


def _namespaces() -> list[str]:
    return list(dict.fromkeys(rule.code.partition(".")[0] for rule in all_rules()))


def _word(kind: str, value: str) -> str:
    return message(f"report.{kind}.{value.lower()}", {}, language()).title


def _operands(rule: Rule, chosen: Language) -> list[str]:
    texts = template(rule.code, chosen).values()
    return list(dict.fromkeys(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name))


def _shown_operands(rule: Rule, chosen: Language) -> dict[str, str]:
    """Return what stands in the sentence where a finding shows a value: its name."""
    return {name: f"<{name}>" for name in _operands(rule, chosen)}


def _document(rule: Rule) -> dict[str, object]:
    document: dict[str, object] = {**rule_document(rule), "operands": _operands(rule, "en")}
    for chosen in LANGUAGES:
        text = message(rule.code, _shown_operands(rule, chosen), chosen)
        document[chosen] = {"title": text.title, "message": text.message, "remedy": text.remedy}
    return document
