"""``pkitools oin check``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click

from pkitools.environment import Environment
from pkitools.errors import LimitError
from pkitools.findings import Report, Severity, Verdict
from pkitools.limits import MAX_INPUT_BYTES
from pkitools.oin import OIN, InvalidOINError, check_oin
from pkitools.oin.entity_ids import check_id, entity_subject
from pkitools.reports import oin_check_document
from pkitools_cli.commands.oin.parts import parts
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.lines import report_told
from pkitools_cli.options import STANDARD_INPUT, environment_option, fail_on_option
from pkitools_cli.reply import Line, Reply

_MAX_NUMBERS: Final = 10_000  # a report of one number in JSON is about 10 kB


@dataclass(frozen=True, slots=True)
class Judged:
    """One number: the OIN that it is, if it is one, and its report."""

    oin: OIN | None
    report: Report


@click.command("check", cls=Command, help="cli.oin.check.help")
@click.argument("numbers", metavar="OIN|URN...", nargs=-1, required=True)
@environment_option
@click.option("--lenient", is_flag=True, help="cli.oin.check.lenient")
@click.option("--legacy", is_flag=True, help="cli.oin.check.legacy")
@fail_on_option
def command(
    *, numbers: tuple[str, ...], environment: Environment | None, lenient: bool, legacy: bool, fail_on: Severity | None
) -> Reply[list[Judged]]:
    """Judge each number given, or each line of standard input for ``-``."""
    texts = [text for number in numbers for text in (_lines() if number == STANDARD_INPUT else (number,))]
    judged = [_judged(text, environment, lenient=lenient, legacy=legacy) for text in texts]
    return Reply(
        judged,
        document=lambda value: oin_check_document((one.oin, one.report) for one in value),
        text=_text,
        code=of_reports((one.report for one in judged), fail_on),
    )


def _judged(text: str, environment: Environment | None, *, lenient: bool, legacy: bool) -> Judged:
    """Judge an OIN, or the entity ID or service ID that one stands in."""
    subject = entity_subject(text.strip() if lenient else text, environment)
    if subject is None:
        report = check_oin(text, environment=environment, legacy=legacy, lenient=lenient)
        return Judged(_oin(text, lenient=lenient, legacy=legacy), report)
    return Judged(_oin(subject.oin, lenient=False, legacy=legacy), check_id(subject))


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


def _text(judged: list[Judged]) -> Iterator[Line | str]:
    """Yield of each number the verdict, what it says, and the findings."""
    if not judged:
        yield Line(tr("cli.oin.check.nothing"), aside=True)
    for position, one in enumerate(judged):
        if position:
            yield ""
        yield from report_told(one.report, *(parts(one.oin) if one.oin is not None else ()))
    if len(judged) > 1:
        yield ""
        yield _summary([one.report for one in judged])


def _summary(reports: list[Report]) -> str:
    failed = sum(report.verdict is Verdict.FAILED for report in reports)
    return tr("cli.oin.check.summary", total=len(reports), passed=len(reports) - failed, failed=failed)
