"""A certificate put before, into or behind any container that is read, in any other form, is judged or told."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

import pkitools
from pkitools.errors import PkitoolsError
from pkitools.requests.keys import to_pem
from pkitools.x509 import read_certificate
from tests.containers.test_nothing_passed_over import certificate, element, entry, keystore, mail, metadata, other
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, good_chain


def leaf() -> bytes:
    return good_chain().leaf.der


def pem(der: bytes) -> bytes:
    return to_pem("CERTIFICATE", der)


def text(data: bytes) -> str:
    return b64encode(data).decode()


def lines(data: bytes) -> bytes:
    encoded = b64encode(data)
    return b"\n".join(encoded[at : at + 64] for at in range(0, len(encoded), 64)) + b"\n"


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "DER": bytes,
    "PEM": pem,
    "base64 of DER": b64encode,
    "base64 of DER in lines": lines,
    "base64 of PEM": lambda der: b64encode(pem(der)),
    "base64 of PEM behind a word": lambda der: b64encode(b"x" + pem(der)),
    "base64 of PEM behind two": lambda der: b64encode(b"xy" + pem(der)),
    "base64 of PEM in lines": lambda der: lines(pem(der)),
}

HEAD = "apiVersion: v1\nkind: Secret\n"


def metadata_file() -> bytes:
    return metadata(element(b64encode(leaf())), element(b64encode(leaf())))


CONTAINERS: dict[str, Callable[[], bytes]] = {
    "PEM": lambda: pem(leaf()) + pem(leaf()),
    "DER": leaf,
    "base64": lambda: lines(leaf()),
    "base64 of PEM": lambda: b64encode(pem(leaf())),
    "metadata": metadata_file,
    "keystore": lambda: keystore(entry(2, b"a", certificate(leaf())), entry(2, b"b", certificate(leaf()))),
    "mail": lambda: mail("b.cer", leaf()),
    "JWKS": lambda: json.dumps({"keys": [{"x5c": [text(leaf())]}, {"x5c": [text(leaf())]}]}, indent=1).encode(),
    "Secret in JSON": lambda: json.dumps({"kind": "Secret", "data": {"tls.crt": text(pem(leaf()))}}, indent=1).encode(),
    "Secret": lambda: HEAD.encode() + f"data:\n  tls.crt: {text(pem(leaf()))}\n".encode(),
    "header": lambda: b"Client-Cert: :" + b64encode(leaf()) + b":\nX: y\n",
}


def between(data: bytes) -> int:
    """Return where something can be put into the middle: behind a line, an element or a block, near the middle."""
    for mark in (b"</KeyDescriptor>", b"-----END CERTIFICATE-----\n", b"},\n", b"{\n", b"\n"):
        at = data.find(mark)
        if 0 <= at < len(data) - len(mark):
            return at + len(mark)
    return len(data) // 2


@cache
def placed(container: str) -> tuple[tuple[bytes, bytes], ...]:
    data = CONTAINERS[container]()
    middle = between(data)
    return (b"", data), (data[:middle], data[middle:]), (data, b""), (data, b"\n"), (data + b"\n", b"")


def combined(container: str) -> Iterator[tuple[str, bytes]]:
    for form, make in FORMS.items():
        for number, (before, behind) in enumerate(placed(container)):
            for glue in (b"", b"\n"):
                yield f"{container}, {form}, {number}", before + make(other()) + glue + behind


def passes_in_silence(data: bytes) -> bool:
    """Return whether the file is read, without a word and without the other certificate."""
    try:
        found = pkitools.read_source(data, "f")
        for der in found.certificates:
            read_certificate(der)  # one that cannot be read is told when the file is judged
    except PkitoolsError:
        return False
    return other() not in found.certificates and not found.problems


@pytest.mark.parametrize("container", CONTAINERS)
def test_it_is_judged_or_told(container: str) -> None:
    assert not pkitools.read_source(CONTAINERS[container](), "f").problems, "by itself it is whole"
    assert [name for name, data in combined(container) if passes_in_silence(data)] == []


YAML: tuple[str, ...] = (
    "  b: !!binary {}",
    "  c: &x {}",
    '  "x y": {}',
    "  ? c\n  : {}",
    "  b: !!binary |\n    {}",
    "  'a/b': {}",
    "  b: ['{}']",
    "stringData:\n  b: {}",
    "metadata: {{annotations: {{a: {}}}}}",
)


@in_one_test
@pytest.mark.parametrize("line", YAML)
@pytest.mark.parametrize("form", ["base64 of DER", "base64 of PEM"])
def test_lines_of_a_secret_that_cannot_be_read_are_told(line: str, form: str) -> None:
    data = CONTAINERS["Secret"]() + line.format(FORMS[form](other()).decode()).encode() + b"\n"
    assert not passes_in_silence(data)


JSON: dict[str, Callable[[], str]] = {
    "x5c twice": lambda: f'{{"x5c": ["{text(other())}"], "x5c": ["{text(leaf())}"]}}',
    "keys twice": lambda: f'{{"keys": [{{"x5c": ["{text(other())}"]}}], "keys": [{{"x5c": ["{text(leaf())}"]}}]}}',
    "PEM in another member": lambda: json.dumps({"x5c": [text(leaf())], "pem": pem(other()).decode()}),
    "a text for a list": lambda: json.dumps({"keys": [{"x5c": [text(leaf())]}, {"x5c": text(other())}]}),
    "a list in the list": lambda: json.dumps({"x5c": [text(leaf()), [text(other())]]}),
    "PEM in base64": lambda: json.dumps({"x5c": [text(leaf())], "b": [text(pem(other()))]}),
    "stringData": lambda: json.dumps(
        {"kind": "Secret", "data": {"a.crt": text(pem(leaf()))}, "stringData": {"b": pem(other()).decode()}}
    ),
    "x5c beside a Secret": lambda: json.dumps(
        [{"x5c": [text(leaf())]}, {"kind": "Secret", "data": {"b": text(pem(other()))}}]
    ),
}


@in_one_test
@pytest.mark.parametrize("name", JSON)
def test_what_json_holds_twice_or_elsewhere_is_judged_or_told(name: str) -> None:
    assert not passes_in_silence(JSON[name]().encode())


def attached(inside: bytes, encoding: str) -> bytes:
    return (
        b"From: a@example.nl\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=X\n\n--X\n"
        b"Content-Type: text/plain\n\n"
        + pem(leaf())
        + b"\n--X\nContent-Type: message/rfc822\nContent-Transfer-Encoding: "
        + encoding.encode()
        + b"\n\n"
        + inside
        + b"\n--X--\n"
    )


@pytest.mark.parametrize("encoding", ["base64", "BASE64", "7bit"])
def test_a_mail_in_a_mail_is_read_however_it_is_encoded(encoding: str) -> None:
    inside = mail("b.cer", other())
    found = pkitools.read_source(attached(inside if encoding == "7bit" else lines(inside), encoding), "f")
    assert other() in found.certificates
    assert not found.problems


def test_what_kubectl_keeps_of_an_older_state_is_no_alarm() -> None:
    applied = json.dumps({"kind": "Secret", "data": {"tls.crt": text(pem(other()))}})
    key = "kubectl.kubernetes.io/last-applied-configuration"
    document = {
        "kind": "Secret",
        "metadata": {"annotations": {key: applied}},
        "data": {"tls.crt": text(pem(leaf())), "password": text(b"geheim")},
    }
    yaml = f"{HEAD}metadata:\n  annotations:\n    {key}: |\n      {applied}\ndata:\n  tls.crt: {text(pem(leaf()))}\n"
    for data in (json.dumps(document).encode(), yaml.encode()):
        found = pkitools.read_source(data, "f")
        assert found.certificates == (leaf(),)
        assert not found.problems


def test_other_base64_in_metadata_is_no_alarm() -> None:
    public = b64encode(bytes.fromhex("308201a2300d06092a864886f70d0101010500038201") + bytes(400))
    values = b"".join(
        b"<ds:" + name + b">\n" + public + b"\n</ds:" + name + b">"
        for name in (b"SignatureValue", b"DEREncodedKeyValue", b"X509SKI", b"Modulus")
    )
    data = metadata_file().replace(b"</EntityDescriptor>", values + b"</EntityDescriptor>")
    assert not pkitools.read_source(data, "f").problems


def test_a_file_so_put_together_never_passes(tmp_path: Path) -> None:
    file = tmp_path / "f.pem"
    file.write_bytes(pem(leaf()) + b64encode(pem(other())))
    checked = pkitools.check_file(file, moment=MOMENT, environment="preproduction")
    assert checked.verdict is not pkitools.Verdict.PASSED
    assert "file.block.readable" in checked.report.codes("not_checked")
