"""``cert show`` of large files: what it costs beside the bytes of the file, in text and in JSON."""

from __future__ import annotations

from textwrap import dedent

import pytest

from pkitools.limits import MAX_INPUT_BYTES, MAX_METADATA_BYTES
from tests.conftest import LEVEL
from tests.support.cases import in_one_test
from tests.support.costs import MIB, cost

pytestmark = pytest.mark.slow

SIZE = MAX_INPUT_BYTES if LEVEL == "deep" else MAX_METADATA_BYTES * 5 // 4
"""Octets of a large file: as many as may be, or enough to be read as such; the bounds are as much smaller."""

SHOW = """
import json
from itertools import islice
from pkitools.reports import describe, cert_show_document
from pkitools_cli.commands.cert.show_text import file_lines
from tests.support.shown import MOMENT, crl, entity, key_descriptor, message, response, small
from tests.support.der import oid, sequence, integer
def show(data):
    read = describe("f", read_source(data, "f"))
    for _ in file_lines(read, MOMENT):
        pass
    for _ in json.JSONEncoder(indent=2).iterencode(cert_show_document([read], MOMENT)):
        pass
    if read.error:
        raise read.error
    for each in read.items:
        if each.error:
            raise each.error
for warm in (crl(), response(), entity("", key_descriptor(small().ders[0])).encode(), message().encode()):
    show(warm)
"""
READ = "show(data)"
SIGNED = "2.16.840.1.101.3.4.2.1"

CASES = {
    # name: how the bytes are made, the code of the error
    "a response of one endless certificate": (
        """
        basic = sequence(tlv(0x30), tlv(0x30), b"\\x03\\x01\\x00", tlv(0xA0, tlv(0x30, tlv(0x30, bytes(SIZE)))))
        data = sequence(b"\\x0a\\x01\\x00", tlv(0xA0, sequence(oid("1.3.6.1.5.5.7.48.1.1"), tlv(0x04, basic))))
        """,
        "revocation.error.ocsp_too_large",
    ),
    "a response of a million answers": (
        'data = sequence(b"\\x0a\\x01\\x00", tlv(0xA0, b"\\x30\\x00" * (SIZE // 2)))',
        "revocation.error.ocsp_too_large",
    ),
    "a list of two million entries": (
        """
        one = sequence(b"\\x02\\x09\\x01" + bytes(8), tlv(0x17, b"260101000000Z"))
        algorithm, name = sequence(oid("1.2.840.10045.4.3.2")), tlv(0x30)
        times = tlv(0x17, b"261101000000Z") + tlv(0x17, b"261201000000Z")
        body = sequence(integer(1), algorithm, name, times, tlv(0x30, one * (SIZE // len(one))))
        data = sequence(body, algorithm, b"\\x03\\x01\\x00")
        """,
        "",
    ),
    "metadata of entities without a key": (
        """
        one = b'<EntityDescriptor entityID="urn:nl-eid-gdi:1.0:DV:00000001822477348000:entities:0001" validUntil="x">'
        data = entity("", key_descriptor(small().ders[0])).encode() + one * (SIZE // len(one))
        """,
        "sources.error.too_many_blocks",
    ),
    "metadata with an endless attribute": (
        """
        endless = b'<EntityDescriptor entityID="' + b"a " * (SIZE // 2)
        data = entity("", key_descriptor(small().ders[0])).encode() + endless
        """,
        "",
    ),
    "metadata with endless attributes": (
        """
        data = entity("a='b' " * (SIZE // 6), key_descriptor(small().ders[0])).encode()
        """,
        "",
    ),
    "a message with an endless signature": (
        """
        data = message(inside="<Signature>" + "A" * SIZE + "</Signature>").encode()
        """,
        "",
    ),
}


@in_one_test
@pytest.mark.parametrize("name", CASES)
def test_a_large_file_costs_little_beside_its_own_bytes(name: str) -> None:
    make, expected = CASES[name]
    memory, effort, code, size = cost(f"SIZE = {SIZE - 4096}\n{dedent(make)}", READ, prepare=SHOW)
    assert code == expected
    assert 0.75 * SIZE < size <= SIZE
    assert memory < SIZE // 8
    assert effort < 120 * SIZE / MAX_INPUT_BYTES  # of the list of entries 24: beside the others it has work to do


ENTITIES = """
name = lambda sign: sign * (1900 // len(sign))
values = [b"entityID='%s' validUntil='%s' cacheDuration='%s'" % ((name(s),) * 3) for s in (b"x", b"\\xff", b"a='b' ")]
values[2] = b"a='b' " * 950 + b"entityID='x'"
one = b"".join(b"<EntityDescriptor %s></EntityDescriptor>" % value for value in values)
data = entity("", key_descriptor(small().ders[0])).encode() + one * {times}
"""


AS_MANY_AS_MAY_BE = 3330
"""Of each of the three; what is fewer is held to its share."""


def test_as_many_entities_as_may_be_cost_little_memory_and_as_much_each() -> None:
    """Of long names, octets that are no text, and a thousand attributes: what is kept of each has a bound.

    In a deep run as many as may be; else four times as many as the fewer.
    """
    few = 185 if LEVEL == "deep" else 90
    many = AS_MANY_AS_MAY_BE if LEVEL == "deep" else 4 * few
    memory, effort, code, size = cost(ENTITIES.format(times=many), READ, prepare=SHOW)
    fewer, brief, _, _ = cost(ENTITIES.format(times=few), READ, prepare=SHOW)
    assert code == ""
    assert size > 50 * MIB * many // AS_MANY_AS_MAY_BE
    assert memory < 64 * MIB * many // AS_MANY_AS_MAY_BE
    assert memory < 1.4 * many / few * fewer
    assert effort < 2 * many / few * brief  # of each looked at for each: as often again as there are more


MANY = """
from base64 import encodebytes
from tests.support.certificates import giving, made
ders = [made("g1-server", giving("CN", f"{{n}}.nl")).der for n in range(20)]
block = lambda der: b"-----BEGIN CERTIFICATE-----\\n" + encodebytes(der) + b"-----END CERTIFICATE-----\\n"
data = b"".join(map(block, ders)) * {times}
"""


def test_each_certificate_more_costs_as_much_as_the_one_before() -> None:
    """All of one issuer, many with the same name."""
    few = 7 if LEVEL == "deep" else 3
    (small, brief, _, _), (large, long, _, _) = (cost(MANY.format(times=n), READ, prepare=SHOW) for n in (few, 2 * few))
    assert long < 3 * brief
    assert large < 3 * small
    assert large / (40 * few) < 64 * 1024  # octets for each
    assert long < 9 * few  # yardsticks: usually one and a half for each of these
