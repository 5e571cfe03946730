"""A key in one text is held to the certificate in another that it goes with by the names in them, and to no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import permutations
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from pkitools.checking.chain import check_keys_together, together
from pkitools.checking.private_keys import NAMED
from pkitools.containers import read_source
from pkitools.findings import Severity
from tests.checking.test_beside import content
from tests.checking.test_named_in_text import FLAT, Values, in_json, object_of, values_of
from tests.portfolio.support import scanned
from tests.support.cases import in_one_test

Texts: TypeAlias = Mapping[str, str]
Pairs: TypeAlias = tuple[Values, Values]


def objects(certificates: Mapping[str, str], keys: Mapping[str, str], style: str) -> Callable[[Pairs], Texts]:
    """A ConfigMap and a Secret for each pair, by the names of their files: each called as said."""

    def made(pairs: Pairs) -> Texts:
        maps = [
            (file, object_of("ConfigMap", name, pair[:1], style))
            for (file, name), pair in zip(certificates.items(), pairs, strict=True)
        ]
        held = [
            (file, object_of("Secret", name, pair[1:], style))
            for (file, name), pair in zip(keys.items(), pairs, strict=True)
        ]
        return dict([*maps, *held])

    return made


def two(container: str, certificates: str, keys: str) -> Callable[[Pairs], Texts]:
    """One text with the certificates, another with the keys."""
    return lambda pairs: {
        certificates: FLAT[container]([pair[0] for pair in pairs]),
        keys: FLAT[container]([pair[1] for pair in pairs]),
    }


_SITES: Final = {"1.yaml": "site-a", "2.yaml": "site-b"}
# by which names each certificate and its key are known, and how the two are called in the texts
TEXTS: Final[dict[str, tuple[tuple[str, str], Callable[[Pairs], Texts]]]] = {
    **{
        f"objects of one name, {style}": (
            ("tls.crt", "tls.key"),
            objects(_SITES, {"3.yaml": "site-a", "4.yaml": "site-b"}, style),
        )
        for style in ("base64", "open", "base64, name behind", "open, name behind", "binary")
    },
    "objects in namespaces": (
        ("tls.crt", "tls.key"),
        objects({"1.yaml": "a/web", "2.yaml": "b/web"}, {"3.yaml": "a/web", "4.yaml": "b/web"}, "base64"),
    ),
    "objects but for a word": (
        ("tls.crt", "tls.key"),
        objects({"1.yaml": "a-certs", "2.yaml": "b-certs"}, {"3.yaml": "a-keys", "4.yaml": "b-keys"}, "open"),
    ),
    "files of one name": (
        ("tls.crt", "tls.key"),
        objects(
            {"a-configmap.yaml": "x", "b-configmap.yaml": "y"}, {"a-secret.yaml": "v", "b-secret.yaml": "w"}, "open"
        ),
    ),
    "objects of JSON": (
        ("tls.crt", "tls.key"),
        lambda pairs: {
            f"{kind}{number}.json": json.dumps(in_json(kind, name, [pair[kind == "Secret"]]))
            for number, (name, pair) in enumerate(zip(("a", "b"), pairs, strict=True))
            for kind in ("ConfigMap", "Secret")
        },
    ),
    "ConfigMap and Secret": (("{}.crt", "{}.key"), two("ConfigMap", "cm.yaml", "secret.yaml")),
    ".env": (("{}_CERT", "{}_KEY"), two(".env in quotes", "certs.env", "keys.env")),
    "JSON": (("{}Cert", "{}Key"), two("JSON", "values.json", "values-secret.json")),
    "TOML": (("{}_certificate", "{}_private_key"), two("TOML", "x.toml", "x.secrets.toml")),
    "values of other names": (("{}.crt", "{}.key"), two("Helm values", "prod.yaml", "hidden.yaml")),
    "Terraform": (("{}_cert", "{}_key"), two("Terraform", "certs.tf", "secrets.tf")),
}  # fmt: skip


def told(texts: Texts) -> list[str]:
    """The texts of which a key is told to be another's."""
    read = {name: read_source(text.encode(), name) for name, text in texts.items()}
    found = check_keys_together(read, None, together(read).chains)
    return [each.params["file"] for each in found if each.status == "violated" and each.rule.code == NAMED.code]


def scanned_wrong(folder: Path, texts: Texts) -> int:
    """How many certificates a scan says to have another's key."""
    for name, text in texts.items():
        (folder / name).write_text(text)
    return sum(any(one.rule.code == NAMED.code for one in each.findings) for each in scanned(folder).judged)


@pytest.mark.parametrize("way", TEXTS)
def test_exchanged_keys_in_other_texts_are_told(tmp_path: Path, way: str) -> None:
    style, made = TEXTS[way]
    for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
        texts = made((values_of(style, *hosts[0]), values_of(style, *hosts[1])))
        for order in [*permutations(texts)][:3]:
            assert len(told({name: texts[name] for name in order})) == count, hosts
        assert scanned_wrong(tmp_path, texts) == count, hosts


def _one(name: str, values: Values) -> str:
    return object_of("ConfigMap" if "crt" in values[0][0] else "Secret", name, values, "open")


_A, _B = values_of(("tls.crt", "tls.key"), "a", "b"), values_of(("tls.crt", "tls.key"), "b", "b")
_NAMED = values_of(("{}.crt", "{}.key"), "a", "c")
# what nothing says to belong together, or says to be of something else
APART: Final[dict[str, Texts]] = {
    "a partner's certificate and a key for something else": {
        "cm-web.yaml": _one("web", _A[:1]),
        "secret-db.yaml": _one("db", _A[1:]),
    },
    "objects of other names": {"configmap.yaml": _one("partner", _A[:1]), "secret.yaml": _one("web", _A[1:])},
    "other environments": {
        "values-prod.yaml": FLAT["Helm values"](_NAMED[:1]),
        "secrets-test.yaml": FLAT["Helm values"](_NAMED[1:]),
    },
    "a certificate with its own key": {
        "a.yaml": object_of("Secret", "web", [_B[0], values_of(("tls.crt", "tls.key"), "b", "b")[1]], "open"),
        "b.yaml": _one("web", values_of(("tls.crt", "tls.key"), "a", "a")[1:]),
    },
    "of two environments of one name": {
        "prod.yaml": FLAT["Helm values"](values_of(("{}.crt", "{}.key"), "a", "a")[:1]),
        "test.yaml": FLAT["Helm values"]([(_NAMED[0][0], content("cert c").decode())]),
        "keys.yaml": FLAT["Helm values"](_NAMED[1:]),
    },
}  # fmt: skip


@in_one_test
@pytest.mark.parametrize("texts", APART)
def test_what_nothing_says_to_belong_together_is_not_told(tmp_path: Path, texts: str) -> None:
    assert told(APART[texts]) == []
    assert scanned_wrong(tmp_path, APART[texts]) == 0


def test_one_certificate_of_several_in_a_text_is_wrong_by_its_key(tmp_path: Path) -> None:
    certificates = [values_of(("{}.crt", "{}.key"), host, host)[0] for host in "ab"]
    keys = [values_of(("{}.crt", "{}.key"), "a", "c")[1], values_of(("{}.crt", "{}.key"), "b", "b")[1]]
    texts = {"cm.yaml": FLAT["ConfigMap"](certificates), "secret.yaml": FLAT["ConfigMap"](keys)}
    assert told(texts) == ["secret.yaml"]
    assert scanned_wrong(tmp_path, texts) == 1


def test_the_key_of_an_order_that_waits_is_no_alarm(tmp_path: Path) -> None:
    certificate, key = values_of(("{}.crt", "{}.key"), "a", "c")
    texts = {"cm.yaml": FLAT["ConfigMap"]([certificate]), "secret.yaml": FLAT["ConfigMap"]([key])}
    assert told(texts) == ["secret.yaml"]
    texts |= {"new.csr": content("csr c").decode()}
    assert told(texts) == []
    assert scanned_wrong(tmp_path, texts) == 1  # a warning: who uses the two together has the wrong key for now
    (one,) = scanned(tmp_path).judged
    assert [each.rule.severity for each in one.findings if each.rule.code == NAMED.code] == [Severity.WARNING]
