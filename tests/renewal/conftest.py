"""What tests of renewals share."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pkitools.containers import read_source
from pkitools.renewal import certificates_of
from pkitools.x509 import CertificateFacts
from tests.support.certificates import ISSUED, Change, made, rsa_key, setting
from tests.support.shared import shared


@pytest.fixture(scope="session")
def real() -> list[CertificateFacts]:
    """The real certificates of organisations that are at hand."""
    paths = sorted(shared("samples/certificates").glob("*.chain.pem"))
    return [facts for path in paths for facts in certificates_of(read_source(path.read_bytes(), path.name))]


def renewed(profile: str, *changes: Change) -> CertificateFacts:
    """The good certificate that follows the good one of a profile, with changes."""
    start = ISSUED + timedelta(days=200)
    until = setting("not_before", start), setting("not_after", start + timedelta(days=365))
    return made(profile, setting("key", rsa_key(3072, even=True)), *until, *changes)
