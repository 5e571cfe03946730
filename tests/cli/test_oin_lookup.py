"""pkitools oin lookup: the answer first, whence and of when; four statuses, each with its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Command, Ran
from tests.support.fault_server import FaultServer
from tests.support.register_server import GONE, MAIN, SUB, serve_api, serve_list
from tests.support.schemas import assert_valid

NOWHERE = "00000003273229750000"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.sqlite"


def asked(run: Command, url: str, copy: Path, *words: str, lang: str = "en") -> Ran:
    loopback = ("--allow-net", "127.0.0.0/8", "--snapshot", copy)
    return run("--lang", lang, "oin", "lookup", *words, "--url", url, *loopback)


@pytest.mark.parametrize(
    ("query", "code", "status", "said"),
    [
        (MAIN, 0, "registered", "REGISTERED"),
        (GONE, 10, "withdrawn", "WITHDRAWN"),
        (NOWHERE, 11, "not-registered", "NOT IN THE REGISTER"),
        ("Digilevering", 0, "registered", "REGISTERED"),
        ("27373207", 0, "registered", "REGISTERED"),
    ],
)
def test_each_status_has_its_exit_code(
    run: Command, server: FaultServer, copy: Path, query: str, code: int, status: str, said: str
) -> None:
    url = serve_api(server)
    ran = asked(run, url, copy, query)
    assert (ran.code, ran.out.split("  ")[0]) == (code, said)
    assert f"Source: {url}, asked at " in ran.told
    told = asked(run, url, copy, query, "--json")
    assert (told.code, told.document["status"], told.document["source"]) == (code, status, url)
    assert_valid(told.document, "oin-lookup-v1")


@pytest.mark.parametrize(("query", "told"), [("1822477348000", "00000001822477348000"), ("3,27323E+12", "spreadsheet")])
def test_a_number_that_lost_digits_is_told_and_not_asked_for(run: Command, query: str, told: str) -> None:
    ran = run("--lang", "en", "oin", "lookup", query, "--url", "https://register.invalid/")
    assert (ran.code, told in ran.err) == (2, True), ran.err


def test_who_could_not_be_asked_said_nothing(run: Command, server: FaultServer, copy: Path) -> None:
    ran = asked(run, f"{server.base_url}/closed", copy, NOWHERE, lang="nl")
    assert ran.code == 1
    assert ran.out.startswith("ONBEKEND")
    assert "dat zegt niets over het nummer" in ran.told


def test_a_copy_answers_offline_with_its_date(run: Command, server: FaultServer, copy: Path) -> None:
    url = serve_list(server, 5)
    ran = asked(run, url, copy, "--sync", "--way", "public", "--moment", "2026-11-01T00:00:00Z", "--json")
    assert (ran.code, ran.document["snapshot"]["organizations"], ran.document["query"]) == (0, 5, None)
    assert_valid(ran.document, "oin-lookup-v1")
    server.close()
    at = ("--moment", "2026-11-22T00:00:00Z")
    again = run("oin", "lookup", "Gemeente 3", "--offline", "--snapshot", copy, *at)
    assert again.code == 0
    assert f"copy of {url}, of 2026-11-01" in again.told
    assert "21 days ago" in again.told


def test_a_copy_that_is_not_whole_leaves_the_old_one(run: Command, server: FaultServer, copy: Path) -> None:
    url = serve_list(server, 5)
    assert asked(run, url, copy, "--sync", "--way", "public").code == 0
    before = copy.read_bytes()
    server.serve("/organisations/public", lambda exchange: exchange.connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n[]"))
    assert asked(run, url, copy, "--sync", "--way", "public").code == 1
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_the_usual_place_is_the_folder_of_caches(
    run: Command, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    url = serve_list(server, 5)
    ran = run("oin", "lookup", "--sync", "--way", "public", "--url", url, "--allow-net", "127.0.0.0/8")
    assert ran.code == 0
    assert (tmp_path / "caches" / "pkitools" / "oin-register.sqlite").is_file()
    assert run("oin", "lookup", "Gemeente 1", "--offline").code == 0


@pytest.mark.parametrize("data", [b"junk\n", b"", b"SQLite format 3\0" + bytes(500)])
def test_a_damaged_copy_in_the_usual_place_stands_in_nobodys_way(
    run: Command, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    """It is told, the register is asked, and a new copy takes its place; of a file that somebody names that is his."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = tmp_path / "pkitools" / "oin-register.sqlite"
    place.parent.mkdir()
    place.write_bytes(data)
    words = ("--url", serve_api(server), "--allow-net", "127.0.0.0/8")
    ran = run("--lang", "en", "oin", "lookup", MAIN, *words)
    assert (ran.code, "oin-register.sqlite is " in ran.err) == (0, True), ran.out + ran.err
    assert run("oin", "lookup", MAIN, "--offline").code == 1
    assert (place.read_bytes(), run("oin", "lookup", MAIN, "--sync", *words).code) == (data, 0)
    assert run("oin", "lookup", MAIN, "--offline").code == 0
    place.write_bytes(data)
    before = len(server.requests)
    ran = run("oin", "lookup", MAIN, "--sync", *words, "--snapshot", place)
    assert (ran.code, place.read_bytes(), len(server.requests)) == (1, data, before), "told before anybody is asked"


def test_a_name_tells_and_never_fails(run: Command, server: FaultServer, copy: Path) -> None:
    url = serve_api(server)
    for name, likeness in (("Logius", "same"), ("LOGIUS B.V.", "spelling"), ("Gemeente Anders", "different")):
        ran = asked(run, url, copy, MAIN, "--organization", name, "--json")
        assert (ran.code, ran.document["organizations"][0]["name_compared"]) == (0, likeness)


def test_a_key_comes_from_a_file_or_a_variable(
    run: Command, server: FaultServer, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = serve_api(server)
    file = copy.parent / "key"
    file.write_text("canary-key\n", encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("REGISTER_KEY", "canary-key")
    for words in (("--api-key-file", str(file)), ("--api-key-env", "REGISTER_KEY")):
        server.requests.clear()
        ran = asked(run, url, copy, MAIN, *words)
        assert ran.code == 0
        assert b"apikey: canary-key" in server.requests[0]
        assert "canary" not in ran.out + ran.err
    file.write_text("canary\nkey", encoding="utf-8")
    refused = asked(run, url, copy, MAIN, "--api-key-file", str(file))
    assert refused.code == 1
    assert "canary" not in refused.out + refused.err


@pytest.mark.parametrize(
    "words", [(), ("--sync", "--offline"), ("123456789",), ("x",), (MAIN, "--api-key-env", "NOT_SET")]
)
def test_what_cannot_be_asked_is_usage(run: Command, words: tuple[str, ...], copy: Path) -> None:
    ran = run("oin", "lookup", *words, "--snapshot", copy)
    assert (ran.code, ran.out) == (2, "")


def test_what_a_register_says_does_not_reach_a_terminal_raw(run: Command, server: FaultServer, copy: Path) -> None:
    hostile = "Gem\x1b[31mente\u202e\r\n"
    record = {"oin": SUB, "naam": hostile, "status": "Act\x07ief", "kvkNummer": hostile, "organisatieType": hostile}
    ran = asked(run, serve_api(server, records=[record]), copy, SUB)
    assert not {"\x1b", "\u202e", "\r", "\x07"} & {*ran.out, *ran.err}
