"""The whole judgement: of a certificate, :func:`check`; of every certificate of a file, :func:`check_file`."""

from pkitools.checking.chain import end_entity_first
from pkitools.checking.file_check import FileCheck, check_file
from pkitools.checking.judgement import CheckResult, Revocation, check

__all__ = ["CheckResult", "FileCheck", "Revocation", "check", "check_file", "end_entity_first"]
