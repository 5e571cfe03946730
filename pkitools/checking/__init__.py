"""The whole judgement: of a certificate, :func:`check`; of every certificate of a file, :func:`check_file`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkitools.checking.chain import end_entity_first
from pkitools.checking.checker import Checker
from pkitools.checking.file_check import FileCheck, JudgedCertificate, check_file
from pkitools.checking.judgement import check
from pkitools.checking.question import Revocation
from pkitools.checking.result import CheckResult
from pkitools.checking.selection import Subject

if TYPE_CHECKING:
    from pkitools.checking.expectation import Expectation, read_expectation

__all__ = [
    "CheckResult",
    "Checker",
    "Expectation",
    "FileCheck",
    "JudgedCertificate",
    "Revocation",
    "Subject",
    "check",
    "check_file",
    "end_entity_first",
    "read_expectation",
]


def __getattr__(name: str) -> object:
    if name not in {"Expectation", "read_expectation"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pkitools.checking import expectation  # few say what they expect

    return getattr(expectation, name)
