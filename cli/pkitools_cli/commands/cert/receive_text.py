"""What ``cert receive`` says to people: a row for each certificate, why some are not in place, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pkitools.findings import Severity
from pkitools.ordering import Arrival, Ordered, Receipt, State
from pkitools.reports.telling.readable import short_day
from pkitools_cli.commands.cert.check_overall import reserved
from pkitools_cli.commands.next_steps import Step, Words, carried, step
from pkitools_cli.commands.tables import table
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import findings_told, wrapped
from pkitools_cli.reply import Line

_NOTHING = "–"
_GOOD = frozenset({State.PLACED, State.IN_PLACE})


def received_told(receipt: Receipt, once_more: Words) -> Iterator[Line | str]:
    """Yield what came, what of it is not in place and why, what is still awaited, and what to do now.

    Args:
        receipt: what came.
        once_more: the command, as it was given.
    """
    heads = [tr(f"cli.cert_receive.table.{key}") for key in ("name", "file", "until", "state")]
    rows = [_row(each) for each in receipt.arrivals]
    waiting = [[each.name, _NOTHING, _NOTHING, tr("cli.cert_receive.state.awaited")] for each in receipt.awaited]
    yield from table([heads, *rows, *waiting])
    for arrival in receipt.arrivals:
        yield from _why(arrival)
    yield ""
    placed = [each for each in receipt.arrivals if each.state in _GOOD]
    counts = {"placed": len(placed), "came": len(receipt.arrivals), "awaited": len(receipt.awaited)}
    yield from wrapped(tr("cli.cert_receive.counted", **counts), "")
    found = _next(receipt, once_more)
    if found is not None:
        yield ""
        yield from found.told()


def _row(arrival: Arrival) -> list[str]:
    name = arrival.order.name if arrival.order is not None else _NOTHING
    day = short_day(arrival.facts.not_after, language())
    state = tr(f"cli.cert_receive.state.{arrival.state}")
    but = reserved(arrival.report) if arrival.report is not None and arrival.state in _GOOD else ""
    return [name, Path(arrival.files[0]).name, day, f"{state} ({but})" if but else state]


def _why(arrival: Arrival) -> Iterator[Line | str]:
    """Yield why a certificate is not in place."""
    if arrival.state in _GOOD:
        return
    yield ""
    named = arrival.facts.subject.common_name or arrival.facts.subject.text
    operands = {"file": ", ".join(arrival.files), "subject": named, "path": arrival.certificate_file}
    key_file = f"{arrival.prefix}.key"
    yield from wrapped(tr(f"cli.cert_receive.why.{arrival.state}", **operands, key_file=key_file), "")
    if arrival.report is not None:
        yield from findings_told(arrival.report, full=Severity.WARNING, verbose=False)


def _next(receipt: Receipt, once_more: Words) -> Step | None:
    """Return what to do: about the first that is not in place, else about those that have not come."""
    bad = [each for each in receipt.arrivals if each.state in {State.FAILED, State.INDETERMINATE} and each.order]
    if bad:
        return step(f"cert_receive.{bad[0].state}", {}, {"check": lambda: _check(bad[0])})
    if any(each.state not in _GOOD for each in receipt.arrivals):
        return step("cert_receive.not_placed", {}, {})
    if receipt.awaited:
        return step("cert_receive.awaited", {"names": _names(receipt.awaited)}, {"again": lambda: once_more})
    systems = {each.order.system for each in receipt.arrivals if each.order is not None and each.order.system}
    if not receipt.arrivals:
        return None
    words: Words = ("systems", "show", sorted(systems)[0]) if systems else ("systems", "list")
    return step("cert_receive.done", {}, {"show": lambda: words})


def _check(arrival: Arrival) -> Words | None:
    """Return the command that says everything of a certificate that is not right, asked as it was judged here."""
    order = arrival.order
    if order is None:
        return None
    system = ("--for", order.system) if order.system is not None else ()
    beside = ("--key", f"{arrival.prefix}.key", "--csr", f"{arrival.prefix}.csr")
    asked = carried(without=frozenset({"manifest"}))
    return ("cert", "check", arrival.files[0], "-e", str(order.environment), *system, *beside, *asked)


def _names(orders: Sequence[Ordered]) -> str:
    most = 12
    more = f" (+{len(orders) - most})" if len(orders) > most else ""
    return ", ".join(order.name for order in orders[:most]) + more
