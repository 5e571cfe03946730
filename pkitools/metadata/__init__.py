"""What others are sent, judged as a whole: SAML metadata, with its signature and every certificate in it.

Start at :func:`check_metadata`.
"""

from pkitools.metadata.judgement import MetadataCheck, check_metadata

__all__ = ["MetadataCheck", "check_metadata"]
