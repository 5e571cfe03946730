"""How PEM is written: what is not as everybody reads it is seen, and nothing else is."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import product

import pytest

from pkitools.containers import read_source
from pkitools.containers.text_forms import TextForm, text_forms
from pkitools.errors import PkitoolsError
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.effort import bounded
from tests.support.pem_forms import EVERYBODY_READS, WRITTEN, block, plain

DERS = [good_chain().leaf.der, good_chain().tsp.der]


@in_one_test
@pytest.mark.parametrize("name", EVERYBODY_READS)
def test_what_everybody_reads_has_no_form(name: str) -> None:
    contents = read_source(EVERYBODY_READS[name](DERS), "f")
    assert contents.forms == frozenset()
    assert list(contents.certificates) == DERS


@in_one_test
@pytest.mark.parametrize("form", TextForm)
def test_each_form_is_seen_and_its_certificates_are_read_all_the_same(form: TextForm) -> None:
    contents = read_source(WRITTEN[form](DERS), "f")
    assert contents.forms == {form}
    assert list(contents.certificates) == (DERS[:1] if form is TextForm.PADDED_VALUE else DERS)


OF_THE_WHOLE_FILE = {
    *(TextForm.UTF_16, TextForm.WITHOUT_ARMOUR, TextForm.PADDED_VALUE, TextForm.CARRIAGE_RETURNS, TextForm.ONE_LINE),
}


@in_one_test
@pytest.mark.parametrize("form", sorted(set(TextForm) - OF_THE_WHOLE_FILE))
def test_a_form_of_the_last_block_is_seen_as_well(form: TextForm) -> None:
    assert form in read_source(plain(DERS) + WRITTEN[form](DERS), "f").forms


def test_an_empty_line_is_seen_whatever_ends_it() -> None:
    """Two line ends with nothing or blanks between them; of CR CR LF the first CR is none, as its lines are double."""
    empty = re.compile(rb"(?:\n|\r(?![\r\n]))[ \t]*(?:\r\n|\n|\r)")
    for length in range(6):
        for between in map(bytes, product(b"M \t\n\r", repeat=length)):
            body = b"MIIB" + between + b"MIIB\n"
            written = b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"
            is_seen = TextForm.BLANK_LINES in text_forms(written, written)
            assert is_seen is (empty.search(body) is not None), between


def test_the_label_of_a_key_or_request_is_nobodys_concern() -> None:
    key = block(DERS[0]).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST").replace(b"-----BEGIN", b"  -----BEGIN")
    assert read_source(plain(DERS) + key, "f").forms == frozenset()


@pytest.mark.slow
def test_looking_costs_no_more_than_the_length() -> None:
    for repeated in (b"-----BEGIN CERTIFICATE-----\n", b"\n \n", b"-----", b"\r\r\n", b"-----END CERTIFICATE-----"):
        data = plain(DERS) + repeated * (4_000_000 // len(repeated))
        with bounded(4), suppress(PkitoolsError):  # a limit: which one is another test's
            read_source(data, "f")
