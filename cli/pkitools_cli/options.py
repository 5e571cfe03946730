"""Options that several commands share: one spelling, one help text, one parser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

import click

from pkitools.environment import ENVIRONMENT_ALIASES, Environment
from pkitools.findings import Severity
from pkitools_cli.i18n import language, tr

STANDARD_INPUT: Final = "-"  # in the place of a file
CONNECTIONS_FILE: Final = "connections.toml"
"""The file of connections that is taken where none is named."""

FC = TypeVar("FC", bound="Callable[..., Any] | click.Command")


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


class Day(click.ParamType[date]):
    """A day such as ``2027-06-01``."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(tr("cli.options.day_wrong", value=value), param, ctx)


def now() -> datetime:
    """Return the present instant: the only clock of the command line, read where ``--moment`` is not given."""
    return datetime.now(UTC).replace(microsecond=0)


def moment_was_given() -> bool:
    """Return whether the command that runs was given ``--moment``."""
    source = click.get_current_context().get_parameter_source("moment")
    return source is not click.core.ParameterSource.DEFAULT


class EnvironmentChoice(click.Choice[Any]):
    """An environment, by its name or by what people call it, in any capitals."""

    def __init__(self) -> None:
        super().__init__([environment.value for environment in Environment])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the environment."""
        try:
            return Environment(str(value).lower())
        except ValueError:
            return super().convert(value, param, ctx)  # which says what there is to choose from

    @staticmethod
    def meant(text: str) -> list[Environment]:
        """Return the environment that was perhaps meant: one written nearly so, or called so elsewhere."""
        known = {**ENVIRONMENT_ALIASES, **_CALLED_ELSEWHERE}
        from difflib import get_close_matches  # only what is wrong pays for it

        near = get_close_matches(text.lower(), known, n=1, cutoff=0.75)
        return [known[name] for name in near]


_CALLED_ELSEWHERE: Final = {
    **dict.fromkeys(("test", "tst", "acceptance", "trial", "sandbox", "staging", "demo"), Environment.PREPRODUCTION),
    **dict.fromkeys(("prd", "live"), Environment.PRODUCTION),
}
"""What other systems call an environment: close enough to ask, too loose to take."""


class OINText(click.ParamType[str]):
    """The text of an OIN, its groups with spaces, dots or dashes between them as ``oin check`` takes it."""

    name = "oin"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text without what stands between the groups; whether it is an OIN others say."""
        given = str(value)
        together = re.sub("(?<=[0-9A-Z])[ .-]+(?=[0-9A-Z])", "", given)
        if re.fullmatch("[0-9]{8}", together):
            self.fail(tr("cli.options.oin_is_kvk", value=together, oin=f"00000003{together}0000"), param, ctx)
        if re.fullmatch("[0-9A-Z]{20}", together):
            return together
        if instead := given_instead(together):
            self.fail(instead, param, ctx)
        return given


def given_instead(text: str) -> str | None:
    """Return what a text is instead of an OIN, that it is none, and how to get one; nothing where that is not known."""
    from pkitools.oin import check_oin  # loaded for what is no OIN alone
    from pkitools.reports.telling.answer import answer_of, told
    from pkitools_cli.remedies import remedy_text

    because = answer_of(check_oin(text)).because
    if because is None or not because.rule.code.startswith("oin.input."):
        return None
    said = told(because, language(), remedy_text)
    end = "" if said.title.endswith("?") else "."
    return f"{said.title}{end} {said.message} {said.remedy}"


def _environment_option(*, required: bool) -> Callable[[FC], FC]:
    return click.option(
        "--environment",
        "-e",
        required=required,
        type=EnvironmentChoice(),
        help="cli.options.environment",
    )


moment_option = click.option("--moment", type=Moment(), default=now, show_default=False, help="cli.options.moment")
environment_option = _environment_option(required=False)
required_environment_option = _environment_option(required=True)
fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["warning", "notice"]),
    callback=lambda _ctx, _param, value: Severity[value.upper()] if value else None,
    help="cli.options.fail_on",
)
