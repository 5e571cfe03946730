"""What came back of a batch, as data: ``docs/schemas/cert-receive-v1.json``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pkitools.ordering.manifest import ordered_document
from pkitools.reports.document import report_document
from pkitools.reports.error import ToldError, error_entry
from pkitools.text import instant

if TYPE_CHECKING:
    from pkitools.ordering import Arrival, Receipt

_STANDS: Final = frozenset({"placed", "in_place"})


def cert_receive_document(receipt: Receipt, errors: Iterable[ToldError] = ()) -> dict[str, object]:
    """Return the whole document: each certificate that came, the orders still awaited, and what could not be read.

    Args:
        receipt: what came.
        errors: files and parts of files that could not be read.
    """
    return {
        "schema": "pkitools.cert-receive/v1",
        "arrivals": [_arrival(each) for each in receipt.arrivals],
        "awaited": [ordered_document(each) for each in receipt.awaited],
        "errors": [error_entry(error) for error in errors],
    }


def _arrival(arrival: Arrival) -> dict[str, object]:
    stands = arrival.state in _STANDS
    return {
        "files": list(arrival.files),
        "state": str(arrival.state),
        "sha256": arrival.facts.sha256,
        "common_name": arrival.facts.subject.common_name,
        "not_after": instant(arrival.facts.not_after),
        "order": ordered_document(arrival.order) if arrival.order is not None else None,
        "certificate_file": arrival.certificate_file if stands else None,
        "key_file": arrival.key_file if stands else None,
        "chain_file": arrival.chain_file if stands else None,
        "unchecked": list(arrival.unchecked),
        "report": report_document(arrival.report) if arrival.report is not None else None,
    }
