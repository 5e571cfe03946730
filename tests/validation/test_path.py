"""From a certificate to its anchor: the proof, and why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from pkitools.errors import InputError, InvalidValueError
from pkitools.findings import Report, Status, Verdict
from pkitools.messages import LANGUAGES, NOTHING, outcome_message
from pkitools.validation import PathNotVerifiedError, VerifiedPath, validate_path, verify_path
from pkitools.validation.result import PathResult
from pkitools.x509.path_certificate import load
from pkitools.x509.signatures import can_be_verified, certificate_signed_by
from tests.support.cases import in_one_test
from tests.support.chains import (
    AKI,
    BC,
    DIGITAL_SIGNATURE,
    END,
    KU,
    MOMENT,
    SAN,
    SKI,
    START,
    Issued,
    authority,
    basic_constraints,
    dns,
    end_entity,
    good_chain,
    issue,
    key,
)
from tests.support.der import oid, sequence, tlv

HOST = "host.example.nl"
JUNK = (b"", b"\x30", b"\x30\x80\x00\x00", b"\x30\x03\x02\x01\x01")


def judge(leaf: Issued, *above: Issued, anchors: tuple[Issued, ...] | None = None, **asked: object) -> PathResult:
    given = [good_chain().root] if anchors is None else anchors
    arguments = {"moment": MOMENT, "raise_crashes": True, **asked}
    return validate_path(
        leaf.der,
        intermediates=[c.der for c in above],
        anchors=[c.der for c in given],
        **arguments,  # type: ignore[arg-type]  # the keywords of the tests
    )


def only(report: Report, code: str) -> dict[str, str]:
    found = [outcome for outcome in report.findings if outcome.rule.code == code]
    assert len(found) == 1, sorted(report.codes())
    return dict(found[0].params)


def test_a_good_chain_gives_the_proof() -> None:
    chain = good_chain()
    path = verify_path(chain.leaf.der, intermediates=chain.intermediates, anchors=[chain.root.der], moment=MOMENT)
    assert path.certificates == (chain.leaf.der, chain.tsp.der, chain.domain.der, chain.root.der)
    assert (path.end_entity, path.trust_anchor) == (chain.leaf.der, chain.root.der)
    assert path.intermediates == (chain.tsp.der, chain.domain.der)
    assert path.engine == "cryptography"
    assert path.moment == MOMENT
    assert [c.subject.rfc4514_string() for c in path.native][1:] == ["CN=TSP", "CN=Domain", "CN=Root"]


def test_every_rule_has_an_outcome_and_none_is_unchecked_on_success() -> None:
    chain = good_chain()
    result = judge(chain.leaf, chain.tsp, chain.domain)
    statuses = {outcome.status for outcome in result.report.outcomes}
    assert statuses == {Status.MET, Status.NOT_APPLICABLE}
    assert result.report.verdict is Verdict.PASSED
    assert result.candidates == 1


def test_a_proof_cannot_be_made_by_hand_nor_changed() -> None:
    with pytest.raises(TypeError):
        VerifiedPath((), MOMENT, "mine")
    chain = good_chain()
    path = verify_path(chain.leaf.der, intermediates=chain.intermediates, anchors=[chain.root.der], moment=MOMENT)
    with pytest.raises(AttributeError):
        path.moment = MOMENT


def test_a_refusal_raises_with_its_report_and_a_sentence() -> None:
    chain = good_chain()
    with pytest.raises(PathNotVerifiedError, match="expired") as caught:
        verify_path(
            chain.leaf.der,
            intermediates=chain.intermediates,
            anchors=[chain.root.der],
            moment=END + timedelta(seconds=1),
        )
    assert caught.value.result.path is None
    assert caught.value.result.report.verdict is Verdict.FAILED


@in_one_test
@pytest.mark.parametrize(
    ("junk", "code"),
    [
        *((der, "validation.error.unreadable_certificate") for der in JUNK),
        (b"-----BEGIN CERTIFICATE-----", "sources.error.pem_not_closed"),
    ],
)
def test_an_end_entity_that_is_no_certificate_is_an_error_of_our_own(junk: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        validate_path(junk, anchors=[good_chain().root.der], moment=MOMENT)
    assert caught.value.code == code


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        validate_path(good_chain().leaf.der, anchors=[], moment=datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the test


@in_one_test
@pytest.mark.parametrize(
    ("moment", "accepted"),
    [
        (START, True),
        (START - timedelta(seconds=1), False),
        (START - timedelta(microseconds=1), False),
        (END, True),
        (END + timedelta(microseconds=999_999), True),
        (END + timedelta(seconds=1), False),
        (END.astimezone(timezone(timedelta(hours=2))), True),
    ],
)
def test_validity_counts_whole_seconds_both_ends_included(moment: datetime, accepted: bool) -> None:
    chain = good_chain()
    assert (judge(chain.leaf, chain.tsp, chain.domain, moment=moment).path is not None) == accepted


def test_without_anchors_nothing_is_trusted() -> None:
    chain = good_chain()
    report = judge(chain.leaf, chain.tsp, chain.domain, chain.root, anchors=()).report
    assert report.codes() == {"path.anchor.found"}
    assert report.verdict is Verdict.FAILED


def test_the_missing_intermediate_is_named() -> None:
    chain = good_chain()
    params = only(judge(chain.leaf, chain.tsp).report, "path.anchor.found")
    assert params == {"name": "CN=TSP", "issuer": "CN=Domain", "lacking": "CN=Domain", "test": NOTHING}


def test_a_self_signed_certificate_is_its_own_unknown_issuer_and_can_be_an_anchor() -> None:
    for lonely in (authority("lonely"), issue("lonely", extensions={KU: (True, DIGITAL_SIGNATURE)})):
        told = {"name": "CN=lonely", "issuer": "CN=lonely", "lacking": "CN=lonely", "test": NOTHING}
        assert only(judge(lonely).report, "path.anchor.found") == told
        path = judge(lonely, anchors=(lonely,)).path
        assert path is not None
        assert path.certificates == (lonely.der,)


def test_a_counterfeit_root_is_refused_and_the_real_one_named() -> None:
    real = good_chain().root
    fake_root = authority("Root", own_key=key("counterfeit root"))
    fake_domain = authority("Domain", fake_root, own_key=key("counterfeit domain"))
    leaf = end_entity(HOST, fake_domain)
    for above in ((fake_domain, fake_root), (fake_domain,)):
        result = judge(leaf, *above, good_chain().domain)
        assert result.path is None
        params = only(result.report, "path.anchor.look_alike")
        assert params["anchor"] == "CN=Root"
        assert params["sha256"] == sha256(real.der).hexdigest()


def test_a_counterfeit_root_among_the_intermediates_does_not_spoil_the_real_path() -> None:
    chain = good_chain()
    fake_root = authority("Root", own_key=key("counterfeit root"))
    fake_tsp = authority("TSP", chain.domain, own_key=key("counterfeit TSP"), extensions={SKI: None})
    assert judge(chain.leaf, fake_root, fake_tsp, chain.tsp, chain.domain).path is not None


def test_an_anchor_of_another_environment_is_named() -> None:
    chain = good_chain()
    elsewhere = authority("Trial root")
    result = judge(chain.leaf, chain.tsp, chain.domain, anchors=(elsewhere,), other_anchors=[chain.root.der])
    assert result.path is None
    assert only(result.report, "path.anchor.in_scope")["anchor"] == "CN=Root"


def test_an_issuing_authority_may_stand_as_anchor() -> None:
    chain = good_chain()
    path = judge(chain.leaf, anchors=(chain.tsp,)).path
    assert path is not None
    assert len(path) == 2


def test_of_two_paths_that_fail_the_one_to_act_on_is_shown() -> None:
    """An expired cross-certificate and an authority that is no CA: renewing is what the reader can do."""
    chain = good_chain()
    no_ca = authority("TSP", chain.domain, extensions={BC: (True, basic_constraints(False))})
    expired = authority("TSP", chain.domain, end=MOMENT - timedelta(days=1), path_length=3)
    leaf = end_entity(HOST, chain.tsp)
    for order in ((no_ca, expired), (expired, no_ca)):
        result = judge(leaf, *order, chain.domain)
        assert result.report.codes() == {"path.validity.expired"}
        assert result.candidates == 2


def test_an_expired_intermediate_is_passed_over_for_a_valid_one_of_the_same_name_and_key() -> None:
    chain = good_chain()
    expired = authority("TSP", chain.domain, end=MOMENT - timedelta(days=1))
    for order in ((expired, chain.tsp), (chain.tsp, expired)):
        path = judge(chain.leaf, *order, chain.domain).path
        assert path is not None
        assert path.intermediates[0] == chain.tsp.der


def test_a_forged_certificate_is_told_from_an_unknown_issuer() -> None:
    chain = good_chain()
    altered = chain.leaf.der.replace(b"host.example.nl", b"evil.example.nl")
    params = only(judge(Issued(altered, None, b""), chain.tsp, chain.domain).report, "path.signature.valid")
    assert params == {"name": "CN=evil.example.nl", "issuer": "CN=TSP"}


def test_an_expired_and_forged_certificate_shows_both() -> None:
    chain = good_chain()
    altered = chain.leaf.der.replace(b"host.example.nl", b"evil.example.nl")
    codes = judge(Issued(altered, None, b""), chain.tsp, chain.domain, moment=END + timedelta(days=1)).report.codes()
    assert codes == {"path.signature.valid", "path.validity.expired"}


def test_what_cannot_be_read_among_the_intermediates_is_a_notice_only() -> None:
    chain = good_chain()
    given = [b"rubbish", *chain.intermediates, b""]
    result = validate_path(chain.leaf.der, intermediates=given, anchors=[chain.root.der, b"?"], moment=MOMENT)
    assert result.path is not None
    assert only(result.report, "path.input.unreadable") == {"count": "3"}
    assert result.report.verdict is Verdict.PASSED


def test_a_name_from_outside_reaches_nobody_unescaped() -> None:
    chain = good_chain()
    leaf = end_entity("evil\x1b[2J\u202e.example.nl", chain.tsp, end=START + timedelta(days=1))
    result = judge(leaf, chain.tsp, chain.domain)
    assert result.report.findings
    for outcome in result.report.findings:
        for language in LANGUAGES:
            text = outcome_message(outcome, language).message
            assert "\x1b" not in text
            assert "\u202e" not in text


def test_a_certificate_of_many_names_is_refused_in_a_short_report() -> None:
    chain = good_chain()
    many = dns(*(f"host{n}.example.nl" for n in range(9_000)))
    leaf = end_entity(HOST, chain.tsp, extensions={SAN: (False, many)})
    params = only(judge(leaf, chain.tsp, chain.domain, host="other.example.nl").report, "path.host.name")
    assert len(params["present"]) < 400
    assert "+8990" in params["present"]


def test_an_authority_key_identifier_that_points_elsewhere_is_not_followed() -> None:
    chain = good_chain()
    leaf = end_entity(HOST, chain.tsp, extensions={AKI: (False, sequence(tlv(0x80, b"\x01" * 20)))})
    assert judge(leaf, chain.tsp, chain.domain).report.codes() == {"path.anchor.found"}


def test_the_moment_in_the_report_is_the_one_asked() -> None:
    chain = good_chain()
    asked = datetime(2026, 11, 22, 12, 0, 0, 500, tzinfo=UTC)
    result = judge(chain.leaf, chain.tsp, chain.domain, moment=asked)
    assert result.report.moment == asked.replace(microsecond=0)


def test_a_signature_of_an_unknown_scheme_is_not_called_wrong() -> None:
    """It proves nothing, so there is no path; who could not look does not say that the signature does not hold."""
    chain = good_chain()
    known, unknown = oid("1.2.840.10045.4.3.2"), oid("1.2.840.10045.4.3.99")
    assert known in chain.leaf.der
    strange = load(chain.leaf.der.replace(known, unknown))
    issuer = load(chain.tsp.der)
    assert not certificate_signed_by(strange, issuer)
    assert not can_be_verified(strange, issuer)
    assert can_be_verified(load(chain.leaf.der), issuer)
    assert can_be_verified(load(chain.leaf.der), load(chain.root.der))  # not by this key: that can be said
    result = judge(replace(chain.leaf, der=strange.der), chain.tsp, chain.domain, anchors=(chain.root,))
    assert result.path is None
    assert "path.signature.valid" in result.report.codes("not_checked")
    assert "path.signature.valid" not in result.report.codes()
