"""What ``cert show`` says to people: of each item rows, which are a label key and the lines beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from pkitools.containers import Contents, Item, ItemKind
from pkitools.files import is_file, is_private
from pkitools.limits import MAX_LINE
from pkitools.messages import outcome_message
from pkitools.messages.days import day_and_time
from pkitools.reports import DescribedFile, DescribedItem
from pkitools.reports.showing.keystores import keystore_of
from pkitools.reports.telling.readable import validity
from pkitools.text import pattern, visible
from pkitools.trust import HierarchyKind as Trust
from pkitools.trust import Match, Recognition, hierarchy_of, policy_name, recognise
from pkitools.trust.known_authorities import authority_problems
from pkitools.x509 import (
    CertificateFacts,
    CertificatePolicy,
    GeneralName,
    OINResult,
    QcStatement,
    key_identifier,
    oin_from_certificate,
    oin_from_subject,
    problem_sentence,
)
from pkitools.x509.document import serial_hex
from pkitools.x509.oids import EXTENDED_KEY_USAGES, KEY_USAGES, OTHER_NAMES, QC_STATEMENTS
from pkitools.x509.rfc4514 import rfc4514
from pkitools.x509.subject_oin import MISSING, UZI_PATH
from pkitools_cli.commands.cert.showing.keystore import keystore_rows
from pkitools_cli.commands.cert.showing.metadata import message_rows, metadata_rows, place_rows
from pkitools_cli.commands.cert.showing.revocation import crl_rows, ocsp_rows
from pkitools_cli.commands.cert.showing.summary import attention_rows, summary
from pkitools_cli.commands.cert.showing.words import MAX_LINES, Rows, listed, protection_text, signature
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import beside, columns, wrapped
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.remedies import error_line
from pkitools_cli.reply import Line
from pkitools_cli.wide import padded, width

if TYPE_CHECKING:  # they load cryptography
    from pkitools.containers.saml_messages import SamlMessage
    from pkitools.crl.reading import CertificateRevocationList
    from pkitools.requests import RequestFacts
    from pkitools.revocation.ocsp import OcspResponse

_LABEL: Final = 35  # columns before a value
_HANG: Final = 2  # columns that a value goes on further to the right
_NAME: Final = "rfc4514"
_BELOW: Final = "    "  # before a value for which there is no room there
_NAME_PART: Final = pattern(r"(?:[^\\,]|\\.)+,?")  # of a name in the form of RFC 4514, whose commas may be escaped


def file_lines(file: DescribedFile, moment: datetime) -> Iterator[Line | str]:
    """Yield the lines about one file; what could not be read goes to standard error, between the rest."""
    if file.error is not None:
        yield Line(error_line(file.error), aside=True)
    if file.contents is None:
        return
    source, told = file.contents, summary(file)
    if told is not None:
        yield from _heading(told)
        yield from _row_lines(_head_rows(file, source, moment))
        yield ""
    for bad in source.problems:
        yield Line(f"{source.name}: {error_line(bad.error)}", aside=True)
    for each in file.items:
        if each.error is not None:
            where = tr("cli.cert.show.part", number=each.item.position)
            yield Line(f"{source.name}, {where}: {error_line(each.error)}", aside=True)
        else:
            first = [] if told else attention_rows(file, moment)
            yield from _item_lines(source, each.item, [*first, *place_rows(each.item), *_rows(each, moment)])
    if _has_readable_key(file.name, source):
        yield Line(tr("cli.cert.show.key_readable", name=file.name), aside=True)


def _head_rows(file: DescribedFile, source: Contents, moment: datetime) -> Rows:
    """Return the rows of the file as a whole."""
    keystore = keystore_of(file)
    return [
        *attention_rows(file, moment),
        *metadata_rows(source.described, moment),
        *(keystore_rows(keystore) if keystore else ()),
    ]


def _rows(each: DescribedItem, moment: datetime) -> Rows:
    match each.item.kind:
        case ItemKind.CERTIFICATE:
            return certificate_rows(cast("CertificateFacts", each.facts), each.issuer, moment)
        case ItemKind.REQUEST:
            return request_rows(cast("RequestFacts", each.facts))
        case ItemKind.CRL:
            return crl_rows(cast("CertificateRevocationList", each.facts), moment)
        case ItemKind.OCSP_RESPONSE:
            return ocsp_rows(cast("OcspResponse", each.facts), moment)
        case ItemKind.SAML_MESSAGE:
            return message_rows(cast("SamlMessage", each.facts))
        case _:
            return key_rows(each)


def _item_lines(source: Contents, item: Item, rows: Rows) -> Iterator[Line | str]:
    kind = tr(f"cli.cert.show.kind.{item.kind}")
    alias = f" ({item.alias})" if item.alias else ""
    where = tr("cli.cert.show.part", number=item.position)
    container = tr(f"cli.cert.show.container.{source.container}")
    yield from _heading(f"{kind}{alias}: {source.name}, {container}, {where}")
    yield from _row_lines(rows)
    yield ""


def _row_lines(rows: Rows) -> Iterator[str]:
    for label, values in rows:
        name, told = f"  {tr(f'cli.cert.show.row.{label}')}", [_one_line(value) for value in values]
        if all(_has_room(label, value) for value in told):
            for position, value in enumerate(told):
                yield from beside(padded("" if position else name, _LABEL), value, further=_HANG)
        else:
            yield name
            for value in told:
                yield from _name_rows(value) if label == _NAME else beside(_BELOW, value, further=_HANG)


def _has_room(label: str, value: str) -> bool:
    """Return whether nothing of a value is split beside its label that is there to be copied: a word, a whole name."""
    words = [value] if label == _NAME else value.split()
    return max((width(visible(word)) for word in words), default=0) + _HANG <= columns() - _LABEL


def _heading(text: str) -> Iterator[Line]:
    yield from (Line(row, bold=True) for row in wrapped(_one_line(text), _BELOW, ""))


def _name_rows(name: str) -> list[str]:
    """Return a name in the form of RFC 4514 as rows that fit, between its parts: joined they are the name."""
    rows = [_BELOW]
    for part in _NAME_PART.findall(visible(name, MAX_LINE)):
        if rows[-1] != _BELOW and width(rows[-1] + part) > columns():
            rows.append(_BELOW)
        rows[-1] += part
    return rows


def _one_line(text: str) -> str:
    # a line break in a name must not start a line of our own
    return text.replace("\n", "\\n")


def _has_readable_key(name: str, source: Contents) -> bool:
    """Return whether others can read a key of the file that no passphrase protects."""
    plain = any(item.kind is ItemKind.KEY and not item.encrypted and item.protection is None for item in source.items)
    return plain and name != STANDARD_INPUT and is_file(name) and not is_private(name)


def certificate_rows(facts: CertificateFacts, issuer: CertificateFacts | None, moment: datetime) -> Rows:
    """Return the rows of a certificate.

    Args:
        facts: the certificate.
        issuer: the certificate of its issuer, where at hand.
        moment: when "expired" is judged.
    """
    itself = recognise(facts)
    rows: Rows = [
        ("what", [_role(facts), *_told(authority_problems(facts, moment))]),
        ("subject", [facts.subject.text]),
        ("rfc4514", [text for text in (rfc4514(facts.subject.der),) if text]),
        *_oin_rows(oin_from_certificate(facts)),
        ("hierarchy", _hierarchy(itself, facts, issuer)),
        ("issuer", [facts.issuer.text]),
        ("validity", _validity(facts.not_before, facts.not_after, moment)),
        ("key", _key(facts.public_key.label, facts.public_key.exponent)),
        ("signature", [signature(facts.signature_algorithm)]),
        ("key_usage", _usages(facts)),
        ("extended_key_usage", [EXTENDED_KEY_USAGES.get(oid, oid) for oid in facts.extended_key_usage or ()]),
        ("san", listed(_general_name(name) for name in facts.subject_alternative_name or ())),
        ("policies", listed(_policies(facts.certificate_policies or ()))),
        ("qc_statements", listed(_qc_statement(statement) for statement in facts.qc_statements or ())),
        ("crl", listed(facts.crl_uris)),
        ("ocsp", listed(facts.ocsp_uris)),
        ("ca_issuers", listed(facts.ca_issuers_uris)),
        ("serial_number", [serial_hex(facts.serial_number), str(facts.serial_number)]),
        *_thumbprint_rows(facts),
        ("problems", _told(facts.problems[:MAX_LINES])),
    ]
    return [row for row in rows if row[1]]


def _told(problems: Sequence[str]) -> list[str]:
    return [problem_sentence(problem, language()) for problem in problems]


def _thumbprint_rows(facts: CertificateFacts) -> Rows:
    key = facts.public_key
    return [
        ("sha256", [facts.sha256]),
        ("sha1", [facts.sha1]),
        ("x5t", [facts.x5t_s256]),
        ("spki", [key.spki_sha256, key.spki_sha256_base64]),
        ("ski", [value for value in (facts.subject_key_identifier or key_identifier(key.spki),) if value]),
        ("aki", [facts.authority_key_identifier] if facts.authority_key_identifier else []),
    ]


def _role(facts: CertificateFacts) -> str:
    if not facts.is_ca and facts.version < 3:
        return tr("cli.cert.show.role.old_version", version=facts.version)
    if not facts.is_ca:
        return tr("cli.cert.show.role.self_issued" if facts.is_self_issued else "cli.cert.show.role.end_entity")
    constraints = facts.basic_constraints
    depth = constraints.path_length if constraints else None
    role = tr("cli.cert.show.role.root" if facts.is_self_issued else "cli.cert.show.role.ca")
    return role if depth is None else f"{role}, {tr('cli.cert.show.role.path_length', number=depth)}"


def _oin_rows(result: OINResult) -> Rows:
    label = "oin_uzi" if result.where == UZI_PATH else "oin"
    if result.oin is None:
        found = [outcome_message(o, language()) for o in result.outcomes if o.status == "violated"]
        missing = any(o.rule is MISSING and o.status == "violated" for o in result.outcomes)
        lines = [] if missing or not result.value else [result.value]
        return [(label, [*lines, *(message.message for message in found)])]
    oin, row = result.oin, result.oin.row
    number = f"{row.number[language()]} {oin.hoofdnummer}".strip()
    lines = [str(oin), f"{row.name[language()]}: {number}", row.about[language()]]
    lines += [outcome_message(o, language()).message for o in result.outcomes if o.status == "violated"]
    return [(label, [line for line in lines if line])]


def _hierarchy(itself: Recognition, facts: CertificateFacts, issuer: CertificateFacts | None) -> list[str]:
    known, prefix = itself, "match"
    if itself.match is Match.NONE and not facts.is_self_issued:
        known, prefix = hierarchy_of(facts, issuer), "issuer_match"
    lines = []
    if known.hierarchy is not None:
        lines = [f"{known.hierarchy.label}, {tr(f'cli.trust.kind.{known.hierarchy.kind}')}"]
    elif known.generation:
        kind = f", {tr(f'cli.trust.kind.{known.kind}')}" if isinstance(known.kind, Trust) else ""
        lines = [f"{known.generation}{kind}"]
    return [*lines, tr(f"cli.trust.{prefix}.{known.match}")]


def _validity(start: datetime, end: datetime, moment: datetime) -> list[str]:
    tongue = language()
    return [f"{day_and_time(start, tongue)} - {day_and_time(end, tongue)}", validity(start, end, moment, tongue)]


def _key(label: str, exponent: int | None) -> list[str]:
    return [label if exponent in {None, 65537} else f"{label}, e = {exponent}"]


def _usages(facts: CertificateFacts) -> list[str]:
    if facts.key_usage is None:
        return []
    extension = facts.extension("2.5.29.15")
    critical = f" ({tr('cli.cert.show.critical')})" if extension and extension.critical else ""
    return [", ".join(use for use in KEY_USAGES if use in facts.key_usage) + critical]


def _general_name(name: GeneralName) -> str:
    if name.kind != "other":
        return f"{name.kind}: {name.value}"
    type_id = name.type_id or ""
    return f"{OTHER_NAMES.get(type_id, 'otherName')} ({type_id}): {name.value}"


def _policies(policies: Sequence[CertificatePolicy]) -> Iterator[str]:
    for policy in policies:
        name = policy_name(policy.oid, language())
        yield policy.oid if name == policy.oid else f"{policy.oid}: {name}"
        for text in (*policy.cps_uris, *policy.user_notices):
            yield f"    {text}"


def _qc_statement(statement: QcStatement) -> str:
    values = ", ".join(QC_STATEMENTS.get(value, value) for value in statement.values)
    name = QC_STATEMENTS.get(statement.oid, statement.oid)
    return f"{name}: {values}" if values else name


def request_rows(facts: RequestFacts) -> Rows:
    """Return the rows of a certificate signing request."""
    rows: Rows = [
        ("subject", [facts.subject.text]),
        ("rfc4514", [text for text in (rfc4514(facts.subject.der),) if text]),
        *_oin_rows(oin_from_subject(facts.subject, facts.subject_alternative_name or ())),
        ("key", _key(facts.public_key.label, facts.public_key.exponent)),
        ("signature", [signature(facts.signature_algorithm)]),
        ("san", listed(_general_name(name) for name in facts.subject_alternative_name or ())),
        ("sha256", [facts.sha256]),
        ("spki", [facts.public_key.spki_sha256, facts.public_key.spki_sha256_base64]),
        ("problems", _told(facts.problems[:MAX_LINES])),
        ("next", [tr("cli.cert.show.request_next")]),
    ]
    return [row for row in rows if row[1]]


def key_rows(each: DescribedItem) -> Rows:
    """Return the rows of a key or of what has nothing more to say. Nothing is decrypted, nothing secret is shown."""
    key = each.public_key
    rows: Rows = [
        ("form", [_form(each)] if each.item.form else []),
        ("key", _key(key.label, key.exponent) if key else []),
        ("spki", [key.spki_sha256, key.spki_sha256_base64] if key else []),
    ]
    return [row for row in rows if row[1]]


def _form(each: DescribedItem) -> str:
    if not each.is_encrypted:
        return f"{each.item.form}, {tr('cli.cert.show.not_encrypted')}"
    state = tr("cli.cert.show.encrypted" if each.item.encrypted else "cli.cert.show.encrypted_in_keystore")
    return f"{each.item.form}, {state}" + (f": {protection_text(each.protection)}" if each.protection else "")
