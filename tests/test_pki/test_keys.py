from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from pkitools.errors import InputError, InvalidValueError
from pkitools_test_pki.keys import KeyPool, elliptic_keys, fresh_keys, load_key, private_pem, small_keys, spki
from tests.support.cases import in_one_test


def test_small_keys_keep_the_kind_and_the_end_entity_size(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("pkitools_test_pki.keys.fresh_keys", asked.append)
    small_keys("rsa:4096")
    small_keys("rsa:3072")
    assert asked == ["rsa:2048", "rsa:3072"]


@in_one_test
@pytest.mark.parametrize("wrong", ["rsa", "rsa:12", "rsa:99999", "rsa:\u0664096", "ec:P-1", "dsa:2048", ""])
def test_an_unknown_key_type_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidValueError, match="key type"):
        fresh_keys(wrong)


def test_a_pool_makes_each_key_once() -> None:
    pool = KeyPool(elliptic_keys)
    first = [pool("rsa:4096"), pool("rsa:4096"), pool("rsa:3072")]
    pool.rewind()
    assert [pool("rsa:4096"), pool("rsa:4096"), pool("rsa:3072")] == first
    assert first[0] is not first[1]


def test_a_limited_pool_begins_again() -> None:
    pool = KeyPool(elliptic_keys, limit=2)
    assert [pool("rsa:3072") is pool("rsa:3072"), pool("rsa:3072") is pool("rsa:3072")] == [False, False]
    assert len({id(pool("rsa:3072")) for _ in range(10)}) == 2


def test_a_pool_on_disk_is_the_same_on_the_next_run(tmp_path: Path) -> None:
    first = spki(KeyPool(elliptic_keys, tmp_path)("rsa:4096").public_key())
    (kept,) = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert spki(KeyPool(elliptic_keys, tmp_path)("rsa:4096").public_key()) == first


def test_our_own_keys_load_again() -> None:
    key = elliptic_keys("rsa:4096")
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert spki(load_key(private_pem(key)).public_key()) == spki(load_key(der).public_key())


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        x25519.X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
        ),
    ],
    ids=["text", "empty", "cannot-sign", "encrypted"],
)
def test_what_cannot_sign_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not a private key that can sign"):
        load_key(data)
