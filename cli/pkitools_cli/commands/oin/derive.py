"""``pkitools oin derive``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Final

import click

from pkitools.messages import LANGUAGES
from pkitools.oin import (
    OIN,
    NoOINError,
    oin_for_test,
    oin_from_brin,
    oin_from_btw,
    oin_from_kvk,
    oin_from_rsin,
    oin_from_ura,
)
from pkitools.reports import oin_derive_document
from pkitools_cli.commands.next_steps import request_command, step
from pkitools_cli.commands.oin.parts import parts
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import lookup, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line, Reply

_DERIVE: Final[dict[str, Callable[[str], OIN]]] = {
    "kvk": oin_from_kvk,
    "rsin": oin_from_rsin,
    "btw": oin_from_btw,
    "brin": oin_from_brin,
    "ura": oin_from_ura,
    "test": oin_for_test,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers an OIN can be derived from; exactly one is to be given."""

    kvk: str | None
    rsin: str | None
    btw: str | None
    brin: str | None
    ura: str | None
    test: str | None

    def only(self) -> tuple[str, str]:
        """Return the one that was given, with its kind before it."""
        values: dict[str, str | None] = {field.name: getattr(self, field.name) for field in fields(self)}
        given = [(kind, number) for kind, number in values.items() if number is not None]
        if len(given) != 1:
            raise click.UsageError(tr("cli.oin.derive.one"))
        return given[0]


@dataclass(frozen=True, slots=True)
class Derived:
    """A number, and its OIN or why there is none."""

    kind: str
    number: str
    found: OIN | NoOINError


@click.command("derive", cls=Command, help="cli.oin.derive.help")
@click.option("--kvk", metavar="N", help="cli.oin.derive.kvk")
@click.option("--rsin", metavar="N", help="cli.oin.derive.rsin")
@click.option("--btw", metavar="N", help="cli.oin.derive.btw")
@click.option("--brin", metavar="N", help="cli.oin.derive.brin")
@click.option("--ura", metavar="N", help="cli.oin.derive.ura")
@click.option("--test", metavar="N", help="cli.oin.derive.test")
@gathered(Numbers)
def command(numbers: Numbers) -> Reply[Derived]:
    """Write the OIN on standard output, and what to know about it on standard error."""
    kind, number = numbers.only()
    derived = Derived(kind, number, _derive(kind, number))
    code = ExitCode.PASSED if isinstance(derived.found, OIN) else ExitCode.FAILED
    return Reply(derived, document=_document, text=_text, code=code)


def _derive(kind: str, number: str) -> OIN | NoOINError:
    try:
        return _DERIVE[kind](number)
    except NoOINError as error:
        return error


def _document(derived: Derived) -> dict[str, object]:
    notes = {tongue: lookup(f"cli.oin.derive.note.{derived.kind}", tongue) for tongue in LANGUAGES}
    return oin_derive_document(derived.kind, derived.number, derived.found, notes)


def _text(derived: Derived) -> Iterator[Line | str]:
    if isinstance(derived.found, OIN):
        yield str(derived.found)
        yield from (Line(line, aside=True) for line in parts(derived.found))
        note = tr(f"cli.oin.derive.note.{derived.kind}")
        yield from (Line(line, aside=True) for line in (*wrapped(note, "  "), *_next(derived.found)))
    else:
        yield Line(error_line(derived.found), aside=True)


def _next(oin: OIN) -> list[str]:
    found = step("oin_derive.done", {}, {"create": lambda: request_command(oin=str(oin))})
    return found.told() if found is not None else []
