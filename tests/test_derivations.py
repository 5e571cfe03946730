"""Keys that the tests derive once are those that are derived, and what locks a private key and opens it uses them."""

from __future__ import annotations

from itertools import product

import pytest
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.kdf import pbkdf2
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pkitools.errors import SecretError
from pkitools.requests import load_key
from tests.support import derivations
from tests.support.requests import pooled_key

ASKED = list(product((SHA1(), SHA256()), (16, 32), (b"one salt", b"other salt"), (1, 2), (b"secret", b"secreT")))


def test_what_is_derived_is_what_is_derived_ever_and_of_all_else_another() -> None:
    theirs = [_derived(derivations.derived_anew, *each) for each in ASKED]
    for _ in range(2):
        assert [_derived(pbkdf2.PBKDF2HMAC, *each) for each in ASKED] == theirs
    assert len(set(theirs)) == len(ASKED)


def _derived(
    made_by: type, algorithm: HashAlgorithm, length: int, salt: bytes, rounds: int, passphrase: bytes
) -> bytes:
    key: bytes = made_by(algorithm, length, salt, rounds).derive(passphrase)
    return key


def test_the_library_locks_and_opens_keys_so_and_what_follows_has_another_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real thing is asked for two salts only, and for each other passphrase; others open all of them."""
    monkeypatch.setattr(derivations, "_kept", {})
    key = pooled_key("ec:p-256")
    locked = [key.pem(b"one of its own") for _ in range(4)]
    assert len(derivations._kept) == 2
    for pem in locked:
        assert load_key(pem, "k", passphrase=b"one of its own").public == key.public
    assert len(derivations._kept) == 2
    assert len(set(locked)) == 4
    assert load_pem_private_key(locked[0], b"one of its own").public_key() == load_pem_private_key(
        locked[1], b"one of its own"
    ).public_key()  # fmt: skip
    with pytest.raises(SecretError):
        load_key(locked[0], "k", passphrase=b"another")


def test_of_another_size_what_is_random_is_random() -> None:
    assert len({derivations.urandom(derivations.SALT) for _ in range(4)}) == 2
    assert len({derivations.urandom(16) for _ in range(4)}) == 4
