"""What a script relies on: one document whatever happens, nothing given lost in silence, each message with its file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from pkitools.messages import LANGUAGES
from pkitools.reports import read_schema, schema_names
from pkitools_cli import framework
from pkitools_cli.i18n import again, lookup, speaking, tr
from pkitools_cli.main import cli
from tests.cli.conftest import pem
from tests.cli.test_nonsense import READING
from tests.cli.test_replies import COMMANDS, LINES, command_of
from tests.reports.test_open_schemas import ELSEWHERE, NEW
from tests.support.cases import in_one_test
from tests.support.certificates import made
from tests.support.command import Command, Ran, every_command
from tests.support.requests import request
from tests.support.schemas import assert_valid

EVERYTHING = list(every_command())
ERROR = "pkitools.error/v1"


def error_of(ran: Ran) -> dict[str, Any]:
    """The error document of a command that has no answer; held to its schema and to the rest of what was told."""
    document: dict[str, Any] = ran.document
    assert_valid(document, "error-v1")
    assert document["exit_code"] == ran.code
    assert {key: document[key] for key in ("code", "file", "nl", "en")}.items() <= document["errors"][0].items()
    assert document["nl"] != document["en"]
    assert not [text for text in (document["nl"], document["en"]) if "cli." in text or "{" in text]
    return document


# -- repeated options --------------------------------------------------------------------------------------------------


def options() -> Iterator[tuple[tuple[str, ...], click.Option]]:
    for path in EVERYTHING:
        command: click.Command = cli
        for name in path:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), name) or pytest.fail(name)
        for param in command.get_params(click.Context(command)):
            if isinstance(param, click.Option) and param.name != "help":
                yield path, param


def refusal(command: click.Command, context: click.Context, words: list[str]) -> str:
    """The key of what is wrong with a command line; of what only misses arguments, or asks for help, nothing."""
    try:
        command.parse_args(context, words)
    except (click.UsageError, click.exceptions.Exit) as error:
        return getattr(getattr(error, "message", ""), "key", "")
    return ""


def test_no_option_given_twice_loses_a_value() -> None:
    """Of every option of every command: each of its values is kept, or the second is refused."""
    seen = {"adds up": 0, "refused": 0, "flag": 0}
    for path, option in options():
        command = command_of(path) if path else cli
        for spelling in option.opts:
            words = [spelling] if option.is_flag else [spelling, "first"]
            more = [option.opts[0]] if option.is_flag else [option.opts[0], "second"]
            context = click.Context(command, info_name="x")
            kept, _, _ = command.make_parser(context).parse_args([*words, *more])
            is_refused = refusal(command, context, [*words, *more]) == "cli.main.repeated"
            if option.multiple:
                assert kept[option.name] == ["first", "second"], (path, spelling)
            assert is_refused == (not option.multiple and not option.is_flag), (path, spelling)
            seen["adds up" if option.multiple else "flag" if option.is_flag else "refused"] += 1
    assert min(seen.values()) > 10, seen


@in_one_test
@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("oin check 1 -e production -e preproduction", "--environment"),
        ("oin check 1 -e production --environment production", "--environment"),
        ("cert lint x --for digid --for eherkenning", "--for"),
        ("cert check x -e production --moment 2026-01-01 --moment 2026-01-02", "--moment"),
        ("--lang nl oin check 1 --lang en", "--lang"),
        ("oin check 1 --json-version 1 --json-version 1", "--json-version"),
    ],
)
def test_the_second_is_refused_by_name(run: Command, line: str, option: str) -> None:
    ran = run(*line.split())
    assert ran.code == 2
    assert ran.err.count(option) >= 2


def test_a_flag_given_twice_says_nothing_new(run: Command) -> None:
    assert run("oin", "check", "00000003273229750000", "--json", "--json").code == 0


def test_each_number_has_its_oin_in_the_order_given(run: Command) -> None:
    listed = b"27322975\r\n\r\n12345678\n"
    ran = run("oin", "derive", "--kvk", "52035476", "--rsin", "822477348", "--kvk", "-", "--kvk", "1", stdin=listed)
    assert ran.out.split("\n") == [
        "00000003520354760000", "00000001822477348000", "00000003273229750000", "00000003123456780000", "", ""
    ]  # fmt: skip
    assert ran.code == 2  # the last is no KvK number
    assert "Number 5: " in ran.err


def test_several_numbers_are_one_document_and_version_one_is_of_one(run: Command) -> None:
    two = ("oin", "derive", "--kvk", "52035476", "--rsin", "123456789")
    ran = run(*two, "--json")
    assert_valid(ran.document, "oin-derive-v2")
    assert ran.code == 10
    assert [one["from"]["number"] for one in ran.document["results"]] == ["52035476", "123456789"]
    assert "oin" not in ran.document
    refused = run(*two, "--json-version", "1")
    assert error_of(refused)["code"] == "cli.oin.derive.version"
    one = run(*two[:4], "--json")
    old = run(*two[:4], "--json-version", "1").document
    assert_valid(old, "oin-derive-v1")
    assert {**old, "schema": ""} == {key: one.document[key] if key != "schema" else "" for key in old}


def test_a_bsn_on_a_list_is_not_repeated(run: Command) -> None:
    ran = run("oin", "derive", "--rsin", "-", stdin=b"123456789\n111222333\n")
    assert "Number 1: " in ran.err
    assert "123456789" not in ran.out + ran.err


def test_nothing_on_the_list_is_not_a_pass(run: Command) -> None:
    ran = run("oin", "derive", "--kvk", "-")
    assert (ran.code, ran.out) == (11, "")
    assert_valid(run("oin", "derive", "--kvk", "-", "--json").document, "oin-derive-v2")


# -- one document ------------------------------------------------------------------------------------------------------

WRONG_USE = {
    "cli.main.no_option": ("--nonsense",),
    "cli.main.needs_value": ("--json-version",),
    "cli.main.bad_value": ("--json-version", "9"),
    "cli.main.takes_no_value": ("--json=3",),
    "cli.main.repeated": ("--json-version", "1", "--json-version", "1"),
}


@pytest.mark.parametrize("code", WRONG_USE)
def test_every_command_used_wrongly_prints_one_document(run: Command, code: str) -> None:
    for path in COMMANDS:
        ran = run(*path, "--json", *WRONG_USE[code])
        document = error_of(ran)
        assert (document["code"], ran.code) == (code, 2), path
        assert document["file"] is None
        assert ran.err.splitlines()[0] == document["en"]


@in_one_test
@pytest.mark.parametrize("line", ["--json", "oin --json", "nothing --json", "oin chek --json", "--lang de --json"])
def test_and_so_does_what_is_no_command(run: Command, line: str) -> None:
    assert error_of(run(*line.split()))["errors"]


def test_behind_two_dashes_it_is_no_option(run: Command) -> None:
    assert run("oin", "check", "-e", "nowhere", "--", "--json").out == ""


@in_one_test
@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("kind", ["absent", "noise", "empty", "folder", "fifo"])
def test_a_file_that_cannot_be_used_is_told_in_the_document(run: Command, world: Path, command: str, kind: str) -> None:
    """For every place where a command takes a file."""
    name = world / kind
    ran = run(*READING[command], name, "--json")
    document = ran.document
    assert ran.code in {1, 2}, f"{command} took {kind}"
    if document["schema"] == ERROR:
        # what is neither a file nor a name may have been meant as either
        is_file = (command, kind) != ("trust show", "absent")
        assert error_of(ran)["file"] == (str(name) if is_file else None)
    else:
        assert str(name) in json.dumps(document)
    assert str(name) in ran.err or "cert show" in command


def test_an_unforeseen_error_and_an_interrupt_are_documents(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from pkitools_cli.commands.oin import check

    for error, code in ((ZeroDivisionError("\x1b"), "cli.main.bug"), (KeyboardInterrupt(), "cli.main.aborted")):

        def fail(*_: object, raised: BaseException = error, **__: object) -> None:
            raise raised

        monkeypatch.setattr(check, "check_oin", fail)
        ran = run("oin", "check", "1", "--json")
        assert (error_of(ran)["code"], ran.code) == (code, 1)
        assert "\x1b" not in ran.err


def test_a_document_is_never_followed_by_another(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from pkitools_cli.commands.oin import check

    def answers_and_fails(*_: object, **__: object) -> None:
        framework.answer(check.Reply([], document=lambda _: {"schema": "first"}, text=lambda _: []))
        raise ZeroDivisionError

    monkeypatch.setattr(check, "check_oin", answers_and_fails)
    assert run("oin", "check", "1", "--json").document == {"schema": "first"}


def test_every_own_sentence_about_usage_can_be_said_in_both_languages() -> None:
    with speaking("en"):
        english = tr("cli.main.missing", name=tr("cli.inputs.stdin"))
    with speaking("nl"):
        assert again(english) == "standaardinvoer ontbreekt"
    assert english == "standard input is missing"


# -- the file in every message (R18) -----------------------------------------------------------------------------------


def cut(tmp_path: Path, name: str, label: str, der: bytes) -> Path:
    """A file of which the END line is gone."""
    path = tmp_path / name
    path.write_bytes(pem(label, der).rpartition(b"-----END")[0])
    return path


@pytest.mark.parametrize("command", ["cert check -e production --offline", "cert lint", "cert show", "trust show"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cut_off_file_is_named(run: Command, world: Path, tmp_path: Path, command: str, language: str) -> None:
    broken = cut(tmp_path, "cut.pem", "CERTIFICATE", made("g1-server").der)
    several = [world / "leaf.pem"] if command != "trust show" else []
    ran = run("--lang", language, *command.split(), *several, broken)
    told = ran.out + ran.err
    assert [line for line in told.splitlines() if str(broken) in line and "END" in line], told
    document = run(*command.split(), *several, broken, "--json").document
    found = [error for error in errors_in(document) if "END" in error["nl"]]
    assert {error["file"] for error in found} == {str(broken)}


def errors_in(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every error of a document, with its file, wherever the command's own document has it."""
    if "errors" in document and "files" not in document:
        return list(document["errors"])
    found = []
    for file in document["files"]:
        errors = [*([file["error"]] if file.get("error") else []), *file.get("errors", [])]
        found += [{**error, "file": file.get("name", file.get("file"))} for error in errors]
    return found


def test_none_of_several_files_is_left_out(run: Command, world: Path, tmp_path: Path) -> None:
    names = [world / "absent", world / "noise", cut(tmp_path, "x.pem", "CERTIFICATE", made("g1-server").der)]
    for command in ("cert lint", "cert check -e production --offline"):
        ran = run(*command.split(), *names, "--json")
        document = error_of(ran)
        assert [error["file"] for error in document["errors"]] == [str(name) for name in names]
        assert ran.code == 1
        text = run(*command.split(), *names)
        assert (text.out, len(text.err.splitlines())) == ("", 3)


@pytest.mark.parametrize(
    ("command", "label"),
    [("csr check", "CERTIFICATE REQUEST"), ("cert lint", "CERTIFICATE"), ("trust show", "CERTIFICATE")],
)
def test_a_part_that_cannot_be_read_is_no_pass_and_in_the_document(
    run: Command, tmp_path: Path, command: str, label: str
) -> None:
    der = request() if command == "csr check" else made("g1-server").der
    path = tmp_path / "two.pem"
    path.write_bytes(pem(label, der) + pem(label, der[:200]))
    for json_version in ("1", "2"):
        ran = run(*command.split(), path, "--json-version", json_version)
        assert ran.code == 1, command
        assert str(path) in ran.err
    (error,) = ran.document["errors"]
    assert (error["file"], error["position"]) == (str(path), 2)


# -- versions ----------------------------------------------------------------------------------------------------------


def versions_of(path: tuple[str, ...]) -> list[int]:
    (option,) = (p for p in command_of(path).params if "--json-version" in p.opts)
    assert isinstance(option.type, click.Choice)
    return [int(choice) for choice in option.type.choices]


def closed(schema: object) -> Iterator[bool]:
    """Yield of every object of a schema whether it allows nothing but its own keys."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema.get("additionalProperties") is False
        for part in schema.values():
            yield from closed(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from closed(part)


@pytest.mark.parametrize("path", [path for path in COMMANDS if len(versions_of(path)) > 1], ids=" ".join)
def test_each_version_follows_its_schema_and_json_is_the_newest(
    run: Command, world: Path, tmp_path: Path, path: tuple[str, ...]
) -> None:
    places = {"world": world, "issued": world / "leaf.pem", "out": tmp_path}
    line = [word.format(**places) for word in LINES[" ".join(path)].split() if not word.startswith("--json")]
    line += ["--force"] if "--out" in line else []  # one file each time
    versions = versions_of(path)
    for version in versions:
        document = run(*line, "--json-version", str(version)).document
        noun, number = re.fullmatch(r"pkitools\.([a-z-]+)/v(\d+)", document["schema"]).groups()  # type: ignore[union-attr]  # it matches, or the test is red
        assert int(number) == version
        assert_valid(document, f"{noun}-v{version}")
    assert run(*line, "--json").document["schema"] == document["schema"]


def test_a_first_version_is_closed_and_a_later_one_open() -> None:
    older = [name for name in schema_names() if name not in {*NEW, *ELSEWHERE}]  # newer ones are open from the first
    assert {name.rpartition("-v")[2] for name in older} >= {"1", "2"}
    for name in older:
        version = name.rpartition("-v")[2]
        assert all(closed(read_schema(name))) or int(version) > 1, name
        assert not any(closed(read_schema(name))) or int(version) == 1, name


def test_every_text_of_these_is_there() -> None:
    for key in ("cli.main.repeated", "cli.oin.derive.one_list", "cli.oin.derive.version", "cli.oin.derive.nth"):
        assert {lookup(key, language) for language in LANGUAGES} - {None}
