"""Old roots are the same as what ``openssl req -x509`` makes of itself: where one lies says which of the two it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import serialization

from pkitools.checking.selection import is_authority
from pkitools.x509 import read_certificate
from pkitools.x509.holder import Holder, holder_of
from tests.portfolio.support import scanned
from tests.support import der
from tests.support.chains import BC, Issued, good_chain, issue
from tests.support.deliveries import jks_of, pem

_ROOT: Final = pem(good_chain().root.der)


@cache
def _issued() -> Issued:
    return issue("Old Root", extensions={BC: (True, der.sequence(der.tlv(0x01, b"\xff")))})


def _key() -> bytes:
    form = serialization.PrivateFormat.PKCS8
    key: bytes = _issued().key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return key


@cache
def _made() -> bytes:
    """CA:TRUE, no keyUsage, no name of a host: Go Daddy Class 2, and ``openssl req -x509 -subj /CN=x``."""
    made = _issued().der
    facts = read_certificate(made)
    assert is_authority(facts)
    assert facts.is_self_issued
    assert holder_of(facts) is not Holder.AUTHORITY
    return made


def _named(directives: str) -> Callable[[], Mapping[str, bytes]]:
    return lambda: {"nginx.conf": f"server {{ {directives} }}".encode(), "kept/x.pem": pem(_made())}


_AUTHORITY: Final[Mapping[str, Callable[[], Mapping[str, bytes]]]] = {
    "bundle": lambda: {"x.pem": _ROOT + pem(_made())},
    "bundle, first": lambda: {"x.pem": pem(_made()) + _ROOT},
    "truststore": lambda: {"x.jks": jks_of(trusted=[_made()])},
    "hash": lambda: {"f081611a.0": pem(_made())},
    "beside a hash": lambda: {"f081611a.0": _ROOT, "Old_Root.pem": pem(_made())},
    "trusted": _named("ssl_client_certificate kept/x.pem;"),
}
_OWN: Final[Mapping[str, Callable[[], Mapping[str, bytes]]]] = {
    "alone": lambda: {"x.pem": pem(_made())},
    "its key in the bundle": lambda: {"x.pem": _ROOT + pem(_made()) + _key()},
    "served": _named("ssl_certificate kept/x.pem;"),
    "served and trusted": _named("ssl_client_certificate kept/x.pem; ssl_certificate kept/x.pem;"),
    "not a hash": lambda: {"f081611a.01": _ROOT, "Old_Root.pem": pem(_made())},
}


@pytest.mark.parametrize("where", [*_AUTHORITY, *_OWN])
def test_where_it_lies_says_whether_it_is_an_authority_or_somebodys_own(tmp_path: Path, where: str) -> None:
    files = {**_AUTHORITY, **_OWN}[where]()
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    # what a configuration names lies where no folder was given
    given = [tmp_path / "nginx.conf"] if "nginx.conf" in files else [tmp_path]
    (one,) = (one for one in scanned(*given).certificates if one.sha256 == read_certificate(_made()).sha256)
    assert one.is_authority == (where in _AUTHORITY)
