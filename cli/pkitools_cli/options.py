"""Options that several commands share: one spelling, one help text, one parser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from pkitools.environment import Environment
from pkitools.findings import Severity
from pkitools_cli.i18n import tr


class Moment(click.ParamType[datetime]):
    """An instant such as ``2026-11-22T12:00:00Z``; a date alone means its midnight, no offset means UTC."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the aware UTC datetime."""
        if isinstance(value, datetime):
            return value
        try:
            parsed = datetime.fromisoformat(str(value))
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        except (ValueError, OverflowError):  # the offset may lead out of the years there are
            self.fail(tr("cli.options.moment_wrong", value=value), param, ctx)


def now() -> datetime:
    """Return the present instant: the only clock of the command line, read where ``--moment`` is not given."""
    return datetime.now(UTC).replace(microsecond=0)


json_option = click.option("--json", "as_json", is_flag=True, help="cli.options.json")
moment_option = click.option("--moment", type=Moment(), default=now, show_default=False, help="cli.options.moment")
environment_option = click.option(
    "--environment", "-e", type=click.Choice([e.value for e in Environment]), help="cli.options.environment"
)
fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["warning", "notice"]),
    callback=lambda _ctx, _param, value: Severity[value.upper()] if value else None,
    help="cli.options.fail_on",
)
