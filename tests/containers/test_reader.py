"""read_source: everything is recognised by content; what is nothing gets one sentence."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
)

from pkitools.containers import ContainerFormat, Contents, ItemKind, items_of, read_source
from pkitools.containers.other_kinds import ARCHIVES
from pkitools.containers.wanted import is_surely_without
from pkitools.errors import InputError, LimitError, PkitoolsError
from pkitools.limits import MAX_CERTIFICATE_BYTES, MAX_INPUT_BYTES
from pkitools.messages import LANGUAGES, error_sentence, template
from tests.containers.conftest import Made
from tests.support.cases import in_one_test
from tests.support.der import NULL, certificate, extension, integer, oid, sequence, tlv
from tests.support.effort import bounded
from tests.support.shared import shared


def read(data: bytes) -> Contents:
    return read_source(data, "file")


def armoured(label: str, body: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n".encode() + base64.encodebytes(body) + f"-----END {label}-----\n".encode()


# PEM as people have it


def test_text_around_line_ends_marks_and_several_blocks(made: Made) -> None:
    text = b"subject=CN = made\nissuer=...\n" + made.pem + b"\nBag Attributes\n    localKeyID: 01\n" + made.pem
    for variant in (
        text,
        text.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + text,
        b"\xff\xfe" + text.decode().encode("utf-16-le"),
        b"\xfe\xff" + text.decode().encode("utf-16-be"),
        b"\n  \n" + text.replace(b"\n", b"\n    "),
    ):
        source = read(variant)
        assert source.container is ContainerFormat.PEM
        assert source.certificates == (made.der, made.der)
        assert [item.position for item in source.items] == [1, 2]
        assert source.problems == ()


def test_a_good_block_beside_bad_ones_comes_out(made: Made) -> None:
    cut = made.pem[:100] + b"\n"
    text = cut + made.pem + armoured("CERTIFICATE", b"\x30\x03abc") + made.pem.replace(b"M", b"*", 1) + made.pem
    source = read(text)
    assert source.certificates == (made.der, made.der)
    assert [(p.position, p.error.code) for p in source.problems] == [
        (1, "sources.error.pem_not_closed"),
        (3, "sources.error.unknown_block"),
        (4, "sources.error.pem_not_base64"),
    ]


def test_the_label_does_not_decide(made: Made) -> None:
    source = read(armoured("X509 CRL", made.der) + armoured("CERTIFICATE", made.crl.public_bytes(Encoding.DER)))
    assert [item.kind for item in source.items] == [ItemKind.CERTIFICATE, ItemKind.CRL]


def test_trusted_certificates_of_openssl(made: Made) -> None:
    settings = sequence(sequence(oid("1.3.6.1.5.5.7.3.1")))
    source = read(armoured("TRUSTED CERTIFICATE", made.der + settings))
    assert source.certificates == (made.der,)
    assert source.problems == ()


def test_everything_in_one_file(made: Made) -> None:
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    parameters = armoured("EC PARAMETERS", oid("1.2.840.10045.3.1.7"))
    text = parameters + key + made.request.public_bytes(Encoding.PEM) + made.pem + made.crl.public_bytes(Encoding.PEM)
    source = read(text)
    assert [item.kind for item in source.items] == [ItemKind.KEY, ItemKind.REQUEST, ItemKind.CERTIFICATE, ItemKind.CRL]
    assert [item.position for item in source.items] == [2, 3, 4, 5]
    assert source.requests == (made.request.public_bytes(Encoding.DER),)
    assert source.crls == (made.crl.public_bytes(Encoding.DER),)
    assert len(source.keys) == 1


# the other forms


def test_der_and_base64_without_armour(made: Made) -> None:
    assert read(made.der).certificates == (made.der,)
    assert read(made.der).container is ContainerFormat.DER
    for text in (
        base64.b64encode(made.der),
        base64.encodebytes(made.der),
        b"\xef\xbb\xbf" + base64.encodebytes(made.der),
    ):
        source = read(text)
        assert (source.container, source.certificates) == (ContainerFormat.BASE64, (made.der,))


def test_pkcs7_in_every_wrapping(made: Made) -> None:
    both = [made.certificate, made.other]
    der = pkcs7.serialize_certificates(both, Encoding.DER)
    pem = pkcs7.serialize_certificates(both, Encoding.PEM)
    for data in (der, pem, base64.encodebytes(der), pem.replace(b"PKCS7", b"CMS")):
        source = read(data)
        assert source.container is ContainerFormat.PKCS7
        assert set(source.certificates) == {made.der, made.other_der}


def test_pkcs7_keeps_the_order_it_was_written_in_and_finds_crls(made: Made) -> None:
    def signed_data(*certificates: bytes, crls: bytes = b"") -> bytes:
        head = b"\x02\x01\x01" + tlv(0x31) + sequence(oid("1.2.840.113549.1.7.1"))
        whole = sequence(head, tlv(0xA0, *certificates), tlv(0xA1, crls) if crls else b"", tlv(0x31))
        return sequence(oid("1.2.840.113549.1.7.2"), tlv(0xA0, whole))

    for order in ((made.der, made.other_der), (made.other_der, made.der)):
        assert read(signed_data(*order)).certificates == order
    crl = made.crl.public_bytes(Encoding.DER)
    assert read(signed_data(made.der, crls=crl)).crls == (crl,)
    with pytest.raises(InputError, match="holds no certificates"):
        read(signed_data())


def _inside(value: bytes) -> bytes:
    from pkitools.x509.der import contents, root

    return contents(value, root(value, 0x30))


def test_pkcs7_with_indefinite_lengths(made: Made) -> None:
    der = pkcs7.serialize_certificates([made.certificate], Encoding.DER)
    source = read(b"\x30\x80" + _inside(der) + b"\x00\x00")
    assert (source.container, source.certificates) == (ContainerFormat.PKCS7, (made.der,))


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_keys_of_every_format_are_named_and_never_opened(
    made: Made, rsa_key: Any, dsa_key: Any, encoding: Encoding
) -> None:
    secret = BestAvailableEncryption(b"secret")
    plain = NoEncryption()
    expected = [
        (made.key, PrivateFormat.PKCS8, plain, "PKCS#8", False),
        (made.key, PrivateFormat.PKCS8, secret, "PKCS#8", True),
        (made.key, PrivateFormat.TraditionalOpenSSL, plain, "SEC1", False),
        (rsa_key, PrivateFormat.TraditionalOpenSSL, plain, "PKCS#1", False),
        (dsa_key, PrivateFormat.TraditionalOpenSSL, plain, "DSA", False),
    ]
    if encoding is Encoding.PEM:
        expected += [
            (made.key, PrivateFormat.TraditionalOpenSSL, secret, "SEC1", True),
            (rsa_key, PrivateFormat.TraditionalOpenSSL, secret, "PKCS#1", True),
            (made.key, PrivateFormat.OpenSSH, plain, "OpenSSH", False),
        ]
    for key, form, encryption, name, encrypted in expected:
        source = read(key.private_bytes(encoding, form, encryption))
        [item] = source.items
        assert (item.kind, item.form, item.encrypted) == (ItemKind.KEY, name, encrypted)
        assert item.der.hex() not in repr(source)


def test_public_keys_and_ocsp_responses_have_a_name(made: Made) -> None:
    spki = made.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert read(spki).items[0].kind is ItemKind.PUBLIC_KEY
    assert read(armoured("PUBLIC KEY", spki)).items[0].kind is ItemKind.PUBLIC_KEY
    assert read(sequence(tlv(0x0A, b"\x06"))).items[0].kind is ItemKind.OCSP_RESPONSE


# SAML metadata


def test_the_real_metadata() -> None:
    digid = read(shared("samples/metadata/digid-metadata_pp1_2023.xml").read_bytes())
    assert (digid.container, len(digid.certificates), digid.problems) == (ContainerFormat.SAML_METADATA, 2, ())
    broker = read(shared("samples/metadata/eherkenning-metadata_iwelcome_2020.xml").read_bytes())
    assert len(broker.certificates) == 5


def metadata(*elements: bytes) -> bytes:
    start = b'<?xml version="1.0"?>\n<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">'
    return start + b"".join(elements) + b"</EntityDescriptor>"


def element(content: bytes, prefix: bytes = b"ds:", attributes: bytes = b"") -> bytes:
    return b"<" + prefix + b"X509Certificate" + attributes + b">" + content + b"</" + prefix + b"X509Certificate>"


def test_certificates_in_metadata_good_and_bad(made: Made) -> None:
    text = base64.encodebytes(made.der)
    source = read(
        metadata(
            element(text),
            element(text.replace(b"\n", b"\r\n      "), b"", b' xmlns="x"'),
            element(made.pem),
            element(b"MIIB"),
            element(text, b"dsig11."),
        )
    )
    assert source.certificates == (made.der, made.der)
    assert [(p.position, p.error.code.removeprefix("sources.error.")) for p in source.problems] == [
        (3, "saml_not_base64"),
        (4, "saml_not_certificate"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<![CDATA[%b]]>", "saml_not_text"),
        (b"<!-- old -->%b", "saml_not_text"),
        (b"%b<!---->", "saml_not_text"),
        (b"<x>%b</x>", "saml_not_text"),
        (b"%b!", "saml_not_base64"),
        (b"%b", ""),
    ],
)
def test_what_stands_beside_text_in_an_element_is_said_to(made: Made, content: bytes, code: str) -> None:
    source = read(metadata(element(base64.encodebytes(made.der)), element(content % base64.encodebytes(made.der))))
    assert [p.error.code for p in source.problems] == ([f"sources.error.{code}"] if code else [])


def test_nothing_in_metadata_acts_and_nothing_is_slow(made: Made) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    text = b"<?xml version='1.0'?>" + bomb + metadata(element(base64.b64encode(made.der)))[21:]
    with pytest.raises(InputError) as refused:
        read(text)
    assert refused.value.code == "sources.error.xml_document_type"
    for noise in (b"<X509Certificate " * 500_000, b"<a" * 2_000_000, b"<X509Certificate>" * 500_000):
        with bounded(2.0), pytest.raises(InputError):
            read(metadata(noise))


def test_what_an_archive_keeps_as_it_is_was_not_unpacked(made: Made) -> None:
    """Python's zipfile, and Windows for small files, store a file without making it smaller."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("keten.pem", made.pem)
    assert made.pem in held.getvalue()
    with pytest.raises(InputError) as refused:
        read(held.getvalue())
    assert refused.value.code == "sources.error.zip"


@in_one_test
@pytest.mark.parametrize(
    ("first", "content", "code"),
    [
        ("[Content_Types].xml", b"<Types/>", "office"),
        ("_rels/.rels", b"<Relationships/>", "office"),
        ("mimetype", b"application/vnd.oasis.opendocument.text", "office"),
        ("mimetype", b"application/epub+zip", "zip"),
        ("word/keten.pem", b"", "zip"),
        ("keten.pem", b"[Content_Types].xml", "zip"),
    ],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_document_of_an_office_program_is_not_to_be_unpacked(
    first: str, content: bytes, code: str, method: int
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(first, content)
        archive.writestr("word/document.xml", b"<document/>" * 100, compress_type=method)
    with pytest.raises(InputError) as refused:
        read(held.getvalue())
    assert refused.value.code == f"sources.error.{code}"


def test_a_page_or_document_around_pem_does_not_hide_it(made: Made) -> None:
    assert read(b"<html><pre>" + made.pem + b"</pre></html>").certificates == (made.der,)
    assert read(b'{"a": "' + made.pem.replace(b"\n", b"\\n") + b'"}').certificates == (made.der,)


# what it is not


@in_one_test
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "files.error.empty"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "sources.error.html"),
        (b"\n<HTML>", "sources.error.html"),
        (b"<?xml version='1.0'?><note/>", "sources.error.xml"),
        (metadata(), "sources.error.nothing"),
        (b"PK\x03\x04rest", "sources.error.zip"),
        (b"\x1f\x8brest", "sources.error.zip"),
        (b"%PDF-1.7", "sources.error.pdf"),
        (b"ssh-ed25519 AAAA me@here", "sources.error.ssh"),
        (b"\x99\x01\x0d\x04" + bytes(300), "sources.error.pgp"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQ==\n-----END PGP MESSAGE-----\n", "sources.error.unknown_block"),
        (b"\xe2\x80\x94BEGIN CERTIFICATE\xe2\x80\x94\nMIIB\n", "sources.error.broken_armour"),
        (b"---- BEGIN CERTIFICATE ----", "sources.error.broken_armour"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB", "sources.error.pem_not_closed"),
        (bytes(1000), "sources.error.unrecognised"),
        (b"\x7fELF" + bytes(100), "sources.error.unrecognised"),
        (b"Geachte heer, mevrouw,", "sources.error.unrecognised"),
        (b"M" * 100, "sources.error.unrecognised"),
        (b"00000003273229750000", "sources.error.unrecognised"),
        (b"\x30\x82\x01\x00" + bytes(300), "sources.error.unknown_der"),
        (b"\x30\x80\x01\x00" + bytes(300), "sources.error.other_kind"),
        (sequence(oid("1.2.840.113549.1.7.1"), tlv(0xA0, tlv(0x04, b"x"))), "sources.error.other_kind"),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x07" + bytes(40), "sources.error.jks_malformed"),
        (b"\xef\xbb\xbf", "sources.error.unrecognised"),
    ],
)
def test_what_is_nothing_is_told_in_one_sentence(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read(data)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)


NAME = sequence()
OTHER_KINDS = {
    "putty": b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
    "ssh_private_key": b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n",
    "ssh_certificate": b"ssh-rsa-cert-v01@openssh.com AAAA",
    "age": b"AGE-SECRET-KEY-1QQQ",
    "ebcdic": '<?xml version="1.0" encoding="cp037"?><a>'.encode("cp037"),
    "image": b"\x89PNG\r\n",
    "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "sqlite": b"SQLite format 3\x00" + bytes(100),
    "bks": b"\x00\x00\x00\x02\x00\x00\x00\x14" + bytes(40),
    "microsoft_key": b"\x07\x02\x00\x00\x00\xa4\x00\x00RSA2" + bytes(100),
    "openssl_text": b"Certificate:\n    Data:\n        Version: 3 (0x2)\n",
    "hexadecimal": b"30 82 03 9a " + b"02 01 00 05 " * 40,
    "json": b'{"a": [1]}',
    "mail": b"From: a@b.nl\nMIME-Version: 1.0\nContent-Type: text/plain\n\nGeachte heer\n",
    "card_verifiable": b"\x7f\x21\x82\x01\x00" + bytes(256),
    "spkac": sequence(sequence(sequence(), tlv(0x16, b"x")), sequence(oid("1.2.3")), tlv(0x03, b"\0")),
    "cmp": sequence(sequence(integer(2), tlv(0xA4, NAME), tlv(0xA4, NAME)), tlv(0xA0, sequence())),
    "crmf": sequence(sequence(sequence(integer(1), sequence(tlv(0x81, b"x"))))),
    "digest": sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), NULL), tlv(0x04, bytes(32))),
    "key_parameters": sequence(integer(1), sequence(oid("1.2.840.10045.1.1")), sequence(), tlv(0x04, b"x"), integer(3)),
    "numbers": sequence(integer(2**255 + 1), integer(2**255 + 3)),
    "cms_enveloped": sequence(oid("1.2.840.113549.1.7.3"), tlv(0xA0, sequence(integer(0)))),
    "cut_off": sequence(bytes(300))[:-1],
    "malformed": sequence(tlv(0x30, b"\x02\x05\x00"), bytes(300)),
    "ber": b"\x30\x80\x02\x01\x00\x00\x00",
}


@in_one_test
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_what_something_else_is_is_told(kind: str) -> None:
    with pytest.raises(InputError) as refused:
        read(OTHER_KINDS[kind])
    assert refused.value.code == "sources.error.other_kind"
    assert refused.value.params["problem"] == f"sources.kind.{kind}"
    for language in LANGUAGES:
        assert template(f"sources.kind.{kind}", language)["title"] in error_sentence(refused.value, language)


@pytest.mark.parametrize("start", ARCHIVES)
def test_a_compressed_file_is_told_also_where_something_in_it_can_be_read(made: Made, start: bytes) -> None:
    """What is kept in an archive as it is would be taken for all that is in it."""
    for inside in (bytes(40), armoured("CERTIFICATE", made.der)):
        with pytest.raises(InputError) as refused:
            read(start + bytes(30) + b"\n" + inside)
        assert refused.value.code == "sources.error.zip"
        assert not is_surely_without(refused.value, lambda: start)


def test_the_same_is_told_of_a_block_a_part_and_an_element(made: Made) -> None:
    enveloped = OTHER_KINDS["cms_enveloped"]
    for data in (armoured("PKCS7", enveloped), armoured("CERTIFICATE", OTHER_KINDS["spkac"])):
        with pytest.raises(InputError) as refused:
            read(data)
        assert str(refused.value.params["problem"]) in {"sources.kind.cms_enveloped", "sources.kind.spkac"}


def test_a_file_that_was_cut_off_is_told_so_at_every_length(made: Made) -> None:
    for size in range(5, len(made.der), 97):
        with pytest.raises(InputError) as refused:
            read(made.der[:size])
        assert refused.value.params["problem"] == "sources.kind.cut_off"


def test_bytes_behind_the_end_are_told(made: Made) -> None:
    source = read(made.der + b"more")
    assert source.certificates == (made.der,)
    assert [p.error.code for p in source.problems] == ["sources.error.trailing"]
    assert read(made.der + b"\r\n\x00").problems == ()


def test_the_limits(made: Made) -> None:
    with pytest.raises(LimitError, match="is larger than"):
        read(bytes(MAX_INPUT_BYTES + 1))
    large = certificate(None, extension("1.2.3", bytes(MAX_CERTIFICATE_BYTES)))
    with pytest.raises(LimitError, match="more than 262144"):
        read(large)
    source = read(armoured("CERTIFICATE", large) + made.pem)
    assert source.certificates == (made.der,)
    assert isinstance(source.problems[0].error, LimitError)
    bag = sequence(b"\x02\x01\x01", tlv(0x31), sequence(oid("1.2.840.113549.1.7.1")), tlv(0xA0, made.der * 10_001))
    with pytest.raises(LimitError, match="more than 10000"):
        read(sequence(oid("1.2.840.113549.1.7.2"), tlv(0xA0, bag)))


@pytest.mark.parametrize("fill", [b"\x30\x80", b"\x30\x00", b"\x05\x00", b"\x30\x82\xff\xff"])
def test_megabytes_of_small_values_are_refused_quickly(fill: bytes) -> None:
    for data in (tlv(0x30, fill * 1_000_000), fill * 2_000_000):
        with bounded(2.0), pytest.raises(PkitoolsError):
            read(data)


# asked for one kind


def test_one_kind_or_a_sentence_about_what_is_there(made: Made) -> None:
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both = read(key + made.pem)
    assert [item.der for item in items_of(both, ItemKind.CERTIFICATE)] == [made.der]
    for data, wanted, code in (
        (key, ItemKind.CERTIFICATE, "only_key"),
        (key + made.request.public_bytes(Encoding.PEM), ItemKind.CERTIFICATE, "only_key"),
        (made.request.public_bytes(Encoding.PEM), ItemKind.CERTIFICATE, "only_request"),
        (made.crl.public_bytes(Encoding.DER), ItemKind.CERTIFICATE, "only_crl"),
        (made.der, ItemKind.CRL, "only_certificate"),
    ):
        with pytest.raises(InputError) as refused:
            items_of(read(data), wanted)
        assert refused.value.code == f"sources.error.{code}"
        assert str(refused.value).startswith("file holds a ")


@pytest.mark.slow
def test_mutated_files_give_a_source_or_our_error(made: Made) -> None:
    generator = random.Random(7)
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    seeds = [
        made.der,
        made.pem + key,
        made.crl.public_bytes(Encoding.DER),
        made.request.public_bytes(Encoding.DER),
        pkcs7.serialize_certificates([made.certificate, made.other], Encoding.DER),
        metadata(element(base64.b64encode(made.der))),
    ]
    read_well = 0
    for _ in range(3000):
        data = bytearray(generator.choice(seeds))
        for _ in range(generator.randrange(1, 4)):
            at = generator.randrange(len(data))
            if generator.random() < 0.5:
                data[at] = generator.randrange(256)
            else:
                data[at : at + generator.randrange(3)] = generator.randbytes(generator.randrange(3))
        try:
            read_well += bool(read(bytes(data)).items)
        except PkitoolsError as error:
            assert error.code.split(".")[0] in {"sources", "x509", "files"}  # noqa: PT017 - any of them may come
    assert read_well > 500
