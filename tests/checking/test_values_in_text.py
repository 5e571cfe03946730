"""What is asked of a PEM file is not asked of a text that holds PEM as values: only of what is in each value."""

from __future__ import annotations

import re
from typing import Final

import pytest

from pkitools.checking.delivery.checks import check_delivery
from pkitools.checking.of_file import FileKeys
from pkitools.checking.private_keys import PLACED, public_halves
from pkitools.containers import ItemKind, read_source
from pkitools.containers.text_forms import TextForm
from pkitools.findings import Status
from pkitools.messages import LANGUAGES, Language, Message, outcome_message
from pkitools.x509 import read_certificate
from tests.checking.test_beside import content
from tests.checking.test_named_in_text import FLAT, NESTED, Values, blocks, values_of
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.deliveries import pem

# no value encloses a block there: it is a PEM file with text around its blocks, or YAML that makes one line of them
BARE: Final = {"headings", "headings of a listing", "headings with a path", "an answer in a mail", "Markdown"} | {
    "YAML without block signs",
    "properties of Java",
}
ENCLOSED: Final = sorted(set(FLAT) - BARE)
CERTIFICATES: Final = [("client.crt", content("cert a").decode()), ("server.crt", content("cert b").decode())]
KEYS: Final = [("client.key", content("key a").decode()), ("server.key", content("key b").decode())]


def forms(text: str) -> frozenset[TextForm]:
    return read_source(text.encode(), "x").forms


@in_one_test
@pytest.mark.parametrize("container", ENCLOSED)
@pytest.mark.parametrize("values", [CERTIFICATES[:1], CERTIFICATES, [*CERTIFICATES, *KEYS]], ids=["one", "two", "keys"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_sound_value_is_not_told_of(container: str, values: Values, end: str) -> None:
    text = FLAT[container](values).replace("\r\n", "\n").replace("\n", end)
    contents = read_source(text.encode(), "x")
    assert contents.forms == frozenset()
    assert len(contents.certificates) == min(len(values), len(CERTIFICATES))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_how_a_text_with_values_is_encoded_is_its_own(encoding: str) -> None:
    assert read_source(FLAT["ConfigMap"](CERTIFICATES).encode(encoding), "x").forms == frozenset()


@in_one_test
@pytest.mark.parametrize("container", NESTED)
def test_a_sound_value_among_others_is_not_told_of(container: str) -> None:
    assert forms(NESTED[container]({"a": CERTIFICATES[:1], "b": CERTIFICATES[1:]})) == frozenset()


BEGIN: Final = "-----BEGIN CERTIFICATE-----"
END: Final = "-----END CERTIFICATE-----"
DAMAGED: Final = {
    TextForm.BEFORE_BEGIN: (BEGIN, f"x {BEGIN}"),
    TextForm.AFTER_BEGIN: (f"{BEGIN}\n", BEGIN),
    TextForm.SPACE_AFTER_BEGIN: (BEGIN, f"{BEGIN} "),
    TextForm.BEFORE_END: (END, f"  {END}"),
    TextForm.AFTER_END: (END, f"{END} # x"),
    TextForm.BLANK_LINES: (f"\n{END}", f"\n\n{END}"),
    TextForm.ESCAPED: (f"\n{END}", f"\\n\n{END}"),
    TextForm.JOINED: (f"{END}\n{BEGIN}", END + BEGIN),
}


@in_one_test
@pytest.mark.parametrize("form", DAMAGED)
@pytest.mark.parametrize("container", ["ConfigMap", "Helm values", "docker-compose", "environment of a pod"])
def test_what_is_wrong_in_a_value_is_told(container: str, form: TextForm) -> None:
    old, new = DAMAGED[form]
    text = CERTIFICATES[0][1] + CERTIFICATES[1][1]
    assert forms(FLAT[container]([("x.crt", text)])) == frozenset()
    assert forms(FLAT[container]([("x.crt", text.replace(old, new))])) == {form}


def test_yaml_that_makes_one_line_of_all_is_told() -> None:
    for sign in (">", ">-", ">+"):
        assert forms(f"kind: ConfigMap\ndata:\n{blocks(CERTIFICATES, sign=sign)}") == {TextForm.ONE_LINE}


def test_what_a_value_stands_beside_is_still_held_to_a_file_of_pem() -> None:
    indented = CERTIFICATES[1][1].replace(BEGIN, f"  {BEGIN}")
    assert forms(FLAT["ConfigMap"](CERTIFICATES[:1]) + "\n" + CERTIFICATES[1][1]) == frozenset()
    assert TextForm.BEFORE_BEGIN in forms(f"Beste,\n{CERTIFICATES[0][1]}{indented}")


CHAIN: Final = good_chain()


def told(values: Values, *, strict: bool = False) -> set[str]:
    contents = read_source(f"kind: ConfigMap\ndata:\n{blocks(values)}".encode(), "x")
    read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
    found = check_delivery(contents, read, strict=strict, raise_crashes=True)
    return {one.rule.code for one in found if one.status is Status.VIOLATED}


@pytest.mark.parametrize("strict", [False, True])
def test_each_value_is_a_file_of_its_own(strict: bool) -> None:
    """Authorities stand before the certificate by their names, and every certificate comes with its chain."""
    leaf, tsp, domain, root = (pem(one.der).decode() for one in (CHAIN.leaf, CHAIN.tsp, CHAIN.domain, CHAIN.root))
    for values in (
        [("ca.crt", tsp + domain), ("tls.crt", leaf)],
        [("a.crt", leaf + tsp + domain), ("b.crt", leaf + tsp + domain), ("ca.crt", root)],
        [("domain.crt", domain), ("root.crt", root), ("tls.crt", leaf), ("tsp.crt", tsp)],
    ):
        assert told(values, strict=strict) == set(), [name for name, _ in values]


def test_what_is_wrong_in_a_value_is_told_of_its_chain() -> None:
    leaf, tsp, domain, root = (pem(one.der).decode() for one in (CHAIN.leaf, CHAIN.tsp, CHAIN.domain, CHAIN.root))
    assert told([("a.crt", leaf)]) == {"delivery.chain.complete"}
    assert told([("a.crt", tsp + leaf + domain)]) == {"delivery.chain.order"}
    assert told([("a.crt", leaf + tsp + domain + tsp)]) == {"delivery.certificate.twice"}
    assert told([("a.crt", leaf + tsp + domain + root)]) == {"delivery.chain.root"}


def test_the_remedy_speaks_of_the_value() -> None:
    text = FLAT["ConfigMap"]([("x.crt", CERTIFICATES[0][1].replace(f"{BEGIN}\n", BEGIN))])
    contents = read_source(text.encode(), "x")
    read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
    outcome = next(o for o in check_delivery(contents, read) if o.rule.code == "delivery.text.readable")
    assert "in die waarde" in outcome_message(outcome, "nl").remedy
    assert "in that value" in outcome_message(outcome, "en").remedy


EXCHANGED: Final = [*CERTIFICATES, (KEYS[0][0], KEYS[1][1]), (KEYS[1][0], KEYS[0][1])]


def of_keys(text: str, language: Language = "nl") -> list[Message]:
    contents = read_source(text.encode(), "x")
    read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
    found = FileKeys(contents, "x", read, public_halves(contents)).outcomes(raise_crashes=True)
    return [
        outcome_message(each, language) for each in found if each.rule.code == PLACED.code and each.status == "violated"
    ]


def named_in(text: str) -> set[str]:
    return {word.rpartition("/")[2].removesuffix(".pem") for word in re.findall(r"[\w./-]+\w", text)}


@in_one_test
@pytest.mark.parametrize("container", ENCLOSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_that_are_exchanged_are_told_by_their_names(container: str, language: Language) -> None:
    """Whatever the text: by the last name of the value, as what is around it may stand in front."""
    one, other = of_keys(FLAT[container](EXCHANGED), language)
    for told_of, key, beside, own in (
        (one, "client.key", "client.crt", "server.crt"),
        (other, "server.key", "server.crt", "client.crt"),
    ):
        for text in (told_of.short, told_of.message, told_of.remedy):
            assert {key, beside, own} <= named_in(text), text
        assert not re.search(r"\b(deel|part) \d", told_of.short + told_of.message)


def test_keys_that_are_called_alike_are_told_by_their_number() -> None:
    """Two Secrets, each with a tls.key: the name alone would not say which."""
    pairs = {host: values_of(("tls.crt", "tls.key"), host, other) for host, other in ("ab", "ba")}
    text = NESTED["Secrets in quotes"](
        {host: [(name.partition("-")[0], value) for name, value in values] for host, values in pairs.items()}
    )
    assert [re.findall(r"deel \d", each.short) for each in of_keys(text)] == [["deel 2"], ["deel 4"]]
