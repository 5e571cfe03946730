"""Many end entities of few authorities: the path of an authority is verified once, and then stands.

The verified authority is the anchor of what it issued, at that moment and for that question only. Per end entity what
remains is its own signature and our checks over the whole path; whatever needs more than that (name or policy
constraints, odd encodings, a refusal to explain) goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from pkitools.errors import InputError
from pkitools.frozen import replace
from pkitools.validation.building import Path, Pool, first_path, given_pool
from pkitools.validation.checks import check_authorities, check_end_entity
from pkitools.validation.engines.fast import NAME, authorities_need, end_entity_needs
from pkitools.validation.path import PathQuery, asked_checks, judge, result_of, try_path
from pkitools.validation.remembered import Remembered
from pkitools.validation.result import PathAttempt, PathResult
from pkitools.x509 import der as asn1
from pkitools.x509 import der_writing as encode
from pkitools.x509.given import CERTIFICATE, Given, one_der, several_ders
from pkitools.x509.names import DNS, EMAIL, IP, URI
from pkitools.x509.oids import RSASSA_PSS, SUBJECT_ALTERNATIVE_NAME
from pkitools.x509.path_certificate import PathCertificate, load
from pkitools.x509.signatures import certificate_signed_by

ENGINE: Final = f"{NAME}, issuer verified once"

Standing: TypeAlias = Remembered[bool]
"""Whether the path of an authority stands, by the DER of every certificate of it."""


def _pss(hash_arc: int, octets: int) -> bytes:
    digest = encode.value(asn1.SEQUENCE, encode.oid(f"2.16.840.1.101.3.4.2.{hash_arc}"), _NULL)
    mask = encode.value(asn1.SEQUENCE, encode.oid("1.2.840.113549.1.1.8"), digest)
    parts = enumerate((digest, mask, encode.integer(octets)))
    wrapped = encode.value(asn1.SEQUENCE, *(encode.value(asn1.explicit(place), part) for place, part in parts))
    return encode.value(asn1.SEQUENCE, encode.oid(RSASSA_PSS), wrapped)


_NULL: Final = b"\x05\x00"
_USUAL_ALGORITHMS: Final = frozenset(
    {
        *(encode.value(asn1.SEQUENCE, encode.oid(f"1.2.840.113549.1.1.{arc}"), _NULL) for arc in (11, 12, 13)),
        *(encode.value(asn1.SEQUENCE, encode.oid(f"1.2.840.10045.4.3.{arc}")) for arc in (2, 3, 4)),
        *(_pss(arc, octets) for arc, octets in ((1, 32), (2, 48), (3, 64))),
    }
)
"""Signature algorithms in the one encoding that the engine takes for certain: RFC 4055, RFC 5758, RFC 8017."""

_TEXTS: Final = frozenset({DNS, EMAIL, URI})
_ADDRESS_OCTETS: Final = frozenset({4, 16})


def validate_many(
    leaves: Given | Iterable[Given],
    *,
    intermediates: Given | Iterable[Given] = (),
    anchors: Given | Iterable[Given],
    moment: datetime,
    other_anchors: Given | Iterable[Given] = (),
    purpose: str | None = None,
    host: str | None = None,
    strict: bool = False,
    raise_crashes: bool = False,
) -> Iterator[PathResult | InputError]:
    """Judge each of ``leaves`` as :func:`pkitools.validation.validate_path` does, in the order given.

    Args: see there. What cannot be read as a certificate gives its error in its place, and does not stop the rest.

    Raises:
        InvalidValueError: ``moment`` is not aware, or ``host`` is no name and no address.
    """
    query = PathQuery(moment, purpose=purpose, host=host, strict=strict, raise_crashes=raise_crashes)
    return _judged(
        _each(leaves),
        given_pool(intermediates, "intermediates"),
        given_pool(anchors, "anchors"),
        given_pool(other_anchors, "other_anchors"),
        query,
    )


def _each(leaves: Given | Iterable[Given]) -> Iterable[Given]:
    """Return what can be gone over one by one, without reading ahead."""
    if isinstance(leaves, Iterable) and not isinstance(leaves, (bytes, bytearray, memoryview, str, Mapping)):
        return leaves
    return several_ders(leaves, CERTIFICATE, "leaves")


def _judged(
    leaves: Iterable[Given], between: Pool, trusted: Pool, others: Pool, query: PathQuery
) -> Iterator[PathResult | InputError]:
    stands: Standing = Remembered()
    for given in leaves:
        try:
            leaf = load(one_der(given, CERTIFICATE, "leaves"))
        except InputError as error:
            yield error
            continue
        yield judge_below(leaf, between, trusted, others, query, stands, engine=ENGINE)


def judge_below(  # noqa: PLR0917 the pools in the order of judge, which it stands in for
    leaf: PathCertificate,
    between: Pool,
    trusted: Pool,
    others: Pool,
    query: PathQuery,
    stands: Standing,
    *,
    engine: str = NAME,
) -> PathResult:
    """Judge one end entity as :func:`~pkitools.validation.path.judge` does, with what is known of the authorities.

    Args:
        leaf, between, trusted, others, query: as there.
        stands: whether the path of an authority was verified, by all of its certificates. It may serve other queries:
            what depends on them is asked of each end entity, and what depends on the moment has its bounds.
        engine: what is told to have judged where the path of the authority stood already.
    """
    try:
        attempt = _shortcut(leaf, between, trusted, query, stands, engine)
    except Exception:  # a fault of ours: the ordinary way says of which check
        if query.raise_crashes:
            raise
        attempt = None
    if attempt is not None:
        return result_of(attempt, query, 1, between, trusted)
    return judge(leaf, between, trusted, others, query)


def _shortcut(  # noqa: PLR0917 the same
    leaf: PathCertificate, between: Pool, trusted: Pool, query: PathQuery, stands: Standing, engine: str
) -> PathAttempt | None:
    """An accepted attempt, or ``None`` where the ordinary way must say."""
    if query.cross_check or query.weak or not query.policies.is_default:
        return None
    if leaf.constrains or leaf.signature_algorithm not in _USUAL_ALGORITHMS:
        return None
    path = first_path(leaf, between, trusted, query.max_intermediates)
    if path is None or len(path) < 2:
        return None
    if not _known_to_stand(path, query, stands) or any(end_entity_needs(path)) or not _has_plain_names(leaf):
        return None
    refused = check_end_entity(path, query.moment, query.purpose, raise_crashes=query.raise_crashes)
    if refused or asked_checks(path, query) or not certificate_signed_by(leaf, path[1]):
        return None
    return PathAttempt(path, (), complete=True, engine=engine)


def _known_to_stand(path: Path, query: PathQuery, stands: Standing) -> bool:
    above = path[1:]
    key = tuple([c.der for c in above])
    known = stands.find(key, query.moment)
    if known is None:
        edges = [edge for c in above for edge in (c.not_before, c.not_after)]
        known = stands.keep(key, query.moment, edges, _stands(path, query))
    return known


def _stands(path: Path, query: PathQuery) -> bool:
    """Whether the fast engine accepts the path of the authority itself, and nothing in it constrains what is below."""
    above = path[1:]
    if any(c.constrains for c in above) or any(authorities_need(path)) or check_authorities(path, query.moment):
        return False
    if len({c.subject for c in above}) < len(above):
        return False  # of two of one name the engine chooses, and by more than the authorities
    return try_path(above, replace(query, purpose=None, host=None, strict=False, crls=())).accepted


def _has_plain_names(leaf: PathCertificate) -> bool:
    """Whether the engine can read every name of the end entity, which it does although nobody asks for them."""
    _critical, value = leaf.extensions.get(SUBJECT_ALTERNATIVE_NAME, (False, b""))
    for tag, _, start, end in leaf.alternative_names:
        plain = tag in _TEXTS and value[start:end].isascii()
        if not plain and not (tag == IP and end - start in _ADDRESS_OCTETS):
            return False
    return True
