"""The private key of an authority fits what it stands with, and is not that of the certificate that is asked about.

The law is a product: form of file × whose keys are in it. nginx refuses what is told, and takes the rest.
"""

from __future__ import annotations

import base64
import json
import subprocess
import textwrap
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking import check_file
from pkitools.checking.beside import check_keys_beside
from pkitools.containers import read_source
from pkitools.findings import Severity, Status
from pkitools.requests.keys import wrap_key
from pkitools.x509.keys import names_of
from pkitools.x509.reader import readable
from tests.support.chains import MOMENT, good_chain
from tests.support.deliveries import jks_of, pem, pkcs12_of
from tests.support.judges import judge

AUTHORITY: Final = "received.private_key.authority"
LEAF, TSP, DOMAIN = good_chain().leaf, good_chain().tsp, good_chain().domain
WHOLE: Final = pem(LEAF.der, TSP.der, DOMAIN.der)


def _text(key: Any) -> bytes:
    written: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return written


KEYS: Final = {"own": _text(LEAF.key), "tsp": _text(TSP.key), "domain": _text(DOMAIN.key)}


def _secret(certificates: bytes, key: bytes) -> bytes:
    data = {"tls.crt": certificates, "tls.key": key}
    encoded = {name: base64.b64encode(text).decode() for name, text in data.items()}
    return json.dumps({"kind": "Secret", "data": encoded}).encode()


def _yaml(certificates: bytes, key: bytes) -> bytes:
    rows = {"cert": certificates, "key": key}
    return "".join(f"  {name}: |\n{textwrap.indent(text.decode(), '    ')}" for name, text in rows.items()).encode()


TEXTS: Final[dict[str, Callable[[bytes, bytes], bytes]]] = {
    "PEM": lambda certificates, key: certificates + key,
    "PEM, the key first": lambda certificates, key: key + certificates,
    "Secret": _secret,
    "YAML": lambda certificates, key: b"server:\n" + _yaml(certificates, key),
    "JSON": lambda certificates, key: json.dumps({"cert": certificates.decode(), "key": key.decode()}).encode(),
}


def _severities(data: bytes, **more: Any) -> list[Severity]:
    found = check_file(data, name="file", moment=MOMENT, environment="preproduction", **more).file_report
    return [
        each.rule.severity for each in found.outcomes if each.rule.code == AUTHORITY and each.status is Status.VIOLATED
    ]


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("whose", KEYS)
def test_a_key_of_an_authority_above_it_is_not_its_own(form: str, whose: str) -> None:
    expected = [] if whose == "own" else [Severity.ERROR]
    assert _severities(TEXTS[form](WHOLE, KEYS[whose])) == expected


@pytest.mark.parametrize("form", TEXTS)
def test_who_holds_the_certificate_of_an_authority_alone_may_have_its_key(form: str) -> None:
    assert _severities(TEXTS[form](pem(TSP.der, DOMAIN.der), KEYS["tsp"])) == []


def test_behind_its_own_it_is_told_and_fails_nothing() -> None:
    assert _severities(WHOLE + KEYS["own"] + KEYS["tsp"]) == [Severity.WARNING]
    assert _severities(WHOLE + KEYS["tsp"] + KEYS["own"]) == [Severity.ERROR]


def test_in_a_text_with_both_each_stands_where_it_belongs() -> None:
    both = b"server:\n" + _yaml(WHOLE, KEYS["own"]) + b"ca:\n" + _yaml(pem(TSP.der), KEYS["tsp"])
    assert _severities(both) == []


def test_a_keystore_says_itself_what_stands_with_its_key() -> None:
    own, tsp = (wrap_key(one.key, made_here=True) for one in (LEAF, TSP))
    for named in ([("a", LEAF.der, own)], [("ca", TSP.der, tsp), ("a", LEAF.der, None)]):
        assert _severities(pkcs12_of(*named)) == [], named[0][0]
        assert _severities(jks_of(*named, passphrase="geheim"), passphrase=b"geheim") == [], named[0][0]


# what is given: each file, what is named alone of it, and what is to be said of k.key
GIVEN: Final[dict[str, tuple[dict[str, bytes], bool, Severity | None]]] = {
    "named with the chain": ({"a.pem": WHOLE, "k.key": KEYS["tsp"]}, True, Severity.ERROR),
    "found with the chain": ({"a.pem": WHOLE, "k.key": KEYS["tsp"]}, False, Severity.WARNING),
    "called as the chain": ({"k.pem": WHOLE, "k.key": KEYS["tsp"]}, False, Severity.ERROR),
    "named with both": ({"a.pem": pem(LEAF.der), "c.pem": pem(TSP.der), "k.key": KEYS["tsp"]}, True, Severity.ERROR),
    "found with both": ({"a.pem": pem(LEAF.der), "c.pem": pem(TSP.der), "k.key": KEYS["tsp"]}, False, None),
    "named with the leaf twice": ({"a.pem": pem(LEAF.der), "c.pem": WHOLE, "k.key": KEYS["tsp"]}, True, Severity.ERROR),
    "beside its own": ({"a.pem": WHOLE, "a.key": KEYS["own"], "k.key": KEYS["tsp"]}, True, Severity.WARNING),
    "called as its own certificate": ({"a.pem": WHOLE, "k.pem": pem(TSP.der), "k.key": KEYS["tsp"]}, True, None),
    "alone with it": ({"c.pem": pem(TSP.der), "k.key": KEYS["tsp"]}, True, None),
    "the own": ({"a.pem": WHOLE, "k.key": KEYS["own"]}, True, None),
}


@pytest.mark.parametrize("given", GIVEN)
def test_so_is_one_in_a_file_of_its_own(given: str) -> None:
    files, is_named, expected = GIVEN[given]
    read = {name: read_source(data, name) for name, data in files.items()}
    held = {name: [*readable(contents.certificates)] for name, contents in read.items()}
    names = {name: names_of(facts.public_key for facts in chain) for name, chain in held.items() if chain}
    found = check_keys_beside(read, names, named=[*files] if is_named else ())
    wrong = [each.rule.severity for each in found if each.rule.code == AUTHORITY and each.status is Status.VIOLATED]
    assert wrong == ([] if expected is None else [expected])


@pytest.mark.interop
def test_nginx_refuses_what_is_told(tmp_path: Path) -> None:
    nginx = judge("nginx")
    for number, (form, whose) in enumerate(product(("PEM", "PEM, the key first"), KEYS)):
        data = TEXTS[form](WHOLE, KEYS[whose])
        place = tmp_path / f"{number}.pem"
        place.write_bytes(data)
        configuration = tmp_path / f"{number}.conf"
        server = f"server {{ listen 127.0.0.1:1 ssl; ssl_certificate {place}; ssl_certificate_key {place}; }}"
        configuration.write_text(
            f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ access_log off; {server} }}\n"
        )
        ran = subprocess.run([nginx, "-t", "-c", configuration], capture_output=True, text=True, check=False)
        is_refused = "key values mismatch" in ran.stderr
        assert is_refused is bool(_severities(data)), (form, whose, ran.stderr)
