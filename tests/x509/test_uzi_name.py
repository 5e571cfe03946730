"""The UZI name: one reading of it, for the OIN, for what a system asks and for the profile."""

from __future__ import annotations

import pytest

from pkitools.x509 import UZIName
from pkitools.x509.model import GeneralName
from pkitools.x509.uzi_name import uras, uzi_texts
from tests.support.cases import in_one_test

SERVER = "2.16.528.1.1003.1.3.5.5.2-1-123456789-S-90000380-00.000-00000000"
PASS = "2.16.528.1.1003.1.3.5.5.2-1-123456789-Z-90000381-01.015-00000000"


def other(text: str, type_id: str = "2.5.5.5") -> GeneralName:
    return GeneralName("other", text, type_id, "IA5String")


def test_its_fields_are_named_and_it_is_written_as_it_was_read() -> None:
    name = UZIName.read(SERVER)
    assert name is not None
    assert (name.authority, name.version, name.number) == ("2.16.528.1.1003.1.3.5.5.2", "1", "123456789")
    assert (name.card_type, name.ura, name.role, name.agb) == ("S", "90000380", "00.000", "00000000")
    assert str(name) == SERVER


@in_one_test
@pytest.mark.parametrize(
    "text",
    [
        "",
        "-" * 6,
        "2.16.528-1-990000001-S-12345678",  # five fields: another use of this otherName, whatever stands fifth
        "2.16.528.1.1003.1.3.5.2.1-00000004003214345001",
        SERVER + "-1",
        SERVER.replace("90000380", "9000038"),
        SERVER.replace("90000380", "9000038A"),
        SERVER.replace("90000380", "９００００３８０"),
        SERVER.replace("90000380", "90000380\n"),
    ],
)
def test_what_is_no_uzi_name(text: str) -> None:
    assert UZIName.read(text) is None
    assert uras([other(text)]) == ()


@pytest.mark.parametrize(
    ("text", "of_server"), [(SERVER, True), (PASS, False), (SERVER.replace("123456789", "12345678"), False)]
)
def test_that_of_a_server_has_a_form_of_its_own(text: str, of_server: bool) -> None:
    name = UZIName.read(text)
    assert name is not None
    assert name.is_of_server is of_server


def test_each_care_provider_counts_once_and_other_names_do_not() -> None:
    names = [other(SERVER), other("nonsense"), other(PASS), other(SERVER), other(SERVER, "1.2.3")]
    names.append(GeneralName("dns", PASS))
    assert uras(names) == ("90000380", "90000381")
    assert uzi_texts(names) == (SERVER, "nonsense", PASS, SERVER)
    assert uras(None) == uzi_texts(None) == ()
