"""Report → lines for people, in Dutch or English: the answer first, then each finding by weight.

Operands are already made safe by the messages. :func:`report_text` is the whole; a program that has a width or colours
makes its own of the same :class:`TextLine`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import Language, RemedyText, message
from pkitools.reports.sentences import language_of
from pkitools.reports.telling.answer import (
    Answer,
    ToldFinding,
    ToldGap,
    answer_of,
    by_reason,
    told,
    told_findings,
    told_gaps,
)
from pkitools.reports.telling.readable import number_of
from pkitools.text import abbreviated, shown

TO_INSTALL: Final = frozenset({"no_signature_library", "no_suffix_list"})
"""Reasons that go away when something is installed."""
_OF_ANY: Final = frozenset({"path.anchor.found"})  # what it says holds whichever certificate of a path it is about


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a report, whatever its length.

    Args:
        text: what it says.
        first: what it begins with.
        hang: what the rows begin with that it is continued on.
        word: the start of ``text`` that says how bad it is.
        tone: how bad: a severity or a verdict; ``None`` where ``word`` is empty.
        aside: what stands behind the text, and may be left out where there is no room.
    """

    text: str
    first: str = "  "
    hang: str = "    "
    word: str = ""
    tone: Severity | Verdict | None = None
    aside: str = ""

    @property
    def whole(self) -> str:
        """The text with what stands behind it."""
        return f"{self.text}  {self.aside}" if self.aside else self.text


def report_text(report: Report, language: Language | str, remedy_text: RemedyText | None = None) -> str:
    """Return the verdict with why and what to do, each finding with rule, source and remedy, and what was not checked.

    What one rule says of several certificates stands together; what could not be checked is told per reason. A name is
    its common name here; in full it stands in :func:`pkitools.reports.report_document`.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies, shown instead of the library's where it has one.

    Raises:
        InvalidValueError: there is no such language.
    """
    tongue = language_of(language)
    lines = [f"{word_of('verdict', report.verdict, tongue)}  {shown(report.subject)}"]
    rows = answer_rows(report, tongue, remedy_text)
    width = label_width(tongue)
    lines += [f"  {word(f'answer.{key}', tongue):<{width}}  {text}" for key, text in rows]
    details = (*finding_lines(report, tongue, remedy_text), *unchecked_lines(report, tongue, remedy_text))
    return abbreviated("\n".join([*lines, *(f"{line.first}{line.whole}" for line in details)]))


def answer_rows(report: Report, language: Language, remedy_text: RemedyText | None = None) -> Iterator[tuple[str, str]]:
    """Yield what stands under a verdict, each with its label: ``why``, ``now``, ``also``."""
    answer = answer_of(report)
    if answer.because is not None:
        yield "why", why(answer.because, language, report.moment)
    if answer.step is not None and (remedy := told(answer.step, language, remedy_text, report.moment).remedy):
        yield "now", remedy
    if counted := others(answer, language):
        yield "also", counted


def label_width(language: Language) -> int:
    """Return how wide the widest label of an answer is."""
    return max(len(word(f"answer.{key}", language)) for key in ("why", "now", "also", "from"))


def why(outcome: Outcome, language: Language, moment: datetime | None = None) -> str:
    """Return why a verdict is what it is, in one or two sentences."""
    text = told(outcome, language, moment=moment)
    if text.short and is_about_the_subject(outcome):
        return _sentence(text.short)
    return text.message if outcome.reason else f"{_sentence(text.title)} {text.message}"


def in_short(outcome: Outcome, language: Language, moment: datetime | None = None) -> str:
    """Return why a verdict is what it is, in a few words."""
    text = told(outcome, language, moment=moment)
    if text.short and is_about_the_subject(outcome):
        return text.short
    return text.title[:1].lower() + text.title[1:] if text.title[1:2].islower() else text.title


def in_a_word(outcome: Outcome, language: Language, moment: datetime | None = None) -> str:
    """Return why a verdict is what it is, for a narrow column."""
    text = told(outcome, language, moment=moment)
    return text.word if text.word and is_about_the_subject(outcome) else in_short(outcome, language, moment)


def is_about_the_subject(outcome: Outcome) -> bool:
    """Return whether it is about the certificate that was judged or its whole path, and not about one above it."""
    about = outcome.certificate is None or outcome.certificate.role == "end_entity"
    return about or outcome.rule.code in _OF_ANY


def _sentence(words: str) -> str:
    end = "" if words[-1:] in {".", "!", "?"} else "."
    first = words[:1] if words[1:2].isupper() else words[:1].upper()  # eHerkenning is a name
    return f"{first}{words[1:]}{end}"


def others(answer: Answer, language: Language) -> str:
    """Return how much was found besides: ``2 waarschuwingen, 3 opmerkingen``; empty when nothing was."""
    return ", ".join(
        message(f"report.count.{severity.name.lower()}.{number_of(count)}", {"count": count}, language).title
        for severity, count in answer.others.items()
    )


def finding_lines(
    report: Report, language: Language, remedy_text: RemedyText | None = None, *, full: Severity = Severity.INFO
) -> Iterator[TextLine]:
    """Yield the findings, the gravest first; above all what says what was given, where it is no OIN.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies.
        full: from which severity on a finding has its message, remedy and source; what weighs less has one line.
    """
    for found in told_findings(report, language, remedy_text):
        told_in_full = found.rule.severity >= full
        yield _headline(found, language, may_lose_code=not told_in_full)
        if told_in_full:
            yield from _in_full(found, language)


def _headline(found: ToldFinding, language: Language, *, may_lose_code: bool) -> TextLine:
    severity = found.rule.severity
    name = word_of("severity", severity.name, language)
    title, code = f"{name}: {found.title}", f"[{found.rule.code}]"
    told, aside = (title, code) if may_lose_code else (f"{title}  {code}", "")
    return TextLine(told, hang="      ", word=name, tone=severity, aside=aside)


def _in_full(found: ToldFinding, language: Language) -> Iterator[TextLine]:
    for part in found.messages:
        yield TextLine(part, "      ", "      ")
    for part in found.remedies:
        yield TextLine(f"→ {part}", "      ", "        ")
    yield TextLine(f"{word('source', language)}: {found.source}", "      ", "        ")


def unchecked_lines(
    report: Report, language: Language, remedy_text: RemedyText | None = None, *, full: bool = True
) -> Iterator[TextLine]:
    """Yield what could not be checked, by reason: a line that counts it, or all of it.

    Args:
        report: the report.
        language: ``nl`` or ``en``.
        remedy_text: the program's own remedies.
        full: name each rule, and say what to do.
    """
    if not full:
        grouped = by_reason(report)
        yield from _counted(grouped, language)
        yield from _to_install(grouped, language, remedy_text)
        return
    for gap in told_gaps(report, language, remedy_text):
        yield from _not_checked(gap, language)


def _counted(grouped: dict[str, list[Outcome]], language: Language) -> Iterator[TextLine]:
    if not grouped:
        return
    rules = {reason: len({o.rule.code for o in outcomes}) for reason, outcomes in grouped.items()}
    why_not = "; ".join(f"{_reason_title(reason, language)} ({count})" for reason, count in rules.items())
    operands = {"count": sum(rules.values()), "why": why_not}
    yield TextLine(message("report.unchecked", operands, language).message, hang="      ")


def _to_install(reasons: Iterable[str], language: Language, remedy_text: RemedyText | None) -> Iterator[TextLine]:
    """Yield what to install: whoever has more to mend would not hear of it before all of that is done."""
    for reason in filter(TO_INSTALL.__contains__, reasons):
        remedy = message(f"report.reason.{reason}", {}, language, remedy_text).remedy
        yield TextLine(f"→ {remedy}", "      ", "        ")


def _reason_title(reason: str, language: Language) -> str:
    title = word_of("reason", reason, language)
    return title[:1].lower() + title[1:]


def _not_checked(gap: ToldGap, language: Language) -> Iterator[TextLine]:
    yield TextLine(f"{word('status.not_checked', language)}: {gap.reason}", hang="      ")
    if gap.remedy:
        yield TextLine(f"→ {gap.remedy}", "      ", "        ")
    yield TextLine(", ".join(gap.codes), "      ", "      ")


def word(key: str, language: Language) -> str:
    """Return a word of reports."""
    return message(f"report.{key}", {}, language).title


def word_of(kind: str, value: str, language: Language) -> str:
    """Return the word for a severity, a verdict or a reason."""
    return word(f"{kind}.{value.lower()}", language)
