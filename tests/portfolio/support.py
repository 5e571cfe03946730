"""Scans of small folders: what a test looks at is a portfolio."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pkitools import TrustStore
from pkitools.portfolio import Gap, Gathering, HeldCertificate, Judgement, Judging, Portfolio, Unread, scan
from tests.support.certificates import made
from tests.support.chains import MOMENT, end_entity, good_chain
from tests.support.deliveries import corrupt, pem
from tests.support.requests import pooled_key, request

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


def something_of_everything(folder: Path) -> Portfolio:
    """Good, wrong, unknown, a request, a key, what is unread."""
    (folder / "good.pem").write_bytes(WHOLE)
    (folder / "unknown.pem").write_bytes(other_leaf() + CHAIN)
    (folder / "g1.pem").write_bytes(pem(made("g1-server").der))
    (folder / "new.csr").write_bytes(request())
    (folder / "a.key").write_bytes(pooled_key().pem(None))
    (folder / "torn.pem").write_bytes(corrupt())
    return scanned(folder)


def hostile(portfolio: Portfolio, text: str) -> Portfolio:
    """The same portfolio, with a text wherever a certificate, a file or a finding may bring one."""
    certificates = tuple(_hostile(one, text) for one in portfolio.certificates)
    unread = Unread(text, Gap.UNREADABLE, "files.error.missing", {"name": text})
    return replace(portfolio, certificates=certificates, unread=(unread,), asked=(text,))


def _hostile(one: HeldCertificate, text: str) -> HeldCertificate:
    return replace(
        one,
        common_name=text,
        organization=text,
        subject=text,
        issuer=text,
        dns_names=(text,),
        judgements=tuple(_with_operands(judgement, text) for judgement in one.judgements),
        places=tuple(replace(place, name=text, alias=text) for place in one.places),
    )


def _with_operands(judgement: Judgement, text: str) -> Judgement:
    told = tuple(replace(found, params=dict.fromkeys(found.params, text)) for found in judgement.told)
    return replace(judgement, told=told, entity_id=text)
