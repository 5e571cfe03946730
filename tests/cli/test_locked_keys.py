"""A locked key beside what it may belong to is told in one sentence, with one exit code, whichever way it came."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from pkitools.messages import LANGUAGES, Language, message
from pkitools.requests.keys import load_key, to_pem
from pkitools_test_pki.self_signed import self_signed
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.page import Read, Visitor
from tests.support.requests import request

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = {"oin": "00000003273229750000", "organization": "Gemeente", "common_name": "x.example.nl"}
CERTIFICATE = (
    *("cert", "check", "-e", "preproduction", "--for", "digid-machtigen", "--offline"),
    *("--moment", MOMENT.isoformat()),
)
REQUEST = ("csr", "check")
GOOD, WRONG = b"geheim en lang genoeg", b"een ander wachtwoord"
FORMS = {"pkcs8": PrivateFormat.PKCS8, "old": PrivateFormat.TraditionalOpenSSL}
GIVEN = {"none": None, "wrong": WRONG, "good": GOOD}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir(mode=0o700)
    return tmp_path / "d"


def put(folder: Path, form: str, *, certificate: bool) -> tuple[str, str]:
    """A certificate or a request, and its key, encrypted."""
    made = self_signed(moment=MOMENT, keys=SHARED_KEYS, dns=["x.example.nl"], **NAMES)
    own = load_key(made.key_pem, "a.key")
    name = "a.pem" if certificate else "a.csr"
    one = made.pem if certificate else to_pem("CERTIFICATE REQUEST", request(key=own))
    secret = made.key.private_bytes(Encoding.PEM, FORMS[form], BestAvailableEncryption(GOOD))
    for file, data in ((name, one), ("a.key", secret)):
        (folder / file).write_bytes(data)
        (folder / file).chmod(0o600)
    return f"d/{name}", "d/a.key"


def sentence(given: str, language: Language) -> str:
    slug = "needed" if given == "none" else "wrong"
    return message(f"requests.error.passphrase_{slug}", {"name": "d/a.key"}, language).message


@pytest.mark.parametrize("certificate", [True, False])
@pytest.mark.parametrize(("form", "given", "language"), list(product(FORMS, GIVEN, LANGUAGES)))
def test_one_sentence_and_one_exit_code(
    run: Command,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    given: str,
    language: Language,
    certificate: bool,
) -> None:
    one, key = put(folder, form, certificate=certificate)
    monkeypatch.setenv("SECRET", (GIVEN[given] or b"").decode())
    secret = () if GIVEN[given] is None else ("--passphrase-env", "SECRET")
    head = CERTIFICATE if certificate else REQUEST
    ways = {"named": (one, key), "folder": ("d",), "option": (one, "--key", key)}
    ran = {way: run("--lang", language, *head, *words, *secret) for way, words in ways.items()}
    for way, each in ran.items():
        assert (sentence(given, language) in " ".join(each.err.split())) is (given != "good"), (way, each)
        assert each.code == (0 if given == "good" else 1), (way, each)
        assert "overgeslagen" not in each.err, way
        assert "passed over" not in each.err, way


def test_a_certificate_without_its_key_and_a_key_without_its_certificate_are_as_before(
    run: Command, folder: Path
) -> None:
    put(folder, "pkcs8", certificate=True)
    assert "no certificate" not in run(*CERTIFICATE, "d/a.pem").err
    assert run(*CERTIFICATE, "d/a.pem").code == 0
    alone = run("--lang", "en", *CERTIFICATE, "d/a.key")
    assert alone.code == 1
    assert "d/a.key holds a private key and not what is asked for" in " ".join(alone.err.split())


@pytest.mark.parametrize(("form", "given"), list(product(FORMS, GIVEN)))
def test_the_page_says_the_same(folder: Path, form: str, given: str) -> None:
    put(folder, form, certificate=True)
    files = [(name, (folder / name).read_bytes()) for name in ("a.pem", "a.key")]
    fields = {} if GIVEN[given] is None else {"passphrase": (GIVEN[given] or b"").decode()}
    text = Read(Visitor().drop(files, environment="preproduction", system="digid-machtigen", **fields)).text
    assert (sentence(given, "en").replace("d/", "") in " ".join(text.split())) is (given != "good"), text
    assert ("a.key: compared with the certificates." in text) is (given == "good")


@pytest.mark.parametrize("given", ["none", "wrong"])
def test_of_a_key_in_the_file_of_its_certificate_it_is_told_too(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    put(folder, "pkcs8", certificate=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "a.pem").read_bytes() + (folder / "a.key").read_bytes())
    both.chmod(0o600)
    monkeypatch.setenv("SECRET", WRONG.decode())
    secret = () if given == "none" else ("--passphrase-env", "SECRET")
    told = run("--lang", "en", *CERTIFICATE, "d/both.pem", "--verbose", *secret).told
    assert ("Not opened by this passphrase" in told) is (given == "wrong")
    assert ("Encrypted or not to be opened" in told) is (given == "none")
