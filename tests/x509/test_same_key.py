"""A key that is for RSASSA-PSS alone is another than the plain RSA key of the same numbers."""

from __future__ import annotations

from itertools import product
from typing import Final

from pkitools.x509.der import SEQUENCE, children, encoded, root
from pkitools.x509.keys import is_same_key, read_public_key, thumbprints
from pkitools.x509.model import PublicKey
from tests.support.der import oid, sequence
from tests.support.requests import pooled_key

_PSS: Final = sequence(oid("1.2.840.113549.1.1.10"))


def for_pss(key: PublicKey) -> PublicKey:
    spki = sequence(_PSS, encoded(key.spki, children(key.spki, root(key.spki, SEQUENCE))[1]))
    return read_public_key(spki, root(spki, SEQUENCE), lambda _: None)


def test_what_a_key_may_sign_with_is_part_of_which_key_it_is() -> None:
    kinds = ("rsa:2048", "rsa:3072", "ec:p-256")
    plain = {kind: pooled_key(kind).public for kind in kinds}
    keys = [*plain.items(), *((kind, for_pss(plain[kind])) for kind in kinds if kind.startswith("rsa"))]
    for (one, key), (other, beside) in product(keys, repeat=2):
        alike = one == other and key.algorithm == beside.algorithm
        assert is_same_key(key, beside) is alike
        assert (key.spki_sha256 in thumbprints(beside)) is alike
