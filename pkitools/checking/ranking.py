"""The order of a merged report: what the reader can act on first.

A danger comes before everything: a counterfeit authority. Then what is no certificate to use at all, expired, revoked,
wrong environment, purpose, another key or OIN than expected, unknown issuer: that nothing led to an anchor may be
because nothing was handed in. What the ranking does not name follows as recorded. Severity goes before rank, and is
for the report to apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pkitools.checking import authorities, environment
from pkitools.findings import Outcome, Rule, Status
from pkitools.revocation.rules import REVOKED
from pkitools.rules import rfc6962
from pkitools.systems import rules as systems
from pkitools.validation import rules as path
from pkitools.x509 import subject_oin as oin

_ORDER: Final[tuple[Rule | str, ...]] = (
    path.LOOK_ALIKE,
    authorities.IMPERSONATION,
    *rfc6962.BOOK.rules,
    environment.AUTHORITY,
    environment.RESPONDER,
    environment.TIME_STAMPING,
    path.EXPIRED,
    path.NOT_YET_VALID,
    REVOKED,
    authorities.COMPROMISED_KEY,
    authorities.KNOWN_REVOKED,
    environment.TEST_HIERARCHY,
    environment.PRODUCTION_ROOT,
    environment.SELF_SIGNED,
    path.ANCHOR_IN_SCOPE,
    systems.HIERARCHY_ACCEPTED,
    systems.SELF_SIGNED_NOT_ALLOWED,
    path.EKU_PURPOSE,
    path.EKU_AUTHORITY,
    path.HOST,
    systems.CLIENT_AUTH,
    systems.SERVER_AUTH,
    systems.SIGNING,
    environment.AS_ASKED,
    # by their codes: their module is imported for those who say what they expect
    "received.key.match",
    "received.request.key",
    "received.oin.match",
    "received.request.oin",
    "received.organization.match",
    "received.request.organization",
    oin.AMBIGUOUS,
    oin.UZI_CONFLICT,
    oin.INVALID,
    systems.OIN_REQUIRED,
    systems.OIN_EQUALS_ENTITY_ID,
    path.SIGNATURE_ALGORITHM,
    path.SIGNATURE,
    path.ANCHOR_FOUND,
    "advice.validity.order_now",  # among the warnings the one with a day on which the connection ends
)
RANK: Final = {each if isinstance(each, str) else each.code: place for place, each in enumerate(_ORDER)}


def ranked(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes with the violations that have a rank in front, by rank; the others keep their order."""
    front = first(outcomes)
    chosen = set(map(id, front))
    return front + [o for o in outcomes if id(o) not in chosen]


def first(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the violations that have a rank, by rank."""
    violated = Status.VIOLATED  # an enum looks its members up each time
    return sorted(
        (o for o in outcomes if o.status is violated and o.rule.code in RANK), key=lambda o: RANK[o.rule.code]
    )
