"""One catalogue of broken certificates for all judges, made once and valid now: judges have their own clock."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import BrokenCertificate
from pkitools_test_pki.defects.registry import defects
from pkitools_test_pki.issued import IssuedCertificate
from tests.support.broken import Catalogue
from tests.support.broken import laboratory as shared_laboratory

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)


@pytest.fixture(scope="session")
def laboratory() -> Laboratory:
    return shared_laboratory(NOW)


@pytest.fixture(scope="session")
def broken() -> Mapping[str, BrokenCertificate]:
    return Catalogue(NOW)


@pytest.fixture(scope="session")
def sound(laboratory: Laboratory) -> IssuedCertificate:
    return laboratory.leaf()


def tolerated(judge: str) -> set[str]:
    """Return the defects that a judge accepts, by ``tolerance.toml``."""
    rows = tomllib.loads(Path(__file__).with_name("tolerance.toml").read_text(encoding="utf-8"))["accepted"]
    known = {defect.name: defect.topic for defect in defects()}
    found: set[str] = set()
    for row in rows:
        assert row["reason"]
        named = set(row.get("defects", ()))
        assert named <= known.keys(), f"no such defect: {named - known.keys()}"
        if judge in row["judges"]:
            found |= named | {name for name, topic in known.items() if topic in row.get("topics", ())}
    return found
