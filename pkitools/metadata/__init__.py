"""What others are sent, judged as a whole: SAML metadata with its signature, a JWKS, a CPA; each certificate with it.

Start at :func:`check_metadata`; :func:`compare_metadata` says what changed.
"""

from pkitools.metadata.comparison import ChangeKind, MetadataChange, MetadataComparison, compare_metadata
from pkitools.metadata.documents import MetadataKind, ReadMetadata, read_metadata
from pkitools.metadata.judgement import MetadataCheck, check_metadata

__all__ = [
    "ChangeKind",
    "MetadataChange",
    "MetadataCheck",
    "MetadataComparison",
    "MetadataKind",
    "ReadMetadata",
    "check_metadata",
    "compare_metadata",
    "read_metadata",
]
