"""A Secret of the type kubernetes.io/tls is a pair that is served: the answers of the same two files of a server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from pkitools import Environment, TrustStore
from pkitools.checking.delivery.checks import COMPLETE, ORDER
from pkitools.checking.file_check import check_file
from pkitools.errors import InputError
from pkitools.findings import Severity, Verdict
from pkitools.portfolio import Portfolio
from pkitools.x509 import read_certificate
from tests.portfolio.support import CHAIN, LEAF, WHOLE, gaps, other_leaf, scanned
from tests.portfolio.test_as_named import CASES as NAMED
from tests.portfolio.test_as_named import KEY
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, good_chain

TLS: Final = "kubernetes.io/tls"
LOCKED: Final = good_chain().leaf.key.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
)
# a Secret has two values: what a server finds in one file it finds in one of them
PAIRS: Final[dict[str, tuple[bytes, bytes]]] = {
    **{name: (certificate, key) for name, (certificate, key) in NAMED.items() if key is not None},
    "swapped": (KEY, WHOLE),
    "locked": (WHOLE, LOCKED),
    "without its chain": (LEAF, KEY),
    "one authority and not the other": (
        LEAF + CHAIN[: len(CHAIN) // 2 + 600].partition(b"-----END CERTIFICATE-----\n")[0]
    + b"-----END CERTIFICATE-----\n", KEY),
}  # fmt: skip


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def secret(said: Mapping[str, Any], kind: str = TLS) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "type": kind, **said}


def in_data(certificate: bytes, key: bytes) -> dict[str, Any]:
    return {"data": {"tls.crt": encoded(certificate), "tls.key": encoded(key)}}


def in_the_open(certificate: bytes, key: bytes) -> dict[str, Any]:
    return {"stringData": {"tls.crt": certificate.decode(), "tls.key": key.decode()}}


class _Literal(str):
    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as people do, as a block."""


_Dumper.add_representer(_Literal, lambda made, text: made.represent_scalar("tag:yaml.org,2002:str", text, style="|"))


def _literal(one: Any) -> Any:
    if isinstance(one, dict):
        return {name: _literal(each) for name, each in one.items()}
    if isinstance(one, list):
        return [_literal(each) for each in one]
    return _Literal(one) if isinstance(one, str) and "\n" in one else one


def in_yaml(document: Any) -> str:
    return yaml.dump(_literal(document), Dumper=_Dumper, sort_keys=False)


def in_json(document: Any) -> str:
    return json.dumps(document, indent=1)


GOOD: Final = secret(in_data(WHOLE, KEY))


def behind_another(one: Mapping[str, Any]) -> dict[str, Any]:
    """A list, in which the certificate of the first Secret is not that of the second."""
    other = secret({"data": {"ca.crt": encoded(CHAIN)}}, "Opaque")
    return {"apiVersion": "v1", "kind": "List", "items": [other, dict(one)]}


WRITTEN: Final[dict[str, Callable[[bytes, bytes], str]]] = {
    "YAML": lambda *pair: in_yaml(secret(in_data(*pair))),
    "YAML, the type behind the values": lambda *pair: in_yaml(dict(reversed(secret(in_data(*pair)).items()))),
    "YAML in the open": lambda *pair: in_yaml(secret(in_the_open(*pair))),
    "a list in YAML": lambda *pair: in_yaml(behind_another(secret(in_data(*pair)))),
    "two documents": lambda *pair: in_yaml(secret({}, "Opaque")) + "---\n" + in_yaml(secret(in_data(*pair))),
    "JSON": lambda *pair: in_json(secret(in_data(*pair))),
    "JSON in the open": lambda *pair: in_json(secret(in_the_open(*pair))),
    "a list in JSON": lambda *pair: in_json(behind_another(secret(in_data(*pair)))),
}


def is_plain(data: bytes) -> bool:
    """Whether a block of YAML says a text as it is: no line of it begins or ends with a space."""
    return (
        data.decode().isascii() and data.isascii() and not any(sign in data for sign in (b"\r", b" \n", b"\n ", b"\\n"))
    )


def written(folder: Path, text: str) -> Path:
    file = folder / ("s.json" if text.startswith("{") else "s.yaml")
    file.write_text(text, encoding="utf-8", newline="")
    file.chmod(0o600)
    return file


def answer(found: Portfolio) -> tuple[bool, Severity | None, frozenset[str]]:
    """Whether all was looked at, what weighs the most, and which certificates that is told of."""
    weights = [one.worst for one in found.judged if one.worst is not None]
    order = [Severity.ERROR, Severity.WARNING, Severity.NOTICE, Severity.INFO]
    worst = next((each for each in order if each in weights), None)
    heavy = frozenset(one.sha256 for one in found.judged if one.worst in {Severity.ERROR, Severity.WARNING})
    return found.is_whole, worst if heavy else None, heavy


def of_server(folder: Path, certificate: bytes, key: bytes) -> tuple[bool, Severity | None, frozenset[str]]:
    place = folder / "server"
    place.mkdir()
    for name, data in {"A.pem": certificate, "A.key": key}.items():
        (place / name).write_bytes(data)
        (place / name).chmod(0o600)
    (place / "nginx.conf").write_text("server { listen 1 ssl; ssl_certificate A.pem; ssl_certificate_key A.key; }\n")
    return answer(scanned(place))


@in_one_test
@pytest.mark.parametrize("name", PAIRS)
def test_a_secret_is_answered_as_the_two_files_of_a_server(tmp_path: Path, name: str) -> None:
    certificate, key = PAIRS[name]
    expected = of_server(tmp_path, certificate, key)
    told = {}
    for way, text in WRITTEN.items():
        folder = tmp_path / f"secret {way}"
        folder.mkdir()
        try:
            made = text(certificate, key)
        except UnicodeDecodeError:
            continue  # octets that are no text do not stand in the open
        if way == "YAML in the open" and not is_plain(certificate + key):
            continue  # a block of YAML has the ends of lines of its file
        written(folder, made)
        told[way] = answer(scanned(folder))
    if not expected[0]:
        assert {way for way, found in told.items() if found[0] and found[1] is not Severity.ERROR} == set()
    else:
        assert told == dict.fromkeys(told, expected)


@in_one_test
@pytest.mark.parametrize("name", PAIRS)
def test_a_check_passes_what_a_server_sends_without_a_gap_or_an_error(tmp_path: Path, name: str) -> None:
    certificate, key = PAIRS[name]
    whole, worst, _ = of_server(tmp_path, certificate, key)
    file = written(tmp_path, WRITTEN["YAML"](certificate, key))
    trust = TrustStore.from_der([good_chain().root.der])
    try:
        found = check_file(file, moment=MOMENT, environment=Environment.PRODUCTION, trust=trust)
    except InputError:
        assert not whole
        return
    if not whole or worst is Severity.ERROR:
        assert found.verdict is not Verdict.PASSED
    elif worst is None:
        assert found.verdict is Verdict.PASSED


LACKING: Final[dict[str, Mapping[str, Any]]] = {
    "no key": {"data": {"tls.crt": encoded(WHOLE)}},
    "a key that is null": {"data": {"tls.crt": encoded(WHOLE), "tls.key": None}},
    "an empty key": {"data": {"tls.crt": encoded(WHOLE), "tls.key": ""}},
    "no certificate": {"data": {"tls.key": encoded(KEY)}},
    "an empty certificate": {"data": {"tls.crt": "", "tls.key": encoded(KEY)}},
    "nothing in data": {"data": {}},
    "no data": {},
}


@in_one_test
@pytest.mark.parametrize("made", [in_yaml, in_json])
@pytest.mark.parametrize("name", LACKING)
def test_a_secret_that_lacks_what_a_server_loads_is_a_gap(
    tmp_path: Path, name: str, made: Callable[[Any], str]
) -> None:
    for around in (secret(LACKING[name]), {"kind": "List", "items": [GOOD, secret(LACKING[name])]}):
        file = written(tmp_path, made(around))
        assert {Path(one.name).name for one in scanned(tmp_path).unread} == {file.name}
        file.unlink()


@in_one_test
@pytest.mark.parametrize("made", [in_yaml, in_json])
@pytest.mark.parametrize("kind", ["Opaque", "kubernetes.io/tls-other", "helm.sh/release.v1", ""])
def test_a_secret_of_another_type_is_asked_nothing_new(tmp_path: Path, kind: str, made: Callable[[Any], str]) -> None:
    for said in (
        {"ca.crt": encoded(CHAIN)},
        {"tls.crt": encoded(WHOLE)},
        {"tls.crt": encoded(CHAIN + LEAF), "tls.key": encoded(KEY)},
        {"tls.crt": encoded(KEY), "tls.key": encoded(WHOLE)},
    ):
        file = written(tmp_path, made(secret({"data": said}, kind)))
        found = scanned(tmp_path)
        assert gaps(found, tmp_path) == {}
        told = {each.rule.code for one in found.judged for judged in one.judgements for each in judged.told}
        assert told.isdisjoint({ORDER.code, COMPLETE.code})
        file.unlink()


def test_each_secret_of_a_list_is_asked_of_what_stands_in_it(tmp_path: Path) -> None:
    """The chain of one does not complete another, and what one lacks is not told of the other."""
    alone = secret(in_data(LEAF, KEY))
    for made in (in_yaml, in_json):
        kept = {"kind": "List", "items": [secret({"data": {"tls.crt": encoded(CHAIN)}}, "Opaque"), alone]}
        expected = {Severity.WARNING, Severity.ERROR}
        file = written(tmp_path, made(kept))
        assert {one.worst for one in scanned(tmp_path).judged} <= expected
        first = secret(in_data(CHAIN + LEAF, KEY))
        also = secret({"data": {"tls.crt": encoded(other_leaf() + CHAIN)}}, "Opaque")
        file.unlink()
        file = written(tmp_path, made({"kind": "List", "items": [also, first]}))
        told = {one.common_name: one.worst for one in scanned(tmp_path).judged}
        assert [name for name, worst in told.items() if worst is Severity.ERROR] == [
            read_certificate(good_chain().leaf.der).subject.common_name
        ]
        file.unlink()
