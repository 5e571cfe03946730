"""A file as it was delivered: each order, each gap, in each kind of file; and whether a second judge agrees."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Sequence
from itertools import combinations, permutations
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools.checking.delivery.checks import RULES, check_bundle, check_delivery
from pkitools.containers import Contents, ItemKind, read_source
from pkitools.findings import Outcome, Severity, Status
from pkitools.frozen import replace
from pkitools.messages import LANGUAGES, NOTHING, Language, outcome_message
from pkitools.trust import TrustStore, embedded_certificates
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.oids import AUTHORITY_INFORMATION_ACCESS
from pkitools_test_pki.defects import get_defect
from tests.support import chains
from tests.support.broken import laboratory
from tests.support.certificates import made
from tests.support.chains import MOMENT, Issued, good_chain
from tests.support.deliveries import jks_of, metadata_of, pem, pkcs7_of, pkcs12_of
from tests.support.judges import judge
from tests.support.pem_forms import plain
from tests.support.shared import shared

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


CHAIN = good_chain()
COMPLETE, ORDER, ROOT = "delivery.chain.complete", "delivery.chain.order", "delivery.chain.root"
FOREIGN, TWICE, GAP = "delivery.chain.foreign", "delivery.certificate.twice", "delivery.bundle.gap"
ROLES = ("leaf", "tsp", "domain", "root")


def outcomes(
    data: bytes, *, beside: Sequence[bytes] = (), trusted: Sequence[bytes] = (), strict: bool = False
) -> tuple[Outcome, ...]:
    contents = read_source(data, "f")
    return check_delivery(
        contents,
        facts_of(contents),
        beside=beside,
        trust=TrustStore.from_der(trusted) if trusted else None,
        strict=strict,
        raise_crashes=True,
    )


def facts_of(contents: Contents) -> list[tuple[object, CertificateFacts]]:
    return [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]  # type: ignore[misc]  # one list for all kinds


def found(data: bytes, **others: Sequence[bytes]) -> dict[str, Severity]:
    told = outcomes(data, **others)  # type: ignore[arg-type]  # beside and trusted
    return {o.rule.code: o.rule.severity for o in told if o.status is Status.VIOLATED}


def ders(roles: Sequence[str]) -> list[bytes]:
    issued: list[Issued] = [getattr(CHAIN, role) for role in roles]
    return [one.der for one in issued]


# Of a chain whose authorities nobody carries, what is missing above a known one cannot be named: only above the leaf.
FILES = [
    order
    for size in range(1, 5)
    for roles in combinations(ROLES, size)
    if "leaf" in roles
    for order in permutations(roles)
]


def test_every_order_of_every_part_of_a_chain() -> None:
    """The law of RFC 5246 7.4.2: the leaf first, each next one certifies the one before, the root may be left out."""
    assert len(FILES) == 49
    for order in FILES:
        links = [role for role in ROLES if role in order]
        reached = ROLES[: next((n for n, role in enumerate(ROLES) if role not in order), 4)]
        strangers = [role for role in links if role not in reached]
        expected = {
            *([COMPLETE] if "tsp" not in order else []),
            *([FOREIGN] if strangers else []),
            *([ROOT] if "root" in order else []),
            *([ORDER] if len(order) > 1 and wrong_order(order, reached) else []),
        }
        assert set(found(plain(ders(order)))) == expected, order


def wrong_order(order: Sequence[str], reached: Sequence[str]) -> bool:
    """Whether the leaf is not first, or what is of its path stands in another order than that of the path."""
    return order[0] != "leaf" or [role for role in order if role in reached] != list(reached)


def test_what_lies_beside_the_file_on_purpose_is_not_missing() -> None:
    assert COMPLETE in found(plain(ders(["leaf"])))
    assert found(plain(ders(["leaf"])), beside=CHAIN.intermediates) == {}
    assert found(ders(["leaf"])[0], beside=CHAIN.intermediates) == {}


@pytest.mark.parametrize("order", [("leaf", "tsp", "domain"), ("domain", "leaf", "tsp"), ("tsp", "domain", "leaf")])
def test_in_pkcs7_and_pkcs12_the_order_says_nothing(order: Sequence[str]) -> None:
    assert found(pkcs7_of(*ders(order))) == {}
    leaf, *others = sorted(order, key=ROLES.index)
    assert found(pkcs12_of(("a", *ders([leaf]), None), more=ders(others))) == {}


def test_a_java_keystore_with_its_chain_in_order_raises_nothing() -> None:
    def store(*roles: str) -> bytes:
        der = b"".join(b"\x00\x05X.509" + len(d).to_bytes(4, "big") + d for d in ders(roles))
        entry = b"\x00\x00\x00\x01\x00\x01a" + bytes(8) + b"\x00\x00\x00\x01k" + len(roles).to_bytes(4, "big") + der
        return b"\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01" + entry + bytes(20)

    assert found(store("leaf", "tsp", "domain", "root")) == {}
    assert found(store("leaf", "tsp", "domain")) == {}
    assert set(found(store("leaf", "domain", "tsp"))) == {ORDER}
    assert set(found(store("leaf"))) == {COMPLETE}
    # what is merely trusted is no part of a chain
    assert found(jks_of(trusted=ders(["leaf", "root"]))) == {}


def test_what_is_one_certificate_by_nature_is_asked_for_no_chain() -> None:
    leaf = ders(["leaf"])[0]
    assert found(leaf) == {COMPLETE: Severity.NOTICE}
    assert found(metadata_of(("signing", leaf), ("encryption", leaf))) == {}
    header = f'X-Forwarded-Client-Cert: Cert="{quote(plain([leaf]))}"'.encode()
    assert found(header) == {}


def jwks(*keys: Sequence[str]) -> bytes:
    told = [{"kty": "EC", "x5c": [base64.b64encode(der).decode() for der in ders(roles)]} for roles in keys]
    return json.dumps({"keys": told}).encode()


def test_the_chain_of_a_jwk_begins_with_its_own_and_need_not_be_whole() -> None:
    assert found(jwks(["leaf"])) == {}
    assert found(jwks(["leaf"], ["leaf", "tsp"], ["leaf", "tsp", "domain", "root"])) == {}
    assert found(jwks(["leaf", "domain", "tsp"])) == {"delivery.jwk.order": Severity.WARNING}
    assert set(found(jwks(["tsp", "leaf"]))) == {"delivery.jwk.order"}


def test_two_holders_may_share_a_chain() -> None:
    other = chains.end_entity("other.example.nl", CHAIN.tsp).der
    leaf, *above = ders(["leaf", "tsp", "domain"])
    assert found(plain([leaf, other, *above])) == {}
    assert found(plain([leaf, *above, other, *above])) == {TWICE: Severity.NOTICE}
    assert set(found(plain([*above, leaf, other]))) == {ORDER}


def test_another_path_of_the_same_holder_is_not_foreign() -> None:
    again = chains.authority("TSP", CHAIN.domain, own_key=CHAIN.tsp.key, start=chains.MOMENT)
    assert FOREIGN not in found(plain([*ders(["leaf", "tsp", "domain"]), again.der]))
    imposter = chains.authority("TSP", CHAIN.domain, own_key=chains.key("another"))
    assert FOREIGN in found(plain([*ders(["leaf", "tsp", "domain"]), imposter.der]))


def test_each_warning_becomes_an_error_and_nothing_else_changes() -> None:
    data = b"  " + plain(ders(["root", "leaf", "domain", "domain"]))
    usual, strict = outcomes(data), outcomes(data, strict=True)
    assert {o.rule.severity for o in usual if o.status is Status.VIOLATED} == {Severity.WARNING, Severity.NOTICE}
    for before, after in zip(usual, strict, strict=True):
        hard = before.status is Status.VIOLATED and before.rule.severity is Severity.WARNING
        assert after.rule.severity is (Severity.ERROR if hard else before.rule.severity)
        assert (before.rule.code, before.status, before.params) == (after.rule.code, after.status, after.params)


def test_no_rule_of_a_delivery_is_an_error_by_itself() -> None:
    assert all(rule.severity < Severity.ERROR for rule in RULES)


def test_a_bundle_names_each_authority_that_is_missing_between_two() -> None:
    """Of every hierarchy we carry, whichever authorities are left out."""
    carried = [read_certificate(each.der) for each in embedded_certificates()]
    by_name = {facts.subject.der: facts for facts in carried}
    tried = 0
    for facts in carried:
        domain = by_name.get(facts.issuer.der)
        root = by_name.get(domain.issuer.der) if domain else None
        if domain is None or root is None or domain is facts or root is domain:
            continue
        tried += 1
        assert check_bundle([root, domain, facts])[0].status is Status.MET
        assert check_bundle([domain, facts])[0].status is Status.MET  # a chain without its root
        (told,) = check_bundle([facts, root])
        assert told.params["missing"] == domain.subject.common_name
        assert told.params["where"].startswith("http")
    assert tried > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_certificate_that_names_no_address_is_told_in_words_where_its_issuer_is_to_be_had(
    language: Language,
) -> None:
    """Each authority of PKIoverheid that we carry, missing to one without an address; and one that nobody knows."""
    carried = [read_certificate(each.der) for each in embedded_certificates()]
    by_name = {facts.subject.der: facts for facts in carried}
    tried = 0
    for facts in carried:
        domain = by_name.get(facts.issuer.der)
        if domain is None or domain.issuer.der not in by_name or domain is facts or domain.is_self_issued:
            continue
        tried += 1
        (told,) = check_bundle([replace(facts, ca_issuers_uris=()), by_name[domain.issuer.der]])
        assert told.params["where"].startswith(("http://cert.pkioverheid.nl/", "https://cert.pkioverheid.nl"))
    assert tried > 5
    alone = pem(made("g4-tls", lambda parts: parts.drop(AUTHORITY_INFORMATION_ACCESS)).der)
    (told,) = [o for o in outcomes(alone) if o.rule.code == "delivery.chain.complete"]
    sentence = outcome_message(told, language).message
    assert {"nl": "vraag het wie het uitgaf", "en": "ask whoever issued it"}[language] in sentence
    assert NOTHING not in sentence


# -- a second judge ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_file_is_called_complete_where_openssl_finds_the_path_in_it(tmp_path: Path) -> None:
    """``openssl verify`` with the root trusted, and for the rest nothing but the file."""
    openssl = judge("openssl")
    (tmp_path / "root.pem").write_bytes(plain(ders(["root"])))
    (tmp_path / "leaf.pem").write_bytes(plain(ders(["leaf"])))
    when = str(int(chains.MOMENT.timestamp()))
    for order in FILES:
        (tmp_path / "file.pem").write_bytes(plain(ders(order)))
        command = [openssl, "verify", "-attime", when, "-CAfile", "root.pem", "-untrusted", "file.pem", "leaf.pem"]
        good = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
        assert good is (COMPLETE not in found(plain(ders(order)), trusted=ders(["root"]))), order


@pytest.mark.slow
def test_nginx_does_not_start_where_the_first_is_not_the_holder(tmp_path: Path) -> None:
    """The key is the holder's: nginx compares it with the first certificate of the file, and with no other."""
    nginx = judge("nginx")
    key = CHAIN.leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; server {{ listen 127.0.0.1:1 ssl;"
        f" ssl_certificate {tmp_path}/file.pem; ssl_certificate_key {tmp_path}/key.pem; }} }}"
    )
    command = [nginx, "-t", "-e", str(tmp_path / "log"), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    for order in FILES:
        data = plain(ders(order))
        (tmp_path / "file.pem").write_bytes(data)
        started = subprocess.run(command, capture_output=True, check=False).returncode == 0
        assert started is (order[0] == "leaf"), order
        if not started:
            assert ORDER in found(data), order


@pytest.mark.parametrize(
    ("file", "codes", "names"),
    [
        ("R04/leaf.pem", {COMPLETE}, ["DigiCert QuoVadis PKIoverheid Private Services CA - 2023",
                                      "Staat der Nederlanden Private Services CA - G1"]),
        ("R05/rootfirst.pem", {ORDER, ROOT}, []),
        ("R08/bundle_missing.pem", {GAP}, ["Staat der Nederlanden Private Services CA - G1"]),
    ],
)  # fmt: skip
def test_a_shared_case(file: str, codes: set[str], names: list[str]) -> None:
    data = (shared("cases") / file).read_bytes()
    assert set(found(data)) == codes
    told = [o.params["missing"] for o in outcomes(data) if "missing" in o.params]
    assert told == names


@pytest.mark.slow
@pytest.mark.parametrize(("file", "programs"), [("legacy.p12", ["OpenSSL 3.0.19"]), ("3des.p12", []), ("aes.p12", [])])
def test_a_shared_keystore(file: str, programs: list[str]) -> None:
    folder = shared("cases/R14")
    contents = read_source((folder / file).read_bytes(), file, passphrase=(folder / "pw").read_bytes().strip())
    told = check_delivery(contents, facts_of(contents), raise_crashes=True)  # type: ignore[arg-type]  # as above
    assert [o.params["programs"] for o in told if o.status is Status.VIOLATED] == programs


@pytest.mark.parametrize("name", ["altered-after-signing", "unknown-signature-algorithm", "signed-by-another-key"])
def test_an_authority_whose_signature_does_not_hold_is_not_missing_and_no_stranger(name: str) -> None:
    """By name and key identifier it is the issuer: that its signature does not hold is for the path to tell."""
    broken = get_defect(name).build(laboratory(MOMENT))
    told = found(plain([broken.certificate.der, *broken.chain]))
    assert not {COMPLETE, FOREIGN} & told.keys()
    without = found(plain([broken.certificate.der]))
    assert COMPLETE in without
