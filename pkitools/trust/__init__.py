"""Whom to trust, and for what: PKIoverheid's hierarchies, their anchors, the catalogue of CAs, the policies.

Trust is scoped: :func:`anchors` gives a store for named hierarchies, :class:`TrustStore` one from files a user points
at. The data is in ``data/``, each file with its source and date, read when first asked for.
"""

from pkitools.trust.authorities import (
    AuthorityRevocation,
    CAStatus,
    Catalogue,
    CatalogueEntry,
    HierarchyKind,
    Knowledge,
    catalogue,
    identify,
)
from pkitools.trust.hierarchy import Hierarchy, environment_of, get_hierarchy, hierarchies, hierarchy_of_root
from pkitools.trust.policies import PolicyInfo, decode_policy, listed_policies, policy_name
from pkitools.trust.recognition import Match, Recognition, hierarchy_of, recognise, recognise_name
from pkitools.trust.store import (
    CACertificate,
    TrustAnchor,
    TrustStore,
    anchors,
    embedded_certificates,
    embedded_intermediates,
    is_self_signed,
)

__all__ = [
    "AuthorityRevocation",
    "CACertificate",
    "CAStatus",
    "Catalogue",
    "CatalogueEntry",
    "Hierarchy",
    "HierarchyKind",
    "Knowledge",
    "Match",
    "PolicyInfo",
    "Recognition",
    "TrustAnchor",
    "TrustStore",
    "anchors",
    "catalogue",
    "decode_policy",
    "embedded_certificates",
    "embedded_intermediates",
    "environment_of",
    "get_hierarchy",
    "hierarchies",
    "hierarchy_of",
    "hierarchy_of_root",
    "identify",
    "is_self_signed",
    "listed_policies",
    "policy_name",
    "recognise",
    "recognise_name",
]
