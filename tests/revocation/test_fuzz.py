"""Bytes of CRLs and responses turned into others: an error of ours or an unknown status, and nothing else, at once."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable

import pytest

from pkitools.errors import PkitoolsError
from pkitools.revocation import StatusKind, read_crl
from pkitools.revocation.ocsp import read_response
from pkitools.x509.der import DERError, children
from pkitools_test_pki import crl as crls
from pkitools_test_pki import der
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.faults.crls import CRL_FAULTS, full_name, idp
from pkitools_test_pki.faults.http import HTML
from pkitools_test_pki.faults.responses import OCSP_FAULTS
from tests.revocation.material import MOMENT, World
from tests.support.effort import bounded

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("PKITOOLS_FUZZ_SEED", "20261122"))
ROUNDS = int(os.environ.get("PKITOOLS_FUZZ_ROUNDS", "20000"))
TOO_LONG = 1.0  # seconds of processor time for one input
INTERESTING = [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    0x0A,
    0x17,
    0x18,
    0x1F,
    0x30,
    0x31,
    0x7F,
    0x80,
    0x81,
    0x82,
    0x84,
    0x86,
    0xA0,
    0xA3,
    0xFF,
]


def nodes(data: bytes) -> list[tuple[int, int]]:
    """Start and stop of every value in DER, however deep."""
    found, waiting = [], [(0x30, 0, 0, len(data))]
    while waiting:
        try:
            inside = children(data, waiting.pop())
        except DERError:
            continue
        for node in inside:
            found.append((node[1], node[3]))
            if node[0] & 0x20 or node[0] in {3, 4}:
                waiting.append(node)
    return found


def mutated(seed: bytes, values: list[tuple[int, int]], rng: random.Random) -> bytes:
    """A few changes: octets, whole values left out, doubled, exchanged, or with another length."""
    data = bytearray(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind = rng.randrange(7)
        start, stop = rng.choice(values)
        if kind <= 2:
            at = rng.randrange(len(data)) if kind else min(start + rng.randrange(2), len(data) - 1)
            data[at] = rng.choice(INTERESTING) if rng.random() < 0.7 else rng.randrange(256)
        elif kind == 3:
            del data[start:stop]
        elif kind == 4:
            data[start:start] = seed[start:stop]
        elif kind == 5:
            other = rng.choice(values)
            data[start:stop] = seed[other[0] : other[1]]
        else:
            del data[rng.randrange(len(data)) :]
        if not data:
            break
    return bytes(data)


@pytest.fixture(scope="module")
def crl_seeds(world: World) -> list[bytes]:
    case = world.crl_case(world.plain, urls=("http://a.example/", "http://b.example/"))
    made = [data for name, make in CRL_FAULTS.items() if name != "C10.million" for data in [make(case)]]
    flat = [each for data in made for each in (data if isinstance(data, tuple) else (data,))]
    entries = [RevokedEntry(number, MOMENT, "superseded") for number in range(1, 60)]
    scope = idp(full_name("http://a.example/"), der.tlv(0x83, b"\x05\x60"))
    return [*flat, case.crl(revocations=entries), case.crl(extensions=[scope, crls.delta_indicator(1)])]


@pytest.fixture(scope="module")
def ocsp_seeds(world: World) -> list[bytes]:
    case = world.ocsp_case(world.plain, responder_crl_url="http://a.example/")
    skipped = {"O10.ten-thousand", "O10.empty", "O10.no-bytes", "O4.revoked"}
    return [make(case) for name, make in OCSP_FAULTS.items() if name not in skipped]


def fuzz(seeds: list[bytes], look: Callable[[bytes], object], rounds: int = ROUNDS) -> None:
    rng = random.Random(SEED)
    trees = [nodes(seed) for seed in seeds]
    for _ in range(rounds):
        number = rng.randrange(len(seeds))
        data = mutated(seeds[number], trees[number], rng)
        with bounded(TOO_LONG):
            look(data)


def test_reading_mutated_lists(crl_seeds: list[bytes]) -> None:
    def look(data: bytes) -> None:
        with contextlib.suppress(PkitoolsError):
            index = read_crl(data).index
            index.find(b"\x01")
            assert sum(1 for _ in index.entries()) == index.count

    fuzz(crl_seeds, look)


def test_reading_mutated_responses(ocsp_seeds: list[bytes]) -> None:
    def look(data: bytes) -> None:
        with contextlib.suppress(PkitoolsError):
            read_response(data)

    fuzz(ocsp_seeds, look)


def test_mutated_lists_prove_nothing(world: World, crl_seeds: list[bytes]) -> None:
    """Through the whole check. What is unchanged where it is signed may of course still be what it was."""
    whole = {seed[4:] for seed in crl_seeds}

    def look(data: bytes) -> None:
        kind = world.check(world.plain, crls=[data]).statuses[0].kind
        assert kind is StatusKind.UNKNOWN or data[4:] in whole

    fuzz(crl_seeds, look, ROUNDS // 16)


def test_mutated_responses_prove_nothing(world: World, ocsp_seeds: list[bytes]) -> None:
    """The certificates sent along, and the octets outside what is signed, may change without harm."""
    signed = {read_response(seed).signed for seed in ocsp_seeds}

    def look(data: bytes) -> None:
        kind = world.check(world.plain, ocsp_responses=[data]).statuses[0].kind
        assert kind is StatusKind.UNKNOWN or read_response(data).signed in signed

    fuzz(ocsp_seeds, look, ROUNDS // 16)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100_000,
        b"\x30" * 100_000,
        b"\x30\x80" * 50_000,
        b"\xa0\x82\xff\xff" * 25_000,
        HTML,
        b"-----BEGIN X509 CRL-----" * 10_000,
        b"-----BEGIN X509 CRL-----\n" + b"A" * 1_000_000 + b"\n-----END X509 CRL-----",
    ],
    ids=["empty", "zeros", "nested", "indefinite", "contexts", "html", "begin lines", "a megabyte of A"],
)
def test_garbage_is_refused_at_once(world: World, data: bytes) -> None:
    with bounded(1.0):
        assert world.check(world.plain, crls=[data]).statuses[0].kind is StatusKind.UNKNOWN
        assert world.check(world.plain, ocsp_responses=[data]).statuses[0].kind is StatusKind.UNKNOWN
