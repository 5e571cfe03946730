"""A portfolio as a JSON document: ``docs/schemas/scan-v1.json``. Both languages are in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from pkitools.findings import Outcome
from pkitools.messages import LANGUAGES, RemedyText, outcome_message
from pkitools.portfolio.comparing import SCHEMA, Changes, EarlierCertificate
from pkitools.portfolio.judgements import Judgement
from pkitools.portfolio.model import HeldCertificate, HeldKey, HeldRequest, Place, Portfolio, Unread
from pkitools.portfolio.risk import Risks, risks_of
from pkitools.reports.document import instant, json_pieces
from pkitools.reports.error import ToldError
from pkitools.reports.portfolio.across import risks_document
from pkitools.reports.portfolio.telling import Telling, remedies_for

if TYPE_CHECKING:
    from pkitools.connections import Connections
    from pkitools.reports.portfolio.order_days import OrderDays

T = TypeVar("T")


def render(portfolio: Portfolio, telling: Telling) -> Iterator[str]:
    """Yield the document as text."""
    yield from json_pieces(scan_document(portfolio, telling.changes, telling.risks, telling.connections))
    yield "\n"


def scan_document(
    portfolio: Portfolio,
    changes: Changes | None = None,
    risks: Risks | None = None,
    connections: Connections | None = None,
) -> dict[str, object]:
    """Return the whole document.

    Of a portfolio that lies on disk the long lists are iterators, which :mod:`json` does not take and
    :func:`~pkitools.reports.json_pieces` does: nothing of them is held.

    Args:
        portfolio: what was found.
        changes: what changed since an earlier one, where one was given.
        risks: what is told of all together; ``None``: it is worked out.
        connections: those it was judged by, whose plans say by which day the next certificates are ordered.
    """
    from pkitools.reports.portfolio.order_days import orders_of  # it tells what connections lack in the words of here

    orders = orders_of(portfolio.moment, connections, advice=True)
    return {
        "schema": SCHEMA,
        "moment": instant(portfolio.moment),
        "asked": list(portfolio.asked),
        "environment": portfolio.environment and str(portfolio.environment),
        "systems": list(portfolio.systems),
        "connections": list(portfolio.connections),
        "verdict": str(portfolio.verdict),
        "complete": portfolio.complete,
        "whole": portfolio.is_whole,
        "revocation_asked": portfolio.revocation_asked,
        "lists_found": portfolio.lists_found,
        "looked_at": portfolio.looked_at,
        "passed_over": portfolio.passed_over,
        "counts": dict(Counter(str(standing) for standing, _ in portfolio.in_order())),
        "certificates": _each(lambda one: _certificate(one, portfolio, orders), portfolio.certificates),
        "keys": _each(_key, portfolio.keys),
        "requests": _each(_request, portfolio.requests),
        "unread": _each(unread_entry, portfolio.unread),
        "changes": None if changes is None else _changes(changes),
        **risks_document(risks or risks_of(portfolio)),
    }


def _each(told: Callable[[T], object], several: Sequence[T]) -> object:
    return [told(one) for one in several] if isinstance(several, tuple) else map(told, several)


def _certificate(one: HeldCertificate, portfolio: Portfolio, orders: OrderDays | None) -> dict[str, object]:
    day = None if orders is None else orders.day_by(one)
    return {
        "sha256": one.sha256,
        "sha1": one.sha1,
        "serial_number": one.serial_number,
        "name": one.name,
        "subject": one.subject,
        "issuer": one.issuer,
        "common_name": one.common_name,
        "organization": one.organization,
        "oin": one.oin,
        "dns_names": list(one.dns_names),
        "not_before": instant(one.not_before),
        "not_after": instant(one.not_after),
        "ends": instant(one.ends),
        "ends_by": one.ends_by and one.ends_by.name,
        "days_left": one.days_left(portfolio.moment),
        "order_by": day and day.isoformat(),
        "key": one.key,
        "spki_sha256": one.spki_sha256,
        "hierarchy": one.hierarchy,
        "generation": one.generation or None,
        "authority": one.is_authority,
        "standing": str(one.standing(portfolio.moment)),
        "verdict": one.verdict and str(one.verdict),
        "judgements": [_judgement(judgement, remedies_for(one, None)) for judgement in one.judgements],
        "places": [_place(place) for place in one.places],
        "successor": one.successor and one.successor.sha256,
        "set_aside": one.is_set_aside,
    }


def _judgement(judgement: Judgement, remedy: RemedyText | None) -> dict[str, object]:
    told = [one for one in judgement.told if one.status == "not_checked"]
    return {
        "environment": str(judgement.environment),
        "basis": str(judgement.basis),
        "entity_id": judgement.entity_id,
        "host": judgement.host,
        "verdict": str(judgement.verdict),
        "connection": judgement.connection,
        "systems": list(judgement.systems),
        "path_found": judgement.has_path,
        "findings": [_finding(finding, remedy) for finding in judgement.findings],
        "not_checked": [{"code": one.rule.code, "reason": one.reason} for one in told],
    }


def _finding(finding: Outcome, remedy: RemedyText | None) -> dict[str, object]:
    found: dict[str, object] = {
        "code": finding.rule.code,
        "severity": finding.rule.severity.name.lower(),
        "params": dict(finding.params),
    }
    for language in LANGUAGES:
        said = outcome_message(finding, language, remedy)
        found[language] = {"title": said.title, "message": said.message, "remedy": said.remedy}
    return found


def _place(place: Place) -> dict[str, object]:
    return {
        "name": place.name,
        "position": place.position,
        "container": place.container,
        "alias": place.alias,
        "use": place.use,
        "entity_id": place.entity_id,
        "with_key": place.with_key,
        "named_by": list(place.named_by),
    }


def _key(key: HeldKey) -> dict[str, object]:
    return {
        "place": _place(key.place),
        "spki_sha256": key.spki_sha256,
        "encrypted": key.encrypted,
        "readable_by_others": key.readable_by_others,
    }


def _request(request: HeldRequest) -> dict[str, object]:
    return {
        "place": _place(request.place),
        "subject": request.subject,
        "common_name": request.common_name,
        "oin": request.oin,
        "spki_sha256": request.spki_sha256,
    }


def unread_entry(unread: Unread) -> dict[str, object]:
    """Return what was not looked at, as data."""
    told = ToldError.of(unread.error, file=unread.name)
    return {
        "name": unread.name,
        "gap": str(unread.gap),
        "code": unread.code,
        "position": unread.position,
        "named_by": list(unread.named_by),
        **dict(told.sentences.items()),
    }


def _changes(changes: Changes) -> dict[str, object]:
    return {
        "since": instant(changes.since),
        "certain": changes.is_certain,
        "new": [one.sha256 for one in changes.new],
        "gone": [_earlier(one) for one in changes.gone],
        "first_seen": [one.sha256 for one in changes.first_seen],
        "added": list(changes.added),
        "unseen": [_earlier(one) for one in changes.unseen],
        "replaced": [
            {"old": _earlier(one.old), "new": one.new.sha256, "same_key": one.same_key} for one in changes.replaced
        ],
        "judged_otherwise": [
            {"sha256": new.sha256, "old": old.verdict and str(old.verdict), "new": new.verdict and str(new.verdict)}
            for old, new in changes.judged_otherwise
        ],
    }


def _earlier(one: EarlierCertificate) -> dict[str, object]:
    return {
        "sha256": one.sha256,
        "name": one.name,
        "not_after": instant(one.not_after),
        "verdict": one.verdict and str(one.verdict),
        "places": list(one.places),
    }
