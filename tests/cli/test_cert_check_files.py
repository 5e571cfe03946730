"""``cert check`` on what people are sent: which certificates are judged, against what, and how it ends."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from pkitools.containers import read_source
from pkitools.requests import PrivateKey
from pkitools.requests.keys import to_pem, wrap_key
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import build
from tests.support.command import Command, Ran
from tests.support.deliveries import corrupt, jks_of, metadata_of, pem, pkcs7_of, pkcs12_of
from tests.support.keys import SHARED_KEYS
from tests.support.requests import dns, request, subject
from tests.support.schemas import assert_valid
from tests.support.shared import shared

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OTHER_OIN = "00000001001516814000"
ENTITY = "urn:nl-eid-gdi:1.0:DV:{oin}:entities:9000"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every delivery of the table, and what it is held against."""
    box = tmp_path_factory.mktemp("box")
    pki = build("g4-tls", moment=MOMENT, keys=SHARED_KEYS)
    good, bad, other = (pki.issue("g4-tls", dns=[f"{name}.voorbeeld.nl"]) for name in ("good", "bad", "other"))
    pki.issuer_of("g4-tls").revoke(bad.serial_number, moment=MOMENT)
    chain = [link.der for link in good.intermediates]
    key, other_key = key_of(good), key_of(other)
    entries = {
        "good": ("good", good.der, key),
        "bad": ("bad", bad.der, key_of(bad)),
        "other": ("other", other.der, other_key),
    }
    files: dict[str, bytes] = {
        "root.pem": good.root.pem,
        "chain.pem": pem(*chain),
        "good.pem": good.pem,
        "bad.pem": bad.pem,
        "full.pem": good.chain_pem,
        "reversed.pem": pem(*reversed([good.der, *chain])),
        "two.pem": pem(good.der, other.der),
        "good-bad.pem": pem(good.der, bad.der),
        "bad-good.pem": pem(bad.der, good.der),
        "broken-good.pem": corrupt() + good.pem,
        "good-broken.pem": good.pem + corrupt(),
        "bad-broken.pem": bad.pem + corrupt(),
        "broken.pem": corrupt(),
        "good-bad.p7b": pkcs7_of(good.der, bad.der, *chain),
        "full.p7b": pkcs7_of(*chain, good.der),
        "one.p12": pkcs12_of(entries["good"], more=chain),
        "two.p12": pkcs12_of(entries["good"], entries["bad"], more=chain),
        "trusted.p12": pkcs12_of(entries["good"], more=[bad.der]),
        "two.jks": jks_of(entries["bad"], entries["good"]),
        "trusted.jks": jks_of(entries["good"], trusted=[bad.der]),
        "truststore.jks": jks_of(trusted=[good.der, bad.der]),
        "mine.xml": metadata_of(("signing", good.der), entity_id=ENTITY.format(oin=oin_of(good))),
        "theirs.xml": metadata_of(("signing", good.der), entity_id=ENTITY.format(oin=OTHER_OIN)),
        "second-bad.xml": metadata_of(
            ("signing", good.der), ("encryption", bad.der), entity_id=ENTITY.format(oin=oin_of(good))
        ),
        "leaked.xml": metadata_of(("signing", good.der), inside=key.pem(None).decode()),
        "own-key.pem": good.chain_pem + key.pem(None),
        "other-key.pem": good.chain_pem + other_key.pem(None),
        "good.key": key.pem(None),
        "other.key": other_key.pem(None),
        "good.pub": to_pem("PUBLIC KEY", key.public.spki),
        "good.pub.der": key.public.spki,
        "other.pub": to_pem("PUBLIC KEY", other_key.public.spki),
        "locked.key": key.pem(b"geheim123"),
        "two.key": key.pem(None) + other_key.pem(None),
        "good.csr": asked(good),
        "wider.csr": asked(good, "good.voorbeeld.nl", "extra.voorbeeld.nl"),
        "other.csr": asked(other),
        "note.txt": b"call me",
        "logo.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
        "wrong": b"another",
        "passphrase": b"geheim123",
        "expect.toml": f'oin = "{oin_of(good)}"\nkey = "good.key"\n'.encode(),
        "expect-other.toml": f'oin = "{OTHER_OIN}"\n'.encode(),
    }  # fmt: skip
    for name, content in files.items():
        (box / name).write_bytes(content)
    for name in ("good.key", "other.key", "locked.key", "two.key", "passphrase", "wrong"):
        (box / name).chmod(0o600)
    (box / "crl").mkdir()
    for number, authority in enumerate(pki):
        (box / "crl" / f"{number}.crl").write_bytes(authority.crl())
    for folder, names in {
        "clean": ["good.pem", "note.txt", "logo.png", "good.csr", "good.key"],
        "mixed": ["bad.pem", "good.pem"],
        "torn": ["broken.pem", "good.pem"],
        "bare": ["note.txt"],
        "torn-bad": ["bad.pem", "broken.pem"],
    }.items():
        (box / folder).mkdir()
        (box / folder / "deeper").mkdir()
        for name in names:
            (box / folder / name).write_bytes(files[name])
    return box


def key_of(issued: IssuedCertificate) -> PrivateKey:
    assert isinstance(issued.key, RSAPrivateKey)
    return wrap_key(issued.key, made_here=True)


def oin_of(issued: IssuedCertificate) -> str:
    return issued.facts.subject_serial_numbers[0].value


def asked(issued: IssuedCertificate, *names: str) -> bytes:
    facts = issued.facts
    values = {attribute.name: attribute.value for attribute in facts.subject}
    wanted = names or tuple(name.value for name in facts.subject_alternative_name or ())
    return to_pem("CERTIFICATE REQUEST", request(subject(**values), dns(*wanted), key=key_of(issued)))


def check(run: Command, box: Path, line: str, *more: str) -> Ran:
    words = [str(box / word[1:]) if word.startswith("@") else word for word in line.split()]
    return run(
        "cert", "check", *words, "--chain", box / "chain.pem", "--trust", box / "root.pem", "--crl", box / "crl",
        "-e", "preproduction", "--offline", "--revocation", "require", "--moment", "2026-11-22T12:00:00Z", *more,
    )  # fmt: skip


# each delivery, how it ends, what is said at WARNING or ERROR; and who asks it
DELIVERIES: list[tuple[str, int, set[str]]] = [
    # every end-entity certificate of every input is judged, in any order, and the worst decides (issue 8, 1)
    ("@good.pem", 0, set()),
    ("@full.pem", 0, set()),
    ("@reversed.pem", 0, set()),
    ("@two.pem", 0, set()),
    ("@good-bad.pem", 10, {"revocation.status.revoked"}),
    ("@bad-good.pem", 10, {"revocation.status.revoked"}),
    ("@good-bad.p7b", 10, {"revocation.status.revoked"}),
    ("@full.p7b", 0, set()),
    # of a keystore the key entries; without any, every end entity
    ("@one.p12", 0, set()),
    ("@two.p12", 10, {"revocation.status.revoked"}),
    ("@trusted.p12", 0, set()),
    ("@two.jks", 10, {"revocation.status.revoked"}),
    ("@trusted.jks", 0, set()),
    ("@truststore.jks", 10, {"revocation.status.revoked"}),
    ("@two.jks --alias good", 0, set()),
    ("@two.p12 --certificate 1", 0, set()),
    ("@two.p12 --certificate 2", 10, {"revocation.status.revoked"}),
    # a part that could not be read is never 0; design/cli.md: 10 > 1 > 11 > 12 > 0
    ("@broken-good.pem", 1, {"file.block.readable"}),
    ("@good-broken.pem", 1, {"file.block.readable"}),
    ("@bad-broken.pem", 10, {"file.block.readable", "revocation.status.revoked"}),
    ("@good.pem @broken.pem", 1, set()),
    ("@bad.pem @broken.pem", 10, {"revocation.status.revoked"}),
    ("@good.pem @absent.pem --fail-on notice", 1, set()),
    # folders
    ("@clean", 0, set()),
    ("@mixed", 10, {"revocation.status.revoked"}),
    ("@torn", 1, set()),
    ("@torn-bad", 10, {"revocation.status.revoked"}),
    # metadata states its entity ID; the OIN of each certificate must be the same (ST-SAML, eTD)
    ("@mine.xml --for digid-machtigen", 0, set()),
    ("@theirs.xml --for digid-machtigen", 10, {"system.oin.equals_entity_id"}),
    ("@second-bad.xml --for digid-machtigen", 10, {"revocation.status.revoked"}),
    ("@mine.xml", 0, set()),
    ("@theirs.xml", 10, {"oin.entity_id.certificate"}),
    ("@mine.xml --for eherkenning", 10, {"system.entity_id.scheme", "system.hierarchy.accepted"}),
    ("@good.pem --entity-id https://voorbeeld.nl/saml --for digid", 0, set()),
    ("@good.pem --entity-id https://voorbeeld.nl/saml --for digid-machtigen", 10, {"system.entity_id.scheme"}),
    ("@good.pem --entity-id https://voorbeeld.nl/saml --for digikoppeling", 10, {"oin.entity_id.syntax"}),
    ("@leaked.xml", 10, {"received.private_key.published", "file.block.readable"}),
    # a private key in the file
    ("@own-key.pem", 0, set()),
    ("@other-key.pem", 10, {"received.private_key.foreign"}),
    # is it mine, and what I asked for
    ("@good.pem --key @good.key", 0, set()),
    ("@good.pem --key @locked.key --passphrase-file @passphrase", 0, set()),
    ("@good.pem --key @other.key", 10, {"received.key.match"}),
    ("@good.pem --key @good.pub", 0, set()),
    ("@good.pem --key @good.pub.der", 0, set()),
    ("@good.pem --key @other.pub", 10, {"received.key.match"}),
    ("@good.pem --csr @good.csr", 0, set()),
    ("@good.pem --csr @wider.csr", 10, {"received.request.dns_missing"}),
    ("@good.pem --csr @other.csr", 10, {"received.request.key"}),  # what it asks is of another certificate
    (f"@good.pem --oin {OTHER_OIN}", 10, {"received.oin.match"}),
    ("@good.pem --organization Elders", 10, {"received.organization.match"}),
    ("@good.pem --expect @expect.toml", 0, set()),
    ("@good.pem --expect @expect-other.toml", 10, {"received.oin.match"}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "said"), DELIVERIES, ids=[line for line, _, _ in DELIVERIES])
def test_a_delivery_ends_as_it_should(run: Command, box: Path, line: str, code: int, said: set[str]) -> None:
    ran = check(run, box, line, "--json")
    assert ran.code == code, ran.out + ran.err
    document = ran.document
    assert_valid(document, "cert-check-v2")
    reports = [file["report"] for file in document["files"] if file["report"]]
    reports += [one["report"] for one in document["certificates"]]
    heavy = {f["code"] for report in reports for f in report["findings"] if f["severity"] in {"warning", "error"}}
    assert heavy - {"system.hierarchy.unconfirmed"} == said


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line, code, _ in DELIVERIES if code != 1])
def test_version_1_of_the_document_says_no_less_of_the_verdict(run: Command, box: Path, line: str) -> None:
    ran = check(run, box, line, "--json", "--json-version", "1")
    assert_valid(ran.document, "cert-check-v1")
    verdicts = {one["report"]["verdict"] for one in ran.document["certificates"]}
    assert ("failed" in verdicts) is (ran.code == 10)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("@good.pem --oin 0000000327322975000", 2, "20"),
        ("@good.pem --oin nonsense", 2, "OIN"),
        ("@good.pem --entity-id https://voorbeeld.nl/saml", 2, "--for"),
        ("@good.pem --entity-id=", 2, "--entity-id"),
        ("@good.pem --key @good.pem", 1, "good.pem"),
        ("@good.pem --key @two.key", 1, "two.key"),
        ("@good.pem --key @locked.key", 1, "--passphrase-file"),
        ("@good.pem --key @absent.key", 1, "absent.key"),
        ("@good.pem --key @note.txt", 1, "note.txt"),
        ("@good.pem --csr @good.pem", 1, "good.pem"),
        ("@good.pem --csr @good.key", 1, "good.key"),
        ("@good.pem --expect @note.txt", 1, "note.txt"),
        (f"@good.pem --expect @expect.toml --oin {OTHER_OIN}", 2, "--oin"),
        ("@good.pem --expect @expect.toml --key @good.key", 2, "--key"),
        ("@two.jks --alias nobody", 2, "1 bad; 2 good"),
        ("@two.pem --certificate 3", 2, "2 "),
        ("@good.pem @two.pem --certificate 1", 2, "--certificate"),
        ("@good.pem @two.pem --alias a", 2, "--alias"),
        ("@mixed --certificate 1", 2, "--certificate"),
        ("@bare", 1, "bare"),
        ("@broken.pem", 1, "PEM"),
        ("@good.pem --json-version 3", 2, "3"),
    ],
)  # fmt: skip
def test_what_is_given_wrongly_gets_one_sentence(run: Command, box: Path, line: str, code: int, words: str) -> None:
    ran = check(run, box, line)
    assert ran.code == code, ran.out + ran.err
    assert words in ran.err
    assert ran.out == "" or (ran.document["schema"], ran.document["exit_code"]) == ("pkitools.error/v1", code)


def test_each_certificate_is_named_in_text(run: Command, box: Path) -> None:
    ran = check(run, box, "@two.jks")
    assert "1 of 2, bad" in ran.told
    assert "2 of 2, good" in ran.told
    assert "FAILED" in ran.out
    assert "PASSED" in ran.out
    assert "1 of 1, SPSSODescriptor signing" in check(run, box, "@mine.xml").told
    assert "1 of 1" not in check(run, box, "@good.pem").out


def test_what_there_is_to_say_of_the_file_stands_with_its_only_certificate_or_after_all(
    run: Command, box: Path
) -> None:
    alone = check(run, box, "@other-key.pem").out
    assert "PASSED" not in alone
    assert "received.private_key.foreign" in alone
    several = check(run, box, "@two.pem @broken-good.pem --verbose").out
    assert several.count("file.block.readable") == 2  # the finding, and what was not checked because of it


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("command", [("show",), ("check", "-e", "preproduction", "--offline", "--verbose"), ("lint",)])
def test_a_certificate_with_bytes_behind_it_is_not_said_to_be_passed_over(
    run: Command, box: Path, tmp_path: Path, language: str, command: tuple[str, ...]
) -> None:
    (der,) = read_source((box / "good.pem").read_bytes(), "good").certificates[:1]
    (tmp_path / "x.der").write_bytes(der + b"123456789")
    ran = run("--lang", language, "cert", *command, tmp_path / "x.der")
    told = " ".join((ran.out + ran.err).split())
    assert re.search(r"\b9 (?:more )?bytes|Bytes (?:na|after|behind) ", told)
    assert not re.search(r"passed over|was not judged(?! whole)|is overgeslagen|niet beoordeeld: ", told)


def test_what_comes_next_for_a_keystore_opens_it_again(run: Command, box: Path) -> None:
    """The command that stood there, pasted into a script, stopped for want of a passphrase."""
    words = "--for digid-machtigen --key @good.key --passphrase-file @passphrase --json"
    for name, is_locked in (("one.p12", True), ("full.pem", False)):
        (one,) = check(run, box, f"@{name} {words}").document["certificates"]
        command = one["next"]["command"][1:]
        assert ("--passphrase-file" in command) is is_locked, command
        assert command[:2] == ["export", "public"], command
        assert run(*command).code == 0, command


def test_a_key_that_was_mailed_is_what_comes_first_and_one_behind_a_passphrase_is_not(run: Command, box: Path) -> None:
    """The step was to ask about TRIAL, above a warning that anybody could have the key."""
    for key, severity, first in (("good.key", "warning", "create"), ("locked.key", "notice", "show")):
        message = EmailMessage()
        message["From"], message["Subject"] = "tsp@example.nl", "Uw certificaat"
        for name in ("full.pem", key):
            message.add_attachment((box / name).read_bytes(), "application", "x-pem-file", filename=name)
        (box / "key.eml").write_bytes(message.as_bytes())
        document = check(run, box, "@key.eml --for digid-machtigen --passphrase-file @passphrase --json").document
        (found,) = [each for each in document["files"][0]["delivery"]["findings"] if "private_key" in each["code"]]
        (one,) = document["certificates"]
        assert (found["severity"], one["next"]["command"][2]) == (severity, first)


def test_what_lies_beside_certificates_in_a_folder_is_told(run: Command, box: Path) -> None:
    ran = check(run, box, "@clean", "--json")
    for name in ("note.txt", "logo.png"):
        assert f"{name}: passed over, it holds no certificate." in ran.err
    for name in ("good.csr", "good.key"):
        assert f"{name}: compared with the certificates." in ran.err
    errors = {Path(file["name"]).name: file["error"] for file in ran.document["files"]}
    assert errors.pop("good.pem") is None
    assert all(error["passed_over"] for error in errors.values())
    torn = check(run, box, "@torn", "--json").document["files"]
    assert [file["error"]["passed_over"] for file in torn if file["error"]] == [True, False]  # a folder, a file


@pytest.mark.parametrize(
    ("named", "code", "said"),
    [
        ("@good.key", 0, None),
        ("@good.key @good.csr", 0, None),
        ("@other.key", 10, "received.private_key.beside"),
        ("@other.csr", 0, "received.request.next"),
    ],
)
def test_a_key_that_is_named_beside_a_certificate_is_compared_and_not_unreadable(
    run: Command, box: Path, named: str, code: int, said: str | None
) -> None:
    ran = check(run, box, f"@good.pem {named}", "--json")
    assert ran.code == code, ran.out
    found = ran.document["reuse"]["findings"] if ran.document["reuse"] else []
    assert [each["code"] for each in found] == ([said] if said else [])
    assert ran.err.count("compared with the certificates") == len(named.split())
    assert ran.document["verdict"] == ("passed" if code == 0 else "failed")
    if code:
        assert check(run, box, f"@good.pem {named}").out.startswith("FAILED")


def test_what_comes_next_says_which_certificate_of_the_file_it_is_about(
    run: Command, box: Path, tmp_path: Path
) -> None:
    line = "@two.pem --certificate 1 --key @good.key --for digid-machtigen"
    (one,) = check(run, box, line, "--json").document["certificates"]
    command = one["next"]["command"]
    assert command[command.index("--certificate") + 1] == one["certificate"]["sha256"][:16]
    out = command.index("--out") + 1
    assert run(*command[1:out], tmp_path / "public.pem", *command[out + 1 :]).code == 0


REQUESTED = ("csr", "check", "--profile", "g1-server", "-e", "preproduction", "--json")


def test_the_key_that_lies_with_a_request_is_compared_also_beside_one_that_is_given(
    run: Command, box: Path, tmp_path: Path
) -> None:
    """The product of the key that is given and the one in the file: neither may be another's."""
    asked, both = (box / "good.csr").read_bytes(), tmp_path / "both.csr"
    for given, lying in product((None, "good.key", "other.key"), (None, "good.key", "other.key")):
        both.write_bytes(asked + (b"" if lying is None else (box / lying).read_bytes()))
        ran = run(*REQUESTED, both, *([] if given is None else ["--key", box / given]))
        findings = ran.document["results"][0]["report"]["findings"]
        foreign = "other.key" in (given, lying)
        assert ("csr.key.match" in {found["code"] for found in findings}) is foreign, (given, lying)


def test_no_request_is_sent_on_beside_what_was_not_read_or_judged(run: Command, box: Path, tmp_path: Path) -> None:
    asked = (box / "good.csr").read_bytes()
    torn = asked.replace(b"MII", b"AAA", 1)
    cases = {"torn": asked + torn, "certificate": asked + (box / "bad.pem").read_bytes(), "several": asked + asked}
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        ran = run("--lang", "en", *REQUESTED, tmp_path / name)
        following = ran.document["next"]
        assert ("was not judged here" in ran.err) is (name == "certificate")
        assert (following["command"] is None) is (name != "certificate"), following
        if name == "torn":
            assert "not judged, or not all of it" in following["en"]
        if name == "several":
            assert "a file of its own" in following["en"]


def test_the_certificates_of_one_file_are_not_held_against_each_other(run: Command, box: Path) -> None:
    assert check(run, box, "@two.pem --for digid", "--json").document["reuse"] is None
    assert check(run, box, "@good.pem @two.pem --for digid", "--json").document["reuse"] is not None


def test_the_passphrase_of_a_java_keystore_is_held_to_its_digest(run: Command, box: Path, tmp_path: Path) -> None:
    body = (box / "two.jks").read_bytes()[:-20]
    digest = hashlib.sha1("geheim123".encode("utf-16-be") + b"Mighty Aphrodite" + body, usedforsecurity=False).digest()
    (tmp_path / "two.jks").write_bytes(body + digest)
    line = f"{tmp_path / 'two.jks'} --alias good --passphrase-file"
    assert check(run, box, f"{line} @wrong").code == 1
    ran = check(run, box, f"{line} @passphrase --verbose")
    assert ran.code == 0, ran.err
    assert "compared with no certificate or request" in ran.told, "the keys in it are noise"
    assert "If it has another than the keystore, compare it with --key." in ran.told


def test_folders_in_a_folder_are_counted_in_every_form_of_the_answer(run: Command, box: Path) -> None:
    for count, words in ((1, "1 subfolder passed over"), (2, "2 subfolders passed over")):
        if count > 1:
            (box / "clean" / "other").mkdir(exist_ok=True)
        assert words in check(run, box, "@clean").out
        assert words in check(run, box, "@clean", "--quiet").err
        told = check(run, box, "@clean", "--json").document
        [entry] = [each for each in told["files"] if (each["error"] or {}).get("code") == "sources.error.subfolders"]
        assert (entry["name"], entry["error"]["passed_over"]) == (str(box / "clean"), True)
    assert "subfolder" not in check(run, box, "@good.pem").told


@pytest.mark.parametrize("within", [(), ("deeper",)])
def test_a_folder_without_a_file_holds_no_certificate(
    run: Command, box: Path, tmp_path: Path, within: tuple[str, ...]
) -> None:
    (tmp_path / "map").joinpath(*within).mkdir(parents=True)
    ran = check(run, box, str(tmp_path / "map"))
    assert ran.code == 1
    assert "certificate" in ran.err
    assert "sources.error.folder_without_certificates" in check(run, box, str(tmp_path / "map"), "--json").out


def test_standard_input_is_judged_whole_too(run: Command, box: Path) -> None:
    stdin = (box / "good-bad.pem").read_bytes()
    ran = run(
        "cert", "check", "-", "--chain", box / "chain.pem", "--trust", box / "root.pem", "--crl", box / "crl",
        "-e", "preproduction", "--offline", "--moment", "2026-11-22T12:00:00Z", stdin=stdin,
    )  # fmt: skip
    assert ran.code == 10
    assert "2 of 2" in ran.out


@pytest.mark.parametrize(("line", "code"), [("@good-broken.pem", 1), ("@clean", 0), ("@torn", 1), ("@bare", 1)])
def test_lint_ends_alike(run: Command, box: Path, line: str, code: int) -> None:
    ran = run("cert", "lint", box / line[1:], "--moment", "2026-11-22T12:00:00Z")
    assert ran.code == code, ran.out + ran.err


# -- the shared cases -------------------------------------------------------------------------------------------------

MULTI = (
    "cert check {file} -e preproduction --for digikoppeling --trust multi/trust.pem --chain multi/d.chain.pem "
    "--crl multi/crl --offline --revocation require --moment 2026-11-26T13:37:31Z"
)
PUBLIC = "cert check {file} -e production --revocation off --for digikoppeling --offline --moment 2026-11-26T12:00:00Z"
R09 = (
    "cert check {file} --trust R09/trust.pem -e preproduction --revocation off --offline --moment 2026-11-26T14:00:00Z"
)
EQUAL = "system.oin.equals_entity_id"
TEST_INDEX = "oin.entity_id.production_index"  # 9000 is a test system
CASES: list[tuple[str, str, str, int, list[set[str]]]] = [
    ("several-1", MULTI, "multi/db.pem", 10, [set(), {"revocation.status.revoked"}]),
    ("several-1", MULTI, "multi/bd.pem", 10, [{"revocation.status.revoked"}, set()]),
    ("several-2", MULTI, "multi/corrupt_b_then_d.pem", 1, [set()]),
    ("metadata-1", MULTI.replace("digikoppeling", "digid-machtigen"), "multi/metadata_wrong_oin.xml", 10,
     [{EQUAL, "path.anchor.found"}, {EQUAL, "path.anchor.found"}]),
    ("R01", PUBLIC, "R01/twoleafs.pem", 10, [set(), {"path.validity.expired", "system.oin.required"}]),
    ("R01", PUBLIC, "R01/twoleafs_oldfirst.pem", 10, [{"path.validity.expired", "system.oin.required"}, set()]),
    ("R02", PUBLIC.replace("digikoppeling", "digid"), "R02/sp_meta_newfirst.xml", 10,
     [{EQUAL, TEST_INDEX}, {TEST_INDEX, "path.validity.expired", "system.oin.required"}]),
    ("R09", R09, "R09/otherkey.pem", 10, [set()]),
    ("R09", R09, "R09/ownkey.pem", 0, [set()]),
]  # fmt: skip


@pytest.mark.parametrize(("case", "line", "file", "code", "errors"), CASES, ids=[f"{c[0]}-{c[2]}" for c in CASES])
def test_a_shared_case(
    run: Command, monkeypatch: pytest.MonkeyPatch, case: str, line: str, file: str, code: int, errors: list[set[str]]
) -> None:
    monkeypatch.chdir(shared("cases"))
    ran = run(*line.format(file=file).split(), "--json")
    assert ran.code == code, ran.out + ran.err
    assert [
        {finding["code"] for finding in one["report"]["findings"] if finding["severity"] == "error"}
        for one in ran.document["certificates"]
    ] == errors


@pytest.mark.slow
def test_the_shared_case_of_two_key_entries(run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(shared("cases"))
    secret = tmp_path / "passphrase"
    secret.write_text("geheim123")
    secret.chmod(0o600)
    line = MULTI.format(file="multi/two_entries.p12").split()
    ran = run(*line, "--passphrase-file", secret, "--json")
    assert [one["alias"] for one in ran.document["certificates"]] == ["prod", "pre"]
    chosen = run(*line, "--passphrase-file", secret, "--alias", "pre", "--json").document["certificates"]
    assert [(one["alias"], one["number"]) for one in chosen] == [("pre", 2)]


# -- the file as delivered --------------------------------------------------------------------------------------------

# each file, what is said of it as it was delivered, and how it ends when that is asked to count
DELIVERED: list[tuple[str, set[str], int]] = [
    ("full.pem", set(), 0),
    ("good.pem", set(), 0),  # the rest of the chain is given beside it
    ("reversed.pem", {"delivery.chain.order"}, 10),
    ("own-key.pem", set(), 0),
    ("full.p7b", set(), 0),
    ("one.p12", set(), 0),
    ("mine.xml", set(), 0),
    ("truststore.jks", set(), 10),  # one of the two is revoked
    ("spaced.pem", {"delivery.text.readable"}, 10),
    ("twice.pem", {"delivery.certificate.twice"}, 0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "codes", "strictly"), DELIVERED, ids=[row[0] for row in DELIVERED])
def test_how_a_file_was_delivered_is_told_and_counts_only_where_asked(
    run: Command, box: Path, name: str, codes: set[str], strictly: int
) -> None:
    full = (box / "full.pem").read_bytes()
    (box / "spaced.pem").write_bytes(b"  " + full)
    (box / "twice.pem").write_bytes((box / "good.pem").read_bytes() + full)
    ran = check(run, box, f"@{name}", "--json")
    assert ran.code == (10 if name == "truststore.jks" else 0)
    assert_valid(ran.document, "cert-check-v2")
    (file,) = ran.document["files"]
    assert {finding["code"] for finding in file["delivery"]["findings"]} == codes
    of_certificates = {f["code"] for one in ran.document["certificates"] for f in one["report"]["findings"]}
    assert not {code for code in of_certificates if code.startswith("delivery.")}
    strict = check(run, box, f"@{name}", "--strict-delivery", "--json")
    assert strict.code == strictly
    severities = {f["severity"] for f in strict.document["files"][0]["delivery"]["findings"]}
    assert severities <= {"error", "notice"}


def test_the_file_is_told_below_what_is_in_it_in_both_languages(run: Command, box: Path) -> None:
    for language, heading in (("nl", "Bestand: "), ("en", "File: ")):
        told = run("--lang", language, *_line(box / "reversed.pem", box)).out
        assert told.index("[delivery.chain.order]") > told.index(f"\n{heading}") > told.index("good.voorbeeld.nl")
    assert "File: " not in check(run, box, "@full.pem").out


def test_fail_on_is_not_about_the_file(run: Command, box: Path) -> None:
    usual = check(run, box, "@full.pem", "--fail-on", "warning")
    assert check(run, box, "@reversed.pem", "--fail-on", "warning").code == usual.code
    assert check(run, box, "@reversed.pem", "--fail-on", "warning", "--strict-delivery").code == 10


def test_version_1_knows_nothing_of_the_file(run: Command, box: Path) -> None:
    ran = check(run, box, "@reversed.pem", "--json", "--json-version", "1")
    assert_valid(ran.document, "cert-check-v1")
    assert "delivery" not in ran.out


def _line(file: Path, box: Path) -> list[str]:
    more = f"--chain {box}/chain.pem --trust {box}/root.pem --crl {box}/crl -e preproduction --offline"
    return ["cert", "check", str(file), *more.split(), "--moment", "2026-11-22T12:00:00Z"]


@pytest.mark.parametrize(
    ("file", "codes"),
    [
        ("R04/leaf.pem", {"delivery.chain.complete"}),
        ("R05/rootfirst.pem", {"delivery.chain.order", "delivery.chain.root"}),
    ],
)
def test_a_shared_case_of_a_file(run: Command, monkeypatch: pytest.MonkeyPatch, file: str, codes: set[str]) -> None:
    monkeypatch.chdir(shared("cases"))
    line = PUBLIC.format(file=file).split()
    ran = run(*line, "--json")
    assert ran.code == 0
    assert {finding["code"] for finding in ran.document["files"][0]["delivery"]["findings"]} == codes
    assert run(*line, "--strict-delivery").code == 10
