"""Does the certificate name the host? Only asked when a host is given."""

from __future__ import annotations

import pytest

from pkitools.errors import InvalidValueError
from pkitools.validation.host import names_host, presented
from pkitools.x509.path_certificate import load
from tests.support.cases import in_one_test
from tests.support.chains import SAN, end_entity, good_chain
from tests.support.der import sequence, tlv


def holds(host: str, *names: tuple[int, bytes]) -> bool:
    leaf = end_entity("not.a.name", good_chain().tsp, extensions={SAN: (False, sequence(*(tlv(*n) for n in names)))})
    return names_host(load(leaf.der), host)


@in_one_test
@pytest.mark.parametrize(
    ("pattern", "host", "expected"),
    [
        ("example.nl", "example.nl", True),
        ("EXAMPLE.nl", "example.NL", True),
        ("example.nl", "example.nl.", True),
        ("example.nl", "www.example.nl", False),
        ("*.example.nl", "www.example.nl", True),
        ("*.example.nl", "a.b.example.nl", False),
        ("*.example.nl", "example.nl", False),
        ("*.nl", "example.nl", False),
        ("*", "nl", False),
        ("w*.example.nl", "www.example.nl", False),
        ("www.*.nl", "www.example.nl", False),
        ("a_b.example.nl", "a_b.example.nl", True),
        ("xn--80ak6aa92e.nl", "xn--80ak6aa92e.nl", True),
        ("example.nl\x00.evil.nl", "example.nl", False),
        ("192.0.2.1", "192.0.2.1", False),
        (" example.nl", "example.nl", False),
    ],
)
def test_dns_names(pattern: str, host: str, expected: bool) -> None:
    assert holds(host, (0x82, pattern.encode())) == expected


def test_bytes_beyond_ascii_match_nothing() -> None:
    assert not holds("example.nl", (0x82, b"ex\xe4mple.nl"), (0x82, b"\xff"))


@in_one_test
@pytest.mark.parametrize(
    ("address", "host", "expected"),
    [
        (b"\xc0\x00\x02\x01", "192.0.2.1", True),
        (b"\xc0\x00\x02\x01", "192.0.2.2", False),
        (bytes(15) + b"\x01", "::1", True),
        (bytes(15) + b"\x01", "[::1]", True),
        (bytes(10) + b"\xff\xff\xc0\x00\x02\x01", "192.0.2.1", False),
    ],
)
def test_addresses(address: bytes, host: str, expected: bool) -> None:
    assert holds(host, (0x87, address)) == expected


def test_the_common_name_is_no_name_of_a_host() -> None:
    leaf = end_entity("host.example.nl", good_chain().tsp, extensions={SAN: None})
    assert not names_host(load(leaf.der), "host.example.nl")


@in_one_test
@pytest.mark.parametrize("host", ["", "*.example.nl", "a b", "exämple.nl", "-a.nl", "a..nl", "x" * 300])
def test_what_is_no_host_is_the_callers_mistake(host: str) -> None:
    with pytest.raises(InvalidValueError):
        holds(host, (0x82, b"example.nl"))


def test_what_is_presented_is_short() -> None:
    many = sequence(*(tlv(0x82, f"n{n}.nl".encode()) for n in range(20)))
    leaf = end_entity("leaf", good_chain().tsp, extensions={SAN: (False, many)})
    assert presented(load(leaf.der), 3) == "n0.nl, n1.nl, n2.nl … (+17)"
    nothing = end_entity("leaf", good_chain().tsp, extensions={SAN: None})
    assert presented(load(nothing.der), 3) == "-"
