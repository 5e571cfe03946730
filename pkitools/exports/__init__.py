"""What leaves pkitools for other programs: the public part, chains, keystores, files for servers.

:func:`gather` takes one certificate out of a file with its path and key, :func:`build_export` makes the files of a form
(:func:`export_forms`), and :func:`pkitools.files.write_set` writes them. :func:`complete_path` orders and completes a
chain; :func:`form_sheet` gives what connection forms ask. Each name is imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkitools.exports.building import Export, ExportedFile, Note, build_export, places
    from pkitools.exports.chains import CertificatePath, LeftOut, Link, Origin, Unneeded, complete_path, known_hosts
    from pkitools.exports.forms import ExportForm, FormFile, TLSSettings, export_forms, get_form, tls_settings
    from pkitools.exports.keystores import key_store, trust_store
    from pkitools.exports.material import FoundKey, Material, gather, key_of, keys_of
    from pkitools.exports.sheet import FormSheet, form_sheet, sheet_document, sheet_html, sheet_text

__all__ = [
    "CertificatePath",
    "Export",
    "ExportForm",
    "ExportedFile",
    "FormFile",
    "FormSheet",
    "FoundKey",
    "LeftOut",
    "Link",
    "Material",
    "Note",
    "Origin",
    "TLSSettings",
    "Unneeded",
    "build_export",
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
    "sheet_document",
    "sheet_html",
    "sheet_text",
    "tls_settings",
    "trust_store",
]

_MODULES: Final = {
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
    "Note": "building",
    "Origin": "chains",
    "TLSSettings": "forms",
    "Unneeded": "chains",
    "build_export": "building",
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
    "sheet_document": "sheet",
    "sheet_html": "sheet",
    "sheet_text": "sheet",
    "tls_settings": "forms",
    "trust_store": "keystores",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
