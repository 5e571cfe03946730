"""Lines are measured in columns of a terminal: what is wide takes two, a mark on a letter none."""

from __future__ import annotations

import textwrap
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from pkitools_cli.lines import columns, wrapped
from pkitools_cli.wide import fitted, fitted_end, head, padded, width, wrap
from tests.support.command import Command
from tests.support.shared import shared

_CHARS = st.sampled_from("a b  -é…→証明書組織한\U0001f512\U0001f600e\u0301\u200d,.")
TEXTS = st.text(_CHARS, max_size=150)
ROOM = st.integers(12, 60)
WIDE_NAME = "証明書組織デジタル政府認証局管理者部門\U0001f512" * 3


def measured(text: str) -> int:
    """Columns, as an independent reading of UAX 11 gives them."""
    found = 0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            found += 2
        elif not unicodedata.category(char).startswith("M") and unicodedata.category(char) != "Cf":
            found += 1
    return found


@given(TEXTS, ROOM)
def test_what_is_cut_fits_and_is_what_stood_there(text: str, room: int) -> None:
    assert width(text) == measured(text)
    assert text.startswith(head(text, room))
    for one in (head(text, room), fitted(text, room), fitted_end(text, room)):
        assert measured(one) <= room
    if measured(text) <= room:
        assert head(text, room) == fitted(text, room) == fitted_end(text, room) == text
        assert measured(padded(text, room)) == measured(padded(text, room, right=True)) == room
    else:
        assert fitted(text, room).endswith("…")
        assert text.endswith(fitted_end(text, room)[1:])


@given(TEXTS, ROOM, st.sampled_from(["", "  ", "証 "]))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, room: int, first: str) -> None:
    rows = wrap(text, room, first, "  ", split_words=True)
    assert all(measured(row) <= room for row in rows)
    told = "".join(row[len(first if not number else "  ") :] for number, row in enumerate(rows))
    assert told.replace(" ", "") == text.replace(" ", "")


@given(st.text(st.sampled_from("ab c-dé, "), max_size=150), ROOM)
def test_text_of_one_column_a_character_is_wrapped_as_ever(text: str, room: int) -> None:
    usual = textwrap.wrap(text, room, initial_indent="* ", subsequent_indent="  ", break_on_hyphens=False)
    assert wrap(text, room, "* ", "  ", split_words=True) == usual


@pytest.mark.parametrize("text", [WIDE_NAME, "a " + WIDE_NAME, "\U0001f512 " * 60])
def test_a_paragraph_in_wide_characters_fits(text: str) -> None:
    rows = wrapped(text, "    ", most=3)
    assert len(rows) > 1
    assert all(measured(row) <= columns() for row in rows)


def test_the_answers_about_a_certificate_with_a_wide_name_fit(run: Command, tmp_path: Path) -> None:
    """Every command that tells of a certificate, in tables, rows and paragraphs."""
    key = ec.generate_private_key(ec.SECP256R1())
    kinds = (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.COMMON_NAME)
    own = x509.Name([x509.NameAttribute(kind, WIDE_NAME[:20]) for kind in kinds])  # of 61 octets; 64 may be
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(own, own, key.public_key(), None, start, start.replace(year=2027))
    request = x509.CertificateSigningRequestBuilder(own).sign(key, hashes.SHA256())
    folder = tmp_path / "証明書"
    folder.mkdir()
    for number in range(2):
        signed = made.serial_number(5 + number).sign(key, hashes.SHA256())
        (folder / f"{WIDE_NAME[:20]}{number}.pem").write_bytes(signed.public_bytes(Encoding.PEM))
        (folder / f"{WIDE_NAME[:20]}{number}.csr").write_bytes(request.public_bytes(Encoding.PEM))
    moment = ("--moment", "2026-03-01T00:00:00Z")
    for command in (
        ("cert", "check", folder, "-e", "pre", "--offline", *moment),
        ("cert", "show", next(folder.glob("*0.pem")), *moment),
        ("csr", "check", folder),
        ("expiry", folder, *moment),
        ("scan", folder, *moment),
        ("g4", "plan", *folder.glob("*.pem"), *moment),
    ):
        ran = run(*command)
        # a path is never split, nor a part of a name as RFC 4514 escapes it: they are there to be copied
        told = [row for row in ran.lines if "/" not in row and "\\E8" not in row]
        assert len(told) > 2, command
        assert [row for row in told if measured(row) > columns()] == [], command
        assert "証明書" in ran.out, command


def test_cert_show_fits_but_for_what_is_copied(run: Command) -> None:
    """An address alone on its row may be longer than the terminal: it is never split."""
    for file in sorted(shared("samples/certificates").glob("*.pem")):
        rows = run("cert", "show", file).lines
        assert len(rows) > 20, file
        for row in rows:
            is_alone = len(row.split()) == 1 and ("://" in row or "/" in row)
            assert measured(row) <= columns() or is_alone or str(file) in row, row
