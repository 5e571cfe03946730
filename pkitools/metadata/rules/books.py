"""The one register of the rules of metadata."""

from __future__ import annotations

from typing import Final

from pkitools.findings import Rule
from pkitools.metadata.rules.agreement import CPA
from pkitools.metadata.rules.book import MetadataBook, SamlCase
from pkitools.metadata.rules.document import DOCUMENT, MESSAGES, VALIDITY
from pkitools.metadata.rules.endpoints import ENDPOINTS
from pkitools.metadata.rules.jwk import JWK
from pkitools.metadata.rules.keys import KEY_NAME, KEYS, ROLLOVER
from pkitools.metadata.rules.signature import SIGNATURE

SAML: Final[tuple[MetadataBook[SamlCase], ...]] = (
    SIGNATURE,
    DOCUMENT,
    KEYS,
    KEY_NAME,
    ROLLOVER,
    VALIDITY,
    ENDPOINTS,
    MESSAGES,
)
"""What is asked of SAML metadata, in the order it is asked."""

RULES: Final[tuple[Rule, ...]] = tuple(
    rule
    for book in (*SAML, JWK, CPA)
    for rule, _ in book.entries  # type: ignore[attr-defined]  # each of its kind
)
