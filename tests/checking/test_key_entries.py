"""A private key is compared with the certificate of its own entry, in everything that holds several entries.

The law is a product: kind of file × what the keys are × order. A key of another entry and a foreign one fail the file,
as a foreign key beside one certificate does; keys that stand where they belong are no finding.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import product
from typing import Final

import pytest

from pkitools.checking import FileCheck, check_file
from pkitools.findings import Severity, Verdict
from pkitools.requests import PrivateKey
from tests.support.certificates import made, setting
from tests.support.chains import MOMENT
from tests.support.deliveries import jks_of, pem, pkcs12_of
from tests.support.requests import pooled_key

pytestmark = pytest.mark.slow  # a product of cases

PASSPHRASE: Final = "wachtwoord"
Standing = list[tuple[bytes, PrivateKey]]
"""A certificate, and the key it stands with."""


def _of_name(number: int) -> str:
    return f"entry {number}"


def _named(standing: Standing) -> list[tuple[str, bytes, PrivateKey | None]]:
    return [(_of_name(number), der, key) for number, (der, key) in enumerate(standing)]


def _block(name: str, text: bytes) -> str:
    return f"  {name}: |\n" + "".join(f"    {line}\n" for line in text.decode().splitlines())


def _open_secret(der: bytes, key: PrivateKey, *, turned: bool) -> str:
    rows = [_block("tls.crt", pem(der)), _block("tls.key", key.pem(None))]
    return f"apiVersion: v1\nkind: Secret\nstringData:\n{''.join(reversed(rows) if turned else rows)}"


def _mixed_secret(der: bytes, key: PrivateKey) -> str:
    """The certificate in ``data``, the key in the open: one Secret all the same."""
    value = base64.b64encode(pem(der)).decode()
    return f"apiVersion: v1\ndata:\n  tls.crt: {value}\nkind: Secret\nstringData:\n{_block('tls.key', key.pem(None))}"


def _items(secrets: list[str]) -> str:
    """The same in a list, as kubectl writes one."""
    begun = [f"- {secret.splitlines()[0]}\n" + _indented(secret.splitlines()[1:]) for secret in secrets]
    return "apiVersion: v1\nkind: List\nitems:\n" + "".join(begun)


def _indented(lines: list[str]) -> str:
    return "".join(f"  {line}\n" for line in lines)


def _json(standing: Standing, section: str, text: Callable[[bytes], str]) -> bytes:
    rows = [{section: {"tls.crt": text(pem(der)), "tls.key": text(key.pem(None))}} for der, key in standing]
    return json.dumps({"kind": "List", "items": [{"kind": "Secret", **row} for row in rows]}).encode()


def _by_names(standing: Standing) -> dict[str, bytes]:
    named = zip(("a", "b"), standing, strict=True)
    return {
        f"{name}.{end}": text for name, (der, key) in named for end, text in (("crt", pem(der)), ("key", key.pem(None)))
    }


def _one_secret(section: str, values: dict[str, bytes]) -> str:
    """Return one Secret that holds them all, as YAML."""
    if section == "data":
        lines = [f"  {name}: {base64.b64encode(text).decode()}\n" for name, text in values.items()]
    else:
        lines = [_block(name, text) for name, text in values.items()]
    return f"kind: Secret\n{section}:\n{''.join(lines)}"


def _several_secrets(standing: Standing) -> bytes:
    """Return a Secret for each, all with the same names in them."""
    secrets = [_one_secret("data", {"s.pem": pem(der), "s-key.pem": key.pem(None)}) for der, key in standing]
    return "---\n".join(secrets).encode()


def _mail(values: dict[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@voorbeeld.test", "certificates"
    mail.set_content("Attached.")
    for name, text in values.items():
        mail.add_attachment(text, maintype="application", subtype="octet-stream", filename=name)
    return bytes(mail)


def _mails(standing: Standing) -> bytes:
    """Return a mail with a mail for each attached, all with the same names in them."""
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "a@voorbeeld.test", "mails"
    outer.set_content("Attached.")
    for der, key in standing:
        inner = message_from_bytes(_mail({"cert.pem": pem(der), "privkey.pem": key.pem(None)}), policy=default)
        outer.add_attachment(inner)
    return bytes(outer)


FILES: Final[dict[str, Callable[[Standing], bytes]]] = {
    "jks": lambda standing: jks_of(*_named(standing), passphrase=PASSPHRASE),
    "pkcs12": lambda standing: pkcs12_of(*_named(standing)),
    "stringData": lambda standing: "---\n".join(_open_secret(*one, turned=False) for one in standing).encode(),
    "stringData, key first": lambda standing: "---\n".join(
        _open_secret(*one, turned=True) for one in standing
    ).encode(),
    "data and stringData": lambda standing: "---\n".join(_mixed_secret(*one) for one in standing).encode(),
    "stringData in a list": lambda standing: _items([_open_secret(*one, turned=False) for one in standing]).encode(),
    "data in JSON": lambda standing: _json(standing, "data", lambda text: base64.b64encode(text).decode()),
    "one Secret": lambda standing: _one_secret("data", _by_names(standing)).encode(),
    "one Secret, stringData": lambda standing: _one_secret("stringData", _by_names(standing)).encode(),
    "one Secret in JSON": lambda standing: json.dumps(
        {
            "kind": "Secret",
            "data": {name: base64.b64encode(text).decode() for name, text in _by_names(standing).items()},
        }
    ).encode(),
    "Secrets with the same names": _several_secrets,
    "mail": lambda standing: _mail(_by_names(standing)),
    "mails": _mails,
    "stringData in JSON": lambda standing: _json(standing, "stringData", bytes.decode),
}
KEYS: Final = ("rsa:2048", "ec:p-256", "rsa:3072")
WITH: Final[dict[str, tuple[tuple[int, ...], set[str]]]] = {
    "its own": ((0, 1), set()),
    "the other's": ((1, 0), {"received.private_key.placed"}),
    "a foreign one": ((0, 2), {"received.private_key.foreign"}),
    "a foreign one first": ((2, 1), {"received.private_key.foreign"}),
    # the first entry has the key of the second: that is in the wrong place, and the first is without
    "one key twice": ((1, 1), {"received.private_key.placed"}),
}


def _judged(data: bytes, kind: str) -> FileCheck:
    passphrase = PASSPHRASE.encode() if kind == "jks" else None
    return check_file(data, name="file", moment=MOMENT + timedelta(hours=1), environment="pre", passphrase=passphrase)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_each_key_is_compared_with_the_certificate_of_its_entry(kind: str) -> None:
    keys = [pooled_key(each) for each in KEYS]
    ders = [made("g4-tls", setting("key", key.public.spki)).der for key in keys[:2]]
    for (which, (order, expected)), turned in product(WITH.items(), (False, True)):
        standing = [(der, keys[number]) for der, number in zip(ders, order, strict=True)]
        found = _judged(FILES[kind](standing[::-1] if turned else standing), kind)
        codes = {code for code in found.file_report.codes() if code.endswith((".placed", ".foreign"))}
        # of a key that is twice in a keystore the first counts: it may stand with its own
        wanted = expected if (kind, which) != ("pkcs12", "one key twice") else expected & codes
        assert codes == wanted, (which, turned)
        assert (found.file_report.verdict is Verdict.FAILED) == bool(wanted), (which, turned)
        assert found.count == 2, (which, turned)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_of_one_entry_that_is_chosen_the_key_of_another_is_told_and_fails_nothing(kind: str) -> None:
    keys = [pooled_key(each) for each in KEYS]
    ders = [made("g4-tls", setting("key", key.public.spki)).der for key in keys[:2]]
    data = FILES[kind]([(ders[0], keys[1]), (ders[1], keys[0])])
    told = [_told(data, kind, chosen) for chosen in (None, 1, 2)]
    assert [len(each) for each in told] == [2, 2, 2]
    wrong = [{place for place, severity in each.items() if severity is Severity.ERROR} for each in told]
    assert [len(each) for each in wrong] == [2, 1, 1]
    assert wrong[0] == wrong[1] | wrong[2]


def _told(data: bytes, kind: str, chosen: int | None) -> dict[str, Severity]:
    """Where the keys stand that are in the wrong place, and what that weighs."""
    passphrase = PASSPHRASE.encode() if kind == "jks" else None
    found = check_file(data, name="f", moment=MOMENT, environment="pre", passphrase=passphrase, certificate=chosen)
    codes = [each for each in found.file_report.findings if each.rule.code == "received.private_key.placed"]
    return {str(each.params["position"]): each.rule.severity for each in codes}
