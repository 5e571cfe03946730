"""Laws of path validation."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InputError
from pkitools.validation import validate_path
from pkitools.x509.path_certificate import load
from pkitools.x509.pem import BEGIN
from tests.support.chains import (
    MOMENT,
    Issued,
    authority,
    end_entity,
    good_chain,
    key,
    signature,
)
from tests.support.der import sequence, tlv
from tests.support.effort import budget, examples
from tests.validation.openssl import openssl_says

CHAIN = good_chain()
PATH = [CHAIN.leaf, CHAIN.tsp, CHAIN.domain, CHAIN.root]
STRANGERS = [
    authority("Root", own_key=key("stranger 1")),
    authority("TSP", CHAIN.root, own_key=key("stranger 2")),
    authority("Domain", authority("Elsewhere")),
    end_entity("stranger.example.nl", CHAIN.tsp),
    authority("TSP", CHAIN.domain, path_length=5),
]
FAST = examples(60)


def verdict(leaf: bytes, intermediates: list[bytes], **asked: Any) -> tuple[bool, frozenset[str]] | None:
    try:
        result = validate_path(
            leaf,
            intermediates=intermediates,
            anchors=[CHAIN.root.der],
            **{"moment": MOMENT, "raise_crashes": True, **asked},
        )
    except InputError:
        return None
    return result.path is not None, result.report.codes()


@FAST
@given(place=st.integers(0, 2), bit=st.integers(0, 10_000))
def test_no_bit_of_any_signature_may_change(place: int, bit: int) -> None:
    signed = load(PATH[place].der).signature
    at = len(PATH[place].der) - len(signed) + (bit // 8) % len(signed)
    broken = bytearray(PATH[place].der)
    broken[at] ^= 1 << bit % 8
    ders = [c.der for c in PATH[:-1]]
    ders[place] = bytes(broken)
    found = verdict(ders[0], ders[1:])
    assert found is None or not found[0]


@FAST
@given(place=st.integers(0, 2), at=st.integers(0, 2_000), change=st.integers(1, 255))
def test_no_byte_of_what_is_signed_may_change(place: int, at: int, change: int) -> None:
    start, stop = load(PATH[place].der).signed_span
    broken = bytearray(PATH[place].der)
    broken[start + at % (stop - start)] ^= change
    ders = [c.der for c in PATH[:-1]]
    ders[place] = bytes(broken)
    found = verdict(ders[0], ders[1:])
    assert found is None or not found[0]


JUNK = st.binary(max_size=40).filter(lambda data: BEGIN not in data)
CALLED_PEM = st.builds(
    lambda before, behind: before + BEGIN + behind,
    st.binary(max_size=10).filter(lambda data: data[:1] != b"\x30"),  # what begins as DER is taken for it
    st.one_of(st.binary(max_size=40), st.just(b"CERTIFICATE-----\nMII"), st.just(b"CERTIFICATE")),
)


@FAST
@given(extra=st.lists(st.sampled_from(STRANGERS)), junk=st.lists(JUNK, max_size=3), seed=st.randoms())
def test_what_is_irrelevant_and_its_order_change_nothing(
    extra: list[Issued], junk: list[bytes], seed: random.Random
) -> None:
    heap = [*CHAIN.intermediates, *(c.der for c in extra), *junk]
    seed.shuffle(heap)
    found = verdict(CHAIN.leaf.der, heap)
    assert found is not None
    assert found[0]
    assert found[1] <= {"path.input.unreadable"}


@FAST
@given(CALLED_PEM)
def test_what_calls_itself_pem_and_is_not_is_refused_and_not_passed_over(broken: bytes) -> None:
    """Somebody handed in a file that is broken: a path that is found without it would hide that."""
    assert verdict(CHAIN.leaf.der, [*CHAIN.intermediates, broken]) is None


@FAST
@given(extra=st.lists(st.sampled_from(STRANGERS)), seed=st.randoms())
def test_what_is_irrelevant_never_turns_a_refusal_around(extra: list[Issued], seed: random.Random) -> None:
    forged = CHAIN.leaf.der.replace(b"host.example.nl", b"evil.example.nl")
    heap = [*CHAIN.intermediates, *(c.der for c in extra)]
    seed.shuffle(heap)
    found = verdict(forged, heap)
    assert found is not None
    assert not found[0]


@FAST
@given(st.binary(max_size=400))
def test_bytes_of_any_kind_end_in_a_verdict_or_our_error(data: bytes) -> None:
    assert verdict(data, [data]) is None


def resigned(signed: bytes, issuer: Issued) -> bytes:
    algorithm = load(CHAIN.leaf.der).signature_algorithm
    return sequence(signed, algorithm, tlv(0x03, b"\x00", signature(issuer.key, signed, "sha256")))


def mutants(count: int) -> list[bytes]:
    """The good end entity with one to three bytes changed and signed again by its authority: fixed by a seed."""
    chance = random.Random(1)
    start, stop = load(CHAIN.leaf.der).signed_span
    made = []
    for _ in range(count):
        signed = bytearray(CHAIN.leaf.der[start:stop])
        for _ in range(chance.randint(1, 3)):
            signed[chance.randrange(4, len(signed))] = chance.randrange(256)
        made.append(resigned(bytes(signed), CHAIN.tsp))
    return made


@pytest.mark.slow
@pytest.mark.interop
def test_what_we_accept_of_mutated_certificates_openssl_accepts(tmp_path: Path) -> None:
    accepted = [
        der for der in mutants(budget("PKITOOLS_MUTANTS", 2_500)) if (verdict(der, CHAIN.intermediates) or (False,))[0]
    ]
    assert len(accepted) > 100, "the mutations are too wild to tell anything"
    for der in accepted:
        words = openssl_says([der, *CHAIN.intermediates, CHAIN.root.der], MOMENT, tmp_path)
        assert not words, (der.hex(), words)
