"""How a TSP checks the OIN and whose name belongs in O: one way for each register, told where a request takes it.

Nothing here looks anything up. Which way an OIN goes stands in its row of the prefix table.
"""

from __future__ import annotations

from typing import Final

from pkitools.findings import NOT_APPLICABLE, Answers, Certainty, Severity, met_if
from pkitools.oin import prefix_table
from pkitools.requests.rules.context import Check, RequestContext, RequestRules
from pkitools.requests.rules.oin import request_oin

PART: Final = RequestRules()

_USUAL: Final = frozenset({"trade_register", "source_register"})
"""Worth knowing, and no more. The others are a notice: who asks for a SubOIN often gives the name of the part."""


def _goes(way: str) -> Check:
    def check(context: RequestContext) -> Answers:
        oin = request_oin(context)
        if oin is None or (context.profile is not None and context.profile.serial_number != "oin"):
            return NOT_APPLICABLE
        return met_if(oin.row.tsp_check != way, "subject.serialNumber", oin, oin=oin)

    return check


for _way, _source in prefix_table().tsp_checks.items():
    _severity = Severity.INFO if _way in _USUAL else Severity.NOTICE
    PART.rule(f"csr.organization.{_way}", _severity, _source, Certainty.OFFICIAL)(_goes(_way))
