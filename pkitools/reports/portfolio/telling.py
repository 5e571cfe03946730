"""How a portfolio is told, and the few texts that every form of report makes alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from pkitools.checking.file_names import is_called_old_configuration
from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.messages import NOTHING, Language, Message, Remedy, RemedyText, error_sentence, message
from pkitools.messages.days import days_left
from pkitools.portfolio.model import HeldCertificate, Place, Portfolio, Standing, Successor, Unread
from pkitools.portfolio.renewing import NextDuty, next_duty
from pkitools.portfolio.waiting import request_for_next
from pkitools.reports.telling.answer import answer_of, reservations, told
from pkitools.reports.telling.readable import number_of, readable, role_above, short_day
from pkitools.text import end_of, few, visible
from pkitools.x509.above import Above

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.portfolio.comparing import Changes, EarlierCertificate, Replaced
    from pkitools.portfolio.risk import Risks
    from pkitools.reports.portfolio.order_days import OrderDays

_ENDING: Final = frozenset({Standing.EXPIRED, Standing.ENDS_SOON})
_OF_A_SOURCE: Final = ("revocation.source.", "revocation.crl.", "revocation.ocsp.")
_NONE_NAMED: Final = "revocation.source.named"  # there was none to count
_OF_REVOCATION: Final = "revocation."
_ORDER_NOW: Final = "advice.validity.order_now"  # told by what is said of its renewal
_OUTLIVES: Final = "advice.validity.outlives_issuer"
_MOST_UNUSED: Final = 3
_MOST_NAMING: Final = 4
_MOST_OF_PLACE: Final = 190  # characters of an operand of a message


@dataclass(frozen=True, slots=True)
class Telling:
    """How to tell a portfolio.

    Args:
        language: of the sentences and headings.
        changes: what changed since an earlier one, where one was given.
        remedy: gives what to do, where the caller has words of its own; ``None``: the words of the library.
        now: what to do first, in the words of the caller; empty where it says nothing of that.
        command: what of ``now`` is there to be copied; empty where nothing is.
        risks: what is told of all together; ``None``: it is worked out, by what the folders are called.
        connections: those that the certificates are judged by: what they claim is to be ordered as their plans say.
        elsewhere: what people call those of them that have a certificate at other places, which is told beside this.
    """

    language: Language = "en"
    changes: Changes | None = None
    remedy: RemedyText | None = None
    now: str = ""
    command: str = ""
    risks: Risks | None = None
    connections: Connections | None = None
    elsewhere: Collection[str] = ()


def deciding(certificate: HeldCertificate) -> Outcome | None:
    """Return what decides about a certificate: what it fails on, or what kept it from being judged.

    Of one that passed it is the gravest of what nobody may read over, such as that revocation is not known, and of
    whatever is a warning or worse: what ``--fail-on warning`` goes by is told. That it is to be renewed is told by
    itself. Of what is as grave the certificate's own comes first: that no list tells whether it is revoked is so of all
    beside it, and is told once for all. ``None`` where there is nothing of the kind, and of an authority.
    """
    if certificate.verdict is Verdict.PASSED:
        # a warning before what somebody asked not to look at, and what only this tells before what the chain does too
        return max(_beside_passed(certificate), key=partial(_weight, certificate), default=None)
    worst = next((one for one in certificate.judgements if one.verdict is certificate.verdict), None)
    return None if worst is None else answer_of(Report(certificate.name, worst.told)).because


def _weight(certificate: HeldCertificate, one: Outcome) -> tuple[Severity, bool, bool]:
    """Return what comes first of what is violated: the gravest, of that what its chain does not tell, and its own."""
    severity = one.rule.severity
    is_own = severity >= Severity.WARNING and not one.rule.code.startswith(_OF_REVOCATION)
    return severity, not is_of_chain(certificate, one), is_own


def told_besides(certificate: HeldCertificate) -> Iterator[Outcome]:
    """Yield whatever is violated beside what decides about a certificate and is a warning or worse, the worst first.

    That it is to be renewed is told by itself, what making its chain anew mends by :func:`mend_told`, and of lists that
    tell nothing of it by :func:`lists_unused`.
    """
    decides = deciding(certificate)
    elsewhere = _OF_A_SOURCE if certificate.is_revocation_unknown else ()
    found = (one for one in certificate.findings if not one.rule.code.startswith(elsewhere))
    grave = [one for one in found if one.rule.severity >= Severity.WARNING and not is_of_chain(certificate, one)]
    for one in sorted(grave, key=partial(_weight, certificate), reverse=True):
        if one.rule.code != _ORDER_NOW and (decides is None or _said(one) != _said(decides)):
            yield one


def _said(one: Outcome) -> tuple[str, tuple[tuple[str, object], ...]]:
    return one.rule.code, tuple(one.params.items())


def _beside_passed(certificate: HeldCertificate) -> Iterator[Outcome]:
    """Yield what is to be told of a certificate that passed, of every use that it was judged for."""
    reports = [Report(certificate.name, judgement.told) for judgement in certificate.judgements]
    for report in reports:
        yield from reservations(report)
    for report in reports:
        grave = (one for one in report.findings if one.rule.severity >= Severity.WARNING)
        yield from (one for one in grave if one.rule.code != _ORDER_NOW)


def deciding_files(certificate: HeldCertificate) -> tuple[str, ...]:
    """Return the files that say what decides about a certificate; none where it is of no one file that this is so.

    Where that is the entity ID of metadata, or the name of a peer, those are it.
    """
    decides = deciding(certificate)
    if decides is None:
        return ()
    every = (one for judgement in certificate.judgements for one in judgement.beside)
    # by its code: of what another process judged the rule is a copy
    named = dict.fromkeys(seen.value for one in every if one.rule.code == decides.rule.code for seen in one.evidence)
    return tuple(named) or tuple(dict.fromkeys(_used_as(certificate, decides)))


def _used_as(certificate: HeldCertificate, decides: Outcome) -> Iterator[str]:
    """Yield the places by whose use of a certificate something is wrong with that use, and not with itself."""
    for judgement in certificate.judgements:
        if decides not in judgement.of_places:
            continue
        for place in certificate.places:
            is_host = judgement.host is not None and place.name.rpartition(":")[0].strip("[]") == judgement.host
            if is_host or (judgement.entity_id is not None and place.entity_id == judgement.entity_id):
                yield place.name


def told_where(certificate: HeldCertificate) -> str:
    """Return the file that says what decides about a certificate, before the sentence; empty of one in one place."""
    files = deciding_files(certificate)
    return f"{visible(files[0])}: " if files and len({place.name for place in certificate.places}) > 1 else ""


def place_text(place: Place) -> str:
    """Return where something lies in one line: the file, and in it the name or the number."""
    detail = place.alias or place.entity_id or (str(place.position) if place.position > 1 else "")
    return f"{place.name} ({detail})" if detail else place.name


def in_order_to_be_looked_at(certificate: HeldCertificate) -> tuple[str, ...]:
    """Return what names a certificate, as ``FILE:LINE``: what is called a configuration of before comes last."""
    return tuple(sorted(certificate.named_by, key=_is_called_old))


def is_named_by_old_alone(certificate: HeldCertificate) -> bool:
    """Return whether something names a certificate, and all of that is called a configuration of before."""
    return bool(certificate.named_by) and all(map(_is_called_old, certificate.named_by))


def _is_called_old(origin: str) -> bool:
    return is_called_old_configuration(PurePath(origin.rpartition(":")[0]).name)


def named_in_told(certificate: HeldCertificate, language: Language) -> str:
    """Return what names a certificate, such as a configuration, in some words; empty where nothing does."""
    if not certificate.named_by:
        return ""
    code = "portfolio.report.named_in.old" if is_named_by_old_alone(certificate) else "portfolio.report.named_in"
    return word(code, language, where=few(in_order_to_be_looked_at(certificate), ends=True))


def standing_word(standing: Standing, language: Language) -> str:
    """Return how a certificate stands, in a word or two."""
    return message(f"portfolio.standing.{standing}", {}, language).title


def renewal_told(
    certificate: HeldCertificate, portfolio: Portfolio, language: Language, orders: OrderDays | None
) -> str:
    """Return of the next certificate that it is there, that it was ordered, or by when it is to be, in a sentence.

    Args:
        certificate: the one before it.
        portfolio: what was found.
        language: of the sentence.
        orders: says by which day it is to be ordered; ``None``: nobody's plan is known.

    Returns:
        Empty where nothing is to be said of it.
    """
    if certificate.successor is not None:
        return successor_told(certificate.successor, language, certificate)
    return " ".join(
        filter(None, (partial_told(certificate, language), _order_told(certificate, portfolio, language, orders)))
    )


def _order_told(
    certificate: HeldCertificate, portfolio: Portfolio, language: Language, orders: OrderDays | None
) -> str:
    planned = "" if orders is None else orders.told(certificate, language)
    if planned or certificate.verdict is not Verdict.PASSED:
        return planned
    # where a chain is to be mended what it does is told, and beside that what the end of the certificate itself asks
    is_asked = certificate.mend is None or next_duty(certificate, portfolio.moment) is NextDuty.LATE
    if certificate.standing(portfolio.moment) is not Standing.ENDS_SOON or not is_asked:
        return _near_told(certificate, portfolio, language)
    code = "ends_soon" if certificate.lasts_by is None else "works_no_longer"
    days = days_left(certificate.lasts, portfolio.moment)
    if certificate.is_of_provider:
        return word("portfolio.report.ends_soon.provider", language, days=days)
    if (request := request_for_next(certificate, portfolio)) is not None:
        return word(f"portfolio.report.{code}.request", language, days=days, place=visible(request.place.name))
    return word(f"portfolio.report.{code}", language, days=days)


def _near_told(certificate: HeldCertificate, portfolio: Portfolio, language: Language) -> str:
    """Return by which day the next is to be ordered, where that is near; else nothing."""
    if next_duty(certificate, portfolio.moment) is not NextDuty.ORDER:
        return ""
    code, told = "near", {"day": order_day_told(certificate.order_by, portfolio.moment, language)}
    if (request := request_for_next(certificate, portfolio)) is not None:
        code, told = "near.request", {**told, "place": visible(request.place.name)}
    return word(f"portfolio.report.order.{code}", language, **told)


def order_day_told(day: date, moment: datetime, language: Language) -> str:
    """Return by which day something is to be ordered, in words: today, where that is the last day for it or later.

    Args:
        day: the last day, in UTC.
        moment: as of when, aware.
        language: of the words.
    """
    if day <= moment.astimezone(UTC).date():
        return word("portfolio.report.order.today", language)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return word("portfolio.report.order.by_day", language, day=short_day(at, language))


def said_of(
    certificate: HeldCertificate, portfolio: Portfolio, telling: Telling, orders: OrderDays | None = None
) -> str:
    """Return what decides about a certificate and what to do, in a sentence or two; empty where there is nothing.

    Args:
        certificate: it.
        portfolio: what was found.
        telling: how to tell it.
        orders: says by which day the next is to be ordered; ``None``: nobody's plan is known.
    """
    first = renewal_told(certificate, portfolio, telling.language, orders)
    if is_seen_to(certificate, portfolio, orders) and certificate.standing(portfolio.moment) is Standing.EXPIRED:
        return first  # what is wrong with it is that alone, and another needs not be asked for
    first = f"{cut_short_told(certificate, portfolio.moment, telling.language)} {first}".strip()
    decides = deciding(certificate)
    if decides is None or is_of_chain(certificate, decides):
        return first
    said = told(decides, telling.language, remedies_for(certificate, telling.remedy), portfolio.moment)
    unused, lies = " ".join(lists_unused(certificate, portfolio, telling)), lies_told(certificate, telling.language)
    unknown = unconfirmed(certificate, decides, portfolio, telling)
    beside = "" if unknown is None else f"{unknown.title}. {unknown.remedy}"
    return one_line(f"{first} {told_where(certificate)}{said.title}. {said.remedy} {lies} {beside} {unused}")


def is_seen_to(certificate: HeldCertificate, portfolio: Portfolio, orders: OrderDays | None) -> bool:
    """Return whether no other is to be asked for of a certificate that ends or has: the next is there, or was ordered.

    Args:
        certificate: it.
        portfolio: what was found.
        orders: knows what is stated of its order; ``None``: nobody stated any.
    """
    is_ordered = (
        orders is not None and certificate.standing(portfolio.moment) in _ENDING and orders.is_ordered(certificate)
    )
    return certificate.successor is not None or is_ordered


def unconfirmed(
    certificate: HeldCertificate, decides: Outcome, portfolio: Portfolio, telling: Telling
) -> Message | None:
    """Return that nothing tells whether a certificate that passed is revoked, where its own warning came before that.

    A report is read a certificate at a time, and nothing below it tells this of all.
    """
    if certificate.verdict is not Verdict.PASSED or decides.rule.code.startswith(_OF_REVOCATION):
        return None
    found = (one for one in told_besides(certificate) if one.rule.code.startswith(_OF_REVOCATION))
    return next((told(one, telling.language, telling.remedy, portfolio.moment) for one in found), None)


def successor_told(successor: Successor, language: Language, old: HeldCertificate | None = None) -> str:
    """Return that the next certificate is there, where, and what to do with it and with the old one.

    Args:
        successor: the next.
        language: of the sentence.
        old: the one before it, where what names that is to be told: it may be a copy.
    """
    day, place = short_day(successor.not_after, language), visible(successor.place)
    named_by = () if old is None else old.named_by
    if successor.is_live:
        return word("portfolio.report.live", language, place=place, day=day)
    if successor.has_replaced:
        told = word("portfolio.report.set_aside", language, place=place, day=day)
        lacks = few(successor.lacks, between=", ")
        return f"{told} {word('portfolio.report.dropped', language, names=lacks)}" if lacks else told
    if successor.is_in_place and named_by:
        return " ".join(_named_told(named_by, place, day, language))
    begins = "" if successor.begins is None else short_day(successor.begins, language)
    return word(f"portfolio.report.{what_is_left(successor)}", language, place=place, day=day, begins=begins)


def _named_told(named_by: Sequence[str], place: str, day: str, language: Language) -> Iterator[str]:
    """Yield that a copy counts by what names it, what to do, and what else names it: each is to be looked at."""
    first, *others = (end_of(each, _MOST_OF_PLACE) for each in named_by)
    yield word("portfolio.report.named", language, place=place, day=day, where=first)
    for each in others[:_MOST_NAMING]:
        yield word("portfolio.report.named_also", language, where=each)
    if more := len(others[_MOST_NAMING:]):
        yield f"({word('portfolio.across.more', language, count=more)})"


def what_is_left(successor: Successor) -> str:
    """Return what is left to do where the next certificate is there: put it into use, but for three reasons.

    Returns:
        ``in_place``: it lies where the old one lay; ``without_key``: its key is to be found; ``to_begin``: not before
        it begins; else ``successor``.
    """
    if successor.is_in_place:
        return "in_place"
    if successor.lacks_key:
        return "without_key"
    return "successor" if successor.begins is None else "to_begin"


def partial_told(certificate: HeldCertificate, language: Language) -> str:
    """Return that what comes after a certificate is there and lacks names of it, and which; empty where none is."""
    if (partial := certificate.partial) is None:
        return ""
    names, place = few(partial.lacks, between=", "), visible(partial.place)
    day = short_day(partial.not_after, language)
    return word("portfolio.report.lacking", language, names=names, place=place, day=day)


def is_of_chain(certificate: HeldCertificate, decides: Outcome | None) -> bool:
    """Return whether what decides about a certificate is told by its chain, which is to be mended, alone."""
    return decides is not None and _is_mended(certificate, decides.rule.code, decides.params)


def _is_mended(certificate: HeldCertificate, code: str, params: Mapping[str, object]) -> bool:
    """Return whether a finding about a certificate goes where its chain is made anew."""
    mend = certificate.mend
    if mend is None:
        return False
    is_of_end = code == _OUTLIVES or (code == _ORDER_NOW and params.get("by", NOTHING) != NOTHING)
    return is_of_end or (mend.is_all and code.startswith("path."))


def remedies_for(certificate: HeldCertificate, own: RemedyText | None) -> RemedyText | None:
    """Return what to do about the findings of a certificate: about what its chain does to it, to mend that alone.

    Args:
        certificate: it.
        own: what else is told to do; ``None``: the words of the library.
    """
    if certificate.mend is None:
        return own

    def remedy(found: Remedy, language: Language) -> str | None:
        if _is_mended(certificate, found.code, found.params):
            return mend_told(certificate, language)
        return None if own is None else own(found, language)

    return remedy


def cut_short_told(certificate: HeldCertificate, moment: datetime, language: Language) -> str:
    """Return that an authority above a certificate ends before it, and what lies there that lasts longer.

    Returns:
        Empty where it lasts its own time.
    """
    if certificate.ends_by is None:
        return ""
    return f"{_ends_by_told(certificate.ends_by, moment, language)} {mend_told(certificate, language)}".rstrip()


def mend_told(certificate: HeldCertificate, language: Language) -> str:
    """Return what lies there that makes a chain last longer, and what to do; empty where nothing does."""
    mend = certificate.mend
    return "" if mend is None else word("portfolio.report.mend", language, place=visible(mend.place))


def lies_told(certificate: HeldCertificate, language: Language) -> str:
    """Return in which file lies what the chain of a certificate lacks; empty where that is not known."""
    place = certificate.lies_in
    return word("portfolio.report.lies_in", language, place=visible(place)) if place else ""


def _ends_by_told(by: Above, moment: datetime, language: Language) -> str:
    """Return that an authority above a certificate ends before it, or has ended, which one and when."""
    role, name, day = role_above(by.role, language), visible(by.name), short_day(by.not_after, language)
    code = "ends_by" if moment <= by.not_after else "ended_by"
    told = word(f"portfolio.report.{code}", language, role_above=role, issuer=name, day=day)
    return f"{told[:1].upper()}{told[1:]}"


def lists_unused(certificate: HeldCertificate, portfolio: Portfolio, telling: Telling) -> tuple[str, ...]:
    """Return why lists and responses that are about a certificate did not count; none where its status is known."""
    if not certificate.is_revocation_unknown:
        return ()
    found = (
        one
        for one in certificate.findings
        if one.rule.code.startswith(_OF_A_SOURCE) and one.rule.code != _NONE_NAMED and one.rule.severity > Severity.INFO
    )
    said = (told(one, telling.language, telling.remedy, portfolio.moment) for one in found)
    return tuple(islice(dict.fromkeys(one_line(each.message or each.title) for each in said), _MOST_UNUSED))


def unread_sentence(unread: Unread, telling: Telling) -> str:
    """Return why something was not looked at, and what to do."""
    return one_line(error_sentence(unread.error, telling.language, telling.remedy))


def one_line(sentences: str) -> str:
    """Return sentences of ours on one line: the line breaks are ours, those of operands are made visible before."""
    return " ".join(sentences.split())


def place_names(certificate: HeldCertificate) -> tuple[str, ...]:
    """Return every place of a certificate once, each in one line."""
    return tuple(dict.fromkeys(map(place_text, certificate.places)))


def counted(portfolio: Portfolio, language: Language) -> str:
    """Return how many certificates there are of each standing, the worst first, in a sentence."""
    counts = Counter(standing for standing, _ in portfolio.in_order())
    kinds = ", ".join(f"{standing_word(each, language)}: {counts[each]}" for each in Standing if counts[each])
    return word(
        f"portfolio.report.{'counted' if kinds else 'nothing'}", language, kinds=kinds, files=portfolio.looked_at
    )


def changes_told(changes: Changes, language: Language, most: int | None = None) -> Iterator[str]:
    """Yield what changed: since when, a sentence for each change, and whether that is certain.

    Args:
        changes: what changed.
        language: of the sentences.
        most: how many sentences there may be of each kind of change; the rest is counted. ``None``: all.
    """
    day = short_day(changes.since, language)
    yield word(f"portfolio.changes.{'changed' if changes else 'unchanged'}", language, day=day)
    for told_of in _changes(changes, language):
        if len(told_of) == 1 or most is None:
            yield from told_of
            continue
        # of one name there may be many, of which the same is said
        times = Counter(told_of)
        yield from (
            each if n == 1 else f"{each} ({n}\N{MULTIPLICATION SIGN})" for each, n in islice(times.items(), most)
        )
        if more := sum(islice(times.values(), most, None)):
            yield word("portfolio.across.more", language, count=more)
    if changes and not changes.is_certain:
        yield word("portfolio.changes.uncertain", language)


def _changes(changes: Changes, language: Language) -> Iterator[list[str]]:
    """Yield the sentences of each kind of change."""
    yield [word("portfolio.changes.new", language, name=one.name) for one in changes.new]
    yield [word("portfolio.changes.gone", language, name=one.name) for one in changes.gone]
    yield [word("portfolio.changes.unseen", language, name=one.name) for one in changes.unseen]
    yield [_first_seen(changes, language)] if changes.added else []
    yield [_replaced(one, language) for one in changes.replaced]
    yield [_otherwise(before, now, language) for before, now in changes.judged_otherwise]


def _replaced(one: Replaced, language: Language) -> str:
    old, new = (short_day(each.not_after, language) for each in (one.old, one.new))
    how = "replaced_same_key" if one.same_key else "replaced"
    return word(f"portfolio.changes.{how}", language, name=one.new.name, old=old, new=new)


def _otherwise(before: EarlierCertificate, now: HeldCertificate, language: Language) -> str:
    earlier, later = (_verdict(each.verdict, language) for each in (before, now))
    return word("portfolio.changes.otherwise", language, name=now.name, old=earlier, new=later)


def _first_seen(changes: Changes, language: Language) -> str:
    """Return where was not looked the last time, and how many certificates lie there alone."""
    places = few(changes.added, ends=True)
    return word("portfolio.changes.added", language, places=places, count=len(changes.first_seen))


def _verdict(verdict: Verdict | None, language: Language) -> str:
    return (
        standing_word(Standing.NOT_JUDGED, language) if verdict is None else word(f"report.verdict.{verdict}", language)
    )


def judged_how(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield for what certificates were judged, which no connection claims, and that revocation was not asked."""
    if not portfolio.judged:
        yield from claims_told(portfolio, telling)
        return
    language = telling.language
    systems = ", ".join(portfolio.systems) or word("portfolio.report.no_system", language)
    claimed, rest = judged_by_connections(portfolio)
    if claimed:
        yield word("portfolio.report.by_connection", language)
    if not rest:
        pass
    elif portfolio.environment is None:
        yield word(f"portfolio.report.by_hierarchy{'.rest' if claimed else ''}", language, systems=systems)
    else:
        environment = word(f"portfolio.report.environment.{portfolio.environment}", language)
        code = f"portfolio.report.in_environment{'.rest' if claimed else ''}"
        yield word(code, language, environment=environment, systems=systems)
    yield from claims_told(portfolio, telling)
    yield from _revocation(portfolio, language)


_MOST_ITEMS: Final = 8


def claims_told(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield how many certificates no connection claims, and the connections of which none was found."""
    if not portfolio.connections:
        return
    language = telling.language
    unclaimed = sum({judgement.connection for judgement in one.judgements} == {None} for one in portfolio.judged)
    if unclaimed:
        yield word(f"portfolio.report.unclaimed.{number_of(unclaimed)}", language, count=unclaimed)
    if without := without_certificate(portfolio, telling):
        yield word("portfolio.report.without_certificate", language, names=few(without))
        yield from _of_others(portfolio, telling)


def _of_others(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield of connections what lies at their places and is of nobody there, as ``status`` tells it."""
    if telling.connections is None:
        return
    from pkitools.connections.claiming import claiming, others_alone
    from pkitools.connections.steps import of_others

    names, connections = connection_names(telling), claiming(telling.connections)
    found = others_alone(telling.connections, portfolio)
    for name, others in islice(found.items(), _MOST_ITEMS):
        step = of_others(others, connections[name].holder.oin)
        said = message(step.code, readable(step.params, telling.language), telling.language).message
        yield one_line(f"{visible(names.get(name, name))}: {said}")
    if (more := len(found) - _MOST_ITEMS) > 0:
        yield f"({word('portfolio.across.more', telling.language, count=more)})"


def without_certificate(portfolio: Portfolio, telling: Telling) -> tuple[str, ...]:
    """Return what people call the connections that claim none of what was found."""
    found = {judgement.connection for one in portfolio.judged for judgement in one.judgements}
    names = connection_names(telling)
    without = (names.get(each, each) for each in portfolio.connections if each not in found)
    return tuple(each for each in without if each not in telling.elsewhere)


def for_connections(certificate: HeldCertificate, telling: Telling, names: Mapping[str, str]) -> str:
    """Return for which connections a certificate was judged, in words; empty where none claims it.

    Args:
        certificate: it.
        telling: how to tell it.
        names: what people call connections: :func:`connection_names`, asked once for all certificates.
    """
    told = claimed_by(certificate, names)
    return word("portfolio.report.for_connection", telling.language, names=told) if told else ""


def claimed_by(certificate: HeldCertificate, names: Mapping[str, str]) -> str:
    """Return what people call the connections that claim a certificate; a comma may be in a name."""
    claimed = (each.connection for each in certificate.judgements if each.connection is not None)
    return "; ".join(visible(names.get(each, each)) for each in dict.fromkeys(claimed))


def connection_names(telling: Telling) -> Mapping[str, str]:
    """Return what people call each connection, by the name of what it claims."""
    from pkitools.reports.planning.work import names_by_claim  # it tells in the words of this module

    return names_by_claim(telling.connections, telling.language)


def judged_by_connections(portfolio: Portfolio) -> tuple[bool, bool]:
    """Return whether anything was judged by a connection that claims it, and whether anything was not."""
    told = {judgement.connection is not None for one in portfolio.judged for judgement in one.judgements}
    return True in told, False in told


def _revocation(portfolio: Portfolio, language: Language) -> Iterator[str]:
    """Yield that revocation was not asked, or of how many certificates it was and nothing came of it."""
    if not portfolio.revocation_asked:
        yield word("portfolio.report.revocation_not_asked", language)
    elif unknown := sum(one.is_revocation_unknown for one in portfolio.judged):
        yield word("portfolio.report.revocation_unknown", language, count=unknown)


def word(code: str, language: Language, **params: object) -> str:
    """Return a word or a sentence of the reports.

    Args:
        code: of a message that is a title and no more.
        language: ``nl`` or ``en``.
        params: its operands.
    """
    return message(code, params, language).title
