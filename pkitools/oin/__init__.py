"""The OIN: parse it, judge it, derive it, and the identifiers that carry it.

Start at :class:`OIN` (holding one is proof that it is valid), :func:`check_oin` (everything there is to say about a
text) and the ``oin_from_…`` functions. Standard library only. What is about other identifiers is imported when first
named, so that judging a number stays quick to start.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from pkitools.oin.derive import (
    oin_for_test,
    oin_from_brin,
    oin_from_btw,
    oin_from_fi,
    oin_from_kvk,
    oin_from_rsin,
    oin_from_ura,
)
from pkitools.oin.document import oin_document
from pkitools.oin.eleven_test import passes_eleven_test
from pkitools.oin.errors import InvalidIdentifierError, InvalidNumberError, InvalidOINError, NoOINError
from pkitools.oin.number import OIN
from pkitools.oin.number_rules import check_oin
from pkitools.oin.prefixes import Prefix, PrefixTable, prefix_table

if TYPE_CHECKING:
    from pkitools.oin.entity_ids import EntityID, InstanceName, ServiceID, check_entity_id, check_service_id
    from pkitools.oin.identifiers import (
        ICD,
        PARTY_ID_TYPE,
        OrganizationIdentifier,
        PartyID,
        icd0190,
        oin_from_icd0190,
        organization_identifier,
        peer_id,
    )

__all__ = [
    "ICD",
    "OIN",
    "PARTY_ID_TYPE",
    "EntityID",
    "InstanceName",
    "InvalidIdentifierError",
    "InvalidNumberError",
    "InvalidOINError",
    "NoOINError",
    "OrganizationIdentifier",
    "PartyID",
    "Prefix",
    "PrefixTable",
    "ServiceID",
    "check_entity_id",
    "check_oin",
    "check_service_id",
    "icd0190",
    "oin_document",
    "oin_for_test",
    "oin_from_brin",
    "oin_from_btw",
    "oin_from_fi",
    "oin_from_icd0190",
    "oin_from_kvk",
    "oin_from_rsin",
    "oin_from_ura",
    "organization_identifier",
    "passes_eleven_test",
    "peer_id",
    "prefix_table",
]

_ENTITY_IDS: Final = ("EntityID", "InstanceName", "ServiceID", "check_entity_id", "check_service_id")


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "entity_ids" if name in _ENTITY_IDS else "identifiers"
    return getattr(import_module(f"{__name__}.{module}"), name)
