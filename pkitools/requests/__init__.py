"""Keys and certificate signing requests for PKIoverheid: make them, read them, judge them.

>>> from pkitools.environment import Environment
>>> from pkitools.profiles import get_profile
>>> plan = plan_request(
...     get_profile("g4-tls"), Environment.PRODUCTION, common_name="api.example.nl",
...     organization="Stichting Zorg, Welzijn en Wonen", oin="00000003273229750000",
... )
>>> plan.subject.get("serialNumber")
'00000003273229750000'

``plan.make()`` then makes the key and the request.
"""

from pkitools.requests.batch import BatchError, BatchItem, plan_of, read_batch
from pkitools.requests.checking import check_request
from pkitools.requests.document import request_document
from pkitools.requests.keys import PrivateKey, generate_key, load_key
from pkitools.requests.making import Request, RequestPlan, SignatureScheme, plan_request
from pkitools.requests.reading import RequestFacts, read_request
from pkitools.requests.subject import Subject, build_subject

__all__ = [
    "BatchError",
    "BatchItem",
    "PrivateKey",
    "Request",
    "RequestFacts",
    "RequestPlan",
    "SignatureScheme",
    "Subject",
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
