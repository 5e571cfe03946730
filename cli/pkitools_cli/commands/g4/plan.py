"""``pkitools g4 plan``: which type of G4 replaces each certificate, by when, and what breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import click

from pkitools.errors import MissingExtraError
from pkitools.frozen import dataclass
from pkitools.reports import PlannedFile, ToldError, g4_plan_document
from pkitools.reports.portfolio.telling import successor_told
from pkitools.reports.telling.readable import role_above, short_day
from pkitools.text import shown
from pkitools_cli.commands.founded import founded
from pkitools_cli.commands.next_steps import Words, request_command, step
from pkitools_cli.exit_codes import ExitCode, not_known
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import language, tr
from pkitools_cli.inputs import read_input, told_problems, use_each
from pkitools_cli.lines import beside, wrapped
from pkitools_cli.options import STANDARD_INPUT, moment_option
from pkitools_cli.own_data import systems_named, titles, told_unusable
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply
from pkitools_cli.wide import fitted, padded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkitools.portfolio import Successor
    from pkitools.renewal import BindingDate, Breakage, MigrationPlan
    from pkitools.rules.working_days import WorkingDays
    from pkitools.systems import System

_ALWAYS: Final = "always"
_ORDER: Final = "order"
_LABEL: Final = 14
_NAME: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``g4 plan`` was given."""

    files: tuple[str, ...]
    systems: tuple[str, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    moment: datetime


@click.command("plan", cls=Command, help="cli.g4.plan.help")
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--for", "systems", multiple=True, metavar="SYSTEM", help="cli.g4.plan.for")
@passphrase_options
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[Sequence[PlannedFile]]:
    """Plan the move of every certificate."""
    titles(options.systems)  # raises for a name nobody knows
    systems = systems_named(dict.fromkeys(options.systems))
    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    unread: list[ToldError] = []
    used = use_each(options.files, lambda name: _planned(name, passphrase, systems, options.moment, unread))
    code = _code(used.results, complete=used.complete and not unread)
    return Reply(
        used.results,
        document=lambda files: g4_plan_document(files, [*used.errors, *unread]),
        text=partial(_text, options=options, passphrase=passphrase),
        code=not_known(code) if told_unusable(options.systems) else code,
    )


def _planned(
    name: str, passphrase: bytes | None, systems: Sequence[System], moment: datetime, unread: list[ToldError]
) -> PlannedFile:
    from pkitools.renewal import certificates_of, plan_migration

    contents = read_input(name, passphrase)
    unread += told_problems(contents, name)
    planned = partial(
        plan_migration, moment=moment, systems=systems, around=contents.certificates, calendar=_working_days()
    )
    return PlannedFile(name, tuple(map(planned, certificates_of(contents))))


@cache
def _working_days() -> WorkingDays | None:
    """Return the working days, as ``scan`` and ``plan`` go by; ``None`` where the library of holidays is not here."""
    from pkitools.rules.working_days import WorkingDays

    try:
        return WorkingDays()
    except MissingExtraError:
        return None


def _code(files: Sequence[PlannedFile], *, complete: bool) -> ExitCode:
    from pkitools.renewal import MigrationState

    unsure = {MigrationState.UNKNOWN_TYPE, MigrationState.ELSEWHERE}
    if not complete:
        return ExitCode.COULD_NOT
    is_unsure = any(plan.state in unsure for file in files for plan in file.plans)
    return ExitCode.INDETERMINATE if is_unsure else ExitCode.PASSED


def _followed(plans: _Plans, options: Options, passphrase: bytes | None) -> Mapping[str, Successor]:
    """Return what comes after each certificate that lies there as well, by their SHA-256, as ``expiry`` tells it."""
    if len(plans) < 2 or all(plan.replacement is None for _, plan in plans):
        return {}
    from pkitools.portfolio import Gathering, Judging, scan
    from pkitools.portfolio.succeeding import as_they_stand

    judging = Judging(moment=options.moment, passphrase=passphrase)
    places = [name for name in options.files if name != STANDARD_INPUT]  # which is read already
    gathering = Gathering(places, judging)
    for reading in scan(places, judging):
        gathering.add(reading)
    return as_they_stand(gathering.portfolio().certificates, options.moment)


def _text(files: Sequence[PlannedFile], options: Options, passphrase: bytes | None) -> Iterator[Line | str]:
    plans = _once(files)
    followed = _followed(plans, options, passphrase)
    moving = [(name, plan) for name, plan in plans if plan.replacement is not None]
    yield from (Line(row, bold=True) for row in wrapped(_answer(plans, moving), ""))
    for name, plan in plans:
        yield ""
        yield from _plan(name, plan, options.moment, followed.get(plan.facts.sha256))
    if moving:
        yield from _for_all(moving)
        yield from _steps()
    if len(plans) > 1:
        yield from _table(plans)
    yield from _next([each for each in moving if each[1].facts.sha256 not in followed], options)


def _once(files: Sequence[PlannedFile]) -> list[tuple[str, MigrationPlan]]:
    """Return the plan of each certificate once, with every file that it stands in."""
    names: dict[str, list[str]] = {}
    plans: dict[str, MigrationPlan] = {}
    for file in files:
        for plan in file.plans:
            names.setdefault(plan.facts.sha256, []).append(file.name)
            plans.setdefault(plan.facts.sha256, plan)
    return [(", ".join(dict.fromkeys(names[sha256])), plan) for sha256, plan in plans.items()]


_Plans = Sequence["tuple[str, MigrationPlan]"]


def _answer(plans: _Plans, moving: _Plans) -> str:
    if not moving:
        return tr("cli.g4.plan.none", count=len(plans))
    ends = [plan.ends for _, plan in moving if not plan.is_expired]
    if not ends:
        return tr("cli.g4.plan.answer_expired", count=len(moving), total=len(plans))
    return tr("cli.g4.plan.answer", count=len(moving), total=len(plans), day=min(ends).date())


def _name(plan: MigrationPlan) -> str:
    return shown(plan.facts.subject.common_name or plan.facts.subject.organization or plan.facts.sha256[:16])


def _row(key: str, value: str) -> list[str]:
    label = tr(f"cli.g4.row.{key}") if key else ""
    return beside(f"  {label:<{_LABEL}}", value)


def _plan(file: str, plan: MigrationPlan, moment: datetime, following: Successor | None) -> Iterator[Line | str]:
    from pkitools.renewal import BindingDate, DateKind

    yield from (Line(row, bold=True) for row in wrapped(_name(plan), ""))
    yield from _row("file", file)
    yield from _row("now", _now(plan))
    if plan.replacement is None:
        yield from _row("becomes", tr(f"cli.g4.state.{plan.state}"))
        if plan.is_expired:  # that it need not go to G4 is not that there is nothing to do
            ended = BindingDate(plan.ends.date(), DateKind.EXPIRED, None, None, plan.ends_by)
            yield from _row("dates", _date(ended, moment))
        return
    profile = f" ({plan.replacement.profile})" if plan.replacement.profile else ""
    why = f"{plan.replacement.text[language()]} {founded(plan.replacement.source, plan.replacement.certainty)}"
    yield from _row("becomes", f"{plan.replacement.type}{profile}")
    yield from wrapped(why, "  " + " " * _LABEL)
    dates = [day for day in plan.dates if following is None or str(day.kind) != _ORDER]  # it needs not be ordered
    for number, day in enumerate(dates):
        yield from _row("dates" if not number else "", _date(day, moment))
    if following is not None:
        yield from _row("next", successor_told(following, language()))
    for number, each in enumerate(plan.takes):
        said = each.statement
        told = tr("cli.systems.unanswered") if said is None else said.text[language()]
        where = "" if said is None else founded(said.source, said.certainty)
        yield from _row("takes" if not number else "", f"{each.system.title}: {told} {where}")
    own = [breakage for breakage in plan.breakages if breakage.when != _ALWAYS]
    for number, breakage in enumerate(own):
        yield from _row("breaks" if not number else "", _breakage(breakage))


def _now(plan: MigrationPlan) -> str:
    hierarchy = plan.hierarchy.label if plan.hierarchy else plan.generation or tr("cli.g4.plan.unknown")
    profile = f", {plan.profile.name}" if plan.profile else ""
    test = f" ({tr('cli.g4.plan.test')})" if plan.is_test else ""
    return f"{hierarchy}{profile}{test}"


def _date(day: BindingDate, moment: datetime) -> str:
    late = "_late" if str(day.kind) == _ORDER and day.day < moment.date() else ""
    by = {} if day.by is None else {"role_above": role_above(day.by.role, language()), "name": shown(day.by.name)}
    told = tr(f"cli.g4.date.{day.kind}{'_by' if by else late}", days=day.days or "", **by)
    where = "" if day.basis is None else f" {founded(day.basis.source, day.basis.certainty)}"
    return f"{short_day(day.day, language()):<11}  {told}{where}"


def _breakage(breakage: Breakage) -> str:
    texts = breakage.texts[language()]
    return f"{texts['title']}. {texts['text']} {founded(breakage.source, breakage.certainty)}"


def _for_all(moving: _Plans) -> Iterator[Line | str]:
    """Yield what breaks with every certificate of G4, once."""
    yield ""
    yield Line(tr("cli.g4.plan.for_all"), bold=True)
    found = {each.name: each for _, plan in moving for each in plan.breakages if each.when == _ALWAYS}
    for breakage in found.values():
        yield from wrapped(_breakage(breakage), "    ", first="  - ")


def _steps() -> Iterator[Line | str]:
    from pkitools.renewal import migration_facts

    facts = migration_facts()
    yield ""
    yield Line(tr("cli.g4.plan.steps"), bold=True)
    for number, each in enumerate(facts.steps, start=1):
        told = f"{each.text[language()]} {founded(each.source, each.certainty)}"
        yield from wrapped(told, "     ", first=f"  {number}. ")
    yield from wrapped(tr("cli.g4.plan.read", day=facts.retrieved), "  ")


def _table(plans: _Plans) -> Iterator[Line | str]:
    yield ""
    heads = (tr("cli.g4.table.certificate"), tr("cli.g4.table.now"), tr("cli.g4.table.becomes"), tr("cli.g4.table.end"))
    yield Line(_cells(*heads), bold=True)
    for _, plan in sorted(plans, key=lambda each: each[1].ends):
        now = plan.hierarchy.label if plan.hierarchy else plan.generation or "?"
        becomes = plan.state if plan.replacement is None else plan.replacement.profile or plan.replacement.type
        told = tr(f"cli.g4.short.{becomes}") if plan.replacement is None else becomes
        yield _cells(_name(plan), now, told, str(plan.ends.date()))


def _cells(name: str, now: str, becomes: str, end: str) -> str:
    cells = ((name, _NAME), (now, 14), (becomes, 20))
    return "  ".join([*(padded(fitted(cell, width), width) for cell, width in cells), end]).rstrip()


def _next(moving: _Plans, options: Options) -> Iterator[str]:
    if not moving:
        return
    _, plan = min(moving, key=lambda each: (each[1].is_expired, each[1].ends))
    found = step("g4_plan.request", {"name": _name(plan)}, {"create": partial(_create, plan, options)})
    yield ""
    yield from found.told() if found is not None else ()


def _create(plan: MigrationPlan, options: Options) -> Words | None:
    """Return the command that makes the request of the certificate that replaces this one."""
    from pkitools.x509 import oin_from_certificate

    facts, target = plan.facts, plan.target
    if target is None:
        return None
    oin = oin_from_certificate(facts).oin
    names = facts.subject_alternative_name if "dns" in target.san.kinds else ()
    return request_command(
        profile=target.name,
        system=options.systems[0] if len(options.systems) == 1 else None,
        moment=options.moment,
        environment="preproduction" if plan.is_test else "production",
        oin=None if oin is None else str(oin),
        organization=facts.subject.organization,
        common_name=facts.subject.common_name,
        dns=[name.value for name in names or () if name.kind == "dns"],
    )
