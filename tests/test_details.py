"""What is particular about a fault is a value: a code with operands, told in the language of the message it is in."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.errors import InputError
from pkitools.findings.asking import violated
from pkitools.messages import LANGUAGES, Detail, catalogue, codes_of, error_sentence, message, together
from tests.support.cases import in_one_test
from tools.rooms import modules

OF_DETAILS = ("detail", "cache", "der")
"""The second part of the codes of details."""

NAMESPACES = sorted(path.stem for path in Path(str(files("pkitools.messages") / "en")).glob("*.toml"))
CODES = sorted(code for name in NAMESPACES for code in catalogue("en", name) if code.split(".")[1] in OF_DETAILS)
SAME = {
    "fetching.cache.not_read",
    "x509.der.tag_inside",
    "x509.der.problem",
    "x509.der.inside",
    "x509.der.time_as_written",
}
"""Operands with nothing but names around them."""

PORT = Detail("fetching.detail.port", port=8080)
ADDRESS = Detail("fetching.detail.address", address=Detail("fetching.detail.host_is", host="a.nl", address="10.0.0.7"))


def shown_in(code: str) -> set[str]:
    words = catalogue("en", code.split(".", maxsplit=1)[0])[code]
    return {name for text in words.values() for name in re.findall(r"{(\w+)}", text)}


def with_operands(code: str) -> Detail:
    names = shown_in(code)
    return Detail(code, **dict.fromkeys(names - {"why"}, "7"), **({"fault": "stale"} if "why" in names else {}))


BEFORE = {"Detail": "", "DERError": "x509.der.", "RefusedURL": "fetching.detail."}
"""What makes a detail → what its first argument is the end of a code after."""


def made() -> Iterator[tuple[str, str, set[str]]]:
    """Where a detail of one code is made: the place, the code, the names of its operands."""
    for path in (*modules("pkitools"), *modules("test_pki/pkitools_test_pki")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in BEFORE:
                first = call.args[0]
                if isinstance(first, ast.Constant):
                    operands = {each.arg for each in call.keywords if each.arg is not None}
                    yield f"{path.name}:{call.lineno}", BEFORE[call.func.id] + str(first.value), operands


def test_no_code_is_a_sentence() -> None:
    """What is put together as a code is put together of nothing but parts of codes: words have a code of their own."""
    composed = [
        (f"{path.name}:{call.lineno}", part.value)
        for path in (*modules("pkitools"), *modules("test_pki/pkitools_test_pki"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in BEFORE and call.args
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant)
    ]
    assert len(composed) > 100
    assert [each for each in composed if re.fullmatch(r"[a-z0-9_.]+", str(each[1])) is None] == []


def test_what_is_made_has_words_and_the_operands_these_show() -> None:
    found = list(made())
    assert len({code for _, code, _ in found}) > 100
    assert [
        at
        for at, code, operands in found
        if {"fault" if each == "why" else each for each in shown_in(code)} != operands
    ] == []


@in_one_test
@pytest.mark.parametrize("code", CODES)
def test_each_is_english_as_text_and_dutch_in_dutch(code: str) -> None:
    detail = with_operands(code)
    assert detail == detail.in_language("en")
    assert "?" not in detail
    assert (detail.in_language("nl") == detail) == (code in SAME)


def test_those_of_the_rooms_that_have_them_are_among_them() -> None:
    assert {code.rpartition(".")[0] for code in CODES} >= {
        "fetching.cache",
        "fetching.detail",
        "path.detail",
        "revocation.detail",
        "x509.der",
    }


def test_a_message_tells_a_detail_in_its_own_language() -> None:
    told = [message("x509.error.malformed_der", {"detail": PORT}, language).message for language in LANGUAGES]
    assert told == [
        "De bytes zijn geen goed gevormde DER: poort 8080.",
        "The bytes are not well-formed DER: port 8080.",
    ]
    error = InputError("x509.error.malformed_der", detail=together(PORT, "words"))
    assert "poort 8080; words" in error_sentence(error, "nl")
    assert "port 8080; words" in str(error)


def test_an_answer_keeps_it_whole() -> None:
    detail = violated("path", "value", detail=PORT).params["detail"]
    assert codes_of(str(detail)) == ()
    assert isinstance(detail, Detail)


def test_what_is_inside_another_is_told_and_found() -> None:
    assert ADDRESS == "address a.nl is 10.0.0.7"
    assert ADDRESS.in_language("nl") == "adres a.nl heeft adres 10.0.0.7"
    both = together("", PORT, "", ADDRESS, "words")
    assert both == f"{PORT}; {ADDRESS}; words"
    assert set(codes_of(both)) >= {PORT.code, ADDRESS.code, "fetching.detail.host_is"}
    assert together() == together("", "") == ""
    assert together("", PORT) is PORT


@pytest.mark.parametrize("detail", [PORT, ADDRESS, together(PORT, ADDRESS)])
def test_it_goes_between_processes(detail: Detail) -> None:
    again = pickle.loads(pickle.dumps(detail))
    assert again == detail
    assert again.in_language("nl") == detail.in_language("nl") != detail


def test_what_comes_from_outside_is_made_safe_and_cut() -> None:
    detail = Detail("fetching.detail.scheme", scheme="\x1b[31m" + "x" * 9999)
    assert detail.isprintable()
    assert len(detail) < 1000


def test_a_code_without_words_shows_as_itself() -> None:
    assert Detail("fetching.detail.unheard_of", port=1) == "fetching.detail.unheard_of"
