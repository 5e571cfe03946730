"""``pkitools oin``: what an OIN says, whether it is right, and which OIN belongs to a number."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Final

import click

from pkitools.environment import Environment
from pkitools.errors import LimitError
from pkitools.findings import Report, Severity, Verdict
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.oin import (
    OIN,
    InvalidOINError,
    NoOINError,
    check_oin,
    oin_document,
    oin_for_test,
    oin_from_brin,
    oin_from_btw,
    oin_from_kvk,
    oin_from_rsin,
    oin_from_ura,
)
from pkitools.reports import report_document
from pkitools_cli.exit_codes import ExitCode, of_reports
from pkitools_cli.framework import Command, Group
from pkitools_cli.i18n import language, lookup, tr
from pkitools_cli.options import environment_option, fail_on_option, json_option
from pkitools_cli.output import complain, emit_json, say, say_lines
from pkitools_cli.remedies import error_line, report_lines

_MAX_NUMBERS: Final = 10_000  # a report of one number in JSON is about 10 kB
_COLOURS: Final = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.INDETERMINATE: "yellow"}
_DERIVE: Final[dict[str, Callable[[str], OIN]]] = {
    "kvk": oin_from_kvk,
    "rsin": oin_from_rsin,
    "btw": oin_from_btw,
    "brin": oin_from_brin,
    "ura": oin_from_ura,
    "test": oin_for_test,
}


@click.group("oin", cls=Group, help="cli.oin.help")
def group() -> None:
    """Nouns of the OIN."""


@group.command("check", cls=Command, help="cli.oin.check.help")
@click.argument("numbers", metavar="OIN...", nargs=-1, required=True)
@environment_option
@click.option("--lenient", is_flag=True, help="cli.oin.check.lenient")
@click.option("--legacy", is_flag=True, help="cli.oin.check.legacy")
@fail_on_option
@json_option
def check(
    *,
    numbers: tuple[str, ...],
    environment: str | None,
    lenient: bool,
    legacy: bool,
    fail_on: Severity | None,
    as_json: bool,
) -> int:
    """Judge each number given, or each line of standard input for ``-``."""
    where = Environment(environment) if environment else None
    texts = [text for number in numbers for text in (_lines() if number == "-" else (number,))]
    reports = [check_oin(text, environment=where, legacy=legacy, lenient=lenient) for text in texts]
    code = of_reports(reports, fail_on)
    found = [_oin(text, lenient=lenient, legacy=legacy) for text in texts]
    if as_json:
        results = [
            {"oin": oin_document(oin) if oin is not None else None, "report": report_document(report)}
            for oin, report in zip(found, reports, strict=True)
        ]
        emit_json("pkitools.oin-check/v1", {"results": results})
        return code
    if not reports:
        complain(tr("cli.oin.check.nothing"))
    for position, (oin, report) in enumerate(zip(found, reports, strict=True)):
        if position:
            say()
        _say_judged(oin, report)
    if len(reports) > 1:
        _say_summary(reports)
    return code


def _lines() -> Iterator[str]:
    """Yield the numbers on standard input, one a line; empty lines do not count."""
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    # only line breaks separate numbers: str.splitlines would split at form feeds and the like inside one
    lines = data.decode("utf-8-sig", "replace").split("\n")
    numbers = [line.removesuffix("\r") for line in lines if line.strip()]
    if len(numbers) > _MAX_NUMBERS or len(data) > MAX_INPUT_BYTES:
        raise LimitError("oin.error.too_many", limit=_MAX_NUMBERS)
    yield from numbers


def _oin(text: str, *, lenient: bool, legacy: bool) -> OIN | None:
    try:
        return OIN.parse(OIN.compact(text) if lenient else text, legacy=legacy)
    except InvalidOINError:
        return None


def _say_judged(oin: OIN | None, report: Report) -> None:
    """Write the verdict, what the number says, and the findings."""
    verdict, *findings = report_lines(report)
    say(verdict, colour=_COLOURS[report.verdict], bold=True)
    if oin is not None:
        say_lines(_parts(oin))
    if findings:
        say_lines(findings)


def _parts(oin: OIN) -> list[str]:
    row, chosen = oin.row, language()
    suffix = "legacy" if oin.has_legacy_suffix else "free" if not row.forms else "zeros"
    rows = (
        ("prefix", oin.prefix, row.name[chosen]),
        ("hoofdnummer", oin.hoofdnummer, f"{row.number[chosen]} {oin.brin or ''}{oin.vestiging or ''}".rstrip()),
        ("suffix", oin.suffix, tr(f"cli.oin.suffix.{suffix}")),
    )
    return [
        *(f"  {tr(f'cli.oin.part.{part}'):<12} {value:<9}  {meaning}" for part, value, meaning in rows),
        f"  {row.about[chosen]}",
        f"  {tr(f'cli.oin.registered.{row.registered}')}",
    ]


def _say_summary(reports: list[Report]) -> None:
    failed = sum(report.verdict is Verdict.FAILED for report in reports)
    say()
    say(tr("cli.oin.check.summary", total=len(reports), passed=len(reports) - failed, failed=failed))


@group.command("derive", cls=Command, help="cli.oin.derive.help")
@click.option("--kvk", metavar="N", help="cli.oin.derive.kvk")
@click.option("--rsin", metavar="N", help="cli.oin.derive.rsin")
@click.option("--btw", metavar="N", help="cli.oin.derive.btw")
@click.option("--brin", metavar="N", help="cli.oin.derive.brin")
@click.option("--ura", metavar="N", help="cli.oin.derive.ura")
@click.option("--test", metavar="N", help="cli.oin.derive.test")
@json_option
def derive(*, as_json: bool, **numbers: str | None) -> int:
    """Write the OIN on standard output, and what to know about it on standard error."""
    given = [(kind, number) for kind, number in numbers.items() if number is not None]
    if len(given) != 1:
        raise click.UsageError(tr("cli.oin.derive.one"))
    kind, number = given[0]
    try:
        oin, reason = _DERIVE[kind](number), None
    except NoOINError as error:
        oin, reason = None, error
    if as_json:
        emit_json("pkitools.oin-derive/v1", _derived_document(kind, number, oin, reason))
    elif oin is not None:
        say(str(oin))
        for line in _parts(oin):
            complain(line)
        complain(f"  {tr(f'cli.oin.derive.note.{kind}')}")
    elif reason is not None:
        complain(error_line(reason))
    return ExitCode.PASSED if oin is not None else ExitCode.FAILED


def _derived_document(kind: str, number: str, oin: OIN | None, reason: NoOINError | None) -> dict[str, object]:
    told: dict[str, object] = {
        tongue: lookup(f"cli.oin.derive.note.{kind}", tongue) if reason is None else error_sentence(reason, tongue)
        for tongue in LANGUAGES
    }
    return {
        "from": {"kind": kind, "number": number},
        "oin": oin_document(oin) if oin is not None else None,
        "reason": reason.code if reason is not None else None,
        "explanation": told,
    }
