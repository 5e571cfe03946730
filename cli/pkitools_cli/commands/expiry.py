"""``pkitools expiry``: when does what end? With ``--nagios`` as a monitoring plugin says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

import click

from pkitools.findings import Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.portfolio.renewing import NextDuty, first_to_renew
from pkitools.portfolio.waiting import request_for_next
from pkitools.reports import Expiry, expiry_document
from pkitools.reports.expiry import CRITICAL_DAYS, WARNING_DAYS, Nagios, nagios_line
from pkitools.reports.portfolio.telling import (
    cut_short_told,
    order_day_told,
    partial_told,
    place_text,
    successor_told,
    what_is_left,
)
from pkitools.reports.telling.readable import short_day
from pkitools.text import shown, visible
from pkitools_cli.commands.given.judging import trust_option
from pkitools_cli.commands.scan.claims import refuse_no_place
from pkitools_cli.commands.scan.orders import WEIGHTS, order_told
from pkitools_cli.commands.scan.running import Running
from pkitools_cli.commands.status.asked import Scanning
from pkitools_cli.exit_codes import ExitCode, MonitorCode, of_verdicts
from pkitools_cli.framework import Command, gathered, is_for_people
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import coloured, columns, next_step, wrapped
from pkitools_cli.options import fail_on_option, moment_option
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line, Reply
from pkitools_cli.wide import fitted, fitted_end

if TYPE_CHECKING:
    from pkitools.portfolio import HeldCertificate, Portfolio


_OF_STATE: Final = {
    Nagios.CRITICAL: Severity.WARNING,
    Nagios.WARNING: Severity.NOTICE,
    Nagios.OK: Severity.INFO,
    Nagios.UNKNOWN: Severity.INFO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``expiry`` was given."""

    places: tuple[str, ...]
    nagios: bool
    warning: int | None
    critical: int | None
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    moment: datetime
    fail_on: Severity | None


@click.command("expiry", cls=Command, help="cli.expiry.help")
@click.argument("places", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--nagios", is_flag=True, help="cli.expiry.nagios")
@click.option("--warning", "-w", type=click.IntRange(0, 36500), metavar="DAYS", help="cli.expiry.warning")
@click.option("--critical", "-c", type=click.IntRange(0, 36500), metavar="DAYS", help="cli.expiry.critical")
@click.option("--chain", multiple=True, metavar="FILE", help="cli.cert_check.chain")
@trust_option
@passphrase_options
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[Expiry]:
    """Find the certificates, and tell which ends first."""
    warning = WARNING_DAYS if options.warning is None else options.warning
    if (CRITICAL_DAYS if options.critical is None else options.critical) > warning:
        raise click.UsageError(tr("cli.expiry.order"))
    refuse_no_place(options.places)
    if options.nagios and not is_for_people():
        raise click.UsageError(tr("cli.expiry.nagios_json"))
    found = Expiry.of(_portfolio(options), options.warning, options.critical)
    if options.nagios:
        line, code = nagios_line(found, language()), MonitorCode(found.overall.value)
        return Reply(found, document=expiry_document, text=lambda _: [line], code=code)
    return Reply(found, document=expiry_document, text=_text, code=_code(found, options.fail_on))


def _portfolio(options: Options) -> Portfolio:
    """Return what is found, as far as an end asks for it: no list is asked, and no connection made."""
    return Running.of(Scanning.of(options, revocation="off")).found()[0]


def _code(found: Expiry, fail_on: Severity | None) -> ExitCode:
    """Return the exit code: what ended failed, what ends soon is a finding, and so is what is to be done for its next.

    How near an end is, is for who asks to say; that it weighs less than in a scan is not.
    """
    verdicts = [
        (Verdict.FAILED, Severity.ERROR)
        if one.days_left(found.moment) < 0 and not one.is_set_aside
        else (Verdict.PASSED, max(_OF_STATE[found.state(one)], WEIGHTS.get(found.next_duty(one), Severity.INFO)))
        for one in found.certificates
    ]
    return of_verdicts(verdicts, fail_on, complete=found.portfolio.is_whole)


def _text(found: Expiry) -> Iterator[Line | str]:
    if not found.certificates:
        yield from wrapped(tr("cli.scan.nothing", files=found.portfolio.looked_at), "")
    for one in found.certificates:
        yield _row(one, found)
        for place in list(dict.fromkeys(map(place_text, one.places)))[:1]:
            yield "    " + fitted_end(visible(place), columns() - 4)
        if cut_short := cut_short_told(one, found.moment, language()):
            yield from wrapped(cut_short, "    ")
        if one.is_of_provider and found.state(one) is not Nagios.OK:
            yield from wrapped(tr("cli.expiry.of_provider"), "    ")
        if one.successor is not None and (one.is_done_with or _is_followed(one, found)):
            yield from wrapped(successor_told(one.successor, language(), one), "    ")
            continue
        if found.state(one) is not Nagios.OK and (lacking := partial_told(one, language())):
            yield from wrapped(lacking, "    ")
        if order_day := _order_day(one, found):
            yield from wrapped(order_day, "    ")
    for unread in found.portfolio.unread:
        yield from wrapped(error_line(unread.error), "    ", "  - ")
    yield from next_step(_now(found)) if (mended := _to_mend(found)) is None else _mended(mended)


def _order_day(one: HeldCertificate, found: Expiry) -> str:
    """Return by which day the next is to be ordered, where that day is near or passed, or the end is told of."""
    if one.successor is not None or one.is_authority or one.is_of_provider:
        return ""
    duty, left = found.next_duty(one), one.days_left(found.moment)
    if one.mend is not None and duty is NextDuty.NOTHING:  # what its chain asks is told
        return ""
    if left < 0 or (found.state(one) is Nagios.OK and duty is NextDuty.NOTHING):
        return ""
    if duty is NextDuty.LATE:
        at = datetime.combine(one.order_by, time(12), UTC)
        return tr("cli.expiry.order_late", day=short_day(at, language()))
    return tr("cli.expiry.order_by", day=order_day_told(one.order_by, found.moment, language()))


def _mended(one: HeldCertificate) -> Sequence[str]:
    """Return that the chain of a certificate is to be made anew, and how."""
    from pkitools_cli.commands.status.commands import mending  # few have one

    return next_step(tr("cli.scan.now.chain", name=shown(one.name)), mending(one, ()))


def _to_mend(found: Expiry) -> HeldCertificate | None:
    """Return the first of which only the chain is to be mended, where that is what there is to do first."""
    ending = (one for one in found.certificates if found.state(one) is not Nagios.OK and one.successor is None)
    first = next((one for one in ending if not one.is_of_provider), None)
    return None if first is None or first.mend is None else first


def _now(found: Expiry) -> str:
    """Return what to do first, as a scan says it: what ends and has no next comes first, of that what has ended.

    What the next is there for needs not be ordered, and is no reason to do nothing; nor is a request that is there.
    """
    if not found.certificates and found.portfolio.is_whole:
        return tr("cli.scan.now.nothing")
    alone = [one for one in found.certificates if one.successor is None and found.state(one) is not Nagios.OK]
    own = [one for one in alone if not one.is_of_provider]
    ended = next((one for one in own if one.days_left(found.moment) < 0), None)
    if ended is not None:
        return tr("cli.scan.now.expired", name=shown(ended.name))
    if ordering := _to_order(found):
        return ordering
    if len(own) < len(alone):
        return tr("cli.expiry.now.of_provider")
    followed = [one for one in found.certificates if _is_followed(one, found)]
    if followed:
        return _followed_now(followed)
    return _later(own, found.moment) if own else tr(f"cli.expiry.now.{found.overall.name.lower()}")


def _is_followed(one: HeldCertificate, found: Expiry) -> bool:
    """Return whether the next is there and it is to be told: that is to be put into use, however long there is."""
    return one.successor is not None and (found.state(one) is not Nagios.OK or found.next_duty(one) is NextDuty.SWITCH)


def _followed_now(ending: Sequence[HeldCertificate]) -> str:
    """Return what is left to do where the next of all is there: first of what needs more than a look."""
    left = [(what_is_left(one.successor), one.name) for one in ending if one.successor is not None]
    slug, name = next((each for each in left if each[0] != "in_place"), left[0])
    return tr(f"cli.scan.now.{slug}", name=shown(name))


def _to_order(found: Expiry) -> str:
    """Return what to order, where a last day for that is near or has gone by; else nothing."""
    coming = (one for one in found.certificates if one.successor is None and not one.is_of_provider)
    due = [one for one in coming if one.mend is None and found.next_duty(one) is NextDuty.LATE]
    if due:
        late = min(due, key=lambda one: (one.order_by, one.ends))  # for the longest, as in status
        request = request_for_next(late, found.portfolio)
        if request is not None:
            return tr("cli.scan.now.request", place=visible(request.place.name))
        slug = "critical" if Nagios.CRITICAL in map(found.state, due) else "warning"
        return tr(f"cli.expiry.now.{slug}", name=shown(late.name))
    asked = ((found.next_duty(one), one.order_by, one) for one in found.certificates if one.successor is None)
    first = first_to_renew(asked)
    return "" if first is None else order_told(first, found.portfolio)


def _later(ending: Sequence[HeldCertificate], moment: datetime) -> str:
    """Return by which day the next is to be ordered of what is told of and needs not be ordered yet."""
    first = min(ending, key=lambda one: one.order_by)
    day = order_day_told(first.order_by, moment, language())
    return tr("cli.expiry.now.later", name=shown(first.name), day=day)


def _row(one: HeldCertificate, found: Expiry) -> Line:
    tones = {Nagios.CRITICAL: Severity.ERROR, Nagios.WARNING: Severity.WARNING}
    day, days = short_day(one.ends, language()), one.days_left(found.moment)
    first = f"{day:>11}  {days:>6}  {one.oin or '':<20}  "
    text = first + fitted(visible(one.name), columns() - len(first))
    return coloured(text, tones.get(found.state(one), Severity.INFO))
