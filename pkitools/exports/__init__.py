"""What leaves pkitools for other programs: the public part, chains, keystores, files for servers, trust bundles.

:func:`gather` takes one certificate out of a file with its path and key, :func:`build_export` makes the files of a form
(:func:`export_forms`), and :func:`pkitools.files.write_set` writes them. :func:`complete_path` orders and completes a
chain; :func:`form_sheet` gives what connection forms ask. :func:`trust_bundle` makes what others trust by,
:func:`compare_bundle` judges theirs, :func:`published_authorities` asks the publisher. Each name is imported when first
used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkitools.exports.building import Export, ExportedFile, ExportNote, build_export, places
    from pkitools.exports.chains import CertificatePath, LeftOut, Link, LinkOrigin, Unneeded, complete_path, known_hosts
    from pkitools.exports.forms import ExportForm, FormFile, TLSSettings, export_forms, get_form, tls_settings
    from pkitools.exports.keystores import key_store, trust_store
    from pkitools.exports.material import FoundKey, Material, gather, key_of, keys_of
    from pkitools.exports.sheet import FormSheet, form_sheet, sheet_document, sheet_html, sheet_text
    from pkitools.exports.trust_bundles import (
        AcceptedBy,
        BundleFormat,
        TrustBundle,
        accepted_by,
        subject_hash,
        trust_bundle,
    )
    from pkitools.exports.trust_difference import BundleDifference, BundleEntry, BundleFinding, compare_bundle
    from pkitools.exports.trust_update import PUBLISHER, Published, PublishedAuthority, published_authorities

__all__ = [
    "PUBLISHER",
    "AcceptedBy",
    "BundleDifference",
    "BundleEntry",
    "BundleFinding",
    "BundleFormat",
    "CertificatePath",
    "Export",
    "ExportForm",
    "ExportNote",
    "ExportedFile",
    "FormFile",
    "FormSheet",
    "FoundKey",
    "LeftOut",
    "Link",
    "LinkOrigin",
    "Material",
    "Published",
    "PublishedAuthority",
    "TLSSettings",
    "TrustBundle",
    "Unneeded",
    "accepted_by",
    "build_export",
    "compare_bundle",
    "complete_path",
    "export_forms",
    "form_sheet",
    "gather",
    "get_form",
    "key_of",
    "key_store",
    "keys_of",
    "known_hosts",
    "places",
    "published_authorities",
    "sheet_document",
    "sheet_html",
    "sheet_text",
    "subject_hash",
    "tls_settings",
    "trust_bundle",
    "trust_store",
]

_MODULES: Final = {
    "PUBLISHER": "trust_update",
    "AcceptedBy": "trust_bundles",
    "BundleDifference": "trust_difference",
    "BundleEntry": "trust_difference",
    "BundleFinding": "trust_difference",
    "BundleFormat": "trust_bundles",
    "CertificatePath": "chains",
    "Export": "building",
    "ExportForm": "forms",
    "ExportedFile": "building",
    "FormFile": "forms",
    "FormSheet": "sheet",
    "FoundKey": "material",
    "LeftOut": "chains",
    "Link": "chains",
    "Material": "material",
    "ExportNote": "building",
    "LinkOrigin": "chains",
    "Published": "trust_update",
    "PublishedAuthority": "trust_update",
    "TLSSettings": "forms",
    "TrustBundle": "trust_bundles",
    "Unneeded": "chains",
    "accepted_by": "trust_bundles",
    "build_export": "building",
    "compare_bundle": "trust_difference",
    "complete_path": "chains",
    "export_forms": "forms",
    "form_sheet": "sheet",
    "gather": "material",
    "get_form": "forms",
    "key_of": "material",
    "key_store": "keystores",
    "keys_of": "material",
    "known_hosts": "chains",
    "places": "building",
    "published_authorities": "trust_update",
    "sheet_document": "sheet",
    "sheet_html": "sheet",
    "sheet_text": "sheet",
    "subject_hash": "trust_bundles",
    "tls_settings": "forms",
    "trust_bundle": "trust_bundles",
    "trust_store": "keystores",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
