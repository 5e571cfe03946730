"""PKIoverheid certificates and OINs: make the key and the request, read any file, judge a certificate.

>>> from datetime import UTC, datetime
>>> import pkitools
>>> result = pkitools.check_file(                       # doctest: +SKIP
...     "koppeling.pem", moment=datetime.now(UTC), environment="production", systems="digid-machtigen"
... )
>>> print(pkitools.report_text(result.report, "nl"))    # doctest: +SKIP

What stands in ``__all__`` is the front door: stable as ``docs/stability.md`` says. The rooms behind it
(:mod:`pkitools.oin`, :mod:`pkitools.x509` …) hold more, which may still move. Importing this package costs nothing:
each name is imported when it is first used, so that an OIN does not pay for cryptography.

Functions take what people hold: certificates as DER or PEM, as the path of a file or as an object of ``cryptography``;
an environment by its name or by the enumeration; one system or several. Time is an argument (``moment``), and so are
trust and network: nothing here reads the clock or opens a socket unless handed the means. Errors are one family,
:class:`PkitoolsError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from pkitools._version import __version__

if TYPE_CHECKING:
    from pkitools.checking import (
        Checker,
        CheckResult,
        Expectation,
        FileCheck,
        Revocation,
        check,
        check_file,
        read_expectation,
    )
    from pkitools.containers import Contents, read_source
    from pkitools.crl import CertificateRevocationList, read_crl
    from pkitools.environment import Environment
    from pkitools.errors import (
        FileError,
        InputError,
        InvalidValueError,
        LimitError,
        NetworkError,
        PkitoolsError,
        SecretError,
        StateError,
    )
    from pkitools.fetching import DiskCache, HttpFetcher
    from pkitools.files import write_set
    from pkitools.findings import Outcome, Report, Severity, Status, Verdict
    from pkitools.oin import OIN, InvalidOINError, check_oin
    from pkitools.profiles import Profile, get_profile
    from pkitools.reports import error_sentence, outcome_message, report_document, report_text
    from pkitools.requests import (
        PrivateKey,
        RequestFacts,
        RequestPlan,
        SignedRequest,
        check_request,
        load_key,
        plan_request,
        read_request,
    )
    from pkitools.revocation import RevocationOptions, RevocationPolicy, RevocationResult, check_revocation
    from pkitools.rules import OwnData, installed_data, lint, read_data
    from pkitools.systems import System, get_system, read_system
    from pkitools.trust import TrustStore
    from pkitools.validation import PathResult, PolicyInput, VerifiedPath, validate_path
    from pkitools.x509 import CertificateFacts, oin_from_certificate, read_certificate

_ROOM_OF: Final = {
    "CertificateFacts": "x509",
    "Checker": "checking",
    "CertificateRevocationList": "crl",
    "CheckResult": "checking",
    "Contents": "containers",
    "DiskCache": "fetching",
    "Environment": "environment",
    "Expectation": "checking",
    "FileCheck": "checking",
    "FileError": "errors",
    "HttpFetcher": "fetching",
    "InputError": "errors",
    "InvalidOINError": "oin",
    "InvalidValueError": "errors",
    "LimitError": "errors",
    "NetworkError": "errors",
    "OIN": "oin",
    "Outcome": "findings",
    "OwnData": "rules",
    "PathResult": "validation",
    "PkitoolsError": "errors",
    "PolicyInput": "validation",
    "PrivateKey": "requests",
    "Profile": "profiles",
    "Report": "findings",
    "RequestFacts": "requests",
    "RequestPlan": "requests",
    "Revocation": "checking",
    "RevocationOptions": "revocation",
    "RevocationPolicy": "revocation",
    "RevocationResult": "revocation",
    "SecretError": "errors",
    "Severity": "findings",
    "SignedRequest": "requests",
    "StateError": "errors",
    "Status": "findings",
    "System": "systems",
    "TrustStore": "trust",
    "Verdict": "findings",
    "VerifiedPath": "validation",
    "check": "checking",
    "check_file": "checking",
    "check_oin": "oin",
    "check_request": "requests",
    "check_revocation": "revocation",
    "error_sentence": "reports",
    "get_profile": "profiles",
    "get_system": "systems",
    "installed_data": "rules",
    "lint": "rules",
    "load_key": "requests",
    "oin_from_certificate": "x509",
    "outcome_message": "reports",
    "plan_request": "requests",
    "read_certificate": "x509",
    "read_crl": "crl",
    "read_data": "rules",
    "read_expectation": "checking",
    "read_request": "requests",
    "read_source": "containers",
    "read_system": "systems",
    "report_document": "reports",
    "report_text": "reports",
    "validate_path": "validation",
    "write_set": "files",
}

__all__ = [
    "OIN",
    "CertificateFacts",
    "CertificateRevocationList",
    "CheckResult",
    "Checker",
    "Contents",
    "DiskCache",
    "Environment",
    "Expectation",
    "FileCheck",
    "FileError",
    "HttpFetcher",
    "InputError",
    "InvalidOINError",
    "InvalidValueError",
    "LimitError",
    "NetworkError",
    "Outcome",
    "OwnData",
    "PathResult",
    "PkitoolsError",
    "PolicyInput",
    "PrivateKey",
    "Profile",
    "Report",
    "RequestFacts",
    "RequestPlan",
    "Revocation",
    "RevocationOptions",
    "RevocationPolicy",
    "RevocationResult",
    "SecretError",
    "Severity",
    "SignedRequest",
    "StateError",
    "Status",
    "System",
    "TrustStore",
    "Verdict",
    "VerifiedPath",
    "__version__",
    "check",
    "check_file",
    "check_oin",
    "check_request",
    "check_revocation",
    "error_sentence",
    "get_profile",
    "get_system",
    "installed_data",
    "lint",
    "load_key",
    "oin_from_certificate",
    "outcome_message",
    "plan_request",
    "read_certificate",
    "read_crl",
    "read_data",
    "read_expectation",
    "read_request",
    "read_source",
    "read_system",
    "report_document",
    "report_text",
    "validate_path",
    "write_set",
]


def __getattr__(name: str) -> object:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{room}"), name)
    globals()[name] = found  # asked once: from then on an attribute like any other
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
