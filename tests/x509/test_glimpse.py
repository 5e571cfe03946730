"""Of a certificate that cannot be read as a whole is told whose it is, as far as that can be read."""

from __future__ import annotations

import re
from itertools import product

import pytest

from pkitools.errors import InputError
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.x509 import read_certificate
from pkitools.x509.der import SEQUENCE, children, root
from tests.support.cases import in_one_test
from tests.support.certificates import made

# what is told of the certificate, and the number of the field that it stands in
TOLD = {"holder": (5, "CN=api.voorbeeld.nl"), "maker": (3, "CN=TSP CA"), "serial": (1, "c0ffee")}


def refusal(der: bytes) -> InputError | None:
    try:
        read_certificate(der)
    except InputError as refused:
        # else its fields cannot be told apart
        return refused if refused.code == "x509.error.malformed_certificate" else None
    return None


def test_what_can_be_read_is_told() -> None:
    """Each octet in turn is another: where the certificate cannot be read, what stands elsewhere is told."""
    der = made("g4-tls").der
    fields = children(der, children(der, root(der, SEQUENCE))[0])
    seen = 0
    for at, octet in product(range(fields[1][1], fields[6][3]), (0x00, 0x30, 0xFF)):
        refused = refusal(der[:at] + bytes([octet]) + der[at + 1 :])
        if refused is None:
            continue
        seen += 1
        for name, (number, text) in TOLD.items():
            if not fields[number][1] <= at < fields[number][3]:
                assert text in str(refused.params[name])
        assert all("{" not in error_sentence(refused, language) for language in LANGUAGES)
    assert seen > 20


@in_one_test
@pytest.mark.parametrize(("which", "field"), [(0, "notBefore"), (1, "notAfter")])
@pytest.mark.parametrize("written", [b"261332000000Z", b"260230000000Z", b"260101250000Z", b"ABCDEFGHIJKLM"])
def test_a_time_that_is_none_is_told_as_it_stands(which: int, field: str, written: bytes) -> None:
    der = made("g4-tls").der
    validity = children(der, children(der, root(der, SEQUENCE))[0])[4]
    time = children(der, validity)[which]
    with pytest.raises(InputError) as refused:
        read_certificate(der[: time[2]] + written + der[time[3] :])
    assert str(refused.value.params["detail"]).startswith(f"{field} {written.decode()!r}")
    told = {language: error_sentence(refused.value, language) for language in LANGUAGES}
    assert re.search(rf"{field} '{written.decode()}': (no such time|no Time), at offset \d", told["en"])
    assert re.search(rf"{field} '{written.decode()}': (een tijd die niet bestaat|geen Time), op byte \d", told["nl"])
    assert TOLD["holder"][1] in str(refused.value.params["holder"])
