"""``cert show`` knows as much in JSON as in text, of every kind of file; its first version says what it always said."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pkitools.containers import read_source
from pkitools.errors import PkitoolsError
from pkitools.messages import LANGUAGES, Language
from pkitools.reports import DescribedFile, cert_show_document, cert_show_document_v1, describe
from pkitools_cli import lines
from pkitools_cli.commands.cert.show_text import file_lines
from pkitools_cli.i18n import set_language
from pkitools_cli.reply import Line
from tests.support.command import Command
from tests.support.schemas import assert_valid
from tests.support.shown import ENTITY_ID, MOMENT, Sample, entity, key_descriptor, message, samples, shared_files, small

WORD = re.compile(r"[^\s,;=()\[\]{}'\"]+")
LABELS = 35  # columns of a line before its value
FILES = ("cert", "cert_show", "trust")
LIBRARY = ("report.validity.", "report.distance.", "report.time", "report.months", "report.crl_reason.")


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no value is broken off."""
    monkeypatch.setenv("COLUMNS", "100000")
    monkeypatch.setattr(lines, "_MOST_COLUMNS", 100_000)


@cache
def everything() -> dict[str, Sample]:
    return {**samples(), **shared_files()}


@cache
def described(name: str) -> DescribedFile:
    sample = everything()[name]
    try:
        return describe(name, read_source(sample.data, name, passphrase=sample.passphrase))
    except PkitoolsError as error:
        return describe(name, error)


def told(file: DescribedFile, lang: Language) -> list[str]:
    set_language(lang)
    try:
        return [line.text if isinstance(line, Line) else line for line in file_lines(file, MOMENT)]
    finally:
        set_language(None)


@cache
def vocabulary(lang: Language) -> frozenset[str]:
    """The words of the sentences that values are told in: they are no value themselves."""
    folder = files("pkitools_cli") / "messages" / lang
    tables = [tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in FILES]
    texts = [text for table in tables for key, text in table.items() if not key.startswith(("show.row.", "show.help"))]
    library = tomllib.loads((files("pkitools") / "messages" / lang / "report.toml").read_text(encoding="utf-8"))
    texts += [table["title"] for key, table in library.items() if key.startswith(LIBRARY)]
    return frozenset(words(re.sub(r"\{\w+\}", " ", " ".join([*texts, "MGF1 salt"]))))


def words(text: str) -> Iterator[str]:
    return (found.strip(":.-").lower() for found in WORD.findall(text))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield str(key)
            yield from strings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from strings(inside)
    elif value is not None:
        yield str(value)


def known(document: object) -> tuple[frozenset[str], str]:
    """Every word of a document, its moments also as people write them; and all of it as one text."""
    values = list(strings(document))
    for value in list(values):
        if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
            moment = datetime.fromisoformat(value).astimezone(UTC)
            values += [f"{moment:%Y-%m-%d %H:%M:%S}", str(moment.day), str(moment.year)]
    return frozenset(word for value in values for word in words(value)), "\n".join(values).lower()


def unknown_to(document: object, text_lines: list[str], lang: Language) -> list[str]:
    """The words of a text that its document does not know. A number has to stand in it as a number of its own."""
    vocabulary_, (whole, text) = vocabulary(lang), known(document)
    values = (line[LABELS:] if line.startswith("  ") else line for line in text_lines)
    shown = (value for value in values if not value.startswith("... "))  # how many lines are left out
    found = [word for value in shown for word in words(value) if word and word not in vocabulary_ | whole]
    return [word for word in found if len(word) < 4 or word.isdigit() or word not in text]


@pytest.mark.slow
def test_json_knows_every_fact_of_the_text() -> None:
    missing = {}
    for name in everything():
        file = described(name)
        document = json.loads(json.dumps(cert_show_document([file], MOMENT)))
        assert_valid(document, "cert-show-v2")
        missing[name] = [word for lang in LANGUAGES for word in unknown_to(document, told(file, lang), lang)]
    assert len(missing) > 40
    assert not {name: words for name, words in missing.items() if words}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("pem", "certificate"),
        ("request.ec", "request"),
        ("crl.delta", "crl"),
        ("ocsp.revoked", "ocsp"),
        ("authn", "message"),
        ("key.rsa.pkcs8.plain", "key"),
        ("key.ec.pkcs8.locked", "key"),
        ("metadata", "place"),
        ("metadata", "metadata"),
        ("jks", "keystore"),
        ("pkcs12", "keystore"),
        ("pem.expired", "days_left standing"),
        ("crl", "standing"),
        ("mail", "alias"),
    ],
)
def test_the_law_notices_what_is_left_out(name: str, part: str) -> None:
    file = described(name)
    document = cert_show_document([file], MOMENT)
    assert unknown_to(document, told(file, "en"), "en") == []
    assert unknown_to(without(document, part), told(file, "en"), "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_why_it_was_revoked_is_told_in_words(lang: Language) -> None:
    from pkitools.crl.entries import REASONS
    from pkitools.messages import template
    from pkitools.reports.telling.readable import reason_words

    # not by its figures alone: those of a day may stand in a thumbprint
    (line,) = [line for line in told(described("ocsp.revoked"), lang) if re.search(r"\b24\b.*\b2026\b.*\(", line)]
    words_of = {reason: template(f"report.crl_reason.{reason.lower()}", lang)["title"] for reason in REASONS.values()}
    assert line.endswith(f"({words_of['keyCompromise']})")
    assert {reason: reason_words(reason, lang) for reason in words_of} == words_of


def without(value: Any, part: str) -> Any:
    """A document without everything of these names, and without what repeats it."""
    if isinstance(value, dict):
        return {key: without(inside, part) for key, inside in value.items() if key not in {*part.split(), "attention"}}
    return [without(inside, part) for inside in value] if isinstance(value, list) else value


# the first version


V1_ITEM = ("kind", "position", "alias", "form", "encrypted", "certificate", "request", "crl")
V1_CRL = ("issuer", "this_update", "next_update", "number", "revoked", "sha256")
V1_CONTAINERS = {"pem", "der", "base64", "pkcs7", "pkcs12", "jks", "saml_metadata"}


def as_v1(document: Any) -> Any:
    """What of the second version the first one said, by its shape alone."""
    document = deepcopy(document)
    document["schema"] = "pkitools.cert-show/v1"
    for file in document["files"]:
        for new in ("counts", "unread", "attention", "keystore", "metadata"):
            del file[new]
        if file["container"] not in V1_CONTAINERS:
            file["container"] = file["container"] and "base64"
        file["items"] = [
            {key: _part_of_v1(key, item[key]) for key in V1_ITEM}
            for item in file["items"]
            if item["kind"] != "saml_message"
        ]
    return document


def _part_of_v1(key: str, part: Any) -> Any:
    if key == "crl" and part:
        part = {name: part[name] for name in V1_CRL}
    if key == "certificate" and part:
        part = {name: value for name, value in part.items() if name not in {"standing", "days_left"}}
    if isinstance(part, dict) and "oin" in part:
        part = {**part, "oin": {name: value for name, value in part["oin"].items() if name != "findings"}}
    if isinstance(part, dict):
        names = {name: part[name] for name in ("subject", "issuer") if name in part}
        part = {**part, **{name: _without_rfc4514(value) for name, value in names.items()}}
    return part


def _without_rfc4514(value: dict[str, Any]) -> dict[str, Any]:
    return {key: inside for key, inside in value.items() if key != "rfc4514"}


@pytest.mark.slow
def test_the_first_version_says_what_it_always_said() -> None:
    for name in everything().keys() - {"authn", "logout", "response.soap"}:
        file = described(name)
        first = cert_show_document_v1([file], MOMENT)
        assert_valid(json.loads(json.dumps(first)), "cert-show-v1")
        assert json.dumps(first) == json.dumps(as_v1(cert_show_document([file], MOMENT))), name  # the order too


@pytest.mark.parametrize("name", ["authn", "logout", "response.soap"])
def test_the_first_version_has_no_word_for_a_message_without_a_certificate(name: str) -> None:
    first = cert_show_document_v1([described(name)], MOMENT)
    assert_valid(first, "cert-show-v1")
    (file,) = first["files"]  # type: ignore[misc]  # plain objects, of which this is a list
    assert (file["container"], file["items"]) == (None, [])
    assert [error["code"] for error in file["errors"]] == ["sources.error.xml"]


def test_the_first_version_never_read_a_response() -> None:
    data = samples()["ocsp.good"].data
    damaged = describe("ocsp.good", read_source(data[:20] + bytes([data[20] ^ 0xFF]) + data[21:], "ocsp.good"))
    assert damaged.items[0].error is not None
    assert cert_show_document_v1([damaged], MOMENT) == cert_show_document_v1([described("ocsp.good")], MOMENT)
    assert not cert_show_document([damaged], MOMENT)["files"][0]["items"]  # type: ignore[index]  # a plain object


# the command


def test_the_newest_document_is_printed_and_the_first_on_request(run: Command, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(samples()["crl.delta"].data)
    asked = ("cert", "show", tmp_path / "f", "--moment", "2026-11-26T12:00:00Z")
    for given, version in (((), 2), (("--json-version", 2), 2), (("--json-version", 1), 1)):
        ran = run(*asked, "--json", *given)
        assert (ran.code, ran.document["schema"]) == (0, f"pkitools.cert-show/v{version}")
        assert_valid(ran.document, f"cert-show-v{version}")
    assert run(*asked, "--json-version", 3).code == 2


def test_a_damaged_response_is_told_and_not_called_one(run: Command, tmp_path: Path) -> None:
    data = samples()["ocsp.good"].data
    for at in (20, 60, len(data) // 2):
        (tmp_path / "f").write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        ran = run("cert", "show", tmp_path / "f")
        if ran.code:
            assert (ran.code, ran.out) == (1, "")
            assert "OCSP" in ran.err
            assert [e["code"] for e in run("cert", "show", tmp_path / "f", "--json").document["files"][0]["errors"]]
    (tmp_path / "f").write_bytes(data[:20] + bytes([data[20] ^ 0xFF]) + data[21:])
    assert run("cert", "show", tmp_path / "f").code == 1


@pytest.mark.parametrize(
    ("lang", "first", "wrong"),
    [
        ("nl", "SAML-metadata, 4 certificaten", "verlopen sinds"),
        ("en", "SAML metadata, 4 certificates", "expired since"),
    ],
)
def test_the_answer_comes_first(run: Command, tmp_path: Path, lang: str, first: str, wrong: str) -> None:
    (tmp_path / "f").write_bytes(samples()["metadata.group"].data)
    ran = run("--lang", lang, "cert", "show", tmp_path / "f", "--moment", "2026-11-26T12:00:00Z")
    heading, attention = ran.out.splitlines()[:2]
    assert heading.endswith(first)
    assert wrong in attention
    assert "urn:groep" in attention


def test_hostile_texts_of_messages_and_metadata_do_not_act(run: Command, tmp_path: Path) -> None:
    bad = "a\x1b[31m\u202e\u2028b"
    for text in (message().replace(ENTITY_ID, bad), entity("", key_descriptor(small().ders[0]), entity_id=bad)):
        (tmp_path / "f").write_bytes(text.encode())
        ran = run("cert", "show", tmp_path / "f")
        assert ran.code == 0
        assert all(char == "\n" or char.isprintable() for char in ran.out)
        assert "\\x1b[31m\\u202e" in ran.out
