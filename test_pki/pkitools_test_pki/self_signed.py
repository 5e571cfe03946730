"""Self-signed certificates, for the systems that allow them in preproduction."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from pkitools_test_pki import content, extensions
from pkitools_test_pki.algorithms import PSS_SHA512, PrivateKey, scheme_for
from pkitools_test_pki.blueprint import Blueprint, Deviation, validity
from pkitools_test_pki.content import Issuer
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, fresh_keys, spki
from pkitools_test_pki.ledger import random_serial_number
from pkitools_test_pki.shapes import Template, template


def self_signed(
    profile: str | Template = "g4-tls",
    *,
    moment: datetime,
    key: PrivateKey | None = None,
    keys: KeySource = fresh_keys,
    **deviation: Unpack[Deviation],
) -> IssuedCertificate:
    """Return a certificate signed with its own key: subject, names and usages of the profile, and no issuer to ask.

    It names no CRL, no issuer's certificate and no policy, because there is no authority that could stand behind them.
    """
    chosen = profile if isinstance(profile, Template) else template(profile)
    key = key or keys(chosen.key)
    public_key = key.public_key()
    subject = content.encoded_subject(chosen, deviation)
    nobody: Deviation = {"policies": (), "crl_urls": (), "ca_issuer_urls": (), "ocsp_urls": ()}
    wanted: Deviation = {**nobody, **deviation}
    issuer = Issuer(subject, extensions.key_identifier(public_key), "", "", "", "")
    not_before, not_after = validity(wanted, moment, chosen.days, None)
    blueprint = Blueprint(
        serial_number=random_serial_number(),
        signature=scheme_for(key, PSS_SHA512),
        issuer=subject,
        not_before=not_before,
        not_after=not_after,
        subject=subject,
        spki=spki(public_key),
        extensions=content.end_entity_extensions(chosen, issuer, public_key, wanted),
    ).deviating(wanted)
    signed = blueprint.signed(deviation.get("signing_key", key))
    return IssuedCertificate(signed, blueprint.serial_number, chosen.name, None, key)
