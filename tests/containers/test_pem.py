"""Finding PEM blocks in any text, in one pass."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import LimitError
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.x509 import pem
from pkitools.x509.pem import Block, blocks
from tests.support.cases import in_one_test
from tests.support.effort import bounded


def armour(label: str, body: bytes, *, end: str = "\n", width: int = 64) -> bytes:
    text = base64.b64encode(body).decode()
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return (end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"]) + end).encode()


def codes(text: bytes) -> list[str]:
    return [block.error.code.removeprefix("sources.error.pem_") if block.error else "" for block in blocks(text)]


LABELS = st.sampled_from(["CERTIFICATE", "X509 CRL", "PRIVATE KEY", "A"])
NOISE = st.binary(max_size=40).filter(lambda text: b"-" not in text)


@given(
    st.lists(st.tuples(LABELS, st.binary(min_size=1, max_size=300), NOISE), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r", "\n   "]),
    st.sampled_from([64, 76, 1000]),
)
def test_every_block_comes_out_whatever_stands_around_it(
    parts: list[tuple[str, bytes, bytes]], end: str, width: int
) -> None:
    text = b"".join(noise + armour(label, body, end=end, width=width) for label, body, noise in parts)
    found = list(blocks(text))
    assert [(b.label, b.body) for b in found] == [(label, body) for label, body, _ in parts]
    assert [b.number for b in found] == list(range(1, len(parts) + 1))


@given(st.binary(max_size=300).map(lambda noise: noise + b"-----BEGIN A-----\nAAAA\n" + noise))
def test_any_bytes_give_blocks_or_errors(text: bytes) -> None:
    for block in blocks(text):
        assert bool(block.body) != bool(block.error)


@in_one_test
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "not_closed"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END X509 CRL-----\n", "wrong_end"),
        (b"-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----\n", "not_base64"),
        (b"-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n", "not_base64"),
        (b"-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n", "no_content"),
        (b"-----BEGIN " + b"A" * 100 + b"-----\nAAAA\n", "no_label"),
        (b"-----BEGIN CERT\nIFICATE-----\nAAAA\n", "no_label"),
    ],
)
def test_a_broken_block_is_told_and_the_next_one_still_found(text: bytes, code: str) -> None:
    assert codes(text) == [code]
    assert codes(text + armour("CERTIFICATE", b"x")) == [code, ""]


def test_headers_in_the_old_style() -> None:
    text = (
        b"-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,00\r\n\r\nAAAA\r\n"
        b"-----END RSA PRIVATE KEY-----\r\n"
    )
    assert list(blocks(text)) == [Block(1, "RSA PRIVATE KEY", bytes(3), encrypted=True, cipher="AES-128-CBC,00")]


def test_line_breaks_written_out() -> None:
    text = armour("CERTIFICATE", b"x" * 100)
    assert [b.body for b in blocks(b'{"cert": "' + text.replace(b"\n", b"\\n") + b'"}')] == [b"x" * 100]
    assert [b.body for b in blocks(text.replace(b"\n", b"\\r\\n"))] == [b"x" * 100]


def test_the_number_of_blocks_is_bounded() -> None:
    one = armour("A", b"x")
    assert len(list(blocks(one * MAX_PEM_BLOCKS))) == MAX_PEM_BLOCKS
    with pytest.raises(LimitError, match=f"more than {MAX_PEM_BLOCKS}"):
        list(blocks(one * (MAX_PEM_BLOCKS + 1)))


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        b"-----BEGIN " * 1_500_000,
        b"-----BEGIN CERTIFICATE-----" + b"-" * 16_000_000,
        b"-----BEGIN CERTIFICATE-----\n" + b"A" * 16_000_000,
        b"-----BEGIN CERTIFICATE-----\n" + b":\n" * 8_000_000 + b"-----END CERTIFICATE-----",
        b"-----BEGIN" * 1_600_000,
    ],
    ids=["begins", "dashes", "no end", "headers", "half begins"],
)
def test_sixteen_megabytes_of_nothing_take_no_time(text: bytes) -> None:
    found: list[Block] = []
    with bounded(1.0), contextlib.suppress(LimitError):
        found = list(blocks(text))
    assert not [block for block in found if block.error is None]


@pytest.mark.slow
@pytest.mark.parametrize("around", [b"\n", b"\r\n", b" ", b"-\n", b"b e\n"], ids=repr)
def test_a_block_in_a_sea_of_anything_is_read_in_bounded_time(around: bytes) -> None:
    text = around * (8 * 1024 * 1024 // len(around))
    block = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    whole = text + b"\n" + block + text
    with bounded(0.2):
        found = list(pem.parts(whole))
        assert not any(pem.looks_like_more(whole, part) for part in found if isinstance(part, pem.Gap))
    assert len(found) == 3


@pytest.mark.parametrize(
    "more", [b"----- begin  certificate", b"\xe2\x80\x93END PKCS7", b"MII" + b"a" * 61, b"LS0tLS1CRUdJTi"]
)
def test_what_may_be_more_is_seen_wherever_it_stands(more: bytes) -> None:
    for offset in (0, 1, *range(256 * 1024 - len(more), 256 * 1024 + 1), 300 * 1024):
        text = b"\n" * offset + more + b"\n" * 70
        assert pem.holds_more(text), offset
