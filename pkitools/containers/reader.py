"""Bytes → :class:`~pkitools.containers.model.Contents`, by content and never by file name.

Tried in order: keystore magic, DER, mail, XML, JSON, Kubernetes Secret, PEM, base64 without armour, headers of a
proxy. What is none of these gets one sentence that says what it looks like. Mail, JSON and Secrets hold parts, each
read by its own content; a part holds no parts.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.arguments import octets, text
from pkitools.containers import kubernetes, mail, xml_text
from pkitools.containers.blocks import KEY_LABEL, is_promised, key_of_block, may_be_value, silent_kind, unknown_block
from pkitools.containers.encodings import as_ascii, with_line_feeds
from pkitools.containers.model import BadItem, ContainerFormat, Contents, Item, ItemKind
from pkitools.containers.other_kinds import (
    ARCHIVES,
    JKS_MAGICS,
    content_kind,
    foreign_form,
    foreign_label,
    kind_code,
    kind_of_block,
    what_instead,
)
from pkitools.containers.parts import ObjectName, Part
from pkitools.containers.structure import What, Wrapper, certificate_path, identify, outermost, signed_data_items
from pkitools.containers.text_forms import TextForm, text_forms
from pkitools.containers.wanted import may_hold_more
from pkitools.errors import InputError, LimitError, PkitoolsError
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_CERTIFICATE_BYTES, MAX_INPUT_BYTES, MAX_PEM_BLOCKS
from pkitools.text import pattern, size_text
from pkitools.x509 import pem
from pkitools.x509.base64_text import from_base64
from pkitools.x509.der import DERError, encoded

if TYPE_CHECKING:
    from pkitools.containers.agreed import Agreed
    from pkitools.containers.named_values import Enclosure, Standing
    from pkitools.containers.protection import KeystoreProtection
    from pkitools.containers.saml_described import Described
    from pkitools.containers.saml_places import XmlPlace

# M: the first six bits of a SEQUENCE; LS0t: three hyphens
_BASE64: Final = pattern(rb"\s{0,4096}+(?:M|LS0t)[A-Za-z0-9+/\s]{63,}+={0,2}\s*+")
_PADDING: Final = pattern(rb"[ \t\r\n\v\f\x00]*+")
# a certificate as RFC 7468 writes it and nothing else: of most files that is all
_OPENING, _CLOSING = b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----"
_PLAINEST: Final = pattern(_OPENING + rb"(?:[A-Za-z0-9+/]{64}\n)*+[A-Za-z0-9+/]{1,64}={0,2}\n" + _CLOSING + rb"\n?")
_LONGEST_NAME: Final = 200  # of a section: its end says the most
_WITH_CERTIFICATES: Final = frozenset({ItemKind.KEY, ItemKind.REQUEST})


@dataclass
class _Found:
    """What has been found so far."""

    name: str
    passphrase: bytes | None = field(repr=False)
    keystores: bool
    items: list[Item] = field(default_factory=list)
    problems: list[BadItem] = field(default_factory=list)
    keystore: KeystoreProtection | None = None
    service_ids: tuple[str, ...] = ()
    padded: bool = False
    places: dict[tuple[object, int], int] = field(default_factory=dict)
    source: tuple[object, ...] = ()  # which part of a file this is, in which part; empty of the file itself
    folders: dict[object, int] = field(default_factory=dict)  # of all parts of a file together
    has_keys: bool = False  # private keys and requests that may be of this part stand outside it
    described: tuple[Described, ...] = ()
    agreements: tuple[Agreed, ...] = ()
    digest_fits: bool | None = None
    left_out: LimitError | None = None  # what was too large for the reader of its kind, whatever another finds in it
    values: dict[int, Enclosure] = field(default_factory=dict)  # where each PEM block begins that is a value: by what

    def add(self, item: Item) -> None:
        if len(self.items) >= MAX_PEM_BLOCKS:
            raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
        self.items.append(item)

    def add_placed(self, items: Sequence[Item], among: object = None, *, anew: bool = False) -> None:
        """Add items that come with numbers of places of their own: here each place has a number of its own.

        Args:
            items: they.
            among: what those numbers are unique in; ``None``: in these items.
            anew: number the items too.
        """
        among = object() if among is None else among
        for item in items:
            place = item.place
            if place is not None:
                place = self.places.setdefault((among, place), len(self.places) + 1)
            self.add(replace(item, place=place, position=self.next_position() if anew else item.position))

    def sections(self, folder: tuple[object, ...]) -> tuple[tuple[int, str], ...]:
        """Return the sections around what stands in a folder of this part of the file, as ``Item.within`` has them.

        Args:
            folder: what tells each from the others in the one around it; a text is its name.
        """
        found: list[tuple[int, str]] = []
        around: object = self.source
        for label in folder or (None,):
            around = number = self.folders.setdefault((around, label), len(self.folders) + 1)
            name = label if isinstance(label, ObjectName) else label[-_LONGEST_NAME:] if isinstance(label, str) else ""
            found.append((number, name))
        return tuple(found)

    def next_position(self) -> int:
        return len(self.items) + len(self.problems) + 1

    def bad(self, position: int, error: PkitoolsError) -> None:
        self.problems.append(BadItem(position, error))


_Reader = Callable[[bytes, _Found], ContainerFormat | None]


def read_source(data: bytes, name: str, *, passphrase: bytes | None = None, keystores: bool = True) -> Contents:
    """Return everything a file holds.

    Args:
        data: its content.
        name: what to call it in messages. Its extension plays no part.
        passphrase: for a PKCS#12 keystore, and for the digest of a Java keystore. Private keys are recognised, never
            decrypted.
        keystores: open PKCS#12 too. Not of what came from a network where nobody asked for a keystore: whoever sends it
            says how much work opening it is.

    Raises:
        InputError: nothing usable in it; the sentence says what it looks like.
        SecretError: a keystore whose passphrase is missing or wrong.
        LimitError: larger or more numerous than :mod:`pkitools.limits` allows.
        InvalidValueError: ``data`` or ``passphrase`` is no bytes, or ``name`` no text.
    """
    data, name = octets(data, "data"), text(name, "name")
    passphrase = None if passphrase is None else octets(passphrase, "passphrase")
    if not data:
        raise InputError("files.error.empty", name=name)
    if len(data) > MAX_INPUT_BYTES:
        raise LimitError("files.error.too_large", name=name, limit=size_text(MAX_INPUT_BYTES))
    plainest = _one_certificate(data, name) if data.startswith(_OPENING) else None
    if plainest is not None:
        return plainest
    found = _Found(name, passphrase, keystores)
    text_of_it = as_ascii(data)
    whole = _joined(with_line_feeds(text_of_it) if b"\r" in text_of_it else text_of_it)
    try:
        container = _read(whole, found)
    except InputError as error:
        raise _sealed(whole, name) or error from None
    _tell_sealed(whole, container, found)
    if not found.items:
        if found.problems:
            raise found.problems[0].error
        raise InputError("sources.error.nothing", name=name)
    # what was in pieces is no file that is installed as it stands
    forms = _forms(container, data, text_of_it, found) if len(whole) == len(text_of_it) else frozenset[TextForm]()
    items, problems = tuple(found.items), tuple(found.problems)
    return Contents(
        name,
        container,
        items,
        problems,
        found.keystore,
        found.service_ids,
        forms,
        found.described,
        found.digest_fits,
        found.agreements,
    )


def _one_certificate(data: bytes, name: str) -> Contents | None:
    """Return what is in a file that is one certificate in the plainest form, as all the readers together would find it.

    ``None`` of any other, also where what stands there is something else, or has something behind it.
    """
    if _PLAINEST.fullmatch(data) is None:
        return None
    try:
        der = from_base64(data, len(_OPENING), data.rindex(_CLOSING))
        is_all = outermost(der)[3] == len(der) <= MAX_CERTIFICATE_BYTES
    except (binascii.Error, DERError):
        return None
    if not is_all or identify(der) != _CERTIFICATE:
        return None
    return Contents(name, ContainerFormat.PEM, (Item(ItemKind.CERTIFICATE, der, 1),))


_CERTIFICATE: Final[What] = (ItemKind.CERTIFICATE, "", False)
_OF_TEXT: Final = frozenset({ContainerFormat.PEM, ContainerFormat.KUBERNETES, ContainerFormat.JWKS})


def _sealed(data: bytes, name: str) -> InputError | None:
    """Return that what a text holds is encrypted; ``None`` of any other."""
    from pkitools.containers.sealed_values import sealed_values  # of what cannot be read little is so

    part, program = next(sealed_values(data, name), ("", ""))
    return InputError("sources.error.sealed", name=name, part=part, program=program) if part else None


def _tell_sealed(data: bytes, container: ContainerFormat, found: _Found) -> None:
    """Tell of what stands encrypted beside what was read, as that and not as something unknown."""
    if container not in _OF_TEXT:
        return
    from pkitools.containers.sealed_values import SIGNS, sealed_values  # few texts hold any

    if not any(sign in data for sign in SIGNS):
        return
    told = dict(sealed_values(data, found.name))
    found.problems = [bad for bad in found.problems if bad.error.params.get("part") not in told]
    for part, program in told.items():
        error = InputError("sources.error.sealed", name=found.name, part=part, program=program)
        found.bad(found.next_position(), error)


def _joined(text: bytes) -> bytes:
    if (b'"' not in text and b"'" not in text) or (pem.BEGIN not in text and b"MI" not in text):
        return text
    from pkitools.containers.broken_lines import joined  # few files have quotes

    return joined(text)


def _forms(container: ContainerFormat, data: bytes, text_of_it: bytes, found: _Found) -> frozenset[TextForm]:
    """Return how the certificates of a file that is installed as it stands are written."""
    is_text = pem.BEGIN in text_of_it
    if container is ContainerFormat.BASE64:
        return frozenset({TextForm.WITHOUT_ARMOUR})
    if container not in {ContainerFormat.PEM, ContainerFormat.DER, ContainerFormat.PKCS7, ContainerFormat.PKCS12}:
        return frozenset()
    padding = {TextForm.PADDED if is_text else TextForm.PADDED_VALUE} if found.padded else set()
    return text_forms(data, text_of_it, found.values) | padding if is_text else frozenset(padding)


def _read(data: bytes, found: _Found) -> ContainerFormat:
    if data.startswith(ARCHIVES):  # what is kept in one as it is, is no file that was unpacked, and not all of it
        raise InputError(f"sources.error.{foreign_form(data)}", name=found.name)
    readers: tuple[_Reader, ...] = (
        _keystore,
        _der,
        _mail,
        _xml,
        _json,
        _secret,
        _kubeconfig,
        _ldif,
        _pem,
        _bare_base64,
        _header,
    )
    for reader in readers:
        container = reader(data, found)
        if container is not None:
            if found.left_out is not None:
                found.bad(found.next_position(), found.left_out)
            return container
    from pkitools.containers.unrecognised import unrecognised  # most files hold something

    raise found.left_out or unrecognised(data, found.name)


def _parts(parts: Iterable[Part], found: _Found) -> None:
    """Read each part as a file of its own; the items are numbered through."""
    for number, part in enumerate(parts, start=1):
        if number > MAX_PEM_BLOCKS:
            raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
        if part.error is not None:
            found.bad(found.next_position(), part.error)
            continue
        if part.form:
            found.add(Item(ItemKind.KEY, part.data, found.next_position(), part.form))
            continue
        source = found.source if part.is_rest else (*found.source, found.next_position(), number)
        inside = _Found(found.name, found.passphrase, found.keystores, source=source, folders=found.folders)
        inside.has_keys = part.is_rest and _holds_keys(found)
        data = with_line_feeds(as_ascii(part.data))
        is_read = any(reader(data, inside) for reader in (_keystore, _der, _xml, _pem, _bare_base64))
        if (not is_read and (part.expected or pem.holds_more(data))) or (
            is_read and part.expected and _is_no_certificate(part, inside)
        ):
            inside.bad(1, _unrecognised_part(part, found))
        elif part.is_served and (error := kubernetes.unfit(part)) is not None:
            inside.bad(1, error)
        if part.again is not None:
            inside = _without_what_was_said(inside, found, part.again)
        standing = (item if part.place is None else _standing_at(item, part) for item in inside.items)
        named = [_named_by(item, part, found) for item in standing]
        found.add_placed(named, among=number if part.place is None else f"place {part.place}", anew=True)
        for problem in inside.problems:
            found.bad(found.next_position(), problem.error)


def _named_by(item: Item, part: Part, found: _Found) -> Item:
    """Return what is in a part with the name of that, unless it has one there, and with what is around it."""
    if part.name is None or part.among is None:
        return replace(item, alias=item.alias or part.name)
    folder = part.among if isinstance(part.among, tuple) else (part.among,)
    if item.among is None:
        within = found.sections(folder)
        return replace(item, alias=item.alias or part.name, among=within[-1][0], within=within)
    return replace(item, alias=item.alias or part.name, within=(*found.sections((*folder, part.name)), *item.within))


def _standing_at(item: Item, part: Part) -> Item:
    stated = replace(item, place=0, stated_key=part.stated_key, stated_kind=part.stated_kind, is_stated=part.is_stated)
    return replace(stated, is_served=True) if part.is_served else stated


def _is_no_certificate(part: Part, inside: _Found) -> bool:
    """Return whether a part that should be a certificate is a private key, or has its form and is none."""
    if not inside.items or any(item.kind is not ItemKind.KEY for item in inside.items):
        return False
    from pkitools.containers.key_facts import spki_of  # of what should be a certificate few are keys

    return part.certificate or not any(item.encrypted or spki_of(item) for item in inside.items)


def _without_what_was_said(inside: _Found, found: _Found, blocks: int) -> _Found:
    """Return what the web page of a mail has that its text has not: a page may spoil what the text has whole."""
    seen = {item.der for item in found.items}
    more = len(inside.items) + len(inside.problems) > blocks
    items = [item for item in inside.items if item.der not in seen]
    return replace(inside, items=items, problems=inside.problems if more else [])


def _unrecognised_part(part: Part, found: _Found) -> InputError:
    problem = kind_code(what_instead(part.data))
    return InputError(
        "sources.error.unknown_part", number=found.next_position(), part=part.name or "-", problem=problem
    )


def _mail(data: bytes, found: _Found) -> ContainerFormat | None:
    if not mail.is_mail(data):
        return None
    _parts(mail.mail_parts(data, found.name), found)
    return ContainerFormat.MAIL if found.items or found.problems else None


def _json(data: bytes, found: _Found) -> ContainerFormat | None:
    if data[:4096].lstrip()[:1] not in {b"{", b"["}:
        return None
    from pkitools.containers.json_text import json_parts, left_out  # no other file needs the JSON reader

    known = json_parts(data)
    if known is None:
        found.left_out = left_out(data)
        return None
    _parts(known[1], found)
    return known[0] if found.items or found.problems else None


def _secret(data: bytes, found: _Found) -> ContainerFormat | None:
    if not kubernetes.is_secret(data):
        return None
    if kubernetes.is_too_large(data):
        found.left_out = kubernetes.left_out(data)
        return None
    parts, rest = kubernetes.secret_parts(data)
    _parts(parts, found)
    if pem.BEGIN in rest:  # written another way than people do
        _parts([Part(rest, is_rest=True)], found)
    else:
        _tell_more(rest, found)
    return ContainerFormat.KUBERNETES if found.items or found.problems else None


def _kubeconfig(data: bytes, found: _Found) -> ContainerFormat | None:
    if b"-data" not in data:
        return None
    from pkitools.containers.kubeconfig import kubeconfig_parts  # few files are one

    known = kubeconfig_parts(data)
    if known is None:
        return None
    _parts(known[0], found)
    if pem.BEGIN in known[1]:
        _parts([Part(known[1], is_rest=True)], found)
    else:
        _tell_more(known[1], found)
    return ContainerFormat.KUBERNETES if found.items or found.problems else None


def _ldif(data: bytes, found: _Found) -> ContainerFormat | None:
    if b":: " not in data:
        return None
    from pkitools.containers import broken_lines  # few files are LDIF

    known = broken_lines.ldif_parts(data)
    if known is None or not known[0]:
        return None
    parts, rest = known
    _parts(parts, found)
    _tell_more(rest, found)
    return ContainerFormat.BASE64 if found.items or found.problems else None


def _header(data: bytes, found: _Found) -> ContainerFormat | None:
    if xml_text.is_xml(data):
        return None
    from pkitools.containers import header_forms  # few files get here

    if (values := header_forms.values(data)) is not None:
        from pkitools.containers.named_values import standings  # few of those hold keys

        named = standings(data, [(start, stop) for start, stop, _ in values])
        _parts(
            (
                Part(inside) if one is None else Part(inside, one.name, among=one.folder)
                for (_, _, inside), one in zip(values, named, strict=True)
            ),
            found,
        )
        _tell_more(header_forms.without_values(data), found)
        return ContainerFormat.HEADER if found.items else None
    if not header_forms.is_any(data):
        return None
    for number, caller in enumerate(header_forms.callers(data), start=1):
        _take_caller(caller, number, found)
    return ContainerFormat.HEADER if found.items else None


def _take_caller(data: bytes, number: int, found: _Found) -> None:
    """Add what the headers of one caller hand on: it is his own, and its chain."""
    from pkitools.containers import header_forms

    escaped = header_forms.unescaped(data)
    inside = _Found(found.name, found.passphrase, found.keystores)
    if escaped is not None:
        _pem(escaped, inside)
    else:
        _parts((Part(token) for token in header_forms.tokens(data)), inside)
        _tell_more(header_forms.without_tokens(data), inside)
    seen: set[bytes] = set()
    for item in inside.items:  # Envoy's chain starts with the certificate that it also gives by itself
        if item.der not in seen:
            found.add(replace(item, position=found.next_position(), place=number))
        seen.add(item.der)
    found.problems += inside.problems


def _tell_more(text: bytes, found: _Found) -> None:
    """Tell of what a text may hold beside what was read of it."""
    if found.items and pem.holds_more(text):
        found.bad(found.next_position(), InputError("sources.error.beside"))


def _keystore(data: bytes, found: _Found) -> ContainerFormat | None:
    if not data.startswith(JKS_MAGICS):
        return None
    from pkitools.containers import jks  # everything else is read without

    items, bad = jks.read_jks(data, found.name)
    for item in items:
        found.add(item)
    found.problems += bad
    found.digest_fits = None if found.passphrase is None else jks.digest_fits(data, found.passphrase)
    return ContainerFormat.JKS


def _der(data: bytes, found: _Found) -> ContainerFormat | None:
    known = _known(data) if data[:1] == b"\x30" else None
    if known is None:
        return None
    _take(*known, 1, found)
    return _container(known[1][0], ContainerFormat.DER)


def _container(kind: ItemKind | Wrapper, plain: ContainerFormat) -> ContainerFormat:
    return ContainerFormat(kind.value) if isinstance(kind, Wrapper) else plain


def _known(data: bytes) -> tuple[bytes, What] | None:
    """Return what the first value is, and the data with that as DER: PKCS#7 comes with other lengths as well."""
    what = identify(data)
    as_it_is = None if what is None else (data, what)
    if data[:1] != b"\x30" or (what is not None and what[0] is not Wrapper.PKCS7):
        return as_it_is
    from pkitools.containers.ber import as_definite  # little is written so

    definite = as_definite(data)
    what = None if definite is None else identify(definite)
    return as_it_is if definite is None or what is None or what[0] is not Wrapper.PKCS7 else (definite, what)


def _take(data: bytes, what: What, position: int, found: _Found, place: XmlPlace | None = None) -> None:
    """Add the items of one DER value that :func:`identify` knows."""
    kind, form, encrypted = what
    if isinstance(kind, Wrapper):
        _tell_trailing(data, outermost(data)[3], position, found)
    if kind is Wrapper.PKCS7:
        _take_pkcs7(data, position, found, place)
    elif kind is Wrapper.PKCS12 and not found.keystores:
        found.bad(position, InputError("sources.error.keystore_unasked", name=found.name))
    elif kind is Wrapper.PKCS12:
        from pkitools.containers.pkcs12 import read_pkcs12  # no other file needs it

        found.add_placed(read_pkcs12(data, found.name, found.passphrase))
        from pkitools.containers.protection import protection_of_keystore  # for those who have one

        found.keystore = protection_of_keystore(data)
    elif isinstance(kind, ItemKind):
        whole = outermost(data)
        if kind is ItemKind.CERTIFICATE and whole[3] > MAX_CERTIFICATE_BYTES:
            found.bad(position, _too_large(whole[3]))
            return
        _tell_trailing(data, whole[3], position, found)
        found.add(_item(kind, encoded(data, whole), position, form, encrypted, place))


def _tell_trailing(data: bytes, end: int, position: int, found: _Found) -> None:
    """Tell of what stands behind a value: it is not judged."""
    if end == len(data):
        return
    behind = _PADDING.match(data, end)
    if behind is None or behind.end() != len(data):
        found.bad(position, InputError("sources.error.trailing", number=position, size=len(data) - end))
    else:
        found.padded = True


def _item(kind: ItemKind, der: bytes, position: int, form: str, encrypted: bool, place: XmlPlace | None) -> Item:  # noqa: PLR0917  the fields of an item, in their order
    if place is None:
        return Item(kind, der, position, form, encrypted)
    role, use, entity_id = place.role, place.use, place.entity_id
    return Item(kind, der, position, form, encrypted, role=role, use=use, entity_id=entity_id, place=place.number)


def _too_large(size: int) -> LimitError:
    return LimitError("x509.error.certificate_too_large", size=size, limit=MAX_CERTIFICATE_BYTES)


def _take_pkcs7(data: bytes, position: int, found: _Found, place: XmlPlace | None) -> None:
    kind = content_kind(data)
    if kind is not None:
        found.bad(position, InputError("sources.error.other_kind", name=found.name, problem=kind_code(kind)))
        return
    try:
        inside = signed_data_items(data, outermost(data))
    except DERError as error:
        found.bad(position, InputError("sources.error.pkcs7_malformed", name=found.name, detail=error.detail))
        return
    if not inside:
        found.bad(position, InputError("sources.error.pkcs7_empty", name=found.name))
    for number, (member, node) in enumerate(inside, start=1):
        if member is None:
            found.bad(number, InputError("sources.error.pkcs7_member", number=number))
        else:
            found.add(_item(member, encoded(data, node), number, "", False, place))
    from pkitools.containers.signed_mail import content_of  # few are mail

    _take_signed(content_of(data) or b"", found)


def _take_signed(content: bytes, found: _Found) -> None:
    """Read what is signed, where it is a mail: a program saves one as smime.p7m; tell what else it may hold."""
    if mail.is_entity(content):
        _parts(mail.mail_parts(content, found.name), found)
    elif pem.holds_more(content):
        found.bad(found.next_position(), InputError("sources.error.beside"))


def _pem(data: bytes, found: _Found) -> ContainerFormat | None:
    if pem.BEGIN not in data:
        return None
    container = ContainerFormat.PEM
    silent = ""
    standing: list[tuple[int, int, int, int]] = []  # of each block: from where to where, and of its items
    begin = first = 0
    for part in pem.parts(data):
        if isinstance(part, pem.Gap):
            if part.start:
                standing.append((begin, part.start, first, len(found.items)))
            begin, first = part.end, len(found.items)
            if pem.looks_like_more(data, part):
                found.bad(found.next_position(), InputError("sources.error.between_blocks", offset=part.start))
        elif foreign := foreign_label(part.label):
            found.bad(part.number, unknown_block(part, foreign))
        elif (kind := silent_kind(part)) and identify(part.body) is None and not may_hold_more(part.body):
            silent = kind
        elif part.error is not None:
            found.bad(part.number, part.error)
        else:
            container = _take_block(part, found) or container
    if silent and not found.items and not found.problems:
        raise InputError("sources.error.other_kind", name=found.name, problem=kind_code(silent))
    paired = found.has_keys or (len(standing) > 1 and _holds_keys(found))
    if paired or any(may_be_value(data, span[0]) for span in standing):
        _name(data, standing, found, paired=paired)
    return container if found.items or found.problems else None


def _named_in_json(data: bytes) -> list[Standing | None] | None:
    if data[:4096].lstrip()[:1] not in {b"{", b"["}:
        return None
    from pkitools.containers.json_text import named_texts  # no other file needs the JSON reader

    return named_texts(data)


def _holds_keys(found: _Found) -> bool:
    """Return whether something is there that belongs with a certificate, by its name perhaps."""
    return any(item.kind in _WITH_CERTIFICATES for item in found.items)


def _name(data: bytes, blocks: Sequence[tuple[int, int, int, int]], found: _Found, *, paired: bool) -> None:
    """Give what stands under names in a text those names: they say which key and request is of which certificate.

    Args:
        data: the text.
        blocks: of each from where to where it goes, and its items.
        found: what is named in place.
        paired: also what no value encloses, as there are keys or requests to tell apart.
    """
    from pkitools.containers.named_values import standings  # few files hold keys beside something else, or are no PEM

    found_in = _named_in_json(data) or ()
    if len(found_in) != len(blocks):
        found_in = standings(data, [span[:2] for span in blocks])
    for (begin, _, first, last), one in zip(blocks, found_in, strict=True):
        if one is not None and one.enclosed:
            found.values[begin] = one.enclosed
        if one is not None and (paired or one.enclosed):
            within = found.sections(one.folder)
            found.items[first:last] = [
                replace(each, alias=one.name or None, among=within[-1][0], within=within, is_value=bool(one.enclosed))
                for each in found.items[first:last]
            ]


def _take_block(block: pem.Block, found: _Found) -> ContainerFormat | None:
    if block.label.endswith(KEY_LABEL) and (block.encrypted or block.label.startswith("OPENSSH")):
        found.add(key_of_block(block))
        return None
    known = _known(block.body)
    if known is None:
        found.bad(block.number, unknown_block(block, kind_of_block(block)))
        return None
    body, what = known
    if not is_promised(block.label, what[0]):
        problem = kind_code(what[0].value)
        error = InputError("sources.error.other_label", number=block.number, label=block.label, problem=problem)
        found.bad(block.number, error)
    if block.label == "TRUSTED CERTIFICATE":  # OpenSSL's: a certificate with trust settings behind it
        body = _first_value(block.body)
        behind = identify(block.body[len(body) :])
        if behind is not None and behind[0] is ItemKind.CERTIFICATE:
            size = len(block.body) - len(body)
            found.bad(block.number, InputError("sources.error.trailing", number=block.number, size=size))
    _take(body, what, block.number, found)
    return ContainerFormat(what[0].value) if isinstance(what[0], Wrapper) else None


def _first_value(data: bytes) -> bytes:
    return encoded(data, outermost(data))


def _xml(data: bytes, found: _Found) -> ContainerFormat | None:
    # before PEM: some paste the BEGIN and END lines into their metadata
    if not xml_text.is_xml(data):
        return None
    from pkitools.containers.saml_entities import described_in  # no other file needs these
    from pkitools.containers.saml_messages import read_message
    from pkitools.containers.saml_places import service_ids

    certificates, bad = xml_text.certificates_in(data)
    _keys_of_text(data, found)
    is_message = read_message(data) is not None
    if not certificates and not bad and not found.items and not is_message:
        if not xml_text.is_metadata(data):
            return None
        _tell_bare_keys(data, found)
        return ContainerFormat.SAML_METADATA
    if xml_text.has_document_type(data):
        raise InputError("sources.error.xml_document_type", name=found.name)
    found.problems += bad
    if not bad and any(pem.looks_like_more(data, pem.Gap(*around)) for around in xml_text.around_values(data)):
        found.bad(found.next_position(), InputError("sources.error.beside"))
    if xml_text.is_metadata(data):
        found.service_ids, found.described = service_ids(data), described_in(data)
        _tell_bare_keys(data, found)
    else:
        from pkitools.containers.agreed import agreements_in

        found.agreements = agreements_in(data)
        _tell_bare(data, found)
    _take_elements(data, certificates, found)
    _take_lists(data, found)
    if is_message:
        found.add(Item(ItemKind.SAML_MESSAGE, data, found.next_position()))
    return ContainerFormat.SAML_METADATA if xml_text.is_metadata(data) else ContainerFormat.XML


def _take_elements(data: bytes, certificates: Sequence[tuple[int, int, bytes]], found: _Found) -> None:
    """Add the certificates, each with where it stands and the key that is stated beside it."""
    from pkitools.containers.x509_data import stated_certificates
    from pkitools.containers.xml_keys import key_infos

    offsets = [offset for _, offset, _ in certificates]
    standing, beside = _standing(data, offsets), key_infos(data, offsets)
    stated = stated_certificates(data, [(offset, der) for _, offset, der in certificates])
    for index, ((number, _, der), place, info) in enumerate(zip(certificates, standing, beside, strict=True)):
        before = len(found.items)
        _take_element(number, der, found, place)
        if index in stated:
            at, fits = stated[index]
            found.items[before:] = [replace(i, is_stated=fits, key_info=at) for i in found.items[before:]]
        if info is not None and info.key is not None:
            found.items[before:] = [replace(i, stated_key=info.key, key_info=info.at) for i in found.items[before:]]


def _tell_bare_keys(data: bytes, found: _Found) -> None:
    """Tell of the keys of metadata of which no certificate stands there, so that nobody looked at them."""
    from pkitools.containers.saml_places import bare_keys

    for use in dict.fromkeys(bare_keys(data)):
        found.bad(found.next_position(), InputError("sources.error.saml_bare_key", use=use))


def _tell_bare(data: bytes, found: _Found) -> None:
    from pkitools.containers.xml_places import bare_certificates

    count = bare_certificates(data)
    if count:
        found.bad(found.next_position(), InputError("sources.error.cpa_bare_key", count=count))


_REVOCATION: Final = frozenset({ItemKind.CRL, ItemKind.OCSP_RESPONSE})


def _take_lists(data: bytes, found: _Found) -> None:
    """Add the CRLs and OCSP responses that stand in XML beside its certificates."""
    for number, der in enumerate(xml_text.lists_in(data), start=1):
        what = None if der is None else identify(der)
        if der is None or what is None or what[0] not in _REVOCATION:
            found.bad(found.next_position(), InputError("sources.error.xml_list", number=number))
        else:
            _take(der, what, found.next_position(), found)


def _standing(data: bytes, offsets: list[int]) -> Iterable[XmlPlace]:
    from pkitools.containers.saml_places import places
    from pkitools.containers.xml_places import own_places

    return places(data, offsets) if xml_text.is_metadata(data) else own_places(data, offsets)


def _take_element(number: int, der: bytes, found: _Found, place: XmlPlace | None) -> None:
    known = _known(der)
    if known is not None and known[1][0] in {ItemKind.CERTIFICATE, ItemKind.KEY, Wrapper.PKCS7}:
        _take(*known, number, found, place)
        return
    path = certificate_path(der)
    for node in path:
        found.add(_item(ItemKind.CERTIFICATE, encoded(der, node), number, "", False, place))
    if not path:
        problem = kind_code(what_instead(der))
        found.bad(number, InputError("sources.error.saml_not_certificate", number=number, problem=problem))


def _keys_of_text(data: bytes, found: _Found) -> None:
    """Add the private keys that stand in XML, as PEM or as numbers; its certificates were found another way."""
    for block in pem.blocks(data) if xml_text.holds_private_key(data) else ():
        if block.label.endswith(KEY_LABEL):
            found.add(key_of_block(block))
    from pkitools.containers.xml_keys import private_parts

    for element in private_parts(data):
        found.add(Item(ItemKind.KEY, element, found.next_position(), "RSAKeyValue"))


def _bare_base64(data: bytes, found: _Found) -> ContainerFormat | None:
    if not _BASE64.fullmatch(data):
        return None
    try:
        inside = from_base64(data)
    except binascii.Error:
        return None
    known = _known(inside)
    if known is not None:
        _take(*known, 1, found)
        return _container(known[1][0], ContainerFormat.BASE64)
    # the value of a Secret, as kubectl gives it: base64 of a PEM
    return ContainerFormat.BASE64 if _pem(inside, found) is not None else None
