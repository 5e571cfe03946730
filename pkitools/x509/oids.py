"""Object identifiers and their usual names. Data only.

Sources: RFC 5280, RFC 4519, RFC 4055, RFC 5758, RFC 8410, RFC 3739, RFC 6960, RFC 6962, ETSI EN 319 412-1 and -5,
CA/Browser Forum EV Guidelines, Microsoft's list of object identifiers. Retrieved 2026-11.
"""

from __future__ import annotations

from typing import Final

# extensions of certificates and CRLs, and of their entries (RFC 5280 4.2, 5.2, 5.3)
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
KEY_USAGE: Final = "2.5.29.15"
SUBJECT_ALTERNATIVE_NAME: Final = "2.5.29.17"
BASIC_CONSTRAINTS: Final = "2.5.29.19"
NAME_CONSTRAINTS: Final = "2.5.29.30"
CRL_DISTRIBUTION_POINTS: Final = "2.5.29.31"
CERTIFICATE_POLICIES: Final = "2.5.29.32"
POLICY_MAPPINGS: Final = "2.5.29.33"
POLICY_CONSTRAINTS: Final = "2.5.29.36"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
FRESHEST_CRL: Final = "2.5.29.46"
INHIBIT_ANY_POLICY: Final = "2.5.29.54"
OCSP_NO_CHECK: Final = "1.3.6.1.5.5.7.48.1.5"
PRECERTIFICATE_POISON: Final = "1.3.6.1.4.1.11129.2.4.3"
AUTHORITY_INFORMATION_ACCESS: Final = "1.3.6.1.5.5.7.1.1"
QC_STATEMENTS_EXTENSION: Final = "1.3.6.1.5.5.7.1.3"
CRL_NUMBER: Final = "2.5.29.20"
REASON_CODE: Final = "2.5.29.21"
HOLD_INSTRUCTION: Final = "2.5.29.23"
INVALIDITY_DATE: Final = "2.5.29.24"
DELTA_CRL_INDICATOR: Final = "2.5.29.27"
ISSUING_DISTRIBUTION_POINT: Final = "2.5.29.28"
CERTIFICATE_ISSUER: Final = "2.5.29.29"

SUBJECT_SERIAL_NUMBER: Final = "2.5.4.5"
ORGANIZATION_IDENTIFIER: Final = "2.5.4.97"
SERVER_AUTH: Final = "1.3.6.1.5.5.7.3.1"
CLIENT_AUTH: Final = "1.3.6.1.5.5.7.3.2"
RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
"""Of a signature, and of a key that is for such signatures alone (RFC 4055 1.2)."""
EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"
DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"
MICROSOFT_DOCUMENT_SIGNING: Final = "1.3.6.1.4.1.311.10.3.12"
TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
ANY_EXTENDED_KEY_USAGE: Final = "2.5.29.37.0"
UZI_NAME: Final = "2.5.5.5"
"""Type of the otherName of the UZI-register, see :mod:`pkitools.x509.uzi_name`."""

ATTRIBUTES: Final[dict[str, str]] = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.13": "description",
    "2.5.4.15": "businessCategory",
    "2.5.4.16": "postalAddress",
    "2.5.4.17": "postalCode",
    "2.5.4.41": "name",
    "2.5.4.42": "GN",
    "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier",
    "2.5.4.45": "x500UniqueIdentifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.2": "unstructuredName",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}
"""Attribute type → short name."""

STRING_ATTRIBUTES: Final = frozenset(ATTRIBUTES) - {"2.5.4.16", "2.5.4.45"}
"""Attribute types whose value is a character string: all named here but postalAddress and x500UniqueIdentifier."""

ATTRIBUTE_OIDS: Final[dict[str, str]] = {name: oid for oid, name in ATTRIBUTES.items()}

UPPER_BOUNDS: Final[dict[str, int]] = {
    "2.5.4.3": 64,
    "2.5.4.10": 64,
    "2.5.4.11": 64,
    "2.5.4.7": 128,
    "2.5.4.8": 128,
    "2.5.4.5": 64,
}
"""Subject attribute OID → the most characters it may have: the upper bounds of RFC 5280, Appendix A.1."""
"""Short name → attribute type."""

EXTENDED_KEY_USAGES: Final[dict[str, str]] = {
    "2.5.29.37.0": "anyExtendedKeyUsage",
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.5": "ipsecEndSystem",
    "1.3.6.1.5.5.7.3.6": "ipsecTunnel",
    "1.3.6.1.5.5.7.3.7": "ipsecUser",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.5.5.7.3.17": "ipsecIKE",
    "1.3.6.1.5.5.7.3.36": "documentSigning",
    "1.3.6.1.4.1.311.10.3.4": "msEFS",
    "1.3.6.1.4.1.311.10.3.12": "msDocumentSigning",
    "1.3.6.1.4.1.311.20.2.2": "msSmartcardLogon",
    "1.2.840.113583.1.1.5": "adobeAuthenticDocumentsTrust",
}
"""Purpose → name."""

SIGNATURE_ALGORITHMS: Final[dict[str, tuple[str, str | None]]] = {
    "1.2.840.113549.1.1.2": ("md2WithRSAEncryption", "md2"),
    "1.2.840.113549.1.1.3": ("md4WithRSAEncryption", "md4"),
    "1.2.840.113549.1.1.4": ("md5WithRSAEncryption", "md5"),
    "1.2.840.113549.1.1.5": ("sha1WithRSAEncryption", "sha1"),
    "1.3.14.3.2.29": ("sha1WithRSAEncryption", "sha1"),
    "1.2.840.113549.1.1.14": ("sha224WithRSAEncryption", "sha224"),
    "1.2.840.113549.1.1.11": ("sha256WithRSAEncryption", "sha256"),
    "1.2.840.113549.1.1.12": ("sha384WithRSAEncryption", "sha384"),
    "1.2.840.113549.1.1.13": ("sha512WithRSAEncryption", "sha512"),
    RSASSA_PSS: ("RSASSA-PSS", None),
    "1.2.840.10045.4.1": ("ecdsa-with-SHA1", "sha1"),
    "1.2.840.10045.4.3.1": ("ecdsa-with-SHA224", "sha224"),
    "1.2.840.10045.4.3.2": ("ecdsa-with-SHA256", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa-with-SHA384", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa-with-SHA512", "sha512"),
    "1.2.840.10040.4.3": ("dsa-with-SHA1", "sha1"),
    "2.16.840.1.101.3.4.3.1": ("dsa-with-SHA224", "sha224"),
    "2.16.840.1.101.3.4.3.2": ("dsa-with-SHA256", "sha256"),
    "1.3.101.112": ("Ed25519", None),
    "1.3.101.113": ("Ed448", None),
    "2.16.840.1.101.3.4.3.17": ("ML-DSA-44", None),
    "2.16.840.1.101.3.4.3.18": ("ML-DSA-65", None),
    "2.16.840.1.101.3.4.3.19": ("ML-DSA-87", None),
}
"""Signature algorithm → name and hash. RSASSA-PSS names its hash in its parameters; EdDSA and ML-DSA have it inside."""

HASHES: Final[dict[str, str]] = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.8": "sha3-256",
    "2.16.840.1.101.3.4.2.9": "sha3-384",
    "2.16.840.1.101.3.4.2.10": "sha3-512",
}
STRONG_HASHES: Final = frozenset({"sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512"})
"""The hashes a signature may rest on."""
"""Hash algorithm → name as :mod:`hashlib` has it (SHA-3 with a hyphen)."""

KEY_ALGORITHMS: Final[dict[str, tuple[str, int | None]]] = {
    "1.2.840.113549.1.1.1": ("RSA", None),
    RSASSA_PSS: ("RSASSA-PSS", None),
    "1.2.840.10045.2.1": ("EC", None),
    "1.2.840.10040.4.1": ("DSA", None),
    "1.3.101.110": ("X25519", 255),
    "1.3.101.111": ("X448", 448),
    "1.3.101.112": ("Ed25519", 255),
    "1.3.101.113": ("Ed448", 448),
    "2.16.840.1.101.3.4.3.17": ("ML-DSA-44", None),
    "2.16.840.1.101.3.4.3.18": ("ML-DSA-65", None),
    "2.16.840.1.101.3.4.3.19": ("ML-DSA-87", None),
    "2.16.840.1.101.3.4.4.1": ("ML-KEM-512", None),
    "2.16.840.1.101.3.4.4.2": ("ML-KEM-768", None),
    "2.16.840.1.101.3.4.4.3": ("ML-KEM-1024", None),
    "1.2.840.113549.1.3.1": ("DH", None),
    "1.2.840.10046.2.1": ("DH", None),
    "1.2.840.113549.1.1.7": ("RSAES-OAEP", None),
}
"""Public key algorithm → name and, where the algorithm fixes it, its size in bits."""

CURVES: Final[dict[str, tuple[str, int]]] = {
    "1.2.840.10045.3.1.1": ("P-192", 192),
    "1.3.132.0.33": ("P-224", 224),
    "1.2.840.10045.3.1.7": ("P-256", 256),
    "1.3.132.0.34": ("P-384", 384),
    "1.3.132.0.35": ("P-521", 521),
    "1.3.132.0.10": ("secp256k1", 256),
    "1.3.36.3.3.2.8.1.1.7": ("brainpoolP256r1", 256),
    "1.3.36.3.3.2.8.1.1.11": ("brainpoolP384r1", 384),
    "1.3.36.3.3.2.8.1.1.13": ("brainpoolP512r1", 512),
}
"""Named curve → name and field size in bits."""

EXTENSIONS: Final[dict[str, str]] = {
    "2.5.29.9": "subjectDirectoryAttributes",
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.15": "keyUsage",
    "2.5.29.16": "privateKeyUsagePeriod",
    "2.5.29.17": "subjectAlternativeName",
    "2.5.29.18": "issuerAlternativeName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.20": "cRLNumber",
    "2.5.29.27": "deltaCRLIndicator",
    "2.5.29.28": "issuingDistributionPoint",
    "2.5.29.30": "nameConstraints",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.33": "policyMappings",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.36": "policyConstraints",
    "2.5.29.37": "extendedKeyUsage",
    "2.5.29.46": "freshestCRL",
    "2.5.29.54": "inhibitAnyPolicy",
    "1.3.6.1.5.5.7.1.1": "authorityInformationAccess",
    "1.3.6.1.5.5.7.1.3": "qcStatements",
    "1.3.6.1.5.5.7.1.11": "subjectInformationAccess",
    "1.3.6.1.5.5.7.1.24": "tlsFeature",
    "1.3.6.1.5.5.7.48.1.5": "ocspNoCheck",
    "1.3.6.1.4.1.11129.2.4.2": "signedCertificateTimestamps",
    "1.3.6.1.4.1.11129.2.4.3": "precertificatePoison",
    "1.3.6.1.4.1.311.20.2": "msCertificateTemplateName",
    "1.3.6.1.4.1.311.21.7": "msCertificateTemplate",
    "2.16.840.1.113730.1.1": "netscapeCertType",
    "2.16.840.1.113730.1.13": "netscapeComment",
}
"""Extension → name."""

OTHER_NAMES: Final[dict[str, str]] = {
    "1.3.6.1.4.1.311.20.2.3": "userPrincipalName",
    "1.3.6.1.5.5.7.8.5": "xmppAddr",
    "1.3.6.1.5.5.7.8.7": "srvName",
    "1.3.6.1.5.5.7.8.9": "smtpUtf8Mailbox",
    UZI_NAME: "uziName",
}
"""Type of an otherName → name."""

QC_STATEMENTS: Final[dict[str, str]] = {
    "1.3.6.1.5.5.7.11.1": "qcSyntax-v1",
    "1.3.6.1.5.5.7.11.2": "qcSyntax-v2",
    "0.4.0.1862.1.1": "qcCompliance",
    "0.4.0.1862.1.2": "qcLimitValue",
    "0.4.0.1862.1.3": "qcRetentionPeriod",
    "0.4.0.1862.1.4": "qcSSCD",
    "0.4.0.1862.1.5": "qcPDS",
    "0.4.0.1862.1.6": "qcType",
    "0.4.0.1862.1.7": "qcCClegislation",
    "0.4.0.1862.1.6.1": "eSign",
    "0.4.0.1862.1.6.2": "eSeal",
    "0.4.0.1862.1.6.3": "web",
    "0.4.0.194121.1.1": "semanticsId-Natural",
    "0.4.0.194121.1.2": "semanticsId-Legal",
    "0.4.0.194121.1.3": "semanticsId-eIDASNatural",
    "0.4.0.194121.1.4": "semanticsId-eIDASLegal",
}
"""qcStatement, QcType or semantics identifier → name."""

KEY_USAGES: Final[tuple[str, ...]] = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)
"""Bits of keyUsage, RFC 5280 4.2.1.3."""

REASONS: Final[tuple[str, ...]] = (
    "unused",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "aACompromise",
)
"""Bits of ReasonFlags, RFC 5280 4.2.1.13."""
