"""``pkitools init``, ``status`` and ``plan``: what they say, what they write, and what they end with."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pkitools.connections import hold, read_connections
from pkitools.messages import LANGUAGES
from pkitools.reports.planning import work_suffixes
from pkitools.reports.planning.work import connection_name
from pkitools_cli.commands.status.text import beside_told
from pkitools_cli.i18n import speaking, tr
from tests.connections.support import CHAIN, OIN, OTHER_OIN, certificate, connection, written
from tests.connections.test_claiming import STRANGE, with_key
from tests.portfolio.support import judging
from tests.reports.test_open_schemas import grown
from tests.support.cases import in_one_test
from tests.support.chains import crl, good_chain
from tests.support.command import Command
from tests.support.deliveries import corrupt, pem
from tests.support.page import GIVEN, Read, Visitor
from tests.support.schemas import assert_valid

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = ("--moment", "2026-11-22T12:00:00Z")
FILES = {"files": '["f"]'}
STATED = {"sent": "2026-11-01", "tested": "2026-11-02"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder ``f`` with a good certificate, and the root it is trusted by beside it."""
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "good.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    return tmp_path


@pytest.fixture
def status(run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``status`` of a file with these connections, in its folder."""
    monkeypatch.chdir(folder)

    def ran(text: str, *given: str) -> Any:
        written(folder, text)
        return run("status", "--trust", "root.pem", *AT, *given)

    return ran


@pytest.mark.parametrize(
    ("text", "given", "code"),
    [
        (connection(**FILES, **STATED, system='"mijnoverheid"'), [], 0),  # which takes no metadata
        (connection(**FILES, **STATED), [], 11),  # its metadata are not there
        (connection(**FILES), [], 11),
        (connection(files='["no"]'), [], 0),
        (connection(files='["no"]'), ["--fail-on", "notice"], 12),
        (connection(files='["no"]'), ["--fail-on", "warning"], 0),
        (connection(files='["no"]', live="2027-01-15"), ["--fail-on", "warning"], 12),
        (connection(files='["no"]', live="2026-11-01"), [], 10),
        (connection(**FILES, environment='"production"'), [], 10),
        (connection(livee="2026-11-01"), [], 1),
        ("", [], 1),
    ],
)
def test_the_worst_decides(status: Any, text: str, given: list[str], code: int) -> None:
    assert status(text, *given).code == code


def test_what_could_not_be_read_is_no_success(status: Any, folder: Path) -> None:
    (folder / "f" / "torn.pem").write_bytes(corrupt())
    ran = status(connection(**FILES))
    assert ran.code == 1
    assert "torn.pem" in ran.out
    done = status(connection(**FILES, **STATED, system='"mijnoverheid"'))
    assert (done.code, "1 not known" in done.lines[0]) == (1, True)
    assert "Look first at what could not be read" in done.out


def test_a_plan_makes_up_no_day_for_what_could_not_be_read(run: Command, status: Any, folder: Path) -> None:
    """status said to open the keystore first, and plan to state a day of going live; its reports said nothing."""
    (folder / "f" / "torn.pem").write_bytes(corrupt())
    names = [f"plan.{end}" for end in ("ics", "csv", "md", "json")]
    reports = [word for name in names for word in ("--report", name)]
    for text, first in ((connection(files='["f/torn.pem"]'), "Look first at"), (connection(**FILES), "as well: what")):
        assert status(text).code == 1
        ran = run("plan", "--trust", "root.pem", *AT, "--force", *reports)
        assert ran.code == 1
        assert first in " ".join(ran.out.split("Now: ")[-1].split())
        for name in names:
            assert "torn.pem" in (folder / name).read_text(encoding="utf-8").replace("\r\n ", ""), name
        assert_valid(json.loads((folder / "plan.json").read_bytes()), "plan-v1")


def test_that_nobody_was_asked_for_what_is_revoked_is_said_and_weighs(status: Any, folder: Path) -> None:
    text = connection(**FILES, **STATED, system='"mijnoverheid"')
    ran = status(text, "--fail-on", "warning")
    assert ran.code == 12
    assert "Whether the certificate is revoked was not confirmed: 1 of the" in ran.out
    assert "Nothing has to be done" not in ran.out
    lists = [folder / f"{name}.crl" for name in ("tsp", "domain", "root")]
    for file in lists:
        file.write_bytes(crl(getattr(good_chain(), file.stem)))
    known = status(text, *(f"--crl={file}" for file in lists))
    assert known.code == 0
    assert "revoked" not in known.out
    assert "Nothing has to be done" in known.out
    torn = folder / "torn.crl"
    torn.write_bytes(pem(crl(good_chain().tsp))[:60].replace(b"CERTIFICATE", b"X509 CRL"))
    lists_folder = folder / "lists"
    lists_folder.mkdir()
    for file in (*lists, torn):
        file.rename(lists_folder / file.name)
    unread = status(text, f"--crl={lists_folder}")
    assert unread.code == 1
    assert "Nothing has to be done" not in unread.out
    assert "Now: Look first at what could not be read" in " ".join(unread.out.split())


def test_a_plan_looks_at_what_is_revoked(run: Command, status: Any, folder: Path) -> None:
    (folder / "f" / "good.pem").write_bytes(certificate(serial=3) + CHAIN)
    file = folder / "tsp.crl"
    file.write_bytes(crl(good_chain().tsp, 3))
    status(connection(**FILES))
    given = ("plan", "--connections", "connections.toml", "--trust", "root.pem", *AT)
    assert "Not good" not in run(*given).out
    ran = run(*given, "--crl", file)
    assert "Not good: host.example.nl" in ran.out
    assert ran.lines[-1].endswith("Begin today with Gemeente A, DigiD Machtigen, preproduction.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_do_stands_first_and_fits_the_terminal(
    status: Any, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PKITOOLS_LANG", language)
    text = connection(**FILES) + connection(files='["no"]', live="2026-11-01", system='"fsc"')
    ran = status(text, "--verbose", "--by", "supplier")
    headings = [line for line in ran.lines if "  Gemeente A" in line and line[0] != " "]
    assert ["FSC" in line for line in headings] == [True, False]
    assert max(map(len, ran.lines)) <= 80


@pytest.mark.slow
def test_every_command_it_names_is_taken(run: Command, status: Any, folder: Path) -> None:
    """Each is one the command line knows, with options that it takes: it ends with anything but a mistake in use."""
    more = {"common_name": '"a.example.nl"', "dns": '["a.example.nl"]', "self_signed": "true"}
    rows = [
        connection(**FILES),
        connection(files='["no"]', **more),
        connection(files='["none"]', environment='"production"', system='"mijnoverheid"'),
        connection(**FILES, environment='"production"', endpoint='"localhost:1"'),
        connection(files='["no"]', live="2026-11-01", common_name='"b.example.nl"', environment='"production"'),
    ]
    ran = status("".join(rows), "--verbose")
    named = commands(ran.out)
    assert {" ".join(words[:2]) for words in named} >= {"csr create", "cert check", "export public"}
    (folder / "secret").write_text("a passphrase of some words\n")
    (folder / "secret").chmod(0o600)
    blanks = {"FILE": str(folder / "secret"), "NAME": "c.example.nl"}
    assert {word for words in named for word in words if word in blanks} == set(blanks)
    for words in named:
        done = run(*(blanks.get(word, word) for word in words))
        assert done.code != 2, (words, done.err)


@pytest.mark.slow
def test_a_check_that_it_names_knows_what_it_knew_itself(run: Command, status: Any, folder: Path) -> None:
    """Roots, lists, what revocation weighs, where the passphrase stands: in the terminal and in a report alike."""
    (folder / "f" / "other.pem").write_bytes(with_key(STRANGE))
    (folder / "secret").write_text("geheim")
    (folder / "secret").chmod(0o600)
    (folder / "tsp.crl").write_bytes(crl(good_chain().tsp))
    given = ("--crl", "tsp.crl", "--revocation", "prefer", "--passphrase-file", "secret")
    text = connection(**FILES, system='"mijnoverheid"')
    ran = status(text, *given, "--report", "r.md")
    (words,) = (each for each in commands(ran.out) if each[:2] == ["cert", "check"])
    assert words[-8:] == ["--trust", "root.pem", *given]
    assert shlex.join(words).replace("*", "") in (folder / "r.md").read_text().replace("\\", "")
    done = run(*words, *AT)
    assert done.code == 10
    assert OTHER_OIN in done.lines[1]  # and not a root that is not trusted


def commands(text: str) -> list[list[str]]:
    """The commands in an answer, as a shell would take them."""
    joined = text.replace("\\\n", " ")
    lines = (line.strip() for line in joined.splitlines())
    return [shlex.split(line)[1:] for line in lines if line.startswith("pkitools ")]


def test_nothing_a_file_holds_reaches_the_terminal_raw(status: Any) -> None:
    hostile = '"\\u001b[31mred\\u202e"'
    text = connection(**FILES, supplier=hostile, owner=hostile).replace(
        "[[connection]]", f"tsp = {hostile}\n[[connection]]"
    )
    for ran in (status(text), status(connection(**FILES, supplier=hostile), "--by", "supplier")):
        assert "\x1b" not in ran.out + ran.err
        assert "\u202e" not in ran.out + ran.err


def test_a_first_file_is_written_once(run: Command, folder: Path) -> None:
    out = folder / "connections.toml"
    ran = run("init", folder / "f", "--out", out, "--for", "digid-machtigen", *AT, "--json")
    assert ran.code == 0
    assert_valid(ran.document, "init-v1")
    assert_valid(grown(ran.document), "init-v1")
    first = out.read_bytes()
    assert run("init", folder / "f", "--out", out, *AT).code == 1
    assert out.read_bytes() == first
    held = run("status", "--connections", out, "--trust", folder / "root.pem", *AT, "--json")
    (one,) = held.document["connections"]
    assert (one["oin"], one["system"], one["certificate"]["name"]) == (OIN, "digid-machtigen", "host.example.nl")


@pytest.mark.parametrize("is_test", [True, False])
def test_a_first_file_of_test_certificates_asks_for_what_they_are_trusted_by(
    run: Command, folder: Path, tmp_path: Path, *, is_test: bool
) -> None:
    """Nobody trusts those by themselves: followed without it, what is told would call them wrong."""
    places = folder / "f"
    if is_test:
        places = tmp_path / "certs"
        places.mkdir()
        assert run("test-pki", "create", tmp_path / "pki", "--fast").code == 0
        issued = run("test-pki", "issue", tmp_path / "pki", "--out", places / "a")
        assert issued.code == 0, issued.told
    ran = run("--lang", "en", "init", places, "--out", tmp_path / "connections.toml")
    (words,) = commands(ran.out)
    assert (words[-2:] == ["--trust", "DIR"]) is is_test, ran.told


def test_the_documents_are_open(status: Any, folder: Path) -> None:
    """With as much in them as can be: a request, a certificate elsewhere, one of another, what cannot be read."""
    (folder / "f" / "torn.pem").write_bytes(corrupt())
    (folder / "f" / "other.pem").write_bytes(certificate(OTHER_OIN) + CHAIN)
    text = connection(**FILES, **STATED, live="2027-06-01") + connection(files='["no"]', live="2027-06-01")
    document = status(text, "--json").document
    first, second = document["connections"]
    assert first["others"]
    assert second["reusable"]
    assert second["absent"]
    assert document["unread"]
    assert_valid(document, "status-v1")
    assert_valid(grown(document), "status-v1")


def test_nothing_found_writes_nothing(run: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("hallo")
    assert run("init", tmp_path, "--out", tmp_path / "c.toml").code == 1
    assert not (tmp_path / "c.toml").exists()


def test_what_has_no_oin_leaves_the_file_a_part(run: Command, folder: Path) -> None:
    (folder / "f" / "other.pem").write_bytes(pem(good_chain().leaf.der))
    ran = run("init", folder / "f", "--out", folder / "c.toml", *AT)
    assert ran.code == 11
    assert "other.pem" in ran.told


def test_a_plan_for_a_system_names_its_sources(run: Command) -> None:
    asked = ("plan", "--for", "digid-machtigen", "--live", "2027-06-01", "--tsp", "kpn", *AT)
    ran = run(*asked)
    assert ran.code == 0
    assert "1 Dec 2026 Begin with the connection." in ran.told
    assert "11 May 2027 Order. KPN:" in ran.told
    assert "third party" in ran.told
    assert ran.told.endswith("Now: Begin by 1 Dec 2026 with DigiD Machtigen, production.")
    stated = run(*asked, "--delivery", "1", "--course", "1", "--subscriber")
    assert "24 May 2027 Order. 1 working days, as stated" in stated.told
    document = run(*asked, "--json").document
    assert_valid(document, "plan-v1")


@pytest.mark.parametrize("certificates", [("old",), ("old", "good")])
@pytest.mark.parametrize("live", ["", "2026-11-01"])
def test_of_what_is_over_no_day_is_told_to_begin_by(
    run: Command, folder: Path, certificates: tuple[str, ...], live: str
) -> None:
    """Alone and beside others: it is asked whether it is in use still, as ``scan`` does."""
    old = certificate(serial=9, end=datetime(2021, 5, 20, tzinfo=UTC))
    (folder / "old.pem").write_bytes(old + CHAIN)
    (folder / "good").mkdir()
    (folder / "good" / "good.pem").write_bytes(certificate() + CHAIN)
    text = "".join(connection(files=f'["{name}{".pem" * (name == "old")}"]') for name in certificates)
    text += connection(files='["no"]', live=live) if live else ""
    ran = run("plan", "--connections", written(folder, text), "--trust", folder / "root.pem", *AT)
    blank, now = ran.out.rstrip().split("\nNow: ")
    told = " ".join(now.split())
    assert blank.endswith("\n")
    assert told.startswith("Begin with Gemeente A, DigiD Machtigen, preproduction")
    assert ": the certificate has expired. Is it still in use?" in told
    assert "2021" not in told
    # without a certificate one is late from its day of going live on, as status says, and comes before the rest
    late = "Begin today with Gemeente A, DigiD Machtigen, preproduction"
    assert ("Begin by" in told, late in told) == ("good" in certificates and not live, bool(live))
    assert "Give one that is still to come" not in told, "that is said of a day that was asked"


def test_what_is_not_known_is_told(run: Command) -> None:
    ran = run("plan", "--for", "fsc", "--live", "2027-06-01", *AT)
    assert "Not known: how long the TSP takes to register" in ran.told
    assert "(--registration, --delivery, --handling, --course)" in ran.told


def test_a_plan_of_connections_begins_with_the_first(run: Command, folder: Path) -> None:
    file = written(folder, connection(**FILES, system='"fsc"') + connection(files='["no"]', live="2026-12-01"))
    ran = run("plan", "--connections", file, "--trust", folder / "root.pem", *AT)
    assert ran.code == 0
    assert ran.lines[0] == "Gemeente A, DigiD Machtigen, preproduction"
    assert "Now: Begin today" in ran.told
    without = run("plan", "--connections", written(folder, connection(files='["no"]')), *AT)
    assert (without.code, "No day to count back from" in without.told) == (11, True)


@in_one_test
@pytest.mark.parametrize(
    "given",
    [
        ("--for", "digid"),
        ("--live", "2027-06-01"),
        ("--for", "digid", "--live", "2027-06-01", "--connections", "c.toml"),
        ("--for", "digid", "--live", "9999-12-31"),
        ("--for", "digidd", "--live", "2027-12-31"),
        ("--delivery", "3"),
        ("-e", "production"),
    ],
)
def test_what_does_not_go_together_is_a_mistake_in_use(run: Command, given: tuple[str, ...]) -> None:
    assert run("plan", *given).code == 2


@pytest.mark.parametrize("command", ["status", "plan"])
def test_who_has_no_file_of_connections_is_told_how_to_make_one(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("--lang", "nl", command)
    assert ran.code == 1
    assert "pkitools init MAP --out connections.toml" in " ".join(ran.err.split())


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_else_there_is_to_know_of_a_connection_is_told(
    status: Any, folder: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PKITOOLS_LANG", language)
    (folder / "f" / "old.pem").write_bytes(certificate(end=datetime(2026, 12, 1, tzinfo=UTC)) + CHAIN)
    text = connection(**FILES, entity_id='"e1"') + connection(**FILES, entity_id='"e2"')
    text += connection(files='["no"]', system='"fsc"') + connection(**FILES, common_name='"else.example.nl"')
    text += connection(files='["none"]')  # for a client, whose OIN counts: what lies elsewhere may serve
    ran = status(text, "--verbose")
    whole = " ".join(ran.out.split())
    for said in ("e1", "e2", "f/old.pem", "else.example.nl", {"nl": "regel 10", "en": "line 10"}[language]):
        assert said in whole, said
    assert whole.count({"nl": "Opnieuw te gebruiken", "en": "May be used again"}[language]) >= 1
    nothing = status(connection(files='["no"]', organization='"b"') + OTHER, "--verbose")
    assert {"nl": "kunt u opnieuw", "en": "may be used again"}[language] in " ".join(nothing.out.split())


OTHER = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "B"\n'


@pytest.mark.parametrize("command", ["status", "plan"])
def test_reports_are_written_all_or_none_and_nothing_is_overwritten(
    run: Command, folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    written(folder, connection(**FILES))
    asked = (command, "--trust", "root.pem", *AT)
    names = [f"a{suffix}" for suffix in work_suffixes()]
    ran = run(*asked, *(f"--report={name}" for name in names))
    assert ran.code == {"status": 11, "plan": 0}[command]
    made = {name: (folder / name).read_bytes() for name in names}
    assert all(made.values())
    assert all(name in ran.out for name in names)
    (folder / "a.csv").unlink()
    assert run(*asked, "--report=a.csv", "--report=a.ics").code == 1
    assert not (folder / "a.csv").exists()
    assert run(*asked, "--report=a.csv", "--report=a.ics", "--force").code == ran.code
    assert {name: (folder / name).read_bytes() for name in names} == made
    for name, code in (("a.sarif", 2), ("a", 2), ("no/a.csv", 1)):
        refused = run(*asked, f"--report={name}")
        assert (refused.code, refused.out) == (code, ""), name
    twice = run(*asked, "--report=b.csv", "--report=./b.csv")
    assert (twice.code, twice.out, (folder / "b.csv").exists()) == (2, "", False)


def test_a_plan_of_one_system_is_a_calendar_too(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    asked = ("plan", "--for", "digid-machtigen", "--live", "2027-06-01", "--tsp", "kpn", *AT)
    assert run(*asked, "--report", file).code == 0
    assert b"20270601" in file.read_bytes()


def test_a_first_file_that_may_lack_something_says_so(run: Command, folder: Path) -> None:
    (folder / "f" / "torn.pem").write_bytes(corrupt())
    ran = run("init", folder / "f", "--out", folder / "c.toml", *AT)
    assert ran.code == 1
    assert (folder / "c.toml").exists()
    assert "(exit code 1)" in " ".join(ran.out.split())


def test_a_link_that_leads_to_itself_is_no_missing_file(run: Command, tmp_path: Path) -> None:
    (tmp_path / "c.toml").symlink_to("c.toml")
    ran = run("status", "--connections", tmp_path / "c.toml")
    assert ran.code == 1
    assert "init" not in ran.err


def test_what_people_have_to_ask_or_look_at_names_no_request(status: Any) -> None:
    for fields in ({"files": '["no"]', "ordered": "2026-01-01"}, {**FILES, "common_name": '"else.example.nl"'}):
        ran = status(connection(**fields), "--verbose")
        certificate = ran.out[ran.out.index("- Certificate") : ran.out.index("- Verdict")]
        assert "pkitools" not in certificate


def test_what_is_made_by_its_holder_is_of_no_generation(run: Command, status: Any, folder: Path) -> None:
    status(connection(files='["no"]', self_signed="true", live="2027-06-01"))
    kinds = {one["kind"] for one in run("plan", *AT, "--json").document["plans"][0]["plan"]["dates"]}
    assert kinds == {"start", "order", "send", "live"}


@in_one_test
@pytest.mark.parametrize(("language", "read"), [("nl", "Gelezen bestanden: {}."), ("en", "Files read: {}.")])
@pytest.mark.parametrize(("made", "count"), [([], 0), (["a"], 1), (["a", "b"], 2)])
def test_what_is_not_there_is_no_file_that_was_read(
    run: Command, tmp_path: Path, made: list[str], count: int, language: str, read: str
) -> None:
    for name in made:
        (tmp_path / name).write_bytes(b"nothing")
    places = [tmp_path / name for name in (*made, "not-there")]
    ran = run("--lang", language, "init", *places, "--out", tmp_path / "c.toml", *AT)
    assert ran.code == 1
    assert read.format(count) in ran.told


@pytest.mark.parametrize(
    ("language", "why"), [("nl", "geen OIN in, of meer dan een: "), ("en", "no OIN, or more than")]
)
def test_why_a_certificate_is_in_no_connection_is_told(run: Command, folder: Path, language: str, why: str) -> None:
    (folder / "f" / "none.pem").write_bytes(certificate("123", "none.example.nl", serial=4) + CHAIN)
    ran = run("--lang", language, "init", folder / "f", "--out", folder / "c.toml", *AT)
    assert ran.code == 11
    assert why in ran.told


def test_the_page_tells_of_a_connection_what_the_terminal_tells(status: Any, folder: Path) -> None:
    """A place that is not there, another certificate there, and that nobody was asked for what is revoked."""
    (folder / "f" / "second.pem").write_bytes(certificate(serial=77) + CHAIN)
    ran = status(connection(files='["f", "gone"]', system='"mijnoverheid"'))
    given = replace(GIVEN, connections="connections.toml", trust=("root.pem",), clock=lambda: NOON)
    page = " ".join(Read(Visitor(given).get("/portfolio")).text.split())
    with speaking("en"):
        asked = judging(revocation=None)
        (one,) = hold(read_connections((folder / "connections.toml").read_bytes(), "connections.toml"), asked).statuses
        (beside,) = beside_told(replace(one, absent=()))
        name = connection_name(one.connection, "en", {1: ""})
        told = [beside, tr("cli.status.no_key", names=name), tr("cli.status.unconfirmed", count=1)]
        told.append(tr("cli.status.absent", name="gone"))
    for sentence in told:
        assert sentence in ran.told
        assert sentence in page
