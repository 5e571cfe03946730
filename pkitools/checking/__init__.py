"""The whole judgement of a certificate: :func:`check`."""

from pkitools.checking.chain import end_entity_first
from pkitools.checking.judgement import CheckResult, Revocation, check

__all__ = ["CheckResult", "Revocation", "check", "end_entity_first"]
