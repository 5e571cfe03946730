"""A key that a list says is compromised vouches for nothing, whichever of its certificates the path goes through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from pkitools.checking import Revocation, check
from pkitools.findings import Status, Verdict
from pkitools.revocation import RevocationPolicy
from tests.support.cases import in_one_test
from tests.support.chains import Issued, authority, end_entity, key

MOMENT = datetime(2026, 12, 1, tzinfo=UTC)
CODE = "trust.authority.key-compromised"
COMPROMISED = (x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise)
REASONS = [*COMPROMISED, x509.ReasonFlags.superseded, x509.ReasonFlags.cessation_of_operation, None]

ROOT, STRANGER = authority("Some root"), authority("Some root", own_key=key("stranger"))
KEY = key("some TSP")
IN_USE = authority("Some TSP", ROOT, own_key=KEY, serial=b"\x02\x01\x11")
LEAF = end_entity("leaf.example.nl", IN_USE)


def listing(issuer: Issued, revoked: Issued | None = None, reason: x509.ReasonFlags | None = None) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(x509.load_der_x509_certificate(issuer.der).subject)
    builder = builder.last_update(MOMENT - timedelta(hours=1)).next_update(MOMENT + timedelta(days=1))
    if revoked is not None:
        serial = x509.load_der_x509_certificate(revoked.der).serial_number
        entry = x509.RevokedCertificateBuilder(serial, MOMENT - timedelta(days=3))
        builder = builder.add_revoked_certificate(
            (entry.add_extension(x509.CRLReason(reason), critical=False) if reason else entry).build()
        )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


@in_one_test
@pytest.mark.parametrize("environment", ["preproduction", "production"])
@pytest.mark.parametrize("reason", REASONS, ids=str)
@pytest.mark.parametrize(
    ("same_key", "vouched", "asked"), list(product([True, False], repeat=3)), ids=lambda value: "+" if value else "-"
)
def test_it_is_told_when_a_list_that_counts_says_so_of_that_key(
    same_key: bool, vouched: bool, asked: bool, reason: x509.ReasonFlags | None, environment: str
) -> None:
    """The certificate it says it of bears the authority's name; a list of somebody else says nothing of it."""
    other = authority("Some TSP", ROOT, own_key=KEY if same_key else key("its next key"), serial=b"\x02\x01\x12")
    lists = [listing(ROOT if vouched else STRANGER, other, reason), listing(IN_USE)]
    result = check(
        LEAF.der,
        moment=MOMENT,
        environment=environment,
        intermediates=[IN_USE.der, other.der],
        trust=[ROOT.der],
        revocation=Revocation(
            policy=RevocationPolicy.REQUIRE if asked else RevocationPolicy.OFF,
            crls=lists if vouched else [*lists, listing(ROOT)],
        ),
    )
    told = [each for each in result.report.outcomes if each.rule.code == CODE]
    assert result.path is not None
    assert result.path.certificates[1] == IN_USE.der
    if same_key and vouched and asked and reason in COMPROMISED:
        assert [each.status for each in told] == [Status.VIOLATED]
        assert told[0].params["date"] == "2026-11-28"
        assert told[0].params["lister"] == "Some root"
        assert result.verdict is Verdict.FAILED
    else:
        assert [each.status for each in told] == [Status.MET]


def test_alone_it_is_not_known() -> None:
    """The certificate that the list speaks of is not there: nothing says that it has the same key."""
    other = authority("Some TSP", ROOT, own_key=KEY, serial=b"\x02\x01\x12")
    lists = [listing(ROOT, other, x509.ReasonFlags.key_compromise), listing(IN_USE)]
    result = check(
        LEAF.der,
        moment=MOMENT,
        environment="preproduction",
        intermediates=[IN_USE.der],
        trust=[ROOT.der],
        revocation=Revocation(crls=lists),
    )
    assert CODE not in result.report.codes()
