"""Certificates inside other things: mail, headers of proxies, JWKS, XML, Secrets, base64 of a PEM, UTF-16."""

from __future__ import annotations

import json
import random
import subprocess
from base64 import b64encode, encodebytes
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7
from hypothesis import given
from hypothesis import strategies as st

from pkitools.checking import check_file
from pkitools.containers import ContainerFormat, Contents, ItemKind, header_forms, read_source
from pkitools.containers.wanted import is_surely_without, items_of
from pkitools.errors import InputError, PkitoolsError, SecretError
from pkitools.limits import MAX_CERTIFICATE_BYTES
from tests.containers.conftest import Made, certificate
from tests.containers.test_keystores import keystore
from tests.support.der import integer, oid, sequence, tlv
from tests.support.effort import bounded, budget
from tests.support.shared import shared


def read(data: bytes) -> Contents:
    return read_source(data, "file")


def mail(made: Made, *, quoted: bool = False) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "tsp@example.nl", "Uw certificaat"
    message.set_content("Zie de bijlage.\n")
    encoding = "quoted-printable" if quoted else "base64"
    message.add_attachment(made.pem, "application", "x-pem-file", filename="server.pem", cte=encoding)
    return message


# mail


@pytest.mark.parametrize("quoted", [False, True])
def test_the_attachments_of_a_mail_are_read_by_their_content(made: Made, quoted: bool) -> None:
    message = mail(made, quoted=quoted)
    message.add_attachment(made.other_der, "image", "png", filename="chain.png")
    for text in (message.as_bytes(), message.as_bytes().replace(b"\n", b"\r\n"), b"From x\n" + message.as_bytes()):
        source = read(text)
        assert source.container is ContainerFormat.MAIL
        assert source.certificates == (made.der, made.other_der)
        assert [(item.position, item.alias) for item in source.items] == [(1, "server.pem"), (2, "chain.png")]
        assert source.problems == ()


def test_a_forwarded_mail_gives_what_is_in_it(made: Made) -> None:
    outside = EmailMessage()
    outside["From"] = "b@example.nl"
    outside.set_content("doorgestuurd")
    outside.add_attachment(mail(made))
    assert read(outside.as_bytes()).certificates == (made.der,)


def test_a_keystore_in_a_mail_asks_for_its_passphrase(made: Made) -> None:
    message = mail(made)
    message.add_attachment(keystore(made), "application", "x-pkcs12", filename="a.p12")
    with pytest.raises(SecretError):
        read(message.as_bytes())
    source = read_source(message.as_bytes(), "file", passphrase=b"secret")
    assert [item.kind for item in source.items].count(ItemKind.KEY) == 1


def test_text_in_a_mail_is_read_and_a_web_page_only_without_text(made: Made) -> None:
    message = EmailMessage()
    message["From"] = "a@example.nl"
    message.set_content(made.pem.decode().replace("\n", "<br>\n"), subtype="html")
    assert read(message.as_bytes()).certificates == (made.der,)
    message = EmailMessage()
    message["From"] = "a@example.nl"
    message.set_content(made.pem.decode())
    message.add_alternative(made.pem.decode().replace("\n", "<br>\n"), subtype="html")
    assert read(message.as_bytes()).certificates == (made.der,)


def test_the_signature_of_a_mail_is_its_senders_and_not_its_content(made: Made) -> None:
    message = mail(made)
    signature = pkcs7.serialize_certificates([made.other], Encoding.DER)
    message.add_attachment(signature, "application", "pkcs7-signature", filename="smime.p7s")
    assert read(message.as_bytes()).certificates == (made.der,)
    assert read(signature).certificates == (made.other_der,)


# as programs write them: zeros between the octets, and what begins like DER by chance
PICTURES = {
    "logo.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x30\x82\x01\x02\x30\x82\x01",
    "logo.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00",
    "logo.gif": b"GIF89a\x10\x00\x10\x00\x80\x00\x00",
    "logo.webp": b"RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x00",
    "logo.bmp": b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00",
    "letter.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n\x00\x00\x00stream\n",
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_or_letter_in_a_mail_hides_nothing_and_what_is_written_in_one_is_told(made: Made, name: str) -> None:
    for data, problems in (
        (PICTURES[name], False),
        (PICTURES[name] + made.pem[:90], True),
        (PICTURES[name] + b64encode(made.der), True),
    ):
        message = mail(made)
        message.add_attachment(data, "application", "octet-stream", filename=name)
        source = read(message.as_bytes())
        assert made.der in source.certificates
        assert bool(source.problems) == problems, (name, data)
    message = mail(made)  # of what is said to be a certificate nothing is passed over
    message.add_attachment(PICTURES[name], "application", "pkix-cert", filename="mine.cer")
    assert len(read(message.as_bytes()).problems) == 1


def test_and_so_in_a_folder(made: Made) -> None:
    """What is written in one is read, or the file is not surely without."""
    refused = []
    wrapped = encodebytes(made.der)
    for picture in PICTURES.values():
        for written in (b"", made.pem[:90], b64encode(made.der), b"\n" + b64encode(made.der), b"\n" + wrapped):
            data = picture + written
            try:
                found = items_of(read(data), ItemKind.CERTIFICATE)
            except InputError as error:
                refused.append((error, data, not written))
            else:
                assert [each.der for each in found] == [made.der]
    assert len(refused) >= 3 * len(PICTURES)
    for error, data, is_without in refused:
        assert is_surely_without(error, partial(bytes, data)) is is_without, data


def test_an_archive_in_a_mail_is_said_and_a_picture_is_not(made: Made) -> None:
    message = mail(made)
    message.add_attachment(b"\x89PNG....", "image", "png", filename="logo.png")
    message.add_attachment(b"PK\x03\x04....", "application", "zip", filename="chain.zip")
    problems = read(message.as_bytes()).problems
    assert [(bad.position, bad.error.code) for bad in problems] == [(2, "sources.error.unknown_part")]
    assert "chain.zip" in str(problems[0].error)
    checked = check_file(message.as_bytes(), moment=datetime.now(UTC), environment="preproduction")
    [unread] = [each for each in checked.file_report.findings if each.rule.code == "file.block.readable"]
    assert unread.params["problem"] == "sources.kind.zip"


def test_a_broken_attachment_is_a_problem_beside_the_good_one(made: Made) -> None:
    message = mail(made)
    message.add_attachment(made.pem[:200], "application", "x-pem-file", filename="cut.pem")
    source = read(message.as_bytes())
    assert source.certificates == (made.der,)
    assert [bad.error.code for bad in source.problems] == ["sources.error.pem_not_closed"]


@pytest.mark.parametrize("mark", [b"> ", b">", b"> > ", b" > ", b">> "])
def test_a_quoted_block_is_read(made: Made, mark: bytes) -> None:
    text = b"Beste klant,\n\n" + b"".join(mark + line + b"\n" for line in made.pem.splitlines())
    assert read(text).certificates == (made.der,)


def test_the_mails_of_the_cases_are_read() -> None:
    attached, quoted = (read(shared(f"cases/multi/{name}").read_bytes()) for name in ("mail.eml", "mail_quoted.txt"))
    assert len(attached.certificates) == 3
    assert quoted.certificates == attached.certificates[:1]


@pytest.mark.parametrize(
    "text",
    [
        b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n" * 30,
        b"From: a\nMIME-Version: 1.0\n" + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 30,
        b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/digest; boundary=x\n\n" + b"--x\n\n" * 3000,
        b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/digest; boundary=x\n\n" + b"--x\n\n" * 1900,
        b"From: a\nMIME-Version: 1.0\n" + b"X: y\n" * 99_000,
        b"From: a\nMIME-Version: 1.0\nContent-Type: text/plain; " + b"a*0*=x; " * 100_000 + b"\n\n.",
        b"From: a\nMIME-Version: 1.0\nContent-Disposition: attachment; filename*=x'y'%ff\n\n.",
        b"From: a\nMIME-Version: 1.0\nContent-Transfer-Encoding: x-uuencode\n\nbegin 1 a\n" + b"M" * 100,
        b"From: a\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n\n" + b"=" * 1_000_000,
    ],
)
def test_a_hostile_mail_is_an_error_of_ours_and_soon(text: bytes) -> None:
    with bounded(2.0), pytest.raises(InputError):
        read(text)


# -- what a mail may hide


def page(made: Made, inside: str) -> bytes:
    message = EmailMessage()
    message["From"] = "a@example.nl"
    message.set_content(made.pem.decode())
    message.add_alternative(inside, subtype="html")
    return message.as_bytes()


def test_what_only_the_web_page_of_a_mail_has_is_read_or_said(made: Made) -> None:
    both = made.pem.decode().replace("\n", "<br>\n")
    other = made.other.public_bytes(Encoding.PEM).decode().replace("\n", "<br>\n")
    escaped = "".join(f"&#{ord(char)};" if char in "+/=-" else char for char in other)
    base64 = b64encode(made.other_der).decode()
    for inside, expected in {both: (), other: (made.other_der,), both + other: (made.other_der,),
                             escaped: (made.other_der,)}.items():  # fmt: skip
        source = read(page(made, inside))
        assert source.certificates == (made.der, *expected)
        assert source.problems == ()
    for hidden in (f'<a href="data:application/pkix-cert;base64,{base64[:600]}">certificaat</a>', f"<p>{base64}</p>"):
        assert read(page(made, both + hidden)).problems, hidden[:40]
    spoilt = both.replace("<br>", "<b>!</b><br>", 5)
    assert read(page(made, spoilt)).problems == (), "the text has it whole"
    assert read(page(made, spoilt + spoilt)).problems, "and here is another block"


def opaque_by_cryptography(content: bytes, made: Made, folder: Path) -> bytes:
    sender = certificate(made.key, "de afzender", 9)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(sender, made.key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def opaque_by_openssl(content: bytes, made: Made, folder: Path) -> bytes:
    """In BER, in pieces: what OpenSSL streams."""
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    sender = certificate(made.key, "de afzender", 9).public_bytes(Encoding.PEM)
    for name, data in (("c.pem", sender), ("k.pem", key), ("mail", content)):
        (folder / name).write_bytes(data)
    line = "cms -sign -nodetach -binary -stream -indef -outform DER -signer c.pem -inkey k.pem -in mail -out out"
    subprocess.run(["openssl", *line.split()], cwd=folder, check=True, capture_output=True, timeout=60)
    return (folder / "out").read_bytes()


def enveloped(data: bytes, kind: str, name: str = "smime.p7m") -> bytes:
    outside = EmailMessage()
    outside["From"] = "tsp@example.nl"
    outside.set_content(data, "application", "pkcs7-mime", filename=name, params={"smime-type": kind} if kind else {})
    return outside.as_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("opaque", [opaque_by_cryptography, opaque_by_openssl])
def test_a_mail_inside_its_signature_is_read_and_its_sender_is_not_judged(
    made: Made, tmp_path: Path, opaque: Callable[[bytes, Made, Path], bytes]
) -> None:
    large = mail(made)
    large.add_attachment(b"\x89PNG" + bytes(20_000), "image", "png", filename="logo.png")  # in more than one piece
    signed = opaque(large.as_bytes(), made, tmp_path)
    for kind in ("signed-data", ""):
        source = read(enveloped(signed, kind))
        assert source.certificates == (made.der,)
        assert source.problems == ()
    inside = EmailMessage()
    inside["From"] = "b@example.nl"
    inside.set_content("doorgestuurd")
    inside.add_attachment(enveloped(signed, "signed-data"), "application", "octet-stream", filename="mail.eml")
    assert read(inside.as_bytes()).certificates == (made.der,)
    for end in range(20, len(signed), len(signed) // 40):
        with pytest.raises(InputError):
            read(enveloped(signed[:end], "signed-data"))


def test_a_signed_mail_that_was_saved_by_itself_is_read_too(made: Made, tmp_path: Path) -> None:
    signed = opaque_by_cryptography(mail(made).as_bytes(), made, tmp_path)
    assert made.der in read(signed).certificates
    assert read(opaque_by_cryptography(b"Geachte heer", made, tmp_path)).problems == ()
    (problem,) = read(opaque_by_cryptography(b"Zie: " + made.pem, made, tmp_path)).problems
    assert problem.error.code == "sources.error.beside"


def test_what_is_encrypted_or_outlooks_own_is_said(made: Made) -> None:
    envelope = sequence(oid("1.2.840.113549.1.7.3"), tlv(0xA0, sequence(integer(0))))
    for kind, data in (("enveloped-data", envelope), ("", envelope), ("enveloped-data", b"")):
        message = mail(made)
        params = {"smime-type": kind} if kind else {}
        message.add_attachment(data, "application", "pkcs7-mime", filename="smime.p7m", params=params)
        (problem,) = read(message.as_bytes()).problems
        assert problem.error.code == "sources.error.mail_encrypted"
    for start, name in ((b"\x78\x9f\x3e\x22", "winmail.dat"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mail.msg")):
        message = mail(made)
        message.add_attachment(start + bytes(100), "application", "octet-stream", filename=name)
        (problem,) = read(message.as_bytes()).problems
        assert name in str(problem.error)


def test_certificates_that_came_as_a_signature_are_read_when_they_are_named_so(made: Made) -> None:
    message = mail(made)
    chain = pkcs7.serialize_certificates([made.other], Encoding.DER)
    message.add_attachment(chain, "application", "pkcs7-signature", filename="keten.p7b")
    message.add_attachment(chain, "application", "pkcs7-mime", filename="x.p7c", params={"smime-type": "certs-only"})
    assert read(message.as_bytes()).certificates == (made.der, made.other_der, made.other_der)


# headers of proxies


def escaped(made: Made) -> str:
    return quote(made.pem.decode())


HEADERS: dict[str, Callable[[Made], str]] = {
    "RFC 9440": lambda made: f"Client-Cert: :{b64encode(made.der).decode()}:",
    "RFC 9440, value only": lambda made: f":{b64encode(made.der).decode()}:",
    "nginx": escaped,
    "nginx, with its name": lambda made: f"X-SSL-CERT: {escaped(made)}\r\n",
    "a form": lambda made: quote_plus(made.pem.decode()),
    "encoded twice": lambda made: quote(escaped(made)),
    "AWS": lambda made: quote(made.pem.decode(), safe="+=/"),
    "Envoy": lambda made: f'x-forwarded-client-cert: By=spiffe://a;Hash=00;Cert="{escaped(made)}";Subject="CN=a"',
    "HAProxy": lambda made: f"X-SSL-Client-DER: {b64encode(made.der).decode()}",
    "Traefik": lambda made: quote(b64encode(made.der).decode(), safe=""),
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_of_proxies(made: Made, name: str) -> None:
    source = read(HEADERS[name](made).encode())
    assert source.certificates == (made.der,)
    assert source.problems == ()


SCRAPS = (
    *("MIIC" + "A" * 24, "%4DIIC" + "A" * 24, "LS0t" + "B" * 24, "MIIC", "-----BEGIN%20X", "-----BEGIN+X", "A" * 24),
    *("X-Cert: ", "X-Cert=", "By=a;", "Cert=", ",", "\n", "%", "=", " ", '"'),
)


@given(st.lists(st.sampled_from(SCRAPS)))
def test_a_text_of_which_no_header_is_looked_for_has_none_that_hands_something_on(scraps: list[str]) -> None:
    text = "".join(scraps).encode()
    held = [each for each in header_forms.callers(text) if header_forms.unescaped(each) or header_forms.tokens(each)]
    assert header_forms.is_any(text) or not held, held


def test_chains_in_headers_keep_their_order_and_name_nothing_twice(made: Made) -> None:
    first, second = (b64encode(der).decode() for der in (made.der, made.other_der))
    both = quote(made.pem.decode() + made.other.public_bytes(Encoding.PEM).decode())
    for text in (
        f"Client-Cert: :{first}:\nClient-Cert-Chain: :{second}:",
        f"{first},{second}",
        quote(f"{first},{second}", safe=""),
        f'Cert="{escaped(made)}";Chain="{both}"',
    ):
        source = read(text.encode())
        assert source.container is ContainerFormat.HEADER
        assert source.certificates == (made.der, made.other_der)


def test_a_broken_value_beside_a_good_one_is_a_problem(made: Made) -> None:
    source = read(f"{b64encode(made.der).decode()},{b64encode(made.other_der[:150]).decode()}".encode())
    assert source.certificates == (made.der,)
    assert [bad.error.code for bad in source.problems] == ["sources.error.unknown_part"]


# JSON


def test_jwks_in_order(made: Made) -> None:
    first, second = b64encode(made.der).decode(), b64encode(made.other_der).decode()
    for document in (
        {"keys": [{"kty": "EC", "x5c": [first, second]}]},
        {"keys": [{"x5c": [first]}, {"kty": "oct"}, {"x5c": [second]}]},
        {"x5c": [first, second], "alg": "ES256"},
        [{"x5c": [first, second]}],
    ):
        source = read(json.dumps(document).encode())
        assert source.container is ContainerFormat.JWKS
        assert source.certificates == (made.der, made.other_der)
        assert [item.position for item in source.items] == [1, 2]


@pytest.mark.parametrize("entry", ["", "AAAA", "M%", 1, None, [], {"x": 1}, "é" * 100])
def test_an_entry_of_x5c_that_is_no_certificate_is_a_problem(made: Made, entry: object) -> None:
    source = read(json.dumps({"keys": [{"x5c": [b64encode(made.der).decode(), entry]}]}).encode())
    assert source.certificates == (made.der,)
    assert [(bad.position, bad.error.code) for bad in source.problems] == [(2, "sources.error.unknown_part")]
    with pytest.raises(InputError):
        read(json.dumps({"keys": [{"x5c": [entry]}]}).encode())


def test_other_json_is_nothing() -> None:
    for text in (b"{}", b"[]", b'{"keys": []}', b'{"x5c": "MIIB"}', b"{" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"):
        with bounded(1.0), pytest.raises(InputError):
            read(text)


def test_the_jwks_of_the_cases_is_read() -> None:
    assert len(read(shared("cases/R21/jwks.json").read_bytes()).certificates) == 1


# XML


def element(name: str, der: bytes, attributes: str = "") -> str:
    return f"<{name}{attributes}>\n{encodebytes(der).decode()}</{name}>"


def test_cpa_and_web_service_security(made: Made) -> None:
    token = ' ValueType="http://x#X509v3" EncodingType="http://y#Base64Binary" wsu:Id="a"'
    pkcs = pkcs7.serialize_certificates([made.certificate], Encoding.DER)
    path = sequence(made.other_der, made.der)
    for inside, expected in (
        (element("ds:X509Certificate", made.der), [made.der]),
        (element("wsse:BinarySecurityToken", made.der, token), [made.der]),
        (element("wsse:BinarySecurityToken", pkcs, token), [made.der]),
        (element("wsse:BinarySecurityToken", path, token), [made.other_der, made.der]),
        (
            element("X509Certificate", made.der) + element("BinarySecurityToken", made.other_der),
            [made.der, made.other_der],
        ),
    ):
        source = read(f"<?xml version='1.0'?>\n<x>{inside}</x>".encode())
        assert source.container is ContainerFormat.XML
        assert list(source.certificates) == expected


def test_metadata_stays_metadata_and_a_document_type_is_refused(made: Made) -> None:
    inside = element("ds:X509Certificate", made.der)
    namespace = "urn:oasis:names:tc:SAML:2.0:metadata"
    assert read(f'<a xmlns="{namespace}">{inside}</a>'.encode()).container is ContainerFormat.SAML_METADATA
    with pytest.raises(InputError) as refused:
        read(f'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>{inside}</a>'.encode())
    assert refused.value.code == "sources.error.xml_document_type"


def test_a_token_that_is_no_certificate_and_one_that_is_too_large(made: Made) -> None:
    text = element("BinarySecurityToken", b"kerberos") + element("X509Certificate", made.der)
    source = read(f"<a>{text}{element('X509Certificate', bytes(3 * MAX_CERTIFICATE_BYTES))}</a>".encode())
    assert source.certificates == (made.der,)
    assert sorted(bad.error.code for bad in source.problems) == [
        "sources.error.saml_not_certificate",
        "x509.error.certificate_too_large",
    ]


# Kubernetes


def secret(made: Made, fold: int = 0) -> str:
    key = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def value(octets: bytes) -> str:
        text = b64encode(octets).decode()
        if not fold:
            return text
        return "|\n" + "\n".join(f"    {text[at : at + fold]}" for at in range(0, len(text), fold))

    return (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: tls\ntype: kubernetes.io/tls\ndata:\n"
        f"  ca.crt: {value(made.other.public_bytes(Encoding.PEM))}\n"
        f"  password: {value(b'geheim')}\n"
        f"  tls.crt: {value(made.pem)}\n"
        f"  tls.key: {value(key)}\n"
        "immutable: true\n"
    )


@pytest.mark.parametrize("fold", [0, 64])
def test_a_secret_is_read_line_by_line(made: Made, fold: int) -> None:
    text = secret(made, fold)
    listed = "apiVersion: v1\nitems:\n" + "".join(
        f"{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(text.splitlines())
    )
    for variant in (text, text.replace("\n", "\r\n"), "---\n" + text, listed + "kind: List\n"):
        source = read(variant.encode())
        assert source.container is ContainerFormat.KUBERNETES
        assert [(item.kind, item.alias) for item in source.items] == [
            (ItemKind.CERTIFICATE, "ca.crt"),
            (ItemKind.CERTIFICATE, "tls.crt"),
            (ItemKind.KEY, "tls.key"),
        ]
        assert source.problems == ()


def test_a_secret_in_json_and_in_the_open(made: Made) -> None:
    values = {"tls.crt": b64encode(made.pem).decode(), "password": "Z2VoZWlt"}
    for document in (
        {"kind": "Secret", "data": values},
        {"kind": "List", "items": [{"kind": "Secret", "data": values}]},
    ):
        source = read(json.dumps(document).encode())
        assert (source.container, source.certificates) == (ContainerFormat.KUBERNETES, (made.der,))
    plain = "kind: Secret\nstringData:\n  tls.crt: |\n    " + made.pem.decode().replace("\n", "\n    ")
    assert read(plain.encode()).certificates == (made.der,)


def test_a_value_that_should_be_a_certificate_and_is_not_is_a_problem(made: Made) -> None:
    text = secret(made) + "data:\n  extra.crt: bm90aGluZyBhdCBhbGw=\n  other.pem: not base64\n  note: bm90aGluZw==\n"
    source = read(text.encode())
    assert [bad.error.code for bad in source.problems] == ["sources.error.unknown_part"] * 2
    assert "extra.crt" in str(source.problems[0].error)
    assert "other.pem" in str(source.problems[1].error)


@pytest.mark.slow
def test_an_endless_secret_costs_little() -> None:
    head = b"kind: Secret\ndata:\n"
    for noise in (
        b" " * 2_000_000 + b"x",
        b" a:" + b" " * 2_000_000 + b"x",
        b" a: b\n" * 90_000,
        b" a: |\n  AAAA\n" * 40_000,
    ):
        with bounded(2.0), pytest.raises(InputError):
            read(head + noise)


# encodings


def test_base64_of_a_pem(made: Made) -> None:
    for text in (b64encode(made.pem), encodebytes(made.pem + made.other.public_bytes(Encoding.PEM))):
        source = read(text)
        assert source.container is ContainerFormat.BASE64
        assert source.certificates[0] == made.der
    assert len(read(shared("cases/R23/k8s.b64").read_bytes()).certificates) == 1


def test_utf_16_without_a_mark(made: Made) -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        assert read(made.pem.decode().encode(codec)).certificates == (made.der,)
    assert len(read(shared("cases/R23/utf16le_nobom.pem").read_bytes()).certificates) == 1


# damage


FORMS: dict[str, Callable[[Made], bytes]] = {
    "mail": lambda made: mail(made).as_bytes(),
    "quoted mail": lambda made: mail(made, quoted=True).as_bytes(),
    "header": lambda made: HEADERS["Envoy"](made).encode(),
    "tokens": lambda made: HEADERS["RFC 9440"](made).encode(),
    "jwks": lambda made: json.dumps({"keys": [{"x5c": [b64encode(made.der).decode()]}]}).encode(),
    "xml": lambda made: f"<a>{element('ds:X509Certificate', made.der)}</a>".encode(),
    "secret": lambda made: secret(made).encode(),
    "base64 of a PEM": lambda made: b64encode(made.pem),
}
TELLING = b"\x00\n\r \t:;=%<>\"'{}[]-\\\xff\x80"


@pytest.mark.parametrize("name", FORMS)
def test_damage_gives_an_answer_or_an_error_of_ours(made: Made, name: str) -> None:
    chance = random.Random(name)
    good = FORMS[name](made)
    read(good)  # the good form is read: else the damaged ones tell nothing
    for _ in range(budget("PKITOOLS_FUZZ_ROUNDS", 300)):
        data = bytearray(good)
        for _ in range(chance.choice((1, 2, 8, 30))):
            at = chance.randrange(min(len(data), 400) if chance.random() < 0.7 else len(data))
            match chance.randrange(3):
                case 0:
                    data[at] = chance.choice(TELLING)
                case 1:
                    del data[at : at + chance.randrange(1, 20)]
                case _:
                    data[at:at] = data[at : at + chance.randrange(1, 200)]
        try:
            with bounded(2.0):
                read(bytes(data))
        except PkitoolsError:
            continue
