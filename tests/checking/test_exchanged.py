"""Keys are told as exchanged by what their names and sections share; the shapes of good files are no alarm."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.checking.of_file import FileKeys
from pkitools.checking.private_keys import FOREIGN, NEXT, PLACED, REQUEST, public_halves
from pkitools.checking.sections import Standing
from pkitools.containers import Item, ItemKind, read_source
from pkitools.findings import Outcome, Severity
from pkitools.messages import LANGUAGES, Language, outcome_message
from pkitools.portfolio.beside import misfits
from pkitools.x509 import read_certificate
from tests.checking.test_beside import content
from tests.checking.test_named_in_text import (
    ALONE,
    FLAT,
    STYLES,
    TREES,
    Tree,
    as_yaml,
    base64_of,
    misplaced,
    misplaced_keys,
    values_of,
)
from tests.portfolio.support import scanned
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.deliveries import pem
from tests.support.effort import in_turn
from tests.support.judges import judge
from tests.support.operations import TIMES, growing

PRIVATE: Final = re.compile(r"-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n")
PARTNER: Final = pem(good_chain().leaf.der).decode()
"""A certificate whose key lies nowhere."""

# two pairs of names; what says the kind is no word that is known, or stands where no list looks
UNLISTED: Final = {
    "a kind of its own": ("digid_leaf", "digid_key", "eh_leaf", "eh_key"),
    "two words of the kind": ("digid_cert_pem", "digid_rsa_key", "eh_cert_pem", "eh_rsa_key"),
    "another word for the key": ("digid_cert", "digid_secret", "eh_cert", "eh_secret"),
    "plurals in front": ("certs_digid", "keys_digid", "certs_eh", "keys_eh"),
    "on both sides": ("x_digid_own", "y_digid_other", "x_eh_own", "y_eh_other"),
    "one without a word": ("own.pem", "own_geheim", "own.digid.pem", "digid_own_geheim"),
    "three words, of which two are shared": ("prod_digid_a", "prod_digid_b", "acc_digid_a", "acc_digid_b"),
    "how the key is kept": ("digid.pem", "digid.decrypted.key", "eh.pem", "eh.decrypted.key"),
}


def flat(names: tuple[str, ...], hosts: str) -> list[tuple[str, str]]:
    texts = [content(f"{kind} {host}").decode() for kind, host in zip(("cert", "key") * 2, hosts, strict=True)]
    return list(zip(names, texts, strict=True))


@pytest.mark.parametrize("container", FLAT)
def test_names_pair_by_what_they_share(container: str) -> None:
    """The product of containers, names, and keys in their places and exchanged; the order of the values, in turn."""
    place = list(FLAT).index(container)
    for (number, names), (hosts, count) in product(enumerate(UNLISTED.values()), (("aabb", 0), ("abba", 2))):
        values = flat(names, hosts)
        orders = (values, values[::-1], [*values[::2], *values[1::2]], [*values[2:], *values[:2]])
        for order in in_turn(orders, place, number):
            assert misplaced(FLAT[container](order)) == count, (hosts, [name for name, _ in order])


def test_what_stands_there_again_and_again_is_not_looked_at_for_each_key() -> None:
    """Each of some keys stands in a section of its own, beside another's certificate."""

    def work(count: int) -> object:
        standing = Standing(*given[count])
        certificates, keys = given[count]
        fitting = {host: [each for each in certificates if each[1] == host] for host in "ab"}
        return [
            standing.held_to(item, mark, iter(fitting[mark]), lambda mark, value: mark == value) for item, mark in keys
        ]

    def sections(count: int) -> tuple[list[tuple[Item, str]], list[tuple[Item, str]]]:
        hosts = ["ab" if n % 2 else "ba" for n in range(count)]
        return tuple(
            [
                (Item(kind, b"", n, alias=kind.value, among=n, within=((n, ""),)), host[at])
                for n, host in enumerate(hosts, start=1)
            ]
            for at, kind in enumerate((ItemKind.CERTIFICATE, ItemKind.KEY))
        )

    given = {n: sections(n) for n in (1, 150, 150 * TIMES)}
    assert len([one for one in work(150) if one]) == 150
    assert not growing(work, 150)


def test_a_certificate_that_stands_there_twice_is_one() -> None:
    for hosts, count in (("aabb", 0), ("abba", 2)):
        values = dict(flat(UNLISTED["another word for the key"], hosts))
        twice = {name.replace("cert", "volledig"): text for name, text in values.items() if "cert" in name}
        assert misplaced_keys(json.dumps({**values, **twice})) == count


@pytest.mark.parametrize("names", [("a", "b", "c", "d"), ("x_a", "x_b", "x_c", "x_d"), ("een", "twee", "drie", "vier")])
def test_names_that_share_nothing_pair_nothing(names: tuple[str, ...]) -> None:
    for container in ("JSON", "ConfigMap", "TOML"):
        assert misplaced(FLAT[container](flat(names, "abba"))) == 0


# of one tenant the names of its own certificate, that of the other side, and the key; a dot leads to what is in it
TENANTS: Final = {
    "idp and sp": ("sp_certificate", "idp_certificate", "private_key"),
    "own and partner": ("own", "partner", "key"),
    "names that say nothing": ("one", "two", "three"),
    "in sections": ("sp.x509cert", "idp.x509cert", "privateKey"),
    "the key in a section": ("certificate", "broker_certificate", "signing.key"),
    "all in sections": ("own.certificate.pem", "peer.certificate.pem", "own_key.pem"),
}


def tree_of(values: Mapping[str, str]) -> Tree:
    whole: Tree = {}
    for path, text in values.items():
        *around, last = path.split(".")
        inside = whole
        for label in around:
            inside = inside.setdefault(label, {})
        inside[last] = text
    return whole


@in_one_test
@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("tenant", TENANTS)
def test_the_certificate_of_another_side_hides_no_exchanged_key(tree: str, tenant: str) -> None:
    own, partner, key = TENANTS[tenant]
    for hosts, count in (("aabb", 0), ("abba", 2)):
        values = {}
        for number, at in enumerate((0, 2)):
            texts = (f"cert {hosts[at]}", PARTNER, f"key {hosts[at + 1]}")
            for name, text in zip((own, partner, key), texts, strict=True):
                values[f"tenant{number}.{name}"] = text if text is PARTNER else content(text).decode()
        assert misplaced(TREES[tree](tree_of(values))) == count, hosts


# good files: of each value the path that leads to it, and what it is
GOOD: Final[dict[str, dict[str, str]]] = {
    "own above, the broker's beside the key": {
        "own_certificate": "cert a", "digid.broker_certificate": "", "digid.private_key": "key a",
    },
    "the same without a word for the other": {
        "certificate": "cert a", "digid.certificate": "", "digid.private_key": "key a",
    },
    "own above, two with a key each": {
        "certificate": "cert a", "digid.idp_certificate": "", "digid.decryption_key": "key a",
        "eh.idp_certificate": "cert b", "eh.decryption_key": "key a",
    },
    "a pair, and a key whose certificate is apart": {
        "tls.cert": "cert a", "tls.key": "key a", "signing.partner": "", "signing.key": "key b",
        "signing_public.cert": "cert b",
    },
    "a name of what is trusted": {"server.key": "key a", "trust.server": "", "cert": "cert a"},
    "own and peers": {"key": "key a", "cert": "cert a", "peers.one.cert": "", "peers.two.cert": "cert b"},
    "one key twice, once beside another side": {
        "a.sp_cert": "cert a", "a.idp_cert": "", "a.key": "key a", "b.idp_cert": "", "b.key": "key a",
    },
    "a spare key that another section has": {
        "cert": "cert a", "key": "key a", "spare": "key b", "x.cert": "cert b", "x.key": "key b",
    },
    "old and new": {"key": "key a", "cert": "cert a", "old_cert": "cert b"},
    "own below, another's certificate above": {"s.cert": "", "s.key": "key a", "s.own.cert": "cert a"},
    "own beside the section of another side": {"own.cert": "cert a", "digid.idp_cert": "", "digid.key": "key a"},
    "two keys, of which one is of another section": {
        "s.cert": "cert a", "s.key": "key a", "s.private_key": "key b", "t.cert": "cert b",
    },
    "what is trusted beside the key": {"s.cert": "ca x", "s.key": "key a", "t.cert": "cert a"},
}  # fmt: skip
# good too, with a key that is of no certificate in the file
TO_COME: Final[dict[str, dict[str, str]]] = {
    "a next key": {"digid.cert": "cert a", "digid.key": "key a", "digid.next_key": "key c"},
    "a next key, the first elsewhere": {"digid.cert": "cert a", "digid.next_key": "key c"},
    "a Dutch next key": {"cert": "cert a", "key": "key a", "nieuwe_sleutel": "key c"},
    "another name": {"client.crt": "cert a", "client.key": "key a", "saml.key": "key c"},
    "the service provider has no certificate yet": {"sp.x509cert": "", "sp.privateKey": "key c", "idp.x509cert": "p"},
    "only the other side's beside it": {"idp_certificate": "p", "private_key": "key c"},
    "a key of tokens": {
        "digid.idpCertificate": "p", "digid.spCertificate": "cert a", "digid.privateKey": "key a",
        "jwt.privateKey": "key c",
    },
    "all beside one another": {"SP_CERT": "cert a", "SP_KEY": "key a", "IDP_CERT": "p", "JWT_PRIVATE_KEY": "key c"},
    "a key to sign beside one of a server": {
        "digid.metadataCertificate": "p", "digid.tlsCertificate": "cert a", "digid.tlsKey": "key a",
        "digid.signingKey": "key c",
    },
    "a next key beside the partner's": {
        "certificate": "cert a", "privateKey": "key a", "partnerCertificate": "p", "nextPrivateKey": "key c",
    },
    "settings of a server": {
        "server.ssl.certificate": "cert a", "server.ssl.key": "key a", "saml.idp.certificate": "p",
        "signing.key": "key c",
    },
    "a key that protects data": {
        "Saml.IdpCertificate": "p", "Saml.SigningCertificate": "cert a", "Saml.SigningKey": "key a",
        "DataProtection.Key": "key c",
    },
}  # fmt: skip
# good as well, with a request for a next certificate, and what is told
ON_ORDER: Final[dict[str, dict[str, str]]] = {
    "a section for the next": {
        "current.certificate": "cert a", "current.privateKey": "key a", "next.privateKey": "key c", "next.csr": "csr c",
    },
    "all beside one another": {"cert": "cert a", "key": "key a", "next_key": "key c", "next_csr": "csr c"},
    "the request called as the certificate": {"s.crt": "cert a", "s.key": "key a", "n.key": "key c", "s.csr": "csr c"},
    "beside the other side's": {
        "idp.cert": "p", "sp.cert": "cert a", "sp.key": "key a", "new.key": "key c", "new.csr": "csr c",
    },
    "its key elsewhere": {"a.crt": "cert a", "a.key": "key a", "b.crt": "cert b", "b.key": "key b", "n.csr": "csr c"},
}  # fmt: skip


# a section with a certificate and a key that is of one that has no key
ONE_KEY: Final[dict[str, dict[str, str]]] = {
    "client and server": {"client.cert": "cert a", "client.key": "key b", "server.cert": "cert b"},
    "the server first": {"server.cert": "cert b", "client.cert": "cert a", "client.key": "key b"},
    "names in full": {"a.certificate": "cert a", "a.private_key": "key b", "b.certificate": "cert b"},
    "of a Secret": {"a.data.tls.crt": "cert a", "a.data.tls.key": "key b", "b.data.tls.crt": "cert b"},
    "deeper": {"x.a.tls.cert": "cert a", "x.a.tls.key": "key b", "x.b.tls.cert": "cert b"},
    "another top": {"a.cert": "cert a", "a.key": "key b", "b.x.cert": "cert b", "b.y.cert": "cert c"},
    "one is deeper": {"a.cert": "cert a", "a.key": "key b", "x.y.z.cert": "cert b"},
    "beside a third that fits": {
        "a.cert": "cert a", "a.key": "key b", "b.cert": "cert b", "c.cert": "cert c", "c.key": "key c",
    },
}  # fmt: skip


@in_one_test
@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("shape", ONE_KEY)
def test_a_key_of_a_section_whose_certificate_has_none_elsewhere_is_told(tree: str, shape: str) -> None:
    """The same with the key that belongs there says nothing."""
    found = told(TREES[tree](texts_of(ONE_KEY[shape], "-\n")))
    assert [(one.rule.code, one.rule.severity) for one in found] == [(PLACED.code, Severity.ERROR)]
    assert told(TREES[tree](texts_of({**ONE_KEY[shape], **own_key(ONE_KEY[shape])}, "-\n"))) == []


def own_key(shape: Mapping[str, str]) -> dict[str, str]:
    """The key of the first certificate in the place of that of the second."""
    return {path: "key a" for path, what in shape.items() if what == "key b"}


def texts_of(shape: Mapping[str, str], other: str) -> Tree:
    return tree_of(
        {path: PARTNER if what == "p" else content(what).decode() if what else other for path, what in shape.items()}
    )


@in_one_test
@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("shape", GOOD)
def test_good_files_are_no_alarm(tree: str, shape: str) -> None:
    assert told(TREES[tree](texts_of(GOOD[shape], PARTNER))) == []


def told(text: str) -> list[Outcome]:
    contents = read_source(text.encode(), "x")
    read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
    found = FileKeys(contents, "x", read, public_halves(contents)).outcomes(raise_crashes=True)
    codes = {PLACED.code, FOREIGN.code, REQUEST.code, NEXT.code}
    return [one for one in found if one.status == "violated" and one.rule.code in codes]


@in_one_test
@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("shape", ON_ORDER)
def test_what_is_on_order_is_a_notice(tree: str, shape: str) -> None:
    found = told(TREES[tree](texts_of(ON_ORDER[shape], "-\n")))
    assert {(one.rule.code, one.rule.severity) for one in found} == {(NEXT.code, Severity.NOTICE)}


def test_a_next_key_in_the_place_of_the_present_one_is_a_warning() -> None:
    for tree in TREES.values():
        found = told(tree(texts_of({"s.crt": "cert a", "s.key": "key c", "s.csr": "csr c"}, "-\n")))
        assert {(one.rule.code, one.rule.severity) for one in found} == {
            (FOREIGN.code, Severity.WARNING), (NEXT.code, Severity.NOTICE),
        }  # fmt: skip


def test_a_request_for_what_is_there_or_for_nobody_knows_what_is_an_error_under_the_name_of_another() -> None:
    exchanged = {"a.crt": "cert a", "a.key": "key a", "a.csr": "csr b", "b.crt": "cert b", "b.key": "key b"}
    for shape in (exchanged, {"s.crt": "cert a", "s.key": "key a", "s.csr": "csr c"}):
        for tree in TREES.values():
            assert [one.rule.code for one in told(tree(texts_of(shape, "-\n")))] == [REQUEST.code]


@pytest.mark.parametrize("shapes", [GOOD, TO_COME, ON_ORDER])
def test_a_scan_tells_no_key_of_a_good_file(tmp_path: Path, shapes: Mapping[str, Mapping[str, str]]) -> None:
    """Each in a folder of its own, in each kind of text; of one with a key that does not fit it is told."""
    filler = PARTNER if shapes is GOOD else "-\n"
    for number, (shape, tree) in enumerate(product(shapes.values(), (as_yaml, json.dumps))):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "app.yml").write_text(tree(texts_of(shape, filler)), encoding="utf-8")
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "app.yml").write_text(as_yaml(texts_of({"x.cert": "cert a", "x.key": "key b"}, "-")), encoding="utf-8")
    assert {Path(key.place.name).parent for key, _, _ in misfits(scanned(tmp_path))} == {wrong}


@in_one_test
@pytest.mark.parametrize("tree", [as_yaml, json.dumps])
@pytest.mark.parametrize("shape", TO_COME)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_whose_certificate_is_to_come_is_a_notice(
    tree: Callable[[Tree], str], shape: str, language: Language
) -> None:
    (one,) = told(tree(texts_of(TO_COME[shape], "-\n")))
    message = outcome_message(one, language)
    assert (one.rule.code, one.rule.severity) == (FOREIGN.code, Severity.NOTICE)
    assert not any(word in message.message + message.remedy for word in ("start", "Haal deze", "Take this"))


@pytest.mark.parametrize("shape", [
    {"cert": "cert a", "key": "key c"},
    {"tls.cert": "cert a", "tls.private": "key c"},
    {"a_cert": "cert a", "b_cert": "cert b", "a_key": "key c", "b_key": "key b"},
    {"certs.digid": "cert a", "keys.digid": "key c"},
])  # fmt: skip
def test_a_key_that_goes_with_a_certificate_and_fits_none_is_an_error(shape: Mapping[str, str]) -> None:
    for tree in TREES.values():
        assert [one.rule.severity for one in told(tree(texts_of(shape, "-")))] == [Severity.ERROR]


def test_a_key_that_is_held_to_a_name_is_told_wherever_its_own_certificate_lies() -> None:
    shape = {"client.crt": "cert a", "client.key": "key b", "server.crt": "cert b"}
    values = {path: content(what).decode() for path, what in shape.items()}
    assert misplaced_keys(json.dumps(values)) == 1


def der_of(text: str) -> str:
    """The base64 of what is in a PEM block, on one line."""
    return "".join(line for line in text.splitlines() if not line.startswith("-----"))


# of the containers those that are a text by themselves, and no part of one
CODED: Final = sorted(
    name for name in FLAT if not re.search(r"(?i)(?:^| in a )mail|in (?:a Secret|stringData|a ConfigMap as)", name)
)


@in_one_test
@pytest.mark.parametrize("container", CODED)
@pytest.mark.parametrize("coded", [base64_of, der_of])
def test_values_in_base64_keep_their_names(container: str, coded: Callable[[str], str]) -> None:
    styles, exchanged = ("words", "the kind in front", "capitals around"), ((("aa", "bb"), 0), (("ab", "ba"), 2))
    for style, (hosts, count) in product(styles, exchanged):
        values = [value for pair in hosts for value in values_of(STYLES[style], *pair)]
        told = misplaced(FLAT[container]([(name, coded(text) + "\n") for name, text in values]))
        assert told == count, (style, hosts)


@in_one_test
@pytest.mark.parametrize("coded", [base64_of, der_of])
@pytest.mark.parametrize("style", ALONE)
def test_values_in_base64_keep_their_sections(coded: Callable[[str], str], style: tuple[str, str]) -> None:
    for hosts, count in (("ab", 0), ("ba", 2)):
        pairs = [
            {name: coded(text) for name, text in values_of(style, host, other)}
            for host, other in zip("ab", hosts, strict=True)
        ]
        flow = "".join(f"---\n{json.dumps(pair)}\n".replace('"', "") for pair in pairs)
        secrets = "---\n".join(
            f"{{kind: Secret, metadata: {{name: {host}}}, data: {json.dumps(pair)}}}\n".replace('"', "")
            for host, pair in zip("xy", pairs, strict=True)
        )
        acme = {"le": {"Account": {}, "Certificates": [{"domain": {"main": "x"}, **pair} for pair in pairs]}}
        for text in (json.dumps(acme), json.dumps(acme, indent=1), json.dumps({"tls": pairs}), flow, secrets):
            assert misplaced(text) == count, text[:200]


def written_by_openssl(folder: Path, host: str, name: str) -> str:
    """A certificate and its key, each below the attributes of its bag."""
    for kind in ("cert", "key"):
        (folder / kind).write_bytes(content(f"{kind} {host}"))
    named = ["-name", name] if name else []
    words = ["-export", "-in", "cert", "-inkey", "key", "-out", "x.p12", "-passout", "pass:x", *named]
    for each in (words, ["-in", "x.p12", "-passin", "pass:x", "-nodes", "-out", "x.pem"]):
        subprocess.run([judge("openssl"), "pkcs12", *each], cwd=folder, check=True, capture_output=True, timeout=60)
    return (folder / "x.pem").read_text(encoding="utf-8")


def exchanged(text: str, keys: tuple[str, str]) -> str:
    """The same with each of two blocks in the place of the other."""
    one, other = keys
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


@pytest.mark.parametrize("names", [("digid", "eh"), ("", ""), ("alike", "alike")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_openssl_says_of_each_bag_says_what_belongs_together(
    tmp_path: Path, names: tuple[str, str], end: str
) -> None:
    texts = [written_by_openssl(tmp_path, host, name) for host, name in zip("ab", names, strict=True)]
    own = [PRIVATE.findall(text)[0] for text in texts]
    assert all("localKeyID" in text for text in texts)
    for order in (texts, texts[::-1]):
        whole = "\n".join(order)
        bags = ["Bag Attributes" + each for each in whole.split("Bag Attributes")[1:]]
        apart = "".join(sorted(bags, key=lambda each: "PRIVATE" in each))
        for text in (whole, apart):
            assert misplaced_keys(text.replace("\n", end)) == 0
            assert misplaced_keys(exchanged(text, (own[0], own[1])).replace("\n", end)) == 2


def test_a_name_of_a_bag_without_a_key_id_is_one_too() -> None:
    for hosts, count in (("aabb", 0), ("abba", 2)):
        bags = zip(("digid", "digid", "eh", "eh"), flat(("", "", "", ""), hosts), strict=True)
        text = "".join(f"Bag Attributes\n    friendlyName: {name}\n{block}" for name, (_, block) in bags)
        assert misplaced(text) == count
    assert misplaced(re.sub(r"friendlyName: \w+", "friendlyName: x", text)) == 0
    assert misplaced(re.sub(r"(?m)^ .*\n", "", text)) == 0


@pytest.mark.parametrize("names", [
    ("# digid", "# digid key", "# eh", "# eh key"),
    ("## DigiD certificaat", "## DigiD sleutel", "## EH certificaat", "## EH sleutel"),
    ("#digid", "#digid", "#eh", "#eh"),
])  # fmt: skip
def test_words_of_a_comment_above_a_block_are_its_name(names: tuple[str, ...]) -> None:
    for hosts, count in (("aabb", 0), ("abba", 2)):
        values = flat(names, hosts)
        for order in (values, values[::-1], [*values[::2], *values[1::2]]):
            assert misplaced("\n".join(f"{name}\n{text}" for name, text in order)) == count


@pytest.mark.parametrize(
    "words", ["# cert\n# key", "# certificate\n# private key", "# Certificaat:\n# Sleutel:", "# x\n# y"]
)
def test_comments_that_say_only_what_is_below_pair_nothing(words: str) -> None:
    above = words.split("\n") * 2
    assert misplaced("\n".join(f"{name}\n{text}" for name, text in flat(tuple(above), "abba"))) == 0
