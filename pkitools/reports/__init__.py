"""Results as text for people or as JSON documents for scripts: what the command line prints, anybody can make.

A function ``<noun>_<verb>_document`` returns the whole document of that command, its schema's name first; the others
return a part of one. Their schemas: :func:`read_schema`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # what a check found does not load the means to check
    from pkitools.oin import oin_document
    from pkitools.reports.check import cert_check_document, cert_check_document_v1, check_document
    from pkitools.reports.checked_file import CheckedFile
    from pkitools.reports.connections import Planned, WrittenDraft, init_document, plan_document, status_document
    from pkitools.reports.contents import DescribedFile, DescribedItem, cert_show_document_v1, describe
    from pkitools.reports.document import (
        json_pieces,
        outcome_document,
        report_document,
        rule_document,
        source_document,
    )
    from pkitools.reports.error import ToldError, error_document, error_entry
    from pkitools.reports.expiry import Expiry, expiry_document
    from pkitools.reports.explanation import explain_document
    from pkitools.reports.export import chain_complete_document, export_document
    from pkitools.reports.facts import facts_status_document
    from pkitools.reports.lint import (
        LintedCertificate,
        cert_lint_document,
        cert_lint_document_v1,
        lint_document,
    )
    from pkitools.reports.metadata import metadata_check_document, metadata_diff_document
    from pkitools.reports.oin import (
        DerivedNumber,
        oin_check_document,
        oin_check_document_v1,
        oin_derive_document,
        oin_derive_document_v1,
    )
    from pkitools.reports.oin_lookup import TakenSnapshot, oin_lookup_document
    from pkitools.reports.opened import opened_document
    from pkitools.reports.portfolio import portfolio_report, report_form, report_pieces, report_suffixes
    from pkitools.reports.portfolio.as_json import scan_document
    from pkitools.reports.portfolio.telling import Telling
    from pkitools.reports.probe import probe_document
    from pkitools.reports.receipt import cert_receive_document
    from pkitools.reports.register import (
        rules_documents_document,
        rules_documents_document_v1,
        rules_explain_document,
        rules_explain_document_v1,
        rules_list_document,
    )
    from pkitools.reports.renewal import PlannedFile, g4_plan_document, g4_probe_document, renewal_diff_document
    from pkitools.reports.request import (
        WrittenCertificate,
        WrittenRequest,
        csr_check_document,
        csr_check_document_v1,
        csr_create_document,
        csr_create_document_v1,
        self_signed_document,
    )
    from pkitools.reports.schemas import read_schema, schema_names
    from pkitools.reports.sentences import error_sentence, outcome_message
    from pkitools.reports.showing.document import cert_show_document, file_document
    from pkitools.reports.system import systems_list_document, systems_show_document
    from pkitools.reports.text import report_text
    from pkitools.reports.trust import (
        RecognisedCertificate,
        trust_list_document,
        trust_show_document,
        trust_show_document_v1,
    )
    from pkitools.reports.trust_bundles import trust_diff_document, trust_export_document, trust_update_document
    from pkitools.requests import request_document
    from pkitools.x509.document import certificate_document

__all__ = [
    "CheckedFile",
    "DerivedNumber",
    "DescribedFile",
    "DescribedItem",
    "Expiry",
    "LintedCertificate",
    "Planned",
    "PlannedFile",
    "RecognisedCertificate",
    "TakenSnapshot",
    "Telling",
    "ToldError",
    "WrittenCertificate",
    "WrittenDraft",
    "WrittenRequest",
    "cert_check_document",
    "cert_check_document_v1",
    "cert_lint_document",
    "cert_lint_document_v1",
    "cert_receive_document",
    "cert_show_document",
    "cert_show_document_v1",
    "certificate_document",
    "chain_complete_document",
    "check_document",
    "csr_check_document",
    "csr_check_document_v1",
    "csr_create_document",
    "csr_create_document_v1",
    "describe",
    "error_document",
    "error_entry",
    "error_sentence",
    "expiry_document",
    "explain_document",
    "export_document",
    "facts_status_document",
    "file_document",
    "g4_plan_document",
    "g4_probe_document",
    "init_document",
    "json_pieces",
    "lint_document",
    "metadata_check_document",
    "metadata_diff_document",
    "oin_check_document",
    "oin_check_document_v1",
    "oin_derive_document",
    "oin_derive_document_v1",
    "oin_document",
    "oin_lookup_document",
    "opened_document",
    "outcome_document",
    "outcome_message",
    "plan_document",
    "portfolio_report",
    "probe_document",
    "read_schema",
    "renewal_diff_document",
    "report_document",
    "report_form",
    "report_pieces",
    "report_suffixes",
    "report_text",
    "request_document",
    "rule_document",
    "rules_documents_document",
    "rules_documents_document_v1",
    "rules_explain_document",
    "rules_explain_document_v1",
    "rules_list_document",
    "scan_document",
    "schema_names",
    "self_signed_document",
    "source_document",
    "status_document",
    "systems_list_document",
    "systems_show_document",
    "trust_diff_document",
    "trust_export_document",
    "trust_list_document",
    "trust_show_document",
    "trust_show_document_v1",
    "trust_update_document",
]

_MODULES: Final = {
    "pkitools.oin": ("oin_document",),
    "pkitools.reports.check": ("cert_check_document", "cert_check_document_v1", "check_document"),
    "pkitools.reports.connections": (
        "Planned",
        "WrittenDraft",
        "init_document",
        "plan_document",
        "status_document",
    ),
    "pkitools.reports.contents": (
        "DescribedFile",
        "DescribedItem",
        "cert_show_document_v1",
        "describe",
    ),
    "pkitools.reports.error": ("ToldError", "error_document", "error_entry"),
    "pkitools.reports.expiry": ("Expiry", "expiry_document"),
    "pkitools.reports.explanation": ("explain_document",),
    "pkitools.reports.export": ("chain_complete_document", "export_document"),
    "pkitools.reports.facts": ("facts_status_document",),
    "pkitools.reports.lint": ("LintedCertificate", "cert_lint_document", "cert_lint_document_v1", "lint_document"),
    "pkitools.reports.metadata": ("metadata_check_document", "metadata_diff_document"),
    "pkitools.reports.oin_lookup": ("TakenSnapshot", "oin_lookup_document"),
    "pkitools.reports.oin": (
        "DerivedNumber",
        "oin_check_document",
        "oin_check_document_v1",
        "oin_derive_document",
        "oin_derive_document_v1",
    ),
    "pkitools.reports.opened": ("opened_document",),
    "pkitools.reports.portfolio": ("portfolio_report", "report_form", "report_pieces", "report_suffixes"),
    "pkitools.reports.portfolio.as_json": ("scan_document",),
    "pkitools.reports.portfolio.telling": ("Telling",),
    "pkitools.reports.probe": ("probe_document",),
    "pkitools.reports.receipt": ("cert_receive_document",),
    "pkitools.reports.register": (
        "rules_documents_document",
        "rules_documents_document_v1",
        "rules_explain_document",
        "rules_explain_document_v1",
        "rules_list_document",
    ),
    "pkitools.reports.renewal": ("PlannedFile", "g4_plan_document", "g4_probe_document", "renewal_diff_document"),
    "pkitools.reports.request": (
        "WrittenCertificate",
        "WrittenRequest",
        "self_signed_document",
        "csr_check_document",
        "csr_check_document_v1",
        "csr_create_document",
        "csr_create_document_v1",
    ),
    "pkitools.reports.document": (
        "json_pieces",
        "outcome_document",
        "report_document",
        "rule_document",
        "source_document",
    ),
    "pkitools.reports.checked_file": ("CheckedFile",),
    "pkitools.reports.sentences": ("error_sentence", "outcome_message"),
    "pkitools.reports.text": ("report_text",),
    "pkitools.reports.schemas": ("read_schema", "schema_names"),
    "pkitools.reports.showing.document": ("cert_show_document", "file_document"),
    "pkitools.reports.system": ("systems_list_document", "systems_show_document"),
    "pkitools.reports.trust": (
        "RecognisedCertificate",
        "trust_list_document",
        "trust_show_document",
        "trust_show_document_v1",
    ),
    "pkitools.reports.trust_bundles": ("trust_diff_document", "trust_export_document", "trust_update_document"),
    "pkitools.requests": ("request_document",),
    "pkitools.x509.document": ("certificate_document",),
}


def __getattr__(name: str) -> object:
    for module, found in _MODULES.items():
        if name in found:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
