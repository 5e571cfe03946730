"""The whole judgement: of a certificate, :func:`check`; of every certificate of a file, :func:`check_file`."""

from pkitools.checking.chain import end_entity_first
from pkitools.checking.checker import Checker
from pkitools.checking.expectation import Expectation, read_expectation
from pkitools.checking.file_check import FileCheck, JudgedCertificate, check_file
from pkitools.checking.judgement import CheckResult, check
from pkitools.checking.question import Revocation
from pkitools.checking.selection import Subject

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
