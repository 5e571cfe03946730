"""The top of a hierarchy: an authority whose certificate is signed with its own key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Unpack

from pkitools.errors import InvalidValueError
from pkitools.frozen import replace
from pkitools_test_pki import content
from pkitools_test_pki.algorithms import SCHEMES, PrivateKey, scheme_for
from pkitools_test_pki.authority import DEFAULT_BASE_URL, Authority, issuer_of
from pkitools_test_pki.blueprint import Blueprint, Deviation
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, fresh_keys, spki
from pkitools_test_pki.ledger import Ledger, MemoryLedger
from pkitools_test_pki.shapes import AuthoritySpec


def create_root(
    spec: AuthoritySpec,
    *,
    moment: datetime,
    key: PrivateKey | None = None,
    base_url: str = DEFAULT_BASE_URL,
    ledger: Ledger | None = None,
    keys: KeySource = fresh_keys,
    **deviation: Unpack[Deviation],
) -> Authority:
    """Create a root authority: its certificate is signed with its own key.

    Raises:
        InvalidValueError: the real hierarchy has ended at this moment, and with it the shape.
    """
    generation = spec.generation
    if moment >= generation.ends - timedelta(days=2):
        raise InvalidValueError("test_pki.error.shape_ended", shape=generation.name, end=f"{generation.ends:%Y-%m-%d}")
    key = key or keys(generation.key)
    ledger = MemoryLedger() if ledger is None else ledger
    serial_number = ledger.reserve(spec.name, moment, deviation.get("serial_number"))
    subject = content.encoded_name(deviation.get("subject", spec.subject))
    issuer = replace(issuer_of(spec, base_url, key.public_key()), subject=subject)
    blueprint = Blueprint(
        serial_number=serial_number,
        signature=scheme_for(key, SCHEMES[generation.signature]),
        issuer=subject,
        not_before=deviation.get("not_before", min(generation.starts[spec.level], moment)),
        not_after=deviation.get("not_after", generation.ends),
        subject=subject,
        spki=spki(key.public_key()),
        extensions=content.authority_extensions(spec, issuer, key.public_key(), deviation),
    ).deviating(deviation)
    certificate = IssuedCertificate(
        blueprint.signed(deviation.get("signing_key", key)), serial_number, spec.level, None, key
    )
    ledger.record(spec.name, certificate)
    return Authority(spec, certificate, key, moment=moment, base_url=base_url, ledger=ledger, keys=keys)
