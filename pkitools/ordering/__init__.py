"""From a system to a request, and from what a TSP sends back to its key.

>>> from datetime import UTC, datetime
>>> from pkitools.systems import get_system
>>> chosen = choose(get_system("digid-machtigen"), "production", moment=datetime(2026, 11, 26, tzinfo=UTC))
>>> chosen.profile.name, chosen.key_type
('g1-server', 'rsa:4096')

What a system asks is data; what follows from it is chosen here, with its reasons. Each name is imported when first
used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkitools.ordering.batch import NamedOrder, read_orders
    from pkitools.ordering.choosing import Choice, NoChoiceError, Reason, choose
    from pkitools.ordering.doubtful import Doubt, doubts
    from pkitools.ordering.faults import faults_of
    from pkitools.ordering.manifest import (
        Manifest,
        Ordered,
        add_orders,
        manifest_document,
        manifest_in,
        ordered,
        read_manifest,
    )
    from pkitools.ordering.orders import Order, OrderingKnowledge, choice_of, lacking, missing, plan_order
    from pkitools.ordering.receiving import Arrival, Receipt, ReceivingMeans, State, receive
    from pkitools.ordering.renewing import Renewal, RequestChange, renewal_of
    from pkitools.ordering.self_signed import SelfSigned, SelfSignedPlan, plan_self_signed

__all__ = [
    "Arrival",
    "Choice",
    "Doubt",
    "Manifest",
    "NamedOrder",
    "NoChoiceError",
    "Order",
    "Ordered",
    "OrderingKnowledge",
    "Reason",
    "Receipt",
    "ReceivingMeans",
    "Renewal",
    "RequestChange",
    "SelfSigned",
    "SelfSignedPlan",
    "State",
    "add_orders",
    "choice_of",
    "choose",
    "doubts",
    "faults_of",
    "lacking",
    "manifest_document",
    "manifest_in",
    "missing",
    "ordered",
    "plan_order",
    "plan_self_signed",
    "read_manifest",
    "read_orders",
    "receive",
    "renewal_of",
]

_MODULES: Final = {
    "Arrival": "receiving",
    "RequestChange": "renewing",
    "Choice": "choosing",
    "Doubt": "doubtful",
    "OrderingKnowledge": "orders",
    "Manifest": "manifest",
    "ReceivingMeans": "receiving",
    "NamedOrder": "batch",
    "NoChoiceError": "choosing",
    "Order": "orders",
    "Ordered": "manifest",
    "Reason": "choosing",
    "Receipt": "receiving",
    "Renewal": "renewing",
    "SelfSigned": "self_signed",
    "SelfSignedPlan": "self_signed",
    "State": "receiving",
    "add_orders": "manifest",
    "choice_of": "orders",
    "choose": "choosing",
    "doubts": "doubtful",
    "faults_of": "faults",
    "manifest_document": "manifest",
    "manifest_in": "manifest",
    "lacking": "orders",
    "missing": "orders",
    "ordered": "manifest",
    "plan_order": "orders",
    "plan_self_signed": "self_signed",
    "read_manifest": "manifest",
    "read_orders": "batch",
    "receive": "receiving",
    "renewal_of": "renewing",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
