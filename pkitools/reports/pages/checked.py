"""What ``check_file`` found as a page: the answer first, as a terminal has it; then why, the chain and the details."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from pkitools.arguments import aware, choice, optional_choice
from pkitools.environment import Environment
from pkitools.findings import Report, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.messages import Language, RemedyText, error_sentence, message
from pkitools.messages.days import day_and_time
from pkitools.reports.checked_file import CheckedFile, with_their_keys
from pkitools.reports.pages.chain import Chain, Chains
from pkitools.reports.pages.findings import NOTHING_FOUND, TONES, Findings, findings_of, labelled, notations
from pkitools.reports.pages.layout import Frame, page_text
from pkitools.reports.sentences import language_of
from pkitools.reports.telling.answer import (
    answer_of,
    reservations,
    told_apart,
)
from pkitools.reports.telling.readable import validity
from pkitools.reports.text import answer_rows, in_a_word, in_short, others, why, word_of
from pkitools.text import abbreviated
from pkitools.x509.given import CERTIFICATE, several_ders

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, FileCheck, JudgedCertificate
    from pkitools.checking.beside import Companion


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next.

    Args:
        sentence: what; ends with a colon when a command follows.
        command: the command, on one line; empty where there is none.
    """

    sentence: str
    command: str = ""


_WORST_FIRST: Final = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED)
_MOST_REASONS: Final = 5  # of what decides the whole: all of it stands below

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
        next_step: the program's own next step; where it has none it is the remedy of what decides.
        given: DER of the certificates that were given beside the files.
        companions: the keys and requests in the files: of each certificate is told which of them go with it.
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
    companions: Sequence[Companion] = ()
    notes: Sequence[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "moment", aware(self.moment))
        object.__setattr__(self, "environment", choice(Environment, self.environment, "environment"))
        object.__setattr__(self, "language", language_of(self.language))
        object.__setattr__(self, "given", several_ders(self.given, CERTIFICATE, "given"))


@dataclass(frozen=True, slots=True)
class Whole:
    """The verdict on all that was given.

    Args:
        tone, verdict: how it came off, and the word for it.
        but: what is to be known beside PASSED, in a few words each; empty where there is nothing.
        because: what decides that stands with no certificate, a sentence each.
        step: what to do about it; empty where that stands with a certificate.
        counts: of each verdict, the worst first: tone, word and how many certificates.
        rows: of each certificate and of each file that could not be judged: where it is told, tone, word, name and why.
    """

    tone: str
    verdict: str
    but: str
    because: tuple[str, ...]
    step: str
    counts: tuple[tuple[str, str, int], ...]
    rows: tuple[tuple[str, str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """One certificate on a page.

    Args:
        mark: its name on the page.
        name: what to call it.
        tone, verdict: how it came off, and the word for it.
        but: what is to be known beside PASSED, in a few words each; empty where there is nothing.
        why: what decides, in a few words; empty where nothing does.
        because: the same in one or two sentences.
        beside: which keys and requests among the files go with it, a sentence each.
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
    beside: tuple[str, ...]
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
    chains, numbered = Chains(asked.given, asked.moment), enumerate(given, start=1)
    told = tuple(_with_misfits(_file(file, n, asked, chains), file.name, reuse, asked) for n, file in numbered)
    together = NOTHING_FOUND if reuse is None else findings_of(reuse, asked.language, asked.remedy)
    worst = optional_choice(Verdict, verdict, "verdict") or _worst(given, reuse)
    beside = tuple(_with_no_certificate(given, reuse))
    whole = _whole(told, worst, beside, asked)
    return Shown(_asked(asked), asked.moment, told, together, tuple(_notes(given, asked)), whole)


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
    return next((each for each in _WORST_FIRST if each in found), Verdict.INDETERMINATE)


def _asked(asked: Asked) -> str:
    environment = message(f"portfolio.report.environment.{asked.environment}", {}, asked.language).title
    named = ", ".join((*asked.systems, environment))
    return message("pages.asked", {"systems": named}, asked.language).title


# -- files -------------------------------------------------------------------------------------------------------------


def _file(file: CheckedFile, number: int, asked: Asked, chains: Chains) -> ShownFile:
    mark, name = f"f{number}", _base(file.name)
    if file.check is None:
        error = "" if file.error is None else error_sentence(file.error, asked.language, asked.remedy)
        return ShownFile(mark, name, error=error)
    check = file.check
    alone, chain_of = len(check.judged) == 1, chains.of_file(check)
    return ShownFile(
        mark,
        name,
        tuple(_certificate(one, file, f"{mark}c{one.subject.number}", asked, chain_of) for one in check.judged),
        NOTHING_FOUND if alone else findings_of(check.file_report, asked.language, asked.remedy),
        findings_of(check.delivery, asked.language, asked.remedy),
        check.delivery.verdict is Verdict.FAILED,
    )


def _with_misfits(shown: ShownFile, name: str, reuse: Report | None, asked: Asked) -> ShownFile:
    """Return a file whose certificates say that the key with its name is another's: what is wrong with all of it
    stands above, and a good certificate with a wrong key looks good to nobody."""
    found = () if reuse is None else (each for each in reuse.findings if each.params.get("beside") == name)
    told = dict.fromkeys(in_a_word(each, asked.language, asked.moment) for each in found)
    if not told:
        return shown
    return replace(shown, certificates=tuple(_not_simply_good(one, tuple(told)) for one in shown.certificates))


def _not_simply_good(one: ShownCertificate, told: Sequence[str]) -> ShownCertificate:
    but = ", ".join(filter(None, (one.but, *told)))
    return replace(one, tone="soon" if one.tone == TONES[Verdict.PASSED] else one.tone, but=but)


def _also(report: Report, check: FileCheck, language: Language) -> str:
    """Return how much there is besides, as a terminal counts: of a file with one certificate what is said of it too."""
    answer, delivery = answer_of(report), check.delivery
    if len(check.judged) == 1 and delivery.verdict is not Verdict.FAILED:
        rules = {each.rule.code: each.rule.severity for each in told_apart(delivery, [report]).findings}
        counts = Counter(answer.others) + Counter(rules.values())
        answer = replace(answer, others=dict(sorted(counts.items(), reverse=True)))
    return others(answer, language)


# -- certificates ------------------------------------------------------------------------------------------------------


def _certificate(
    one: JudgedCertificate, file: CheckedFile, mark: str, asked: Asked, chain_of: Callable[[CheckResult], Chain]
) -> ShownCertificate:
    result, check = one.result, file.check
    assert check is not None  # it is one of its certificates
    report = result.report + check.file_report if len(check.judged) == 1 else result.report
    answer = answer_of(report)
    because = answer.because
    rows = dict(answer_rows(report, asked.language, asked.remedy))
    return ShownCertificate(
        mark,
        result.facts.subject.text.short.strip() or result.facts.sha256,
        TONES[report.verdict],
        word_of("verdict", report.verdict, asked.language),
        _reserved(report, asked.language),
        "" if because is None else in_short(because, asked.language, report.moment),
        rows.get("why", ""),
        tuple(dict.fromkeys(_beside(one, asked))),
        _step(one, file, rows, asked),
        _also(report, check, asked.language),
        tuple(_facts(one, file, check, asked)),
        tuple(_thumbprints(one)),
        chain_of(result),
        findings_of(report, asked.language, asked.remedy),
    )


def _beside(one: JudgedCertificate, asked: Asked) -> Iterator[str]:
    """Yield which keys and requests go with a certificate: that they fit is the answer to who hands them in with it."""
    for each in asked.companions:
        if each.fits(one.result.facts.public_key):
            yield message(f"pages.fits.{each.kind.value}", {"file": _base(each.file)}, asked.language).title


def _step(one: JudgedCertificate, file: CheckedFile, rows: Mapping[str, str], asked: Asked) -> Advice | None:
    found = None if asked.next_step is None else asked.next_step(file, one)
    if found is not None:
        return found
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
        ("validity", validity(facts.not_before, facts.not_after, asked.moment, language, works_until=one.result.ends)),
        ("from_until", " – ".join(day_and_time(end, language) for end in (facts.not_before, facts.not_after))),
        ("dns_names", ", ".join(each.value for each in facts.subject_alternative_name or () if each.kind == "dns")),
        ("serial", _serial(facts.serial_number)),
    )


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


# -- all of it ---------------------------------------------------------------------------------------------------------


def _with_no_certificate(files: Sequence[CheckedFile], reuse: Report | None) -> Iterator[Report]:
    """Yield what has a say in the verdict on all, and stands with none of the certificates."""
    for check in (file.check for file in files if file.check is not None):
        yield from (check.file_report,) if len(check.judged) > 1 else ()
        yield from (check.delivery,) if check.delivery.verdict is Verdict.FAILED else ()
    yield from () if reuse is None else (reuse,)


def _whole(files: Sequence[ShownFile], verdict: Verdict, beside: Sequence[Report], asked: Asked) -> Whole | None:
    """Return the verdict on all; ``None`` where there is one certificate, and its verdict is that on all."""
    told, tone = word_of("verdict", verdict, asked.language), TONES[verdict]
    certificates = [one for file in files for one in file.certificates]
    unread = [file for file in files if file.error]
    if len(certificates) == 1 and not unread and certificates[0].verdict == told:
        return None
    counts = Counter((one.tone, one.verdict) for one in certificates)
    order = [word_of("verdict", each, asked.language) for each in _WORST_FIRST]
    decides = any(one.verdict == told for one in certificates)
    deciding = [] if verdict is Verdict.PASSED else [each for each in beside if each.verdict is verdict]
    because = list(dict.fromkeys(_reasons(deciding, asked.language)))
    if verdict is Verdict.INDETERMINATE and not (because or unread or decides):
        because = [message("pages.whole.incomplete", {}, asked.language).title]
    more = [f"… (+{len(because) - _MOST_REASONS})"] if len(because) > _MOST_REASONS else []
    words = (*(one.but for one in certificates), *(_reserved(each, asked.language) for each in beside))
    return Whole(
        tone,
        told,
        ", ".join(dict.fromkeys(filter(None, words))) if verdict is Verdict.PASSED else "",
        (*because[:_MOST_REASONS], *more),
        "" if decides or not deciding else dict(answer_rows(deciding[0], asked.language, asked.remedy)).get("now", ""),
        tuple((*each, counts[each]) for each in sorted(counts, key=lambda each: order.index(each[1]))),
        tuple(_whole_rows(files, asked.language)),
    )


def _reserved(report: Report, language: Language) -> str:
    return ", ".join(in_a_word(but, language, report.moment) for but in reservations(report))


def _reasons(reports: Iterable[Report], language: Language) -> Iterator[str]:
    """Yield why reports came off as they did: of one rule every sentence, as each is about other files."""
    for report in reports:
        because = answer_of(report).because
        alike = (each for each in report.findings if because is not None and each.rule.code == because.rule.code)
        yield from (why(each, language, report.moment) for each in alike)


def _whole_rows(files: Sequence[ShownFile], language: Language) -> Iterator[tuple[str, str, str, str, str]]:
    for file in files:
        for one in file.certificates:
            yield one.mark, one.tone, one.verdict, one.name, one.why or one.but
        if file.error:
            yield file.mark, "unsure", message("pages.unread", {}, language).title, file.name, file.error
