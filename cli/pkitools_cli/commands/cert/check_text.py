"""What ``cert check`` says to people: of each certificate the answer, then its findings; of many a table at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pkitools.containers import ContainerFormat, Contents, ItemKind
from pkitools.containers.saml_names import is_of_provider
from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.frozen import dataclass, field, replace
from pkitools.messages.days import day_and_time
from pkitools.reports.checked_file import about_keys
from pkitools.reports.telling.answer import answer_of, told_apart
from pkitools.reports.telling.readable import readable, validity
from pkitools.reports.text import in_a_word, in_short, label_width, others, why
from pkitools.text import joined, shown
from pkitools.x509 import read_certificate
from pkitools_cli.commands.cert.check_options import CheckOptions, Meant
from pkitools_cli.commands.cert.check_overall import Overall, Part, overall_told, reserved
from pkitools_cli.commands.cert.delivery_text import INCOMPLETE, delivery_told, file_named
from pkitools_cli.commands.cert.next_step import (
    HandedIn,
    chain_step,
    metadata_step,
    next_step_of,
    systems_and_environment,
)
from pkitools_cli.i18n import form_of, language, report_word, tr
from pkitools_cli.inputs import called
from pkitools_cli.lines import (
    coloured,
    columns,
    command_rows,
    cut_rows,
    findings_told,
    labelled,
    packed,
    report_told,
    under_answer,
    wrapped,
)
from pkitools_cli.reply import Line
from pkitools_cli.wide import fitted_end, width

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, FileCheck, JudgedCertificate
    from pkitools.checking.chain import ChainFile
    from pkitools_cli.commands.cert.check_table import Row

_MOST_ROWS: Final = 13  # of an answer: what stands below it may scroll away
_FEWEST_OF_WHY: Final = 1
_MOST_OF_NAME: Final = 30
_WRONG_OIN: Final = (
    ("x509.oin.ambiguous", "several_oins"),
    ("x509.oin.uzi_conflict", "several_oins"),
    ("x509.oin.invalid", "invalid_oin"),
)
_ENOUGH: Final = 16  # digits of a fingerprint: what export shows as well
_METADATA: Final = "file.metadata.certificates"
_MAILED_KEY: Final = "delivery.private_key.enclosed"
_KEYSTORES: Final = frozenset({ContainerFormat.PKCS12, ContainerFormat.JKS})
_SEPARATING: Final = frozenset(',;()"')


@dataclass(frozen=True, slots=True)
class _Told:
    """One certificate to be told of.

    Args:
        file: its file, as people call it.
        number: its number in the file.
        which: which certificate of its file; empty where there is nothing to tell apart.
        place: what was found.
        delivered: the file is not refused for how it was delivered.
        goes_on: what comes next may be said of it: nothing else is to be mended first.
        beside: how many rules its file violates as it was delivered, by severity, where it is the only one in it.
    """

    file: str
    number: int
    which: str
    place: HandedIn
    delivered: bool = True
    goes_on: bool = True
    beside: Mapping[Severity, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its file, and which certificate of it."""
        return f"{self.file} ({self.which})" if self.which else self.file

    @property
    def report(self) -> Report:
        """What was found."""
        return self.place.report


def checked_told(
    checks: Sequence[tuple[str, FileCheck]],
    reuse: Report | None,
    unread: Sequence[str],
    options: CheckOptions,
    *,
    chains: Sequence[tuple[str, ChainFile]] = (),
    complete: bool = True,
    folders: Sequence[str] = (),
) -> Iterator[Line | str]:
    """Yield the verdict on all, what was found of each certificate of each file, of the files, and a table of many.

    Args:
        checks: the files that could be judged, by name.
        reuse: what there is to say of the certificates together.
        unread: names of the files that could not be.
        options: what was asked.
        chains: the files that were used as the chain of those, by name.
        complete: whether everything that was given could be judged.
        folders: what else there is to say of the files, a sentence each.
    """
    keys, reuse = about_keys([check for _, check in checks], reuse)
    every = [list(_certificates(name, check, options, keys)) for name, check in checks]
    count = sum(map(len, every)) + len(unread)
    if options.quiet:
        yield from _quiet(checks, every, reuse)
        return
    overall = Overall(list(_parts(checks, every, reuse)), [called(name) for name in unread], complete)
    if first := count > 1 or (count == 1 and _says_more(overall)):
        yield from overall_told(overall, systems_and_environment(options))
    if overall.is_about_none:
        every = [[replace(one, goes_on=False) for one in found] for found in every]
    for number, ((name, check), found) in enumerate(zip(checks, every, strict=True)):
        if number or first:
            yield ""
        yield from _file_told(name, check, found, many=count > 1)
    if beside := [*chains_told(chains), *folders]:
        yield ""
        yield from (line for told in beside for line in wrapped(told, "  ", "", most=3))
    if reuse is not None:
        yield ""
        yield from _reuse_told(reuse, options)
    if count > 1:
        yield ""
        yield from _table_told(every, unread)


def _table_told(every: Sequence[Sequence[_Told]], unread: Sequence[str]) -> Iterator[Line | str]:
    from pkitools_cli.commands.cert.check_table import table  # most ask about one

    yield from table([_row(one, len(found)) for found in every for one in found], [called(name) for name in unread])


def _parts(
    checks: Sequence[tuple[str, FileCheck]], every: Sequence[Sequence[_Told]], reuse: Report | None
) -> Iterator[Part]:
    """Yield everything that has a say in the exit code."""
    for (name, check), found in zip(checks, every, strict=True):
        yield from (Part(one.report, one.file, one.which) for one in found)
        besides = [check.file_report] if len(check.judged) > 1 else []
        besides += [check.delivery] if check.delivery.verdict is Verdict.FAILED else []
        yield from (Part(report, called(name), certificate=False) for report in besides)
    if reuse is not None:
        yield Part(reuse, "", certificate=False)


def _says_more(overall: Overall) -> bool:
    """Return whether the verdict on a certificate is not the verdict on all: it is not what is read first, then."""
    return any(part.report.verdict is not overall.verdict for part in overall.certificates)


def _reuse_told(reuse: Report, options: CheckOptions) -> Iterator[Line | str]:
    """Yield what was found of the certificates together: a verdict is given of each, and stands there."""
    heading = tr(f"cli.cert_check.reuse_{'found' if reuse.findings or reuse.not_checked else 'good'}")
    yield from (Line(row, bold=True) for row in wrapped(heading, ""))
    full = min(_full(options), Severity.WARNING)  # which file it is about stands in what it says
    yield from findings_told(reuse, full=full, verbose=options.verbose)


def chains_told(chains: Sequence[tuple[str, ChainFile]]) -> Iterator[str]:
    """Yield the sentence that says which certificates were not judged, but used as chain; nothing without any."""
    count = sum(chain.count for _, chain in chains)
    if count:
        files = joined([called(name) for name, _ in chains])
        yield tr(f"cli.cert_check.as_chain{form_of(count)}", count=count, files=files)


def copies_told(names: Sequence[str]) -> Iterator[str]:
    """Yield the sentence that says which files hold what was judged in another; nothing without any."""
    if names:
        yield tr("cli.cert_check.copies", files=joined([*map(called, names)]))


def _full(options: Meant) -> Severity:
    return Severity.INFO if options.verbose else Severity.ERROR


def told_with_its_file(one: JudgedCertificate, check: FileCheck, keys: Report | None = None) -> Report:
    """Return the report of a certificate, with what there is to say of its file where that holds no other.

    Args:
        one: the certificate.
        check: its file.
        keys: what there is to say of the keys beside it, where no other certificate was judged.
    """
    report = one.result.report + check.file_report if len(check.judged) == 1 else one.result.report
    return report if keys is None else report + keys


def _certificates(name: str, check: FileCheck, options: CheckOptions, keys: Report | None) -> Iterator[_Told]:
    """Yield the certificates of a file; what there is to say of a file with one certificate stands in its report."""
    placing, beside = Placing(name, check, options, keys), _of_the_file(check, keys)
    for one in check.judged:
        yield _Told(
            called(name),
            one.subject.number,
            _which(one, check.count),
            placing.of(one),
            delivered=check.delivery.verdict is not Verdict.FAILED,
            beside=beside,
        )


def _of_the_file(check: FileCheck, keys: Report | None) -> dict[Severity, int]:
    """Return what is told below of a file with one certificate; of one that is refused its own verdict says it."""
    if len(check.judged) != 1 or check.delivery.verdict is Verdict.FAILED:
        return {}
    above = [told_with_its_file(check.judged[0], check, keys)]
    told = {found.rule.code: found.rule.severity for found in told_apart(check.delivery, above).findings}
    return dict(Counter(told.values()))


class Placing:
    """The certificates of one file as they were handed in: what is to be known of the file is looked up once.

    Args:
        name: the file.
        check: what was found of it.
        options: what was asked.
        keys: what there is to say of the keys beside it, where no other certificate was judged.
    """

    def __init__(self, name: str, check: FileCheck, options: CheckOptions, keys: Report | None) -> None:
        self._name, self._check, self._options, self._keys = name, check, options, keys
        self._is_alone = _is_alone(check)
        self._was_mailed = any(found.rule.code == _MAILED_KEY for found in _weighty(check.delivery))

    def of(self, one: JudgedCertificate) -> HandedIn:
        """Return a certificate of the file: what comes next follows from where it stands."""
        return HandedIn(
            self._name,
            one.result,
            told_with_its_file(one, self._check, self._keys),
            self._options,
            arrived=_has_arrived(self._options),
            is_alone=self._is_alone,
            of_provider=is_of_provider(item.role for item in one.subject.items),
            chosen=one.result.facts.sha256[:_ENOUGH] if self._check.count > 1 else None,
            is_keystore=_is_keystore(self._check.contents),
            was_mailed=self._was_mailed,
        )


def placings(
    checks: Sequence[tuple[str, FileCheck]], options: CheckOptions, keys: Report | None = None
) -> dict[str, Placing]:
    """Return the certificates of each file as they were handed in, by the name of the file; ``keys`` as of each."""
    return {name: Placing(name, check, options, keys) for name, check in checks}


def _has_arrived(options: CheckOptions) -> bool:
    return bool(options.key_file or options.csr_file)


def _weighty(report: Report) -> Iterator[Outcome]:
    return (found for found in report.findings if found.rule.severity in {Severity.WARNING, Severity.ERROR})


def _is_keystore(contents: Contents) -> bool:
    """Return whether a passphrase opens it; a mail with a private key may have one attached."""
    return contents.container in _KEYSTORES or (_is_mail(contents) and bool(contents.of_kind(ItemKind.KEY)))


def _is_mail(contents: Contents) -> bool:
    return contents.container is ContainerFormat.MAIL


def _is_alone(check: FileCheck) -> bool:
    return any(found.rule.code == "delivery.chain.complete" for found in check.delivery.findings)


def _has_more(check: FileCheck) -> bool:
    """Return whether there is something to say of the file that stands in the report of no certificate.

    That its metadata were not judged has a sentence of its own: a verdict on the file would be read as one on them.
    """
    told = [each for each in check.file_report.findings if each.rule.code != _METADATA]
    return len(check.judged) > 1 and bool(told or check.file_report.not_checked)


def _file_told(name: str, check: FileCheck, found: Sequence[_Told], *, many: bool) -> Iterator[Line | str]:
    """Yield what was found of one file: of each certificate, then of the file, which stands last.

    Among many a name that had to be shortened stands whole somewhere, on a line of its own.
    """
    told = list(_all_of_file(name, check, found, many=many))
    yield from told
    base = shown(Path(called(name)).name)
    if many and not any(base in (row if isinstance(row, str) else row.text) for row in told):
        yield ""
        yield from (Line(row, bold=True) for row in file_named(called(name)))


def _all_of_file(name: str, check: FileCheck, found: Sequence[_Told], *, many: bool) -> Iterator[Line | str]:
    for number, one in enumerate(found):
        if number:
            yield ""
        yield from _certificate_told(one, many=many)
    if _has_more(check):
        yield ""
        options = found[0].place.options
        yield from report_told(check.file_report, full=_full(options), verbose=options.verbose)
    if any(each.rule.code == _METADATA for each in check.file_report.findings):
        yield ""
        following = metadata_step(name, found[0].place.options)
        yield from wrapped(following.sentence, "  ", "")
        yield from () if following.words is None else command_rows(following.words, "  ")
    above = [one.report for one in found]
    yield from delivery_told(name, check.delivery, verbose=found[0].place.options.verbose, above=above)
    if len(found) == 1 and any(each.rule.code == INCOMPLETE for each in check.delivery.findings):
        chain = chain_step(found[0].place)
        yield from chain.rows("  ", "    ") if chain is not None else ()


def _certificate_told(one: _Told, *, many: bool) -> Iterator[Line | str]:
    options = one.place.options
    yield from _answer(one, many=many)
    if one.report.findings or one.report.not_checked:
        yield ""
        yield from findings_told(one.report, full=_full(options), verbose=options.verbose)
    if options.verbose:
        yield ""
        yield from labelled("cli.cert_check.row", _rows(one))


# -- the answer --------------------------------------------------------------------------------------------------------


def _answer(one: _Told, *, many: bool) -> Iterator[Line | str]:
    """Yield the verdict, why, what to do, what there is besides and whose it is: at most thirteen rows."""
    head, because = _verdict(one), _why(one)  # in the order they are read in
    below = [*_now(one), *_also(one)]
    left = _MOST_ROWS - len(head) - len(below)
    whose = _from(one, max(min(left - _FEWEST_OF_WHY, 3), 2), many=many)
    yield from head
    yield from cut_rows(because, max(left - len(whose), _FEWEST_OF_WHY))
    yield from (*below, *whose)


def _verdict(one: _Told) -> list[Line | str]:
    """Return the verdict, what was asked and about what: on one line where that fits."""
    verdict = report_word("verdict", one.report.verdict)
    passed_alone = one.report.verdict is Verdict.PASSED and not one.delivered
    said = f"{verdict} {tr('cli.cert_check.of_certificate')}" if passed_alone else verdict
    said = f"{said} ({but})" if (but := reserved(one.report)) else said
    asked = f"{said} {tr('cli.cert_check.for_system', systems=systems_and_environment(one.place.options))}"
    line = f"{asked}   {shown(one.report.subject)}"
    indent = " " * (label_width(language()) + 4)
    rows = [line] if width(line) <= columns() else wrapped(line, indent, "", most=2)
    return [coloured(rows[0], one.report.verdict, verdict), *rows[1:]]


def _why(one: _Told) -> list[str]:
    because = answer_of(one.report).because
    if because is None:
        return []
    first, indent = under_answer("why")
    return wrapped(why(because, language(), one.report.moment), indent, first)


def _now(one: _Told) -> list[str]:
    passed_only = one.report.verdict is Verdict.PASSED and not one.goes_on
    step = None if passed_only else next_step_of(one.place)
    return [] if step is None else step.rows(*under_answer("now"))


def _also(one: _Told) -> list[str]:
    answer = answer_of(one.report)
    counts = Counter(answer.others) + Counter(one.beside)
    counted = others(replace(answer, others=dict(sorted(counts.items(), reverse=True))), language())
    if not counted:
        return []
    first, indent = under_answer("also")
    hint = "" if one.place.options.verbose else f" ({tr('cli.cert_check.more')})"
    return wrapped(f"{counted}{hint}", indent, first, most=1)


def _from(one: _Told, most: int, *, many: bool) -> list[str]:
    first, indent = under_answer("from")
    facts, oin = one.place.result.facts, one.place.result.oin
    last = (f"OIN {oin}" if oin else _without_oin(one.report), _validity(one.place.result, one.report.moment))
    names = _names(one) if many or one.which else [None]
    # until when it is valid is never what is left out
    organization = _apart(facts.subject.organization)
    ways = [*((name, organization, *last) for name in names), (names[-1], *last)]
    told = (packed([shown(part) for part in way if part], indent, first) for way in ways)
    shortest = wrapped(", ".join(filter(None, last)), indent, first, most=most)
    return next((rows for rows in told if len(rows) <= most), shortest)


def _without_oin(report: Report) -> str:
    """Return what there is instead of an OIN: nothing, or one that is wrong."""
    violated = report.codes()
    there = next((word for code, word in _WRONG_OIN if code in violated), "without_oin")
    return tr(f"cli.cert_check.{there}")


def _apart(name: str | None) -> str | None:
    """Return a name that stands among others: in quotes where it has a comma, or part of it could pass for the next."""
    if name is None or not set(name) & _SEPARATING:
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _names(one: _Told) -> list[str]:
    """Return how to name a certificate of many, the fullest name first."""
    base = Path(one.file).name
    cut = fitted_end(base, _MOST_OF_NAME)
    names = (one.file, base, cut)
    return [*(f"{name} ({one.which})" if one.which else name for name in names), f"{cut} ({one.number})"]


def _validity(result: CheckResult, moment: datetime | None) -> str | None:
    if moment is None:
        return None
    facts = result.facts
    return validity(facts.not_before, facts.not_after, moment, language(), works_until=result.ends)


# -- the details -------------------------------------------------------------------------------------------------------


def _which(one: JudgedCertificate, count: int) -> str:
    """Return which certificate of its file it is; empty when it is the only one and nothing more can be said."""
    subject = one.subject
    more = tuple(filter(None, map(_apart, (*subject.aliases, *subject.uses))))
    if count == 1 and not more:
        return ""
    told = tr("cli.cert_check.number", number=subject.number, count=count)
    return shown(", ".join((told, *more)))


def _rows(one: _Told) -> Iterator[tuple[str, str | None]]:
    result, report = one.place.result, one.report
    facts = result.facts
    yield "file", one.file
    yield "which", one.which or None
    yield "subject", shown(facts.subject.text.short)
    yield "oin", str(result.oin) if result.oin else tr("cli.cert_check.no_oin")
    yield "issuer", shown(facts.issuer.text.short)
    yield "validity", " - ".join(day_and_time(end, language()) for end in (facts.not_before, facts.not_after))
    yield "moment", day_and_time(report.moment, language()) if report.moment else None
    yield "path", _path(result)
    yield "revocation", _revocation(result)


def _path(result: CheckResult) -> str:
    if result.path is None:
        return tr("cli.cert_check.no_path")
    names = [read_certificate(der).subject.text.short for der in result.path.certificates]
    path = " ← ".join(map(shown, names))
    return f"{path}  ({tr('cli.cert_check.engine', engine=result.engine)})"


def _revocation(result: CheckResult) -> str:
    if not result.revocation.certificates:
        return report_word("revocation", "not_checked")
    words = []
    for entry in result.revocation.certificates:
        told = report_word("revocation", entry.status.kind)
        why_so = readable({"code": entry.status.code}, language())["code"]
        words.append(f"{told} ({why_so})" if why_so else told)
    return ", ".join(words)


# -- one line each -----------------------------------------------------------------------------------------------------


def _quiet(
    checks: Sequence[tuple[str, FileCheck]], every: Sequence[Sequence[_Told]], reuse: Report | None
) -> Iterator[Line | str]:
    """Yield one line for each certificate, and for what else keeps the exit code from 0."""
    for (name, check), found in zip(checks, every, strict=True):
        for one in found:
            yield _in_one_line(one.name, one.report, _validity(one.place.result, one.report.moment) or "")
        if _has_more(check) and _is_to_be_told(check.file_report):
            yield _in_one_line(called(name), check.file_report, "")
        if check.delivery.verdict is Verdict.FAILED:
            yield _in_one_line(called(name), check.delivery, "")
    if reuse is not None and _is_to_be_told(reuse):
        yield _in_one_line(reuse.subject, reuse, "")


def _is_to_be_told(report: Report) -> bool:
    """Return whether there is to say of files what nobody may read over."""
    return report.verdict is not Verdict.PASSED or bool(reserved(report))


def _in_one_line(name: str, report: Report, otherwise: str) -> Line:
    verdict = report_word("verdict", report.verdict)
    start = f"{shown(name)}: "
    said = f"{verdict}, {but}" if (but := reserved(report)) else verdict
    text = f"{start}{said}  {_briefly(report) or otherwise}".rstrip()
    return coloured(text, report.verdict, verdict, len(start))


def _briefly(report: Report) -> str:
    because = answer_of(report).because
    return "" if because is None else in_short(because, language(), report.moment)


def _row(one: _Told, count: int) -> Row:
    from pkitools_cli.commands.cert.check_table import Row

    mark = f" ({one.number})" if count > 1 else ""
    report = one.report
    because = answer_of(report).because
    why_so = reserved(report) if because is None else in_a_word(because, language(), report.moment)
    return Row(one.file, mark, one.place.result.ends, report.moment, report.verdict, why_so)
