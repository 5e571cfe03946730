"""Whose chain counts: what lies in other files makes no chain good that is wrong where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import permutations, product
from pathlib import Path
from typing import Final

import pytest

from pkitools import TrustStore
from pkitools.checking import Revocation, check
from pkitools.findings import Verdict
from pkitools.portfolio import HeldCertificate, Judging, Portfolio
from pkitools.reports.portfolio.telling import told_where
from pkitools.x509 import read_certificate
from pkitools_test_pki.defects.registry import defects
from tests.portfolio.support import CHAIN, LEAF, WHOLE, other_leaf, scanned
from tests.support.broken import broken, laboratory
from tests.support.chains import MOMENT, authority, good_chain
from tests.support.deliveries import pem
from tests.support.effort import in_turn

_NAMES: Final = [defect.name for defect in defects()]
_WORST_FIRST: Final = (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED)
_SHA256: Final = read_certificate(good_chain().leaf.der).sha256
_OVER: Final = pem(
    authority(
        "TSP",
        good_chain().domain,
        own_key=good_chain().tsp.key,
        subject=good_chain().tsp.subject,
        end=MOMENT - timedelta(days=1),
    ).der
)
_TSP, _DOMAIN = (pem(each.der) for each in (good_chain().tsp, good_chain().domain))
_WRONG: Final = LEAF + _OVER + _DOMAIN
_INCOMPLETE: Final = LEAF + _TSP
_OF_ANOTHER: Final = other_leaf() + CHAIN


def found(folder: Path, files: Mapping[str, bytes]) -> Portfolio:
    """What a scan finds in these files."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return scanned(folder)


def the_leaf(portfolio: Portfolio) -> HeldCertificate:
    (one,) = (each for each in portfolio.judged if each.sha256 == _SHA256)
    return one


# --- the law --------------------------------------------------------------------------------------------------------


def _asked(*roots: bytes) -> Judging:
    trust = TrustStore.from_der(roots)
    return Judging(moment=MOMENT, environment="preproduction", trust=trust, raise_crashes=True)


def _write(folder: Path, name: str) -> None:
    made = broken(name, MOMENT)
    (folder / f"{name}.pem").write_bytes(made.pem)
    (folder / f"{name}.chain.pem").write_bytes(made.chain_pem)
    if made.crls:
        (folder / f"{name}.crls.pem").write_bytes(made.crls_pem)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, HeldCertificate]:
    """Every defect beside all others in one folder, by thumbprint."""
    folder = tmp_path_factory.mktemp("broken")
    for name in _NAMES:
        _write(folder, name)
    made = laboratory(MOMENT)
    leaf = made.leaf().der
    (folder / "sound.pem").write_bytes(pem(leaf))
    (folder / "sound.chain.pem").write_bytes(pem(leaf, made.tsp.certificate.der, made.domain.certificate.der))
    (folder / "trust.pem").write_bytes(pem(made.root.certificate.der))
    return {one.sha256: one for one in scanned(folder, asked=_asked(made.root.certificate.der)).certificates}


@pytest.mark.parametrize("name", _NAMES)
def test_no_scan_says_better_of_a_file_than_a_check_of_it(
    tmp_path: Path, together: Mapping[str, HeldCertificate], name: str
) -> None:
    made = broken(name, MOMENT)
    asked = _asked(*made.trust_anchors)
    checked = check(
        made.certificate.der,
        moment=MOMENT,
        environment="preproduction",
        intermediates=made.chain,
        trust=asked.trust,
        revocation=Revocation(crls=made.crls),
    )
    _write(tmp_path, name)
    (tmp_path / f"{name}.pem").unlink()
    (alone,) = (one for one in scanned(tmp_path, asked=asked).certificates if one.sha256 == checked.facts.sha256)
    for one in (alone, together[checked.facts.sha256]):
        assert one.verdict is not None
        assert _WORST_FIRST.index(one.verdict) <= _WORST_FIRST.index(checked.verdict)


def test_a_sound_certificate_is_good_beside_all_that_is_broken(together: Mapping[str, HeldCertificate]) -> None:
    (one,) = (each for each in together.values() if any(place.name.endswith("sound.pem") for place in each.places))
    assert one.verdict is Verdict.PASSED
    assert one.judgements[0].has_path
    assert len(one.places) == 2


# --- one certificate in several places --------------------------------------------------------------------------------

_MANY: Final = {f"zz/{number:03}.pem": other_leaf(number % 3) for number in range(70)}
"""So many files that the first are judged before the others are looked through, and again."""
_FURTHER: Final = (pytest.param({}, id="few"), pytest.param(_MANY, id="many", marks=pytest.mark.slow))


@pytest.mark.parametrize(
    ("order", "wrong", "further"),
    [
        pytest.param(order, wrong, *further.values, marks=further.marks)
        for (number, order), (place, wrong) in product(
            enumerate(permutations("abc")), enumerate([_WRONG, _INCOMPLETE, LEAF + pem(good_chain().root.der)])
        )
        for further in in_turn(_FURTHER, number, place)
    ],
)
def test_of_several_places_the_worst_decides_and_is_named(
    tmp_path: Path, order: tuple[str, str, str], wrong: bytes, further: Mapping[str, bytes]
) -> None:
    bad, good, bare = (f"{folder}/x.pem" for folder in order)
    one = the_leaf(found(tmp_path, {bad: wrong, good: WHOLE, bare: LEAF, "z/chain.pem": CHAIN, **further}))
    assert one.verdict is Verdict.FAILED
    assert told_where(one) == f"{tmp_path / bad}: "
    assert len(one.places) == 3
    assert len(one.judgements) == 1


# --- what is good stays good ------------------------------------------------------------------------------------------

_GOOD: Final[dict[str, dict[str, bytes]]] = {
    "leaf and chain of a test PKI": {"a.pem": LEAF, "a.chain.pem": WHOLE},
    "of certbot": {"cert.pem": LEAF, "chain.pem": CHAIN, "fullchain.pem": WHOLE},
    "as a TSP delivers": {"leaf.pem": LEAF, "intermediates/tsp.pem": _TSP, "intermediates/domain.pem": _DOMAIN},
    "a part in its folder": {"a/leaf.pem": LEAF, "a/tsp.pem": _TSP, "b/domain.pem": _DOMAIN},
    "an authority over in another folder": {"a/leaf.pem": LEAF, "a/chain.pem": CHAIN, "b/over.pem": _OVER},
    "the next beside it": {"a.pem": WHOLE, "b.pem": _OF_ANOTHER, "b.leaf.pem": other_leaf()},
    "served whole": {"fullchain.pem": WHOLE, "cert.pem": LEAF, "nginx.conf": b"ssl_certificate fullchain.pem;\n"},
    "served with its chain": {
        "a.pem": LEAF,
        "chain.crt": CHAIN,
        "site.conf": b"SSLCertificateFile a.pem\nSSLCertificateChainFile chain.crt\n",
    },
    "completed by what is trusted": {
        "a.pem": LEAF,
        "ca.pem": CHAIN,
        "n.conf": b"ssl_certificate a.pem;\nssl_trusted_certificate ca.pem;\n",
    },
    "named as an authority": {"a.pem": LEAF, "chain.pem": CHAIN, "n.conf": b"ssl_client_certificate a.pem;\n"},
}


@pytest.mark.parametrize("name", _GOOD)
@pytest.mark.parametrize("further", _FURTHER)
def test_what_is_delivered_well_is_good(tmp_path: Path, name: str, further: Mapping[str, bytes]) -> None:
    one = the_leaf(found(tmp_path, {**_GOOD[name], **further}))
    assert one.judgements[0].has_path
    assert one.verdict is Verdict.PASSED


# --- what another file does not make good -----------------------------------------------------------------------------

_SERVED: Final = {
    "nginx.conf": b"server {\n  ssl_certificate a.pem;\n}\n",
    "client.conf": b"location / {\n  proxy_ssl_certificate a.pem;\n}\n",
    "site.conf": b"SSLCertificateFile a.pem\n",
    "haproxy.cfg": b"frontend f\n  bind :443 ssl crt a.pem alpn h2\n",
    "traefik.yml": b"tls:\n  certificates:\n    - certFile: a.pem\n",
    "several.cfg": b"frontend f\n  bind :443 ssl crt-list list.txt\n",
}
_LIST: Final = {"list.txt": b"a.pem\n"}
_LEFT_WRONG: Final[dict[str, dict[str, bytes]]] = {
    "an issuer that is over, beside a good one": {"a.pem": _WRONG, "b/chain.pem": CHAIN},
    "a chain with a gap": {"a.pem": _INCOMPLETE, "domain.pem": _DOMAIN},
    "the chain of another": {"a.pem": LEAF + _DOMAIN, "tsp.pem": _TSP},
    "no chain, beside that of another": {"a.pem": LEAF, "b.pem": _OF_ANOTHER},
    "what is over in its folder": {"a/leaf.pem": LEAF, "a/chain.pem": _OVER + _DOMAIN, "b/chain.pem": CHAIN},
    **{f"served by {name}": {"a.pem": LEAF, "chain.pem": CHAIN, name: text, **_LIST} for name, text in _SERVED.items()},
    **{
        f"{name} beside another": {"a.pem": LEAF, "b.pem": _OF_ANOTHER, name: text, **_LIST}
        for name, text in _SERVED.items()
    },
}


@pytest.mark.parametrize("name", _LEFT_WRONG)
@pytest.mark.parametrize("further", _FURTHER)
def test_what_is_wrong_stays_wrong(tmp_path: Path, name: str, further: Mapping[str, bytes]) -> None:
    one = the_leaf(found(tmp_path, {**_LEFT_WRONG[name], **further}))
    assert one.verdict is Verdict.FAILED


def test_what_a_peer_sends_is_completed_by_no_file(tmp_path: Path) -> None:
    (tmp_path / "chain.pem").write_bytes(CHAIN)
    sent = {"bare.example.nl": (good_chain().leaf.der,)}
    portfolio = scanned(tmp_path, "bare.example.nl:443", fetch=lambda host, _port, /: sent[host])
    assert the_leaf(portfolio).verdict is Verdict.FAILED
