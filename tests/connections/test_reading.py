"""``connections.toml``: what it says is read, and what is wrong in it is told by its line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.connections import read_connections
from pkitools.connections.drafting import quoted
from pkitools.connections.places import lines_of
from pkitools.connections.reading import MAX_CONNECTIONS
from pkitools.errors import InputError, InvalidValueError, PkitoolsError
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.toml_text import read_foreign_toml
from tests.connections.support import OIN, connection
from tests.support.cases import in_one_test
from tests.support.effort import bounded

TEMPLATE = Path(__file__).parents[2] / "docs" / "templates" / "connections.toml"
HEAD = f'[organization.a]\noin = "{OIN}"\nname = "Gemeente A"\n'
ROW = connection(files='["f"]')
OTHER_ENTITY = '"urn:nl-eid-gdi:1.0:DV:00000001123456782000:entities:0001"'


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as told:
        read_connections(text.encode(), "c.toml")
    return told.value


# what is wrong, which code says so, in which line, and what the sentence names
WRONG = [
    (HEAD + connection(system='"digit"'), "unknown_near", 6, "digid"),
    (HEAD + connection(system='"xyzzyq"'), "unknown", 6, "eherkenning"),
    (HEAD + connection(system='"iwlz"'), "chosen", 6, "iWlz"),
    (HEAD + connection(organization='"b"'), "unknown", 5, "b"),
    (HEAD + connection(holder='"A"'), "unknown_near", 8, "a"),
    (HEAD + connection(environment='"prodction"'), "unknown_near", 7, "production"),
    (HEAD + connection(livee="2027-01-01"), "field_near", 8, "live"),
    (HEAD + connection(zzzzz="1"), "field", 8, "entity_id"),
    (HEAD + connection(live='"2027-01-01"'), "date", 8, "live"),
    (HEAD + connection(live="2027-01-01T00:00:00Z"), "date", 8, "live"),
    (HEAD + connection(live="0001-01-01"), "year", 8, "2000"),
    (HEAD + connection(files='"f"'), "texts", 8, "files"),
    (HEAD + connection(files="[1]"), "texts", 8, "files"),
    (HEAD + connection(files='["a\\u0000b"]'), "texts", 8, "files"),
    (HEAD + connection(owner="1"), "text", 8, "owner"),
    (HEAD + connection(self_signed="1"), "truth", 8, "self_signed"),
    (HEAD + connection(entity_id=OTHER_ENTITY), "entity_id_oin", 8, "Gemeente A"),
    (HEAD + connection(entity_id='"urn:nl-eid-gdi:1.0:DV:1:entities:0001"'), "entity_id", 8, "urn"),
    (HEAD.replace(OIN, "12345") + ROW, "oin", 2, "12345"),
    *(
        (HEAD + f"[organization.{name}]\nname = 'B'\noin = '12345'\n" + ROW, "oin", 6, "12345")
        for name in ("b", '"gemeente.nl"', "'gemeente.nl'", '"a]b"', '"a\\"]b"', '"\\u0062.nl"', '  "b"  ')
    ),
    (HEAD.replace(OIN, "00000001123456789000") + ROW, "oin", 2, "00000001123456789000"),
    (HEAD + ROW + ROW, "twice", 9, "4"),
    (HEAD + "[[ connection ]]\n" + ROW.partition("\n")[2] + ROW, "twice", 9, "4"),
    (HEAD.replace("name", "naam") + ROW, "field_near", 3, "naam"),
    (HEAD.replace('"Gemeente A"', '""') + ROW, "empty", 3, "name"),
    (HEAD.replace('"Gemeente A"', '" . "') + ROW, "empty", 3, "name"),
    *(
        (HEAD + connection(**{field: f'"{blank}"'}), "empty", 8, field)
        for field in ("owner", "supplier", "holder", "entity_id", "common_name", "endpoint")
        for blank in ("", " ", "\\t\\n", "\u00a0", ".")
    ),
    *((HEAD + connection(dns=f'["a.example.nl", "{blank}"]'), "empty_in", 8, "dns") for blank in ("", " ", ".", "-")),
    *((HEAD + connection(files=f'["f", "{blank}"]'), "empty_files", 8, "files = [") for blank in ("", " ", "\\t")),
    (HEAD + 'tsp = " "\n' + ROW, "empty", 4, "tsp"),
    (HEAD + 'tsp = "kpm"\n' + ROW, "unknown_near", 4, "kpn"),
    ("version = 2\n" + HEAD + ROW, "version", 1, "version"),
    (HEAD, "none", 1, "c.toml"),
    (HEAD + "[tsp.kpn]\ndelivery = -1\n" + ROW, "number", 5, "delivery"),
    (HEAD + "[tsp.kpn]\ndelivery = true\n" + ROW, "number", 5, "delivery"),
    (HEAD + "[tsp.kpn]\nhandling = 1\n" + ROW, "field", 5, "delivery"),
    (HEAD + "[system.digidd]\nhandling = 1\n" + ROW, "unknown_near", 4, "digid"),
    ("organization = 1\n" + ROW, "table", 1, "organization"),
    ("connection = [1]\n", "table", 1, "connection"),
    (HEAD + "[[connection]]\n", "missing", 4, "organization"),
]


@in_one_test
@pytest.mark.parametrize(("text", "code", "line", "named"), WRONG, ids=lambda each: str(each)[-30:])
def test_what_is_wrong_is_told_with_its_line(text: str, code: str, line: int, named: str) -> None:
    error = refused(text)
    assert (error.code, error.params["line"]) == (f"connections.error.{code}", line)
    for language in LANGUAGES:
        assert named in error_sentence(error, language)
        assert "c.toml" in error_sentence(error, language)


def test_the_line_is_that_of_the_connection_it_is_in() -> None:
    text = HEAD + ROW * 3
    error = refused(text + connection(live="1"))
    assert error.params["line"] == text.count("\n") + 5


def test_what_stands_in_a_long_text_is_no_heading() -> None:
    error = refused(
        f'[organization.a]\noin = "{OIN}"\nname = """\n[[connection]]\nlive = 1"""\n' + connection(live="1")
    )
    assert error.params["line"] == 10


# what must not take long, or room, before it is refused, with what says so
BOMBS = {
    "nested": ("a = " + "[" * 5_000, "toml.error.not_toml"),
    "tables": ("".join(f"[a{'.a' * 19}]\n" for _ in range(2)), "toml.error.not_toml"),
    "dotted": ("a." * 50 + "a = 1", "files.error.toml_key"),
    "number": ("a = " + "9" * 6_000, "toml.error.not_toml"),
    "long line": ("a = '" + "x" * 20_000 + "'", "files.error.toml_line"),
    "large": (("# " + "x" * 78 + "\n") * 20_000, "files.error.toml_too_large"),
    "headers": ("[[connection]]\n" * (MAX_CONNECTIONS + 1), "connections.error.too_many"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_one_sentence(bomb: str) -> None:
    text, code = BOMBS[bomb]
    with bounded(1):
        error = refused(text)
    assert error.code == code
    assert error.params["name"] == "c.toml"


@pytest.mark.slow
def test_a_file_of_as_many_connections_as_may_be_is_read() -> None:
    row = '[[connection]]\norganization="a"\nenvironment="production"\ndns=["%s"]\n'
    rows = (row % number for number in range(MAX_CONNECTIONS))
    with bounded(5):
        found = read_connections((HEAD + "".join(rows)).encode(), "c.toml")
        names = set(found.told_apart().values())
    assert len(found.connections) == len(names) == MAX_CONNECTIONS


def test_the_template_can_be_read() -> None:
    found = read_connections(TEMPLATE.read_bytes(), str(TEMPLATE))
    first, second = found.connections
    assert first.system is not None
    assert (first.system.name, first.organization.tsp, first.organization.subscriber) == (
        "digid-machtigen",
        "kpn",
        True,
    )
    assert first.files[0] == str(TEMPLATE.parent / "voorbeeld" / "productie")
    assert (second.self_signed, second.holder.key) == (True, "softwarehuis")
    assert {str(kind): days for kind, days in first.stated.items()} == {
        "registration": 10,
        "delivery": 10,
        "handling": 5,
        "course": 120,
    }


def test_paths_count_from_the_folder_of_the_file() -> None:
    text = (HEAD + connection(files='["f", "../g/*.pem", "/h"]')).encode()
    assert read_connections(text, "here/c.toml").connections[0].files == ("here/f", "g/*.pem", "/h")
    assert read_connections(text, "c.toml").connections[0].files == ("f", "../g/*.pem", "/h")


@pytest.mark.slow
@given(st.text())
def test_any_text_is_quoted_so_that_it_comes_back(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate is in no file
    assert read_foreign_toml(f"a = {quoted(text)}", "a") == {"a": text}


FIELDS = ["organization", "system", "environment", "files", "live", "sent", "holder", "entity_id", "dns", "x"]
VALUES = ['"a"', "1", "true", "[]", '["a"]', "2027-01-01", "{}", '""', '"production"', '"digid"', "1e400", "12:00:00"]


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from(VALUES)), unique_by=lambda pair: pair[0]))
def test_any_connection_is_read_or_refused_in_one_sentence(rows: list[tuple[str, str]]) -> None:
    text = HEAD + "[[connection]]\n" + "".join(f"{field} = {value}\n" for field, value in rows)
    said = _said(text)
    assert said == "read" or said.startswith("connections.error.")


def _said(text: str) -> str:
    """What became of a file: it was read, or the code of what is wrong, which has a sentence."""
    try:
        read_connections(text.encode(), "c.toml")
    except PkitoolsError as error:
        return error.code if error_sentence(error, "nl") else ""
    return "read"


def test_a_name_that_nobody_has_is_compared_with_those_that_who_looks_it_up_knows() -> None:
    def lookup(name: str) -> Any:
        raise InvalidValueError("systems.error.unknown_near", name=name, near="zaaksysteem", known="digid, zaaksysteem")

    with pytest.raises(InputError) as told:
        read_connections((HEAD + connection(system='"zaaksystem"')).encode(), "c.toml", system=lookup)
    assert (told.value.code, told.value.params["near"]) == ("connections.error.unknown_near", "zaaksysteem")


VALUES: Final = (
    '"a"',
    "'''\nb # '''",
    '"""\nb"""',
    '"""b\\"""c\n"""',
    '"""\n# """',
    '"# geen opmerking"',
    '\'"""\'',
    "\"'''\"",
    '"\\""',
    "1",
    '["""\n""", """a"""]',
)
REMARKS: Final = ("", ' # """', " # '''", ' # "', ' # it\'s """')


@given(st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(REMARKS), st.sampled_from(REMARKS)), max_size=8))
def test_a_field_stands_in_the_line_that_is_told(fields: list[tuple[str, str, str]]) -> None:
    """Whatever stands around it: remarks with quotes in them, texts of several lines, quotes within quotes."""
    lines: list[str] = []
    expected = {}
    for number, (value, before, behind) in enumerate(fields):
        lines.append(before.strip())
        expected["a", f"k{number}"] = len(lines) + 2
        lines += f"k{number} = {value}{behind}".split("\n")
    text = "\n".join(["[a]", *lines, "[b]", "k = 1"])
    assert len(tomllib.loads(text).get("a", {})) == len(fields)
    known = lines_of(text.encode()).known
    assert {path: known.get(path) for path in expected} == expected
    assert known["b",] == len(lines) + 2
