"""What tests of renewals share."""

from __future__ import annotations

import pytest

from pkitools.containers import read_source
from pkitools.renewal import certificates_of
from pkitools.x509 import CertificateFacts
from tests.support.shared import shared


@pytest.fixture(scope="session")
def real() -> list[CertificateFacts]:
    """The real certificates of organisations that are at hand."""
    paths = sorted(shared("samples/certificates").glob("*.chain.pem"))
    return [facts for path in paths for facts in certificates_of(read_source(path.read_bytes(), path.name))]
