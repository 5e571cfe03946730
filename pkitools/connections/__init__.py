"""The connections an organisation wants, held against what it has: what is done, what is to do, and by which day.

:func:`read_connections` reads ``connections.toml``, :func:`hold` holds it against what lies at the places it names,
:func:`plan` gives the days backwards from going live and from the end of a certificate, and :func:`draft` writes a
first file from what a scan found. Each name is imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkitools.connections.claiming import claims_of, keys_named
    from pkitools.connections.drafting import Draft, draft
    from pkitools.connections.holding import hold
    from pkitools.connections.lead import LeadKind, LeadTime, LeadTimes, LeadUnit, lead_times
    from pkitools.connections.model import ConnectingOrganization, Connection, Connections
    from pkitools.connections.owning import uses_of
    from pkitools.connections.planning import Anchor, Plan, PlanDate, PlanKind, plan
    from pkitools.connections.reading import read_connections
    from pkitools.connections.status import ConnectionsStatus, ConnectionStatus, Step, StepState, StepStatus
    from pkitools.rules.working_days import WorkingDays

__all__ = [
    "Anchor",
    "ConnectingOrganization",
    "Connection",
    "ConnectionStatus",
    "Connections",
    "ConnectionsStatus",
    "Draft",
    "LeadKind",
    "LeadTime",
    "LeadTimes",
    "LeadUnit",
    "Plan",
    "PlanDate",
    "PlanKind",
    "Step",
    "StepState",
    "StepStatus",
    "WorkingDays",
    "claims_of",
    "draft",
    "hold",
    "keys_named",
    "lead_times",
    "plan",
    "read_connections",
    "uses_of",
]

_MODULES: Final = {
    "Anchor": "planning",
    "ConnectingOrganization": "model",
    "Connection": "model",
    "ConnectionStatus": "status",
    "Connections": "model",
    "Draft": "drafting",
    "LeadKind": "lead",
    "LeadTime": "lead",
    "LeadTimes": "lead",
    "LeadUnit": "lead",
    "Plan": "planning",
    "PlanDate": "planning",
    "PlanKind": "planning",
    "ConnectionsStatus": "status",
    "Step": "status",
    "StepState": "status",
    "StepStatus": "status",
    "WorkingDays": "planning",
    "claims_of": "claiming",
    "keys_named": "claiming",
    "draft": "drafting",
    "hold": "holding",
    "lead_times": "lead",
    "plan": "planning",
    "read_connections": "reading",
    "uses_of": "owning",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
