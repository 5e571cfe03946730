"""The whole judgement of a certificate: :func:`check`."""

from pkitools.check.chain import end_entity_first
from pkitools.check.checking import CheckResult, Revocation, check

__all__ = ["CheckResult", "Revocation", "check", "end_entity_first"]
