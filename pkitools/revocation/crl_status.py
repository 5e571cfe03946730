"""What one CRL says of one certificate (RFC 5280 6.3.3), and what several together say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pkitools.crl.entries import Entry, worst
from pkitools.crl.reading import CertificateRevocationList
from pkitools.messages import Detail
from pkitools.revocation.codes import AttemptCode, AttemptStep, CrlFault, MaybeCode, Note
from pkitools.revocation.model import GOOD, HOLD, REMOVED, RevocationStatus, StatusKind, unknown
from pkitools.revocation.scope import ALL_REASONS, ListScope, PointScope, covered, outside, scope_of
from pkitools.revocation.status_information import (
    Refused,
    RevocationContext,
    StatusInformation,
    freshness,
    require_budget,
    require_fresh,
    require_strong_key,
    still_revoked,
)
from pkitools.x509 import der_writing as encode
from pkitools.x509.der import DERError
from pkitools.x509.name_matching import canonical_name
from pkitools.x509.path_certificate import CRL_SIGN, PathCertificate


def judge_crl(
    crl: CertificateRevocationList,
    certificate: PathCertificate,
    issuer: PathCertificate,
    points: Sequence[PointScope],
    context: RevocationContext,
) -> StatusInformation:
    """Return what a list says of a certificate.

    Args:
        crl: from anywhere; nothing about it is believed yet.
        certificate: asked about.
        issuer: the next certificate of the path.
        points: the distribution points of ``certificate``.
        context: moment and options.
    """
    passed: list[AttemptStep] = []
    coverage: tuple[int, ...] = ()
    listed: RevocationStatus | None = None
    code: MaybeCode = ""
    detail = ""
    current = False
    try:
        _require_issuer(crl, issuer, context, passed)
        scope, entry = _entry(crl, certificate, passed)
        listed = GOOD if entry is None else RevocationStatus(StatusKind.REVOKED, "", entry.reason, entry.revoked_at)
        _require_issuers_in_indirect_lists(crl, scope)
        passed.append(AttemptStep.CERTIFICATE_ISSUER)
        coverage = _coverage(scope, certificate, points)
        passed += [] if crl.base_number is not None else [AttemptStep.SCOPE]
        require_fresh(crl.this_update, crl.next_update, context, passed)
        current = True
        _require_complete(crl)
    except Refused as refused:
        code, detail = refused.code, refused.detail
        if detail is CrlFault.ANOTHER_KEY and _mentions(crl, certificate):
            detail = CrlFault.ANOTHER_KEY_LISTS
        elif detail is CrlFault.ANOTHER_ISSUER and lists_of_another(crl, certificate):
            detail = CrlFault.ANOTHER_ISSUER_LISTS
    said = listed
    if said is None or (code and not still_revoked(said, crl.this_update, context)):
        said = unknown(code or AttemptCode.SCOPE)
    if code is AttemptCode.CERTIFICATE_ISSUER:
        listed = None
    return StatusInformation(
        code,
        said,
        tuple(passed),
        detail,
        _notes(crl),
        crl.this_update,
        crl.next_update,
        coverage,
        crl.number,
        listed,
        current,
        crl,
        code in _UNUSABLE and listed is None and _is_named(crl, certificate, context),
    )


def _notes(crl: CertificateRevocationList) -> tuple[Note, ...]:
    """Return in what a list is not as the standard asks, and is used all the same."""
    if not (crl.was_pem or crl.lacks_version or crl.lists_nothing):
        return ()
    seen = ((Note.PEM, crl.was_pem), (Note.LIST_VERSION, crl.lacks_version), (Note.LIST_EMPTY, crl.lists_nothing))
    return tuple(note for note, present in seen if present)


_UNUSABLE: Final = frozenset({AttemptCode.SCOPE, AttemptCode.MALFORMED})
_ONLY_ATTRIBUTES: Final = "onlyContainsAttributeCerts"


def _mentions(crl: CertificateRevocationList, certificate: PathCertificate) -> bool:
    """Whether a list has what begins as an entry of a certificate, whoever made the list."""
    return any(True for _ in crl.mentions(encode.integer_octets(certificate.serial_number)))


def lists_of_another(crl: CertificateRevocationList, certificate: PathCertificate) -> bool:
    """Whether an indirect list has an entry that names the issuer of a certificate and the certificate."""
    try:
        if not (scope_of(crl).indirect and _mentions(crl, certificate)):
            return False
        entry = find_entry(crl, certificate)
    except DERError:
        return False
    return entry is not None and entry.reason != REMOVED and crl.index.names_issuers


def _is_named(crl: CertificateRevocationList, certificate: PathCertificate, context: RevocationContext) -> bool:
    """Whether a list that was signed and cannot be used for what is in it has an entry of a certificate.

    What is critical in it and unknown, and what is malformed, may change what the entry means; it is not nothing.
    """
    try:
        scope_of(crl)
        strange = crl.unknown_critical or crl.index.unknown_critical
        named = [find_entry(crl, certificate)] if strange else []
    except DERError:
        entries = list(crl.mentions(encode.integer_octets(certificate.serial_number)))
        if None in entries:  # what it says is not known: only a list that speaks of the moment
            return freshness(crl.this_update, crl.next_update, context) is None
        named = entries
    return any(entry is not None and _counts(entry, crl, context) for entry in named)


def _counts(entry: Entry, crl: CertificateRevocationList, context: RevocationContext) -> bool:
    """Whether an entry would count if its list could be used."""
    if entry.reason == REMOVED:
        return False
    said = RevocationStatus(StatusKind.REVOKED, "", entry.reason, entry.revoked_at)
    if said.reason == HOLD:  # which ends: only a list that speaks of the moment
        return freshness(crl.this_update, crl.next_update, context) is None
    return still_revoked(said, crl.this_update, context)


def is_for_others(answer: StatusInformation) -> bool:
    """Whether a list of the issuer is for other certificates: of another kind, or of another distribution point."""
    if answer.code is not AttemptCode.SCOPE or answer.named or answer.status.kind is StatusKind.REVOKED:
        return False
    if answer.crl is None or answer.crl.base_number is not None:
        return False
    return answer.detail == _ONLY_ATTRIBUTES or answer.passed[-1] is AttemptStep.CERTIFICATE_ISSUER


def may_be_believed(crl: CertificateRevocationList, signer: PathCertificate, context: RevocationContext) -> bool:
    """Whether a list comes through every test that is not about one certificate, with this one as its signer."""
    passed: list[AttemptStep] = []
    try:
        _require_issuer(crl, signer, context, passed)
        _require_issuers_in_indirect_lists(crl, _read(crl, passed))
        require_fresh(crl.this_update, crl.next_update, context, passed)
    except Refused:
        return False
    return True


def is_from(crl: CertificateRevocationList, issuer: PathCertificate) -> bool:
    """Whether the list goes by the issuer's name."""
    return crl.issuer == issuer.subject or crl.canonical_issuer == issuer.canonical_subject


def _require_issuer(
    crl: CertificateRevocationList, issuer: PathCertificate, context: RevocationContext, passed: list[AttemptStep]
) -> None:
    wrong = _issuer_fault(crl, issuer, context.moment)
    if wrong:
        raise Refused(AttemptCode.CRL_ISSUER, wrong)
    passed.append(AttemptStep.CRL_ISSUER)
    require_strong_key(issuer.spki, passed)
    # what a list remembers of an earlier validation is not asked: one that was read before gives the same outcomes
    require_budget(context, passed, check=(id(crl), issuer.spki))
    if not crl.signed_by(issuer.spki):
        raise Refused(AttemptCode.CRL_SIGNATURE)
    passed.append(AttemptStep.CRL_SIGNATURE)


def _issuer_fault(crl: CertificateRevocationList, issuer: PathCertificate, moment: datetime) -> CrlFault | None:
    if not is_from(crl, issuer):
        return CrlFault.ANOTHER_ISSUER
    if issuer.key_usage is not None and not issuer.key_usage & CRL_SIGN:
        return CrlFault.NO_CRL_SIGN
    if not issuer.not_before <= moment <= issuer.not_after:
        return CrlFault.ISSUER_NOT_VALID
    key = issuer.subject_key_identifier
    if key is not None and crl.authority_key_identifier not in {None, key}:
        return CrlFault.ANOTHER_KEY
    return None


def _entry(
    crl: CertificateRevocationList, certificate: PathCertificate, passed: list[AttemptStep]
) -> tuple[ListScope, Entry | None]:
    """Return the scope of a list and its entry of the certificate, all entries having been read."""
    scope = _read(crl, passed)
    return scope, find_entry(crl, certificate)


def _read(crl: CertificateRevocationList, passed: list[AttemptStep]) -> ListScope:
    """Return the scope of a list of which all entries can be read and nothing critical is unknown."""
    try:
        scope = scope_of(crl)
        strange = crl.unknown_critical or crl.index.unknown_critical
    except DERError as error:
        raise Refused(AttemptCode.MALFORMED, error.detail) from None
    passed.append(AttemptStep.READABLE)
    if strange:
        # RFC 5280 5.2, 5.3: such a list determines no status, not even that of what it lists
        raise Refused(AttemptCode.SCOPE, Detail("revocation.detail.critical_extension", oid=strange))
    if scope.only_attribute:
        raise Refused(AttemptCode.SCOPE, _ONLY_ATTRIBUTES)
    return scope


def find_entry(crl: CertificateRevocationList, certificate: PathCertificate) -> Entry | None:
    """Return the entry of a certificate on a list that was read; ``None`` where it is not listed."""
    serial = encode.integer_octets(certificate.serial_number)
    index = crl.index
    if not index.names_issuers:
        return index.find(serial)
    of_the_list, wanted = crl.canonical_issuer, certificate.canonical_issuer
    return worst(
        entry
        for entry, named in index.find_named(serial)
        if (of_the_list if named is None else canonical_name(named)) == wanted
    )


def _require_issuers_in_indirect_lists(crl: CertificateRevocationList, scope: ListScope) -> None:
    if crl.index.names_issuers and not scope.indirect:
        raise Refused(AttemptCode.CERTIFICATE_ISSUER)


def _coverage(scope: ListScope, certificate: PathCertificate, points: Sequence[PointScope]) -> tuple[int, ...]:
    """Return, for each point of a certificate, the reasons for which a list answers; none at all is refused."""
    coverage = tuple(covered(scope, point) for point in points)
    beyond = outside(scope, certificate)
    if beyond:
        raise Refused(AttemptCode.SCOPE, beyond)
    if not any(coverage):
        raise Refused(AttemptCode.SCOPE, Detail("revocation.detail.another_point"))
    return coverage


def _require_complete(crl: CertificateRevocationList) -> None:
    if crl.base_number is not None:
        raise Refused(AttemptCode.SCOPE, Detail("revocation.detail.is_delta"))


def combine(answers: Sequence[StatusInformation], points: Sequence[PointScope]) -> RevocationStatus | None:
    """Return REVOKED or GOOD when these lists together say so, else ``None``.

    One list that revokes is enough. GOOD takes lists that cover every point for each of its reasons, and with them all
    reasons there are.
    """
    for answer in answers:
        if answer.status.kind is StatusKind.REVOKED:
            return answer.status
    usable = [answer.coverage for answer in answers if not answer.code]
    every_reason = 0
    for number, point in enumerate(points):
        reasons = 0
        for coverage in usable:
            reasons |= coverage[number]
        if reasons != point.reasons:
            return None
        every_reason |= reasons
    return GOOD if every_reason == ALL_REASONS else None
