"""``pkitools expiry``: when does what end? With ``--nagios`` as a monitoring plugin says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

import click

from pkitools.environment import Environment
from pkitools.errors import MissingExtraError
from pkitools.findings import Severity, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.portfolio.succeeding import as_they_stand
from pkitools.portfolio.waiting import request_for_next
from pkitools.reports import Expiry, expiry_document
from pkitools.reports.expiry import Nagios, nagios_line
from pkitools.reports.planning.work import at_noon
from pkitools.reports.portfolio.telling import cut_short_told, partial_told, place_text, successor_told, what_is_left
from pkitools.reports.telling.readable import short_day
from pkitools.rules.order_day import order_day
from pkitools.text import visible
from pkitools_cli.commands.given.judging import trust_option
from pkitools_cli.commands.scan.claims import refuse_no_place
from pkitools_cli.commands.scan.running import Running
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``expiry`` was given."""

    places: tuple[str, ...]
    nagios: bool
    warning: int
    critical: int
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    moment: datetime
    fail_on: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A scan as far as the end of certificates asks for one: no list is asked, and no connection made."""

    places: tuple[str, ...]
    moment: datetime
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    environment: Environment | None = None
    systems: tuple[str, ...] = ()
    since: str | None = None
    jobs: int = 1
    dask: str | None = None
    crls: tuple[str, ...] = ()
    revocation: str | None = "off"
    offline: bool = True
    allow_net: tuple[IPv4Network | IPv6Network, ...] = ()


@click.command("expiry", cls=Command, help="cli.expiry.help")
@click.argument("places", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--nagios", is_flag=True, help="cli.expiry.nagios")
@click.option("--warning", "-w", type=click.IntRange(0, 36500), metavar="DAYS", default=90, help="cli.expiry.warning")
@click.option("--critical", "-c", type=click.IntRange(0, 36500), metavar="DAYS", default=30, help="cli.expiry.critical")
@click.option("--chain", multiple=True, metavar="FILE", help="cli.cert_check.chain")
@trust_option
@passphrase_options
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[Expiry]:
    """Find the certificates, and tell which ends first."""
    if options.critical > options.warning:
        raise click.UsageError(tr("cli.expiry.order"))
    refuse_no_place(options.places)
    if options.nagios and not is_for_people():
        raise click.UsageError(tr("cli.expiry.nagios_json"))
    found = Expiry(_portfolio(options), options.warning, options.critical)
    if options.nagios:
        line, code = nagios_line(found, language()), MonitorCode(found.overall.value)
        return Reply(found, document=expiry_document, text=lambda _: [line], code=code)
    return Reply(found, document=expiry_document, text=_text, code=_code(found, options.fail_on))


def _portfolio(options: Options) -> Portfolio:
    asked = _Look(
        places=options.places,
        chain=options.chain,
        trust=options.trust,
        moment=options.moment,
        passphrase_file=options.passphrase_file,
        passphrase_env=options.passphrase_env,
    )
    return _followed(Running.of(asked).found()[0])


def _followed(portfolio: Portfolio) -> Portfolio:
    """Return the same with what follows each certificate, also where nothing is told of what to trust.

    A day to end on needs no path; without one no certificate counts as usable, and so as the next, for a scan.
    """
    keys = frozenset(each.spki_sha256 for each in portfolio.keys if each.spki_sha256 is not None)
    following = as_they_stand(portfolio.judged, portfolio.moment, keys)
    if all(one.successor is not None or one.sha256 not in following for one in portfolio.judged):
        return portfolio
    certificates = (
        replace(one, successor=one.successor or following.get(one.sha256)) for one in portfolio.certificates
    )
    return replace(portfolio, certificates=tuple(certificates))


def _code(found: Expiry, fail_on: Severity | None) -> ExitCode:
    """Return the exit code: what ended failed, what ends soon is a finding."""
    weights = {Nagios.CRITICAL: Severity.WARNING, Nagios.WARNING: Severity.NOTICE}
    verdicts = [
        (Verdict.FAILED, Severity.ERROR)
        if one.days_left(found.moment) < 0 and not one.is_set_aside
        else (Verdict.PASSED, weights.get(found.state(one)))
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
        if one.successor is not None and (one.is_set_aside or found.state(one) is not Nagios.OK):
            yield from wrapped(successor_told(one.successor, language(), one), "    ")
        elif found.state(one) is not Nagios.OK and (lacking := partial_told(one, language())):
            yield from wrapped(lacking, "    ")
    for unread in found.portfolio.unread:
        yield from wrapped(error_line(unread.error), "    ", "  - ")
    yield from next_step(_now(found)) if (mended := _to_mend(found)) is None else _mended(mended)


def _mended(one: HeldCertificate) -> Sequence[str]:
    """Return that the chain of a certificate is to be made anew, and how."""
    from pkitools_cli.commands.status.commands import mending  # few have one

    return next_step(tr("cli.scan.now.chain", name=visible(one.name)), mending(one, ()))


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
    ending = [one for one in found.certificates if found.state(one) is not Nagios.OK]
    alone = [one for one in ending if one.successor is None]
    if ending and not alone:
        return _followed_now(ending)
    own = [one for one in alone if not one.is_of_provider]
    return tr("cli.expiry.now.of_provider") if alone and not own else _now_of_last(found, own)


def _followed_now(ending: Sequence[HeldCertificate]) -> str:
    """Return what is left to do where the next of all is there: first of what needs more than a look."""
    left = [(what_is_left(one.successor), one.name) for one in ending if one.successor is not None]
    slug, name = next((each for each in left if each[0] != "in_place"), left[0])
    return tr(f"cli.scan.now.{slug}", name=visible(name))


def _now_of_last(found: Expiry, alone: Sequence[HeldCertificate]) -> str:
    """Return what to do first where what ends has no next, or nothing ends soon."""
    if any(one.days_left(found.moment) < 0 for one in alone):
        return tr("cli.scan.now.expired")
    coming = (one for one in found.certificates if one.successor is None and not one.is_of_provider)
    due = [one for one in coming if one.mend is None and one.is_due(found.moment)]
    request = request_for_next((due or alone)[0], found.portfolio) if due or alone else None
    if request is not None:
        return tr("cli.scan.now.request", place=visible(request.place.name))
    if due:
        return tr(f"cli.expiry.now.{'critical' if Nagios.CRITICAL in map(found.state, due) else 'warning'}")
    return _later(alone) if alone else tr(f"cli.expiry.now.{found.overall.name.lower()}")


def _later(ending: Sequence[HeldCertificate]) -> str:
    """Return by which day the next is to be ordered of what is told of and needs not be ordered yet."""
    from pkitools.renewal.working_days import WorkingDays, advised_order  # few come to it

    first = min(ending, key=lambda one: order_day(*one.span))
    try:
        day = advised_order(*first.span, WorkingDays())
    except MissingExtraError:
        day = order_day(*first.span)
    return tr("cli.expiry.now.later", name=visible(first.name), day=short_day(at_noon(day), language()))


def _row(one: HeldCertificate, found: Expiry) -> Line:
    tones = {Nagios.CRITICAL: Severity.ERROR, Nagios.WARNING: Severity.WARNING}
    day, days = short_day(one.ends, language()), one.days_left(found.moment)
    first = f"{day:>11}  {days:>6}  {one.oin or '':<20}  "
    text = first + fitted(visible(one.name), columns() - len(first))
    return coloured(text, tones.get(found.state(one), Severity.INFO))
