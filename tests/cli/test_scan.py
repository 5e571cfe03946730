"""``pkitools scan`` and ``pkitools expiry``: what they say, what they write, and what they end with."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pkitools import portfolio as room
from pkitools.messages import LANGUAGES
from pkitools.portfolio import Reading
from pkitools.requests.keys import to_pem
from pkitools_cli.commands.scan import running
from pkitools_cli.commands.scan.running import Progress
from pkitools_test_pki.pki import build
from tests.cli.test_delivered_lists import CRL, JUDGED, World
from tests.connections.support import OIN, OTHER_OIN, _key, certificate, connection, written
from tests.portfolio.support import CHAIN, WHOLE, other_leaf
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import corrupt, pem
from tests.support.keys import SHARED_KEYS
from tests.support.requests import pooled_key
from tests.support.schemas import assert_valid

AT = ("--moment", "2026-11-22T12:00:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder ``found`` with a good certificate, and the root it is trusted by beside it."""
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "good.pem").write_bytes(WHOLE)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    return tmp_path


@pytest.fixture
def scan(run: Command, folder: Path) -> Any:
    return lambda *given: run("scan", folder / "found", "--trust", folder / "root.pem", *AT, *given)


def good(folder: Path) -> None:
    """Nothing is added to what is good."""


def torn(folder: Path) -> None:
    (folder / "found" / "torn.pem").write_bytes(corrupt())


def bad(folder: Path) -> None:
    (folder / "found" / "bad.pem").write_bytes(pem(good_chain().leaf.der[:-1] + b"\0"))


def missing(folder: Path) -> None:
    (folder / "found" / "nginx.conf").write_text("ssl_certificate /nowhere.pem;\n")


@pytest.mark.parametrize("names", ["their names", "a configuration"])
def test_the_command_for_a_certificate_with_another_key_shows_it(
    run: Command, folder: Path, scan: Any, names: str
) -> None:
    key = "good.key" if names == "their names" else "z.key"
    (folder / "found" / key).write_bytes(pooled_key().pem(None))
    if names != "their names":
        (folder / "found" / "nginx.conf").write_text("ssl_certificate good.pem;\nssl_certificate_key z.key;\n")
    ran = scan()
    words = shlex.split(ran.out[ran.out.index("pkitools cert check") :].replace("\\\n", ""))
    assert ran.code == 10
    assert run(*words[1:], *AT).code == 10


@pytest.mark.parametrize(
    ("made", "given", "code"),
    [
        ([good], [], 0),
        ([good], ["--fail-on", "warning"], 12),
        ([good], ["--revocation", "require"], 11),
        ([torn], [], 1),
        ([missing], [], 1),
        ([torn], ["--revocation", "require"], 1),
        ([torn, bad], [], 10),
        ([bad], ["--fail-on", "warning"], 10),
    ],
)
def test_the_worst_decides(scan: Any, folder: Path, made: list[Any], given: list[str], code: int) -> None:
    for make in made:
        make(folder)
    assert scan(*given).code == code


def test_nothing_found_is_no_answer(run: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hallo")
    ran = run("scan", tmp_path)
    assert (ran.code, ran.told.split(".")[0]) == (11, "No certificate found")
    assert run("scan", tmp_path / "nowhere").code == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_terminal_hears_the_worst_first_where_it_is_and_what_to_do(
    run: Command, folder: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    bad(folder)
    torn(folder)
    ran = run("--lang", language, "scan", folder / "found", "--trust", folder / "root.pem", *AT)
    judged = ran.lines[: next(n for n, line in enumerate(ran.lines) if line.startswith(("Niet bekeken", "Not looked")))]
    names = [line for line in judged if ".pem" in line]
    assert [name.rpartition("/")[2] for name in names] == ["bad.pem", "good.pem"]
    # a command is there to be pasted: a name in it is not cut off
    assert all(len(line) <= 80 for line in ran.lines if str(folder) not in line)
    assert "torn.pem" in "".join(ran.out.split())
    assert ran.lines[-1].startswith({"nl": ("Nu:", "    "), "en": ("Now:", "     ")}[language])
    assert {"nl": "voor geen systeem", "en": "for no system"}[language] in ran.told


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_do_about_many_for_one_reason_is_told_once_and_the_reason_of_each(
    run: Command, folder: Path, language: str
) -> None:
    for number in range(3):
        wrong = good_chain().leaf.der[:-1] + bytes([number])
        (folder / "found" / f"bad{number}.pem").write_bytes(pem(wrong))
    ran = run("--lang", language, "scan", folder / "found", "--trust", folder / "root.pem", *AT, "--verbose")
    heading = next(n for n, line in enumerate(ran.lines) if line.split()[-1:] in (["naam"], ["name"]))
    table = ran.lines[heading + 1 : ran.lines.index("", heading)]
    pages = " ".join(" ".join(table).split())
    reasons = [each.partition(".pem ")[2] for each in pages.split("bad")[1:]]
    titles = {each.partition(". ")[0].partition(" (")[0] for each in reasons}
    assert len(reasons) == 3
    assert len(titles) == 1
    assert [{"nl": "zie hierboven", "en": "see above"}[language] in each for each in reasons] == [False, True, True]


def test_the_document_is_what_the_report_is(scan: Any, folder: Path) -> None:
    ran = scan("--json", "--report", folder / "out.json", "--report", folder / "out.csv")
    assert_valid(ran.document, "scan-v1")
    assert json.loads((folder / "out.json").read_bytes()) == ran.document
    assert (folder / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfstanding,")
    assert ran.err == ""


def test_a_report_that_cannot_be_written_is_refused_before_a_file_is_read(
    scan: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "scan", lambda *_, **__: pytest.fail("scanned"))
    (folder / "out.json").write_text("mine")
    assert scan("--report", folder / "out.json").code == 1
    assert scan("--report", folder / "no" / "out.json").code == 1
    assert scan("--report", folder / "out.doc").code == 2
    assert (folder / "out.json").read_text() == "mine"


@pytest.mark.parametrize("again", ["r.csv", "./r.csv", "found/../r.csv"])
def test_a_report_that_is_named_twice_is_wrong_usage(
    scan: Any, folder: Path, again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    ran = scan("--report", "r.csv", "--report", "other.csv", "--report", again)
    assert ran.code == 2
    assert "r.csv" in ran.err
    assert not Path("other.csv").exists()


def test_since_tells_what_changed_and_may_be_the_report_itself(scan: Any, folder: Path) -> None:
    last = folder / "last.json"
    assert scan("--report", last).code == 0
    assert "Nothing changed since" in scan("--since", last).told
    (folder / "found" / "new.pem").write_bytes(other_leaf() + WHOLE)
    ran = scan("--since", last, "--report", last, "--force")
    assert "- new: other1.example.nl" in ran.out
    assert "Nothing changed since" in scan("--since", last).told
    (folder / "found" / "new.pem").unlink()
    assert "- gone: other1.example.nl" in scan("--since", last).out
    assert scan("--since", folder / "root.pem").code == 1


@pytest.mark.parametrize("after", [0, 1, 2])
def test_when_it_is_stopped_the_part_is_a_valid_report_that_says_so(
    scan: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    (folder / "found" / "other.pem").write_bytes(other_leaf() + CHAIN)
    whole = room.scan

    def stopped(*given: Any, **means: Any) -> Iterator[Reading]:
        for number, reading in enumerate(whole(*given, **means)):
            if number == after:
                signal.raise_signal(signal.SIGINT)  # as Ctrl-C does
            yield reading
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(room, "scan", stopped)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may ignore it
    try:
        ran = scan("--report", folder / "out.json")
    finally:
        signal.signal(signal.SIGINT, before)
    document = json.loads((folder / "out.json").read_bytes())
    assert_valid(document, "scan-v1")
    assert (document["complete"], document["whole"], document["looked_at"]) == (False, False, after)
    assert ran.code == 1
    assert "This is a part" in ran.told
    assert f"Stopped after {after} files" in ran.err


def test_a_process_that_ends_under_the_scan_leaves_a_part(
    scan: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one does that the system ended for want of memory."""
    whole = room.scan

    def broken(*given: Any, **means: Any) -> Iterator[Reading]:
        yield from whole(*given, **{**means, "executor": None})
        raise BrokenProcessPool

    monkeypatch.setattr(room, "scan", broken)
    ran = scan("--jobs", "2", "--report", folder / "out.json")
    assert ran.code == 1
    assert "A process that did the work has ended" in " ".join(ran.err.split())
    assert json.loads((folder / "out.json").read_bytes())["complete"] is False


def test_standard_input_is_a_file_or_a_list_of_them(run: Command, folder: Path) -> None:
    given = ("scan", "-", "--trust", folder / "root.pem", *AT, "--json")
    of_file = run(*given, stdin=WHOLE).document
    assert [place["name"] for place in of_file["certificates"][0]["places"]] == ["standard input"]
    assert of_file["asked"] == ["-"]
    of_list = run(*given, stdin=f"{folder / 'found' / 'good.pem'}\n".encode()).document
    assert [place["named_by"] for place in of_list["certificates"][0]["places"]] == [["standard input:1"]]
    assert run(*given, stdin=b"").code == 1


def test_a_list_may_name_what_lies_beside_it_in_a_word(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    found = run("scan", "-", "--trust", "root.pem", *AT, "--json", stdin=b"found\nroot.pem\n").document
    places = {place["name"]: place["named_by"] for one in found["certificates"] for place in one["places"]}
    assert places == {str(Path("found", "good.pem")): ["standard input:1"], "root.pem": ["standard input:2"]}
    assert run("scan", "-", *AT, stdin=b"found\nof nothing here\n").code == 1


@pytest.mark.parametrize("command", ["scan", "expiry"])
def test_what_names_no_place_is_refused_with_what_would(
    run: Command, folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert (run(command, "found", "").code, run(command, "").code) == (2, 2)
    for address in (
        "http://example.nl/a",
        "https://example.nl",
        "https://example.nl/?a=b:443",
        "ldap://a:secret@example.nl",
    ):
        ran = run(command, "found", address)
        assert ran.code == 2, address
        assert "example.nl:443" in ran.err
        assert "secret" not in ran.err
    escaped = run(command, "http://a\x1b[2Jb/")
    assert escaped.code == 2
    assert "\x1b" not in escaped.err
    Path("http:").mkdir()
    Path("http:", "a").write_bytes(WHOLE)
    assert run(command, "http:/a", *AT).code != 2  # a file is what it is called


def test_offline_no_peer_is_asked(run: Command) -> None:
    ran = run("scan", "example.nl:443", "--offline", "--json")
    assert ran.code == 1
    assert [one["gap"] for one in ran.document["unread"]] == ["unreachable"]


@pytest.mark.parametrize("policy", ["require", "prefer"])
def test_who_scans_is_asked_for_lists_and_not_for_a_network_that_no_scan_asks(
    run: Command, folder: Path, policy: str
) -> None:
    report = folder / "r.md"
    given = ("scan", folder / "found", "--trust", folder / "root.pem", *AT, "--revocation", policy, "--report", report)
    for language, addresses, findings in (("nl", "adres", "bevindingen"), ("en", "address", "findings")):
        told = run("--lang", language, *given, "--force").told
        for text in (told, report.read_text()):
            assert "--crl" in text
            assert addresses not in text
            assert findings not in text


@pytest.mark.slow
def test_a_list_among_the_files_is_used_and_an_authority_given_beside_them(run: Command, tmp_path: Path) -> None:
    """The same folder by ``cert check`` says revoked."""
    (tmp_path / "found").mkdir()
    world = World()
    (tmp_path / "found" / "a.pem").write_bytes(world.revoked.pem)
    lists = b"".join(to_pem(CRL, der) for _, der in world.said(CRL, world.revoked))
    (tmp_path / "found" / "lists").write_bytes(lists)
    (tmp_path / "root.pem").write_bytes(world.pki.trust_pem())
    (tmp_path / "chain.pem").write_bytes(pem(*world.intermediates))
    given = ("-e", "pre", "--trust", tmp_path / "root.pem", "--chain", tmp_path / "chain.pem")
    at = ("--moment", JUDGED.isoformat())
    ran = run("scan", tmp_path / "found", *given, *at, "--revocation", "require")
    assert ran.code == run("cert", "check", tmp_path / "found", *given, *at, "--offline").code == 10
    assert "revoked" in ran.told
    assert "Among the files 3 lists" in ran.told
    (tmp_path / "chain.pem").write_bytes(pem(*world.intermediates) + lists)
    (tmp_path / "found" / "lists").unlink()
    assert run("scan", tmp_path / "found", *given, *at).code == 10


def test_a_wrong_system_is_told_before_a_file_is_read(scan: Any) -> None:
    assert scan("--for", "nonsense").code == 2


def test_progress_is_told_now_and_then_with_an_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(running, "progress", said.append)
    times = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    told = Progress(["a"], lambda: next(times), lambda _: 40)
    for done in (5, 10, 11):
        told.at(done)
    assert told._counting is not None
    told._counting.join()
    told.at(20)
    assert len(said) == 2
    assert said[-1] == "20 of 40 looked at, about 12 seconds to go"
    assert told.line(30, 3.0) == "30 of 40 looked at, about 1 second to go"


@pytest.mark.slow
def test_more_processes_say_the_same(scan: Any, folder: Path) -> None:
    for number in range(3):
        (folder / "found" / f"{number}.pem").write_bytes(other_leaf(number))
    bad(folder)
    (folder / "found" / "bad.chain.pem").write_bytes((folder / "found" / "bad.pem").read_bytes() + CHAIN)
    assert scan("--jobs", "2", "--json").document == scan("--json").document
    assert scan("--jobs", "2", "--verbose").out == scan("--verbose").out


# --- expiry -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "given", "code", "nagios"),
    [
        ("2026-11-22", [], 0, 0),
        ("2029-12-05", [], 0, 2),
        ("2029-11-01", ["--fail-on", "notice"], 12, 1),
        ("2029-12-20", ["--fail-on", "warning"], 12, 2),
        ("2030-01-02", [], 10, 2),
        ("2026-11-22", ["-w", "2000"], 0, 1),
        ("2026-11-22", ["-w", "2000", "-c", "2000"], 0, 2),
        ("2026-11-22", ["-w", "1", "-c", "2"], 2, 3),
    ],
)
def test_expiry_ends_as_what_ends_first_asks(
    run: Command, folder: Path, moment: str, given: list[str], code: int, nagios: int
) -> None:
    asked = ("expiry", folder / "found", "--moment", moment, *given)
    assert run(*asked).code == code
    ran = run(*asked, "--nagios")
    assert ran.code == nagios
    assert len(ran.lines) == 1
    assert (" ended " in ran.out, " ends in " in ran.out) == ((code == 10), code not in {2, 10})
    if code != 2:
        dutch = run("--lang", "nl", *asked, "--nagios").out
        assert " verlopen (" in dutch or " verloopt over " in dutch
        assert dutch.split(" - ")[0] == ran.out.split(" - ")[0]


def test_expiry_says_which_and_where(run: Command, folder: Path) -> None:
    torn(folder)
    ran = run("expiry", folder / "found", *AT)
    assert ran.code == 1
    assert "host.example.nl" in ran.lines[0]
    assert os.fspath(folder / "found" / "good.pem")[-20:] in ran.lines[1]
    assert_valid(run("expiry", folder / "found", *AT, "--json").document, "expiry-v1")
    told = run("expiry", folder / "found", *AT, "--nagios")
    assert (told.code, told.out.split(" - ")[0]) == (3, "PKITOOLS UNKNOWN")


WRONG: Final = {
    "the days are no number": ("expiry", "found", "-w", "abc"),
    "the critical days come first": ("expiry", "found", "-w", "10", "-c", "30"),
    "more days than there are": ("expiry", "found", "-c", "99999"),
    "an option that there is not": ("expiry", "found", "--warn", "10"),
    "an option that is no switch": ("expiry", "found", "--nagios=yes"),
    "a value that is not there": ("expiry", "found", "-w"),
    "a severity that there is not": ("expiry", "found", "--fail-on", "a|b"),
    "a moment that is none": ("expiry", "found", "--moment", "gisteren"),
    "no place": ("expiry",),
    "no such place": ("expiry", "--passphrase-file", "absent|\n", "found"),
    "a folder of data that is not there": ("--data", "absent", "expiry", "found"),
    "JSON too": ("expiry", "found", "--json"),
    "a command that there is not": ("expire", "found"),
    "a command that does not monitor": ("scan", "found"),
    "no verb": ("cert",),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("first", [True, False], ids=["in front", "behind"])
def test_what_monitoring_asked_wrongly_is_unknown_to_it(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, language: str, first: bool
) -> None:
    """Exit code 2 says to it that a certificate ends, and 1 that one will: neither is so."""
    monkeypatch.chdir(folder)
    given = (
        ("--nagios", *WRONG[wrong]) if first and wrong != "a value that is not there" else (*WRONG[wrong], "--nagios")
    )
    if wrong == "a value that is not there":
        given = ("expiry", "found", "--nagios", "-w")
    ran = run("--lang", language, *given)
    assert (ran.code, len(ran.lines), ran.out.count("|")) == (3, 1, 0), ran.out
    assert re.fullmatch(r"PKITOOLS UNKNOWN - \S.{8,}\n", ran.out)
    assert ran.err


def test_a_crash_is_unknown_to_monitoring(run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("een | regel\nen nog een")

    monkeypatch.setattr("pkitools_cli.commands.expiry.refuse_no_place", crash)
    ran = run("expiry", folder, "--nagios")
    assert (ran.code, len(ran.lines), ran.out.count("|")) == (3, 1, 0)


def test_behind_two_dashes_it_is_a_name(run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert run("expiry", "-w", "abc", "--", "--nagios").code == 2


def test_expiry_of_nothing_says_whether_there_was_nothing_or_it_was_not_seen(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)  # a long path would be cut in the one line there is
    empty, absent = Path("empty"), Path("ab|sent")
    empty.mkdir()
    ran = run("expiry", empty, *AT)
    assert "could not be read" not in ran.told
    assert "Look where your certificates are" in ran.told
    line = run("expiry", empty, *AT, "--nagios").out
    assert line == "PKITOOLS UNKNOWN - no certificate found | certificates=0\n"
    assert "could not be read" in run("expiry", absent, *AT).told
    (line,) = run("expiry", absent, *AT, "--nagios").lines
    assert line.startswith("PKITOOLS UNKNOWN - no certificate found, not looked at: ")
    assert "ab/sent" in line
    assert line.count("|") == 1, "what a file is called begins no performance data"
    assert ", not looked at: ab/sent and 1 more | " in run("expiry", absent, "other", *AT, "--nagios").out


@pytest.mark.parametrize(("language", "given"), [("nl", "mee met --trust."), ("en", "with --trust.")])
def test_a_test_hierarchy_that_is_not_trusted_is_told_with_what_trusts_it(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, given: str
) -> None:
    """In the words of ``cert check``, to the last one: following them is all there is to do."""
    monkeypatch.setenv("COLUMNS", "80")
    pki = build("g4-tls", moment=datetime(2026, 11, 22, tzinfo=UTC), keys=SHARED_KEYS)
    (tmp_path / "found").mkdir()
    good = pki.issue("g4-tls")
    (tmp_path / "found" / "good.pem").write_bytes(good.chain_pem)
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "root.pem").write_bytes(good.root.pem)
    untrusted = run("--lang", language, "scan", tmp_path / "found", *AT)
    assert untrusted.code == 10
    assert "(TRIAL)" in untrusted.told
    assert given in untrusted.told
    assert not [line for line in untrusted.lines if line.endswith(" …")]
    assert run("scan", tmp_path / "found", *AT, "--trust", tmp_path / "trusted").code == 0


def last_command(ran: Any) -> list[str]:
    """The command that the last answer ends with, as a shell takes it."""
    text = "\n".join(ran.lines).replace("\\\n", " ")
    found = [line for line in text.split("\n") if line.strip().startswith("pkitools ")]
    return shlex.split(found[-1])[1:]


def test_what_to_do_first_names_the_file_and_is_there_to_be_pasted(
    run: Command, scan: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    soon = run("scan", "found", "--trust", folder / "root.pem", "--moment", "2029-12-20T12:00:00Z")
    words = last_command(soon)
    assert words[:4] == ["csr", "create", "--renew", "found/good.pem"]
    # of this one nothing says of which profile the next is, nor whose: what only people know is a blank
    blanks = {"FILE": "secret", "SYSTEM": "digikoppeling", "OIN": OIN, "NAME": "A"}
    assert set(blanks) <= set(words)
    Path("secret").write_text("of one's own choice\n", encoding="utf-8")
    Path("secret").chmod(0o600)
    made = run(*(blanks.get(word, word) for word in words), *AT)
    assert made.code == 0, made
    bad(folder)
    failed = run("scan", "found", "--trust", "root.pem", *AT, "--report", "out.html")
    words = last_command(failed)
    assert words[:3] == ["cert", "check", "found/bad.pem"]
    assert run(*words, *AT).code == failed.code == 10
    assert f"pkitools {shlex.join(words)}" in (folder / "out.html").read_text(encoding="utf-8")


def test_what_a_connection_finds_wrong_a_pasted_check_finds_wrong(run: Command, folder: Path, monkeypatch: Any) -> None:
    """Of a certificate with another OIN than that of its connection the check alone said that it passed."""
    monkeypatch.chdir(folder)
    key = _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "own.pem").write_bytes(certificate(OTHER_OIN) + CHAIN + key)
    written(folder, connection(files='["own.pem"]', system='"mijnoverheid"'))
    failed = run("scan", "--connections", "connections.toml", "--trust", "root.pem", *AT)
    words = last_command(failed)
    assert words[:3] == ["cert", "check", "own.pem"]
    assert run(*words, *AT).code == failed.code == 10
    without = words[: words.index("--oin")] + words[words.index("--oin") + 2 :]
    assert run(*without, *AT).code == 0
