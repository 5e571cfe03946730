"""What stands beside good certificates and cannot be read is told: such a file is never judged as if it were whole."""

from __future__ import annotations

import string
import struct
from base64 import b64encode
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import pkitools
from pkitools.containers import read_source
from pkitools.requests.keys import to_pem
from pkitools.requests.pbes2 import encrypt_pkcs8
from pkitools.x509 import pem as blocks
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, good_chain
from tests.support.der import integer, oid, sequence, tlv
from tests.support.requests import pooled_key, request


@cache
def good() -> bytes:
    return to_pem("CERTIFICATE", good_chain().leaf.der)


@cache
def other() -> bytes:
    return good_chain().tsp.der


def pem() -> bytes:
    return to_pem("CERTIFICATE", other())


def entry(kind: int, alias: bytes, body: bytes) -> bytes:
    return struct.pack(">IH", kind, len(alias)) + alias + bytes(8) + body


def certificate(der: bytes, kind: bytes = b"X.509") -> bytes:
    return struct.pack(">H", len(kind)) + kind + struct.pack(">I", len(der)) + der


def keystore(*entries: bytes, magic: bytes = b"\xfe\xed\xfe\xed") -> bytes:
    return magic + struct.pack(">II", 2, len(entries)) + b"".join(entries) + bytes(20)


def metadata(*elements: bytes) -> bytes:
    inside = b"".join(b"<KeyDescriptor>" + element + b"</KeyDescriptor>" for element in elements)
    return (
        b'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        + inside
        + b"</EntityDescriptor>"
    )


def element(content: bytes, prefix: bytes = b"ds:") -> bytes:
    return b"<" + prefix + b"X509Certificate>" + content + b"</" + prefix + b"X509Certificate>"


def text(der: bytes) -> bytes:
    return b64encode(der)


HIDDEN: dict[str, Callable[[], bytes]] = {
    "four dashes": lambda: good() + pem().replace(b"-----BEGIN", b"----BEGIN"),
    "Begin": lambda: good() + pem().replace(b"BEGIN", b"Begin"),
    "a no-break space": lambda: good() + pem().replace(b"BEGIN CERT", b"BEGIN\xc2\xa0CERT"),
    "long dashes": lambda: good() + pem().replace(b"-----BEGIN", b"\xe2\x80\x94BEGIN"),
    "the BEGIN line lost": lambda: good() + pem().split(b"\n", 1)[1],
    "before": lambda: pem().split(b"\n", 1)[1] + good(),
    "a URL-encoded BEGIN line": lambda: good() + b"-----BEGIN%20CERTIFICATE-----%0AMIIB",
    "a BEGIN line as in a form": lambda: good() + b"-----BEGIN+CERTIFICATE-----%0AMIIB",
    "URL-encoded lines": lambda: good() + quote("MIIC" + "+A1b" * 40 + "\n", safe="").encode(),
    "behind parameters": lambda: good() + to_pem("EC PARAMETERS", oid("1.2.840.10045.3.1.7") + other()),
    "DER behind": lambda: good() + other(),
    "base64 behind": lambda: good() + text(other()),
    "UTF-16 behind": lambda: good() + pem().decode().encode("utf-16-le"),
    "behind a trusted certificate": lambda: to_pem("TRUSTED CERTIFICATE", good_chain().leaf.der + other()),
    "a comment in metadata": lambda: metadata(
        element(text(good_chain().leaf.der)), element(text(other())[:40] + b"<!-- x -->" + text(other())[40:])
    ),
    "CDATA in metadata": lambda: metadata(
        element(text(good_chain().leaf.der)), element(b"<![CDATA[" + text(other()) + b"]]>")
    ),
    "PEM behind metadata": lambda: metadata(element(text(good_chain().leaf.der))) + pem(),
    "behind a secret key": lambda: keystore(
        entry(2, b"a", certificate(good_chain().leaf.der)),
        entry(3, b"s", bytes(40)),
        entry(2, b"b", certificate(other())),
        magic=b"\xce\xce\xce\xce",
    ),
    "another kind in a keystore": lambda: keystore(
        entry(2, b"a", certificate(good_chain().leaf.der)), entry(2, b"b", certificate(other(), b"PGP"))
    ),
}


def signed(certificates: bytes = b"", lists: bytes = b"", content: bytes = b"") -> bytes:
    """PKCS#7 with these certificates beside a good one, in its set of them; with these lists and this content."""
    holder = sequence(oid("1.2.840.113549.1.7.1"), tlv(0xA0, tlv(0x04, content)) if content else b"")
    held = tlv(0xA0, good_chain().leaf.der + certificates) + (tlv(0xA1, lists) if lists else b"")
    whole = sequence(integer(1), tlv(0x31), holder, held, tlv(0x31))
    return sequence(oid("1.2.840.113549.1.7.2"), tlv(0xA0, whole))


HIDDEN |= {
    "octets in PKCS#7": lambda: signed(tlv(0x04, other())),
    "nothing in PKCS#7": lambda: signed(tlv(0x05)),
    "extended certificate": lambda: signed(tlv(0xA0, other()[4:])),
    "attribute certificate": lambda: signed(tlv(0xA1, other()[4:])),
    "attribute certificate of version 2": lambda: signed(tlv(0xA2, other()[4:])),
    "another form of certificate": lambda: signed(tlv(0xA3, oid("1.2.3.4") + other())),
    "the content of PKCS#7": lambda: signed(content=other()),
    "PKCS#7 in PKCS#7": lambda: signed(content=signed(other())),
    "PKCS#7 in PKCS#7, as PEM": lambda: to_pem("PKCS7", signed(content=signed(other()))),
}


def test_a_certificate_among_lists_is_a_certificate_and_other_status_is_none() -> None:
    found = pkitools.read_source(signed(lists=other()), "a.p7b")
    assert found.certificates == (good_chain().leaf.der, other())
    assert not found.problems
    for harmless in (signed(), signed(lists=tlv(0xA1, oid("1.2.3") + tlv(0x05))), signed(content=b"tekst")):
        assert not pkitools.read_source(harmless, "a.p7b").problems


def mail(name: str, data: bytes) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "levering", "tsp@example.nl", "ons@example.nl"
    message.set_content("Hierbij de certificaten.")
    for each, content in (("a.cer", good_chain().leaf.der), (name, data)):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=each)
    return message.as_bytes()


IN_A_MAIL: dict[str, tuple[str, Callable[[], bytes]]] = {
    "cut off": ("b.cer", lambda: other()[:-20]),
    "four dashes": ("b.cer", lambda: pem().replace(b"-----BEGIN", b"----BEGIN")),
    "empty": ("b.pem", lambda: b""),
    "the BEGIN line lost": ("b.txt", lambda: pem().split(b"\n", 1)[1]),
    "a name that says nothing": ("b.dat", lambda: other()[:-20]),
}
HIDDEN |= {
    f"{name} in a mail": lambda file=file, make=make: mail(file, make())  # type: ignore[misc]  # bound to this turn
    for name, (file, make) in IN_A_MAIL.items()
}
HIDDEN["cut off in a header"] = lambda: b":" + text(good_chain().leaf.der) + b":, :" + text(other())[:60] + b":"


def dumped(der: bytes) -> str:
    """What ``od -tx1`` writes."""
    lines = (f"{at:07o} {der[at : at + 16].hex(' ')}" for at in range(0, len(der), 16))
    return "\n".join(lines)


WRITTEN_OUT: dict[str, Callable[[bytes], str]] = {
    "hexadecimal": lambda der: der.hex(),
    "hexadecimal, capitals and lines": lambda der: der.hex("\n", 32).upper(),
    "hexadecimal with colons": lambda der: der.hex(":"),
    "hexadecimal with spaces": lambda der: der.hex(" "),
    "hexadecimal, dumped": dumped,
    "hexadecimal, an array": lambda der: "{" + ", ".join(f"0x{octet:02x}" for octet in der) + "}",
    **{
        f"hexadecimal with {sign!r}": lambda der, sign=sign: der.hex(sign)  # type: ignore[misc]  # bound to this turn
        for sign in string.punctuation
    },
    "hexadecimal, an address": lambda der: "".join(f"%{octet:02X}" for octet in der),
    "hexadecimal, a string": lambda der: '"' + "".join(f"\\x{octet:02x}" for octet in der) + '"',
}
HIDDEN |= {
    name: lambda write=write: pem() + b"\n" + write(other()).encode()  # type: ignore[misc]  # a lambda of its own each
    for name, write in WRITTEN_OUT.items()
}
PRIVATE: dict[str, Callable[[], bytes]] = {
    "a private key": lambda: private(PrivateFormat.PKCS8),
    "a private RSA key": lambda: private(PrivateFormat.TraditionalOpenSSL),
    "a locked key": lambda: encrypt_pkcs8(private(PrivateFormat.PKCS8), b"geheim"),
}


def private(form: PrivateFormat) -> bytes:
    return pooled_key("rsa:2048").native.private_bytes(Encoding.DER, form, NoEncryption())


HIDDEN |= {
    f"{what}, {name}": lambda make=make, write=write: pem() + b"\n" + write(make()).encode()  # type: ignore[misc]  # a lambda of its own each
    for what, make in PRIVATE.items()
    for name, write in WRITTEN_OUT.items()
    if "'" not in name
}


@in_one_test
@pytest.mark.parametrize("name", HIDDEN)
def test_it_is_told_and_never_passes(name: str) -> None:
    data = HIDDEN[name]()
    assert pkitools.read_source(data, "f").problems, "told"
    checked = pkitools.check_file(data, moment=MOMENT, environment="preproduction")
    assert "file.block.readable" in checked.report.codes()
    assert "file.block.readable" in checked.report.codes("not_checked")
    assert checked.verdict is not pkitools.Verdict.PASSED


READ: dict[str, Callable[[], bytes]] = {
    "X509 as Java also writes it": lambda: keystore(
        entry(2, b"a", certificate(good_chain().leaf.der)), entry(2, b"b", certificate(other(), b"X509"))
    ),
    "a prefix that is not ASCII": lambda: metadata(
        element(text(good_chain().leaf.der)), element(text(other()), "é:".encode())
    ),
}


@pytest.mark.parametrize("name", READ)
def test_it_is_read(name: str) -> None:
    found = pkitools.read_source(READ[name](), "f")
    assert set(found.certificates) == {good_chain().leaf.der, other()}
    assert not found.problems


AROUND: tuple[bytes, ...] = (
    b"",
    b"Bag Attributes\n    localKeyID: 54 69 6D 65\nsubject=C = NL, O = Voorbeeld\n",
    b" 0 s:C = NL, O = Voorbeeld\n   i:C = NL, O = TSP\n   a:PKEY: rsaEncryption, 4096 (bit)\n",
    b"Certificate:\n    Data:\n        Version: 3 (0x2)\n      Modulus:\n        00:c2:7e:30:82:01:22:30:82\n",
    b"    Modulus:\n c2 7e 30 82 01 22 30 82 05\n00c27e308201223082\n3082 is a number, 30:82:01:22:30:0D:06:09 a key\n",
    b"Beste collega,\n\nHierbij het certificaat: plak het vanaf BEGIN CERTIFICATE.\n\nMet groet\n",
    b"SSL-Session:\n    Session-ID: 0A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293A4B5C6D7E8F9\n",
    b"\xef\xbb\xbf# Staat der Nederlanden - caf\xc3\xa9\r\n\r\n",
)


def test_a_public_key_that_is_written_out_is_no_problem() -> None:
    spki = pooled_key("rsa:2048").public.spki
    for name, write in WRITTEN_OUT.items():
        assert not pkitools.read_source(good() + b"\n" + write(spki).encode(), "f").problems, name


@in_one_test
@pytest.mark.parametrize("words", AROUND)
def test_what_programs_and_people_write_around_blocks_is_no_problem(words: bytes) -> None:
    found = pkitools.read_source(words + good() + words + pem() + words + b"\x00\x00\n", "f")
    assert len(found.certificates) == 2
    assert not found.problems


CONTENTS: dict[str, Callable[[], bytes]] = {
    "certificate": other,
    "pkcs7": signed,
    "request": lambda: pkitools.read_source(request(), "a.csr").requests[0],
    "crl": lambda: sequence(
        sequence(sequence(), sequence(), tlv(0x17, b"261122120000Z")), sequence(), tlv(0x03, b"\0")
    ),
    "key": lambda: sequence(integer(1), tlv(0x04, b"xx")),
    "public_key": lambda: good_chain().leaf.spki,
    "ocsp_response": lambda: sequence(tlv(0x0A, b"\x01")),
}
LABELS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7"), frozenset({"certificate", "pkcs7"})
    ),
    **dict.fromkeys(("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"), frozenset({"request"})),
    "X509 CRL": frozenset({"crl"}),
    **dict.fromkeys(("PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"), frozenset({"key"})),
    "PUBLIC KEY": frozenset({"public_key"}),
    **dict.fromkeys(("EC PARAMETERS", "DH PARAMETERS"), frozenset[str]()),
    "SOMETHING ELSE": frozenset(CONTENTS),
}


@in_one_test
@pytest.mark.parametrize("label", LABELS)
def test_a_block_that_holds_another_kind_than_its_label_says_is_told(label: str) -> None:
    """Whatever it says and whatever it holds: what is in it is read as what it is, and the difference is told."""
    for kind, make in CONTENTS.items():
        found = pkitools.read_source(good() + to_pem(label, make()), "a.pem")
        told = [(bad.position, bad.error.code) for bad in found.problems]
        assert told == ([] if kind in LABELS[label] else [(2, "sources.error.other_label")]), (label, kind)
        assert len(found.items) == 2 or kind == "pkcs7"


KEY_OF_CURVE = sequence(integer(1), tlv(0x04, b"xx"))
"""What has the form of a private key (RFC 5915 3), and is none."""


@in_one_test
@pytest.mark.parametrize(
    ("kind", "name", "content", "told"),
    [
        ("x-x509-user-cert", "a.der", KEY_OF_CURVE, True),
        ("octet-stream", "a.der", KEY_OF_CURVE, True),
        ("pkix-cert", "a", KEY_OF_CURVE, True),
        ("octet-stream", "a.crt", None, True),
        ("pkix-cert", "a.der", None, True),
        ("octet-stream", "a.der", None, False),  # a key that says no more than that it is DER
        ("octet-stream", "a.bin", KEY_OF_CURVE, False),
    ],
)
def test_what_is_said_to_be_a_certificate_and_is_none_is_told(
    kind: str, name: str, content: bytes | None, told: bool
) -> None:
    der = good_chain().leaf.der
    key = pooled_key().native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    message = EmailMessage()
    message["Subject"] = "Uw certificaat"
    message.set_content("Hierbij.\n")
    message.add_attachment(der, maintype="application", subtype="pkix-cert", filename="goed.cer")
    message.add_attachment(content or key, maintype="application", subtype=kind, filename=name)
    found = read_source(message.as_bytes(), "a.eml")
    assert len(found.certificates) == 1
    assert bool(found.problems) is told


def test_each_gap_costs_its_own_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file has ten thousand of them: one that looked further would read the file as often."""
    looked = 0

    def counted(piece: bytes) -> bool:
        nonlocal looked
        looked += len(piece)
        return False

    monkeypatch.setattr(blocks, "_may_have_hexadecimal", counted)
    text = (b"between\n" + to_pem("CERTIFICATE", b"\x30\x00")) * 200
    assert not any(blocks.looks_like_more(text, gap) for gap in blocks.parts(text) if isinstance(gap, blocks.Gap))
    assert 0 < looked <= len(text)
