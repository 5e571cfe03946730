"""A check that raises is told as not checked: the path is not verified, and what the other checks found stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from pkitools.findings import Outcome, Status, Verdict
from pkitools.validation import PathResult, host, many, path, strict, validate_many, validate_path
from pkitools.validation import checks as own
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, NC, SAN, SERVER, authority, end_entity, good_chain, permitted
from tests.support.der import tlv

HOST = "host.example.nl"
FAULT = ZeroDivisionError("oops")


def crash(*_subject: object, **_named: object) -> NoReturn:
    raise FAULT


def judged(*, constrained: bool = False, **asked: Any) -> PathResult:
    chain = good_chain()
    if constrained:
        bounded = authority("Bounded", chain.root, extensions={NC: (True, permitted(tlv(0x82, b"example.nl")))})
        leaf = end_entity(HOST, bounded)
        return validate_path(leaf.der, intermediates=[bounded.der], anchors=[chain.root.der], moment=MOMENT, **asked)
    given = {"intermediates": chain.intermediates, "anchors": [chain.root.der], "moment": MOMENT, **asked}
    return validate_path(chain.leaf.der, **given)


def crashed(result: PathResult) -> list[Outcome]:
    return [outcome for outcome in result.report.not_checked if outcome.reason == "crashed"]


# where it raises, what is asked besides, and a rule that is then not checked
FAULTS: list[tuple[Any, str, dict[str, Any], str]] = [
    (own.algorithms, "weak_key", {}, "path.key.strength"),
    (own.algorithms, "weak_scheme", {}, "path.signature.algorithm"),
    (own, "_authority", {}, "path.basic_constraints.ca"),
    (own, "_purposes", {"purpose": SERVER}, "path.extended_key_usage.purpose"),
    (own, "_names", {"constrained": True}, "path.name_constraints.names"),
    (path, "_policies", {}, "path.policy.acceptable"),
    (host, "names_host", {"host": HOST}, "path.host.name"),
    (path, "lacking", {}, "path.engine.refused"),
    (type(path.FAST), "verify", {}, "path.engine.refused"),
    (type(path.FAST), "verify", {"cross_check": True}, "path.engine.refused"),
    (strict.algorithms, "public_key", {"strict": True}, "path.strict.key_size"),
    (strict, "_public_suffixes", {"strict": True}, "path.strict.public_suffix"),
]


@in_one_test
@pytest.mark.parametrize(("where", "name", "asked", "rule"), FAULTS, ids=[f"{row[1]}-{row[3]}" for row in FAULTS])
def test_a_check_that_raises_keeps_the_path_from_being_verified(
    where: Any, name: str, asked: dict[str, Any], rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(path, "policies_matter", lambda *_: name == "_policies")
    monkeypatch.setattr(where, name, crash)
    own._sound.cache_clear()  # what another test found of these authorities would stand for what raises here
    result = judged(**asked)
    assert result.path is None
    assert result.report.verdict is not Verdict.PASSED
    found = crashed(result)
    assert rule in {outcome.rule.code for outcome in found}
    assert {outcome.params["detail"] for outcome in found} == {"ZeroDivisionError: oops"}
    with pytest.raises(ZeroDivisionError):
        judged(raise_crashes=True, **asked)


def test_what_was_found_before_and_by_others_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = good_chain()
    late = {"anchors": [chain.root.der], "intermediates": chain.intermediates, "moment": MOMENT.replace(year=2040)}
    monkeypatch.setattr(own.algorithms, "weak_key", crash)
    report = validate_path(chain.leaf.der, **late).report  # type: ignore[arg-type]  # the keywords of the tests
    assert "path.validity.expired" in report.codes()
    assert "path.key.strength" in report.codes(Status.NOT_CHECKED)
    assert report.verdict is Verdict.FAILED


def test_a_fault_of_ours_explains_nothing_while_another_path_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two paths: the checks of one raise, the other breaks a rule."""
    root = good_chain().root
    bounded = authority("Twin", root, extensions={NC: (True, permitted(tlv(0x82, b"elsewhere.nl")))})
    plain = authority("Twin", root, own_key=bounded.key)
    leaf = end_entity(HOST, bounded)
    purposes: Callable[..., Any] = own._purposes

    def sometimes(way: Any, purpose: str | None) -> Any:
        return purposes(way, purpose) if any(c.constrains for c in way) else crash()

    monkeypatch.setattr(own, "_purposes", sometimes)
    result = validate_path(leaf.der, intermediates=[plain.der, bounded.der], anchors=[root.der], moment=MOMENT)
    assert result.path is None
    assert "path.name_constraints.names" in result.report.codes()


@pytest.mark.parametrize(
    ("where", "name"), [(many, "end_entity_needs"), (many, "check_end_entity"), (own.algorithms, "weak_key")]
)
def test_of_many_too(where: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = good_chain()
    leaf = end_entity("host9.example.nl", chain.tsp, extensions={SAN: None})
    given: dict[str, Any] = {"intermediates": chain.intermediates, "anchors": [chain.root.der], "moment": MOMENT}
    monkeypatch.setattr(where, name, crash)
    (found,) = validate_many([leaf.der], **given)
    assert isinstance(found, PathResult)
    # where only the shorter way raises, the ordinary way says what holds
    assert (found.path is None) == bool(crashed(found))
    assert bool(crashed(found)) == (name == "weak_key")
    with pytest.raises(ZeroDivisionError):
        list(validate_many([leaf.der], raise_crashes=True, **given))
