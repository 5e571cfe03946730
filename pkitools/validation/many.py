"""Many end entities of few authorities: the path of an authority is verified once, and then stands.

The verified authority is the anchor of what it issued, at that moment and for that question only. Per end entity what
remains is its own signature and our checks over the whole path; whatever needs more than that (name or policy
constraints, odd encodings, a refusal to explain) goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from pkitools.errors import InputError
from pkitools.frozen import replace
from pkitools.validation.building import Path, Pool, first_path, given_pool
from pkitools.validation.checks import check_authorities, check_end_entity
from pkitools.validation.engines.fast import NAME, lacking
from pkitools.validation.engines.protocol import EngineRequest
from pkitools.validation.path import PathQuery, asked_checks, judge, result_of, try_path
from pkitools.validation.result import PathAttempt, PathResult
from pkitools.x509.given import CERTIFICATE, Given, one_der, several_ders
from pkitools.x509.path_certificate import PathCertificate, load
from pkitools.x509.signatures import certificate_signed_by

ENGINE: Final = f"{NAME}, issuer verified once"


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
    stands: dict[tuple[bytes, ...], bool] = {}
    for given in leaves:
        try:
            leaf = load(one_der(given, CERTIFICATE, "leaves"))
        except InputError as error:
            yield error
            continue
        try:
            attempt = _shortcut(leaf, between, trusted, query, stands)
        except Exception:  # a fault of ours: the ordinary way says of which check
            if query.raise_crashes:
                raise
            attempt = None
        if attempt is not None:
            yield result_of(attempt, query, 1, between, trusted)
        else:
            yield judge(leaf, between, trusted, others, query)


def _shortcut(
    leaf: PathCertificate, between: Pool, trusted: Pool, query: PathQuery, stands: dict[tuple[bytes, ...], bool]
) -> PathAttempt | None:
    """An accepted attempt, or ``None`` where the ordinary way must say."""
    path = first_path(leaf, between, trusted, query.max_intermediates)
    if path is None or len(path) < 2:
        return None
    above = path[1:]
    key = tuple([c.der for c in above])
    known = stands.get(key)
    if known is None:
        known = stands[key] = _stands(path, query)
    if not known or leaf.constrains or _needs_more(path, query):
        return None
    refused = check_end_entity(path, query.moment, query.purpose, raise_crashes=query.raise_crashes)
    if refused or asked_checks(path, query) or not certificate_signed_by(leaf, above[0]):
        return None
    return PathAttempt(path, (), complete=True, engine=ENGINE)


def _stands(path: Path, query: PathQuery) -> bool:
    """Whether an engine accepts the path of the authority itself, and nothing in it constrains what is below."""
    above = path[1:]
    if any(c.constrains for c in above) or check_authorities(path, query.moment):
        return False
    return try_path(above, replace(query, purpose=None, host=None, strict=False)).accepted


def _needs_more(path: Path, query: PathQuery) -> bool:
    # two certificates will do: what is above was asked when its own path was verified
    return bool(lacking(EngineRequest(path[:2], query.moment, query.policies)))
