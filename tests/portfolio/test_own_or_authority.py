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
from tests.portfolio.support import WHOLE, scanned
from tests.support import der
from tests.support.cases import in_one_test
from tests.support.chains import BC, Issued, authority, good_chain, issue
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


@in_one_test
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


@cache
def _root(number: int) -> bytes:
    return pem(authority(f"Root {number}", own_key=good_chain().root.key).der)


def _roots(count: int, ends: str = "crt") -> dict[str, bytes]:
    return {f"mozilla/Root_{number}.{ends}": _root(number) for number in range(count)}


_OLD: Final = "mozilla/A_first.crt"  # of many files the first are told of at once
_STORES: Final[Mapping[str, Callable[[], Mapping[str, bytes]]]] = {
    "many roots": lambda: {**_roots(20), _OLD: pem(_made())},
    "more than are looked at first": lambda: {**_roots(80), _OLD: pem(_made())},
    "as PEM": lambda: {**_roots(20, "pem"), _OLD: pem(_made())},
    "in DER": lambda: {**_roots(20), _OLD: _made()},
    "with a list of them": lambda: {
        **_roots(20),
        _OLD: pem(_made()),
        "mozilla/README": b"roots",
        "ca.conf": b"mozilla",
    },
    "one's own elsewhere": lambda: {**_roots(20), _OLD: pem(_made()), "own/a.pem": WHOLE, "own/a.key": _key()},
}
_OF_OWN: Final[Mapping[str, Callable[[], Mapping[str, bytes]]]] = {
    "few roots": lambda: {**_roots(19), _OLD: pem(_made())},
    "a key beside them": lambda: {**_roots(20), _OLD: pem(_made()), "mozilla/x.key": _key()},
    "its key in the file": lambda: {**_roots(20), _OLD: pem(_made()) + _key()},
    "a leaf beside them": lambda: {**_roots(20), _OLD: pem(_made()), "mozilla/www.pem": pem(good_chain().leaf.der)},
    "a chain beside them": lambda: {**_roots(80), _OLD: pem(_made()), "mozilla/www.pem": WHOLE},
    "many that are the same": lambda: {
        **_roots(20), **{f"mozilla/{number}.crt": pem(_made()) for number in range(2)}, _OLD: pem(_made()),
    },
    "in a folder of its own": lambda: {**_roots(20), "own/A_first.crt": pem(_made())},
    "served from there": lambda: {
        **_roots(20), _OLD: pem(_made()), "nginx.conf": f"server {{ ssl_certificate {_OLD}; }}".encode(),
    },
}  # fmt: skip


@in_one_test
@pytest.mark.parametrize("where", [*_STORES, *_OF_OWN])
def test_among_the_roots_of_many_an_old_one_is_one_of_them(tmp_path: Path, where: str) -> None:
    """As Debian has them in /usr/share/ca-certificates: a file each, under the name of each."""
    for name, data in {**_STORES, **_OF_OWN}[where]().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    found = scanned(tmp_path)
    (one,) = (one for one in found.certificates if one.sha256 == read_certificate(_made()).sha256)
    assert one.is_authority == (where in _STORES)
    if where in _STORES:  # each was looked at once
        assert found.looked_at == sum(1 for path in tmp_path.rglob("*") if path.is_file())
