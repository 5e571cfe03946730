"""Name constraints (RFC 5280 section 4.2.1.10), for every kind of name, beside those of the engines.

Neither engine does all of it right: one knows no directory names and URIs, the other no addresses and only the first of
several subtrees. This check stands beside both: a path is accepted only when this check and the engine agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from pkitools.frozen import dataclass
from pkitools.text import pattern
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError, Node
from pkitools.x509.name_matching import canonical_rdns
from pkitools.x509.names import DIRECTORY, DNS, EDI_PARTY, EMAIL, IP, OTHER_NAME, REGISTERED_ID, URI, X400
from pkitools.x509.oids import NAME_CONSTRAINTS, SUBJECT_ALTERNATIVE_NAME
from pkitools.x509.path_certificate import PathCertificate

_KINDS: Final = frozenset({OTHER_NAME, EMAIL, DNS, X400, DIRECTORY, EDI_PARTY, URI, IP, REGISTERED_ID})
_PERMITTED, _EXCLUDED = asn1.explicit(0), asn1.explicit(1)
SLOW_KINDS: Final = frozenset({DIRECTORY, URI})
"""The kinds of constraint ``cryptography.x509.verification`` leaves to the full engine.

It does DNS names, addresses and e-mail. The rest nobody can compare: a name of such a kind below such a constraint is
refused, by the engine and by us.
"""

MAX_COMPARISONS: Final = 250_000
"""Comparisons of a name with a subtree in one path; the bound of Go and rustls-webpki."""

_DNS_NAME: Final = pattern(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_EMAIL_ATTRIBUTE: Final = "1.2.840.113549.1.9.1"

Name = tuple[int, bytes]  # tag of the GeneralName, its contents


class TooManyComparisons(Exception):  # noqa: N818 -- a budget, not an error of the input: the caller turns it into a verdict
    """More names times subtrees than :data:`MAX_COMPARISONS`."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """One nameConstraints extension: subtrees as (tag, contents)."""

    permitted: tuple[Name, ...]
    excluded: tuple[Name, ...]

    @property
    def kinds(self) -> frozenset[int]:
        """The tags of the names constrained."""
        return frozenset(tag for tag, _ in (*self.permitted, *self.excluded))


@dataclass(frozen=True, slots=True)
class NameViolation:
    """A name of a certificate that an authority above it does not allow.

    Args:
        index: place of the certificate in the path, 0 the end entity.
        authority: place of the authority whose constraint it breaks.
        name: the name, for people.
    """

    index: int
    authority: int
    name: str


def read_constraints(value: bytes) -> Constraints:
    """Decode the extension.

    Raises:
        DERError: malformed, or holding neither a permitted nor an excluded subtree.
    """
    permitted: tuple[Name, ...] = ()
    excluded: tuple[Name, ...] = ()
    parts = asn1.children(value, asn1.root(value, asn1.SEQUENCE))
    if not parts:
        raise DERError("is_empty", kind="nameConstraints")
    for part in parts:
        subtrees = tuple(_subtree(value, node) for node in asn1.children(value, part))
        if not subtrees:
            raise DERError("is_empty", kind="GeneralSubtrees")
        if part[0] == _PERMITTED:
            permitted = subtrees
        elif part[0] == _EXCLUDED:
            excluded = subtrees
        else:
            raise DERError("unknown_part", kind="nameConstraints")
    return Constraints(permitted, excluded)


def _subtree(value: bytes, node: Node) -> Name:
    parts = asn1.children(value, asn1.expect(node, asn1.SEQUENCE))
    if len(parts) != 1 or parts[0][0] not in _KINDS:  # minimum and maximum are not used (RFC 5280): nobody reads them
        raise DERError("subtree_more")
    base = parts[0][0], asn1.contents(value, parts[0])
    if not _WELL_FORMED.get(base[0], _any_form)(base[1]):
        raise DERError("subtree_unmatchable")
    return base


def _any_form(_base: bytes) -> bool:
    return True


def _dns_form(base: bytes) -> bool:
    text = _ascii(base)
    return text is not None and not text.startswith(".") and "*" not in text and ".." not in text


def _email_form(base: bytes) -> bool:
    text = _ascii(base)
    return text is not None and text.count("@") <= 1 and not text.endswith("@")


def _ip_form(base: bytes) -> bool:
    half = len(base) // 2
    if len(base) not in {8, 32}:
        return False
    mask = int.from_bytes(base[half:], "big")
    ones = bin(mask).count("1")
    return mask == ((1 << ones) - 1) << (8 * half - ones)


_WELL_FORMED: Final[dict[int, Callable[[bytes], bool]]] = {DNS: _dns_form, EMAIL: _email_form, IP: _ip_form}


def names_of(certificate: PathCertificate) -> list[Name]:
    """Return every name constraints apply to: subject, SAN, and e-mail of the subject where the SAN has none.

    Raises:
        DERError: the subject or the SAN is malformed.
    """
    found: list[Name] = []
    _critical, value = certificate.extensions.get(SUBJECT_ALTERNATIVE_NAME, (False, b""))
    if value:
        found = [(n[0], asn1.contents(value, n)) for n in asn1.children(value, asn1.root(value, asn1.SEQUENCE))]
    subject = certificate.subject
    root = asn1.root(subject, asn1.SEQUENCE)
    if root[2] != root[3]:
        found.append((DIRECTORY, subject))
    if not any(tag == EMAIL for tag, _ in found):
        found.extend((EMAIL, address) for address in _subject_emails(subject, root))
    return found


def _subject_emails(subject: bytes, root: Node) -> Iterable[bytes]:
    for rdn in asn1.children(subject, root):
        for pair in asn1.children(subject, rdn):
            kind, value = asn1.children(subject, pair)
            if asn1.oid(subject, kind) == _EMAIL_ATTRIBUTE:
                yield asn1.contents(subject, value)


def check_name_constraints(path: Sequence[PathCertificate]) -> list[NameViolation]:
    """Hold every certificate of a path to the constraints of every authority above it.

    Self-issued authorities are exempt, the end entity never is (RFC 5280 6.1.3).

    Args:
        path: end entity first, trust anchor last.

    Raises:
        DERError: constraints or names that cannot be read.
        TooManyComparisons: more than :data:`MAX_COMPARISONS`.
    """
    bounds = [
        (place, read_constraints(c.extensions[NAME_CONSTRAINTS][1]))
        for place, c in enumerate(path)
        if place and NAME_CONSTRAINTS in c.extensions
    ]
    violations: list[NameViolation] = []
    spent = 0
    for index, certificate in enumerate(path):
        above = [(place, constraints) for place, constraints in bounds if place > index]
        if not above or (index and certificate.self_issued):
            continue
        names = names_of(certificate)
        spent += len(names) * sum(len(c.permitted) + len(c.excluded) for _, c in above)
        if spent > MAX_COMPARISONS:
            raise TooManyComparisons
        violations.extend(
            NameViolation(index, place, _shown(name))
            for place, constraints in above
            for name in names
            if not _allowed(name, constraints)
        )
    return violations


def _allowed(name: Name, constraints: Constraints) -> bool:
    kind, value = name
    compare = _MATCHERS.get(kind)
    excluded = [base for tag, base in constraints.excluded if tag == kind]
    permitted = [base for tag, base in constraints.permitted if tag == kind]
    if compare is None:  # a kind nobody can compare: constrained at all means refused
        return not excluded and not permitted
    if any(compare(value, base, True) for base in excluded):
        return False
    return not permitted or any(compare(value, base, False) for base in permitted)


def _shown(name: Name) -> str:
    kind, value = name
    if kind == IP:
        return ".".join(map(str, value)) if len(value) == 4 else value.hex()
    return value.hex() if kind not in {EMAIL, DNS, URI} else value.decode("ascii", "backslashreplace")


def _ascii(value: bytes) -> str | None:
    return value.decode("ascii").lower() if value.isascii() else None


# each matcher: name, base of the subtree, and whether it is an excluded one. What cannot be read matches an excluded
# subtree and no permitted one: doubt never helps a name through.


def _dns(value: bytes, base: bytes, excluded: bool) -> bool:
    name, within = _ascii(value), _ascii(base)
    if name is None or within is None or not _DNS_NAME.fullmatch(name):
        return excluded
    wildcard = name.startswith("*.")
    plain = name[2:] if wildcard else name
    if not within or plain == within or plain.endswith("." + within):
        return True
    # "*.example.nl" covers "a.example.nl": an exclusion of the latter hits it
    return excluded and wildcard and within.partition(".")[2] == plain


def _email(value: bytes, base: bytes, excluded: bool) -> bool:
    if not value.isascii() or not base.isascii() or value.count(b"@") != 1:
        return excluded
    local, host = value.decode("ascii").rsplit("@", 1)
    within = base.decode("ascii")
    if not local or not host:
        return excluded
    if "@" in within:
        wanted_local, _, wanted_host = within.rpartition("@")
        return local == wanted_local and host.lower() == wanted_host.lower()
    if within.startswith("."):
        return host.lower().endswith(within.lower())
    return host.lower() == within.lower()


def _uri(value: bytes, base: bytes, excluded: bool) -> bool:
    text, within = _ascii(value), _ascii(base)
    try:
        host = urlsplit(text).hostname if text is not None and "\x00" not in text else None
    except ValueError:
        host = None
    if not host or within is None or ":" in host or host.replace(".", "").isdigit():
        return excluded  # RFC 5280: a URI without a host name, or with an address, is refused
    return host.endswith(within) if within.startswith(".") else host == within


def _ip(value: bytes, base: bytes, excluded: bool) -> bool:
    half = len(base) // 2
    if len(value) not in {4, 16}:
        return excluded
    if len(value) != half:
        return False
    return all(v & m == b & m for v, b, m in zip(value, base[:half], base[half:], strict=True))


def _directory(value: bytes, base: bytes, excluded: bool) -> bool:
    try:
        name, within = canonical_rdns(value), canonical_rdns(base)
    except (DERError, ValueError):
        return excluded
    return name[: len(within)] == within


_MATCHERS: Final[dict[int, Callable[[bytes, bytes, bool], bool]]] = {
    DNS: _dns,
    EMAIL: _email,
    URI: _uri,
    IP: _ip,
    DIRECTORY: _directory,
}
