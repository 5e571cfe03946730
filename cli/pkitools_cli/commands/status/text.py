"""How connections stand, in a terminal: what to do now first, each with the command for it; what is done is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pkitools.connections.status import ConnectionsStatus, ConnectionStatus, Grouping, Step, StepState, StepStatus
from pkitools.findings import Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import message
from pkitools.portfolio.model import Gap
from pkitools.reports.planning.work import at_noon, connection_name, missed_told
from pkitools.reports.telling.readable import readable, short_day
from pkitools.text import few, shown, visible
from pkitools_cli.commands.renewing import wants_own_name
from pkitools_cli.commands.status.commands import command_for, is_refused, makes_key, public_part_of
from pkitools_cli.commands.status.new_files import NewFiles
from pkitools_cli.commands.status.reports import add_to_files, entry_of, written_told
from pkitools_cli.i18n import form_of, language, tr
from pkitools_cli.lines import coloured, command_rows, next_step, wrapped
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pkitools_cli.commands.report_files import ReportFile

TONES: Final[dict[StepState, Severity | Verdict]] = {
    StepState.LATE: Verdict.FAILED,
    StepState.NOW: Severity.WARNING,
    StepState.UNKNOWN: Verdict.INDETERMINATE,
    StepState.WAITING: Severity.INFO,
    StepState.DONE: Verdict.PASSED,
}
_TOLD: Final = frozenset({StepState.LATE, StepState.NOW, StepState.UNKNOWN})
_INDENT: Final = "    "


def status_told(
    status: ConnectionsStatus,
    *,
    by: str | None = None,
    verbose: bool = False,
    written: Sequence[ReportFile] = (),
    given: Sequence[str] = (),
    new: NewFiles | None = None,
    is_read: bool = True,
) -> Iterator[Line | str]:
    """Yield how connections stand: the count, what asks attention and its command, what could not be looked at.

    Args:
        status: how they stand.
        by: by what they are grouped, of which the counts are told; ``None``: they are not.
        verbose: tell every step of every connection, also of groups.
        written: the reports that were written.
        given: the options by which a check of a certificate knows what was known here.
        new: where the files of new keys go, where that is told elsewhere as well.
        is_read: everything that was given to judge by could be read.
    """
    apart = status.connections.told_apart()
    yield from (Line(row, bold=True) for row in wrapped(counted(status.statuses, status.connections.name), ""))
    if by is not None:
        yield from _grouped(status, Grouping(by))
    telling = _Telling(verbose, given, new or NewFiles(), status.connections.name, status.moment)
    is_short = by is not None and not verbose
    for one in () if is_short else status.in_order():
        if verbose or one.state in _TOLD:
            yield ""
            yield from _connection(one, connection_name(one.connection, language(), apart), telling)
    yield from _unread(status)
    yield ""
    # of a connection that is told it stands beside it
    missed = () if verbose else _missed(status, frozenset() if is_short else _TOLD)
    yield from (row for sentence in (*of_all(status), *missed) for row in wrapped(sentence, ""))
    yield from written_told(written)
    now = _now(status, is_read=is_read)
    if is_short and now in _TOLD:
        words = ("status", "--connections", status.connections.name, *given)
        yield from next_step(tr("cli.status.now.grouped", names=_first_of(status, now)), words)
    else:
        yield from next_step(_now_told(status, now))


def of_all(status: ConnectionsStatus, *, keys_closed: str = "cli.status.keys_closed") -> Iterator[str]:
    """Yield what holds of several: no key was seen, or it was not opened; it is not known whether theirs is revoked.

    Args:
        status: the connections.
        keys_closed: the code of the sentence about keys that were not opened: who cannot be given a passphrase says
            who can.
    """
    without_key = [one for one in status.statuses if one.certificate is not None and one.key_file is None]
    if without_key:
        apart = status.connections.told_apart()
        yield tr(
            "cli.status.no_key",
            names=_first(connection_name(each.connection, language(), apart) for each in without_key),
        )
    closed = _first(name for one in status.statuses if one.key_file is None for name in one.closed_keys)
    if closed:
        yield tr(keys_closed, names=closed)
    unconfirmed = sum(one.is_unconfirmed for one in status.statuses)
    if unconfirmed:
        yield tr("cli.status.unconfirmed", count=unconfirmed)
    quiet = [one for one in status.statuses if one.state not in _TOLD]
    yield from _awaited(status, quiet)
    # where something is to come, its place is rightly empty
    served = (one for one in quiet if one.certificate is not None and one.ordered is None)
    absent = _first(name for one in served for name in one.absent)
    if absent:
        yield tr("cli.status.absent_of_done", names=absent)


def _first(names: Iterable[str]) -> str:
    """Return the first of many names, and how many more there are."""
    return few([*dict.fromkeys(names)])


def _awaited(status: ConnectionsStatus, quiet: Sequence[ConnectionStatus]) -> Iterator[str]:
    """Yield of the connections that only wait which they are, and by when what they wait for should be there."""
    apart, tongue = status.connections.told_apart(), language()
    for one in quiet:
        if one.ordered is None:
            continue
        key, day = ("awaited_unknown", one.ordered) if one.delivery is None else ("awaited", one.delivery.day)
        name = connection_name(one.connection, tongue, apart)
        yield tr(f"cli.status.{key}", name=visible(name), day=short_day(at_noon(day), tongue))


def _first_of(status: ConnectionsStatus, state: str) -> str:
    """Return the first connections in a state, and how many more there are."""
    apart, tongue = status.connections.told_apart(), language()
    names = (connection_name(one.connection, tongue, apart) for one in status.in_order() if one.state == state)
    return few([*names])


def _missed(status: ConnectionsStatus, told: frozenset[StepState]) -> Iterator[str]:
    """Yield of which connections the day of going live is short, but for those that are told themselves."""
    apart, tongue = status.connections.told_apart(), language()
    for one in status.statuses:
        if one.missed is not None and one.state not in told:
            name = visible(connection_name(one.connection, tongue, apart))
            yield f"{name}: {missed_told(one.missed, one.connection, tongue)}"


def counted(statuses: Sequence[ConnectionStatus], name: str) -> str:
    """Return how many connections there are, and how they stand."""
    counts = Counter(one.state for one in statuses)
    kinds = ", ".join(f"{counts[each]} {state_word(each)}" for each in StepState if counts[each])
    return tr(f"cli.status.counted{form_of(len(statuses))}", count=len(statuses), name=name, kinds=kinds)


def state_word(state: StepState) -> str:
    """Return how a state is called."""
    return message(f"connections.state.{state.value}", {}, language()).title


def _worst(status: ConnectionsStatus) -> StepState:
    found = {one.state for one in status.statuses}
    return next(state for state in StepState if state in found)


def now_told(status: ConnectionsStatus, *, is_read: bool, takes_passphrase: bool = True) -> str:
    """Return what to do first.

    Args:
        status: how connections stand.
        is_read: everything that was given to judge by could be read.
        takes_passphrase: whoever is told so can give one, as the option of a command.
    """
    now = _now(status, is_read=is_read)
    return _now_told(status, "unread" if now == "locked" and not takes_passphrase else now)


def _now_told(status: ConnectionsStatus, now: str) -> str:
    """Return what to do first in a sentence, with the first connection that it is about."""
    if now not in _TOLD:
        return tr(f"cli.status.now.{now}")
    first = next(one for one in status.in_order() if one.state == now)
    name = connection_name(first.connection, language(), status.connections.told_apart())
    return tr(f"cli.status.now.{now}", name=shown(name))


def _now(status: ConnectionsStatus, *, is_read: bool) -> str:
    """Return what comes first: what could not be read, and of what is done whether it is revoked."""
    worst = _worst(status)
    if (status.unread or not is_read) and worst not in {StepState.LATE, StepState.NOW}:
        return "locked" if any(one.gap is Gap.ENCRYPTED for one in status.unread) else "unread"
    is_quiet = worst in {StepState.WAITING, StepState.DONE}
    if is_quiet and any(one.missed is not None for one in status.statuses):
        return "missed"
    return "unconfirmed" if is_quiet and any(one.is_unconfirmed for one in status.statuses) else worst.value


def _grouped(status: ConnectionsStatus, by: Grouping) -> Iterator[str]:
    yield ""
    for name, members in status.grouped(by).items():
        yield from wrapped(counted_group(name, members), _INDENT, "  ")


def counted_group(name: str, members: Sequence[ConnectionStatus]) -> str:
    """Return how the connections of one group stand."""
    counts = Counter(one.state for one in members)
    kinds = ", ".join(f"{counts[each]} {state_word(each)}" for each in StepState if counts[each])
    return f"{visible(name) or tr('cli.status.nobody')}: {kinds}"


@dataclass(frozen=True, slots=True)
class _Telling:
    """How connections are told: as ``status_told`` is asked, with where new files go."""

    verbose: bool
    given: Sequence[str]
    new: NewFiles
    file: str
    moment: datetime


def _connection(one: ConnectionStatus, name: str, telling: _Telling) -> Iterator[Line | str]:
    word = state_word(one.state)
    rows = wrapped(name, _INDENT, f"{word}  ")
    yield coloured(rows[0], TONES[one.state], word)
    yield from rows[1:]
    for step in one.steps:
        if telling.verbose or step.state in _TOLD:
            yield from _step(one, step, telling)
    yield from (row for sentence in beside_told(one, verbose=telling.verbose) for row in wrapped(sentence, _INDENT))


def beside_told(one: ConnectionStatus, *, verbose: bool = False) -> Iterator[str]:
    """Yield what else there is to know: what is not there, what may be used again, what else lies there."""
    if one.missed is not None:
        yield missed_told(one.missed, one.connection, language())
    if one.ordered_later is not None:
        yield tr("cli.status.ordered_later", day=short_day(at_noon(one.ordered_later), language()))
    yield from (tr("cli.status.absent", name=name) for name in one.absent)
    for key, certificates in (("reusable", one.reusable), ("perhaps", one.perhaps), ("beside", one.beside)):
        for held in certificates:
            day = short_day(held.ends, language())
            yield tr(f"cli.status.{key}", name=held.name, place=held.places[0].name, day=day)
    if verbose and one.certificate is None and not one.reusable and not one.perhaps:
        yield tr("cli.status.none_reusable", oin=one.connection.holder.oin)
    for other in one.shared_with:
        yield tr("cli.status.shared", name=other.organization.name, line=other.line)


def _step(one: ConnectionStatus, step: StepStatus, telling: _Telling) -> Iterator[str]:
    tongue = language()
    title = message(f"connections.title.{step.step.value}", {}, tongue).title
    said = message(step.code, readable(step.params, tongue), tongue).message
    state = f" ({state_word(step.state)})" if telling.verbose or step.state is not one.state else ""
    yield from wrapped(f"{title}{state}: {said}", f"{_INDENT}  ", f"{_INDENT}- ")
    words = command_for(one, step, telling.given, telling.new, telling.moment)
    before = before_command(one, step, words, telling.new, telling.moment)
    yield from wrapped(before, f"{_INDENT}  ") if before else ()
    if words is None:
        return
    yield from command_rows(words, f"{_INDENT}  ")
    if (entry := entry_of(one.connection, words, telling.file, telling.new)) is not None:
        yield from wrapped(add_to_files(entry), f"{_INDENT}  ")


def before_command(
    one: ConnectionStatus, step: StepStatus, words: Sequence[str] | None, new: NewFiles, moment: datetime
) -> str:
    """Return what there is to say before the command of a step, or where none is needed; empty where nothing is.

    Args:
        one: the connection.
        step: the step.
        words: the command; ``None``: there is none.
        new: where the files of new keys go.
        moment: as of when, aware UTC.
    """
    if words is None:
        made = public_part_of(one) if step.step is Step.SENT and step.state in _TOLD else None
        return "" if made is None else tr("cli.status.public", name=made)
    missing = new.of(one.connection).missing if makes_key(words) else None
    told = []
    system = one.connection.system
    if "--renew" in words and system is not None and wants_own_name(system, one.connection.environment, moment):
        told.append(tr("cli.status.same_subject", system=system.title))
    if missing is not None:
        told.append(tr("cli.status.make_folder", folder=visible(missing)))
    if told:
        return " ".join(told)
    return tr("cli.status.refused") if is_refused(words) else ""


def _unread(status: ConnectionsStatus) -> Iterator[str]:
    if status.unread:
        yield ""
    for unread in status.unread:
        yield from wrapped(error_line(unread.error), _INDENT, "  - ")
