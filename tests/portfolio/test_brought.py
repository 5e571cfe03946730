"""A chain that others had to complete or mend: who gets what is served has only that, whatever is known here."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.checking import Revocation, check_file
from pkitools.checking.delivery.checks import COMPLETE, VALID
from pkitools.findings import Severity, Status
from pkitools.portfolio import HeldCertificate
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, SKI, Issued, authority, good_chain, identifier, key
from tests.support.deliveries import pem
from tests.support.der import tlv

_DAY: Final = timedelta(days=1)
_GOOD: Final = good_chain()
_KNOWN: Final = (_GOOD.tsp.der, _GOOD.domain.der)
_ROOT: Final = _GOOD.root


def _like(one: Issued, issuer: Issued, **deviations: Any) -> bytes:
    return authority("X", issuer, own_key=one.key, subject=one.subject, **deviations).der


def _forged(one: Issued, issuer: Issued) -> bytes:
    """Another key under the name and the key identifier of an authority."""
    claimed = {SKI: (False, tlv(0x04, identifier(one.key)))}
    return authority("X", issuer, own_key=key("forged"), subject=one.subject, extensions=claimed).der


_TSP, _DOMAIN = _KNOWN
_ENDED: Final = _like(_GOOD.tsp, _GOOD.domain, end=MOMENT - _DAY)
BROUGHT: Final[Mapping[str, tuple[bytes, ...]]] = {
    "all": (_TSP, _DOMAIN),
    "all, the other way round": (_DOMAIN, _TSP),
    "all and the root": (_TSP, _DOMAIN, _ROOT.der),
    "the good one beside the one that ended": (_TSP, _ENDED, _DOMAIN),
    "another good one": (_like(_GOOD.tsp, _GOOD.domain), _DOMAIN),
    "none": (),
    "no domain": (_TSP,),
    "no TSP": (_DOMAIN,),
    "TSP ended": (_ENDED, _DOMAIN),
    "TSP not begun": (_like(_GOOD.tsp, _GOOD.domain, start=MOMENT + _DAY), _DOMAIN),
    "TSP forged": (_forged(_GOOD.tsp, _GOOD.domain), _DOMAIN),
    "domain ended": (_TSP, _like(_GOOD.domain, _ROOT, end=MOMENT - _DAY)),
    "domain forged": (_TSP, _forged(_GOOD.domain, _ROOT)),
    "of another": (authority("Elsewhere", _ROOT).der,),
}
_SOUND: Final = [name for name in BROUGHT if name.startswith(("all", "the good", "another good"))]
_KNOWING: Final = {"nothing is known": (), "the good ones are known": _KNOWN}


def _nginx(folder: Path, brought: tuple[bytes, ...], known: tuple[bytes, ...]) -> HeldCertificate:
    (folder / "srv.pem").write_bytes(pem(_GOOD.leaf.der, *brought))
    (folder / "nginx.conf").write_text("server { listen 443 ssl; ssl_certificate srv.pem; }\n")
    return _the_leaf(scanned(folder, asked=judging(intermediates=known)).judged)


def _apache(folder: Path, brought: tuple[bytes, ...], known: tuple[bytes, ...]) -> HeldCertificate:
    (folder / "srv.pem").write_bytes(pem(_GOOD.leaf.der))
    (folder / "chain.pem").write_bytes(pem(*brought))
    chain = f"SSLCertificateChainFile {folder}/chain.pem\n" if brought else ""
    (folder / "site.conf").write_text(
        f"<VirtualHost *:443>\nSSLCertificateFile {folder}/srv.pem\n{chain}</VirtualHost>\n"
    )
    return _the_leaf(scanned(folder, asked=judging(intermediates=known)).judged)


def _peer(_: Path, brought: tuple[bytes, ...], known: tuple[bytes, ...]) -> HeldCertificate:
    sent = [_GOOD.leaf.der, *brought]
    found = scanned("host.example.nl:443", asked=judging(intermediates=known), fetch=lambda *_: sent)
    return _the_leaf(found.judged)


def _the_leaf(judged: Any) -> HeldCertificate:
    (one,) = (each for each in judged if each.common_name == "host.example.nl")
    found: HeldCertificate = one
    return found


SERVED: Final[Mapping[str, Callable[[Path, tuple[bytes, ...], tuple[bytes, ...]], HeldCertificate]]] = {
    "nginx": _nginx,
    "Apache": _apache,
    "a peer": _peer,
}


@in_one_test
@pytest.mark.interop
@pytest.mark.parametrize("name", BROUGHT)
def test_openssl_refuses_what_is_held_to_be_wrong(tmp_path: Path, name: str) -> None:
    openssl = shutil.which("openssl") or pytest.skip("openssl is not installed")
    for file, ders in {"leaf": (_GOOD.leaf.der,), "root": (_ROOT.der,), "brought": BROUGHT[name]}.items():
        (tmp_path / file).write_bytes(pem(*ders))
    untrusted = ("-untrusted", "brought") if BROUGHT[name] else ()
    verify = (openssl, "verify", "-attime", str(int(MOMENT.timestamp())), "-CAfile", "root", *untrusted, "leaf")
    ran = subprocess.run(verify, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert (ran.returncode == 0) is (name in _SOUND), ran.stderr


@in_one_test
@pytest.mark.parametrize("known", _KNOWING)
@pytest.mark.parametrize("name", BROUGHT)
@pytest.mark.parametrize("served", SERVED)
def test_no_chain_is_good_that_others_complete_or_mend(tmp_path: Path, served: str, name: str, known: str) -> None:
    found = SERVED[served](tmp_path, BROUGHT[name], _KNOWING[known])
    (judged,) = found.judgements
    of_chain = [one for one in judged.told if one.rule.code.startswith(("path.", "delivery."))]
    weighs = max((one.rule.severity for one in of_chain if one.status is Status.VIOLATED), default=None)
    if name in _SOUND:
        assert not of_chain
        return
    assert weighs is not None
    assert weighs >= Severity.WARNING
    assert weighs is Severity.ERROR or all(one.rule.code == COMPLETE.code for one in of_chain)


@pytest.mark.parametrize("name", [name for name in BROUGHT if name.startswith("TSP ")])
def test_a_strict_delivery_names_what_is_no_good_in_it(name: str) -> None:
    checked = check_file(
        pem(_GOOD.leaf.der, *BROUGHT[name]),
        moment=MOMENT,
        environment="preproduction",
        trust=judging().trust,
        intermediates=_KNOWN,
        revocation=Revocation(policy="off"),
        strict_delivery=True,
        name="f",
    )
    (told,) = (one for one in checked.delivery.findings if one.rule.code == VALID.code)
    assert told.params["authority"] == "TSP"
    assert told.rule.severity is Severity.ERROR
