"""``pkitools oin derive``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import click

from pkitools.frozen import dataclass
from pkitools.messages import LANGUAGES
from pkitools.oin import (
    OIN,
    InvalidNumberError,
    NoOINError,
    oin_for_test,
    oin_from_brin,
    oin_from_btw,
    oin_from_kvk,
    oin_from_rsin,
    oin_from_ura,
)
from pkitools.reports import DerivedNumber, oin_derive_document, oin_derive_document_v1
from pkitools_cli.commands.next_steps import step
from pkitools_cli.commands.oin.listed import listed
from pkitools_cli.commands.oin.parts import parts
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered, json_version_asked, order_given
from pkitools_cli.i18n import Sentence, lookup, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line, Reply

KINDS: Final[dict[str, Callable[[str], OIN]]] = {
    "kvk": oin_from_kvk,
    "rsin": oin_from_rsin,
    "btw": oin_from_btw,
    "brin": oin_from_brin,
    "ura": oin_from_ura,
    "test": oin_for_test,
}
"""Kind of number → what derives the OIN of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers an OIN can be derived from."""

    kvk: tuple[str, ...]
    rsin: tuple[str, ...]
    btw: tuple[str, ...]
    brin: tuple[str, ...]
    ura: tuple[str, ...]
    test: tuple[str, ...]

    def in_order(self, order: Sequence[str]) -> list[tuple[str, str]]:
        """Return each number with its kind before it, in the order in which the kinds were given."""
        left = {name: iter(getattr(self, name)) for name in self.__slots__}
        given = [(kind, next(left[kind])) for kind in order if kind in left]
        if not given:
            raise click.UsageError(tr("cli.oin.derive.one"))
        if [number for _, number in given].count(STANDARD_INPUT) > 1:
            raise click.UsageError(tr("cli.oin.derive.one_list"))
        return given


_NO_OIN: Final = ("bsn", "ean")  # numbers that people try, and of which there is no OIN


class _Derive(Command):
    """Says of a number without an option, or of a kind that gives no OIN, what to give instead; never the number."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = {arg.partition("=")[0] for arg in args}
        for kind in _NO_OIN:
            if f"--{kind}" in given:
                raise click.UsageError(tr(f"cli.oin.derive.no_{kind}"), ctx)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if isinstance(error.message, Sentence) and error.message.key == "cli.main.too_many":
                raise click.UsageError(tr("cli.oin.derive.bare"), ctx) from error
            raise


@click.command("derive", cls=_Derive, help="cli.oin.derive.help", json_versions=(1, 2))
@click.option("--kvk", metavar="N", multiple=True, help="cli.oin.derive.kvk")
@click.option("--rsin", metavar="N", multiple=True, help="cli.oin.derive.rsin")
@click.option("--btw", metavar="N", multiple=True, help="cli.oin.derive.btw")
@click.option("--brin", metavar="N", multiple=True, help="cli.oin.derive.brin")
@click.option("--ura", metavar="N", multiple=True, help="cli.oin.derive.ura")
@click.option("--test", metavar="N", multiple=True, help="cli.oin.derive.test")
@gathered(Numbers)
def command(numbers: Numbers) -> Reply[list[DerivedNumber]]:
    """Write each OIN on standard output, and what to know about it on standard error."""
    derived = [
        derived_number(kind, text)
        for kind, given in numbers.in_order(order_given())
        for text in (listed() if given == STANDARD_INPUT else (given,))
    ]
    if len(derived) == 1 and isinstance(derived[0].found, InvalidNumberError):
        raise derived[0].found  # there is no answer
    if len(derived) != 1 and json_version_asked() == 1:
        raise click.UsageError(tr("cli.oin.derive.version"))
    return Reply(
        derived,
        document=oin_derive_document,
        text=_text,
        code=_code(derived),
        older={1: lambda value: oin_derive_document_v1(value[0])},
    )


def derived_number(kind: str, number: str) -> DerivedNumber:
    """Return the OIN of a number of one of :data:`KINDS`, or why there is none."""
    notes = {tongue: lookup(f"cli.oin.derive.note.{kind}", tongue) for tongue in LANGUAGES}
    try:
        return DerivedNumber(kind, number, KINDS[kind](number), notes)
    except (NoOINError, InvalidNumberError) as error:
        return DerivedNumber(kind, number, error, notes)


def _code(derived: Sequence[DerivedNumber]) -> ExitCode:
    """Return the worst that any of the numbers alone would give; usage goes before all."""
    found = [one.found for one in derived]
    if any(isinstance(each, InvalidNumberError) for each in found):
        return ExitCode.USAGE
    if any(isinstance(each, NoOINError) for each in found):
        return ExitCode.FAILED
    return ExitCode.PASSED if found else ExitCode.INDETERMINATE


def _text(derived: list[DerivedNumber]) -> Iterator[Line | str]:
    if not derived:
        yield Line(tr("cli.oin.check.nothing"), aside=True)
    if len(derived) == 1:
        yield from _told(derived[0])
        return
    for position, one in enumerate(derived, start=1):
        # a line for each number, empty where there is no OIN: a script can lay the two lists side by side
        yield str(one.found) if isinstance(one.found, OIN) else ""
        if not isinstance(one.found, OIN):
            # by its place and not by itself: it may be somebody's BSN
            yield Line(tr("cli.oin.derive.nth", position=position, why=error_line(one.found)), aside=True)
    for kind in dict.fromkeys(one.kind for one in derived if isinstance(one.found, OIN)):
        yield from (Line(line, aside=True) for line in wrapped(tr(f"cli.oin.derive.note.{kind}"), ""))


def _told(one: DerivedNumber) -> Iterator[Line | str]:
    if isinstance(one.found, OIN):
        yield str(one.found)
        yield from (Line(line, aside=True) for line in parts(one.found))
        note = tr(f"cli.oin.derive.note.{one.kind}")
        yield from (Line(line, aside=True) for line in (*wrapped(note, "  "), *_next(one.found)))
    else:
        yield Line(error_line(one.found), aside=True)


def _next(oin: OIN) -> list[str]:
    # of a request no more is known than its OIN: on a terminal the rest is asked, elsewhere named
    found = step("oin_derive.done", {}, {"create": lambda: ("csr", "create", "--oin", str(oin))})
    return found.told() if found is not None else []
