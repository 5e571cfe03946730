"""The private key of an authority fits what it stands with, and is not that of the certificate that is asked about.

The law is a product: form of file × whose keys are in it, and what files lie together × how they are called. nginx
refuses what fails, and takes the rest.
"""

from __future__ import annotations

import base64
import json
import subprocess
import textwrap
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking import check_file
from pkitools.checking.beside import check_keys_beside
from pkitools.containers import read_source
from pkitools.findings import Outcome, Severity, Status
from pkitools.requests.keys import wrap_key
from pkitools.x509.keys import names_of
from pkitools.x509.reader import readable
from tests.support.chains import KU, MOMENT, authority, end_entity, good_chain
from tests.support.deliveries import jks_of, pem, pkcs12_of
from tests.support.judges import judge

AUTHORITY: Final = "received.private_key.authority"
FIRST: Final = "received.private_key.first"
LEAF, TSP, DOMAIN = good_chain().leaf, good_chain().tsp, good_chain().domain
OTHER: Final = end_entity("other.example.nl", TSP)
# as ``openssl req -x509`` makes one: it is marked as a CA and says nothing of what its key is for
HOME: Final = authority("Eigen root", extensions={KU: None})
OF_HOME: Final = end_entity("thuis.example.nl", HOME)
WHOLE: Final = pem(LEAF.der, TSP.der, DOMAIN.der)
FAILS, WARNS, QUIET = [Severity.ERROR], [Severity.WARNING], list[Severity]()


def _text(key: Any, *, is_closed: bool = False) -> bytes:
    if is_closed:
        return wrap_key(key, made_here=True).pem(b"geheim")
    written: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return written


KEYS: Final = {"own": _text(LEAF.key), "tsp": _text(TSP.key), "domain": _text(DOMAIN.key)}


def _block(name: str, text: bytes) -> bytes:
    return f"  {name}: |\n{textwrap.indent(text.decode(), '    ')}".encode()


def _yaml(certificates: bytes, key: bytes) -> bytes:
    return _block("cert", certificates) + _block("key", key)


def _secret(certificates: bytes, key: bytes, **more: bytes) -> bytes:
    data = {"tls.crt": certificates, "tls.key": key, **{name.replace("_", "."): text for name, text in more.items()}}
    encoded = {name: base64.b64encode(text).decode() for name, text in data.items()}
    return json.dumps({"kind": "Secret", "data": encoded}).encode()


def _json(certificates: bytes, key: bytes) -> bytes:
    return json.dumps({"cert": certificates.decode(), "key": key.decode()}).encode()


TEXTS: Final[dict[str, Callable[[bytes, bytes], bytes]]] = {
    "PEM": lambda certificates, key: certificates + key,
    "PEM, the key first": lambda certificates, key: key + certificates,
    "Secret": _secret,
    "YAML": lambda certificates, key: b"server:\n" + _yaml(certificates, key),
    "JSON": _json,
    "JSON that names the chain": lambda certificates, key: json.dumps(
        {"certificate": pem(LEAF.der).decode(), "ca_chain": [certificates.decode()], "private_key": key.decode()}
    ).encode(),
    "YAML with the authority": lambda certificates, key: (
        b"server:\n" + _yaml(pem(LEAF.der), key) + _block("ca", certificates)
    ),
}


def _violated(outcomes: tuple[Outcome, ...], code: str) -> list[Severity]:
    return [each.rule.severity for each in outcomes if each.rule.code == code and each.status is Status.VIOLATED]


def _severities(data: bytes, code: str = AUTHORITY, **more: Any) -> list[Severity]:
    found = check_file(data, name="file", moment=MOMENT, environment="preproduction", **more)
    return _violated(tuple(found.file_report.outcomes), code)


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("whose", KEYS)
def test_a_key_of_an_authority_above_it_is_not_its_own(form: str, whose: str) -> None:
    assert _severities(TEXTS[form](WHOLE, KEYS[whose])) == (QUIET if whose == "own" else FAILS)


@pytest.mark.parametrize("form", list(TEXTS)[:5])
def test_who_holds_the_certificate_of_an_authority_alone_may_have_its_key(form: str) -> None:
    assert _severities(TEXTS[form](pem(TSP.der, DOMAIN.der), KEYS["tsp"])) == QUIET


def test_a_root_that_says_nothing_of_its_use_is_one_where_it_issued_the_other() -> None:
    assert _severities(pem(OF_HOME.der, HOME.der) + _text(HOME.key)) == FAILS
    assert _severities(pem(OF_HOME.der, HOME.der) + _text(OF_HOME.key)) == QUIET
    assert _severities(pem(HOME.der) + _text(HOME.key)) == QUIET


def test_where_another_comes_first_it_is_told_and_fails_nothing() -> None:
    assert _severities(WHOLE + KEYS["own"] + KEYS["tsp"]) == WARNS
    assert _severities(WHOLE + KEYS["tsp"] + KEYS["own"]) == FAILS
    assert _severities(WHOLE + _text(LEAF.key, is_closed=True) + KEYS["tsp"]) == WARNS
    assert _severities(WHOLE + _text(HOME.key) + KEYS["tsp"]) == FAILS
    assert _severities(pem(TSP.der, LEAF.der) + KEYS["tsp"]) == WARNS  # the first is that of its key


def test_in_a_text_with_both_each_stands_where_it_belongs() -> None:
    both = b"server:\n" + _yaml(WHOLE, KEYS["own"]) + b"ca:\n" + _yaml(pem(TSP.der), KEYS["tsp"])
    assert _severities(both) == QUIET
    exchanged = b"ca:\n" + _yaml(pem(TSP.der), KEYS["own"]) + b"server:\n" + _yaml(WHOLE, KEYS["tsp"])
    assert _severities(exchanged) == FAILS
    without = b"ca:\n" + _yaml(pem(TSP.der), KEYS["tsp"]) + b"server:\n" + _block("cert", WHOLE)
    assert _severities(without) == QUIET
    apart = b"tls:\n" + _block("certificate", WHOLE) + b"secret:\n" + _block("private_key", KEYS["tsp"])
    assert _severities(apart) == FAILS
    assert _severities(_secret(pem(LEAF.der), KEYS["tsp"], ca_crt=pem(TSP.der))) == FAILS
    assert _severities(_secret(pem(LEAF.der), KEYS["own"], ca_crt=pem(TSP.der), ca_key=KEYS["tsp"])) == QUIET


@pytest.mark.parametrize("kind", ["PKCS#12", "JKS"])
def test_a_keystore_says_itself_what_stands_with_its_key(kind: str) -> None:
    own, tsp = (wrap_key(one.key, made_here=True) for one in (LEAF, TSP))
    # of a Java keystore each entry says it; of PKCS#12 it shows of the whole alone
    beside = WARNS if kind == "PKCS#12" else QUIET
    cases = ((QUIET, [("a", LEAF.der, own)]), (beside, [("ca", TSP.der, tsp), ("a", LEAF.der, None)]))
    for expected, entries in cases:
        data = pkcs12_of(*entries) if kind == "PKCS#12" else jks_of(*entries, passphrase="geheim")
        assert _severities(data, passphrase=None if kind == "PKCS#12" else b"geheim") == expected


def test_the_first_key_of_a_text_is_that_of_its_first_certificate() -> None:
    first, other = _text(LEAF.key), _text(OTHER.key)
    assert _severities(WHOLE + pem(OTHER.der) + other, FIRST) == WARNS
    assert _severities(WHOLE + other + pem(OTHER.der) + first, FIRST) == WARNS
    assert _severities(WHOLE + first + pem(OTHER.der) + other, FIRST) == QUIET
    assert _severities(pem(LEAF.der, OTHER.der) + first, FIRST) == QUIET
    assert _severities(WHOLE + KEYS["tsp"], FIRST) == QUIET


def _certificates(**names: bytes) -> dict[str, bytes]:
    return {f"{name.replace('_', '.')}": text for name, text in names.items()}


_LEAF, _TSP, _KEY = pem(LEAF.der), pem(TSP.der), KEYS["tsp"]
# files that lie together, whether all of them were named, and what is to be said of the key of the TSP among them
GIVEN: Final[dict[str, tuple[Mapping[str, bytes], bool, list[Severity]]]] = {
    "named with the chain": (_certificates(a_pem=WHOLE, k_key=_KEY), True, FAILS),
    "found with the chain": (_certificates(a_pem=WHOLE, k_key=_KEY), False, WARNS),
    "called as the chain": (_certificates(k_pem=WHOLE, k_key=_KEY), False, FAILS),
    "called as the chain, beside the authority": (_certificates(k_pem=WHOLE, k_key=_KEY, ca_pem=_TSP), False, FAILS),
    "Kubernetes": (_certificates(tls_crt=WHOLE, tls_key=_KEY, ca_crt=_TSP), False, FAILS),
    "certbot": (_certificates(cert_pem=_LEAF, chain_pem=_TSP, fullchain_pem=WHOLE, privkey_pem=_KEY), False, FAILS),
    "without the whole": (_certificates(cert_pem=_LEAF, chain_pem=_TSP, privkey_pem=_KEY), False, FAILS),
    "named with both": (_certificates(a_pem=_LEAF, c_pem=_TSP, k_key=_KEY), True, FAILS),
    "found with both": (_certificates(a_pem=_LEAF, c_pem=_TSP, k_key=_KEY), False, QUIET),
    "named with the leaf twice": (_certificates(a_pem=_LEAF, c_pem=WHOLE, k_key=_KEY), True, FAILS),
    "named with two": (_certificates(a_pem=_LEAF, b_pem=pem(OTHER.der), c_pem=_TSP, k_key=_KEY), True, WARNS),
    "beside its own": (_certificates(a_pem=WHOLE, a_key=KEYS["own"], k_key=_KEY), True, WARNS),
    "called as its own certificate": (_certificates(a_pem=WHOLE, k_pem=_TSP, k_key=_KEY), True, QUIET),
    "alone with it": (_certificates(c_pem=_TSP, k_key=_KEY), True, QUIET),
    "its own": (_certificates(a_pem=WHOLE, k_key=KEYS["own"]), True, QUIET),
}


def _beside(files: Mapping[str, bytes], *, is_named: bool) -> tuple[Outcome, ...]:
    read = {name: read_source(data, name) for name, data in files.items()}
    held = {name: [*readable(contents.certificates)] for name, contents in read.items()}
    names = {name: names_of(facts.public_key for facts in chain) for name, chain in held.items() if chain}
    return check_keys_beside(read, names, named=[*files] if is_named else ())


@pytest.mark.parametrize("given", GIVEN)
def test_so_is_one_in_a_file_of_its_own(given: str) -> None:
    files, is_named, expected = GIVEN[given]
    assert _violated(_beside(files, is_named=is_named), AUTHORITY) == expected


def test_no_authority_makes_a_key_right_for_what_is_called_as_it() -> None:
    named = "received.private_key.named"
    lego = _certificates(a_crt=_LEAF, a_issuer_crt=_TSP, a_key=_KEY)
    assert _violated(_beside(lego, is_named=False), named) == FAILS
    mixed = _certificates(a_pem=WHOLE, a_key=_TSP + _KEY)
    assert _violated(_beside(mixed, is_named=False), named) == FAILS


@pytest.mark.interop
def test_nginx_refuses_what_fails_and_what_is_told_of_the_first(tmp_path: Path) -> None:
    nginx = judge("nginx")
    bundles = [TEXTS[form](WHOLE, KEYS[whose]) for form, whose in product(("PEM", "PEM, the key first"), KEYS)]
    home = pem(OF_HOME.der, HOME.der)
    bundles += [home + _text(HOME.key), home + _text(OF_HOME.key), WHOLE + pem(OTHER.der) + _text(OTHER.key)]
    bundles += [WHOLE + KEYS["own"] + KEYS["tsp"], pem(TSP.der, LEAF.der) + KEYS["tsp"]]
    for number, data in enumerate(bundles):
        place, configuration = tmp_path / f"{number}.pem", tmp_path / f"{number}.conf"
        place.write_bytes(data)
        server = f"server {{ listen 127.0.0.1:1 ssl; ssl_certificate {place}; ssl_certificate_key {place}; }}"
        http = f"http {{ access_log off; {server} }}"
        configuration.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n{http}\n")
        ran = subprocess.run([nginx, "-t", "-c", configuration], capture_output=True, text=True, check=False)
        fails = _severities(data) == FAILS or bool(_severities(data, FIRST))
        assert ("key values mismatch" in ran.stderr) is fails, (number, ran.stderr)
