"""Lists of which an entry is written with lengths longer than need be: others read them, so they are not nothing.

The law: a list that is signed by the issuer, current and not older than a good one beside it, and has the certificate
in any encoding that OpenSSL reads, never leaves the certificate good. Every length of an entry and of the list around
it is written in every form, at every place in the list.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.crl import read_crl
from pkitools.crl.entries import mentions
from pkitools.errors import InputError
from pkitools.revocation import StatusKind
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError
from pkitools_test_pki import crl as crls
from pkitools_test_pki import der
from pkitools_test_pki.crl import RevokedEntry
from tests.revocation.material import MOMENT, World
from tests.support.cases import in_one_test
from tests.support.judges import judge

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AGES: Final = {"older": 9, "as old": 6, "newer": 3}
"""Hours ago; the good list beside it is six hours old."""
INDEFINITE: Final = 0
FORMS: Final = (INDEFINITE, 1, 2, 3, 4, 8)
"""Octets of a length behind its first one."""


def written(tag: int, body: bytes, form: int) -> bytes:
    """A value with its length in so many octets, or as many as it takes."""
    if form == INDEFINITE:
        return bytes((tag, 0x80)) + body + b"\x00\x00"
    octets = max(form, (len(body).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | octets)) + len(body).to_bytes(octets, "big") + body


def inside(data: bytes) -> list[bytes]:
    """The values in a value, also those in an OCTET STRING, where it holds any."""
    tag, at, start, stop = asn1.root(data, data[0])
    if not (tag & asn1.CONSTRUCTED or tag == asn1.OCTET_STRING):
        return []
    try:
        return [data[child[1] : child[3]] for child in asn1.iterate(data, (tag, at, start, stop))]
    except DERError:
        return []  # octets that are no DER


def nodes(data: bytes) -> list[int]:
    """The tags of all values in a value, itself first."""
    try:
        return [data[0], *(each for part in inside(data) for each in nodes(part))]
    except DERError:
        return [data[0]]


def rewritten(data: bytes, number: int, form: int) -> bytes:
    """The same with the length of its nth value in another form, and all lengths around it as they then are."""
    tag, _, start, stop = asn1.root(data, data[0])
    if not number:
        return written(tag, data[start:stop], form)
    parts, before = [], 1
    for part in inside(data):
        count = len(nodes(part))
        parts.append(rewritten(part, number - before, form) if before <= number < before + count else part)
        before += count
    return der.tlv(tag, b"".join(parts))


def encodings(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every other way to write the lengths of a value and of those in it, with a name for it."""
    for (number, tag), form in product(enumerate(nodes(data)), FORMS):
        if form or tag & asn1.CONSTRUCTED:
            made = rewritten(data, number, form)
            if made != data:
                yield f"value {number}, tag {tag:02x}, form {form}", made


class Lists:
    """Lists of the issuer of one certificate."""

    def __init__(self, world: World) -> None:
        self.world, self.leaf = world, world.plain
        self.case = world.crl_case(self.leaf)
        self.others = [crls.entry(RevokedEntry((0x40 << 120) + n, MOMENT - DAY, "superseded")) for n in range(4)]
        self.entry = crls.entry(self.case.entry("keyCompromise"))
        self.good = self.made(6, b"")

    def made(self, ago: int, *entries: bytes) -> bytes:
        raw = {"revoked_certificates": der.sequence(*entries)} if any(entries) else {}
        number = crls.crl_number(100 - ago)
        return self.case.crl(this_update=MOMENT - ago * HOUR, revocations=(), extensions=[number], raw=raw)

    def at(self, place: int, entry: bytes, ago: int = AGES["newer"]) -> bytes:
        return self.made(ago, *self.others[:place], entry, *self.others[place:])

    def encoded(self, ago: int = AGES["newer"]) -> Iterator[tuple[str, bytes]]:
        """Lists of which the entry is DER and what stands around it is not, each signed as it is."""
        plain = self.at(1, self.entry, ago)
        tbs, algorithm, _ = (plain[part[1] : part[3]] for part in asn1.children(plain, asn1.root(plain, 0x30)))
        for name, body in encodings(tbs):
            yield name, self.signed(body, algorithm)
        for form in FORMS:
            signed = self.signed(tbs, algorithm)
            yield f"the whole, form {form}", written(0x30, signed[asn1.root(signed, 0x30)[2] :], form)

    def signed(self, tbs: bytes, algorithm: bytes) -> bytes:
        return der.sequence(tbs, algorithm, der.bits(self.world.tsp.signature.sign(self.world.tsp.key, tbs)))

    def status(self, other: bytes) -> StatusKind:
        return self.world.check(self.leaf, crls=[self.good, other]).statuses[0].kind


@pytest.fixture(scope="module")
def lists(world: World) -> Lists:
    return Lists(world)


def test_every_encoding_of_an_entry(lists: Lists) -> None:
    for name, entry in encodings(lists.entry):
        assert lists.status(lists.at(1, entry)) is StatusKind.UNKNOWN, name


@pytest.mark.slow
def test_every_encoding_of_an_entry_at_every_place_and_age(lists: Lists) -> None:
    assert lists.status(lists.good) is StatusKind.GOOD
    for (name, entry), place, age in product(encodings(lists.entry), (0, 2, 4), AGES):
        kind = lists.status(lists.at(place, entry, AGES[age]))
        expected = StatusKind.GOOD if age == "older" else StatusKind.UNKNOWN
        assert kind is expected, (name, place, age)


def test_a_number_with_octets_that_say_nothing(lists: Lists) -> None:
    """OpenSSL refuses such a number; others read it."""
    contents = asn1.contents(lists.entry, asn1.children(lists.entry, asn1.root(lists.entry, 0x30))[0])
    time = der.time(MOMENT - DAY)
    for more in (1, 2, 7):
        entry = der.sequence(der.tlv(0x02, bytes(more) + contents), time)
        assert lists.status(lists.at(2, entry)) is StatusKind.UNKNOWN, more


@pytest.mark.slow
def test_every_encoding_of_the_list_around_an_entry(lists: Lists) -> None:
    for name, other in lists.encoded():
        assert lists.status(other) is not StatusKind.GOOD, name


def test_a_list_that_nobody_reads_and_that_names_others_alone_is_no_reason_to_doubt(lists: Lists) -> None:
    without = lists.made(AGES["newer"], *lists.others)
    for broken in (written(0x30, without[4:], INDEFINITE), without[:-4], b"\x30" + without[:40]):
        with pytest.raises(InputError):
            read_crl(broken)
        assert lists.status(broken) is StatusKind.GOOD
    assert lists.status(lists.made(AGES["newer"], *lists.others, b"\x30\x00")) is StatusKind.GOOD


@in_one_test
@pytest.mark.parametrize("size", [1, 4, 7, 8, 20, 64])
def test_a_number_of_any_size_is_found_in_every_encoding_and_in_no_other_number(size: int) -> None:
    serial = b"\x05" * size
    time = der.time(MOMENT - DAY)
    for filling, form in product((0, 1, 3), (None, *FORMS[1:])):
        body = bytes(filling) + serial
        number = der.tlv(0x02, body) if form is None else written(0x02, body, form)
        data = der.sequence(der.integer(3), time) + der.sequence(number, time)
        found = list(mentions(data, 0, len(data), serial))
        assert found, (filling, form)
        read = filling == 0 and form is None
        assert (found[0] is not None) == read, (filling, form)
    others = (
        b"\x05" * (size - 1) + b"\x06",
        b"\x04" + b"\x05" * (size - 1),
        *([b"\x05" * 7 + b"\x06"] if size < 7 else []),
    )
    for other in others:
        data = der.sequence(der.tlv(0x02, other), time)
        assert not list(mentions(data, 0, len(data), serial)), other


def test_of_a_short_number_not_every_place_is_looked_at() -> None:
    assert list(mentions(b"\x00" * 100_000, 0, 100_000, b"\x00")) == [None]


# --- the other judge


@pytest.mark.slow
def test_what_openssl_reads_as_revoked_is_never_good(lists: Lists, tmp_path: Path) -> None:
    """Not all encodings: enough that one the law is about is among them at every level."""
    openssl, read = judge("openssl"), 0
    cases = [*((name, lists.at(2, entry)) for name, entry in encodings(lists.entry)), *lists.encoded()]
    for name, other in cases[::3]:
        (tmp_path / "x.crl").write_bytes(other)
        done = subprocess.run(
            [openssl, "crl", "-inform", "DER", "-in", tmp_path / "x.crl", "-noout", "-text"],
            capture_output=True,
            check=False,
        )
        if f"{lists.leaf.serial_number:X}".encode() in done.stdout.upper():
            read += 1
            assert lists.status(other) is not StatusKind.GOOD, name
    assert read > 50
