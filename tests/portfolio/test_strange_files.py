"""What a stranger puts in a folder changes nothing of what is told of the certificates in its other files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.portfolio import Portfolio
from pkitools.reports.portfolio.telling import deciding
from tests.portfolio.support import CHAIN, scanned
from tests.support.chains import AKI, BC, EKU, KU, MOMENT, authority, end_entity, good_chain, purposes
from tests.support.deliveries import pem

_PRODUCTION: Final = "Staat der Nederlanden - G4 Root Priv G-TLS - 2024"
_DEFECTS: Final[dict[str, dict[str, Any]]] = {
    "good": {},
    "expired": {"end": MOMENT - timedelta(days=2)},
    "to come": {"start": MOMENT + timedelta(days=2)},
    "of another use": {"extensions": {EKU: (False, purposes("1.3.6.1.5.5.7.3.3"))}},
    "of another key": {"extensions": {AKI: None}, "own_key": good_chain().root.key},
    "an authority": {"extensions": {BC: (True, b"\x30\x00"), KU: None}},
}


def _imitation(folder: Path) -> None:
    """Whoever knows a public key can certify it: for that nobody's private key is needed but his own."""
    root, tsp = authority(_PRODUCTION), good_chain().tsp
    same_name = authority(_PRODUCTION, root, own_key=tsp.key, subject=tsp.subject)
    other_key = authority("Imitation", root, subject=tsp.subject)
    (folder / "stranger.pem").write_bytes(pem(same_name.der, other_key.der, root.der))


def _useless(folder: Path) -> None:
    """Authorities of the same name that are over, and that may issue for nobody."""
    chain = good_chain()
    over = authority("TSP", chain.domain, own_key=chain.tsp.key, subject=chain.tsp.subject, end=MOMENT - timedelta(1))
    short = authority("Domain", chain.root, own_key=chain.domain.key, subject=chain.domain.subject, path_length=0)
    (folder / "stranger.pem").write_bytes(pem(over.der, short.der))


def _told(portfolio: Portfolio) -> dict[str, tuple[object, ...]]:
    """Of each certificate the verdict, what decides, and all that is told of it."""
    found: dict[str, tuple[object, ...]] = {}
    for one in portfolio.judged:
        decides = deciding(one)
        codes = tuple(sorted(each.rule.code for each in one.findings))
        found[one.sha256] = one.verdict, decides.rule.code if decides else None, codes
    return found


@pytest.mark.parametrize(
    ("strange", "is_whole"),
    [
        pytest.param(_imitation, True, id="imitation"),
        pytest.param(_imitation, False, id="imitation, the chain in a file of its own"),
        pytest.param(_useless, True, id="useless"),  # where the chain is in no own file either, either is as near
    ],
)
def test_a_file_with_authorities_of_a_stranger_changes_nothing_of_the_others(
    tmp_path: Path, strange: Any, is_whole: bool
) -> None:
    """One imitation in a folder made of thirty certificates that had ended thirty with a forged authority."""
    for number, (name, defect) in enumerate(_DEFECTS.items()):
        made = pem(end_entity(f"h{number}.example.nl", good_chain().tsp, **defect).der)
        (tmp_path / f"{name}.pem").write_bytes(made + (CHAIN if is_whole else b""))
    if not is_whole:
        (tmp_path / "chain.pem").write_bytes(CHAIN)
    alone = _told(scanned(tmp_path))
    assert {code for _, code, _ in alone.values()} >= {"path.validity.expired", "path.validity.not_yet_valid"}
    strange(tmp_path)
    together = _told(scanned(tmp_path))
    assert {sha256: together[sha256] for sha256 in alone} == alone
