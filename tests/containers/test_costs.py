"""Limits hold while reading: 64 MiB that nobody signed cost less than 64 MiB beside themselves, of every kind."""

from __future__ import annotations

import re
from time import process_time

import pytest

from pkitools.containers import read_source
from pkitools.errors import InputError
from pkitools.limits import MAX_INPUT_BYTES
from tests.conftest import LEVEL
from tests.support.cases import in_one_test
from tests.support.costs import MIB, memory_of

SIGNED_DATA = 'oid("1.2.840.113549.1.7.2")'
SOURCE, CRL, OCSP = 'read_source(data, "f")', "read_crl(data)", "read_response(data, limit=64 << 20)"

PART = 1 if LEVEL == "deep" else 3
"""Of what takes long as much as there may be, or a third of it, which may cost a third."""

CASES = {
    # name: how the bytes are made, how they are read, the error's code
    "a list of nothing": ('data = tlv(0x30, b"\\x30\\x00" * (SIZE // 2))', CRL, "revocation.error.crl_malformed"),
    "a CRL with a million fields": (
        'data = tlv(0x30, tlv(0x30, b"\\x30\\x00" * (SIZE // 2)), b"\\x30\\x00", b"\\x03\\x01\\x00")',
        CRL,
        "revocation.error.crl_malformed",
    ),
    "a CRL with a large algorithm": (
        'a = tlv(0x30, bytes(SIZE // 2)); data = tlv(0x30, tlv(0x30, a), a, b"\\x03\\x01\\x00")',
        CRL,
        "revocation.error.crl_malformed",
    ),
    "a CRL with a large signature": (
        "data = tlv(0x30, tlv(0x30), tlv(0x30), tlv(0x03, bytes(SIZE)))",
        CRL,
        "revocation.error.crl_malformed",
    ),
    "a CRL in PEM of short lines": (
        'data = b"-----BEGIN X509 CRL-----\\n" + b"A\\n" * (SIZE // 2) + b"-----END X509 CRL-----\\n"',
        CRL,
        "revocation.error.crl_not_der",
    ),
    "an OCSP response of nothing": (
        'data = tlv(0x30, b"\\x30\\x00" * (SIZE // 2))',
        OCSP,
        "revocation.error.ocsp_malformed",
    ),
    "PKCS#7 of nothing": (
        (
            "from tests.support.der import oid, sequence\n"
            'inside = sequence(b"\\x02\\x01\\x01\\x31\\x00", sequence(oid("1.2.840.113549.1.7.1")), '
            'tlv(0xA0, b"\\x30\\x00" * (SIZE // 2)), b"\\x31\\x00")\n'
            'data = sequence(oid("1.2.840.113549.1.7.2"), tlv(0xA0, inside))'
        ),
        SOURCE,
        "sources.error.too_many_blocks",
    ),
    "PKCS#7 of what is passed over": (
        (
            "from tests.support.der import oid, sequence\n"
            'inside = sequence(b"\\x02\\x01\\x01\\x31\\x00", sequence(oid("1.2.840.113549.1.7.1")), '
            'tlv(0xA0, b"\\xa1\\x00" * (SIZE // 2)), b"\\x31\\x00")\n'
            'data = sequence(oid("1.2.840.113549.1.7.2"), tlv(0xA0, inside))'
        ),
        SOURCE,
        "sources.error.too_many_blocks",
    ),
    "a large Java keystore": (
        'data = b"\\xfe\\xed\\xfe\\xed" + bytes(SIZE)',
        SOURCE,
        "sources.error.keystore_too_large",
    ),
    "a Java keystore of empty certificates": (
        (
            'data = bytes.fromhex("feedfeed0000000200000001" "00000001" "000161" + "00" * 8 + "00000000" "ffffffff")\n'
            'data += bytes.fromhex("0005582e35303900000000") * 1_000_000 + bytes(20)'
        ),
        SOURCE,
        "sources.error.too_many_blocks",
    ),
    "a Java keystore of certificates of another kind": (
        (
            'data = bytes.fromhex("feedfeed0000000200000001" "00000001" "000161" + "00" * 8 + "00000000" "ffffffff")\n'
            'data += bytes.fromhex("000000000000") * 2_000_000 + bytes(20)'
        ),
        SOURCE,
        "sources.error.too_many_blocks",
    ),
    "metadata of empty elements": (
        (
            'head = b"<EntityDescriptor xmlns=\\"urn:oasis:names:tc:SAML:2.0:metadata\\">"\n'
            'data = head + b"<X509Certificate></X509Certificate>" * (SIZE // 40)'
        ),
        SOURCE,
        "sources.error.too_many_blocks",
    ),
    "metadata of one endless element": (
        (
            'head = b"<EntityDescriptor xmlns=\\"urn:oasis:names:tc:SAML:2.0:metadata\\">"\n'
            'data = head + b"<X509Certificate>" + b"A" * (SIZE // PART) + b"</X509Certificate>"'
        ),
        SOURCE,
        "x509.error.certificate_too_large",
    ),
    "metadata of elements that do not end": (
        (
            'head = b"<EntityDescriptor xmlns=\\"urn:oasis:names:tc:SAML:2.0:metadata\\">"\n'
            'data = head + b"<X509Certificate " * (SIZE // 20)'
        ),
        SOURCE,
        "sources.error.too_many_blocks",
    ),
    "endless base64": ('data = b"MIIA" * (SIZE // 4)', SOURCE, "sources.error.unrecognised"),
    "endless base64 of hyphens": ('data = b"LS0t" * (SIZE // 4 // PART)', SOURCE, "sources.error.unrecognised"),
    "UTF-16": ('data = b"\\xff\\xfe" + b"A\\x00" * (SIZE // 2)', SOURCE, "sources.error.unrecognised"),
    "a certificate and zeros": (
        "from tests.house.test_hostile_bytes import leaf\ndata = leaf() + bytes(SIZE)",
        SOURCE,
        "",
    ),
    "percent signs": ('data = b"-----BEGIN%20" + b"%41" * (SIZE // 3)', SOURCE, "sources.error.unrecognised"),
    "a small run of percent signs": (
        'data = b"-----BEGIN%20" + b"%41" * (300_000 // PART)',
        SOURCE,
        "sources.error.unrecognised",
    ),
    "endless JSON": ('data = b"[" + b"{}," * (SIZE // 3) + b"0]"', SOURCE, "sources.error.unrecognised"),
    "JSON of empty objects": ('data = b"[" + b"{}," * (330_000 // PART) + b"0]"', SOURCE, "sources.error.unrecognised"),
    "deep JSON": ('data = b"[" * 1_000_000', SOURCE, "sources.error.unrecognised"),
    "an endless mail": (
        'data = b"From: a\\nMIME-Version: 1.0\\n\\n" + b"x\\n" * (SIZE // 2)',
        SOURCE,
        "files.error.too_large",
    ),
    "a mail of empty lines": (
        'data = b"From: a\\nMIME-Version: 1.0\\n\\n" + b"\\n" * 8_000_000',
        SOURCE,
        "sources.error.mail_too_large",
    ),
    "a large mail": (
        (
            'data = b"From: a\\nMIME-Version: 1.0\\nContent-Transfer-Encoding: base64\\n\\n" '
            '+ (b"QUFB" * 19 + b"\\n") * (100_000 // PART)'
        ),
        SOURCE,
        "sources.error.other_kind",
    ),
    "an endless Secret": (
        'data = b"kind: Secret\\ndata:\\n" + b" a: b\\n" * (SIZE // 6)',
        SOURCE,
        "sources.error.secrets_too_large",
    ),
    "a large Secret": (
        'data = b"kind: Secret\\ndata:\\n" + b" a: b\\n" * LINES',
        SOURCE,
        "sources.error.unrecognised",
    ),
}


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_what_is_refused_costs_little_beside_its_own_bytes(name: str) -> None:
    make, read, expected = CASES[name]
    lines = 90_000 if LEVEL == "deep" else 10_000  # of a hundred thousand that are read: each takes its time
    made = make.replace("SIZE", str(MAX_INPUT_BYTES - 1024)).replace("LINES", str(lines)).replace("PART", str(PART))
    memory, code, size = memory_of(made, read)
    assert code == expected
    assert size <= MAX_INPUT_BYTES
    assert memory < 64 * MIB // (PART if "PART" in make else 1)


@pytest.mark.slow
def test_metadata_of_many_certificates_is_read() -> None:
    make = """
    from base64 import b64encode
    from tests.house.test_hostile_bytes import leaf
    element = b"<ds:X509Certificate>" + b64encode(leaf()) + b"</ds:X509Certificate>"
    data = b'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">' + element * (10_000 // PART)
    """
    memory, code, size = memory_of(make.replace("PART", str(PART)), SOURCE)
    assert code == ""
    assert memory < size + 16 * MIB // PART


BEGINNINGS = (b"", b"{", b"[", b"Certificate:", b"30", b"<", b"-", b"kind: Secret\ndata:", b"From a\n")


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("white", [b"\n", b"\n "])
def test_a_file_of_white_space_takes_little_time_whatever_stands_before_it(beginning: bytes, white: bytes) -> None:
    """One of each kind of white space is as large as may be; what the others cost is seen in a sixteenth of it."""
    size = 63 if LEVEL == "deep" or not beginning else 4
    data = beginning + white * (size * MIB // len(white))
    began = process_time()
    assert not re.search(rb"[^\s\0]", data[len(beginning) :])
    once_over = process_time() - began
    began = process_time()
    with pytest.raises(InputError):
        read_source(data, "f")
    assert process_time() - began < 2 * once_over  # usually a third; two, where each place was tried again
