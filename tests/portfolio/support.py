"""Scans of small folders: what a test looks at is a portfolio."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from pkitools import TrustStore
from pkitools.portfolio import Gathering, Judging, Portfolio, scan
from tests.support.chains import MOMENT, end_entity, good_chain
from tests.support.deliveries import pem

LEAF = pem(good_chain().leaf.der)
CHAIN = pem(good_chain().tsp.der, good_chain().domain.der)
WHOLE = LEAF + CHAIN


def judging(**changes: Any) -> Judging:
    """The question, with the root of the good chain trusted and every crash raised."""
    given = {"moment": MOMENT, "trust": TrustStore.from_der([good_chain().root.der]), "raise_crashes": True}
    return Judging(**{**given, **changes})


@cache
def other_leaf(number: int = 1) -> bytes:
    """Another certificate under the same authority, as PEM."""
    return pem(end_entity(f"other{number}.example.nl", good_chain().tsp).der)


def scanned(*places: str | os.PathLike[str], asked: Judging | None = None, **means: Any) -> Portfolio:
    """What is found at these places."""
    question = asked or judging()
    gathering = Gathering([os.fspath(place) for place in places], question)
    for reading in scan(places, question, **means):
        gathering.add(reading)
    return gathering.portfolio()


def gaps(portfolio: Portfolio, folder: Path) -> dict[str, str]:
    """What was not looked at, below a folder: its name and the code."""
    return {os.path.relpath(one.name, folder): one.code for one in portfolio.unread}
