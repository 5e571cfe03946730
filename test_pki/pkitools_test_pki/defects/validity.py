"""Defects of time: who is valid when."""

from __future__ import annotations

from datetime import timedelta

from pkitools_test_pki import der
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.issued import IssuedCertificate

_DAY = timedelta(days=1)


@defect("path.validity.expired")
def expired(lab: Laboratory) -> IssuedCertificate:
    """The certificate expired yesterday."""
    return lab.leaf(not_before=lab.moment - 397 * _DAY, not_after=lab.moment - _DAY)


@defect("path.validity.not_yet_valid")
def not_yet_valid(lab: Laboratory) -> IssuedCertificate:
    """The certificate becomes valid tomorrow."""
    return lab.leaf(not_before=lab.moment + _DAY)


@defect("path.validity.expired", "advice.validity.outlives_issuer")
def issuer_expired(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority expired yesterday; the certificate below it has not."""
    issuer = lab.authority(not_after=lab.moment - _DAY)
    return lab.leaf(issuer=issuer, not_after=lab.moment + 100 * _DAY)


@defect("path.validity.not_yet_valid", "advice.validity.before_issuer")
def issuer_not_yet_valid(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority becomes valid tomorrow; the certificate below it already is."""
    return lab.leaf(issuer=lab.authority(not_before=lab.moment + _DAY))


@defect("advice.validity.outlives_issuer", refused=False)
def issuer_ends_first(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority ends in 200 days and the certificate in 397, so that it cannot be used to its end."""
    issuer = lab.authority(not_after=lab.moment + 200 * _DAY)
    return lab.leaf(issuer=issuer, not_after=lab.moment + 397 * _DAY)


@defect("rfc5280.validity.order", "path.validity.expired", "path.validity.not_yet_valid")
def validity_reversed(lab: Laboratory) -> IssuedCertificate:
    """The certificate ends before it begins."""
    return lab.leaf(not_before=lab.moment + _DAY, not_after=lab.moment - _DAY)


@defect("por.g4.validity", refused=False)
def valid_too_long(lab: Laboratory) -> IssuedCertificate:
    """The certificate, of a production type, is valid for five years; G4 knows three."""
    until = lab.moment + 1826 * _DAY
    return lab.production_leaf(not_after=until)


@defect("advice.validity.order_now", refused=False)
def about_to_expire(lab: Laboratory) -> IssuedCertificate:
    """The certificate expires in ten days, and a new one takes weeks."""
    return lab.leaf(not_before=lab.moment - 387 * _DAY, not_after=lab.moment + 10 * _DAY)


@defect("rfc5280.validity.encoding")
def generalized_time_too_early(lab: Laboratory) -> IssuedCertificate:
    """The validity is written as GeneralizedTime, which is for years from 2050 on."""
    until = lab.moment + 397 * _DAY
    return lab.leaf(raw={"validity": der.sequence(der.generalized_time(lab.moment), der.generalized_time(until))})
