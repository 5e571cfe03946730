"""The words in which an attempt to learn a status is told: what went wrong, what went well, what was odd.

Their texts stand in JSON and in what programs look for: they do not change. For people there are words.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, TypeAlias

from pkitools.fetching.model import Fault, HttpStatus


class CrlFault(StrEnum):
    """Why a list cannot be one that the issuer of a certificate made."""

    ANOTHER_ISSUER = "another-issuer"
    ANOTHER_ISSUER_LISTS = "another-issuer-lists"  # and it is indirect, and has an entry of the certificate
    NO_CRL_SIGN = "no-crl-sign"
    ISSUER_NOT_VALID = "issuer-not-valid"
    ANOTHER_KEY = "another-key"
    ANOTHER_KEY_LISTS = "another-key-lists"  # and it has an entry of the certificate


LISTING: Final = frozenset({CrlFault.ANOTHER_ISSUER_LISTS, CrlFault.ANOTHER_KEY_LISTS})
"""What a list says of a certificate that proves nothing, and that whoever handed it in should hear."""


class AttemptCode(StrEnum):
    """Why a source was of no use, or a status is unknown or was not looked for, beside an HTTP status."""

    # nobody was asked, or nothing came
    OFF = "off"
    CLOCK = "clock"
    NO_SOURCE = "no-source"
    OFFLINE = "offline"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROXY_CONNECT = "proxy-connect"
    PROXY_AUTH = "proxy-auth"
    # it was not asked, by rule
    URL = "url"
    ADDRESS = "address"
    REDIRECT = "redirect"
    # what came cannot be read
    TOO_LARGE = "too-large"
    TRUNCATED = "truncated"
    ENCODING = "encoding"
    HTTP_PROTOCOL = "http-protocol"
    PROXY_PAGE = "proxy-page"
    NOT_DER = "not-der"
    MALFORMED = "malformed"
    LIMIT = "limit"
    CRASHED = "crashed"
    # it was read and does not hold
    NOT_YET = "not-yet"
    STALE = "stale"
    NO_NEXT_UPDATE = "no-next-update"
    CRL_ISSUER = "crl-issuer"
    CRL_SIGNATURE = "crl-signature"
    SCOPE = "scope"
    DELTA = "delta"
    CERTIFICATE_ISSUER = "certificate-issuer"
    WEAK_KEY = "weak-key"
    OCSP_MALFORMED_REQUEST = "ocsp-malformed-request"
    OCSP_INTERNAL_ERROR = "ocsp-internal-error"
    OCSP_TRY_LATER = "ocsp-try-later"
    OCSP_SIG_REQUIRED = "ocsp-sig-required"
    OCSP_UNAUTHORIZED = "ocsp-unauthorized"
    RESPONDER = "responder"
    SIGNATURE = "signature"
    NO_MATCH = "no-match"
    OCSP_EXTENSION = "ocsp-extension"
    NONCE = "nonce"
    OCSP_UNKNOWN = "ocsp-unknown"
    PRODUCED_AT = "produced-at"


Code: TypeAlias = AttemptCode | HttpStatus
"""Why a source was of no use."""

MaybeCode: TypeAlias = Code | Literal[""]
"""The same, or empty where nothing is wrong."""


def code_of_fault(fault: Fault) -> Code:
    """Return the code of an attempt that the fetcher ended so: the same text."""
    return fault if isinstance(fault, HttpStatus) else AttemptCode(fault)


class AttemptStep(StrEnum):
    """What an attempt came through; failing a step has the code of the same text, or one that says more."""

    ALLOWED = "allowed"
    FETCHED = "fetched"
    READABLE = "readable"
    CRL_ISSUER = "crl-issuer"
    CRL_SIGNATURE = "crl-signature"
    SCOPE = "scope"
    DELTA = "delta"
    CERTIFICATE_ISSUER = "certificate-issuer"
    WEAK_KEY = "weak-key"
    LIMIT = "limit"
    OCSP_STATUS = "ocsp-status"
    RESPONDER = "responder"
    SIGNATURE = "signature"
    MATCH = "no-match"
    OCSP_EXTENSION = "ocsp-extension"
    NONCE = "nonce"
    NOT_YET = "not-yet"
    STALE = "stale"
    NEXT_UPDATE = "no-next-update"
    OCSP_KNOWN = "ocsp-unknown"
    PRODUCED_AT = "produced-at"


class Note(StrEnum):
    """What was odd about a source and accepted."""

    CONTENT_TYPE = "content-type"
    PEM = "pem"
    LIST_VERSION = "list-version"
    LIST_EMPTY = "list-empty"
    OLD = "old"
    NONCE_ABSENT = "nonce-absent"
    REPLAYED = "replayed"
    NUMBER_BACK = "number-back"
    CACHE_IGNORED = "cache-ignored"
    FROM_CACHE = "from-cache"
    VIA_PROXY = "via-proxy"
