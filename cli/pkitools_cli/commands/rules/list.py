"""``pkitools rules list``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from pkitools.findings import Rule, Severity
from pkitools.reports import rules_list_document
from pkitools.reports.register import explained
from pkitools.rulebook import all_rules
from pkitools_cli.exit_codes import of_list
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.lines import listed
from pkitools_cli.own_data import given_data, unusable
from pkitools_cli.reply import Reply

_SEVERITIES = [severity.name.lower() for severity in sorted(Severity, reverse=True)]


@click.command("list", cls=Command, help="cli.rules.list.help")
@click.option("--source", metavar="TEXT", help="cli.rules.list.source")
@click.option("--severity", type=click.Choice(_SEVERITIES), help="cli.rules.list.severity")
def command(*, source: str | None, severity: str | None) -> Reply[list[Rule]]:
    """Show the rules, a line each."""
    least = Severity[severity.upper()] if severity else Severity.INFO
    found = [rule for rule in every_rule() if source is None or _is_from(rule, source)]
    if not found and source is not None:
        raise click.UsageError(tr("cli.rules.list.no_source", source=source, known=", ".join(_namespaces())))
    shown, left_out = [rule for rule in found if rule.severity >= least], unusable("rules")
    return Reply(shown, document=rules_list_document, text=_text, code=of_list(left_out), warnings=left_out)


def every_rule() -> tuple[Rule, ...]:
    """Return the rules, ours and one's own."""
    data = given_data()
    return (*all_rules(), *(data.rules if data else ()))


def _text(rules: Sequence[Rule]) -> Iterator[str]:
    width = max((len(rule.code) for rule in rules), default=0)
    for rule in rules:
        title = explained(rule, language()).title
        first = f"{rule.code:<{width}}  {report_word('severity', rule.severity.name):<13} "
        yield from listed(first, title)
    yield tr("cli.rules.list.count", count=len(rules))


def _is_from(rule: Rule, source: str) -> bool:
    """Return whether the rule comes from this source: the first part of its code, else words of the document's name."""
    wanted = source.casefold()
    if wanted in _namespaces():
        return rule.code.partition(".")[0] == wanted
    names = (rule.source.key, *rule.source.document.title.values())
    return any(wanted in name.casefold() for name in names)


def _namespaces() -> list[str]:
    return list(dict.fromkeys(rule.code.partition(".")[0] for rule in every_rule()))
