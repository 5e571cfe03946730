"""A key on a token signs requests: SoftHSM2 through python-pkcs11, and OpenSSL judges what it signed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pkitools.requests import PrivateKey, generate_key, read_request
from tests.support.command import Command, Ran
from tests.support.judges import judge
from tests.support.requests import pooled_key, small_key

PIN, SO_PIN, NAME = "83746", "73645362", "canary token"
PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
MODULE = next((place for place in PLACES if Path(place).exists()), "")
GIVEN = (
    "--oin",
    "00000003273229750000",
    "--organization",
    "Gemeente",
    "--common-name",
    "api.example.nl",
    "-e",
    "production",
)

pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: no key on a token can be tried")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.interop,
    pytest.mark.skipif(not MODULE or shutil.which("softhsm2-util") is None, reason="softhsm2 is not installed"),
]

Create = Callable[..., Ran]


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a token with a key, two of one name, one that is too small, and a second token."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n", encoding="utf-8")
    for label in (NAME, "other"):
        util(config, "--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", PIN)
    keys = {"mine": pooled_key(), "twice": generate_key("rsa:3072"), "small": small_key(1024)}
    for number, (label, identifier) in enumerate((("mine", "01"), ("twice", "02"), ("twice", "03"), ("small", "04"))):
        import_key(config, folder / f"{number}.pem", keys[label], label, identifier)
    return config


def util(config: Path, *arguments: str) -> None:
    command = [judge("softhsm2-util"), *arguments]
    subprocess.run(command, check=True, capture_output=True, env={"SOFTHSM2_CONF": str(config)})


def import_key(config: Path, path: Path, key: PrivateKey, label: str, identifier: str) -> None:
    path.write_bytes(key.pem(None))
    util(config, "--import", str(path), "--token", NAME, "--label", label, "--id", identifier, "--pin", PIN, "--force")


@pytest.fixture
def create(run: Command, token: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Create:
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    monkeypatch.setenv("SOFTHSM2_CONF", str(token))
    monkeypatch.setenv("TOKEN_PIN", PIN)

    def call(uri: str, *more: str, module: str = MODULE) -> Ran:
        whole = f"pkcs11:{uri}?module-path={module}" if module else f"pkcs11:{uri}"
        given = more or ("--profile", "g4-tls")
        ran = run("csr", "create", *GIVEN, "--out", "x", "--pkcs11", whole, "--passphrase-env", "TOKEN_PIN", *given)
        assert PIN not in ran.out + ran.err
        return ran

    return call


MINE = f"token={NAME.replace(' ', '%20')};object=mine"


@pytest.mark.parametrize(("profile", "scheme"), [("g4-tls", "rsassaPss"), ("g1-server", "sha256WithRSAEncryption")])
def test_the_token_signs_and_another_judge_takes_the_signature(create: Create, profile: str, scheme: str) -> None:
    ran = create(MINE, "--profile", profile)
    assert ran.code == 0, ran.err
    assert {path.name for path in Path().iterdir()} == {"x.csr"}
    assert read_request(Path("x.csr")).public_key.spki == pooled_key().public.spki
    command = [judge("openssl"), "req", "-in", "x.csr", "-verify", "-noout", "-text"]
    judged = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "verify OK" in judged.stderr + judged.stdout
    assert scheme in judged.stdout


def test_the_library_may_be_named_elsewhere(create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    assert create(MINE, module="").code == 2
    monkeypatch.setenv("PKITOOLS_PKCS11_MODULE", MODULE)
    assert create(MINE, module="").code == 0


def test_it_may_be_self_signed_as_well(run: Command, create: Create) -> None:
    given = [word for word in GIVEN if word not in {"-e", "production"}]
    system = ("--self-signed", "--for", "digid-machtigen", "-e", "preproduction")
    uri = f"pkcs11:{MINE}?module-path={MODULE}"
    ran = run("csr", "create", *given, *system, "--out", "x", "--pkcs11", uri, "--passphrase-env", "TOKEN_PIN")
    assert ran.code == 0, ran.err
    assert {path.name for path in Path().iterdir()} == {"x.pem"}


WRONG = {
    "no token": ("token=nobody;object=mine", "no token that fits"),
    "no key": (MINE.replace("mine", "nobody"), "no private key on the token"),
    "two keys": (MINE.replace("mine", "twice"), "More than one private key"),
    "two tokens": ("object=mine", "More than one token"),
    "too small": (MINE.replace("mine", "small"), "too small"),
}


@pytest.mark.parametrize(("uri", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_sign_is_told_and_nothing_is_written(create: Create, uri: str, told: str) -> None:
    ran = create(uri)
    assert ran.code in {1, 2}
    assert told in ran.err
    assert not list(Path().iterdir())


def test_one_of_two_keys_is_named_by_its_id(create: Create) -> None:
    assert create(f"{MINE.replace('mine', 'twice')};id=%03").code == 0


def test_a_wrong_pin_is_told(create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_PIN", "0000")
    ran = create(MINE)
    assert (ran.code, "The PIN of the token" in ran.err) == (1, True)


@pytest.mark.parametrize("module", ["/nowhere.so", "/etc/passwd"])
def test_what_is_no_library_is_told(create: Create, module: str) -> None:
    ran = create(MINE, module=module)
    assert (ran.code, "cannot be loaded as a PKCS#11 library" in ran.err) == (1, True)


def test_without_a_pin_it_is_asked_for(run: Command, create: Create) -> None:
    ran = run(
        "csr", "create", *GIVEN, "--profile", "g4-tls", "--out", "x", "--pkcs11", f"pkcs11:{MINE}?module-path={MODULE}"
    )
    assert (ran.code, "--passphrase-file" in ran.err) == (2, True)
