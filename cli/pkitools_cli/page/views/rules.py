"""The rules: all of them, and what one means."""

from __future__ import annotations

from pkitools.reports.pages.findings import TONES
from pkitools.reports.register import explained
from pkitools_cli.commands.rules.documents import standing
from pkitools_cli.commands.rules.explain import rule_named
from pkitools_cli.commands.rules.list import every_rule
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.page.exchange import Request, Screen
from pkitools_cli.page.site import Site, left_out


def every(_site: Site, _request: Request) -> Screen:
    """Show the rules, a line each."""
    told = [
        (
            rule.code,
            TONES[rule.severity],
            report_word("severity", rule.severity.name),
            explained(rule, language()).title,
        )
        for rule in every_rule()
    ]
    return Screen("rules.html", {"rules": told, "left_out": left_out("rules")})


def one(_site: Site, request: Request) -> Screen:
    """Show one rule in full.

    Raises:
        InvalidValueError: there is no such rule.
    """
    rule = rule_named(request.path.removeprefix("/rules/"))
    text = explained(rule, language())
    rows = [
        (tr("cli.rules.row.severity"), report_word("severity", rule.severity.name)),
        (tr("cli.rules.row.source"), rule.source.text(language())),
        (tr("cli.rules.row.reading"), standing(rule.source.document)),
        (tr("cli.rules.row.certainty"), report_word("certainty", rule.certainty)),
        (tr("cli.rules.row.applies_to"), ", ".join(rule.applies_to)),
        (tr("cli.rules.row.url"), rule.source.document.url),
    ]
    shown = [(label, value) for label, value in rows if value]
    return Screen("rule.html", {"code": rule.code, "told": text, "rows": shown, "tone": TONES[rule.severity]})
