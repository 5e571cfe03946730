"""The data of the shapes: whole, marked as a test everywhere, and in step with the library's profiles."""

from __future__ import annotations

import re

import pytest

from pkitools.errors import InvalidValueError
from pkitools.profiles import profiles
from pkitools.x509.oids import KEY_USAGES
from pkitools_test_pki.algorithms import SCHEMES
from pkitools_test_pki.extensions import EXTENDED_KEY_USAGES
from pkitools_test_pki.names import OIDS
from pkitools_test_pki.shapes import LEVELS, AuthoritySpec, Template, authorities_of, shape_names, template, templates
from tests.support.cases import in_one_test

OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
AUTHORITIES = authorities_of(shape_names())
TEMPLATES = list(templates().values())
PRODUCTION_ARC = "2.16.528.1.1003.1.2.44."
TRIAL_ARC = "2.16.528.1.1003.1.2.41."


@in_one_test
@pytest.mark.parametrize("spec", AUTHORITIES, ids=lambda s: s.name)
def test_an_authority_is_complete(spec: AuthoritySpec) -> None:
    assert spec.level in LEVELS
    assert (spec.issuer is None) == (spec.level == "root")
    assert spec.generation.signature in SCHEMES
    assert set(spec.generation.starts) == set(LEVELS)
    assert spec.generation.starts["root"] <= spec.generation.starts["domain"] <= spec.generation.starts["tsp"]
    assert spec.generation.starts["tsp"] < spec.generation.ends
    assert all(OID.fullmatch(policy) for policy in spec.policies)
    assert all(purpose in EXTENDED_KEY_USAGES for purpose in spec.extended_key_usage)
    assert set(spec.generation.ca_key_usage) <= set(KEY_USAGES)
    assert all(attribute.type in OIDS for attribute in spec.subject)


@in_one_test
@pytest.mark.parametrize("spec", AUTHORITIES, ids=lambda s: s.name)
def test_an_authority_cannot_be_mistaken_for_a_real_one(spec: AuthoritySpec) -> None:
    values = {a.type: str(a.value) for a in spec.subject}
    assert values["CN"].startswith("TRIAL ")
    assert values["O"].startswith("TRIAL ")
    assert values["O"].endswith(" - not for Production use")
    assert len(values["CN"]) <= 64
    assert not any(policy.startswith(PRODUCTION_ARC) for policy in spec.policies)
    if spec.generation.name == "g4" and spec.issuer:
        assert any(policy.startswith(TRIAL_ARC) for policy in spec.policies)


def test_each_shape_has_one_root_and_each_level() -> None:
    for shape in shape_names():
        specs = authorities_of([shape])
        assert [s.level for s in specs].count("root") == 1
        assert {s.level for s in specs} == set(LEVELS)
        names = [s.name for s in specs]
        assert all(s.issuer is None or names.index(s.issuer) < names.index(s.name) for s in specs)


def test_what_two_shapes_share_is_there_once() -> None:
    names = [spec.name for spec in authorities_of(["g4-tls", "uzi", "g4-tls"])]
    assert names == ["g4-tls-root", "g4-tls-domain", "g4-tls-tsp", "uzi-server-tsp"]


def test_common_names_and_so_file_names_are_unique() -> None:
    assert len({spec.common_name for spec in AUTHORITIES}) == len(AUTHORITIES)


@in_one_test
@pytest.mark.parametrize("row", TEMPLATES, ids=lambda t: t.name)
def test_a_profile_is_complete(row: Template) -> None:
    issuer = next(spec for spec in AUTHORITIES if spec.name == row.issuer)
    assert issuer.level == "tsp"
    assert row.policies
    assert set(row.policies) <= {*issuer.policies, "2.23.140.1.2.2"}, "a policy its authority may not issue"
    allowed = {EXTENDED_KEY_USAGES[purpose] for purpose in issuer.extended_key_usage}
    assert {EXTENDED_KEY_USAGES.get(p, p) for p in row.extended_key_usage} <= allowed
    assert set(row.key_usage) <= set(KEY_USAGES)
    assert set(row.subject) <= set(OIDS)
    assert row.required <= set(row.subject)
    assert row.trial <= set(row.subject)
    assert row.trial & {"O", "CN"}, "nothing would say that it is a test"
    assert row.days == 397
    assert int(row.key.removeprefix("rsa:")) >= row.minimum_bits


def test_every_profile_of_the_library_can_be_issued() -> None:
    assert {profile.name for profile in profiles()} <= set(templates())


@pytest.mark.parametrize("wrong", [["g5"], [""], ["g4-tls", "x"]])
def test_an_unknown_shape_is_refused_by_name(wrong: list[str]) -> None:
    with pytest.raises(InvalidValueError, match=r"There is no shape .*g4-tls, g4-other"):
        authorities_of(wrong)


def test_no_shape_is_no_pki() -> None:
    with pytest.raises(InvalidValueError, match="at least one shape"):
        authorities_of([])


def test_an_unknown_profile_is_refused_by_name() -> None:
    with pytest.raises(InvalidValueError, match="There is no profile g9-tls"):
        template("g9-tls")
