"""What the page says and does: what the command line does with the same, in words for people without a terminal."""

from __future__ import annotations

import json
import re
import shlex
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from http import HTTPStatus
from ipaddress import ip_network
from itertools import product
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkitools.containers import read_source
from pkitools.findings import Verdict
from pkitools.limits import MAX_UPLOADS
from pkitools.messages import LANGUAGES, Language, Remedy, message
from pkitools.oin import OIN
from pkitools.ordering import choice_of
from pkitools.ordering.orders import OrderingKnowledge
from pkitools.requests import load_key, read_request
from pkitools.systems import systems
from pkitools.x509 import read_certificate
from pkitools_cli.commands.rules.list import every_rule
from pkitools_cli.page.exchange import RefusedError, Request
from pkitools_cli.page.forms import MAX_FORM_BYTES, read_form
from pkitools_cli.page.site import remedies_of
from pkitools_test_pki.folder import create_folder
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import build
from pkitools_test_pki.self_signed import self_signed
from pkitools_test_pki.server import PkiServer
from tests.cli.conftest import pem
from tests.cli.test_connections import commands
from tests.support.cases import in_one_test
from tests.support.certificates import giving, made
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.page import BOUNDARY, GIVEN, MOMENT, Read, Visitor, multipart, with_folder
from tests.support.requests import dns as host_names
from tests.support.requests import pooled_key, request, subject
from tests.support.serving import real_time
from tests.support.shared import shared

ROOT = Path(__file__).parents[2]
ORDER = {
    "system": "digid-machtigen",
    "environment": "preproduction",
    "oin": "00000003273229750000",
    "organization": "Gemeente Voorbeeld",
    "common_name": "api.example.nl",
    "no_passphrase": "yes",
    "name": "made-here",
}
NO_OIN = {
    "a KvK number": "27322975",
    "an RSIN": "001516814",
    "a VAT number": "NL001516814B01",
    "a file": "fsc.pem",
    "a letter": "O0000003273229750000",
    "words": "geen idee",
}
CANARY = "\"'><pkicanary onpkicanary=1 style=x>{{7*7}}</pkicanary>\x1b[31m\u202e\x00&lt;"


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def at_home(tmp_path: Path) -> Visitor:
    """Somebody who may make requests."""
    tmp_path.chmod(0o700)
    return Visitor(with_folder(tmp_path))


# -- files -----------------------------------------------------------------------------------------------------------


def leaf(**names: str) -> bytes:
    return pem("CERTIFICATE", made("g1-server", *(giving(name, value, tag=0x0C) for name, value in names.items())).der)


def bundles(world: Path) -> dict[str, list[Path]]:
    """Files to hand in together, of many kinds: one, several, a key beside its request, metadata, broken ones."""
    samples = sorted(shared("samples/certificates").glob("*.pem"))
    pairs = {first.stem: [first, second] for first, second in zip(samples[::2], samples[1::2], strict=True)}
    alone = {name: [world / name] for name in ("leaf.pem", "selfmade.pem", "wrong.pem", *_metadata(world))}
    return {
        **alone,
        **pairs,
        "two": [world / "leaf.pem", world / "wrong.pem"],
        "with a key": [world / "leaf.pem", world / "plain.key"],
        "with a list": [samples[3], *sorted(shared("samples/crl").iterdir())],
    }


def _metadata(world: Path) -> list[str]:
    return [path.name for path in world.glob("*.xml")]


def findings(document: Any) -> Iterator[str]:
    """The code of everything violated in a document of ``cert check``, in the order it stands there."""
    if isinstance(document, dict):
        yield from (found["code"] for found in document.get("findings", ()))
        for name, value in document.items():
            yield from () if name == "findings" else findings(value)
    elif isinstance(document, list):
        for each in document:
            yield from findings(each)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_asks_for_can_be_given_there(language: Language) -> None:
    """What was not given has a field in the form, and is not asked for once that is filled in."""
    visitor, files = Visitor(language=language), [("a.pem", leaf())]
    wanted = message("system.entity_id.given", {}, language).remedy
    fields = {given["name"] for tag, given in Read(visitor.get("/")).elements if tag == "input" and "name" in given}
    assert "entity_id" in fields
    entity_id = "urn:etoegang:DV:00000003273229750000:entities:9001"
    asking = 0
    for system in systems():
        asking += wanted in Read(visitor.drop(files, system=system.name, environment="production")).text
        given = visitor.drop(files, system=system.name, environment="production", entity_id=entity_id)
        assert wanted not in Read(given).text
    assert asking > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_to_do_as_the_terminal_does(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    """Of what passed and what did not, with and without a system; of a chain that lacks, how it is completed."""
    monkeypatch.chdir(tmp_path)
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    issued = pki.issue(moment=MOMENT, dns=["koppeling.voorbeeld.nl"])
    above = b"".join(link.pem for link in issued.path[1:])
    Path("roots.pem").write_bytes(above)
    files = {"alone.pem": issued.pem, "whole.pem": issued.chain_pem, "other.pem": leaf()}
    visitor = Visitor(replace(GIVEN, trust=("roots.pem",)), language=language)
    for (name, data), system in product(files.items(), ("", "digikoppeling", "digid", "fsc")):
        Path(name).write_bytes(data)
        use = ("--for", system) if system else ()
        line = ("cert", "check", name, "-e", "preproduction", *use, "--trust", "roots.pem", "--offline")
        ran = run("--lang", language, *line, "--revocation", "off", "--moment", MOMENT.isoformat())
        page = Read(visitor.drop([(name, data)], environment="preproduction", system=system)).text
        now = " ".join(page.split())
        chain = next((words for words in commands(ran.out) if "complete" in words), None)
        if name == "alone.pem":
            assert chain is not None
            assert shlex.join(["pkitools", *chain]) in now
        elif name == "whole.pem":
            label = {"nl": "Nu", "en": "Now"}[language]
            told = re.search(rf"^  {label} +(.*?)(?=^ +pkitools |^  \\S)", ran.out, re.MULTILINE | re.DOTALL)
            assert told is not None
            assert " ".join(told[1].split()) in now


def test_a_text_that_is_no_entity_id_is_told_in_the_form(visitor: Visitor) -> None:
    answer = visitor.drop([("a.pem", leaf())], entity_id="mijn koppeling")
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ("entity_id", "mijn koppeling") in {(g.get("name"), g.get("value")) for _, g in Read(answer).elements}
    assert visitor.drop([("a.pem", leaf())], entity_id="mijn koppeling", system="mijnoverheid").status == HTTPStatus.OK


@pytest.mark.slow
def test_files_get_the_verdict_and_the_findings_that_the_command_line_gives(run: Command, world: Path) -> None:
    verdicts = set()
    for (name, files), system in ((each, system) for each in bundles(world).items() for system in ("", "digid")):
        asked = ("-e", "production", "--offline", "--revocation", "off", "--moment", MOMENT.isoformat())
        ran = run("cert", "check", *files, *asked, *(("--for", system) if system else ()), "--json")
        answer = Visitor().drop([(file.name, file.read_bytes()) for file in files], system=system)
        if ran.code in {1, 2}:
            assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY, name
            continue
        document, read = json.loads(ran.out), Read(answer)
        verdicts.add(document["verdict"])
        assert answer.status is HTTPStatus.OK, (name, read.text)
        head = re.search(r'<h1 class="verdict".*?<span>(\w+)', answer.body.decode(), re.DOTALL)
        assert head is not None, name
        assert head[1].lower() == document["verdict"], name
        shown = {code for code in re.findall(r"<code>([a-z0-9_.]+)</code>", answer.body.decode()) if "." in code}
        assert set(findings(document)) <= shown, (name, set(findings(document)) - shown)
    assert verdicts >= {str(Verdict.FAILED), str(Verdict.PASSED)}


def dropped_requests() -> dict[str, list[tuple[str, bytes]]]:
    """Files without a certificate, as people drop them."""
    key, other = pooled_key(), pooled_key("rsa:4096")
    good, weak = request(subject(), host_names("api.example.nl"), key=key), request(subject(O=None), key=key)
    return {
        "good": [("a.csr", pem("CERTIFICATE REQUEST", good))],
        "as DER": [("a.csr", good)],
        "wrong": [("a.csr", pem("CERTIFICATE REQUEST", weak))],
        "two": [("a.csr", pem("CERTIFICATE REQUEST", good)), ("b.csr", pem("CERTIFICATE REQUEST", weak))],
        "with its key": [("a.csr", good), ("a.key", key.pem(None))],
        "with another key": [("a.csr", good), ("a.key", other.pem(None))],
        "in one file with its key": [("a.pem", pem("CERTIFICATE REQUEST", good) + key.pem(None))],
    }


@pytest.mark.slow
@pytest.mark.parametrize("system", ["", "digikoppeling", "eherkenning"])
@pytest.mark.parametrize("environment", ["production", "preproduction"])
def test_a_request_without_a_certificate_is_judged_as_csr_check_does(
    run: Command, tmp_path: Path, system: str, environment: str
) -> None:
    verdicts = set()
    wishes = {"for": system, "environment": environment}
    choice = choice_of(wishes, moment=MOMENT, knowledge=OrderingKnowledge()) if system else None
    for name, files in dropped_requests().items():
        folder = tmp_path / name
        folder.mkdir()
        for file, data in files:
            (folder / file).write_bytes(data)
        profile = ("--profile", choice.profile.name) if choice else ()
        document = run("csr", "check", *sorted(folder.iterdir()), *profile, "-e", environment, "--json").document
        answer = Visitor().drop(files, system=system, environment=environment)
        assert answer.status is HTTPStatus.OK, (name, Read(answer).text)
        body = answer.body.decode()
        found = re.findall(r'<h2 class="verdict".*?<span>(\w+)', body, re.DOTALL)
        assert [each.lower() for each in found] == [each["report"]["verdict"] for each in document["results"]], name
        verdicts |= set(found)
        shown = {code for code in re.findall(r"<code>([a-z0-9_.]+)</code>", body) if "." in code}
        assert set(findings(document)) <= shown, (name, set(findings(document)) - shown)
        assert "PRIVATE KEY" not in body
    assert verdicts >= {"FAILED"}


def test_what_should_be_in_a_request_and_is_not_makes_it_wrong() -> None:
    (file,) = dropped_requests()["good"]
    for expected, verdict, told in (
        ({}, "PASSED", "No system was chosen"),
        ({"oin": "00000003273229750000", "organization": "gemeente voorbeeld"}, "PASSED", "Order the certificate"),
        ({"oin": "1"}, "FAILED", "should be 1."),
        ({"oin": "00000001123456782000"}, "FAILED", "should be 00000001123456782000"),
        ({"organization": "Gemeente A"}, "FAILED", "should be Gemeente A"),
    ):
        answer = Visitor().drop([file], **expected)
        assert re.findall(r'<h2 class="verdict".*?<span>(\w+)', answer.body.decode(), re.DOTALL) == [verdict], expected
        assert told in Read(answer).text
    unread = Visitor().drop([file, ("torn.csr", file[1][:200]), ("list.txt", b"notes")])
    assert (unread.status, "torn.csr" in Read(unread).text) == (HTTPStatus.OK, True)


def test_a_request_for_a_system_for_which_nothing_can_be_chosen_says_why_and_is_looked_at() -> None:
    (file,) = dropped_requests()["good"]
    found = set()
    for system in systems():
        answer = Visitor().drop([file], system=system.name)
        assert answer.status is HTTPStatus.OK
        found.add("No system was chosen" in Read(answer).text)
    assert found == {True, False}


@pytest.mark.parametrize(("is_own", "verdict"), [(True, "PASSED"), (False, "FAILED")])
def test_a_key_is_compared_with_its_certificate_as_on_the_command_line(
    is_own: bool, verdict: str, run: Command, tmp_path: Path
) -> None:
    """A good one beside its own key was INDETERMINATE: the key was called unreadable, and compared all the same."""
    names = {"oin": "00000003273229750000", "organization": "Gemeente", "common_name": "x.example.nl"}
    mine, other = (self_signed(moment=MOMENT, keys=SHARED_KEYS, dns=["x.example.nl"], **names) for _ in range(2))
    files = {"a.pem": mine.pem, "a.key": (mine if is_own else other).key_pem}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    asked = ("-e", "preproduction", "--for", "digid-machtigen", "--offline", "--moment", MOMENT.isoformat())
    ran = run("cert", "check", *(tmp_path / name for name in files), *asked)
    assert ran.out.startswith(verdict)
    text = Read(Visitor().drop([*files.items()], system="digid-machtigen", environment="preproduction")).text
    assert re.search(rf"Rules {verdict}[ a-z()]* for DigiD Machtigen, preproduction", text), text
    assert "a.key: compared with the certificates." in text
    assert "NOT READ" not in text
    assert "Cannot be read" not in text


def test_what_is_expected_of_a_certificate_is_held_against_it(visitor: Visitor) -> None:
    read = Read(visitor.drop([("a.pem", leaf())], oin="00000003123456780000", organization="Gemeente Anders"))
    assert {"received.oin.match", "received.organization.match"} <= set(read.text.split())


@pytest.mark.parametrize(
    ("files", "fields", "told"),
    [
        ([], {}, "Choose at least one file"),
        ([("", b"")], {}, "Choose at least one file"),
        ([("a.pem", leaf())], {"environment": ""}, "Choose for which environment"),
        ([("a.pem", leaf())], {"environment": "nowhere"}, "Choose for which environment"),
        ([("a.pem", b"")], {}, "a.pem"),
        ([("a.pem", b"\x00nothing")], {}, "a.pem"),
        ([("a.key", pooled_key().pem(None))], {}, "a.key"),
        ([("a.pem", leaf())], {"oin": "27322975"}, "00000003273229750000"),
        ([("a.pem", leaf())], {"oin": "x"}, "OIN"),
        ([("a.pem", leaf())], {"system": "no-such-system"}, "no-such-system"),
    ],
)
def test_what_cannot_be_judged_brings_the_form_back_with_one_sentence_and_what_was_typed(
    files: list[tuple[str, bytes]], fields: dict[str, str], told: str, visitor: Visitor
) -> None:
    answer = visitor.drop(files, **{"organization": "Gemeente Voorbeeld", "passphrase": "canary-passphrase"} | fields)
    assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
    read = Read(answer)
    assert told in read.text
    # a browser gives no file back with a form
    assert ("Choose the file again" in read.text) is bool(files and files[0][0])
    radios = [found for tag, found in read.elements if tag == "input" and found.get("name") == "environment"]
    assert radios
    assert all("required" in found for found in radios)
    typed = [found for tag, found in read.elements if tag == "input" and found.get("name") == "organization"]
    assert [found["value"] for found in typed] == ["Gemeente Voorbeeld"]
    assert "canary-passphrase" not in answer.body.decode()


def test_a_file_that_cannot_be_read_stays_no_secret_beside_one_that_can(visitor: Visitor) -> None:
    answer = visitor.drop([("good.pem", leaf()), ("bad.pem", b"\x00nothing"), ("good.pem", leaf(CN="b.example.nl"))])
    text = Read(answer).text
    assert answer.status is HTTPStatus.OK
    assert all(name in text for name in ("good.pem", "bad.pem", "good.pem (2)"))
    assert not text.startswith("PASSED")


@pytest.mark.slow
def test_a_keystore_opens_with_its_passphrase_and_says_so_without(
    visitor: Visitor, tmp_path: Path, run: Command
) -> None:
    key = pooled_key()
    (tmp_path / "a.key").write_bytes(key.pem(None))
    locked = [("a.pem", leaf()), ("a.key", key.pem(b"canary-passphrase"))]
    wrong, right = (Read(visitor.drop(locked, passphrase=each)).text for each in ("other-words", "canary-passphrase"))
    assert wrong != right
    assert "canary-passphrase" not in right


def test_nothing_of_what_is_handed_in_is_there_the_next_time(visitor: Visitor) -> None:
    visitor.drop([("canary-name.pem", leaf(CN="canary-cn.example.nl"))], organization="canary-organization")
    for path in ("/", "/oin", "/request", "/portfolio"):
        assert "canary" not in visitor.get(path).body.decode()


@pytest.mark.slow
def test_lists_are_fetched_where_that_was_asked_at_start_and_nowhere_else(tmp_path: Path) -> None:
    """The same certificate on both pages: one may ask the server of its authority, the other says that it did not."""
    with PkiServer(clock=real_time, keys=elliptic_keys) as server:
        create_folder(tmp_path / "pki", ["g4-tls"], moment=real_time(), keys=elliptic_keys, base_url=server.url)
        server.serve(tmp_path / "pki")
        (tmp_path / "root.pem").write_bytes((tmp_path / "pki" / "trust.pem").read_bytes())  # whose lists lie elsewhere
        assert server.router is not None
        issued = server.router.served.pki.issue("g4-tls")
        file = ("a.pem", issued.chain_pem)
        given = replace(
            GIVEN,
            trust=(str(tmp_path / "root.pem"),),
            revocation="require",
            allow_net=(ip_network("127.0.0.0/8"),),
            allow_port=(server.port,),
            clock=real_time,
        )
        asked, silent = (Visitor(replace(given, online=online)) for online in (True, False))
        told = [Read(each.drop([file], environment="preproduction")).text for each in (asked, silent)]
    assert ["the network is off" in text for text in told] == [False, True]
    assert [text.count("not revoked") > 1 for text in told] == [True, False]
    assert ["Revocation lists are not fetched" in text for text in told] == [False, True]


def test_facts_of_ones_own_stand_among_ours_and_a_file_that_cannot_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "systems").mkdir()
    template = (ROOT / "docs" / "templates" / "system.toml").read_text(encoding="utf-8")
    (tmp_path / "systems" / "template.toml").write_text(template)
    (tmp_path / "systems" / "torn.toml").write_text("name = ")
    monkeypatch.setenv("PKITOOLS_DATA", str(tmp_path))
    visitor = Visitor()
    name, title = (tomllib.loads(template)[key] for key in ("name", "title"))
    listed = visitor.get("/systems")
    assert f"/systems/{name}" in Read(listed).attributes("a", "href")
    assert "torn.toml" in Read(listed).text
    assert title in Read(visitor.get(f"/systems/{name}")).text
    assert name in Read(visitor.get("/")).attributes("option", "value")


# -- nothing of somebody else's is more than text --------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("given", NO_OIN)
@pytest.mark.parametrize("kind", ["request", "self_signed"])
def test_a_number_that_is_no_oin_is_told_in_the_form_as_it_was_filled_in(
    at_home: Visitor, given: str, kind: str
) -> None:
    answer = at_home.post("/request", {**ORDER, "kind": kind, "oin": NO_OIN[given]})
    page = answer.body.decode()
    assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY
    for value in (NO_OIN[given], ORDER["organization"], ORDER["common_name"], ORDER["name"]):
        assert f'value="{value}"' in page, value


def test_what_others_wrote_is_text_on_every_page_and_nothing_else(at_home: Visitor) -> None:
    """Names of files, names in certificates, fields of forms, queries and paths."""
    everywhere = quote(CANARY, safe="")
    answers = [
        at_home.drop([(CANARY, leaf()), (CANARY, b"nothing")]),
        at_home.drop([(CANARY, b"nothing")]),
        at_home.drop([("a.pem", leaf(CN=CANARY[:40], O=CANARY[:40]))], oin=CANARY),
        at_home.drop([("a.pem", leaf(CN=CANARY[:40], O=CANARY[:40]))], organization=CANARY),
        at_home.drop([("a.pem", leaf())], system=CANARY, environment=CANARY, passphrase=CANARY),
        at_home.post("/oin", {"number": CANARY, "environment": CANARY}),
        at_home.post("/oin/derive", {"kind": "kvk", "from": CANARY}),
        at_home.post("/oin/derive", {"kind": CANARY, "from": CANARY}),
        at_home.post("/language", {"language": "nl", "back": f"/systems/{everywhere}"}),
        *(at_home.post("/request", ORDER | {name: CANARY}) for name in (*ORDER, "tsp", "dns", "kvk", "locality")),
        *(at_home.get(f"/request?system={name}&environment={name}&tsp={name}") for name in ("digid", everywhere)),
        at_home.get(f"/portfolio?by={everywhere}"),
        at_home.get(f"/systems/{CANARY.replace('?', '')}"),
        at_home.get(f"/rules/{CANARY.replace('?', '')}"),
        at_home.get("/oin", host=CANARY),
        at_home.get("/oin", accept_language=CANARY),
    ]
    shown = 0
    for answer in answers:
        read, body = Read(answer), answer.body.decode()
        assert not [tag for tag, _ in read.elements if tag == "pkicanary"]
        assert not [name for _, found in read.elements for name in found if name in {"onpkicanary", "style"}]
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", body)
        assert "49" not in re.findall(r"7\*7|49\b(?=</pkicanary)", read.text)
        assert all("\r" not in value and "\n" not in value for _, value in answer.headers)
        shown += "<pkicanary" in read.text
    assert shown > 8, "it is told, not passed over"


# -- numbers ---------------------------------------------------------------------------------------------------------


NUMBERS = (
    "00000003273229750000",
    "0000 0003 2732 2975 0000",
    "00000099999999910000",
    "1",
    "27322975",
    "123456782",
    "urn:nl-eid-gdi:1.0:DV:00000003273229750000:entities:9000",
)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("environment", ["", "production"])
def test_a_number_gets_the_verdict_that_the_command_line_gives(
    number: str, environment: str, run: Command, visitor: Visitor
) -> None:
    ran = run("oin", "check", number, *(("-e", environment) if environment else ()), "--json")
    report = json.loads(ran.out)["results"][0]["report"]
    answer = visitor.post("/oin", {"number": number, "environment": environment})
    read = Read(answer)
    assert f" {report['verdict'].upper()} " in read.text
    assert {found["code"] for found in report["findings"]} <= set(read.text.split())


@pytest.mark.parametrize(
    ("kind", "number"),
    [("kvk", "27322975"), ("kvk", "1"), ("rsin", "001509872"), ("btw", "NL001509872B01"), ("brin", "25LC"),
     ("brin", "25LC00"), ("ura", "90000001"), ("test", "1"), ("rsin", "123456789"), ("kvk", "x")],
)  # fmt: skip
def test_an_oin_is_derived_as_the_command_line_does(kind: str, number: str, run: Command, visitor: Visitor) -> None:
    ran = run("oin", "derive", f"--{kind}", number)
    answer = visitor.post("/oin/derive", {"kind": kind, "from": number})
    text = Read(answer).text
    if ran.code == 0:
        assert answer.status is HTTPStatus.OK
        assert f"The OIN is {OIN.parse(ran.out.strip())}" in text
        assert "--" not in text, "no option of the command line"
    else:
        assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
        assert "The OIN is" not in text


# -- requests --------------------------------------------------------------------------------------------------------


def written(visitor: Visitor) -> dict[str, bytes]:
    assert visitor.given.folder is not None
    return {path.name: path.read_bytes() for path in visitor.given.folder.iterdir()}


@pytest.mark.slow
def test_a_request_is_made_and_its_key_is_nowhere_but_in_its_file(at_home: Visitor) -> None:
    answer = at_home.post("/request", ORDER)
    assert answer.status is HTTPStatus.CREATED, Read(answer).text
    files = written(at_home)
    assert set(files) == {"made-here.key", "made-here.csr"}
    assert at_home.given.folder is not None
    assert stat.S_IMODE((at_home.given.folder / "made-here.key").stat().st_mode) == 0o600
    key = load_key(files["made-here.key"], "made-here.key")
    asked = read_request(files["made-here.csr"], "made-here.csr")
    assert asked.public_key.spki == key.public.spki
    body = answer.body.decode()
    assert "PRIVATE KEY" not in body
    assert files["made-here.csr"].decode().splitlines()[1] in body
    inside = files["made-here.key"].decode().splitlines()[1:-1]
    assert not any(line in body for line in inside)


@pytest.mark.slow
def test_nothing_is_overwritten_and_a_name_that_is_free_is_proposed(at_home: Visitor) -> None:
    assert at_home.post("/request", ORDER).status is HTTPStatus.CREATED
    before = written(at_home)
    again = at_home.post("/request", ORDER)
    assert (again.status, "made-here.key already exists" in Read(again).text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert "Fill in another name" in Read(again).text
    assert "ask to overwrite" not in Read(again).text
    assert written(at_home) == before
    unnamed = {name: value for name, value in ORDER.items() if name != "name"}
    assert at_home.post("/request", unnamed).status is HTTPStatus.CREATED
    proposed = Read(at_home.get("/request?system=digid-machtigen&environment=preproduction"))
    named = [found for tag, found in proposed.elements if tag == "input" and found.get("name") == "name"]
    assert [found["value"] for found in named] == ["digid-machtigen-preproduction-2"]


SELF_SIGNED: Final = ORDER | {"kind": "self_signed"}


@pytest.mark.slow
def test_a_self_signed_certificate_is_made_as_the_command_makes_it(at_home: Visitor, run: Command) -> None:
    """Which systems take one, and where, the form says where a request is asked for as well."""
    asked = Read(at_home.get("/request?system=digid-machtigen&environment=preproduction&kind=self_signed"))
    kinds = {found["value"]: "checked" in found for _, found in asked.elements if found.get("name") == "kind"}
    assert kinds == {"request": False, "self_signed": True}
    answer = at_home.post("/request", SELF_SIGNED)
    assert answer.status is HTTPStatus.CREATED, Read(answer).text
    files = written(at_home)
    assert set(files) == {"made-here.key", "made-here.pem"}
    folder = at_home.given.folder
    assert folder is not None
    assert stat.S_IMODE((folder / "made-here.key").stat().st_mode) == 0o600
    body = answer.body.decode()
    assert "PRIVATE KEY" not in body
    assert not any(line in body for line in files["made-here.key"].decode().splitlines()[1:-1])
    assert files["made-here.pem"].decode().splitlines()[1] in body
    words = [word for name in ("oin", "organization", "common_name") for word in (f"--{name}", ORDER[name])]
    words = [word.replace("_", "-") if word.startswith("--") else word for word in words]
    given = ["csr", "create", "--self-signed", "--for", ORDER["system"], "-e", ORDER["environment"], *words]
    ran = run(*given, "--no-passphrase", "--moment", MOMENT.isoformat(), "--out", folder / "by-command")
    assert ran.code == 0, ran.err
    mine, other = (
        read_certificate(read_source((folder / name).read_bytes(), name).certificates[0])
        for name in ("made-here.pem", "by-command.pem")
    )
    for each in ("subject", "issuer", "not_before", "not_after", "key_usage", "extended_key_usage"):
        assert getattr(mine, each) == getattr(other, each), each
    again = at_home.post("/request", SELF_SIGNED)
    assert (again.status, "already exists" in Read(again).text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    check = next(found["href"] for _, found in Read(answer).elements if "environment=" in found.get("href", ""))
    chosen = [found for tag, found in Read(at_home.get(check)).elements if "checked" in found or "selected" in found]
    assert {found["value"] for found in chosen} >= {"digid-machtigen", "preproduction"}


@pytest.mark.parametrize("where", [("digid-machtigen", "production"), ("eherkenning", "preproduction")])
def test_a_self_signed_certificate_is_made_for_nobody_who_does_not_take_it(
    at_home: Visitor, where: tuple[str, str]
) -> None:
    system, environment = where
    asked = Read(at_home.get(f"/request?system={system}&environment={environment}"))
    assert not [found for _, found in asked.elements if found.get("name") == "kind"]
    answer = at_home.post("/request", SELF_SIGNED | {"system": system, "environment": environment})
    assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert written(at_home) == {}
    assert [found for _, found in Read(answer).elements if found.get("role") == "alert"]


@pytest.mark.parametrize(
    "change",
    [
        {"no_passphrase": ""},
        {"passphrase": "twelve characters"},
        {"no_passphrase": "", "passphrase": "twelve characters", "passphrase_again": "other characters"},
        *({"name": name} for name in ("../up", "/tmp/up", ".hidden", "a/b", "a\\b", "a\x00b", "x" * 65, "-x", "a b")),
        {"oin": ""},
        {"oin": "000000032732297500"},
        {"organization": ""},
        {"common_name": ""},
        {"system": ""},
        {"system": "none"},
        {"environment": ""},
        {"environment": "nowhere"},
        {"tsp": "nobody"},
        {"dns": "a..b"},
    ],
    ids=str,
)
def test_an_order_with_something_wrong_makes_nothing_and_says_what(change: dict[str, str], at_home: Visitor) -> None:
    answer = at_home.post("/request", ORDER | change)
    assert answer.status is HTTPStatus.UNPROCESSABLE_ENTITY
    read = Read(answer)
    assert [found for _, found in read.elements if found.get("role") == "alert"]
    assert written(at_home) == {}
    assert "characters" not in answer.body.decode(), "a passphrase does not come back"


@pytest.mark.slow
def test_a_key_gets_the_passphrase_that_was_typed_twice(at_home: Visitor) -> None:
    secret = " with spaces around "
    fields = ORDER | {"no_passphrase": "", "passphrase": secret, "passphrase_again": secret}
    assert at_home.post("/request", fields).status is HTTPStatus.CREATED
    key = written(at_home)["made-here.key"]
    assert b"ENCRYPTED" in key
    assert load_key(key, "made-here.key", passphrase=secret.encode()).public.bits


def test_without_a_folder_no_key_is_made(visitor: Visitor) -> None:
    asked = visitor.get("/request?system=digid-machtigen&environment=preproduction")
    assert "--folder" in Read(asked).text
    assert not [found for tag, found in Read(asked).elements if found.get("type") == "password"]
    assert visitor.post("/request", ORDER).status is HTTPStatus.FORBIDDEN


def test_where_nothing_has_to_be_ordered_the_form_says_so(visitor: Visitor) -> None:
    for system, environment, takes in (
        ("digid-machtigen", "preproduction", True),
        ("digid-machtigen", "production", False),
        ("fsc", "preproduction", False),
    ):
        text = Read(visitor.get(f"/request?system={system}&environment={environment}")).text
        assert ("Nothing has to be ordered" in text) is takes, (system, environment)


def test_every_system_can_be_asked_about_or_says_why_not(at_home: Visitor) -> None:
    for system in systems():
        for environment in ("preproduction", "production"):
            answer = at_home.get(f"/request?system={system.name}&environment={environment}")
            asks = "What will be asked for" in Read(answer).text
            assert answer.status is (HTTPStatus.OK if asks else HTTPStatus.UNPROCESSABLE_ENTITY), system.name
            assert asks or [found for _, found in Read(answer).elements if found.get("role") == "alert"]


# -- to read ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_system_and_every_rule_has_its_page_in_both_languages() -> None:
    for language in ("nl", "en"):
        visitor = Visitor(language=language)
        listed = Read(visitor.get("/systems")).attributes("a", "href")
        assert {f"/systems/{system.name}" for system in systems()} <= set(listed)
        for system in systems():
            assert system.title in Read(visitor.get(f"/systems/{system.name}")).text
        listed = Read(visitor.get("/rules")).attributes("a", "href")
        assert {f"/rules/{rule.code}" for rule in every_rule()} <= set(listed)
        for rule in every_rule()[::7]:
            assert rule.code in Read(visitor.get(f"/rules/{rule.code}")).text


@pytest.mark.parametrize("path", ["/systems/nothing", "/rules/nothing", "/nothing", "/systems/", "/rules/", "/check/x"])
def test_what_is_not_there_is_said_in_one_sentence(path: str, visitor: Visitor) -> None:
    answer = visitor.get(path)
    assert answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert [found for tag, found in Read(answer).elements if found.get("class") == "problem"]


# -- forms -----------------------------------------------------------------------------------------------------------

GOOD = multipart([("a.pem", leaf())], {"environment": "production"})
_REFUSALS = {
    HTTPStatus.OK,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


@given(st.binary(max_size=40), st.integers(0, len(GOOD)), st.integers(0, 40))
@settings(max_examples=60)
@pytest.mark.slow
def test_a_form_that_is_damaged_is_refused_or_read_and_never_more(extra: bytes, at: int, gone: int) -> None:
    body = GOOD[:at] + extra + GOOD[at + gone :]
    answer = _DAMAGED.send("/check", body, f"multipart/form-data; boundary={BOUNDARY}")
    assert answer.status in _REFUSALS


_DAMAGED = Visitor()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (GOOD, "multipart/form-data", 400),
        (GOOD, "multipart/form-data; boundary=", 400),
        (GOOD, "multipart/form-data; boundary=other", 400),
        (GOOD, f"multipart/form-data; boundary={'x' * 1000}", 400),
        (GOOD[:-10], f"multipart/form-data; boundary={BOUNDARY}", 400),
        (b"", f"multipart/form-data; boundary={BOUNDARY}", 400),
        (multipart([("a", b"x")] * (MAX_UPLOADS + 2)), f"multipart/form-data; boundary={BOUNDARY}", 413),
        (multipart([], {f"f{n}": "x" for n in range(300)}), f"multipart/form-data; boundary={BOUNDARY}", 413),
        (multipart([], {"environment": "x" * (MAX_FORM_BYTES + 1)}), f"multipart/form-data; boundary={BOUNDARY}", 413),
        (b"environment=production", "text/plain", 415),
        (b"{}", "application/json", 415),
        (b"", "", 415),
        (b"&".join(b"a=1" for _ in range(1000)), "application/x-www-form-urlencoded", 400),
        ("é=1".encode(), "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * MAX_FORM_BYTES, "application/x-www-form-urlencoded", 413),
    ],
    ids=range(15),
)
def test_what_is_no_form_of_ours_is_refused_by_its_status(
    body: bytes, kind: str, status: int, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    answer = visitor.send("/check", body, kind)
    assert answer.status == status
    assert caplog.records == []  # what reads forms has words of its own, for no terminal
    assert len([found for tag, found in Read(answer).elements if found.get("class") == "problem"]) == 1


@in_one_test
@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/Form-Data", " MULTIPART/FORM-DATA "])
@pytest.mark.parametrize(("files", "fields"), [(MAX_UPLOADS, 0), (MAX_UPLOADS + 1, 0), (0, 200), (0, 201)])
def test_as_many_may_be_sent_as_is_said_and_not_one_more(kind: str, files: int, fields: int) -> None:
    """However the type is written: it says how much may be sent as well."""
    body = multipart([("a", b"x" * 1000)] * files, {f"f{number}": "x" for number in range(fields)})
    asked = Request("POST", "/check", {}, {"content-type": f"{kind}; boundary={BOUNDARY}"}, body)
    if files > MAX_UPLOADS or fields > 200:
        with pytest.raises(RefusedError, match="too_many"):
            read_form(asked)
    else:
        read = read_form(asked)
        assert (len(read.files), len(read.fields)) == (files, fields)


CONNECTED = """version = 1
[organization.a]
oin = "00000003273229750000"
name = "Gemeente & Voorbeeld"
tsp = "kpn"
[organization.b]
oin = "00000001123456782000"
name = "Softwarehuis Voorbeeld"
[[connection]]
organization = "a"
holder = "{holder}"
system = "digid-machtigen"
environment = "preproduction"
files = ["leeg"]
{further}
"""


@pytest.mark.parametrize("holder", ["a", "b"])
@pytest.mark.parametrize(
    "further",
    ["", 'common_name = "een.voorbeeld.nl"\ndns = ["een.voorbeeld.nl", "twee.voorbeeld.nl"]', "self_signed = true"],
    ids=["little", "names", "self-signed"],
)
def test_to_do_this_here_fills_in_what_the_file_of_connections_says(tmp_path: Path, holder: str, further: str) -> None:
    """The holder's own, as it is his certificate; and nothing that the file does not say."""
    (tmp_path / "leeg").mkdir()
    file = tmp_path / "connections.toml"
    file.write_text(CONNECTED.format(holder=holder, further=further))
    visitor = Visitor(replace(with_folder(tmp_path), connections=str(file)))
    (link,) = set(re.findall(r'href="(/request\?[^"]+)"', visitor.get("/portfolio").body.decode()))
    page = unescape(visitor.get(unescape(link)).body.decode())
    oin, name = {
        "a": ("00000003273229750000", "Gemeente & Voorbeeld"),
        "b": ("00000001123456782000", "Softwarehuis Voorbeeld"),
    }[holder]
    assert f'value="{oin}"' in page
    assert f'value="{name}"' in page
    assert ('value="een.voorbeeld.nl"' in page) is bool("common_name" in further)
    assert ("\ntwee.voorbeeld.nl" in page) is bool("dns" in further)
    assert ("tsp=kpn" in link) is (holder == "a" and "self_signed" not in further)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_asks_nothing_says_so_and_blames_no_network(tmp_path: Path, language: Language) -> None:
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    issued = pki.issue("g4-tls", dns=["a.voorbeeld.nl"])
    (tmp_path / "root.pem").write_bytes(issued.root.pem)
    visitor = Visitor(replace(GIVEN, revocation="require", trust=(str(tmp_path / "root.pem"),)), language)
    text = Read(visitor.drop([("a.pem", issued.chain_pem)], environment="preproduction")).text
    assert {"nl": "gestart zonder --online", "en": "started without --online"}[language] in text
    assert not [each for each in ("Laat deze machine", "Zorg dat deze machine", "Let this machine") if each in text]


@pytest.mark.parametrize("online", [False, True])
def test_of_a_page_that_may_ask_the_network_is_told(online: bool) -> None:
    told = remedies_of(replace(GIVEN, online=online))(Remedy("report.reason.not_obtained", {}), "en")
    assert (told is None) is online
