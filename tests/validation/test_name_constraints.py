"""Name constraints: every kind of name against every kind of subtree."""

from __future__ import annotations

import pytest

from pkitools.validation.name_constraints import (
    DIRECTORY,
    DNS,
    EMAIL,
    IP,
    URI,
    TooManyComparisons,
    check_name_constraints,
    read_constraints,
)
from pkitools.x509.der import DERError
from pkitools.x509.path_certificate import load
from tests.support.cases import in_one_test
from tests.support.chains import NC, SAN, Issued, authority, end_entity, excluded, permitted
from tests.support.der import common_name, name, sequence, tlv
from tests.support.effort import bounded

OTHER = 0xA0


def der(kind: int, value: str | bytes) -> bytes:
    return tlv(kind, value.encode() if isinstance(value, str) else value)


def allowed(constraint: bytes, *names: bytes, subject: bytes | None = None) -> bool:
    root = authority("Root", extensions={NC: (True, constraint)})
    san = {SAN: (False, sequence(*names)) if names else None}
    leaf = end_entity("leaf", root, extensions=san, subject=subject)
    return not check_name_constraints([load(leaf.der), load(root.der)])


# kind, subtree, name, below a permitted subtree, below an excluded one
MATCHES = [
    (DNS, "example.nl", "example.nl", True, False),
    (DNS, "example.nl", "a.b.EXAMPLE.nl", True, False),
    (DNS, "example.nl", "notexample.nl", False, True),
    (DNS, "example.nl", "*.example.nl", True, False),
    (DNS, "a.example.nl", "*.example.nl", False, False),
    (DNS, "a.b.example.nl", "*.example.nl", False, True),
    (DNS, "", "anything.nl", True, False),
    (DNS, "example.nl", "example.nl.", False, False),
    (DNS, "example.nl", "ex\x00ample.nl", False, False),
    (DNS, "example.nl", "", False, False),
    (DNS, "example.nl", b"\xff.example.nl", False, False),
    (EMAIL, "example.nl", "a@example.nl", True, False),
    (EMAIL, "example.nl", "a@sub.example.nl", False, True),
    (EMAIL, ".example.nl", "a@sub.example.nl", True, False),
    (EMAIL, ".example.nl", "a@example.nl", False, True),
    (EMAIL, "A@example.nl", "A@EXAMPLE.nl", True, False),
    (EMAIL, "A@example.nl", "a@example.nl", False, True),
    (EMAIL, "example.nl", "no address", False, False),
    (EMAIL, "example.nl", "a@b@example.nl", False, False),
    (URI, "example.nl", "https://example.nl/x", True, False),
    (URI, "example.nl", "https://a.example.nl/", False, True),
    (URI, ".example.nl", "https://user@a.example.nl:8443/", True, False),
    (URI, ".example.nl", "https://example.nl/", False, True),
    (URI, "example.nl", "urn:no:host", False, False),
    (URI, "example.nl", "https://192.0.2.1/", False, False),
    (URI, "example.nl", "https://[::1]/", False, False),
    (URI, "example.nl", "https://[/", False, False),
    (URI, "example.nl", "https://example.nl\x00.example.com/", False, False),
    (IP, b"\x0a\x00\x00\x00\xff\x00\x00\x00", b"\x0a\x01\x02\x03", True, False),
    (IP, b"\x0a\x00\x00\x00\xff\x00\x00\x00", b"\x0b\x01\x02\x03", False, True),
    (IP, b"\x0a\x00\x00\x00\xff\x00\x00\x00", b"\x0a" * 16, False, True),
    (IP, b"\x20\x01" + bytes(14) + b"\xff\xff" + bytes(14), b"\x20\x01" + b"\x07" * 14, True, False),
    (IP, b"\x0a\x00\x00\x00\xff\x00\x00\x00", b"\x0a\x01\x02", False, False),
    (DIRECTORY, name(common_name("Example")), name(common_name("EXAMPLE", 0x13)), True, False),
    (DIRECTORY, name(common_name("Example")), name(common_name("Example"), common_name("more")), True, False),
    (DIRECTORY, name(common_name("Example")), name(common_name("other")), False, True),
    (OTHER, b"\x06\x01\x2a\xa0\x02\x05\x00", b"\x06\x01\x2b\xa0\x02\x05\x00", False, False),
]


@in_one_test
@pytest.mark.parametrize(("kind", "base", "value", "inside", "outside"), MATCHES)
def test_a_name_against_a_subtree(
    kind: int, base: str | bytes, value: str | bytes, inside: bool, outside: bool
) -> None:
    """Where doubt is: not below a permitted subtree, and yet below an excluded one."""
    empty = sequence()  # an empty subject, so that the SAN alone decides
    assert allowed(permitted(der(kind, base)), der(kind, value), subject=empty) == inside
    assert allowed(excluded(der(kind, base)), der(kind, value), subject=empty) == outside


def test_a_constraint_on_one_kind_says_nothing_of_another() -> None:
    assert allowed(permitted(der(DNS, "example.nl")), der(IP, b"\x0a\x00\x00\x01"))
    assert allowed(excluded(der(OTHER, b"\x06\x01\x2a\xa0\x02\x05\x00")), der(DNS, "example.nl"))


def test_the_subject_is_a_directory_name_and_its_email_counts_where_the_san_has_none() -> None:
    assert not allowed(permitted(der(DIRECTORY, name(common_name("x")))), der(DNS, "a.nl"))
    mail = name(("1.2.840.113549.1.9.1", 0x16, b"a@example.nl"))
    assert not allowed(excluded(der(EMAIL, "example.nl")), subject=mail)
    assert allowed(excluded(der(EMAIL, "example.nl")), der(EMAIL, "a@example.com"), subject=mail)


def test_constraints_of_every_authority_add_up_and_none_widens() -> None:
    root = authority("Root", extensions={NC: (True, permitted(der(DNS, "example.nl")))})
    narrow = authority("Narrow", root, extensions={NC: (True, permitted(der(DNS, "a.example.nl")))})
    wide = authority("Wide", narrow, extensions={NC: (True, permitted(der(DNS, "nl")))})
    for host, good in (("x.a.example.nl", True), ("b.example.nl", False), ("other.nl", False)):
        leaf = end_entity(host, wide)
        found = check_name_constraints([load(c.der) for c in (leaf, wide, narrow, root)])
        assert (not found) == good


def test_a_self_issued_authority_is_exempt_and_a_self_issued_end_entity_is_not() -> None:
    root = authority("Root", extensions={NC: (True, excluded(der(DIRECTORY, name(common_name("Root")))))})
    again = Issued(authority("Root", root).der, root.key, root.subject)
    leaf = end_entity("leaf", again)
    assert check_name_constraints([load(c.der) for c in (leaf, again, root)]) == []
    assert check_name_constraints([load(c.der) for c in (again, root)]) != []


@in_one_test
@pytest.mark.parametrize(
    "value",
    [
        sequence(),
        sequence(tlv(0xA0)),
        sequence(tlv(0xA2, sequence(der(DNS, "a")))),
        permitted(der(DNS, ".example.nl")),
        permitted(der(DNS, "*.example.nl")),
        permitted(der(EMAIL, "a@b@c")),
        permitted(der(IP, b"\x0a\x00\x00\x00")),
        permitted(der(IP, b"\x0a\x00\x00\x00\xff\x00\xff\x00")),
        permitted(tlv(0x04, b"x")),
        sequence(tlv(0xA0, sequence(der(DNS, "a"), tlv(0x80, b"\x01")))),
        b"\x30\x03\x02\x01",
    ],
)
def test_a_constraint_nobody_can_apply_is_an_error(value: bytes) -> None:
    with pytest.raises(DERError):
        read_constraints(value)


def test_names_times_subtrees_have_a_bound() -> None:
    subtrees = permitted(*(der(DNS, f"s{n}.nl") for n in range(1000)))
    root = authority("Root", extensions={NC: (True, subtrees)})
    leaf = end_entity("leaf", root, extensions={SAN: (False, sequence(*(der(DNS, f"n{n}.nl") for n in range(1000))))})
    path = [load(leaf.der), load(root.der)]
    with bounded(1.0), pytest.raises(TooManyComparisons):
        check_name_constraints(path)
