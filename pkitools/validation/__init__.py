"""From a certificate to the anchor that vouches for it, and why or why not."""

from pkitools.validation.many import validate_many
from pkitools.validation.path import validate_path, verify_path
from pkitools.validation.policy import PolicyInput
from pkitools.validation.result import PathNotVerifiedError, PathResult, VerifiedPath

__all__ = [
    "PathNotVerifiedError",
    "PathResult",
    "PolicyInput",
    "VerifiedPath",
    "validate_many",
    "validate_path",
    "verify_path",
]
