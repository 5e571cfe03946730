"""What ``check_file`` found as a page: the answer first, as a terminal has it; then why, the chain and the details."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from pkitools.arguments import aware, choice, optional_choice
from pkitools.environment import Environment
from pkitools.findings import Report, Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import Language, RemedyText, error_sentence, message
from pkitools.messages.days import day_and_time
from pkitools.reports.checked_file import CheckedFile, with_their_keys
from pkitools.reports.pages.chain import Chain, chain_of_check
from pkitools.reports.pages.layout import Frame, page_text
from pkitools.reports.sentences import language_of
from pkitools.reports.telling.answer import ToldFinding, ToldGap, answer_of, reservations, told_findings, told_gaps
from pkitools.reports.telling.readable import validity
from pkitools.reports.text import answer_rows, in_a_word, in_short, word_of
from pkitools.text import abbreviated
from pkitools.x509.given import CERTIFICATE, several_ders

if TYPE_CHECKING:
    from pkitools.checking import FileCheck, JudgedCertificate

TONES: Final[dict[Severity | Verdict, str]] = {
    Severity.ERROR: "bad",
    Severity.WARNING: "soon",
    Severity.NOTICE: "plain",
    Severity.INFO: "plain",
    Verdict.FAILED: "bad",
    Verdict.INDETERMINATE: "unsure",
    Verdict.PASSED: "good",
}
"""With which tone a page shows how bad something is: ``pieces.html`` has a form and a colour for each."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next.

    Args:
        sentence: what; ends with a colon when a command follows.
        command: the command, on one line; empty where there is none.
    """

    sentence: str
    command: str = ""


NextStep = Callable[[CheckedFile, "JudgedCertificate"], Advice | None]
"""A program's own next step for a certificate of a file; ``None`` where there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of certificates, and in which words it is told.

    Args:
        moment: when they were judged, aware UTC.
        environment: for which.
        systems: what people call the systems they are for.
        language: ``nl`` or ``en``.
        remedy: the program's own remedies, shown instead of the library's where it has one.
        next_step: the program's own next step; without one it is the remedy of what decides.
        given: DER of the certificates that were given beside the files.
        notes: the program's own sentences about what was given and not judged; without them it is told which files
            were used as the chain of the others.

    Raises:
        InvalidValueError: the moment is not aware, or there is no such environment or language.
    """

    moment: datetime
    environment: Environment | str
    systems: Sequence[str] = ()
    language: Language = "en"
    remedy: RemedyText | None = None
    next_step: NextStep | None = None
    given: Sequence[bytes] = ()
    notes: Sequence[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "moment", aware(self.moment))
        object.__setattr__(self, "environment", choice(Environment, self.environment, "environment"))
        object.__setattr__(self, "language", language_of(self.language))
        object.__setattr__(self, "given", several_ders(self.given, CERTIFICATE, "given"))


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report says beside its verdict.

    Args:
        found: each finding with its tone and the word for its weight, the gravest first.
        gaps: what could not be checked.
    """

    found: tuple[tuple[str, str, ToldFinding], ...]
    gaps: tuple[ToldGap, ...]

    def __bool__(self) -> bool:
        return bool(self.found or self.gaps)


NOTHING_FOUND: Final = Findings((), ())
"""Of a report that says nothing beside its verdict."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The verdict on all that was given.

    Args:
        tone, verdict: how it came off, and the word for it.
        counts: of each verdict, the worst first: tone, word and how many certificates.
        rows: of each certificate and of each file that could not be judged: where it is told, tone, word, name and why.
    """

    tone: str
    verdict: str
    counts: tuple[tuple[str, str, int], ...]
    rows: tuple[tuple[str, str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """One certificate on a page.

    Args:
        mark: its name on the page.
        name: what to call it.
        tone, verdict: how it came off, and the word for it.
        but: what is to be known beside PASSED, in a few words; empty where there is nothing.
        why: what decides, in a few words; empty where nothing does.
        because: the same in one or two sentences.
        step: what to do next.
        also: how much there is besides; empty where there is nothing.
        facts: label and value pairs.
        thumbprints: label and notations.
        chain: its chain.
        findings: the rest.
    """

    mark: str
    name: str
    tone: str
    verdict: str
    but: str
    why: str
    because: str
    step: Advice | None
    also: str
    facts: tuple[tuple[str, str], ...]
    thumbprints: tuple[tuple[str, tuple[str, ...]], ...]
    chain: Chain
    findings: Findings


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file on a page.

    Args:
        mark: its name on the page.
        name: of the file, without its folder: a page is sent to others.
        certificates: those that were judged.
        besides: what there is to say of the file that stands with no certificate.
        delivery: what there is to say of it as it was delivered.
        refused: it was asked to be refused for that, and is.
        error: why it could not be used; empty where it could.
    """

    mark: str
    name: str
    certificates: tuple[ShownCertificate, ...] = ()
    besides: Findings = NOTHING_FOUND
    delivery: Findings = NOTHING_FOUND
    refused: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """All that was checked, ready for the template ``check.html``.

    Args:
        asked: for what, in words.
        moment: when.
        files: each file.
        together: what there is to say of the certificates together.
        notes: what was given and not judged, a sentence each.
        whole: the verdict on all of it; ``None`` where that on the one certificate says it.
    """

    asked: str
    moment: datetime
    files: tuple[ShownFile, ...]
    together: Findings
    notes: tuple[str, ...]
    whole: Whole | None

    @property
    def certificates(self) -> tuple[ShownCertificate, ...]:
        """Every certificate."""
        return tuple(one for file in self.files for one in file.certificates)


def certificate_page(
    files: Iterable[CheckedFile], asked: Asked, *, verdict: Verdict | str | None = None, reuse: Report | None = None
) -> str:
    """Return a page about what was checked, to be kept or mailed.

    Args:
        files: each file that was asked for.
        asked: what was asked, and how it is told.
        verdict: on all that was given; by default the worst of the files and of ``reuse``.
        reuse: what :func:`pkitools.systems.check_reuse` says of the certificates together.

    Raises:
        InvalidValueError: there is no such verdict.
        MissingExtraError: the extra ``pkitools-nl[reports]`` is not installed.
    """
    frame = Frame(moment=asked.moment, language=asked.language, has_script=False)
    shown = checked_for_page(files, asked, verdict=verdict, reuse=reuse)
    return abbreviated(page_text("certificate.html", {"shown": shown}, frame))


def checked_for_page(
    files: Iterable[CheckedFile], asked: Asked, *, verdict: Verdict | str | None = None, reuse: Report | None = None
) -> Shown:
    """Return what was checked as the template ``check.html`` takes it, for a page of one's own.

    Args:
        files, asked, verdict, reuse: as for :func:`certificate_page`.

    Raises:
        InvalidValueError: there is no such verdict.
    """
    given, reuse = with_their_keys([file for file in files if not file.harmless], reuse)
    told = tuple(_file(file, number, asked) for number, file in enumerate(given, start=1))
    together = NOTHING_FOUND if reuse is None else findings_of(reuse, asked.language, asked.remedy)
    worst = optional_choice(Verdict, verdict, "verdict") or _worst(given, reuse)
    return Shown(_asked(asked), asked.moment, told, together, tuple(_notes(given, asked)), _whole(told, worst, asked))


def _notes(files: Sequence[CheckedFile], asked: Asked) -> Iterator[str]:
    if asked.notes is not None:
        yield from asked.notes
        return
    for file in files:
        if file.chain is not None:
            yield message("pages.chain_of_others", {"name": _base(file.name)}, asked.language).title


def _base(name: str) -> str:
    """Return the name of a file without its folder: a page is sent to others."""
    return PurePath(name).name or name


def _worst(files: Sequence[CheckedFile], reuse: Report | None) -> Verdict:
    found = {file.check.verdict if file.check else Verdict.INDETERMINATE for file in files if file.chain is None}
    found |= set() if reuse is None else {reuse.verdict}
    order = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED)
    return next((each for each in order if each in found), Verdict.INDETERMINATE)


def _asked(asked: Asked) -> str:
    environment = message(f"portfolio.report.environment.{asked.environment}", {}, asked.language).title
    named = ", ".join((*asked.systems, environment))
    return message("pages.asked", {"systems": named}, asked.language).title


# -- files -------------------------------------------------------------------------------------------------------------


def _file(file: CheckedFile, number: int, asked: Asked) -> ShownFile:
    mark, name = f"f{number}", _base(file.name)
    if file.check is None:
        error = "" if file.error is None else error_sentence(file.error, asked.language, asked.remedy)
        return ShownFile(mark, name, error=error)
    check = file.check
    alone = len(check.judged) == 1
    return ShownFile(
        mark,
        name,
        tuple(_certificate(one, file, check, f"{mark}c{one.subject.number}", asked) for one in check.judged),
        NOTHING_FOUND if alone else findings_of(check.file_report, asked.language, asked.remedy),
        findings_of(check.delivery, asked.language, asked.remedy),
        check.delivery.verdict is Verdict.FAILED,
    )


def findings_of(report: Report, language: Language, remedy: RemedyText | None = None) -> Findings:
    """Return what a report says beside its verdict, as a page tells it."""
    found = told_findings(report, language, remedy)
    weighed = ((TONES[each.rule.severity], _severity(each, language), each) for each in found)
    return Findings(tuple(weighed), tuple(told_gaps(report, language, remedy)))


def _severity(finding: ToldFinding, language: Language) -> str:
    return word_of("severity", finding.rule.severity.name, language)


# -- certificates ------------------------------------------------------------------------------------------------------


def _certificate(
    one: JudgedCertificate, file: CheckedFile, check: FileCheck, mark: str, asked: Asked
) -> ShownCertificate:
    result = one.result
    report = result.report + check.file_report if len(check.judged) == 1 else result.report
    answer = answer_of(report)
    because = answer.because
    rows = dict(answer_rows(report, asked.language, asked.remedy))
    return ShownCertificate(
        mark,
        result.facts.subject.text.short.strip() or result.facts.sha256,
        TONES[report.verdict],
        word_of("verdict", report.verdict, asked.language),
        ", ".join(in_a_word(but, asked.language, report.moment) for but in reservations(report)),
        "" if because is None else in_short(because, asked.language, report.moment),
        rows.get("why", ""),
        _step(one, file, rows, asked),
        rows.get("also", ""),
        tuple(_facts(one, file, check, asked)),
        tuple(_thumbprints(one)),
        chain_of_check(result, check, asked.given),
        findings_of(report, asked.language, asked.remedy),
    )


def _step(one: JudgedCertificate, file: CheckedFile, rows: Mapping[str, str], asked: Asked) -> Advice | None:
    if asked.next_step is not None:
        return asked.next_step(file, one)
    return Advice(rows["now"]) if "now" in rows else None


def _facts(one: JudgedCertificate, file: CheckedFile, check: FileCheck, asked: Asked) -> Iterator[tuple[str, str]]:
    facts, language = one.result.facts, asked.language
    yield from labelled(
        language,
        ("file", _base(file.name)),
        ("which", _which(one, check, language)),
        ("name", facts.subject.text.short),
        ("organization", facts.subject.organization or ""),
        ("oin", str(one.result.oin) if one.result.oin else message("pages.no_oin", {}, language).title),
        ("issuer", facts.issuer.text.short),
        ("hierarchy", one.result.hierarchy.label if one.result.hierarchy else ""),
        ("validity", validity(facts.not_before, facts.not_after, asked.moment, language)),
        ("from_until", " – ".join(day_and_time(end, language) for end in (facts.not_before, facts.not_after))),
        ("dns_names", ", ".join(each.value for each in facts.subject_alternative_name or () if each.kind == "dns")),
        ("serial", _serial(facts.serial_number)),
    )


def labelled(language: Language, *rows: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Yield rows under their labels; one without a value is left out."""
    for key, value in rows:
        if value:
            yield message(f"pages.row.{key}", {}, language).title, value


def _serial(number: int) -> str:
    from pkitools.x509.document import serial_hex

    return f"{serial_hex(number)} ({number})"


def _which(one: JudgedCertificate, check: FileCheck, language: Language) -> str:
    more = ", ".join((*one.subject.aliases, *one.subject.uses))
    if check.count == 1:
        return more
    told = message("pages.number", {"number": one.subject.number, "count": check.count}, language).title
    return ", ".join(filter(None, (told, more)))


def _thumbprints(one: JudgedCertificate) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each thumbprint in both notations: as most screens write it, and as most settings take it."""
    facts = one.result.facts
    yield "SHA-256", notations(facts.sha256)
    yield "SHA-1", notations(facts.sha1)


def notations(thumbprint: str) -> tuple[str, str]:
    """Return a thumbprint (hex) as most screens write it, and as most settings take it."""
    pairs = ":".join(thumbprint[at : at + 2] for at in range(0, len(thumbprint), 2))
    return pairs.upper(), thumbprint


# -- all of it ---------------------------------------------------------------------------------------------------------


def _whole(files: Sequence[ShownFile], verdict: Verdict, asked: Asked) -> Whole | None:
    """Return the verdict on all; ``None`` where there is one certificate, and its verdict is that on all."""
    told, tone = word_of("verdict", verdict, asked.language), TONES[verdict]
    certificates = [one for file in files for one in file.certificates]
    unread = [file for file in files if file.error]
    if len(certificates) == 1 and not unread and certificates[0].verdict == told:
        return None
    counts = Counter((one.tone, one.verdict) for one in certificates)
    order = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED)
    counted = ((TONES[each], word_of("verdict", each, asked.language)) for each in order)
    return Whole(
        tone,
        told,
        tuple((tone, name, counts[tone, name]) for tone, name in counted if counts[tone, name]),
        tuple(_whole_rows(files, asked.language)),
    )


def _whole_rows(files: Sequence[ShownFile], language: Language) -> Iterator[tuple[str, str, str, str, str]]:
    for file in files:
        for one in file.certificates:
            yield one.mark, one.tone, one.verdict, one.name, one.why or one.but
        if file.error:
            yield file.mark, "unsure", message("pages.unread", {}, language).title, file.name, ""
