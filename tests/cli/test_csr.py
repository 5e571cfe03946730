"""``pkitools csr``: what people and scripts see, and what is on disk afterwards."""

from __future__ import annotations

import base64
import json
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from pkitools.containers import read_source
from pkitools.requests import load_key, read_request
from tests.support.certificates import made, setting
from tests.support.command import Command, Ran
from tests.support.deliveries import pem
from tests.support.effort import PATIENCE
from tests.support.requests import dns, pooled_key, request, subject
from tests.support.schemas import assert_valid

OIN = "00000003273229750000"
OF_RSIN = "00000001003214345000"  # it holds no KvK number
PASSPHRASE = "correct horse"
PARTICULARS = {
    "--oin": OIN,
    "--organization": "Stichting Zorg, Welzijn en Wonen",
    "--common-name": "api.example.nl",
    "--profile": "g4-tls",
    "--environment": "production",
    "--out": "x",
}
TRIAL = {"organization": "TRIAL Gemeente", "common_name": "TRIAL api.example.nl"}


Run = Callable[..., Ran]


@pytest.fixture
def run(run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line in an empty folder; nothing secret may ever be printed."""
    monkeypatch.setenv("SECRET", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)

    def call(*arguments: str, stdin: bytes = b"") -> Ran:
        ran = run(*arguments, stdin=stdin)
        assert PASSPHRASE not in ran.out + ran.err
        assert "PRIVATE KEY" not in ran.out + ran.err
        return ran

    return call


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let keys come from the pool: most tests are not about making them."""
    monkeypatch.setattr("pkitools.requests.making.generate_key", pooled_key)


def create(*more: str, **changed: str | None) -> list[str]:
    options = {**PARTICULARS, **{f"--{name.replace('_', '-')}": value for name, value in changed.items()}}
    given = [part for name, value in options.items() if value is not None for part in (name, value)]
    return ["csr", "create", *given, *(more or ("--no-passphrase",))]


def files() -> set[str]:
    return {path.name for path in Path().iterdir()}


@pytest.mark.slow
def test_a_key_and_a_request_are_made_and_told(run: Run) -> None:
    ran = run(*create())
    assert ran.code == 0, ran.err
    assert files() == {"x.key", "x.csr"}
    assert stat.S_IMODE(Path("x.key").stat().st_mode) == 0o600
    for part in ("x.key", "x.csr", "RSA 3072", "not encrypted", OIN, "order form", "cert check"):
        assert part in ran.out
    assert ran.err.startswith("Making a key (rsa:3072)")
    facts = read_request(read_source(Path("x.csr").read_bytes(), "x.csr").items[0].der)
    assert facts.subject.organization == "Stichting Zorg, Welzijn en Wonen"
    assert load_key(Path("x.key").read_bytes(), "x.key").public.spki == facts.public_key.spki
    checked = run("csr", "check", "x.csr", "--profile", "g4-tls", "--key", "x.key", "--fail-on", "notice")
    assert checked.code == 0, checked.out


@pytest.mark.slow
@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("where", ["file", "variable", "batch"])
@pytest.mark.parametrize(
    ("passphrase", "short"), [("a", True), ("é" * 11, True), ("é" * 12, False), ("correct horse", False)]
)
def test_a_short_passphrase_is_warned_of_and_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch, where: str, passphrase: str, short: bool
) -> None:
    monkeypatch.setenv("OWN", passphrase)
    Path("p").write_text(passphrase, encoding="utf-8")
    Path("p").chmod(0o600)
    Path("b.toml").write_text(BATCH, encoding="utf-8")
    ran = {
        "file": lambda: run(*create("--passphrase-file", "p")),
        "variable": lambda: run(*create("--passphrase-env", "OWN")),
        "batch": lambda: run("csr", "create", "--from", "b.toml", "--out-dir", "out", "--passphrase-env", "OWN"),
    }[where]()
    assert ran.code == 0
    assert ran.err.count("fewer than 12 characters") == short
    key = Path("out/a.key" if where == "batch" else "x.key")
    assert load_key(key.read_bytes(), "k", passphrase=passphrase.encode())


@pytest.mark.slow
@pytest.mark.usefixtures("quick_keys")
def test_it_speaks_dutch(run: Run) -> None:
    ran = run("--lang", "nl", *create())
    assert "Er wordt een sleutel gemaakt" in ran.err
    assert "Bewaar het .key-bestand" in ran.out
    assert "bestaat al" in run("--lang", "nl", *create()).err


@pytest.mark.slow
@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize(
    ("oin", "told"), [("00000004003214345001", "001"), ("0000000700025BE00000", "DigiD"), (OIN, "")]
)
def test_what_is_odd_about_an_oin_is_told(run: Run, oin: str, told: str) -> None:
    ran = run(*create(oin=oin, kvk="27322975"))
    assert ran.code == 0
    assert (oin in ran.err) == bool(told)
    assert told in ran.err


# what a request departs in that no text for production demands: the options, what is made, and the warning
MADE = {
    "no KvK number": (
        {"oin": "00000002003214394001", "organization": "Algemene Rekenkamer"},
        "O=Algemene Rekenkamer",
        ("csr.subject.organization_identifier", "TRIAL", "inferred)", "OI:NL-", "holder of the main OIN"),
    ),
    "an OIN as identifier": (
        {"oin": "00000001822477348000", "organization_identifier": "OI:NL-00000001822477348000"},
        "organizationIdentifier=OI:NL-00000001822477348000",
        ("csr.subject.oin_identifier", "inferred)", "whether it takes this", "--kvk"),
    ),
    "a SubOIN": (
        {"oin": "00000004194049711000", "organization": "Logius", "kvk": "27322975"},
        "organizationIdentifier=NTRNL-27322975",
        ("csr.organization.holder", "name of the holder", "KvK number too is the holder's", "official publication"),
    ),
    "a SubOIN without KvK number": (
        {"oin": "00000004194049711000", "organization": "Logius"},
        "O=Logius",
        ("csr.subject.organization_identifier", "csr.organization.holder"),
    ),
    "a name of one letter": ({"organization": "X"}, "O=X", ("csr.subject.length", "inferred)")),
    "a wildcard": ({"dns": "*.example.nl"}, "*.example.nl", ("csr.san.wildcard", "inferred)")),
    "L, as its TSP asks": (
        {"profile": "g1-server", "tsp": "kpn"},
        "O=Stichting",
        ("csr.tsp.subject", "KPN", "--locality", "--province"),
    ),
}


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize(("changed", "made", "warned"), MADE.values(), ids=MADE)
def test_what_no_text_demands_is_made_and_warned_of(
    run: Run, changed: dict[str, str | None], made: str, warned: tuple[str, ...]
) -> None:
    ran = run(*create(**changed))
    assert ran.code == 0, ran.err
    assert files() == {"x.key", "x.csr"}
    assert made in ran.out
    assert "in this form" not in ran.err, "what was advised is not called a mistake"
    told = " ".join(ran.err.split())
    for part in (" x.csr: ", *warned):
        assert part in told
    assert all(len(row) <= 80 for row in ran.err.splitlines())
    said = told.split("WARNING: ")
    assert not [line for line in said if re.search(r": [^ .]+ (Make|Ask|Give) ", line)], "a value, and a new sentence"
    chosen = changed.get("profile") or "g4-tls"
    checked = run("csr", "check", "x.csr", "--profile", chosen, "--environment", "production")
    assert checked.code == 0, checked.out


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_document_has_what_is_warned_of_and_its_first_version_has_not(run: Run, language: str) -> None:
    changed, _, _ = MADE["a SubOIN without KvK number"]
    asked = ("--lang", language, *create("--force", "--no-passphrase", "--json", **changed))
    ran = run(*asked)
    (made,) = json.loads(ran.out)["requests"]
    assert {each["code"] for each in made["warnings"]} >= {
        "csr.subject.organization_identifier",
        "csr.organization.holder",
    }
    for each in made["warnings"]:
        assert each[language]["message"] in ran.err  # what people are told, scripts are told
        assert {"nl": "WAARSCHUWING: x.csr: ", "en": "WARNING: x.csr: "}[language] in ran.err
        assert each["severity"] in {"notice", "warning"}
    older = run(*asked, "--json-version", "1")
    assert_valid(json.loads(older.out), "csr-create-v1")
    assert older.err == ran.err
    assert (
        json.loads(run(*create("--force", "--no-passphrase", "--json", profile="g1-server")).out)["requests"][0][
            "warnings"
        ]
        == []
    )


@pytest.mark.slow
@pytest.mark.usefixtures("quick_keys")
def test_a_key_is_encrypted_with_a_passphrase_from_a_file_or_variable(run: Run) -> None:
    Path("p").write_text(PASSPHRASE + "\n", encoding="utf-8")
    Path("p").chmod(0o600)
    assert run(*create("--passphrase-file", "p", out="a")).code == 0
    assert run(*create("--passphrase-env", "SECRET", out="b")).code == 0
    for name in ("a.key", "b.key"):
        data = Path(name).read_bytes()
        assert data.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert load_key(data, name, passphrase=PASSPHRASE.encode()).public.bits == 3072


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--json",), 2, "--no-passphrase"),
        (("--no-passphrase", "--passphrase-env", "SECRET"), 2, "one of"),
        (("--passphrase-env", "ABSENT"), 2, "ABSENT"),
        (("--passphrase-env", "EMPTY"), 1, "EMPTY"),
        (("--passphrase-file", "absent"), 1, "absent"),
    ],
)
def test_without_a_usable_passphrase_nothing_is_made(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], code: int, told: str
) -> None:
    monkeypatch.setenv("EMPTY", "")
    ran = run(*create(*options))
    assert ran.code == code
    assert told in ran.err
    assert files() == set()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"oin": "00000001123456789000"}, "RSIN"),
        ({"oin": None}, "--oin"),
        ({"oin": "00000099999999910000", "kvk": "27322975"}, "test OIN"),
        ({"oin": "00000001822477348000", "tsp": "g4-trial", **TRIAL}, "--kvk"),
        ({"kvk": "27322975", "organization_identifier": "NTRNL-27322975"}, "--organization-identifier"),
        ({"organization_identifier": "OI:NL-00000001822477348000"}, "--organization-identifier"),
        ({"organization": "x" * 65}, "65"),
        ({"organization": None}, "--organization"),
        ({"organization": "a\x1b[31mb"}, "\\x1b"),
        ({"profile": "g5"}, "g4-authentication"),
        ({"profile": None, "out": None}, "(or --profile), --out"),
        ({"environment": "test"}, "preproduction"),
        ({"dns": "*.example.nl", "tsp": "g4-trial", **TRIAL}, "wildcard"),
        ({"dns": "10.0.0.1"}, "IP address"),
        ({"key_type": "ec:p-256"}, "RSA keys only"),
        ({"key_type": "rsa:2048"}, "3000 bits"),
        ({"signature": "md5"}, "pkcs1"),
        ({"locality": "Den Haag", "tsp": "g4-trial", **TRIAL}, "does not allow L"),
        ({"tsp": "nobody"}, "g4-trial"),
        ({"kvk": "52035476"}, "27322975"),
        ({"from": "b.toml"}, "--out-dir"),
        ({"key": "k", "key_type": "rsa:4096"}, "--key-type"),
    ],
)
def test_a_wrong_choice_is_one_sentence_and_exit_code_2(run: Run, changed: dict[str, str | None], told: str) -> None:
    ran = run(*create(**changed))
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""
    assert ran.err.count("\n") <= 2
    assert files() == set()


@pytest.mark.usefixtures("quick_keys")
def test_nothing_is_overwritten_without_force_and_the_old_key_is_kept(run: Run) -> None:
    Path("x.key").write_bytes(b"in use")
    refused = run(*create())
    assert (refused.code, Path("x.key").read_bytes()) == (1, b"in use")
    assert "x.key" in refused.err
    assert "Making" not in refused.err, "refused before the slow step"
    forced = run(*create("--no-passphrase", "--force"))
    assert forced.code == 0
    assert files() == {"x.key", "x.csr", "x.key.bak-1"}
    assert Path("x.key.bak-1").read_bytes() == b"in use"
    assert "x.key.bak-1" in forced.out


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize(
    ("out", "code", "told"), [("absent/x", 1, "absent"), ("folder/", 2, "folder/"), ("a\0b", 1, "name")]
)
def test_an_impossible_place_is_refused(run: Run, out: str, code: int, told: str) -> None:
    Path("folder").mkdir()
    ran = run(*create(out=out))
    assert ran.code == code
    assert told in ran.err
    assert files() == {"folder"}
    assert not list(Path("folder").iterdir())


@pytest.mark.slow
def test_an_existing_key_is_used_with_a_warning(run: Run) -> None:
    Path("old.key").write_bytes(pooled_key("rsa:4096").pem(None))
    Path("old.key").chmod(0o644)
    ran = run(*create("--key", "old.key"))
    assert ran.code == 0, ran.err
    assert files() == {"old.key", "x.csr"}
    assert "new key pair" in ran.err
    assert "mode 600" in ran.err
    assert run("csr", "check", "x.csr", "--key", "old.key", "--profile", "g4-tls").code == 0


def test_what_anybody_may_read_is_warned_of_only_when_it_is_a_key(run: Run) -> None:
    Path("k").write_bytes(b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
    Path("k").chmod(0o644)
    ran = run(*create("--key", "k"))
    assert (ran.code, "mode 600" in ran.err) == (1, False)


@pytest.mark.slow
def test_an_encrypted_key_needs_its_passphrase(run: Run) -> None:
    Path("old.key").write_bytes(pooled_key().pem(PASSPHRASE.encode()))
    Path("old.key").chmod(0o600)
    Path("x.wrong").write_text("fout", encoding="utf-8")
    for options in (("--key", "old.key"), ("--key", "old.key", "--passphrase-file", "x.wrong")):
        ran = run(*create(*options))
        assert ran.code == 1
        assert "old.key" in ran.err
        assert files() == {"old.key", "x.wrong"}
    assert run(*create("--key", "old.key", "--passphrase-env", "SECRET")).code == 0


@pytest.mark.parametrize(
    ("spec", "code", "told"),
    [("rsa:2048", 2, "too small"), ("ec:p-256", 2, "RSA keys only"), ("none", 1, "no private")],
)
def test_a_key_that_does_not_do_is_refused(run: Run, spec: str, code: int, told: str) -> None:
    Path("k").write_bytes(b"hello" if spec == "none" else pooled_key(spec).pem(None))
    Path("k").chmod(0o600)
    ran = run(*create("--key", "k"))
    assert ran.code == code
    assert told in ran.err
    assert files() == {"k"}


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("profile", ["g4-tls", "g1-server", "uzi-server", "g4-seal"])
def test_the_document_follows_its_schema(run: Run, profile: str) -> None:
    ran = run(*create("--no-passphrase", "--json", profile=profile, environment="preproduction"))
    assert ran.code == 0
    document = json.loads(ran.out)
    assert_valid(document, "csr-create-v2")
    made = document["requests"][0]
    assert (made["oin"], made["key_file"], made["request_file"], made["key_encrypted"]) == (
        OIN,
        "x.key",
        "x.csr",
        False,
    )
    checked = run("csr", "check", "x.csr", "--profile", profile, "--tsp", "kpn", "--json")
    assert checked.code == 0
    assert_valid(json.loads(checked.out), "csr-check-v2")


def test_a_uzi_request_needs_no_oin(run: Run, quick_keys: None) -> None:
    ran = run(*create(profile="uzi-server", oin=None, organization=None))
    assert ran.code == 0
    assert "CIBG" in ran.out


BATCH = """
[defaults]
profile = "g4-tls"
environment = "preproduction"
organization = "Gemeente Voorbeeld"
oin = "00000003273229750000"
[[request]]
name = "a"
common_name = "a.example.nl"
[[request]]
name = "b"
common_name = "b.example.nl"
[[request]]
name = "c"
common_name = "Voorbeeld"
profile = "g4-authentication"
"""


@pytest.mark.slow
def test_a_batch_is_made_with_progress(run: Run) -> None:
    Path("b.toml").write_text(BATCH, encoding="utf-8")
    ran = run("csr", "create", "--from", "b.toml", "--out-dir", "out", "--no-passphrase")
    assert ran.code == 0, ran.err
    made = {f"{n}.{e}" for n in "abc" for e in ("key", "csr")}
    assert {path.name for path in Path("out").iterdir()} == {*made, "manifest.json"}
    assert stat.S_IMODE(Path("out").stat().st_mode) == 0o700
    assert re.findall(r"\[\d/3\] \w", ran.err) == ["[1/3] a", "[2/3] b", "[3/3] c"]
    keys = {load_key(path.read_bytes(), "k").public.spki for path in Path("out").glob("*.key")}
    assert len(keys) == 3
    for name in "abc":
        assert run("csr", "check", f"out/{name}.csr", "--key", f"out/{name}.key").code == 0
    again = run("csr", "create", "--from", "b.toml", "--out-dir", "out", "--no-passphrase")
    assert again.code == 1
    assert "All requests of b.toml (3) are in out already" in again.err


@pytest.mark.slow
@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("secret", [("--no-passphrase",), ("--passphrase-env", "SECRET")])
def test_what_a_batch_that_was_killed_left_is_named(run: Run, secret: tuple[str, ...]) -> None:
    text = BATCH + "".join(f'[[request]]\nname = "{n}"\ncommon_name = "{n}.example.nl"\n' for n in "defgh")
    Path("b.toml").write_text(text, encoding="utf-8")
    command = ("csr", "create", "--from", "b.toml", "--out-dir", "out", *secret)
    assert run(*command).code == 0
    left = {
        "a": lambda p: (p / "a.key").unlink(),
        "b": lambda p: (p / "b.csr").unlink(),
        "c": lambda p: (p / "c.csr").write_bytes((p / "d.csr").read_bytes()),  # as asked for by another row
        "e": lambda p: (p / "e.key").write_bytes(pooled_key("rsa:2048").pem(None)),  # the key of another
        "f": lambda p: (p / "f.csr").write_bytes(b""),
        "g": lambda p: [path.unlink() for path in p.glob("g.*")],
    }
    for spoil in left.values():
        spoil(Path("out"))
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    again = run(*command)
    assert again.code == 1
    assert "Finished: d, h. Not made yet: g. There, but not as asked for or not readable: a, b, c, e, f." in again.err
    assert "--force" in again.err
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before


@pytest.mark.usefixtures("quick_keys")
def test_one_fault_in_a_batch_stops_it_before_anything_is_made(run: Run) -> None:
    Path("b.toml").write_text(
        BATCH.replace('Voorbeeld"\nprofile', f'{"x" * 65}"\nprofile').replace("b.example.nl", "10.0.0.1")
    )
    ran = run("csr", "create", "--from", "b.toml", "--out-dir", "out", "--no-passphrase")
    assert ran.code == 2
    assert ran.err.startswith("b: 10.0.0.1")
    assert "\nc: CN" in ran.err
    assert files() == {"b.toml"}


@pytest.mark.usefixtures("quick_keys")
def test_a_batch_that_fails_half_way_leaves_no_half_request(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("b.toml").write_text(BATCH, encoding="utf-8")
    real, calls = os.write, iter(range(1, 100))

    def full(fd: int, data: bytes) -> int:
        if next(calls) == 4:  # the second request's .csr
            raise OSError(28, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr("pkitools.files.writing.os.write", full)
    ran = run("csr", "create", "--from", "b.toml", "--out-dir", "out", "--no-passphrase")
    assert ran.code == 1
    assert "full" in ran.err
    assert {path.name for path in Path("out").iterdir()} == {"a.key", "a.csr"}


@pytest.mark.slow
def test_a_batch_document_follows_its_schema(run: Run, quick_keys: None) -> None:
    Path("b.toml").write_text(BATCH, encoding="utf-8")
    ran = run("csr", "create", "--from", "b.toml", "--out-dir", "out", "--passphrase-env", "SECRET", "--json")
    document = json.loads(ran.out)
    assert_valid(document, "csr-create-v2")
    assert [made["request_file"] for made in document["requests"]] == ["out/a.csr", "out/b.csr", "out/c.csr"]


@pytest.mark.parametrize(
    ("make", "options", "code", "told"),
    [
        (request, (), 0, "PASSED"),
        (request, ("--profile", "g4-tls", "--fail-on", "notice"), 0, "PASSED"),
        (request, ("--profile", "g4-tls", "--tsp", "cleverbase", "--fail-on", "notice"), 12, "csr.tsp.known"),
        (request, ("--profile", "g4-tls", "--tsp", "cleverbase", "--fail-on", "warning"), 0, "csr.tsp.known"),
        (lambda: request(subject(OU="x"), dns("a.nl")), ("--profile", "g4-tls"), 10, "csr.subject.not_allowed"),
        (lambda: request(subject(L="x"), dns("a.nl")), ("--profile", "g4-tls"), 0, "csr.subject.not_allowed"),
        (lambda: request(spoilt=True), (), 10, "csr.signature.valid"),
        (lambda: request(key=pooled_key("rsa:2048")), ("--profile", "g4-tls"), 10, "csr.key.size"),
        (request, ("--key", "other.key"), 10, "csr.key.match"),
        (
            lambda: request(subject(serialNumber="00000099123456789000"), dns("a.nl")),
            ("--environment", "production"),
            10,
            "oin.test.production",
        ),
    ],
)
def test_the_verdict_is_the_exit_code(
    run: Run, make: Callable[[], bytes], options: tuple[str, ...], code: int, told: str
) -> None:
    Path("other.key").write_bytes(pooled_key("rsa:2048").pem(None))
    Path("r.der").write_bytes(make())
    ran = run("csr", "check", "r.der", *options)
    assert ran.code == code, ran.out + ran.err
    assert told in ran.out
    piped = run("csr", "check", "-", *options, stdin=make())
    assert piped.code == code


def test_of_another_key_the_key_is_looked_for_and_no_request_made_anew(run: Run) -> None:
    Path("other.key").write_bytes(pooled_key("rsa:2048").pem(None))
    Path("right.key").write_bytes(pooled_key().pem(None))
    Path("r.der").write_bytes(request(key=pooled_key()))
    now = run("csr", "check", "r.der", "--key", "other.key").told.partition("Now: ")[2]
    assert now.startswith("Do not make the request anew: look for the key")
    words = now.rpartition("pkitools ")[2].replace("FILE", "right.key").split()
    assert run(*words).code == 0
    Path("s.der").write_bytes(request(spoilt=True))  # with more wrong than the key, it is made anew
    assert "make the request again" in run("csr", "check", "s.der", "--key", "other.key").told


def test_a_key_with_a_request_is_compared_and_one_in_its_file_is_never_sent(run: Run) -> None:
    """The key in the file or beside it, its own, another one, both or none; asked of the file and of the folder."""
    own, other = pooled_key().pem(None), pooled_key("rsa:2048").pem(None)
    keys = {"none": b"", "own": own, "foreign": other, "both": other + own}
    armour = b"-----%s CERTIFICATE REQUEST-----\n"
    plain = armour % b"BEGIN" + base64.encodebytes(request(key=pooled_key())) + armour % b"END"
    for (inside, beside), asked in product(product(keys, keys), ("folder", "file")):
        folder = Path(f"{asked}-{inside}-{beside}")
        folder.mkdir()
        (folder / "a.csr").write_bytes(plain + keys[inside])
        if keys[beside]:
            (folder / "a.key").write_bytes(keys[beside])
        ran = run("csr", "check", str(folder if asked == "folder" else folder / "a.csr"), "--json")
        document = json.loads(ran.out)
        assert_valid(document, "csr-check-v2")
        seen = {inside, beside if asked == "folder" else "none"}
        is_foreign = "foreign" in seen and not seen & {"own", "both"}
        assert ran.code == (10 if is_foreign else 0), folder
        assert (document["verdict"], document["exit_code"]) == ("failed" if is_foreign else "passed", ran.code)
        found = {each["code"] for each in document["results"][0]["report"]["findings"]}
        assert ("csr.key.match" in found) == is_foreign, folder
        assert ("received.private_key.published" in found) == (inside != "none"), folder
        follows = (document["next"] or {}).get("en", "")
        assert ("take it out" in follows) == (is_foreign and inside == "foreign"), folder
        assert ("Send the request" in follows) == (inside == "none" and not is_foreign)


def test_a_key_named_beside_one_request_is_compared_and_another_beside_its_own_is_told(run: Run) -> None:
    Path("a.csr").write_bytes(request(key=pooled_key()))
    Path("own.key").write_bytes(pooled_key().pem(None))
    Path("other.key").write_bytes(pooled_key("rsa:2048").pem(None))
    own = run("csr", "check", "a.csr", "own.key")
    assert own.code == 0
    assert "own.key: compared with the requests." in own.err
    assert "NOT JUDGED" not in own.told
    foreign = run("csr", "check", "a.csr", "other.key")
    assert foreign.code == 10
    assert "csr.key.match" in foreign.told
    assert "NOT JUDGED" not in foreign.told
    for files in (["own.key", "other.key"], ["other.key", "own.key"]):
        ran = run("csr", "check", "a.csr", *files)
        assert ran.code == 0
        assert "other.key: compared with the requests." in ran.err
        assert "private key in other.key (RSA 2048) belongs to no" in ran.told
        assert run("csr", "check", "a.csr", *files, "--fail-on", "warning").code == 12
    # that of a certificate which was named as well is of that
    Path("c.pem").write_bytes(pem(made("g4-tls", setting("key", pooled_key("rsa:2048").public.spki)).der))
    assert "private_key.beside" not in run("csr", "check", "a.csr", "own.key", "other.key", "c.pem").told


def test_several_keys_named_beside_several_requests_are_each_judged(run: Run) -> None:
    keys = {name: pooled_key(kind) for name, kind in {"a": "rsa:3072", "b": "rsa:2048", "c": "ec:p-256"}.items()}
    for name, key in keys.items():
        Path(f"{name}.csr").write_bytes(request(key=key))
        Path(f"of-{name}.bin").write_bytes(key.pem(None))
    for chosen in product([False, True], repeat=3):
        given = [f"of-{name}.bin" for name, is_given in zip(keys, chosen, strict=True) if is_given]
        document = json.loads(run("csr", "check", "a.csr", "b.csr", *given, "--json").out)
        told = [each for one in document["results"] for each in one["report"]["findings"]]
        strays = [each for each in told if each["code"] == "received.private_key.beside"]
        assert len(strays) == ("of-c.bin" in given)
        assert all(each["passed_over"] for each in document["errors"])


def test_where_several_are_judged_the_next_step_names_its_file(run: Run) -> None:
    Path("a.csr").write_bytes(request())
    Path("b.csr").write_bytes(request(spoilt=True))
    assert "Now: Mend what is said of b.csr above" in run("csr", "check", "a.csr", "b.csr").told
    assert "Now: Mend what is said above" in run("csr", "check", "b.csr").told


def test_a_folder_without_files_has_no_request(run: Run) -> None:
    Path("empty").mkdir()
    ran = run("csr", "check", "empty")
    assert (ran.code, "no file with a certificate request (CSR)" in ran.err) == (1, True), ran.err


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (None, 1, "does not exist"),
        (b"", 1, "empty"),
        (b"\0" * 100, 1, "r"),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", 1, "r"),
    ],
)
def test_what_cannot_be_read_is_exit_code_1(run: Run, content: bytes | None, code: int, told: str) -> None:
    if content is not None:
        Path("r").write_bytes(content)
    ran = run("csr", "check", "r")
    assert ran.code == code
    assert told in ran.err
    assert ran.out == ""


@pytest.mark.slow
def test_of_several_requests_the_worst_decides_and_json_is_one_document(run: Run) -> None:
    """The product of what each of two files holds, named themselves and as a folder that a batch filled."""
    contents = {
        "good": (0, request(subject(serialNumber="00000001822477348000"), dns("a.nl"))),
        "bad": (10, request(spoilt=True)),
        "cut": (1, b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"),
    }
    worst = [10, 1, 0]
    for first, second in product(contents, contents):
        folder = Path(f"{first}-{second}")
        folder.mkdir()
        for name, kind in (("a.csr", first), ("b.csr", second)):
            (folder / name).write_bytes(contents[kind][1])
        (folder / "a.key").write_bytes(pooled_key().pem(None))
        (folder / "manifest.json").write_bytes(b'{\n  "schema": "pkitools.manifest/v1",\n  "orders": []\n}\n')
        code = min((contents[first][0], contents[second][0]), key=worst.index)
        for given in ((str(folder / "a.csr"), str(folder / "b.csr")), (str(folder),)):
            ran = run("csr", "check", *given, "--json")
            assert ran.code == code, (first, second, given, ran.out, ran.err)
            told = json.loads(ran.out)
            readable = (first != "cut") + (second != "cut")
            if readable:
                assert_valid(told, "csr-check-v2")
                assert len(told["results"]) == readable
    assert run("csr", "check", str(Path("good-good")), "--json", "--json-version", "1").code == 0


def test_a_folder_or_fifo_is_refused_at_once(run: Run) -> None:
    Path("folder").mkdir()
    os.mkfifo("fifo")
    assert run("csr", "check", "folder").code == 1
    assert run("csr", "check", "fifo").code == 1
    assert run(*create("--key", "fifo")).code == 1


def test_a_key_is_no_request(run: Run) -> None:
    Path("k").write_bytes(pooled_key().pem(None))
    ran = run("csr", "check", "k")
    assert ran.code == 1
    assert "key" in ran.err


@pytest.mark.parametrize("options", [("--profile", "g5"), ("--tsp", "nobody")])
def test_an_unknown_profile_or_tsp_is_exit_code_2(run: Run, options: tuple[str, ...]) -> None:
    Path("r").write_bytes(request())
    ran = run("csr", "check", "r", *options)
    assert ran.code == 2
    assert options[1] in ran.err


def test_no_option_takes_a_passphrase_itself() -> None:
    from click import Option

    from pkitools_cli.commands.csr.check import command as check
    from pkitools_cli.commands.csr.create import command as create_

    every = [option for c in (check, create_) for option in c.params if isinstance(option, Option)]
    of_passphrases = [option for option in every if "pass" in " ".join(option.opts)]
    assert of_passphrases
    for option in of_passphrases:
        assert option.metavar in {"FILE", "NAME"} or option.is_flag, option.opts


def read_soon(terminal: int) -> bytes:
    """Read what comes from a terminal; a test that waits for what never comes fails."""
    assert select.select([terminal], [], [], PATIENCE)[0], "nothing comes"
    return os.read(terminal, 1000)


@pytest.mark.slow
@pytest.mark.interop
@pytest.mark.parametrize(("answers", "code"), [(b"geheim\ngeheim\n", 0), (b"geheim\nanders\n", None)])
def test_on_a_terminal_the_passphrase_is_asked_twice_and_not_shown(
    tmp_path: Path, answers: bytes, code: int | None
) -> None:
    """A real terminal: the prompt goes to standard error, the answer is not echoed."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "pkitools_cli", *create("--json", out=str(tmp_path / "x"))]
    environment = {**os.environ, "PKITOOLS_LANG": "en"}
    tmp_path.chmod(0o700)
    with subprocess.Popen(command, stdin=slave, stdout=subprocess.PIPE, stderr=slave, env=environment) as process:
        os.close(slave)
        shown = b""
        for answer in answers.splitlines(keepends=True):
            while not shown.rstrip().endswith(b":"):
                shown += read_soon(master)
            shown += b"|"
            os.write(master, answer)
        if code is None:  # asked anew: nobody answers any more
            while b"not the same" not in shown:
                shown += read_soon(master)
            process.kill()
            process.wait()
            assert list(tmp_path.iterdir()) == []
        else:
            out = process.communicate(timeout=60)[0]
            assert process.returncode == code
            assert json.loads(out)["requests"][0]["key_encrypted"] is True
            data = (tmp_path / "x.key").read_bytes()
            assert load_key(data, "x", passphrase=b"geheim").public.bits == 3072
    os.close(master)
    assert b"geheim" not in shown


@pytest.mark.slow
@pytest.mark.interop
def test_a_kill_while_making_leaves_nothing(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    tmp_path.chmod(0o700)
    command = [sys.executable, "-B", "-m", "pkitools_cli", *create(out=str(tmp_path / "x"))]
    kill = [strace, "-f", "-o", "/dev/null", "-e", "trace=linkat", "-e", "inject=linkat:signal=KILL:when=1"]
    subprocess.run([*kill, *command], capture_output=True, check=False, timeout=60)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".partial", ".key"}
    again = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert again.returncode == 0, again.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"x.key", "x.csr", "x.key.bak-1"}


def test_nobody_is_told_to_send_on_what_the_tsp_will_not_take(run: Run) -> None:
    for name, sent in (("a.voorbeeld.nl", True), ("a.gemeente.local", False)):
        Path("r.der").write_bytes(request(subject(CN=name, serialNumber="00000001822477348000"), dns(name)))
        ran = run("csr", "check", "r.der", "--profile", "g4-tls", "--tsp", "kpn", "-e", "production")
        assert ran.code == 0, ran.out
        assert ("Send the request" in ran.told) is sent, ran.told


def test_nor_a_request_with_a_hash_that_none_is_known_to_take(run: Run) -> None:
    Path("r.der").write_bytes(request(scheme="pkcs1", digest="sha1"))
    for tsp, code in (((), 0), (("--tsp", "kpn"), 10)):
        ran = run("csr", "check", "r.der", "--profile", "g4-tls", *tsp, "-e", "production")
        assert (ran.code, "Send the request" in ran.told) == (code, False), ran.told


def test_the_request_that_is_made_again_is_for_the_same_tsp(run: Run) -> None:
    Path("r.der").write_bytes(request(subject(CN="a.voorbeeld.nl", serialNumber=OIN), dns("a.voorbeeld.nl")))
    ran = run("csr", "check", "r.der", "--profile", "g4-tls", "--tsp", "g4-trial", "-e", "preproduction")
    assert ran.code == 10
    assert "csr create --profile g4-tls -e preproduction" in ran.told
    assert "--tsp g4-trial --out" in ran.told


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((), ()),
        (("--kvk", "12345678"), ("--kvk", "12345678")),
        (("--organization-identifier", f"OI:NL-{OF_RSIN}"), ("--organization-identifier", f"OI:NL-{OF_RSIN}")),
        (("--locality", "Utrecht"), ()),  # which the profile does not allow: that is one of the things to mend
    ],
)
def test_a_request_that_is_made_anew_says_what_was_right_in_the_other(
    run: Run, given: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    Path("small.key").write_bytes(pooled_key("rsa:2048").pem(None))
    about = ("-e", "production", "--oin", OF_RSIN, "--organization", "Voorbeeld", "--common-name", "a.example.nl")
    made = run("csr", "create", "--profile", "g1-server", *about, *given, "--key", "small.key", "--out", "old")
    assert made.code == 0, made.err
    ran = run("csr", "check", "old.csr", "--profile", "g4-tls", "-e", "production", "--json")
    command = json.loads(ran.out)["next"]["command"]
    assert command[1:3] == ["csr", "create"]
    assert command[command.index("a.example.nl") + 1 : command.index("--out")] == list(kept)
