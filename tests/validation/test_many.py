"""Many end entities of few authorities: the same verdicts, with the authority's path verified once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pkitools.errors import InputError, InvalidValueError
from pkitools.findings import Verdict
from pkitools.validation import many, validate_many, validate_path
from pkitools.validation.result import PathResult
from tests.support.cases import in_one_test
from tests.support.chains import (
    BC,
    EKU,
    END,
    KU,
    MOMENT,
    NC,
    SERVER,
    Issued,
    authority,
    basic_constraints,
    crl,
    end_entity,
    good_chain,
    key,
    permitted,
    purposes,
)
from tests.support.der import extension, integer, tlv
from tests.vectors.path import HOST


def leaves(tsp: Issued) -> list[bytes]:
    good = end_entity(HOST, tsp)
    return [
        good.der,
        end_entity("other.example.com", tsp).der,
        end_entity(HOST, tsp, end=MOMENT - timedelta(days=1)).der,
        good.der[:-1] + bytes([good.der[-1] ^ 1]),
        end_entity(HOST, tsp, extra=(extension("1.2.3.4", b"\x05\x00", b"\x01\x01\xff"),)).der,
        end_entity(HOST, tsp, extra=(extension(KU, b"\x03\x02\x07\x80"),)).der,
        end_entity(HOST, tsp, extensions={EKU: (False, purposes("1.3.6.1.5.5.7.3.3"))}).der,
        end_entity(HOST, tsp, serial=integer(-1)).der,
        end_entity(HOST, tsp, hashed="sha224").der,
        end_entity(HOST, authority("Unknown")).der,
        authority("Below", tsp).der,
        b"no certificate",
        end_entity(HOST, Issued(tsp.der, key("forger"), tsp.subject)).der,
    ]


TSPS = {
    "good": {"path_length": 0},
    "constrained": {"extensions": {NC: (True, permitted(tlv(0x82, b"example.nl")))}},
    "not a CA": {"extensions": {BC: (True, basic_constraints(False))}},
    "may not sign": {"extensions": {KU: (True, b"\x03\x02\x07\x80")}},
    "expired": {"end": MOMENT - timedelta(days=1)},
    "for clients only": {"extensions": {EKU: (False, purposes("1.3.6.1.5.5.7.3.2"))}},
}


@in_one_test
@pytest.mark.parametrize("deviation", TSPS.values(), ids=TSPS.keys())
@pytest.mark.parametrize("asked", [{}, {"purpose": SERVER}, {"host": HOST}, {"strict": True}], ids=str)
def test_each_has_the_verdict_it_has_alone(deviation: dict[str, object], asked: dict[str, object]) -> None:
    chain = good_chain()
    tsp = authority("TSP", chain.domain, **deviation)
    given = {"intermediates": [tsp.der, chain.domain.der], "anchors": [chain.root.der], "moment": MOMENT, **asked}
    ders = leaves(tsp)
    found = list(validate_many(ders, **given))  # type: ignore[arg-type]  # the keywords of the tests
    assert len(found) == len(ders)
    for der, result in zip(ders, found, strict=True):
        if isinstance(result, InputError):
            assert der == b"no certificate"
            continue
        alone = validate_path(der, **given)  # type: ignore[arg-type]  # the keywords of the tests
        assert result.report.codes() == alone.report.codes()
        assert result.report.verdict is alone.report.verdict
        assert (result.path is None) == (alone.path is None)
        assert result.path is None or result.path.certificates == alone.path.certificates  # type: ignore[union-attr]  # both or neither


def test_the_authority_is_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    plain = many.try_path
    monkeypatch.setattr(many, "try_path", lambda path, question: asked.append(path) or plain(path, question))
    chain = good_chain()
    ders = [end_entity(f"host{n}.example.nl", chain.tsp).der for n in range(5)]
    found = list(validate_many(ders, intermediates=chain.intermediates, anchors=[chain.root.der], moment=MOMENT))
    assert [isinstance(r, PathResult) and r.engine for r in found] == [many.ENGINE] * 5
    assert len(asked) == 1
    assert all(isinstance(r, PathResult) and r.report.verdict is Verdict.PASSED for r in found)


def test_of_two_authorities_of_one_name_neither_stands_for_the_other() -> None:
    """Which of the two an engine takes hangs on more than the authorities: each leaf goes the ordinary way."""
    root = authority("root")
    upper = authority("twice", root, own_key=key("upper of two"))
    between = authority("between", upper)
    lower = authority("twice", between, own_key=key("lower of two"))
    once = authority("once", between)

    def engines(*, below: Issued) -> set[str]:
        several = [end_entity(f"{number}.example", below).der for number in range(3)]
        above = [lower.der, between.der, upper.der, once.der]
        found = list(validate_many(several, intermediates=above, anchors=[root.der], moment=MOMENT))
        assert all(isinstance(each, PathResult) and each.path is not None for each in found)
        return {each.attempt.engine for each in found if isinstance(each, PathResult)}

    assert engines(below=once) == {many.ENGINE}
    assert many.ENGINE not in engines(below=lower)


def test_a_naive_moment_is_refused_before_anything_is_read() -> None:
    with pytest.raises(InvalidValueError):
        validate_many([], anchors=[], moment=datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the test


def test_what_is_verified_once_does_not_outlive_its_moment() -> None:
    chain = good_chain()
    given = {"intermediates": chain.intermediates, "anchors": [chain.root.der]}
    assert all(r.path for r in validate_many([chain.leaf.der], moment=END, **given))  # type: ignore[union-attr, arg-type]  # readable
    late = validate_many([chain.leaf.der], moment=END + timedelta(seconds=1), **given)  # type: ignore[arg-type]  # the keywords of the tests
    assert not any(r.path for r in late)  # type: ignore[union-attr]  # readable


def test_a_crl_of_the_support_is_a_crl() -> None:
    from cryptography.x509 import load_der_x509_crl

    chain = good_chain()
    assert load_der_x509_crl(crl(chain.tsp, 5)).is_signature_valid(chain.tsp.key.public_key())
