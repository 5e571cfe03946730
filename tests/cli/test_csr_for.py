"""``csr create --for``: chosen for a system, told why, and asked for what is missing before there is a key."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pkitools.containers import read_source
from pkitools.errors import FileError
from pkitools.requests import PrivateKey, RequestFacts, load_key, read_request
from pkitools.x509 import read_certificate
from tests.support.certificates import Change, Parts
from tests.support.certificates import made as made_certificate
from tests.support.command import Command, Ran
from tests.support.deliveries import pem, pkcs12_of
from tests.support.effort import PATIENCE
from tests.support.requests import pooled_key
from tests.support.schemas import assert_valid

OIN = "00000003273229750000"
GIVEN = ("--oin", OIN, "--organization", "Gemeente Voorbeeld", "--common-name", "api.example.nl")
FOR = ("--for", "digid-machtigen", "-e", "production")
KPN = ("--tsp", "kpn")
PLACE = ("--locality", "Utrecht", "--province", "Utrecht")
REST = ("--out", "x", "--no-passphrase")

Run = Callable[..., Ran]


@pytest.fixture
def create(run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """``csr create`` in an empty folder, with keys of the pool: most tests are not about making them."""
    for room in ("pkitools.requests.making", "pkitools.ordering.self_signed"):
        monkeypatch.setattr(f"{room}.generate_key", pooled_key)
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    return lambda *given, lang="en": run("--lang", lang, "csr", "create", *given)


def made(path: str = "x.csr") -> RequestFacts:
    return read_request(read_source(Path(path).read_bytes(), path).items[0].der)


@pytest.mark.slow
def test_the_system_and_the_tsp_choose_and_the_answer_says_why(create: Run) -> None:
    ran = create(*FOR, *KPN, *GIVEN, *PLACE, *REST, lang="nl")
    assert ran.code == 0, ran.err
    facts = made()
    assert (facts.public_key.bits, facts.signature_algorithm.name) == (4096, "sha256WithRSAEncryption")
    assert (
        facts.subject.text
        == "C=NL, ST=Utrecht, L=Utrecht, O=Gemeente Voorbeeld, CN=api.example.nl, serialNumber=" + OIN
    )
    for part in (
        "Gekozen voor DigiD Machtigen, productie:",
        "g1-server",
        "Van wie de dienst is",
        "KPN vraagt",
        "L, ST",
    ):
        assert part in ran.told
    assert "cert check BESTAND -e production --for digid-machtigen" in ran.told
    assert "--key x.key --csr x.csr" in ran.told


@pytest.mark.slow
def test_what_only_the_tsp_wishes_is_warned_of_where_nobody_can_be_asked(create: Run) -> None:
    ran = create(*FOR, *KPN, *GIVEN, *REST)
    assert ran.code == 0, ran.err
    assert "ST=" not in made().subject.text
    told = " ".join(ran.err.split())
    assert "WARNING: x.csr: KPN asks for what is not in the subject: L, ST. Make the request again with L, ST" in told
    assert "--locality" in told


@pytest.mark.slow
def test_so_it_is_of_many(create: Run, tmp_path: Path) -> None:
    row = f"api;{OIN};Gemeente Voorbeeld;api.example.nl"
    (tmp_path / "t.csv").write_text(f"name;oin;organization;common_name\n{row}\n")
    ran = create(*FOR, *KPN, "--from", "t.csv", "--out-dir", "o", "--no-passphrase", "--json")
    assert ran.code == 0, ran.err
    (one,) = ran.document["requests"]
    found = [each for each in one["warnings"] if each["code"] == "csr.tsp.subject"]
    assert [each["params"]["attribute"] for each in found] == ["L, ST"]


def test_everything_missing_is_said_at_once(create: Run, tmp_path: Path) -> None:
    ran = create(*FOR, *KPN, "--no-passphrase")
    assert ran.code == 2
    wanted = ("--oin", "--organization", "--common-name", "--locality", "--province", "--out")
    assert all(option in ran.err for option in wanted)
    assert "--profile" not in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("system", "told"),
    [
        ("rdw", ("takes no PKIoverheid certificates in production", "RDW issues the certificates")),
        ("suwinet-inlezen", ("not published", "BKWI")),
        ("haga", ()),
    ],
)
def test_a_system_for_which_nothing_can_be_chosen_is_refused(
    create: Run, tmp_path: Path, system: str, told: tuple[str, ...]
) -> None:
    ran = create("--for", system, "-e", "production", *GIVEN, *REST)
    assert ran.code == 2
    assert all(part in ran.err for part in told)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_script_gets_the_reasons_with_their_sources(create: Run) -> None:
    ran = create(*FOR, *KPN, *GIVEN, *PLACE, *REST, "--json")
    assert_valid(ran.document, "csr-create-v2")
    choice = ran.document["requests"][0]["choice"]
    assert (choice["system"], choice["tsp"], choice["key_type"]) == ("digid-machtigen", "kpn", "rsa:4096")
    assert [reason["about"] for reason in choice["reasons"]] == ["profile", "oin", "tsp", "key", "signature", "names"]
    assert all(reason["source"]["document"] for reason in choice["reasons"])
    assert "Van wie de dienst is" in choice["reasons"][1]["text"]["nl"]


@pytest.mark.slow
def test_what_is_advised_against_or_not_published_is_warned_of_beside_the_answer(create: Run) -> None:
    given = ("-e", "preproduction", *KPN, *GIVEN, *PLACE, "--no-passphrase")
    discouraged = create("--for", "digikoppeling", *given, "--out", "x")
    assert (discouraged.code, "it can be done and is advised against" in " ".join(discouraged.err.split())) == (0, True)
    unknown = create("--for", "suwinet-inlezen", "--profile", "g1-server", *given, "--out", "y")
    assert (unknown.code, "whether the system takes it stands nowhere" in " ".join(unknown.err.split())) == (0, True)
    usual = create("--for", "digid-machtigen", *given, "--out", "z")
    assert "advised against" not in usual.err


def test_a_profile_without_a_system_has_no_reasons(create: Run) -> None:
    ran = create("--profile", "g4-tls", "-e", "production", *GIVEN, *REST, "--json")
    assert ran.document["requests"][0]["choice"] is None


@pytest.mark.slow
def test_a_terminal_is_asked_step_by_step(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    answers = ["digid", "digid-machtigen", "productie", "kpn", "123", OIN, "Gemeente Voorbeeld", "api.example.nl",
               "Utrecht", "Utrecht", ""]  # fmt: skip
    told = conversation(
        ["csr", "create", "--no-passphrase", "--lang", "nl", "--key-type", "rsa:3072"], answers[1:], tmp_path
    )
    assert "Gekozen voor DigiD Machtigen, productie:" in told
    assert told.index("Gekozen voor") < told.index("Naam van de organisatie")
    assert told.count("Gekozen voor") == 1, "not once more with the answer"
    assert told.count("OIN, 20 posities") == 2  # a wrong one is told of, and asked again
    request = tmp_path / "api.csr"
    assert "L=Utrecht" in read_request(read_source(request.read_bytes(), "api.csr").items[0].der).subject.text
    assert (tmp_path / "api.key").stat().st_mode & 0o777 == 0o600


def conversation(arguments: list[str], answers: list[str], folder: Path) -> str:
    """Run the command line on a terminal of its own, give an answer to each question, and return what it showed."""
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "pkitools", *arguments]
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, cwd=folder, close_fds=True)
    os.close(child)
    shown, waiting = b"", list(answers)
    while select.select([parent], [], [], PATIENCE)[0]:
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # how a terminal ends
            break
        shown += chunk
        if waiting and shown.rstrip(b" ").endswith(b":") and not chunk.endswith(b"\n"):
            os.write(parent, waiting.pop(0).encode() + b"\n")
    os.close(parent)
    assert process.wait(PATIENCE) == 0, shown.decode()
    assert not waiting
    return shown.decode()


# -- the steps that come next ------------------------------------------------------------------------------------------


def commands(ran: Ran) -> list[list[str]]:
    """The commands of an answer, as a shell reads what is pasted."""
    rows = ran.out.replace(" \\\n", " ").splitlines()
    return [shlex.split(row)[1:] for row in rows if row.strip().startswith("pkitools ")]


@pytest.mark.parametrize(
    ("system", "environment", "rehearses", "signs"),
    [
        ("digid-machtigen", "preproduction", True, True),
        ("digid-machtigen", "production", False, False),
        ("eherkenning", "preproduction", False, False),  # it refuses TRIAL
        (None, "preproduction", True, False),
    ],
)
def test_a_step_that_leads_nowhere_is_not_named(
    create: Run, system: str | None, environment: str, rehearses: bool, signs: bool
) -> None:
    Path("my out").mkdir(mode=0o700)
    named = ("--for", system) if system else ("--profile", "g1-server")
    ran = create(*named, "-e", environment, *KPN, *GIVEN, *PLACE, "--out", "my out/x", "--no-passphrase")
    assert ran.code == 0, ran.err
    issue = [words for words in commands(ran) if words[:2] == ["test-pki", "issue"]]
    assert issue == [["test-pki", "issue", "DIR", "--csr", "my out/x.csr", "--out", "my out/x"]] * rehearses
    assert ("with --self-signed" in ran.told) is signs


def test_many_oins_and_many_files_are_not_one_sentence(create: Run) -> None:
    def batch(count: int, *more: str) -> Ran:
        oins = [f"0000000327322{number:03}0000" for number in range(count)]
        rows = "".join(f"n{number};n{number}.example.nl;{oin};O{number}\n" for number, oin in enumerate(oins))
        Path("t.csv").write_text(f"name;common_name;oin;organization\n{rows}", encoding="utf-8")
        given = ("--from", "t.csv", "--out-dir", f"o{count}{len(more)}", *FOR, *KPN, *PLACE, "--no-passphrase")
        ran = create(*given, *more)
        assert ran.code == 0, ran.err
        return ran

    few, many, script = batch(3), batch(5), batch(5, "--json")
    assert all(f"0000000327322{number:03}0000," in few.told for number in range(2))
    assert "Give the OIN of each request (table above)" in many.told
    assert "csr.tsp.oin" not in few.err + many.err, "the steps say it"
    assert "All 5 requests: KPN does not say that it takes the OIN" in script.err


# -- renewal ----------------------------------------------------------------------------------------------------------


def with_key(key: PrivateKey) -> Change:
    def put(parts: Parts) -> None:
        parts.key = key.public.spki

    return put


def old_certificate(name: str = "old.pem", key: PrivateKey | None = None) -> None:
    """A certificate of production of today, as its owner has it."""
    facts = made_certificate("g1-server", *([with_key(key)] if key else []))
    data = pkcs12_of(("mine", facts.der, key)) if name.endswith(".p12") and key else pem(facts.der)
    Path(name).write_bytes(data)


def test_the_next_request_needs_nothing_but_the_old_certificate(create: Run) -> None:
    old_certificate()
    ran = create("--renew", "old.pem", "--no-passphrase", lang="nl")
    assert ran.code == 0, ran.err
    facts = made("api.csr")
    assert (facts.subject.common_name, facts.dns_names) == ("api.voorbeeld.nl", ("api.voorbeeld.nl",))
    assert "Anders dan in old.pem: - Sleutel: een nieuwe, RSA 4096" in ran.told
    assert "cert check BESTAND -e production --key api.key --csr api.csr" in ran.told
    assert "wie dat moet weten: pkitools renewal diff old.pem BESTAND" in ran.told


def test_a_renewal_that_goes_to_g4_says_what_becomes_of_the_names(create: Run) -> None:
    old_certificate()
    ran = create("--renew", "old.pem", "--profile", "g4-tls", "--out", "x", "--no-passphrase", "--json")
    assert_valid(ran.document, "csr-create-v2")
    renewal = ran.document["requests"][0]["renewal"]
    assert renewal["certificate_file"] == "old.pem"
    assert renewal["changes"][0]["code"] == "ordering.change.profile"


def test_the_key_of_the_old_certificate_is_refused(create: Run) -> None:
    key = pooled_key()
    old_certificate(key=key)
    Path("old.key").write_bytes(key.pem(None))
    Path("old.key").chmod(0o600)
    ran = create("--renew", "old.pem", "--key", "old.key")
    assert (ran.code, "new key pair" in ran.err) == (2, True)
    assert not Path("api.csr").exists()


def test_a_keystore_is_renewed_as_well(create: Run) -> None:
    old_certificate("old.p12", pooled_key())
    assert create("--renew", "old.p12", "--no-passphrase").code == 0
    assert Path("api.key").exists()


def test_what_cannot_be_read_beside_the_old_certificate_is_told(create: Run) -> None:
    old_certificate()
    with Path("old.pem").open("ab") as file:
        file.write(pem(b"\x30\x03\x02\x01\x05"))
    ran = create("--renew", "old.pem", "--no-passphrase")
    assert (ran.code, "old.pem: not all of part 2 was read" in ran.err) == (0, True), ran.err


# -- self-signed ------------------------------------------------------------------------------------------------------

SELF = ("--self-signed", "--for", "digid-machtigen", "-e", "preproduction", *GIVEN)


def test_a_self_signed_certificate_is_made_and_the_check_it_names_passes(create: Run, run: Command) -> None:
    ran = create(*SELF, *REST)
    assert ran.code == 0, ran.err
    assert {path.name for path in Path().iterdir()} == {"x.key", "x.pem"}
    assert Path("x.key").stat().st_mode & 0o777 == 0o600
    assert "397 days: as long as a TRIAL certificate" in ran.told
    command = ran.told.rpartition("pkitools ")[2].split()
    checked = run("--lang", "en", *command, "--key", "x.key", "--offline")
    assert (checked.code, checked.out.startswith("PASSED")) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["request", "self-signed"])
def test_of_a_key_that_was_given_no_other_size_is_told(create: Run, form: str) -> None:
    """It said "RSA, 4096 bits" beside a key of 3072."""
    kind = (*FOR, *KPN, *GIVEN, *PLACE) if form == "request" else SELF
    assert "4096 bits" in create(*kind, *REST).told
    Path("given.key").write_bytes(pooled_key("rsa:3072").pem(None))
    Path("given.key").chmod(0o600)
    ran = create(*kind, "--out", "y", "--key", "given.key")
    assert ran.code == 0, ran.err
    assert "4096 bits" not in ran.out
    told = create(*kind, "--out", "z", "--key", "given.key", "--json")
    assert "ordering.reason.key" not in told.out


@pytest.mark.slow
@pytest.mark.parametrize("key", [(), ("--key", "y.key")], ids=["new key", "given key"])
@pytest.mark.parametrize("more", [False, True], ids=["alone", "with a chain"])
def test_no_certificate_is_destroyed_by_the_next(create: Run, key: tuple[str, ...], more: bool) -> None:
    """As often as it is made anew: each is kept beside the key that was kept of it, and is told of."""
    create(*SELF, "--out", "y", "--no-passphrase")
    words = (*SELF, "--out", "x", "--force", *(key or ("--no-passphrase",)))
    made: list[bytes] = []
    for number in range(3):
        ran = create(*words)
        assert ran.code == 0, ran.err
        assert not number or f"x.bak-{number}.pem" in ran.told
        made.append(Path("x.pem").read_bytes())
        if more:
            Path("x.chain.pem").write_bytes(made[-1])
    assert [Path(f"x.bak-{number}.pem").read_bytes() for number in (1, 2)] == made[:2]
    assert [Path(f"x.bak-{number}.chain.pem").exists() for number in (1, 2)] == [more] * 2
    for number in () if key else (1, 2):
        old = load_key(Path(f"x.key.bak-{number}").read_bytes(), "x").public.spki
        assert read_certificate(made[number - 1]).public_key.spki == old


@pytest.mark.slow
def test_what_cannot_be_written_leaves_the_certificate_where_it_was(
    create: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(*SELF, *REST)
    before = {path.name: path.read_bytes() for path in Path().iterdir()}

    def full(*_: object, **__: object) -> None:
        raise FileError("files.error.no_space", name="x.key")

    monkeypatch.setattr("pkitools_cli.commands.csr.writing.write_set", full)
    assert create(*SELF, *REST, "--force").code == 1
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_a_script_gets_what_the_self_signed_certificate_is(create: Run) -> None:
    ran = create(*SELF, *REST, "--days", "30", "--json")
    assert_valid(ran.document, "self-signed-v1")
    assert (ran.document["days"], ran.document["oin"]) == (30, OIN)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("--self-signed", "--for", "digid-machtigen", "-e", "production"), "never|not made for production"),
        (("--self-signed", "--for", "digid", "-e", "preproduction"), "is not published|takes no self-signed"),
        (("--self-signed", "--profile", "g1-server", "-e", "preproduction"), "depends on the system"),
        (("--self-signed", "--for", "digid-machtigen", "-e", "preproduction", "--days", "4000"), "4000 days"),
        (("--self-signed", "--for", "digid-machtigen", "-e", "preproduction", *KPN), "no TSP takes part"),
        (("--for", "digid-machtigen", "-e", "preproduction", "--days", "30"), "--days goes with --self-signed"),
    ],
)
def test_a_self_signed_certificate_nobody_takes_is_not_made(create: Run, changed: tuple[str, ...], told: str) -> None:
    ran = create(*changed, *GIVEN, *REST)
    assert ran.code == 2
    assert any(part in ran.err for part in told.split("|"))
    assert not list(Path().iterdir())


@pytest.mark.parametrize(("system", "ordered"), [("digid-machtigen", True), ("rdw", False), ("suwinet-inlezen", False)])
def test_what_a_system_asks_ends_with_how_to_order_where_that_can_be(run: Command, system: str, ordered: bool) -> None:
    for more, where in (((), "production"), (("-e", "preproduction"), "preproduction")):
        told = run("--lang", "en", "systems", "show", system, *more).told
        assert (f"pkitools csr create --for {system} -e {where}" in told) is ordered
