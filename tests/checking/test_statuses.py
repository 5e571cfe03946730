"""The remembered status of an authority is the one that is found anew, at every moment and beside every list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pkitools.checking import Checker, Revocation
from pkitools.findings import Verdict
from pkitools_test_pki.crl import RevokedEntry, issuing_distribution_point
from pkitools_test_pki.issued import IssuedCertificate
from tests.support.broken import laboratory
from tests.support.chains import MOMENT

_DAY = timedelta(days=1)
_SCOPES = {
    "of-users": issuing_distribution_point(only_user=True),
    "elsewhere": issuing_distribution_point("http://x/y"),
}


def leaf() -> IssuedCertificate:
    return laboratory(MOMENT).leaf()


def usual() -> list[bytes]:
    made = laboratory(MOMENT)
    authorities = made.tsp, made.domain, made.root
    return [each.crl(this_update=MOMENT - 7 * _DAY, next_update=MOMENT + 30 * _DAY, number=1) for each in authorities]


@pytest.mark.parametrize("scope", sorted(_SCOPES))
def test_an_authority_is_revoked_from_the_day_a_later_list_names(scope: str) -> None:
    """Such a list says nothing of who is good, but what it revokes counts: by no edge of the list but by its entry."""
    one = leaf()
    entry = RevokedEntry(one.path[1].serial_number, MOMENT + 2 * _DAY, "keyCompromise")
    later = laboratory(MOMENT).domain.crl(
        this_update=MOMENT + 10 * _DAY,
        next_update=MOMENT + 20 * _DAY,
        number=2,
        extensions=[_SCOPES[scope]],
        revocations=[entry],
    )
    checker = Checker(
        moment=MOMENT,
        environment="preproduction",
        intermediates=[link.der for link in one.intermediates],
        trust=one.root.der,
        revocation=Revocation(policy="require", crls=[*usual(), later]),
    )
    days = (0, 5, 1, 3, 0)
    found = [checker.check(one.der, moment=MOMENT + day * _DAY).verdict for day in days]
    assert found == [Verdict.FAILED if day >= 2 else Verdict.PASSED for day in days]
