"""For web applications behind a proxy that ends TLS: who is calling, by the certificate that the proxy hands on.

:class:`Access` decides, :class:`ASGIAccess` and :class:`WSGIAccess` put it before an application, and
:func:`client_certificate` only reads. A form field for an OIN is in :mod:`pkitools.http.django`.
"""

from pkitools.http.access import Access, AccessDenied, Caller, ClientCertificate, client_certificate
from pkitools.http.forms import MAX_HEADER, ProxyKind, header_of, read_header
from pkitools.http.middleware import CALLER, ASGIAccess, WSGIAccess
from pkitools.http.peers import TrustedProxies

__all__ = [
    "CALLER",
    "MAX_HEADER",
    "ASGIAccess",
    "Access",
    "AccessDenied",
    "Caller",
    "ClientCertificate",
    "ProxyKind",
    "TrustedProxies",
    "WSGIAccess",
    "client_certificate",
    "header_of",
    "read_header",
]
