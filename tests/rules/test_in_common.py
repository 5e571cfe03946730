"""What rules say of what certificates have in common is what they say of each of them."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pkitools.profiles.conformance
import pkitools.rules
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import MET, NOT_APPLICABLE, Answer, Binds, Outcome, Period, Severity, violated
from pkitools.profiles import get_profile, profiles
from pkitools.profiles.conformance import Particulars
from pkitools.rules import in_common, plan, role_of
from pkitools.rules.books import ENTRIES
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import RuleBook
from pkitools.rules.in_common import MOST, Answered
from pkitools.rules.linting import linted
from pkitools.systems import get_system
from pkitools.x509 import BasicConstraints, CertificateFacts, CertificatePolicy, PublicKey, QcStatement
from pkitools.x509.holder import Holder
from pkitools.x509.model import GeneralName, NameAttribute
from pkitools.x509.reader import readable
from tests.rules.test_properties import BASES, mutated
from tests.support.cases import in_one_test
from tests.support.certificates import MOMENT, made
from tests.support.corpus import vectors
from tests.support.effort import examples

SYSTEMS: list[tuple[str, ...]] = [(), ("digid-machtigen",), ("digid-machtigen", "fsc")]


def asked(
    facts: CertificateFacts, answered: Answered | None, systems: Iterable[str] = SYSTEMS[1], **other: Any
) -> list[Outcome]:
    given: dict[str, Any] = {"profile": None, "environment": Environment.PREPRODUCTION, "issuer": None, **other}
    found = linted(
        facts,
        moment=given.pop("moment", MOMENT),
        systems=tuple(map(get_system, systems)),
        role=given.pop("role", role_of(facts)),
        answered=answered,
        **given,
    )
    return [each for block in found for each in block.outcomes]


def rules_left(answered: Answered) -> list[set[str]]:
    """The rules that are asked of each certificate by itself, of every kind that was met twice."""
    kept = (each for each in answered._kept.values() if each.steps is not None)
    return [{rule.code for _, rule, _, _ in each.steps or ()} for each in kept]


@pytest.mark.parametrize("systems", SYSTEMS, ids="+".join)
def test_of_real_certificates_it_is_what_each_is_told(systems: tuple[str, ...]) -> None:
    every = [*BASES, *readable(vectors().values())]
    plain = [asked(facts, None, systems) for facts in every]
    answered = Answered()
    for _ in range(3):
        for facts, told in zip(every, plain, strict=True):
            assert asked(facts, answered, systems) == told
    for facts, told in zip(every, plain, strict=True):
        alone = Answered()  # in the one above they push each other out
        assert [asked(facts, alone, systems) for _ in range(3)] == [told] * 3
        assert rules_left(alone)


@examples(60)
@given(
    st.lists(mutated(), min_size=1, max_size=3),
    st.sampled_from(SYSTEMS),
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "profile": st.sampled_from([profile.name for profile in profiles()]),
                "environment": st.sampled_from([None, *Environment]),
                "role": st.sampled_from(["end_entity", "intermediate", "trust_anchor"]),
                "issuer": st.sampled_from(BASES),
                "others": st.sampled_from([(), tuple(BASES[:2])]),
                "moment": st.sampled_from([MOMENT, MOMENT + timedelta(days=4000)]),
            },
        ),
        min_size=1,
        max_size=2,
    ),
)
def test_of_whatever_a_certificate_holds_it_is_what_each_is_told(
    several: list[CertificateFacts], systems: tuple[str, ...], questions: list[dict[str, Any]]
) -> None:
    ask = [(facts, systems, question) for facts in several for question in questions]
    plain = [asked(facts, None, each, **question) for facts, each, question in ask]
    answered = Answered()
    for _ in range(3):
        assert [asked(facts, answered, each, **question) for facts, each, question in ask] == plain


def test_half_of_the_rules_are_asked_once() -> None:
    """Else what is compared here would be the plain way with itself."""
    answered, facts = Answered(), made("trial:g4-tls")
    asked(facts, answered)
    assert not rules_left(answered), "who asks about one pays for the next"
    asked(facts, answered)
    ((left, of_all),) = ((each.steps or (), key[0]) for key, each in answered._kept.items())
    assert isinstance(of_all, plan.Plan)
    assert 0 < len(left) < len(of_all.steps) / 2


BASE = made("g4-tls")
OTHER_NAMES = tuple(replace(each, value="elders.nl") for each in BASE.subject_alternative_name or ())
OTHER: dict[str, object] = {
    "version": 1,
    "issuer": made("uzi-server").subject,
    "signature_algorithm": replace(BASE.signature_algorithm, hash="sha1"),
    "basic_constraints": BasicConstraints(True, 3),
    "key_usage": frozenset({"keyCertSign"}),
    "extended_key_usage": (),
    "certificate_policies": (CertificatePolicy("1.2.3"),),
    "authority_key_identifier": "00",
    "crl_distribution_points": (),
    "ocsp_uris": ("http://ocsp.elders.nl",),
    "ca_issuers_uris": (),
    "qc_statements": (QcStatement("1.2.3"),),
    "problems": ("odd:x",),
    "is_self_issued": True,
    "algorithm": "EC",
    "bits": 1024,
    "curve": "P-256",
    "exponent": 3,
    "kind": "ca",
    "profile": get_profile("g4-seal"),
    "environment": Environment.PRODUCTION,
    "_system": "digid",
    "_purposes_taken": frozenset({"1.2.3"}),
    "issuer certificate": BASES[0],
    "others": (BASES[0],),
    "policies": ("1.2.3",),
    "holder": Holder.PERSON,
    "family": "trial",
    "critical": {"2.5.29.17": True},
}
"""Part of what certificates have in common → another than that of a good one."""


def differing(part: str) -> RuleContext:
    """A certificate that differs in one part of what it has in common with another, and in nothing else."""
    facts, key = BASE, BASE.public_key
    if part in in_common._OF_KEY:
        facts = replace(facts, public_key=replace(key, **{part: OTHER[part]}))  # type: ignore[arg-type]  # of its type
    elif part == "is_self_issued":
        facts = replace(facts, subject=facts.issuer)
    elif part in in_common._OF_FACTS:
        facts = replace(facts, **{part: OTHER[part]})  # type: ignore[arg-type]  # the same
    at = RuleContext(facts, kind="end_entity", profile=get_profile("g4-tls"), moment=MOMENT)
    plain = RuleContext(BASE, kind="end_entity", profile=get_profile("g4-tls"), moment=MOMENT)
    for name in in_common._OF_CONTEXT:
        setattr(at, name, getattr(plain, name))
    name = part.removesuffix(" certificate")
    if name in in_common._OF_CONTEXT and part not in in_common._OF_FACTS:
        setattr(at, name, OTHER[part])
    return at


@in_one_test
@pytest.mark.parametrize("part", OTHER)
def test_certificates_that_differ_in_one_part_of_it_have_not_all_in_common(part: str) -> None:
    rules, answered = plan.plan_of("end_entity", frozenset(), "g4", None), Answered()
    answered.find(rules, differing(""))
    assert answered.find(rules, differing("")) is not None
    assert answered.find(rules, differing(part)) is None


def _with(part: str, **other: object) -> CertificateFacts:
    """A certificate of which one attribute of the subject, or one name, is another than that of a good one."""
    if part == "attribute":
        ((first,), *rest) = BASE.subject.rdns
        return replace(BASE, subject=replace(BASE.subject, rdns=((replace(first, **other),), *rest)))  # type: ignore[arg-type]  # of its type
    first_name, *others = BASE.subject_alternative_name or ()
    return replace(BASE, subject_alternative_name=(replace(first_name, **other), *others))  # type: ignore[arg-type]  # the same


OTHER_FORMS: dict[str, CertificateFacts] = {
    "attribute.oid": _with("attribute", oid="2.5.4.11"),
    "attribute.name": _with("attribute", name="OU"),
    "attribute.string_type": _with("attribute", string_type="TeletexString"),
    "attribute more": replace(BASE, subject=replace(BASE.subject, rdns=(*BASE.subject.rdns, *BASE.subject.rdns[-1:]))),
    "name.kind": _with("name", kind="ip"),
    "name.type_id": _with("name", type_id="1.2.3"),
    "name.string_type": _with("name", string_type="UTF8String"),
    "name more": replace(BASE, subject_alternative_name=(*OTHER_NAMES, *OTHER_NAMES)),
    "no name": replace(BASE, subject_alternative_name=()),
    "no names": replace(BASE, subject_alternative_name=None),
}
"""Part of the form of names → a certificate that differs in it."""


@in_one_test
@pytest.mark.parametrize("part", OTHER_FORMS)
def test_certificates_with_names_of_another_form_have_not_all_in_common(part: str) -> None:
    rules, answered = plan.plan_of("end_entity", frozenset(), "g4", None), Answered()
    same, other = (replace(BASE, subject_alternative_name=OTHER_NAMES), OTHER_FORMS[part])
    at = [RuleContext(facts, kind="end_entity", profile=None, moment=MOMENT) for facts in (BASE, same, other)]
    answered.find(rules, at[0])
    assert answered.find(rules, at[1]) is not None, "what names say is no part of it"
    assert answered.find(rules, at[2]) is None


def test_no_part_of_a_form_is_left_out() -> None:
    parts = {
        f"{of}.{name}" for of, cls in (("attribute", NameAttribute), ("name", GeneralName)) for name in _fields(cls)
    }
    assert parts - {"attribute.value", "name.value"} == {part for part in OTHER_FORMS if "." in part}


def _fields(of: type) -> list[str]:
    return [each.name for each in dataclasses.fields(of)]


def test_no_part_of_it_is_left_out() -> None:
    context = {f"{name} certificate" if name in in_common._OF_FACTS else name for name in in_common._OF_CONTEXT}
    assert set(OTHER) == {*in_common._OF_FACTS, *in_common._OF_KEY, *context}


def _looks_at_the_subject(at: RuleContext) -> Answer:
    return violated("subject", at.facts.subject.common_name)


def _looks_at_the_time(at: RuleContext) -> Answer:
    return violated("moment", at.moment.isoformat())


def _looks_at_the_system(at: RuleContext) -> Answer:
    return violated("system", at.system)


def _looks_at_the_issuer(at: RuleContext) -> Answer:
    return violated("issuer", at.facts.issuer.common_name)


def _looks_at_the_types(at: RuleContext) -> Answer:
    return violated("subject", [(each.oid, each.name, each.string_type) for each in at.subject])


def _looks_which_types_there_are(at: RuleContext) -> Answer:
    return violated(
        "subject", sorted(at.values_by_type), count=len(at.values_by_type), cn="2.5.4.3" in at.values_by_type
    )


def _looks_at_a_type_that_is_not_there(at: RuleContext) -> Answer:
    return violated("subject", at.values("1.2.3"), also=at.values_by_type.get("1.2.3.4"))


def _looks_at_a_value(at: RuleContext) -> Answer:
    return violated("subject", at.values("2.5.4.3"))


def _looks_at_values_as_a_whole(at: RuleContext) -> Answer:
    return violated("subject", sorted(at.values_by_type.items()))


def _compares_an_attribute(at: RuleContext) -> Answer:
    return violated("subject", at.subject[0] in at.subject[1:])


def _looks_at_the_kinds_of_names(at: RuleContext) -> Answer:
    names = at.facts.subject_alternative_name
    return violated("names", None if names is None else [(each.kind, each.type_id, each.string_type) for each in names])


def _looks_at_a_name(at: RuleContext) -> Answer:
    return violated("names", at.dns_names)


def _is_at_fault(at: RuleContext) -> Answer:
    raise ValueError(at.facts.sha256)


def _answers_several(at: RuleContext) -> Iterator[Any]:
    yield violated("subject", at.facts.subject.common_name)


def _says_nothing_that_is_an_answer(_: RuleContext) -> Any:
    return "met"


def _is_met(_: RuleContext) -> Answer:
    return MET


CHECKS = {
    _looks_at_the_subject: False,
    _looks_at_the_time: False,
    _looks_at_the_system: True,
    _looks_at_the_issuer: True,
    _looks_at_the_types: True,
    _looks_which_types_there_are: True,
    _looks_at_a_type_that_is_not_there: True,
    _looks_at_a_value: False,
    _looks_at_values_as_a_whole: False,
    _compares_an_attribute: False,
    _looks_at_the_kinds_of_names: True,
    _looks_at_a_name: False,
    _is_at_fault: False,
    _answers_several: False,
    _says_nothing_that_is_an_answer: False,
    _is_met: True,
}
"""A check → whether it is asked once for all."""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_rule_is_asked_of_each_that_looks_at_more(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    book = RuleBook("planted", cite("pkitools"))
    book.rule("rule", Severity.WARNING)(check)
    monkeypatch.setattr(plan, "ENTRIES", (*book.entries, *ENTRIES))
    plan.plan_of.cache_clear()
    try:
        base = made("g4-tls")
        (of_other,) = base.subject.rdns[-1]
        name = replace(base.subject, rdns=(*base.subject.rdns[:-1], (replace(of_other, value="elders"),)))
        ask = [
            partial(asked, facts, systems=systems, moment=moment)
            for facts in (base, replace(base, subject=name, subject_alternative_name=OTHER_NAMES, sha256="00" * 32))
            for moment in (MOMENT, MOMENT + timedelta(days=1))
            for systems in (*SYSTEMS, ("fsc",))
        ]
        answered = Answered()
        for _ in range(3):
            for each in ask:
                assert each(answered) == each(None)
        assert {"planted.rule" not in left for left in rules_left(answered)} == {CHECKS[check]}
    finally:
        plan.plan_of.cache_clear()


@pytest.mark.parametrize("answer", [MET, NOT_APPLICABLE], ids=["met", "not applicable"])
def test_of_a_rule_with_a_date_it_is_known_that_it_does_not_apply(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = (MOMENT + timedelta(days=10)).date()
    for period in (Period(day, None, Binds.USE, cite("pkitools")), Period(None, day, Binds.USE, cite("pkitools"))):
        book = RuleBook("planted", cite("pkitools"))
        book.rule("rule", Severity.WARNING)(lambda _: answer)
        (entry,) = (replace(each, rule=replace(each.rule, in_force=period)) for each in book.entries)
        monkeypatch.setattr(plan, "ENTRIES", (entry, *ENTRIES))
        plan.plan_of.cache_clear()
        try:
            ask = [partial(asked, BASE, moment=MOMENT + timedelta(days=days)) for days in (0, 20)]
            answered = Answered()
            for _ in range(3):
                assert [each(answered) for each in ask] == [each(None) for each in ask]
            assert {"planted.rule" not in left for left in rules_left(answered)} == {answer is NOT_APPLICABLE}
        finally:
            plan.plan_of.cache_clear()


def test_no_more_is_kept_than_has_its_place() -> None:
    answered, base = Answered(), made("g4-tls")
    for number in range(3 * MOST):
        facts = replace(base, problems=(f"odd:{number}",))
        for _ in range(2):
            asked(facts, answered)
        assert 0 < len(answered) <= MOST
    assert all("rfc5280.serial.positive" not in left for left in rules_left(answered)), "problems are part of it"


_WIDE = {"AttributeError", "Exception", "BaseException", "CRASHES"}


def _swallowed(source: str) -> list[int]:
    """The lines on which what is not there would go unnoticed."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            named = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)} if node.type else _WIDE
            found += [node.lineno] if named & _WIDE else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            asks = node.func.id == "hasattr" or (node.func.id == "getattr" and len(node.args) == 3)
            found += [node.lineno] if asks else []
    return found


@pytest.mark.parametrize("source", ["try: x\nexcept Exception: pass", "try: x\nexcept: pass", "hasattr(x, 'y')"])
def test_what_would_swallow_it_is_seen(source: str) -> None:
    assert _swallowed(source)


def test_no_rule_swallows_that_something_is_not_there() -> None:
    """It would answer of all certificates what it says of one without a subject."""
    here = Path(pkitools.rules.__file__).parent
    asking = {here / "plan.py", here / "in_common.py"}  # who asks, and not who is asked
    modules = {*here.glob("*.py"), *Path(pkitools.profiles.conformance.__file__).parent.glob("*.py")} - asking
    assert len(modules) > 20
    assert {path.name: lines for path in modules if (lines := _swallowed(path.read_text(encoding="utf-8")))} == {}


def test_what_is_not_there_does_not_answer_by_a_default() -> None:
    for of in (CertificateFacts, PublicKey, Particulars, NameAttribute, GeneralName, RuleContext):
        nothing = object.__new__(of)
        answered = [name for name in dir(of) if not name.startswith("__") and _answers(nothing, name)]
        assert not [name for name in answered if not callable(getattr(of, name))], of


def _answers(nothing: object, name: str) -> bool:
    try:
        getattr(nothing, name)
    except (AttributeError, TypeError, LookupError):
        return False
    return True
