"""Defects of revocation: a certificate that was revoked, and CRLs that cannot say whether it was."""

from __future__ import annotations

from datetime import timedelta

from pkitools_test_pki.crl import RevokedEntry, issuing_distribution_point
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import Context, Sample
from pkitools_test_pki.defects.registry import defect

_REQUIRED = Context(revocation="require")
_DAY = timedelta(days=1)


@defect("revocation.status.revoked")
def revoked(lab: Laboratory) -> Sample:
    """The certificate was revoked: its key is no longer secret."""
    issued, crl = lab.revoked_leaf()
    return Sample(issued, crls=[crl, *lab.crls(issued)[1:]])


@defect("revocation.status.revoked")
def on_hold(lab: Laboratory) -> Sample:
    """The certificate is on hold, a state that PKIoverheid does not have and that counts as revoked."""
    issued = lab.leaf()
    crl = lab.tsp.crl(revocations=[RevokedEntry(issued.serial_number, lab.moment, "certificateHold")])
    return Sample(issued, crls=[crl, *lab.crls(issued)[1:]])


@defect("revocation.status.revoked")
def issuer_revoked(lab: Laboratory) -> Sample:
    """The issuing authority was revoked, and with it all that it issued."""
    issuer = lab.authority()
    issued = lab.leaf(issuer=issuer)
    crl = lab.domain.crl(revocations=[RevokedEntry(issuer.certificate.serial_number, lab.moment, "caCompromise")])
    return Sample(issued, crls=[lab.crls(issued)[0], crl, *lab.crls(issued)[2:]])


@defect("revocation.status.unknown", "revocation.source.stale", context=_REQUIRED)
def crl_stale(lab: Laboratory) -> Sample:
    """The CRL of the issuing authority should have been replaced a day ago."""
    issued = lab.leaf()
    crl = lab.tsp.crl(this_update=lab.moment - 3 * _DAY, next_update=lab.moment - _DAY)
    return Sample(issued, crls=[crl, *lab.crls(issued)[1:]])


@defect("revocation.status.unknown", "revocation.source.not_yet", context=_REQUIRED)
def crl_not_yet(lab: Laboratory) -> Sample:
    """The CRL of the issuing authority is dated tomorrow."""
    issued = lab.leaf()
    crl = lab.tsp.crl(this_update=lab.moment + _DAY)
    return Sample(issued, crls=[crl, *lab.crls(issued)[1:]])


@defect("revocation.status.unknown", "revocation.crl.signature", context=_REQUIRED)
def crl_signed_by_another_key(lab: Laboratory) -> Sample:
    """The CRL names the issuing authority and is signed with another key."""
    issued = lab.leaf()
    return Sample(issued, crls=[lab.tsp.crl(signing_key=lab.other_key), *lab.crls(issued)[1:]])


@defect("revocation.status.unknown", "revocation.crl.scope", context=_REQUIRED)
def crl_only_of_authorities(lab: Laboratory) -> Sample:
    """The CRL of the issuing authority says to be only about authorities."""
    issued = lab.leaf()
    crl = lab.tsp.crl(extensions=[issuing_distribution_point(only_ca=True)])
    return Sample(issued, crls=[crl, *lab.crls(issued)[1:]])


@defect("revocation.status.unknown", "revocation.crl.issuer", context=_REQUIRED)
def issuer_may_not_sign_crls(lab: Laboratory) -> Sample:
    """The issuing authority's keyUsage lacks cRLSign, so that its CRL counts for nothing."""
    return Sample(lab.leaf(issuer=lab.authority(key_usage=["digitalSignature", "keyCertSign"])))
