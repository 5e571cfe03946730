"""Enrolment files of g4-trial: read as it means them, and nothing more than that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.errors import InputError, InvalidValueError, LimitError, PkitoolsError, StateError
from pkitools_test_pki.enrol import enrol
from pkitools_test_pki.g4_trial.records import serial_number
from pkitools_test_pki.g4_trial.trial_yaml import MAX_ENROLMENT_BYTES, Enrolment, read_enrolment
from pkitools_test_pki.g4_trial.yaml_reader import read_yaml
from pkitools_test_pki.pki import PKI
from tests.support.cases import in_one_test
from tests.support.effort import bounded

yaml = pytest.importorskip("yaml", reason="the extra pkitools-nl[g4-trial] is not installed")

TLS = """---
profile: profiles/G4TRIALEEPrivGTLSSYS2025.yaml
subject:
  C: NL
  O: TRIAL Zorg, Welzijn en "Zo"
  CN: TRIAL Zorg
  organizationIdentifier: NTRNL-99999991  # the KvK number
  serialNumber: 00000099999999910000      # the OIN
subjectAltNames:
  - example.com
  - www.example.com
"""
PERSON = """---
profile: profiles/G4TRIALEEPrivGOtherNP2025SponsorValidated.yaml
subject:
  C: NL
  O: TRIAL Company name B.V.
  SN: Trom
  GN: Dik
  CN: TRIAL Dik Trom
  organizationIdentifier: NTRNL-99999999
  serialNumber: AB123456789
subjectAltNames:
  - dik.trom@companyname.com
  - type-id: 1.3.6.1.4.1.311.20.2.3
    encoding: UTF8
    value: ABCD001@0.1.2.3.4
  - type-id: 1.3.6.1.4.1.1466.115.121.1.26
    encoding: IA5
    value: 0.1.2.3.4-diktrom
  - identifierValue: diktrom
    assigner: 0.1.2.3.4
"""


def read(text: str) -> Enrolment:
    return read_enrolment(text.encode(), "x.yaml")


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def test_an_enrolment_becomes_a_certificate(pki: PKI) -> None:
    enrolment = read(TLS)
    chosen, changes = enrol(enrolment.template, enrolment.wishes())
    facts = pki.issue(enrolment.template, **chosen).facts
    assert changes == ()
    assert [(a.name, a.value) for a in facts.subject] == [
        ("C", "NL"),
        ("O", 'TRIAL Zorg, Welzijn en "Zo"'),
        ("CN", "TRIAL Zorg"),
        ("organizationIdentifier", "NTRNL-99999991"),
        ("serialNumber", "00000099999999910000"),
    ]
    assert [name.value for name in facts.subject_alternative_name or ()] == ["example.com", "www.example.com"]


def test_a_person_with_every_kind_of_name(pki: PKI) -> None:
    enrolment = read(PERSON)
    chosen, _ = enrol(enrolment.template, enrolment.wishes())
    issued = pki.issue(enrolment.template, **chosen)
    assert [name.kind for name in issued.facts.subject_alternative_name or ()] == ["email", *["other"] * 3]
    for der in (
        b"\x0c\x11ABCD001@0.1.2.3.4",
        b"\x16\x110.1.2.3.4-diktrom",
        b"\x0c\x07diktrom\x06\x04\x01\x02\x03\x04",
    ):
        assert der in issued.der


def test_what_is_left_out_is_not_made_up(pki: PKI) -> None:
    enrolment = read(changed(TLS, "  serialNumber: 00000099999999910000      # the OIN\n", ""))
    facts = pki.issue(enrolment.template, **enrolment.wishes()).facts
    assert facts.subject_serial_numbers == ()


@pytest.mark.parametrize("oin", ["00000001001234567000", "00000099000000000000", "00000003520354760000"])
def test_an_oin_is_text_also_where_yaml_sees_a_number(oin: str) -> None:
    # digits below eight after a zero are an octal number in YAML 1.1
    enrolment = read(changed(TLS, "00000099999999910000", oin))
    assert enrolment.subject["serialNumber"] == oin


def test_norway_is_a_country() -> None:
    assert read(changed(TLS, "C: NL", "C: NO")).subject["C"] == "NO"


@pytest.mark.parametrize("name", ["commonName", "common_name", "2.5.4.3"])
def test_attributes_have_several_names(name: str) -> None:
    assert read(changed(TLS, "  CN:", f"  {name}:")).subject["CN"] == "TRIAL Zorg"


def test_a_missing_trial_prefix_is_mended_and_said() -> None:
    enrolment = read(changed(TLS, "CN: TRIAL Zorg", "CN: Zorg"))
    _, changes = enrol(enrolment.template, enrolment.wishes())
    assert [(change.kind, change.field, change.after) for change in changes] == [("prefixed", "CN", "TRIAL Zorg")]


@in_one_test
@pytest.mark.parametrize(
    ("old", "new", "kind", "words"),
    [
        ("GTLSSYS2025", "GTLSSYS2099", InvalidValueError, "no counterpart here"),
        ("profiles/G4TRIALEEPrivGTLSSYS2025.yaml", "[a]", InputError, "no enrolment file"),
        ("profile:", "profil:", InputError, "no enrolment file"),
        ("subjectAltNames", "subjectAltName", InputError, "does not know: subjectAltName"),
        ("  O:", "  Org:", InputError, "does not know: Org"),
        ("  C: NL", "  C: NL\n  OU: ICT", InputError, "does not know: OU"),
        ("  C: NL", "  C: NL\n  organizationalUnitName: ICT", InvalidValueError, "has OU, which g4-tls does not know"),
        ("  C: NL", "  C: NL\n  country: BE", InvalidValueError, "C"),
        ("  C: NL", "  C: NL\n  C: BE", InputError, "twice"),
        ('  O: TRIAL Zorg, Welzijn en "Zo"\n', "", InvalidValueError, "O"),
        (
            "  organizationIdentifier: NTRNL-99999991  # the KvK number\n",
            "",
            InvalidValueError,
            "organizationIdentifier",
        ),
        ("subjectAltNames:\n  - example.com\n  - www.example.com\n", "", InvalidValueError, "at least one host name"),
        ("  - example.com\n", "  - a@example.com\n", InvalidValueError, "g4-tls"),
        ("  - example.com\n", "  - [a]\n", InputError, "cannot be encoded"),
        ("  - example.com\n", "  - *a\n", InputError, "anchor"),
        ("C: NL", "C: &a NL", InputError, "anchor"),
        ("C: NL", "C: !!python/object/apply:os.system [id]", InputError, "tag"),
        ("C: NL", "C: !!str NL", InputError, "tag"),
        ("---\n", "--- a\n---\n", InputError, "2 YAML documents"),
        ("C: NL", "? [C]\n  : NL", InputError, "no text"),
        ("C: NL", 'C: "\\UFFFFFFFF"', InputError, "not readable as YAML"),
        ("C: NL", "C: [NL", InputError, "not readable as YAML"),
    ],
)
def test_what_is_no_enrolment_is_refused(old: str, new: str, kind: type[PkitoolsError], words: str) -> None:
    with pytest.raises(kind, match=words):
        read(changed(TLS, old, new)).wishes()


@in_one_test
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dik.trom@companyname.com", "a@b@c"),
        ("dik.trom@companyname.com", '"a\\n@b.nl"'),
        ("encoding: UTF8", "encoding: UTF16"),
        ("1.3.6.1.4.1.311.20.2.3", "1.3.x"),
        ("1.3.6.1.4.1.311.20.2.3", "0.40.1"),
        ("assigner: 0.1.2.3.4", "assigner: nobody"),
        ("0.1.2.3.4-diktrom", "dïktrom"),
    ],
)
def test_names_that_cannot_be_written_are_refused(old: str, new: str) -> None:
    with pytest.raises(PkitoolsError):
        read(changed(PERSON, old, new)).wishes()


def test_an_organisation_has_no_other_names() -> None:
    text = changed(PERSON, "NP2025SponsorValidated", "LPAuthenticity2025")
    for part in ("  SN: Trom\n", "  GN: Dik\n"):
        text = changed(text, part, "")
    with pytest.raises(InvalidValueError, match="g4-authenticity"):
        read(text).wishes()


def test_the_number_of_a_section_513_profile_has_a_form() -> None:
    name = "G4TRIALEEEUTLGSigsNP2025IndividualValidatedSection513"
    subject = {"C": "NL", "SN": "Trom", "GN": "Dik", "CN": "TRIAL Dik Trom", "serialNumber": "PASSK-P3000180"}
    assert Enrolment(name, subject).wishes()["oin"] == "PASSK-P3000180"
    with pytest.raises(InvalidValueError, match="serialNumber"):
        Enrolment(name, {**subject, "serialNumber": "P3000180"}).wishes()


def test_too_many_names_are_refused() -> None:
    with pytest.raises(InputError, match="101 alternative names"):
        read(TLS + "".join(f"  - a{n}.example.com\n" for n in range(99)))


# -- bounds ------------------------------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize(
    "data",
    [
        b"a" * (MAX_ENROLMENT_BYTES + 1),
        b"[" * 60_000,
        b"{a: " * 15_000,
        b"- " * 30_000,
        b"a: &a [x]\n" + b"b: [" + b"*a," * 15_000 + b"]",
        b"? " * 30_000,
        b"'" * 60_001,
        b"a: |\n" + b" x\n" * 20_000,
        b"a" * 2000 + b": " * 15_000,
        b"\xff\xfe",
        b"",
        b"\x00",
    ],
)
@pytest.mark.parametrize("compiled", [True, False])
def test_hostile_yaml_ends_in_an_error_of_ours_and_in_time(
    data: bytes, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not compiled:
        monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    with bounded(3), pytest.raises((InputError, LimitError)):
        read_enrolment(data)


@given(st.binary(max_size=300) | st.text(alphabet="-:?&*!|>'\"%@`{}[],# \n\taé0\\", max_size=200).map(str.encode))
def test_any_bytes_give_yaml_or_an_error_of_ours(data: bytes) -> None:
    try:
        read_yaml(data, "x", limit=1000)
    except (InputError, LimitError):
        return


@given(
    st.dictionaries(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8),
        st.lists(st.text(max_size=10), max_size=3) | st.text(max_size=10),
        min_size=1,
        max_size=5,
    )
)
def test_what_pyyaml_writes_is_read_back(document: dict[str, object]) -> None:
    text = yaml.safe_dump(document, default_style='"', allow_unicode=True)
    assert read_yaml(text.encode("utf-8", "surrogatepass"), "x", limit=100_000) == document


def test_without_pyyaml_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(StateError, match=r"pkitools-nl\[g4-trial\]"):
        read(TLS)


@in_one_test
@pytest.mark.parametrize(
    ("text", "number"),
    [("78:74:17", 0x787417), ("7:74", 0x774), ("0x40", 64), ("0X40 (64)", 64), ("12", 12), (" 12 ", 12)],
)
def test_serial_numbers_in_every_notation(text: str, number: int) -> None:
    assert serial_number(text) == number


@in_one_test
@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", "0x", "78:7", "1" * 61, "0x" + "1" * 129, "٣"])
def test_what_is_no_serial_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # its text is the input
        serial_number(text)
