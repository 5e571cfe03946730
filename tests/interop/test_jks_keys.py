"""The keys of Java keystores, as keytool locks them: opened, compared, and never taken for another's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pkitools.checking.private_keys import check_private_keys, public_half
from pkitools.containers import ItemKind, jks_keys, read_source
from pkitools.containers.jks_keys import opened
from pkitools.x509 import read_certificate
from tests.support.judges import KEYTOOL, judge

pytestmark = [pytest.mark.slow, pytest.mark.interop]

STORE, KEY = "wachtwoord", "sleutél9"
NAMES = ("a", "b")
SORTS = {"a": ("-keyalg", "RSA", "-keysize", "1024"), "b": ("-keyalg", "EC", "-groupname", "secp256r1")}


@pytest.fixture(scope="module", autouse=True)
def derived_once() -> Iterator[None]:
    """Of one salt, passphrase and number of rounds the same comes out, and 200,000 rounds are slow."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jks_keys, "_derived", cache(jks_keys._derived))
        yield


@pytest.fixture(scope="module", params=["JKS", "JCEKS"])
def keystore(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A keystore with two keys: one has the passphrase of the keystore, one has its own."""
    keytool, folder = judge("keytool"), tmp_path_factory.mktemp("keystore")
    passphrases = {"a": STORE, "b": KEY if request.param == "JKS" else "sleutel9"}  # JCEKS takes ASCII alone
    for name in NAMES:
        (folder / "s").write_text(STORE, encoding="utf-8")
        (folder / "k").write_text(passphrases[name], encoding="utf-8")
        line = f"-genkeypair -alias {name} -dname CN={name} -storetype {request.param} -keystore x"
        words = [*line.split(), "-storepass:file", "s", "-keypass:file", "k", *SORTS[name]]
        java = [*KEYTOOL, "-J-Dfile.encoding=UTF-8", "-J-Dsun.jnu.encoding=UTF-8"]
        subprocess.run([keytool, *java, *words], cwd=folder, check=True, capture_output=True, timeout=120)
    return Path(folder / "x").read_bytes()


def test_each_key_is_opened_by_its_own_passphrase_alone(keystore: bytes) -> None:
    contents = read_source(keystore, "x", passphrase=STORE.encode())
    keys = {item.alias: item for item in contents.of_kind(ItemKind.KEY)}
    certificates = {item.alias: read_certificate(item.der) for item in contents.of_kind(ItemKind.CERTIFICATE)}
    own = {"a": (STORE,), "b": (KEY, "sleutel9")}
    for name in NAMES:
        fits = [public_half(keys[name], words.encode()) for words in own[name]]
        found = {half.spki_sha256 for half in fits if half is not None}
        assert found == {certificates[name].public_key.spki_sha256}
        for wrong in {STORE, KEY, "sleutel9", "", "x" * 200} - set(own[name]):
            assert public_half(keys[name], wrong.encode()) is None
        assert public_half(keys[name], b"\xff\xfe") is None
        assert public_half(keys[name]) is None


def test_a_key_that_is_anothers_is_said_and_one_that_stays_closed_too(keystore: bytes) -> None:
    contents = read_source(keystore, "x", passphrase=STORE.encode())
    known = {read_certificate(item.der).public_key.spki_sha256 for item in contents.of_kind(ItemKind.CERTIFICATE)}
    for public_keys, passphrase, foreign in ((known, STORE, 0), (set[str](), STORE, 1), (set[str](), None, 0)):
        given = passphrase.encode() if passphrase else None
        codes = [o.rule.code for o in check_private_keys(contents, public_keys, given) if o.status == "violated"]
        assert codes.count("received.private_key.foreign") == foreign
        assert codes.count("received.private_key.compared") == (1 if passphrase else 2)


def test_no_damage_to_an_entry_is_more_than_a_key_that_is_not_opened(keystore: bytes) -> None:
    contents = read_source(keystore, "x", passphrase=STORE.encode())
    key = next(item.der for item in contents.of_kind(ItemKind.KEY) if item.alias == "a")
    whole = opened(key, STORE.encode())
    assert whole is not None
    for at in range(0, len(key), 61):
        for damaged in (key[:at], key[:at] + bytes([key[at] ^ 0x41]) + key[at + 1 :]):
            assert opened(damaged, STORE.encode()) != whole or damaged == key
