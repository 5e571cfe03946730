"""A certificate that a text of another kind has in pieces is put together, and where that cannot be it is told."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.containers import ItemKind, read_source
from pkitools.containers.wanted import may_hold_more
from pkitools.errors import InputError
from tests.portfolio.support import scanned
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.effort import bounded

LEAF: Final = good_chain().leaf.der
WIDTHS: Final = (20, 40, 48, 50, 64, 76)


def lines(der: bytes, width: int) -> list[str]:
    text = b64encode(der).decode()
    return [text[at : at + width] for at in range(0, len(text), width)]


def armoured(der: bytes, width: int) -> list[str]:
    return ["-----BEGIN CERTIFICATE-----", *lines(der, width), "-----END CERTIFICATE-----"]


def ended(each: Sequence[str]) -> list[str]:
    return [f"{line}\\n" for line in each]


PIECES: Final[dict[str, Callable[[Sequence[str]], str]]] = {
    "a list of JSON": lambda each: json.dumps({"name": "x", "cert": each}),
    "a list of JSON on lines": lambda each: json.dumps([{"cert": each}], indent=2),
    "JavaScript": lambda each: "var c = " + " +\n  ".join(f'"{line}"' for line in each) + ";\n",
    "JavaScript, with line ends": lambda each: "var c = " + " +\n  ".join(f"'{line}'" for line in ended(each)) + ";\n",
    "PHP": lambda each: "$c = " + "\n . ".join(f"'{line}'" for line in each) + ";\n",
    "Python": lambda each: "c = (\n" + "\n".join(f'    "{line}"' for line in ended(each)) + "\n)\n",
    "C": lambda each: "char c[] =\n" + "\n".join(f'"{line}"' for line in ended(each)) + ";\n",
    "a list of YAML": lambda each: "a: [" + ", ".join(f'"{line}"' for line in each) + "]\n",
}


@in_one_test
@pytest.mark.parametrize(("form", "width"), tuple(product(PIECES, WIDTHS)))
@pytest.mark.parametrize("made", [lines, armoured])
def test_a_certificate_in_pieces_is_put_together(
    form: str, width: int, made: Callable[[bytes, int], list[str]]
) -> None:
    text = PIECES[form](made(LEAF, width)).encode()
    for written in (text, text.replace(b"\n", b"\r\n")):
        contents = read_source(written, "x")
        assert [item.der for item in contents.of_kind(ItemKind.CERTIFICATE)] == [LEAF]
        assert not contents.problems


def ldif(values: Sequence[str], width: int, end: str = "\n") -> bytes:
    folded = []
    for value in ("dn: cn=a,o=b", *values):
        folded += [value[:width], *(f" {value[at : at + width - 1]}" for at in range(width, len(value), width - 1))]
    return end.join([*folded, ""]).encode()


@in_one_test
@pytest.mark.parametrize(("width", "end"), tuple(product((20, 50, 76, 78, 10_000), ("\n", "\r\n"))))
def test_every_value_of_ldif_is_read(width: int, end: str) -> None:
    pem = b64encode("\n".join(armoured(good_chain().domain.der, 64)).encode()).decode()
    given = [
        "objectClass: x", f"userCertificate;binary:: {b64encode(LEAF).decode()}", "jpegPhoto:: /9j/4AAQSkZJRgABAQ==",
        f"cACertificate:: {b64encode(good_chain().tsp.der).decode()}", "sn:: TWVuaW5n", f"pem:: {pem}",
    ]  # fmt: skip
    contents = read_source(ldif(given, width, end), "x")
    found = [(item.alias, item.der) for item in contents.of_kind(ItemKind.CERTIFICATE)]
    assert found == [
        ("userCertificate;binary", LEAF), ("cACertificate", good_chain().tsp.der), ("pem", good_chain().domain.der)
    ]  # fmt: skip
    assert not contents.problems


def test_certificates_of_a_list_are_not_put_together() -> None:
    """Each in ``x5c`` is one."""
    chain = [b64encode(each.der).decode() for each in (good_chain().leaf, good_chain().tsp)]
    contents = read_source(json.dumps({"keys": [{"kty": "RSA", "x5c": chain}]}).encode(), "x")
    assert len(contents.of_kind(ItemKind.CERTIFICATE)) == 2


@in_one_test
@pytest.mark.parametrize("width", [9, *WIDTHS])
@pytest.mark.parametrize("between", [" | ", "\n# ", "</p><p>", "\\\\", '", comment, "'])
def test_the_beginning_of_one_that_cannot_be_put_together_is_told(tmp_path: Path, width: int, between: str) -> None:
    text = "x: " + between.join(lines(LEAF, width)) + "\n"
    assert may_hold_more(text.encode())
    (tmp_path / "notes.txt").write_text(text)
    (tmp_path / "a.der").write_bytes(LEAF)
    found = scanned(tmp_path)
    assert not found.is_whole
    assert [one.name for one in found.unread] == [str(tmp_path / "notes.txt")]


@pytest.mark.parametrize(
    "text",
    [
        "MIICE is a name, MIIB too, MIIT1234 and AMIIBxyzzyDCCA\n",
        '{"integrity": "sha512-MIIE+aa/bbccdd/eeffgg=="}\n',
        "\n".join(f"{number:064x} file{number}" for number in range(500)),
        'a = "b" + \'c\' + "d"\n',
    ],
)
def test_what_only_looks_like_it_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.txt").write_text(text)
    assert not scanned(tmp_path).unread


LONG: Final = (
    '"MIIBMDCC"',
    '"MIIBMDCCAAA",',
    '"-----BEGIN A-----","',
    "dn: a\nb:: MIIBMDCCAAAAAAAA\n ",
    '"MIIBMDCC"' + " " * 150,
)


@pytest.mark.parametrize("text", LONG)
def test_a_text_that_was_made_to_take_long_does_not(text: str) -> None:
    with bounded(3), suppress(InputError):
        read_source(b"x" + (text * (1_000_000 // len(text))).encode(), "x")
