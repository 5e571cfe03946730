"""An extra is named for what it brings, and who lacks one is told which: by one sentence, through one door."""

from __future__ import annotations

import ast
import importlib
import socket
import sys
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from packaging.requirements import Requirement

import pkitools
from pkitools.errors import MissingExtraError, brought_by
from pkitools.messages import catalogue, message
from pkitools.reports.text import TO_INSTALL
from pkitools.validation import strict
from pkitools_cli.main import main
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.metadata import MOMENT, descriptor, entity, good, holder, role, signed
from tests.support.modules import forget
from tests.support.sources import nodes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOURCES = ("pkitools", "cli/pkitools_cli", "test_pki/pkitools_test_pki")
DECLARED: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
FOR_WORK = {"test", "dev"}


@cache
def doors() -> tuple[tuple[str, ast.With], ...]:
    return tuple(_doors())


def _doors() -> Iterator[tuple[str, ast.With]]:
    """Every extra that code asks for, with the statement that imports from it."""
    paths = (path for source in SOURCES for path in (ROOT / source).rglob("*.py"))
    for _, node in nodes(paths, "brought_by"):
        call = node.items[0].context_expr if isinstance(node, ast.With) else None
        if isinstance(node, ast.With) and isinstance(call, ast.Call) and ast.unparse(call.func) == "brought_by":
            assert isinstance(call.args[0], ast.Constant), "the name of the extra stands there"
            yield str(call.args[0].value), node


def test_every_door_leads_to_an_extra_that_is_there() -> None:
    named = {extra for extra, _ in doors()}
    assert {"serve", "g4-trial", "probe", "pkcs11", "metadata", "reports"} <= named <= set(DECLARED) - FOR_WORK


def test_a_door_holds_imports_and_nothing_else() -> None:
    """What is raised inside for another reason would be told as something to install."""
    for extra, door in doors():
        assert all(isinstance(line, ast.Import | ast.ImportFrom) for line in door.body), extra


def test_no_extra_brings_nothing() -> None:
    assert all(map(Requirement, DECLARED[name]) and DECLARED[name] for name in DECLARED)
    with_all = {extra for line in DECLARED["test"] for extra in Requirement(line).extras}
    assert with_all == set(DECLARED) - FOR_WORK, "the tests run with every extra"


@in_one_test
@pytest.mark.parametrize(("language", "word"), [("nl", "Installeer het met"), ("en", "Install it with")])
@pytest.mark.parametrize("extra", sorted(set(DECLARED) - FOR_WORK))
def test_the_sentence_names_the_extra(extra: str, language: str, word: str) -> None:
    with pytest.raises(MissingExtraError) as missing, brought_by(extra):
        importlib.import_module("a_package_that_nobody_makes")
    told = pkitools.error_sentence(missing.value, "nl" if language == "nl" else "en")
    assert told.endswith(f"{word}: pip install 'pkitools-nl[{extra}]'")
    assert "a_package_that_nobody_makes" in told


@pytest.fixture(scope="module")
def listening() -> Iterator[int]:
    """The port where somebody takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the commands below are given."""
    folder = tmp_path_factory.mktemp("extras")
    folder.chmod(0o700)
    with pytest.raises(SystemExit) as ended:
        main(["test-pki", "create", str(folder / "pki"), "--fast"])
    assert ended.value.code == 0
    (folder / "enrolment.yaml").write_text("profile: x\n", encoding="utf-8")
    (folder / "old.xml").write_bytes(good())
    (folder / "new.xml").write_bytes(signed(entity(roles=role(keys=descriptor(holder(1)))), holder(1)))
    # of this one there is more to mend: what to install is told all the same
    (folder / "bad.xml").write_bytes(good(entity_id="urn:nl-eid-gdi:1.0:DV:00000013273229750000:entities:0001"))
    (folder / "wild.pem").write_bytes(wild().public_bytes(serialization.Encoding.PEM))
    (folder / "connections.toml").write_bytes((ROOT / "docs/templates/connections.toml").read_bytes())
    return folder


def wild() -> x509.Certificate:
    """A certificate whose wildcard may stand for a whole public suffix: whoever has no list of them cannot tell."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.nl")])
    names = x509.SubjectAlternativeName([x509.DNSName("www.example.nl"), x509.DNSName("*.example.nl")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, MOMENT - timedelta(1), MOMENT + timedelta(300))
    return made.add_extension(names, critical=False).sign(key, hashes.SHA256())


META = "--for digid-machtigen -e preproduction --offline"
ORDERED = "--oin 00000003273229750000 --organization Gemeente --common-name api.example.nl -e production"
LACKING = (
    ("serve", "cheroot", "test-pki serve {place}/pki", 1),
    ("page", "cheroot", "page --no-browser", 1),
    ("page", "jinja2", "page --no-browser", 1),
    ("page", "python_multipart", "page --no-browser", 1),
    ("probe", "OpenSSL", "probe 127.0.0.1:{port} --allow-net 127.0.0.0/8", 1),
    ("probe", "OpenSSL", "g4 probe 127.0.0.1:{port} --allow-net 127.0.0.0/8", 1),
    (
        "pkcs11",
        "pkcs11",
        "csr create {ordered} --profile g4-tls --pkcs11 {uri} --passphrase-env A_PIN --out {new}/x",
        1,
    ),
    ("g4-trial", "yaml", "test-pki issue {place}/pki --enrolment {place}/enrolment.yaml --out {new}/x", 1),
    ("dask", "distributed", "scan {place}/pki --dask tcp://127.0.0.1:{port}", 1),
    ("reports", "icalendar", "scan {place}/pki --report {new}/out.ics", 1),
    ("reports", "jinja2", "scan {place}/pki --report {new}/out.html", 1),
    ("reports", "jinja2", "cert check {place}/wild.pem -e production --report {new}/out.html", 1),
    ("reports", "icalendar", "status --connections {place}/connections.toml --report {new}/out.ics", 1),
    ("reports", "holidays", "plan --for digid --live 2027-06-01", 1),
    ("reports", "holidays", "plan --connections {place}/connections.toml", 1),
    ("reports", "icalendar", "plan --for digid --live 2027-06-01 --report {new}/out.ics", 1),
    ("metadata", "signxml", "metadata check {place}/old.xml {meta}", 11),
    ("metadata", "signxml", "metadata check {place}/old.xml {meta} --verbose", 11),
    ("metadata", "signxml", "metadata check {place}/bad.xml {meta}", 10),
    ("metadata", "signxml", "metadata diff {place}/old.xml {place}/new.xml", 11),
    ("metadata", "signxml", "metadata diff {place}/old.xml {place}/old.xml", 11),
    ("strict", "publicsuffixlist", "cert check {place}/wild.pem -e production --strict --offline", 10),
)
INSTALL = {"nl": "Installeer het", "en": "Install it"}


def test_every_extra_is_lacked_by_some_command() -> None:
    assert {extra for extra, *_ in LACKING} == set(DECLARED) - FOR_WORK


@pytest.mark.parametrize(
    ("extra", "package", "line", "code"), LACKING, ids=[f"{package}: {line[:40]}" for _, package, line, _ in LACKING]
)
def test_a_command_that_lacks_its_extra_says_which(
    extra: str,
    package: str,
    line: str,
    code: int,
    place: Path,
    listening: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In both languages, for people and for a program, whatever else is wrong."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("A_PIN", "1234")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setitem(sys.modules, package, None)
    # another test may have read them
    forget(monkeypatch, "pkitools.reports.pages", "pkitools.reports.portfolio.as_ics", "pkitools_cli.page")
    forget(monkeypatch, "pkitools.reports.planning.as_ics")
    if package == "publicsuffixlist":
        monkeypatch.setattr(strict, "suffix_list", strict.suffix_list.__wrapped__)
    uri = "pkcs11:token=a;object=b?module-path=/nowhere.so"
    given = {"place": place, "port": listening, "new": tmp_path, "meta": META, "ordered": ORDERED, "uri": uri}
    run, words = Command(capsys, monkeypatch), line.format(**given).split()
    install = f"pip install 'pkitools-nl[{extra}]'"
    for language, verb in INSTALL.items():
        ran = run("--lang", language, *words)
        assert ran.code == code, ran.err
        assert any(verb in row and install in row for row in (ran.out + ran.err).splitlines()), ran.out + ran.err
    if "--verbose" not in words:
        ran = run(*words, "--json")
        assert ran.code == code
        told = list(strings(ran.document))
        assert all(any(verb in text and install in text for text in told) for verb in INSTALL.values()), told


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def test_what_to_install_is_told_for_each_reason_that_it_takes_away() -> None:
    found = catalogue("en", "report")
    reasons = (code.removeprefix("report.reason.") for code in found if code.startswith("report.reason."))
    told = {reason for reason in reasons if "pip install" in message(f"report.reason.{reason}", {}, "en").remedy}
    assert told == TO_INSTALL
