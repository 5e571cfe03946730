"""``pkitools oin check``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from pkitools.environment import Environment
from pkitools.findings import Report, Severity, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.oin import OIN, InvalidOINError, check_oin
from pkitools.reports import oin_check_document, oin_check_document_v1
from pkitools.text import pattern
from pkitools_cli.commands.oin.listed import listed
from pkitools_cli.commands.oin.parts import parts
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command
from pkitools_cli.i18n import blank, tr
from pkitools_cli.lines import report_told, wrapped
from pkitools_cli.options import STANDARD_INPUT, environment_option, fail_on_option
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.oin.entity_schemes import EntitySubject
    from pkitools_cli.commands.next_steps import NextStep


_INPUT: Final = "oin.input."
# what another number is, by the code that tells it: the option of ``oin derive``, and whether it takes this number
_DERIVED: Final = {
    "eight_digits": ("kvk", True),
    "nine_digits": ("rsin", False),
    "twelve_digits": ("kvk", False),
    "btw_number": ("btw", True),
    "brin": ("brin", True),
}
# what a file is called that a certificate, a request or a key may be in; and no address, which a dot may end too
_FILE_NAME: Final = pattern(
    r"(?i)(?!\w+://)[^\n]*[^\s./\\]\.(?:pem|crt|cert?|der|csr|req|key|p12|pfx|jks|keystore|p7[bcms]|xml|json|ya?ml|toml|env|txt|eml|zip)"
)
_LONGEST_NAME: Final = 1000
_INSTEAD: Final = frozenset(_INPUT + slug for slug in (*_DERIVED, "leading_zeros", "contains"))


@dataclass(frozen=True, slots=True)
class Judged:
    """One number: the OIN that it is, if it is one, and its report; of an ID that one stands in, what that is too."""

    oin: OIN | None
    report: Report
    subject: EntitySubject | None = None


@click.command("check", cls=Command, help="cli.oin.check.help", json_versions=(1, 2))
@click.argument("numbers", metavar="OIN|URN...", nargs=-1, required=True)
@environment_option
@click.option("--lenient", is_flag=True, help="cli.oin.check.lenient")
@click.option("--legacy", is_flag=True, help="cli.oin.check.legacy")
@fail_on_option
def command(
    *, numbers: tuple[str, ...], environment: Environment | None, lenient: bool, legacy: bool, fail_on: Severity | None
) -> Reply[list[Judged]]:
    """Judge each number given, or each line of standard input for ``-``."""
    _refuse_pieces(numbers, legacy=legacy)
    texts = [text for number in numbers for text in (listed() if number == STANDARD_INPUT else (number,))]
    judged = [judged_number(text, environment, lenient=lenient, legacy=legacy) for text in texts]
    return Reply(
        judged,
        document=lambda value: {
            **oin_check_document((one.oin, one.report) for one in value),
            "next": _next_document(value),
        },
        text=_text,
        code=of_reports((one.report for one in judged), fail_on),
        older={1: lambda value: oin_check_document_v1((one.oin, one.report) for one in value)},
    )


def judged_number(text: str, environment: Environment | None, *, lenient: bool = False, legacy: bool = False) -> Judged:
    """Judge an OIN, or the entity ID or service ID that one stands in; what stands between its groups does not count.

    Args:
        text: as it was given.
        environment: where it is to be used; ``None``: not said.
        lenient: spaces, dots and dashes do not count wherever they stand.
        legacy: an old suffix is taken.
    """
    lenient = lenient or _is_grouped(text, legacy=legacy)
    if text[:1].isdigit():
        return _as_oin(text, environment, lenient, legacy=legacy)
    from pkitools.oin.entity_ids import check_id, entity_subject  # an OIN does not wait for what judges these

    subject = entity_subject(text.strip() if lenient else text, environment)
    if subject is None:
        return _as_oin(text, environment, lenient, legacy=legacy)
    return Judged(_oin(subject.oin, lenient=False, legacy=legacy), check_id(subject), subject)


def _as_oin(text: str, environment: Environment | None, lenient: bool, *, legacy: bool) -> Judged:
    report = check_oin(text, environment=environment, legacy=legacy, lenient=lenient)
    return Judged(_oin(text, lenient=lenient, legacy=legacy), report)


def _is_grouped(text: str, *, legacy: bool) -> bool:
    """Return whether a text is an OIN but for the spaces, dots or dashes between its groups."""
    if text.isalnum():
        return False
    together = re.sub("(?<=[0-9A-Z])[ .-]+(?=[0-9A-Z])", "", text)
    return together != text and _oin(together, lenient=False, legacy=legacy) is not None


def _refuse_pieces(numbers: Sequence[str], *, legacy: bool) -> None:
    """Refuse an OIN in groups that the shell took apart: judged one by one, none of them says what is wrong."""
    if len(numbers) < 2:
        return
    alone = [number for number in numbers if _oin(number, lenient=True, legacy=legacy) is not None]
    if alone or _oin("".join(numbers), lenient=True, legacy=legacy) is None:
        return
    raise click.UsageError(tr("cli.oin.check.pieces", count=len(numbers), together=" ".join(numbers)))


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
        whose = parts(one.oin) if one.oin is not None else ()
        yield from report_told(shown_report(one.report), *_which_id(one.subject), *whose)
    if len(judged) > 1:
        yield ""
        yield _summary([one.report for one in judged])
    if (found := _next(judged)) is not None:
        yield ""
        yield from found.told()


def _next_document(judged: Sequence[Judged]) -> dict[str, object] | None:
    if _next(judged) is None:
        return None
    from pkitools_cli.commands.next_steps import next_document

    return next_document(lambda: _next(judged))


def _next(judged: Sequence[Judged]) -> NextStep | None:
    """Return what to do with what is no OIN, where that can be seen: it is another number, or the name of a file."""
    if len(judged) != 1 or judged[0].report.verdict is not Verdict.FAILED:
        return None
    from pkitools_cli.commands.next_steps import again, step  # a number that is right does not wait for these

    report = judged[0].report
    found = next((one for one in report.findings if one.rule.code in _INSTEAD), None)
    if found is not None:
        slug, suggestion = found.rule.code.removeprefix(_INPUT), found.params.get("suggestion", "")
        derive = ("oin", "derive", *_derived(slug, found.params.get("number", "")))
        return step(f"oin_check.{slug}", {}, {"derive": lambda: derive, "again": lambda: again([suggestion])})
    is_number = judged[0].oin is not None or judged[0].subject is not None
    if is_number:
        return None
    from pkitools.files import is_file

    file = report.subject
    is_there = is_file(file)
    if not is_there and (len(file) > _LONGEST_NAME or not _FILE_NAME.fullmatch(file)):
        return None
    return step(
        f"oin_check.file{'' if is_there else '_name'}", {"file": file}, {"show": lambda: ("cert", "show", file)}
    )


def _derived(slug: str, number: str) -> tuple[str, ...]:
    """Return the option of ``oin derive`` for a number; what may be somebody's BSN is not repeated."""
    if slug not in _DERIVED:
        return ()
    kind, is_shown = _DERIVED[slug]
    return f"--{kind}", number if is_shown else blank("number")


def _which_id(subject: EntitySubject | None) -> Iterator[str]:
    """Yield what kind of ID it is, and of which systems its index is."""
    if subject is None or not subject.is_parsed or subject.scheme is None:
        return
    from pkitools.oin.entity_schemes import environment_of

    of = "" if subject.kind == "services" else f"_{environment_of(int(subject.index))}"
    role, index = subject.role.upper(), subject.index
    told = tr(f"cli.oin.check.{subject.scheme.name}_{subject.kind}", role=role, index=index)
    yield from wrapped(told + (tr(f"cli.oin.check.index{of}") if of else ""), "  ")


def shown_report(report: Report) -> Report:
    """Return a report as people see it: of what may be somebody's BSN the last digits, enough to find it again."""
    given = OIN.compact(report.subject)
    return replace(report, subject=f"…{given[-4:]}") if re.fullmatch("[0-9]{9}", given) else report


def _summary(reports: list[Report]) -> str:
    failed = sum(report.verdict is Verdict.FAILED for report in reports)
    return tr("cli.oin.check.summary", total=len(reports), passed=len(reports) - failed, failed=failed)
