"""Connections as a page: what to do for each, the worst first, each step with its command; then the days that come.

Of days alone (``plan``) it is a table of them. What a file of connections brings is text and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from pkitools.connections.status import StepState
from pkitools.frozen import dataclass
from pkitools.messages import Language
from pkitools.reports.connections import Planned
from pkitools.reports.pages.layout import Frame, page_text
from pkitools.reports.planning.work import (
    Work,
    WorkTelling,
    connection_name,
    date_title,
    date_why,
    past_word,
    shown_dates,
    step_said,
    step_title,
    unknown_words,
    without_day,
    work_days,
)
from pkitools.reports.portfolio.telling import Telling, unread_sentence, word
from pkitools.reports.telling.readable import short_day
from pkitools.text import visible

if TYPE_CHECKING:
    from pkitools.connections import ConnectionStatus, StepStatus

TONES: Final = {
    StepState.LATE: "bad",
    StepState.NOW: "soon",
    StepState.UNKNOWN: "unsure",
    StepState.WAITING: "plain",
    StepState.DONE: "good",
}
"""With which tone a page shows how a step stands."""
TO_DO: Final = frozenset({StepState.LATE, StepState.NOW, StepState.UNKNOWN})
"""How a step stands that somebody has to do something about."""

Linking = Callable[["ConnectionStatus", "StepStatus"], str]
"""Where on a program's own page a step is done; empty where that is elsewhere."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of a connection.

    Args:
        tone, state: how it stands, and the word for it.
        title: what it is.
        said: what there is to say of it.
        link: where on the page it is done; empty where that is elsewhere.
        before: what there is to say above the command; empty where there is nothing.
        command: what does it, on one line; empty where nothing does.
        after: what there is to say below it; empty where there is nothing.
    """

    tone: str
    state: str
    title: str
    said: str
    link: str
    before: str
    command: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One day.

    Args:
        day: when.
        kind: what has to happen or happens, for scripts.
        title: the same in words.
        past: the word for a day that has passed; empty where it has not.
        why: what it rests on; empty where nothing is to be said of it.
        name: of its connection, where that does not stand above it.
    """

    day: date
    kind: str
    title: str
    past: str
    why: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ShownConnection:
    """One connection.

    Args:
        name: what to call it.
        kind: how it stands, a :class:`~pkitools.connections.StepState`.
        tone, state: that as a tone, and the word for it.
        is_open: somebody has to do something about it.
        steps: its steps.
        beside: what else there is to know of it, a sentence each.
        dates: its days, counted back.
        found_by: what it is found by when somebody filters.
    """

    name: str
    kind: str
    tone: str
    state: str
    is_open: bool
    steps: tuple[ShownStep, ...]
    beside: tuple[str, ...]
    dates: tuple[ShownDay, ...]
    found_by: str


@dataclass(frozen=True, slots=True)
class ShownWork:
    """Connections, ready for the templates ``work.html`` and ``connections.html``.

    Args:
        title: of the page.
        counts: of each state tone, kind, word and how many connections.
        now: what to do first; empty where the program says nothing of it.
        remarks: what there is to say of all of them, a sentence each.
        connections: each, the worst first; none of days alone.
        days: the days that come, of all of them; of days alone those that passed as well.
        without_day: names of those without a day to count back from.
        unread: name and sentence of what was not looked at.
    """

    title: str
    counts: tuple[tuple[str, str, str, int], ...]
    now: str
    remarks: tuple[str, ...]
    connections: tuple[ShownConnection, ...]
    days: tuple[ShownDay, ...]
    without_day: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]


def work_page(work: Work, telling: WorkTelling) -> str:
    """Return a page about connections.

    Args:
        work: how they stand, or their days.
        telling: how to tell it.

    Raises:
        MissingExtraError: the extra ``pkitools-nl[reports]`` is not installed.
    """
    frame = Frame(moment=work.moment, language=telling.language)
    return page_text("work.html", {"work": work_for_page(work, telling)}, frame)


def work_for_page(work: Work, telling: WorkTelling, link: Linking | None = None) -> ShownWork:
    """Return connections as the template ``connections.html`` takes them, for a page of one's own.

    Args:
        work: how they stand, or their days.
        telling: how to tell it.
        link: says where on that page a step is done.
    """
    language, status = telling.language, work.status
    kind = "plan" if status is None else "status"
    return ShownWork(
        title=word(f"connections.report.{kind}", language, day=short_day(work.moment, language)),
        counts=_counts(work, language),
        now=telling.now,
        remarks=telling.remarks,
        connections=() if status is None else tuple(_connection(one, work, telling, link) for one in status.in_order()),
        days=tuple(_days(work, language)),
        without_day=tuple(without_day(work, language)),
        unread=tuple((one.name, unread_sentence(one, Telling(language))) for one in work.unread),
    )


def _counts(work: Work, language: Language) -> tuple[tuple[str, str, str, int], ...]:
    found = Counter(work.states)
    return tuple(
        (TONES[each], each.value, word(f"connections.state.{each.value}", language), found[each])
        for each in StepState
        if found[each]
    )


def _connection(one: ConnectionStatus, work: Work, telling: WorkTelling, link: Linking | None) -> ShownConnection:
    language, connection = telling.language, one.connection
    name, state = connection_name(connection, language, work.told_apart), word_of_state(one.state, language)
    certificate = "" if one.certificate is None else one.certificate.name
    found_by = (name, state, connection.holder.oin, connection.owner, connection.supplier, certificate)
    return ShownConnection(
        name,
        one.state.value,
        TONES[one.state],
        state,
        one.state in TO_DO,
        tuple(_step(one, step, telling, link) for step in one.steps),
        tuple(_beside(one, telling)),
        tuple(_dates(one, work.moment.date(), language)),
        visible(" ".join(filter(None, found_by))),
    )


def _beside(one: ConnectionStatus, telling: WorkTelling) -> Iterator[str]:
    if telling.beside is not None:
        yield from telling.beside(one)
    elif one.absent:
        yield f"{word('connections.report.absent', telling.language)}: {', '.join(one.absent)}"


def word_of_state(state: StepState, language: Language) -> str:
    """Return how a state is called."""
    return word(f"connections.state.{state.value}", language)


def _step(one: ConnectionStatus, step: StepStatus, telling: WorkTelling, link: Linking | None) -> ShownStep:
    is_asked = step.state in TO_DO
    command = telling.command(one, step) if is_asked and telling.command is not None else None
    before = telling.before(one, step) if is_asked and telling.before is not None else ""
    return ShownStep(
        TONES[step.state],
        word_of_state(step.state, telling.language),
        step_title(step, telling.language),
        step_said(step, telling.language),
        link(one, step) if is_asked and link is not None else "",
        before,
        command.text if command is not None else "",
        command.note if command is not None else "",
    )


def _dates(one: ConnectionStatus, today: date, language: Language) -> Iterator[ShownDay]:
    """Yield the days of a connection, counted back."""
    planned = Planned.of(one)
    for each in shown_dates(planned):
        past = past_word(each, today, language)
        yield ShownDay(each.day, each.kind.value, date_title(each, planned, language), past, date_why(each, language))


def _days(work: Work, language: Language) -> Iterator[ShownDay]:
    """Yield the days of all; of how connections stand those that come: what has passed stands with its connection."""
    today = work.moment.date()
    for one in sorted(work_days(work, language), key=lambda each: (each.day, each.name)):
        if work.status is not None and one.day < today:
            continue
        past = past_word(one.date, today, language)
        unknown = unknown_words(one.date.unknown, language)
        lacking = word("connections.report.unknown", language, what=unknown) if unknown else ""
        why = " ".join(filter(None, (one.why, lacking)))
        yield ShownDay(one.day, one.kind.value, one.title, past, why, one.name)
