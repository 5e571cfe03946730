"""``openssl verify`` agrees on every path of the two suites that we accept, but for the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pkitools.errors import PkitoolsError
from pkitools.validation import VerifiedPath, validate_path
from tests.conformance import limbo, pkits
from tests.conformance.ledger import exceptions
from tests.conformance.test_pkits import path_of
from tests.validation.openssl import openssl_says

pytestmark = [pytest.mark.slow, pytest.mark.conformance, pytest.mark.interop]


def accepted_of_pkits() -> Iterator[tuple[str, VerifiedPath, datetime]]:
    for case in pkits.cases():
        if case.id not in exceptions("pkits"):
            path = path_of(case).path
            if path is not None:
                yield case.id, path, pkits.MOMENT


def accepted_of_limbo() -> Iterator[tuple[str, VerifiedPath, datetime]]:
    """Without ``strict``: what that refuses beyond this, OpenSSL need not be asked about."""
    for case in limbo.cases():
        try:
            result = validate_path(
                case.leaf,
                intermediates=case.intermediates,
                anchors=case.anchors,
                moment=case.moment,
                purpose=case.purpose,
                host=case.host,
                max_intermediates=case.max_intermediates,
                raise_crashes=True,
            )
        except PkitoolsError:
            continue
        if result.path is not None:
            yield case.id, result.path, case.moment


def test_openssl_agrees_on_every_path_we_accept_but_for_the_ledger(tmp_path: Path) -> None:
    asked = 0
    differences = set()
    for name, path, moment in (*accepted_of_pkits(), *accepted_of_limbo()):
        asked += 1
        if openssl_says(path.certificates, moment, tmp_path):
            differences.add(name)
    assert asked > 200
    assert differences == set(exceptions("openssl"))
