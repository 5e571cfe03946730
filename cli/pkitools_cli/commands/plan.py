"""``pkitools plan``: by which day does what have to be done, counted back from going live and from the end?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from pkitools.connections.lead import MAX_DAYS
from pkitools.connections.planning import PlanKind
from pkitools.connections.status import ORDERED, StepState
from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.portfolio.model import Gap
from pkitools.reports import Planned, plan_document
from pkitools.reports.planning.work import (
    at_noon,
    connection_name,
    date_title,
    date_why,
    far_told,
    first_to_do,
    missed_told,
    past_word,
    planned_of,
    shown_dates,
    step_said,
    unknown_words,
)
from pkitools.reports.telling.readable import short_day
from pkitools.text import visible
from pkitools_cli.commands.given.judging import authority_options
from pkitools_cli.commands.report_files import refuse_reports
from pkitools_cli.commands.status.asked import Scanning, given_connections, judging_of
from pkitools_cli.commands.status.reports import write_work_reports, written_told
from pkitools_cli.exit_codes import ExitCode, not_known
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import next_step, wrapped
from pkitools_cli.options import CONNECTIONS_FILE, Day, environment_option, moment_option
from pkitools_cli.own_data import system_named, tsp_named
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pkitools.connections import ConnectionsStatus, LeadKind, Plan, PlanDate
    from pkitools_cli.commands.report_files import ReportFile

_OVERRIDES: Final = ("registration", "delivery", "handling", "course")
_DAYS: Final = click.IntRange(0, MAX_DAYS)
_ORDERING: Final = "order_"
_ACTIONS: Final = {
    **dict.fromkeys((PlanKind.START, PlanKind.ORDER), ""),
    PlanKind.REGISTER: "register_",
    PlanKind.SWITCH_SEND: "send_",
    PlanKind.TEST: "test_",
    PlanKind.SWITCH: "switch_",
}
"""What is done by a day, as the messages of the last line are called; an order without a request is begun with that."""
_ASKS: Final = frozenset({StepState.NOW, StepState.LATE})  # of what was ordered: it is asked after


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``plan`` was given."""

    system: str | None
    live: date | None
    environment: Environment | None
    tsp: str | None
    subscriber: bool | None
    connections: str | None
    reports: tuple[str, ...]
    force: bool
    registration: int | None
    delivery: int | None
    handling: int | None
    course: int | None
    trust: tuple[str, ...]
    crls: tuple[str, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    moment: datetime

    @property
    def stated(self) -> dict[LeadKind, int]:
        """The lead times that were given, in working days."""
        from pkitools.connections import LeadKind

        given = {name: getattr(self, name) for name in _OVERRIDES}
        return {LeadKind(name): days for name, days in given.items() if days is not None}


@click.command("plan", cls=Command, help="cli.plan.help")
@click.option("--for", "system", metavar="SYSTEM", help="cli.plan.for")
@click.option("--live", type=Day(), metavar="DATE", help="cli.plan.live")
@environment_option
@click.option("--tsp", metavar="NAME", help="cli.plan.tsp")
@click.option("--subscriber/--no-subscriber", default=None, help="cli.plan.subscriber")
@click.option("--connections", metavar="FILE", help="cli.plan.connections")
@click.option("--report", "reports", multiple=True, metavar="FILE", help="cli.plan.report")
@click.option("--force", is_flag=True, help="cli.scan.force")
@click.option("--registration", type=_DAYS, metavar="DAYS", help="cli.plan.registration")
@click.option("--delivery", type=_DAYS, metavar="DAYS", help="cli.plan.delivery")
@click.option("--handling", type=_DAYS, metavar="DAYS", help="cli.plan.handling")
@click.option("--course", type=_DAYS, metavar="DAYS", help="cli.plan.course")
@authority_options
@passphrase_options
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[list[Planned]]:
    """Count the days back."""
    from pkitools.reports.planning import Work, work_form

    reports = refuse_reports(options.reports, work_form, overwrite=options.force)
    if options.system is not None or options.live is not None:
        planned, status = [_for_system(options)], None
    else:
        planned, status = _for_connections(options)
    # of days alone its reports are made, also where it is known how things stand
    apart = {} if status is None else status.connections.told_apart()
    unread = () if status is None else status.unread
    states = () if status is None else tuple(one.state for one in status.statuses)
    work = Work(options.moment, tuple(planned), unread=unread, told_apart=apart, states=states)
    now = _now(planned, options.moment.date(), status, apart)
    write_work_reports(reports, work, overwrite=options.force, now=now)
    code = ExitCode.INDETERMINATE if all(one.plan is None for one in planned) else ExitCode.PASSED
    if status is not None and not status.is_whole:
        code = not_known(code) if status.is_looked_through else ExitCode.COULD_NOT
    return Reply(
        planned,
        document=partial(plan_document, moment=options.moment, unread=unread),
        text=partial(_text, today=options.moment.date(), status=status, now=now, written=reports),
        code=code,
    )


def _for_system(options: Options) -> Planned:
    from pkitools.connections import lead_times, plan
    from pkitools.connections.planning import generation_for

    if options.system is None or options.live is None or options.connections is not None:
        raise click.UsageError(tr("cli.plan.together"))
    system = system_named(options.system)
    environment = options.environment or Environment.PRODUCTION
    tsp = None if options.tsp is None else tsp_named(options.tsp).name
    found = plan(
        options.live,
        moment=options.moment,
        lead_times=lead_times(system=system.name, tsp=tsp, stated=options.stated),
        subscriber=options.subscriber,
        generation=generation_for(system, environment, options.moment),
    )
    return Planned(found, system, environment)


def _for_connections(options: Options) -> tuple[list[Planned], ConnectionsStatus]:
    from pkitools.connections import hold

    alone = (options.environment, options.tsp, options.subscriber, *(getattr(options, name) for name in _OVERRIDES))
    if any(each is not None for each in alone):
        raise click.UsageError(tr("cli.plan.alone"))
    connections = given_connections(options.connections or CONNECTIONS_FILE)
    judging, _ = judging_of(Scanning.of(options))
    status = hold(connections, judging)
    urgent = {one.connection.number: place for place, one in enumerate(status.in_order())}
    return sorted(planned_of(status), key=partial(_turn, today=options.moment.date(), urgent=urgent)), status


def _turn(one: Planned, today: date, urgent: Mapping[int, int]) -> tuple[bool, int, date]:
    """Return where a plan comes: what is over or late as ``status`` has it, then what is to be begun first.

    Args:
        one: the plan.
        today: the day of the moment, in UTC.
        urgent: the place of each connection among all, the most urgent first, by its number.
    """
    first = first_to_do(one, today)
    is_over = one.plan is not None and one.plan.day < today
    if one.connection is not None and (is_over or (first is not None and first.late_after < today)):
        return False, urgent[one.connection.number], date.min
    begin = date.max if one.plan is None else one.plan.begin.day
    return True, 0, begin if first is None else first.day


def _text(
    planned: list[Planned],
    today: date,
    status: ConnectionsStatus | None,
    now: str,
    written: Sequence[ReportFile],
) -> Iterator[Line | str]:
    apart = {} if status is None else status.connections.told_apart()
    for number, one in enumerate(planned):
        if number:
            yield ""
        yield from (Line(row, bold=True) for row in wrapped(connection_name(one, language(), apart), ""))
        if one.plan is None:
            yield from wrapped(tr("cli.plan.no_day") if one.far is None else far_told(one.far, language()), "  ")
        shown = [*shown_dates(one)]
        for each in shown:
            yield from _date(each, today, one)
        if one.missed is not None and one.missed not in shown and one.connection is not None:
            yield from wrapped(missed_told(one.missed, one.connection, language()), "    ", "  ! ")
        for step in one.against:
            yield from wrapped(step_said(step, language()), "    ", "  ! ")
        if one.plan is not None:
            yield from _unknown(one, one.plan)
    for unread in status.unread if status is not None else ():
        yield from wrapped(error_line(unread.error), "    ", "  - ")
    yield from written_told(written)
    yield ""
    yield from next_step(now)


def _unknown(one: Planned, plan: Plan) -> Iterator[str]:
    """Yield what is not known of how long others take, and where it can be said: in an option, or in the file.

    Who has ordered is a subscriber.
    """
    unknown = tuple(kind for kind in plan.unknown if one.ordered is None or kind.value != "registration")
    if unknown:
        dashes = "--" if one.connection is None else ""
        names = ", ".join(f"{dashes}{kind.value}" for kind in unknown)
        what = unknown_words(unknown, language())
        yield from wrapped(tr("cli.plan.unknown", what=what, names=names), "    ", "  ? ")


def _now(planned: Sequence[Planned], today: date, status: ConnectionsStatus | None, apart: Mapping[int, str]) -> str:
    """Return what to do first; what could not be read is looked at before a day is made up for it."""
    first = list(_first_things(planned, today, apart))
    awaited = [each for each in (status.statuses if status is not None else ()) if each.ordered]
    if any(step.code in ORDERED and step.state in _ASKS for each in awaited for step in each.steps):
        first.append(tr("cli.plan.now.ask"))
    if status is not None and status.unread:
        is_locked = any(one.gap is Gap.ENCRYPTED for one in status.unread)
        first.append(tr(f"cli.plan.now.{'unread_too' if first else 'locked' if is_locked else 'unread'}"))
    far = all(one.far is not None and one.at_once is None for one in planned)
    return " ".join(first) or tr(f"cli.plan.now.{'awaited' if awaited else 'far' if far else 'none'}")


def _first_things(planned: Sequence[Planned], today: date, apart: Mapping[int, str]) -> Iterator[str]:
    """Yield what to do first: about what has ended, of which no day can be kept any more, and about the rest."""
    from pkitools.connections import Anchor

    over = [one for one in planned if one.plan is not None and one.plan.day < today and not one.ordered]
    ended = [one for one in over if one.plan is not None and one.plan.anchor is Anchor.END]
    gone = [one for one in over if one.connection is None]  # of days that were asked, no connection waits
    if ended:
        yield _ended(ended, apart)
    rest = [one for one in planned if one not in ended and one not in gone]
    due = [(one, first) for one in rest if (first := first_to_do(one, today)) is not None]
    late = [(one, first) for one, first in due if first.late_after < today]
    if late:
        yield _to_do_first("late", *late[0], apart)
        if len(late) > 1:
            yield tr("cli.plan.now.also_late", count=len(late) - 1)
    elif due:
        one, first = min(due, key=lambda each: each[1].day)
        alike = [each for each in due if (each[1].day, _action(*each)) == (first.day, _action(one, first))]
        yield _to_do_first("today" if first.day <= today else "begin", one, first, apart, len(alike) - 1)
    elif gone:
        yield tr("cli.plan.now.gone")


def _ended(ended: Sequence[Planned], apart: Mapping[int, str]) -> str:
    """Return that it is to be looked whether what has ended is in use, and another is to be ordered then."""
    name = visible(connection_name(ended[0], language(), apart))
    more = len(ended) - 1
    return tr("cli.plan.now.ended", name=tr("cli.plan.now.more", name=name, count=more) if more else name)


def _action(one: Planned, first: PlanDate) -> str:
    return _ORDERING if first.kind is PlanKind.ORDER and one.is_begun else _ACTIONS[first.kind]


def _to_do_first(key: str, one: Planned, first: PlanDate, apart: Mapping[int, str], more: int = 0) -> str:
    """Return what is to be done first, and by when; and for how many more."""
    name = visible(connection_name(one, language(), apart))
    what = tr("cli.plan.now.more", name=name, count=more) if more else name
    return tr(f"cli.plan.now.{_action(one, first)}{key}", day=short_day(at_noon(first.day), language()), name=what)


def _date(one: PlanDate, today: date, planned: Planned) -> Iterator[str]:
    title, why = date_title(one, planned, language()), date_why(one, language())
    if one.kind == "order" and planned.at_once is not None:
        why = tr("cli.plan.at_once")
    late = f" ({said})" if (said := past_word(one, today, language())) else ""
    # a bare source follows in its brackets, a reason is a sentence
    reason = "" if not why else f" {why}" if why.startswith("(") else f". {why}"
    yield from wrapped(f"{title}{late}{reason}", " " * 15, f"  {short_day(at_noon(one.day), language()):>11}  ")
