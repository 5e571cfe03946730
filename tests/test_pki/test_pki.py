from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from pkitools.errors import InvalidValueError
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build, checked_base_url
from pkitools_test_pki.shapes import shape_names
from tests.support.cases import in_one_test
from tests.test_pki.conftest import MOMENT


def test_every_authority_lies_within_its_issuer(pki: PKI) -> None:
    for authority in pki:
        facts = authority.certificate.facts
        assert facts.not_before <= MOMENT < facts.not_after
        issuer = authority.certificate.issuer
        if issuer:
            assert issuer.facts.not_before <= facts.not_before
            assert facts.not_after < issuer.facts.not_after


def test_every_certificate_leads_to_its_root(pki: PKI) -> None:
    for profile in pki.profiles:
        path = pki.issue(profile).path
        assert [link.profile for link in path[1:]] == ["tsp", "domain", "root"]
        for child, parent in itertools.pairwise(path):
            assert child.facts.issuer.der == parent.facts.subject.der
            assert child.facts.authority_key_identifier == parent.facts.subject_key_identifier
        assert path[-1].facts.is_self_issued
        path[0].load().verify_directly_issued_by(path[1].load())


def test_addresses_point_at_the_test_pki() -> None:
    pki = build("g3", moment=MOMENT, keys=elliptic_keys, base_url="http://pki.test:81/x/")
    facts = pki.issue("g3-server").facts
    name = "TRIALMyTSPPKIoverheidOrganisatieServerCAG3"
    assert facts.crl_uris == (f"http://pki.test:81/x/crl/{name}.crl",)
    assert facts.ca_issuers_uris == (f"http://pki.test:81/x/cert/{name}.cer",)
    assert facts.ocsp_uris == (f"http://pki.test:81/x/ocsp/{name}",)


@in_one_test
@pytest.mark.parametrize(
    "wrong",
    ["", "127.0.0.1", "https://a", "http://", "http://a b", "http://u:p@a", "http://a?q", "http://é", "http://a\n"],
)
def test_an_address_that_a_certificate_cannot_carry_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidValueError, match="address"):
        build("g4-tls", moment=MOMENT, keys=elliptic_keys, base_url=wrong)


@pytest.mark.parametrize("good", ["http://127.0.0.1:8080", "http://[::1]:80/", "http://pki.test/a/b/"])
def test_an_address_loses_its_last_slash(good: str) -> None:
    assert checked_base_url(good) == good.rstrip("/")


def test_a_pki_can_be_of_the_past() -> None:
    past = datetime(2010, 5, 1, tzinfo=UTC)
    facts = build("g3", moment=past, keys=elliptic_keys).issue("g3-server").facts
    assert facts.not_before == past


@in_one_test
@pytest.mark.parametrize("shape", shape_names())
def test_a_shape_ends_with_its_hierarchy(shape: str) -> None:
    end = build(shape, moment=MOMENT, keys=elliptic_keys).roots[0].ends
    with pytest.raises(InvalidValueError, match="ends on"):
        build(shape, moment=end - timedelta(days=2), keys=elliptic_keys)
    late = build(shape, moment=end - timedelta(days=2, seconds=1), keys=elliptic_keys)
    leaf = late.issue().facts
    assert leaf.not_before < leaf.not_after == late.issuer_of(None).ends


def test_a_naive_moment_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        build("g4-tls", moment=datetime(2026, 1, 1), keys=elliptic_keys)  # noqa: DTZ001  # that is the point


def test_the_profile_of_another_shape_is_refused() -> None:
    pki = build("g4-tls", moment=MOMENT, keys=elliptic_keys)
    with pytest.raises(InvalidValueError, match=r"g4-seal.*signs g4-tls"):
        pki.issue("g4-seal")
    with pytest.raises(InvalidValueError, match="g3-root"):
        pki["g3-root"]


def test_the_first_profile_is_the_default() -> None:
    assert build("uzi", "g3", moment=MOMENT, keys=elliptic_keys).issue().profile == "uzi-server"
    assert build("g4-other", moment=MOMENT, keys=elliptic_keys).default_profile == "g4-authentication"


def test_roots_are_what_is_trusted(pki: PKI) -> None:
    assert len(pki.roots) == 5
    assert pki.trust_pem().count(b"BEGIN CERTIFICATE") == 5
    assert set(pki.crls()) == {authority.name for authority in pki}


def test_keys_and_serial_numbers_are_never_shared(pki: PKI) -> None:
    leaves = [pki.issue(profile) for profile in pki.profiles]
    links = [*(authority.certificate for authority in pki), *leaves]
    assert len({link.facts.public_key.spki_sha256 for link in links}) == len(links)
    assert len({link.serial_number for link in links}) == len(links)
