"""A portfolio in a terminal: how it stands, the worst first, where each lies, and what to do now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from pkitools.checking.delivery.checks import COMPLETE
from pkitools.checking.private_keys import AUTHORITY, BESIDE, NAMED
from pkitools.findings import Severity, Status, Verdict
from pkitools.frozen import replace
from pkitools.messages import NOTHING
from pkitools.portfolio.following import POINTS_NOWHERE
from pkitools.portfolio.judgements import EnvironmentBasis, Judgement
from pkitools.portfolio.model import Gap, HeldCertificate, HeldRequest, Portfolio, Standing, Unread
from pkitools.portfolio.renewing import NextDuty
from pkitools.portfolio.waiting import request_for_next, waiting
from pkitools.reports.planning.work import at_noon, names_by_claim
from pkitools.reports.portfolio.telling import (
    Telling,
    changes_told,
    claims_told,
    deciding,
    deciding_files,
    judged_by_connections,
    standing_word,
    what_is_left,
    without_certificate,
    word,
)
from pkitools.reports.telling.readable import readable, short_day
from pkitools.text import few, shown, visible
from pkitools_cli.commands.next_steps import NextStep
from pkitools_cli.commands.scan.across import across_now, across_told
from pkitools_cli.commands.scan.chains import Unchained, chains_told, incomplete
from pkitools_cli.commands.scan.orders import coming, order_told, planned_day
from pkitools_cli.commands.scan.table import ENDING, Table
from pkitools_cli.commands.status.commands import brings_chain, chained_file, lists_in, mending, renewal_for, taken
from pkitools_cli.commands.status.new_files import NewFiles
from pkitools_cli.commands.status.reports import add_to_files, entry_of
from pkitools_cli.i18n import form_of, language, tr
from pkitools_cli.lines import command_rows, wrapped
from pkitools_cli.own_data import titles
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from datetime import date, datetime

    from pkitools.connections import Connection, Connections
    from pkitools.portfolio import Changes
    from pkitools.portfolio.renewing import ToRenew
    from pkitools.portfolio.risk import Risks
    from pkitools.reports.portfolio.order_days import OrderDays

_GOOD: Final = frozenset({Standing.PASSED, Standing.INDETERMINATE})
_URGENT: Final = frozenset({Standing.EXPIRED, Standing.FAILED, Standing.ENDS_SOON})
_OWN_DATA: Final = "own_data"
Given = Mapping[str | None, Sequence[str]]
"""Options, by the name of a connection."""
_NOTHING: Final[Given] = {}
_OF_ITS_KEY: Final = frozenset({AUTHORITY.code, NAMED.code, BESIDE.code})
"""What is wrong with a certificate by a key in another file, which has to be given to see it."""
_CHAIN: Final = ("chain", "complete")
_INDENT: Final = "    "
_MOST_LISTS: Final = 3  # of peers, that are named
_MOST_UNREAD: Final = 5  # under each heading, where not all are told
_MOST_CHANGES: Final = 5  # of each kind, where not all are told


def scan_told(
    portfolio: Portfolio,
    changes: Changes | None,
    risks: Risks,
    written: Sequence[str],
    given: Given = _NOTHING,
    *,
    orders: OrderDays | None = None,
    connections: Connections | None = None,
    verbose: bool = False,
) -> Iterator[Line | str]:
    """Yield a portfolio: the count, each certificate, all together, what was not looked at, how, the next step.

    Args:
        portfolio: what was found.
        changes: what changed since an earlier one.
        risks: what is told of all together.
        written: the files of the reports that were written.
        given: by the connections that certificates are judged by, and by ``None``, the options by which a check of one
            knows what the scan knew.
        orders: says by which day the next is to be ordered, by the plans of connections; ``None`` without any.
        connections: those that certificates are judged by; ``None``: by none.
        verbose: tell every certificate and all that was found; else each kind with the first, and how many there are.
    """
    yield from (Line(row, bold=True) for row in wrapped(_counted(portfolio), ""))
    if not portfolio.complete:
        yield from wrapped(tr("cli.scan.partial"), "")
    if changes is not None:
        yield from _changed(changes, None if verbose else _MOST_CHANGES)
    names = names_by_claim(connections, language())
    if portfolio.judged:
        yield ""
        standing, urgent = _most_urgent(portfolio, orders)
        first = _to_renew(portfolio, orders, standing, urgent)
        urgent = urgent if first is None or standing in _URGENT else first[2]
        yield from Table(portfolio, orders, names, urgent).rows(verbose=verbose)
    yield from across_told(risks, portfolio, verbose=verbose)
    yield from _unread(portfolio, None if verbose else _MOST_UNREAD)
    now = first_step(portfolio, risks, given, orders, connections)
    yield from chains_told(portfolio, given, now)
    yield ""
    yield from _judged_how(portfolio, connections)
    yield from (row for name in written for row in wrapped(tr("cli.scan.written", name=name), ""))
    yield from now.told()


def _counted(portfolio: Portfolio) -> str:
    counts = Counter(one.standing(portfolio.moment) for one in portfolio.judged)
    kinds = [f"{counts[each]} {standing_word(each, language())}" for each in Standing if counts[each]]
    total = len(portfolio.judged)
    if not portfolio.certificates and (requests := sum(1 for _ in waiting(portfolio))):
        return tr(f"cli.scan.waiting{form_of(requests)}", count=requests, files=portfolio.looked_at)
    if not portfolio.certificates:
        return tr("cli.scan.nothing", files=portfolio.looked_at)
    if not total:
        kinds = [tr("cli.scan.none")]
    counted = tr(f"cli.scan.counted{form_of(total)}", total=total, files=portfolio.looked_at, kinds=", ".join(kinds))
    beside = len(portfolio.authorities)
    return f"{counted} {tr(f'cli.scan.authorities{form_of(beside)}', count=beside)}" if beside else counted


def _unread(portfolio: Portfolio, most: int | None) -> Iterator[Line | str]:
    """Yield what was not looked at, each in a sentence, of each heading the first; what matters least last."""
    for gap in Gap:
        found = [one for one in portfolio.unread if _heading_of(one) is gap]
        if found:
            yield ""
            yield Line(tr(f"cli.scan.gap.{gap}", count=len(found)), bold=True)
        for one in found[:most]:
            yield from wrapped(error_line(one.error), f"{_INDENT}  ", "  - ")
        if more := len(found) - len(found[:most]):
            yield from wrapped(tr("cli.scan.more", count=more), _INDENT)
    if portfolio.peer_lists:
        yield ""
        names = ", ".join(map(visible, portfolio.peer_lists[:_MOST_LISTS]))
        words = ("scan", portfolio.peer_lists[0])
        yield from wrapped(tr(f"cli.scan.peer_lists{form_of(len(portfolio.peer_lists))}", names=names), "")
        yield from command_rows(words, _INDENT)
    others = portfolio.passed_over - len(portfolio.peer_lists)
    if others > 0:
        yield ""
        yield from wrapped(tr(f"cli.scan.passed_over{form_of(others)}", count=others), "")


def _heading_of(one: Unread) -> Gap:
    """Return under which heading it stands: a key that is named and not there, with the certificate of its line."""
    return Gap.MISSING if one.code == POINTS_NOWHERE else one.gap


def _changed(changes: Changes, most: int | None) -> Iterator[Line | str]:
    yield ""
    heading, *sentences = changes_told(changes, language(), most)
    if not changes:
        yield from wrapped(heading, "")
        return
    yield Line(heading, bold=True)
    for sentence in sentences if changes.is_certain else sentences[:-1]:
        yield from wrapped(sentence, _INDENT, "  - ")
    if not changes.is_certain:
        yield from wrapped(sentences[-1], "")


def _judged_how(portfolio: Portfolio, connections: Connections | None) -> Iterator[str]:
    """Yield for which environment and systems was judged, and that revocation was not asked."""
    if not portfolio.judged:
        return
    systems = ", ".join(titles(portfolio.systems)) or tr("cli.scan.no_system")
    claimed, rest = judged_by_connections(portfolio)
    rest_of = "_rest" if claimed else ""
    if claimed:
        yield from wrapped(word("portfolio.report.by_connection", language()), "")
    if not rest:
        pass
    elif portfolio.environment is None:
        yield from wrapped(tr(f"cli.scan.by_hierarchy{rest_of}", systems=systems), "")
    else:
        environment = tr(f"cli.cert_check.environment.{portfolio.environment}")
        yield from wrapped(tr(f"cli.scan.in_environment{rest_of}", environment=environment, systems=systems), "")
    yield from _claims(portfolio, connections)
    unknown = sum(j.basis is EnvironmentBasis.UNKNOWN for one in portfolio.judged for j in one.judgements)
    if unknown:
        yield from wrapped(tr(f"cli.scan.unknown_hierarchy{form_of(unknown)}", count=unknown), "")
    yield from _revocation(portfolio)


def _revocation(portfolio: Portfolio) -> Iterator[str]:
    """Yield what was there to ask whether certificates are revoked, and of how many that gave no answer."""
    if portfolio.lists_found:
        yield from wrapped(tr(f"cli.scan.lists_found{form_of(portfolio.lists_found)}", count=portfolio.lists_found), "")
    if not portfolio.revocation_asked:
        yield from wrapped(tr(f"cli.scan.revocation_{'off' if portfolio.revocation_off else 'not_asked'}"), "")
    elif unknown := sum(one.is_revocation_unknown for one in portfolio.judged):
        yield from wrapped(tr(f"cli.scan.revocation_unknown{form_of(unknown)}", count=unknown), "")


def first_step(
    portfolio: Portfolio,
    risks: Risks,
    given: Given = _NOTHING,
    orders: OrderDays | None = None,
    connections: Connections | None = None,
) -> NextStep:
    """Return what to do first: of a certificate alone, or else of all together.

    Args:
        portfolio: what was found.
        risks: what is told of all together.
        given: by the connections that certificates are judged by, and by ``None``, the options by which a check of one
            knows what the scan knew.
        orders: says by which day the next is to be ordered, by the plans of connections; ``None`` without any.
        connections: those that certificates are judged by; ``None``: by none.
    """
    standing, one = _most_urgent(portfolio, orders)
    sentence = next(_before_a_command(portfolio, risks, orders, standing, one), None)
    if sentence is not None:
        return NextStep(sentence)
    words, after = None, ""
    if portfolio.complete and one is not None:
        words, after = _command(standing, one, given, portfolio, connections)
    if words is None or not all(visible(word) == word for word in words):
        now = _now(portfolio, standing, one, connections)
        if now and now == _warned(portfolio, standing) and (chain := _chain_of_warned(portfolio)) is not None:
            return chain.step(given)
        none = _none_found(portfolio, connections)
        ordered = _first_ordered(portfolio, connections)
        clear = {_done_with(portfolio), _done_with(portfolio, "passed_clear")}
        if connections is None or now not in {tr("cli.scan.now.passed"), none, ordered, *clear}:
            return NextStep(now)
        # what is stated and not in a certificate, sent or tested is none of a scan's, nor what was not ordered yet
        words = ("status", "--connections", connections.name)
        told_of = tr("cli.scan.now.passed_for") if now == tr("cli.scan.now.passed") else now
        return NextStep(told_of, (*words, *taken(words, given.get(None, ()))))
    name = "" if one is None else shown(one.name)
    slug = "chain" if words[:2] == _CHAIN else f"{standing}_file"
    return NextStep(tr(f"cli.scan.now.{slug}", **({"name": name} if slug == "chain" else {})), words, after)


def _before_a_command(
    portfolio: Portfolio,
    risks: Risks,
    orders: OrderDays | None,
    standing: Standing | None,
    one: HeldCertificate | None,
) -> Iterator[str]:
    """Yield what is to be done and no command of ours does: what can wait the least first."""
    yield from _late(portfolio, orders)
    first = _to_renew(portfolio, orders, standing, one)
    if first is not None and first[0] is not NextDuty.SWITCH:
        yield order_told(first, portfolio)
    if (across := across_now(risks, portfolio)) is not None:
        yield across
    if one is not None and (seen_to := _seen_to(standing, one, portfolio, orders)):
        yield seen_to
    if first is not None and portfolio.is_whole:
        yield _awaited(first[2], orders)


def _to_renew(
    portfolio: Portfolio, orders: OrderDays | None, standing: Standing | None, one: HeldCertificate | None
) -> ToRenew | None:
    """Return what there is to do for the next of what is good, where nothing of one's own asks for more."""
    is_own = one is not None and standing in _URGENT and not _is_the_other_sides(standing, one)
    if not portfolio.complete or (one is not None and is_own and not _is_seen_to(standing, one, orders)):
        return None
    return coming(portfolio, orders)


def _none_found(portfolio: Portfolio, connections: Connections | None) -> str:
    """Return what is told of connections without a certificate among what was looked at; empty where there are none."""
    without = without_certificate(portfolio, Telling(language(), connections=connections))
    return str(tr("cli.scan.now.without_certificate", names=few(without))) if without else ""


def _most_urgent(portfolio: Portfolio, orders: OrderDays | None) -> tuple[Standing | None, HeldCertificate | None]:
    """Return the first to do something about: what the next is there for, or ordered, comes behind what asks more.

    Of what ends that is the other side's nobody here can order another: it comes behind what is one's own.
    """
    standing, one = _most_urgent_own(portfolio, orders)
    if one is not None and standing is Standing.ENDS_SOON and not _is_seen_to(standing, one, orders):
        return standing, min(_to_order(portfolio, orders), key=lambda each: (_order_day(each, orders), each.ends))
    if one is None or standing not in _URGENT or _is_seen_to(standing, one, orders):
        urgent = takewhile(lambda each: each[0] in _URGENT, portfolio.in_order())
        return next((each for each in urgent if _is_the_other_sides(*each)), (standing, one))
    return standing, one


def _to_order(portfolio: Portfolio, orders: OrderDays | None) -> Iterator[HeldCertificate]:
    """Yield what ends soon and has no next."""
    for standing, one in portfolio.in_order():
        is_own = standing is Standing.ENDS_SOON and not (one.is_done_with or _is_the_other_sides(standing, one))
        if is_own and not _is_seen_to(standing, one, orders):
            yield one


def _order_day(one: HeldCertificate, orders: OrderDays | None) -> date:
    """Return the last day to order the next: what is late for the longest comes first, as in ``status``."""
    return (None if orders is None else planned_day(orders, one)) or one.order_by


def _most_urgent_own(portfolio: Portfolio, orders: OrderDays | None) -> tuple[Standing | None, HeldCertificate | None]:
    first: tuple[Standing | None, HeldCertificate | None] = None, None
    expired: tuple[Standing | None, HeldCertificate | None] = None, None
    for standing, one in portfolio.in_order():
        if one.is_done_with or _is_the_other_sides(standing, one):
            continue  # there is nothing to do, or for others
        is_first = first[1] is None
        if not _is_seen_to(standing, one, orders):
            if standing is Standing.EXPIRED:  # what is revoked and has not ended may be in use: that comes first
                expired = expired if expired[1] is not None else (standing, one)
                continue
            if expired[1] is not None and not (standing is Standing.FAILED and one.is_revoked):
                if standing is Standing.FAILED:
                    continue
                return expired
            return (standing, one) if is_first or standing in _URGENT else first
        if is_first or (_is_in_place(first[1]) and not _is_in_place(one)):
            first = standing, one
    return first if expired[1] is None else expired


def _is_in_place(one: HeldCertificate | None) -> bool:
    return one is not None and one.successor is not None and one.successor.is_in_place


def _is_seen_to(standing: Standing | None, one: HeldCertificate, orders: OrderDays | None) -> bool:
    """Return whether the next is there of what ends or has ended, or was ordered."""
    return standing in ENDING and (one.successor is not None or (orders is not None and orders.is_ordered(one)))


def _seen_to(standing: Standing | None, one: HeldCertificate, portfolio: Portfolio, orders: OrderDays | None) -> str:
    """Return what to do where the next is there, was ordered, or a request for it is there; else nothing."""
    if portfolio.complete and _is_seen_to(standing, one, orders):
        return _awaited(one, orders)
    is_asked = standing in {Standing.ENDS_SOON, Standing.EXPIRED} and portfolio.complete
    request = request_for_next(one, portfolio) if is_asked else None
    if request is None:
        return ""
    slug = "expired_request" if standing is Standing.EXPIRED else "request"
    return tr(f"cli.scan.now.{slug}", name=shown(one.name), place=visible(request.place.name))


def _awaited(one: HeldCertificate, orders: OrderDays | None) -> str:
    awaited = None if orders is None else orders.awaited(one)
    if awaited is not None:
        slug = "ordered_asked" if awaited.is_asked else "ordered"
        day = short_day(at_noon(awaited.due or awaited.ordered), language())
        return tr(f"cli.scan.now.{slug}{'' if awaited.due else '_on'}", name=shown(one.name), day=day)
    assert one.successor is not None  # as who calls has seen
    return tr(f"cli.scan.now.{what_is_left(one.successor)}", name=shown(one.name))


def _late(portfolio: Portfolio, orders: OrderDays | None) -> Iterator[str]:
    """Yield that the next one should have been ordered, where each certificate alone asks nothing."""
    standing, first = _most_urgent(portfolio, orders)
    if orders is None or (standing not in _GOOD and (first is None or not _is_seen_to(standing, first, orders))):
        return
    for standing, one in portfolio.in_order():
        day = planned_day(orders, one) if standing in _GOOD else None
        if day is not None and day < portfolio.moment.date():
            told = short_day(at_noon(day), language())
            yield tr("cli.scan.now.order_late", name=shown(one.name), day=told)


def _command(
    standing: Standing | None,
    one: HeldCertificate,
    given: Given,
    portfolio: Portfolio,
    connections: Connections | None,
) -> tuple[tuple[str, ...] | None, str]:
    """Return what looks at the first that is wrong, or renews the first that ends soon, and what to do after it."""
    if standing not in {Standing.FAILED, Standing.ENDS_SOON}:
        return None, ""
    judgement = next(each for each in one.judgements if each.verdict is one.verdict)
    use = (*(word for name in judgement.systems for word in ("--for", name)), "-e", str(judgement.environment))
    wrong = deciding_files(one) if standing is Standing.FAILED else ()
    peer = next((each.name for each in one.places if each.is_of_peer and each.name in wrong), None)
    if peer is not None:
        words = ("probe", peer, *use)
        lists = lists_in(portfolio.list_folders, is_brought=True) if one.is_revoked else ()
        return (*words, *taken(words, (*lists, *given.get(judgement.connection, ())))), ""
    files = [place for place in one.places if not place.is_of_peer]
    if not files or _is_to_be_mended(standing, one):
        chain = mending(replace(one, places=tuple(files)), use) if files else None
        return None if chain is None else (*chain, *taken(chain, given.get(judgement.connection, ()))), ""
    # the one that is wrong itself; else not metadata, and the simplest one, where there are others
    place = min(files, key=lambda each: (each.name not in wrong, each.entity_id is not None, len(each.name)))
    file = place.name
    if standing is Standing.FAILED:
        if file not in wrong and place.entity_id is None:
            file = chained_file(one)
        is_of_metadata = place.entity_id is not None and file in wrong and len(judgement.systems) == 1
        told = (each.params["file"] for each in judgement.findings if each.rule.code in _OF_ITS_KEY)
        keys = (name for name in told if name != NOTHING)  # else it lies in the file of the certificate
        key = () if is_of_metadata else next((("--key", name) for name in keys), ())
        words = ("metadata" if is_of_metadata else "cert", "check", file, *key, *use)
        lists = _lists_for(file, judgement, portfolio) if one.is_revoked else ()
        return (*words, *taken(words, (*lists, *given.get(judgement.connection, ())))), ""
    if connections is not None and judgement.connection is not None:
        from pkitools.connections.claiming import claiming

        return _of_connection(
            claiming(connections)[judgement.connection],
            replace(one, places=tuple(files)),
            portfolio.moment,
            connections.name,
        )
    from pkitools_cli.commands.cert.next_step import ForUse, renewal_of_held  # few scans come to it

    return renewal_of_held(one.sha256, file, ForUse(judgement.systems, judgement.environment, portfolio.moment)), ""


def _is_to_be_mended(standing: Standing | None, one: HeldCertificate) -> bool:
    """Return whether nothing is to be done about a certificate but that its chain is made anew."""
    return one.mend is not None and (standing is Standing.ENDS_SOON or one.mend.is_all)


def _lists_for(file: str, judgement: Judgement, portfolio: Portfolio) -> tuple[str, ...]:
    """Return the options by which a check of what is revoked finds its chain, where its file lacks it, and lists."""
    if brings_chain(file):
        return lists_in(portfolio.list_folders, is_brought=True)
    above = [each.sha256 for each in judgement.path]
    found = {one.sha256: one.places[0].name for one in portfolio.authorities if one.sha256 in above}
    names = dict.fromkeys(found[each] for each in above if each in found)
    chain = tuple(word for name in names for word in ("--chain", name))
    return (*chain, *lists_in(portfolio.list_folders, is_brought=bool(chain)))


def _of_connection(
    connection: Connection, one: HeldCertificate, moment: datetime, file: str
) -> tuple[tuple[str, ...] | None, str]:
    """Return how the certificate of a connection is renewed, as ``status`` tells it."""
    new = NewFiles()
    words = renewal_for(connection, one, moment, new)
    if words is None:
        return None, ""
    entry = entry_of(connection, words, file, new)
    return tuple(words), "" if entry is None else add_to_files(entry)


def _claims(portfolio: Portfolio, connections: Connections | None) -> Iterator[str]:
    """Yield how many certificates no connection claims, and the connections of which none was found."""
    for sentence in claims_told(portfolio, Telling(language(), connections=connections)):
        yield from wrapped(sentence, "")


def _now(
    portfolio: Portfolio, worst: Standing | None, first: HeldCertificate | None, connections: Connections | None
) -> str:
    if not portfolio.complete:
        return tr("cli.scan.now.partial")
    if worst in _URGENT:
        slug = "provider" if _is_the_other_sides(worst, first) else worst
        return tr(f"cli.scan.now.{slug}", **({"name": shown(first.name)} if first and slug == "expired" else {}))
    if not portfolio.is_whole:
        return tr("cli.scan.now.unread")
    if worst is Standing.PASSED and any(one.is_revocation_unknown for one in portfolio.judged):
        return tr(f"cli.scan.now.{'off' if portfolio.revocation_off else 'unknown'}")
    none = _none_found(portfolio, connections)
    if worst is Standing.PASSED and none:  # what was judged is good, and none of it is theirs
        return none
    return (
        _waiting(portfolio, worst, connections)
        or (none if worst is None else "")
        or (_done_with(portfolio) if worst in {None, Standing.NOT_JUDGED} else "")
        or _warned(portfolio, worst)
        or _own_data(portfolio)
        or (_done_with(portfolio, "passed_clear") if worst is Standing.PASSED else "")
        or tr(f"cli.scan.now.{worst or 'nothing'}")
    )


def _done_with(portfolio: Portfolio, slug: str = "done_with") -> str:
    """Return what to do where nothing was found but what is good, or nothing, and what nobody needs any more."""
    one = next((one for one in portfolio.judged if one.is_done_with), None)
    return "" if one is None else tr(f"cli.scan.now.{slug}", name=shown(one.name))


def _chain_of_warned(portfolio: Portfolio) -> Unchained | None:
    """Return that the first that is told with a warning is so by its chain, which is to be made complete."""
    one = next(filter(_is_warned_of, portfolio.judged))
    decides = deciding(one)
    return incomplete(one) if decides is not None and decides.rule.code == COMPLETE.code else None


def _warned(portfolio: Portfolio, worst: Standing | None) -> str:
    """Return what to do where all is good, and a certificate is told with a warning."""
    one = next(filter(_is_warned_of, portfolio.judged), None) if worst is Standing.PASSED else None
    place = "" if one is None else next(iter(deciding_files(one)), one.places[0].name)
    return tr("cli.scan.now.warned", place=visible(place)) if place else ""


def _is_warned_of(one: HeldCertificate) -> bool:
    """Return whether a certificate that is good is told with a warning."""
    if one.verdict is not Verdict.PASSED or one.worst is None or one.worst < Severity.WARNING:
        return False
    told = deciding(one)
    return told is not None and told.status is Status.VIOLATED and told.rule.severity >= Severity.WARNING


def _is_the_other_sides(standing: Standing | None, one: HeldCertificate | None) -> bool:
    """Return whether what ends is of an identity provider: nobody who connects orders that."""
    return standing in ENDING and one is not None and one.is_of_provider


def _waiting(portfolio: Portfolio, worst: Standing | None, connections: Connections | None) -> str:
    """Return what to do about a request where there is no certificate yet: of several one that was not ordered with."""
    if worst is not None:
        return ""
    ordered = _ordered_with(portfolio, connections)
    request = next((one for one in waiting(portfolio) if one not in ordered), None)
    if request is None:
        return _first_ordered(portfolio, connections)
    return str(tr("cli.scan.now.waiting", place=visible(request.place.name)))


def _ordered_with(portfolio: Portfolio, connections: Connections | None) -> Mapping[HeldRequest, date]:
    """Return the requests of which their connections state that they were ordered with, and when."""
    if connections is None or not portfolio.requests:
        return {}
    from pkitools.connections.claiming import ordered_with

    return ordered_with(connections, waiting(portfolio), portfolio.moment)


def _first_ordered(portfolio: Portfolio, connections: Connections | None) -> str:
    """Return that the first certificate of a connection was ordered, where nothing else waits; else nothing."""
    ordered = next(iter(_ordered_with(portfolio, connections).items()), None)
    if ordered is None:
        return ""
    request, day = ordered
    told = {"place": visible(request.place.name), "day": short_day(at_noon(day), language())}
    return str(tr("cli.scan.now.waiting_ordered", **told))


def _own_data(portfolio: Portfolio) -> str:
    """Return what to do about the file of one's own that kept the first that is uncertain from being judged."""
    from pkitools_cli.commands.next_steps import step

    first = next((deciding(one) for standing, one in portfolio.in_order() if standing is Standing.INDETERMINATE), None)
    if first is None or first.reason != _OWN_DATA:
        return ""
    found = step(f"report.reason.{_OWN_DATA}", readable(first.params, language(), portfolio.moment), {})
    return "" if found is None else found.sentence
