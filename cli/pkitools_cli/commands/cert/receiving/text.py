"""What ``cert receive`` says to people: how many, a row for each certificate, why some are not in place, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pkitools.ordering import Arrival, Receipt, State
from pkitools.reports.telling.readable import short_day
from pkitools.text import joined
from pkitools_cli.commands.cert.check_overall import reserved
from pkitools_cli.commands.cert.receiving.next_step import Invocation, next_of
from pkitools_cli.commands.cert.receiving.why import GOOD, why_told
from pkitools_cli.commands.tables import table
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.reply import Line

_NOTHING = "–"


def received_told(receipt: Receipt, asked: Invocation) -> Iterator[Line | str]:
    """Yield how many came, what came, what of it is not in place and why, and what to do now.

    Args:
        receipt: what came.
        asked: how it was asked.
    """
    yield from (Line(row, bold=True) for row in wrapped(_counted(receipt), ""))
    yield ""
    heads = [tr(f"cli.cert_receive.table.{key}") for key in ("name", "file", "until", "state")]
    rows = [_row(each) for each in receipt.arrivals]
    waiting = [[each.name, _NOTHING, _NOTHING, tr("cli.cert_receive.state.awaited")] for each in receipt.awaited]
    yield from table([heads, *rows, *waiting])
    yield from why_told(receipt.arrivals)
    yield from _of_old_keys(receipt.arrivals)
    found = next_of(receipt, asked)
    if found is not None:
        yield ""
        yield from found.told()


def _counted(receipt: Receipt) -> str:
    came = [each for each in receipt.arrivals if each.order is not None]
    placed = [each for each in came if each.state in GOOD]
    strange = len(receipt.arrivals) - len(came)
    counts = {"placed": len(placed), "came": len(came), "awaited": len(receipt.awaited), "strange": strange}
    return tr(f"cli.cert_receive.counted{'_strange' if strange else ''}", **counts)


def _row(arrival: Arrival) -> list[str]:
    name = arrival.order.name if arrival.order is not None else _NOTHING
    day = short_day(arrival.facts.not_after, language())
    other = arrival.state is State.NO_KEY and arrival.problem is None
    state = tr(f"cli.cert_receive.state.{'other_key' if other else arrival.state}")
    but = reserved(arrival.report) if arrival.report is not None and arrival.state in GOOD else ""
    return [name, Path(arrival.files[0]).name, day, f"{state} ({but})" if but else state]


def _of_old_keys(arrivals: Sequence[Arrival]) -> Iterator[str]:
    """Yield of which certificates the key was replaced since, and where the two stand."""
    old = [each for each in arrivals if each.was_replaced and each.state in GOOD]
    if old:
        yield ""
        files = joined([f"{each.certificate_file} ({Path(each.key_file).name})" for each in old])
        yield from wrapped(tr("cli.cert_receive.old_keys", files=files), "")
