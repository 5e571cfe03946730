"""How an authority's CRL comes to be: from what its ledger holds, but for what a case wants otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from pkitools.x509.model import Extension
from pkitools_test_pki import crl, extensions
from pkitools_test_pki.algorithms import PrivateKey, SignatureScheme, scheme_for
from pkitools_test_pki.crl import CrlBlueprint, RevokedEntry
from pkitools_test_pki.ledger import BuiltCrl, CrlState

if TYPE_CHECKING:
    from pkitools_test_pki.authority import Authority

Selection: TypeAlias = Callable[[CrlState], tuple[tuple[Extension, ...], Iterable[RevokedEntry]]]
"""What makes a CRL complete, delta or partial: its extra extensions and its entries."""


class CrlDeviation(TypedDict, total=False):
    """What a CRL may say otherwise than it should.

    ``number``, ``this_update``, ``next_update`` (``None``: left out), ``revocations`` (the entries), ``issuer_name``
    (DER), ``signing_key``, ``signature`` (the scheme), ``extensions`` (replace those with the same OID, add others),
    ``without`` (OIDs), ``raw``: field of :data:`pkitools_test_pki.crl.TBS_FIELDS` → DER.
    """

    number: int
    this_update: datetime
    next_update: datetime | None
    revocations: Iterable[RevokedEntry]
    issuer_name: bytes
    signing_key: PrivateKey
    signature: SignatureScheme
    extensions: Iterable[Extension]
    without: Iterable[str]
    raw: Mapping[str, bytes]


def publish(
    authority: Authority,
    kind: str,
    select: Selection,
    deviation: CrlDeviation,
    *,
    moment: datetime | None,
    hours: float | None,
) -> bytes:
    """Build, sign and record the next CRL of an authority; return it in DER."""

    def build(state: CrlState) -> BuiltCrl:
        wanted = moment or authority.moment
        this_update = deviation.get("this_update", max(wanted, state.earliest or wanted))
        period = timedelta(hours=hours or authority.spec.generation.crl_hours)
        next_update = deviation.get("next_update", this_update + period)
        extra, revocations = select(state)
        signing_key = deviation.get("signing_key", authority.key)
        blueprint = CrlBlueprint(
            signature=deviation.get("signature") or scheme_for(signing_key, authority.signature),
            issuer=deviation.get("issuer_name", authority.subject),
            this_update=this_update,
            next_update=next_update,
            revocations=deviation.get("revocations", revocations),
            extensions=_extensions(authority, deviation.get("number", state.number), extra, deviation),
            raw=deviation.get("raw", {}),
        )
        return BuiltCrl(blueprint.signed(signing_key), this_update, next_update)

    return authority.ledger.publish(authority.name, kind, build)


def _extensions(
    authority: Authority, number: int, extra: tuple[Extension, ...], deviation: CrlDeviation
) -> tuple[Extension, ...]:
    identifier = extensions.authority_key_identifier(authority.key_identifier)
    given = (extensions.extension("authority_key_identifier", identifier), crl.crl_number(number), *extra)
    instead = {extension.oid: extension for extension in deviation.get("extensions", ())}
    without = set(deviation.get("without", ()))
    kept = [instead.pop(extension.oid, extension) for extension in given if extension.oid not in without]
    return (*kept, *instead.values())
