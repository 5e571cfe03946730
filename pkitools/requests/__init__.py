"""Keys and certificate signing requests for PKIoverheid: make them, read them, judge them.

>>> from pkitools.environment import Environment
>>> from pkitools.profiles import get_profile
>>> plan = plan_request(
...     get_profile("g4-tls"), Environment.PRODUCTION, common_name="api.example.nl",
...     organization="Stichting Zorg, Welzijn en Wonen", oin="00000003273229750000",
... )
>>> plan.subject.get("serialNumber")
'00000003273229750000'

``plan.make()`` then makes the key and the request. Each name is imported when first used: reading a request does not
pay for judging one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkitools.requests.batch import BatchError, BatchItem, plan_of, read_batch
    from pkitools.requests.checking import check_request
    from pkitools.requests.document import request_document
    from pkitools.requests.keys import PrivateKey, generate_key, load_key
    from pkitools.requests.making import RequestPlan, SignatureScheme, SignedRequest, plan_request
    from pkitools.requests.reading import RequestFacts, read_request
    from pkitools.requests.subject import RequestSubject, build_subject

__all__ = [
    "BatchError",
    "BatchItem",
    "PrivateKey",
    "RequestFacts",
    "RequestPlan",
    "RequestSubject",
    "SignatureScheme",
    "SignedRequest",
    "build_subject",
    "check_request",
    "generate_key",
    "load_key",
    "plan_of",
    "plan_request",
    "read_batch",
    "read_request",
    "request_document",
]

_MODULES: Final = {
    "BatchError": "batch",
    "BatchItem": "batch",
    "PrivateKey": "keys",
    "RequestFacts": "reading",
    "RequestPlan": "making",
    "SignatureScheme": "making",
    "SignedRequest": "making",
    "RequestSubject": "subject",
    "build_subject": "subject",
    "check_request": "checking",
    "generate_key": "keys",
    "load_key": "keys",
    "plan_of": "batch",
    "plan_request": "making",
    "read_batch": "batch",
    "read_request": "reading",
    "request_document": "document",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
