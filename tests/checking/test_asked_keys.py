"""Who asks for one certificate of a file gets one answer, whatever it is: what is wrong with another's key is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from pkitools.checking import FileCheck, check_file
from pkitools.checking.private_keys import FOREIGN, PLACED
from pkitools.findings import Severity
from pkitools.requests import PrivateKey
from tests.checking.test_beside import HOSTS
from tests.checking.test_named_in_text import FLAT, base64_of
from tests.support.certificates import MOMENT, made, setting
from tests.support.deliveries import jks_of, pem, pkcs12_of
from tests.support.requests import pooled_key

Entries = list[tuple[str, bytes, PrivateKey]]
PASSPHRASE: Final = "geheim"


def in_text(entries: Entries) -> list[tuple[str, str]]:
    values = []
    for name, der, key in entries:
        values += [(f"{name}.crt", pem(der).decode()), (f"{name}.key", key.pem(None).decode())]
    return values


def secret(entries: Entries) -> bytes:
    rows = "".join(f"  {name}: {base64_of(text)}\n" for name, text in in_text(entries))
    return f"kind: Secret\ndata:\n{rows}".encode()


CONTAINERS: Final[dict[str, Callable[[Entries], bytes]]] = {
    "PKCS#12": lambda e: pkcs12_of(*e),
    "JKS": lambda e: jks_of(*e, passphrase=PASSPHRASE),
    "Secret": secret,
    "ConfigMap": lambda e: FLAT["ConfigMap"](in_text(e)).encode(),
    "ConfigMap and Secret": lambda e: FLAT["ConfigMap and Secret"](in_text(e)).encode(),
    "mail": lambda e: FLAT["mail"](in_text(e)).encode(),
    "PEM": lambda e: "".join(text for _, text in in_text(e)).encode(),
}


def entries_of(*keys: str) -> Entries:
    """An entry for each of the first hosts, each with the key of one."""
    return [
        (
            f"host-{host}",
            made("g4-tls", setting("key", pooled_key(HOSTS[host]).public.spki)).der,
            pooled_key(HOSTS[key]),
        )
        for host, key in zip(HOSTS, keys, strict=False)
    ]


def judged(container: str, entries: Entries, asked: str | None) -> FileCheck:
    data = CONTAINERS[container](entries)
    keystore = PASSPHRASE.encode() if container == "JKS" else None
    return check_file(data, moment=MOMENT, environment="preproduction", passphrase=keystore, certificate=asked)


def keys_told(found: FileCheck) -> set[tuple[str, Severity]]:
    told = ((one.rule.code, one.rule.severity) for one in found.file_report.outcomes if one.status == "violated")
    return {each for each in told if each[0] in {FOREIGN.code, PLACED.code}}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("keys", ["ab", "ac", "cb", "ba"])
def test_the_key_of_another_entry_is_told_and_that_of_the_one_asked_decides(
    container: str, turned: bool, keys: str
) -> None:
    """The product of containers, order, whose key stands with each of two, and which is asked about."""
    entries = entries_of(*keys)
    given = entries[::-1] if turned else entries
    codes = {"ab": None, "ac": FOREIGN.code, "cb": FOREIGN.code, "ba": PLACED.code}
    code = None if container == "PEM" and keys == "ba" else codes[keys]  # nothing there says what stands with what
    for host, key, (_, der, _) in zip("ab", keys, entries, strict=True):
        number = str(given.index(next(each for each in given if each[1] == der)) + 1)
        found = keys_told(judged(container, given, number))
        wrong = Severity.ERROR if host != key else Severity.WARNING
        if keys == "ba":
            # each has the key of the other: that of the one asked stands with the other, and that is told
            assert {severity for _, severity in found} == ({Severity.ERROR, Severity.WARNING} if code else set())
        else:
            assert found == ({(code, wrong)} if code else set()), (host, found)
    everything = keys_told(judged(container, given, None))
    assert everything == ({(code, Severity.ERROR)} if code else set())
