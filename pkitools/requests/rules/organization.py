"""How a TSP checks the OIN and whose name belongs in O: one way for each register, told where a request takes it.

Nothing here looks anything up. Which way an OIN goes stands in its row of the prefix table.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answers, Certainty, Severity, met_if
from pkitools.requests.rules.context import Check, RequestContext, RequestRules
from pkitools.requests.rules.oin import request_oin

_GUIDE: Final = cite("oin-suboin-check")
_INFO, _NOTICE = Severity.INFO, Severity.NOTICE

PART: Final = RequestRules()

# the way, its section, and how much it is worth telling: who asks for a SubOIN often gives the name of the part
_WAYS: Final = (
    ("trade_register", "2.3.1", _INFO),
    ("source_register", "2.3.2", _INFO),
    ("holder", "2.3.3", _NOTICE),
    ("school_register", "2.3.2", _NOTICE),
    ("care_register", "2.3.2", _NOTICE),
)


def _goes(way: str) -> Check:
    def check(context: RequestContext) -> Answers:
        oin = request_oin(context)
        if oin is None or (context.profile is not None and context.profile.serial_number != "oin"):
            return NOT_APPLICABLE
        return met_if(oin.row.tsp_check != way, "subject.serialNumber", oin, oin=oin)

    return check


for _way, _section, _severity in _WAYS:
    PART.rule(f"csr.organization.{_way}", _severity, _GUIDE.at(_section), Certainty.OFFICIAL)(_goes(_way))
