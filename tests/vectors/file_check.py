"""Vectors of :mod:`pkitools.checking.file_check`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from ssl import DER_cert_to_PEM_cert

from pkitools.checking.file_check import check_file
from pkitools.environment import Environment
from pkitools.findings import Report
from pkitools.trust import embedded_certificates
from tests.vectors import Vector

MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
BROKEN = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"


def report(*blocks: bytes) -> Callable[[], Report]:
    return lambda: check_file(b"".join(blocks), moment=MOMENT, environment=Environment.PRODUCTION).report


GOOD = DER_cert_to_PEM_cert(embedded_certificates()[0].der).encode()

VECTORS = [Vector("file.block.readable", report(GOOD, BROKEN), report(GOOD))]
