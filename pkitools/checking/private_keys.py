"""The keys that lie in a file with certificates: do they belong to them, and should private ones be there at all?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.containers import ContainerFormat, Contents, Item, ItemKind
from pkitools.containers.model import FOR_OTHERS
from pkitools.documents import cite
from pkitools.errors import PkitoolsError, SecretError
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Certainty,
    Evidence,
    NotChecked,
    Outcome,
    Rule,
    Severity,
    Violated,
    ask,
    outcome,
)
from pkitools.frozen import dataclass, field
from pkitools.messages import NOTHING
from pkitools.text import joined
from pkitools.x509.der import DERError
from pkitools.x509.keys import names_of, thumbprints

if TYPE_CHECKING:
    from pkitools.checking.served import AuthorityKey
    from pkitools.x509.model import CertificateFacts, PublicKey

_OWN: Final = cite("pkitools")

FOREIGN: Final = Rule("received.private_key.foreign", Severity.ERROR, _OWN, Certainty.ADVICE)
ENCLOSED: Final = Rule("received.private_key.enclosed", Severity.NOTICE, _OWN, Certainty.ADVICE)
PUBLISHED: Final = Rule("received.private_key.published", Severity.ERROR, _OWN, Certainty.ADVICE)
COMPARED: Final = Rule("received.private_key.compared", Severity.WARNING, _OWN, Certainty.ADVICE)

BESIDE: Final = Rule("received.private_key.beside", Severity.WARNING, _OWN, Certainty.ADVICE)

AUTHORITY: Final = Rule("received.private_key.authority", Severity.ERROR, _OWN, Certainty.ADVICE)

FIRST: Final = Rule("received.private_key.first", Severity.WARNING, _OWN, Certainty.ADVICE)

PLACED: Final = Rule("received.private_key.placed", Severity.ERROR, _OWN, Certainty.ADVICE)

PUBLIC: Final = Rule("received.public_key.beside", Severity.WARNING, _OWN, Certainty.ADVICE)

NEXT: Final = Rule("received.request.next", Severity.NOTICE, _OWN, Certainty.ADVICE)

REQUEST: Final = Rule("received.request.beside", Severity.ERROR, cite("rfc-2986", "3"))

NAMED: Final = Rule("received.private_key.named", Severity.ERROR, _OWN, Certainty.ADVICE)

JWK: Final = Rule("file.jwk.key", Severity.ERROR, cite("rfc-7517", "4.7"), of_content=False)

THUMBPRINT: Final = Rule("file.jwk.thumbprint", Severity.ERROR, cite("rfc-7517", "4.8, 4.9"), of_content=False)
KEY_VALUE: Final = Rule("file.key_info.key", Severity.ERROR, cite("xmldsig", "4.4"), of_content=False)

MEANT: Final = Rule("file.key_info.certificate", Severity.ERROR, cite("xmldsig", "4.4"), of_content=False)

RULES: Final[tuple[Rule, ...]] = (
    FOREIGN,
    ENCLOSED,
    PUBLISHED,
    COMPARED,
    BESIDE,
    NAMED,
    AUTHORITY,
    FIRST,
    PLACED,
    PUBLIC,
    NEXT,
    REQUEST,
    JWK,
    THUMBPRINT,
    KEY_VALUE,
    MEANT,
)

_ALGORITHMS: Final = {  # of the kinds of a JWK (RFC 7518 6.1, RFC 8037 2)
    "RSA": frozenset({"RSA", "RSASSA-PSS"}),
    "EC": frozenset({"EC"}),
    "OKP": frozenset({"Ed25519", "Ed448", "X25519", "X448"}),
}
_WITH_KEYS: Final = frozenset({ContainerFormat.PKCS12, ContainerFormat.JKS})


@dataclass(frozen=True, slots=True)
class FileKey:
    """One private key of a file.

    Args:
        item: it.
        container: how its file wraps it.
        public: its public half; ``None`` when it could not be opened.
        fits: it belongs to one of the certificates asked about.
        has_passphrase: one was given for it.
        fits_place: it belongs to a certificate of the place it stands in; ``None`` where it stands in none.
        unasked: it is not of the certificate that was asked about: what is wrong with it is told and fails nothing.
        requested: it belongs to a request in its file.
        names: what its file calls it, the certificate it stands with and the one it is of (``name``, ``beside``,
            ``own``), each where nothing else in that file is called so.
        misplaced: it is of an authority above the certificate that it stands with.
        is_spare: so, and nothing that loads the file fails by it.
    """

    item: Item
    container: ContainerFormat
    public: PublicKey | None
    fits: bool = False
    has_passphrase: bool = False
    fits_place: bool | None = None
    unasked: bool = False
    requested: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    misplaced: AuthorityKey | None = None
    is_spare: bool = False

    @property
    def params(self) -> dict[str, str]:
        """Where it stands and what it is, for a message."""
        key = self.public.label if self.public else self.item.form
        return {"position": str(self.item.position), "key": key, "name": self.names.get("name", NOTHING)}

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Where it stands, and its public half."""
        seen = self.public.spki_sha256 if self.public else ""
        return (Evidence(f"block {self.item.position}", seen),)


def check_private_keys(
    contents: Contents,
    public_keys: Collection[str],
    passphrase: bytes | None,
    *,
    raise_crashes: bool = False,
    halves: Mapping[Item, PublicKey | None] | None = None,
    standing: Mapping[Item, Collection[str]] | None = None,
    unasked: Collection[Item] = (),
    read: Sequence[tuple[Item, CertificateFacts]] = (),
) -> tuple[Outcome, ...]:
    """Return an outcome for each rule about each private key of a file.

    Args:
        contents: the file.
        public_keys: SHA-256 (hex) of the public key of each certificate in it.
        passphrase: for the keys that are encrypted.
        halves: what :func:`public_halves` found, when that was asked before.
        standing: by private key the keys of the certificates it stands with in the file; none where nothing says that.
        unasked: those that are not of the certificate that was asked about, where one was.
        read: the certificates of the file and where they stand, to name them.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.
    """
    found = public_halves(contents, passphrase) if halves is None else halves
    requested = names_of(request_keys(contents, contents.name).values())
    given, names = passphrase is not None, _Names(contents, read)
    misplaced = _misplaced(found, standing or {}, read)
    held = [
        FileKey(
            item,
            contents.container,
            public,
            _is_of(public, public_keys),
            given,
            _fits_place(public, (standing or {}).get(item)),
            item in unasked,
            _is_of(public, requested),
            names.of(item, public, (standing or {}).get(item, ())),
            *misplaced.get(item, (None, False)),
        )
        for item, public in found.items()
    ]
    return tuple(
        each for rule, check in _CHECKS for one in held for each in ask(rule, check, one, raise_crashes=raise_crashes)
    )


def _misplaced(
    halves: Mapping[Item, PublicKey | None],
    standing: Mapping[Item, Collection[str]],
    read: Sequence[tuple[Item, CertificateFacts]],
) -> dict[Item, tuple[AuthorityKey, bool]]:
    """Return the private keys that are of an authority above the certificate they stand with.

    Args:
        halves: the private keys of a file, each with its public half.
        standing: by private key the keys of the certificates it stands with in the file; none where nothing says that.
        read: the certificates of the file, and where they stand.

    Returns:
        Each with whether it fails nothing: another that is of that certificate, or that could not be opened, stands
        before it, or what is loaded with it is the certificate of that authority.
    """
    if len(read) < 2:
        return {}
    # few files hold a key and several certificates
    from pkitools.checking.served import AuthorityKey, of_authority, somebodys_own

    every = [facts for _, facts in read]
    by_name: dict[str, dict[str, CertificateFacts]] = {}
    for facts in every:
        for name in thumbprints(facts.public_key):
            by_name.setdefault(name, {})[facts.sha256] = facts

    def of_keys(names: Collection[str]) -> list[CertificateFacts]:
        return [*{sha256: one for name in names for sha256, one in by_name.get(name, {}).items()}.values()]

    own = {one.sha256: one for one in somebodys_own(every)}
    trusted = {facts.sha256 for item, facts in read if item.has_key is False}
    found: dict[Item, tuple[AuthorityKey, bool]] = {}
    before: set[frozenset[str]] = set()
    for item, public in halves.items():
        beside = frozenset(standing.get(item, ()))
        is_free = is_named(item) and not beside
        if is_free and (len(halves) > 1 or len(own) > 1):
            continue  # in a text with names nobody says what it is for
        names = frozenset[str]() if public is None else thumbprints(public)
        fitting = of_keys(names)
        near = [one for place, one in read if place.among == item.among] if is_free else []
        if any(one in near for one in fitting) and not somebodys_own(near):
            continue  # in its section there is the certificate of that authority, and none of anybody else
        if beside:
            misplaced = of_authority(names, [*of_keys(beside), *fitting])
        else:
            is_above = fitting and own and not any(one.sha256 in own for one in fitting)
            misplaced = AuthorityKey(fitting[0], next(iter(own.values()))) if is_above else None
        if misplaced is not None:
            # a keystore may hold the key of an authority and trust another; what begins with the authority is served
            is_its_own = item.among is None and item.place is None and every[0] in fitting
            found[item] = misplaced, is_its_own or misplaced.own.sha256 in trusted or beside in before
        elif public is None or fitting:
            before.add(beside)
    return found


def check_requests(
    contents: Contents,
    public_keys: Collection[str],
    name: str,
    standing: Mapping[Item, Collection[str]],
    called: Mapping[Item, Collection[str]],
    *,
    private_keys: Collection[str] = (),
) -> Iterator[Outcome]:
    """Yield an outcome for each request in a file: is it for the key of one of the certificates it stands with?

    In a text with names one for another key than all of these is for a next certificate where its own key lies there,
    or where it is not called as a certificate is.

    Args:
        contents: the file.
        public_keys: SHA-256 (hex) of the public key of each of those certificates; none where it stands with none.
        name: of the file.
        standing: by request the keys of the certificates it stands with in the file; none where nothing says that.
        called: the same, of those alone that are called as it is.
        private_keys: SHA-256 (hex) of the public half of each private key in it.
    """
    for item, key in request_keys(contents, name).items() if public_keys else ():
        is_next = (
            key is not None
            and is_named(item)
            and not _is_of(key, public_keys)
            and (_is_of(key, private_keys) or not called.get(item))
        )
        yield outcome(NEXT if is_next else REQUEST, _of_request(item, key, standing.get(item) or public_keys, name))


def _of_request(item: Item, key: PublicKey | None, public_keys: Collection[str], name: str) -> Answer:
    if key is None:
        return NotChecked("unreadable", params={"count": "1"})
    if _is_of(key, public_keys):
        return MET
    params = {"file": name, "position": str(item.position), "key": key.label}
    return Violated((Evidence(f"{name}, block {item.position}", key.spki_sha256),), params)


def request_keys(contents: Contents, name: str) -> dict[Item, PublicKey | None]:
    """Return the requests of a file, each with its public key; ``None`` where it cannot be read.

    Args:
        contents: the file.
        name: of it.
    """
    return {item: _request_key(item, name) for item in contents.of_kind(ItemKind.REQUEST)}


def _request_key(item: Item, name: str) -> PublicKey | None:
    from pkitools.requests import read_request  # few files hold requests

    try:
        return read_request(item.der, name).public_key
    except PkitoolsError:
        return None


def check_public_keys(
    contents: Contents, public_keys: Collection[str], name: str, severity: Severity = Severity.WARNING
) -> Iterator[Outcome]:
    """Yield an outcome for each public key that stands in a file by itself: is it that of one of the certificates?

    Args:
        contents: the file.
        public_keys: SHA-256 (hex) of the public key of each of those.
        name: of the file.
        severity: of one that is not.
    """
    for item in contents.of_kind(ItemKind.PUBLIC_KEY):
        from pkitools.containers.key_facts import public_half as read_half  # few files hold one

        key = read_half(item)
        if key is None:
            continue  # who reads the file tells what cannot be read
        params = {"file": name, "position": str(item.position), "key": key.label}
        seen = (Evidence(f"{name}, block {item.position}", key.spki_sha256),)
        yield outcome(PUBLIC, MET if _is_of(key, public_keys) else Violated(seen, params, severity=severity))


def public_halves(contents: Contents, passphrase: bytes | None = None) -> dict[Item, PublicKey | None]:
    """Return the private keys of a file, each with its public half; ``None`` where it cannot be opened."""
    return {item: public_half(item, passphrase) for item in contents.of_kind(ItemKind.KEY)}


def refuse_locked(contents: Contents, passphrase: bytes | None = None) -> None:
    """Refuse a file with a private key and nothing to judge, as the key is locked: whose it is shows of no such key.

    It is refused as where the key alone is read (:func:`pkitools.requests.load_key`), in the same words.

    Args:
        contents: the file.
        passphrase: that was given for it.

    Raises:
        SecretError: a passphrase is needed and was not given, or the one that was given does not open it.
        LimitError: opening it would take minutes.
    """
    if any(contents.of_kind(kind) for kind in (ItemKind.CERTIFICATE, ItemKind.REQUEST)):
        return
    for item in contents.of_kind(ItemKind.KEY):
        is_pkcs8 = item.form == "PKCS#8"
        # what is not opened here at all, such as a key of OpenSSH, no passphrase would help
        if item.encrypted and (is_pkcs8 or item.cipher) and public_half(item, passphrase) is None:
            if is_pkcs8:
                from pkitools.requests.pbes2 import refuse_slow  # few files hold keys

                refuse_slow(item.der, contents.name)
            slug = "needed" if passphrase is None else "wrong"
            raise SecretError(f"requests.error.passphrase_{slug}", name=contents.name)


def check_stated_keys(read: Sequence[tuple[Item, CertificateFacts]]) -> Iterator[Outcome]:
    """Yield an outcome for each JWK and each KeyInfo that states a key beside its certificates.

    A JWK is about the first certificate of its ``x5c``, a KeyInfo about each end entity in it: the key of an authority
    that stands there too is not the one meant.

    Args:
        read: the certificates of the file, and where they stand.
    """
    infos: dict[int, list[tuple[Item, CertificateFacts]]] = {}
    for pair in read:
        item = pair[0]
        if item.is_stated is not None:
            yield outcome(THUMBPRINT if item.key_info is None else MEANT, MET if item.is_stated else _violated(pair))
        if item.key_info is not None and item.stated_key is not None:
            infos.setdefault(item.key_info, []).append(pair)
        elif item.stated_key is not None or item.stated_kind is not None:
            yield outcome(JWK, MET if _fits(*pair) else _violated(pair))
    for pairs in infos.values():
        foreign = next((pair for pair in _own(pairs) if not _fits(*pair)), None)
        yield outcome(KEY_VALUE, MET if foreign is None else _violated(foreign))


def _own(pairs: Sequence[tuple[Item, CertificateFacts]]) -> Iterator[tuple[Item, CertificateFacts]]:
    from pkitools.checking.selection import end_entities

    meant = {facts.sha256 for facts in end_entities(facts for _, facts in pairs)}
    return (pair for pair in pairs if pair[1].sha256 in meant)


def _fits(item: Item, facts: CertificateFacts) -> bool:
    if item.stated_kind is not None and facts.public_key.algorithm not in _ALGORITHMS[item.stated_kind]:
        return False
    if item.stated_key is None:
        return True
    from pkitools.containers.key_endings import is_key_of  # of text in JSON or XML alone

    return is_key_of(item.stated_key, facts.public_key.spki)


def _violated(pair: tuple[Item, CertificateFacts]) -> Violated:
    item, facts = pair
    name = facts.subject.called or facts.sha256
    evidence = (Evidence(f"block {item.position}", facts.public_key.spki_sha256),)
    return Violated(evidence, {"position": str(item.position), "name": name})


def held_keys(contents: Contents, passphrase: bytes | None = None) -> list[FileKey]:
    """Return the private keys of a file."""
    return [FileKey(item, contents.container, half) for item, half in public_halves(contents, passphrase).items()]


def _is_of(public: PublicKey | None, public_keys: Collection[str]) -> bool:
    return public is not None and not thumbprints(public).isdisjoint(public_keys)


def is_named(item: Item) -> bool:
    """Return whether an item stands under a name of its own in a text, by which a program takes it alone."""
    return bool(item.alias) and item.among is not None


def _fits_place(public: PublicKey | None, keys: Collection[str] | None) -> bool | None:
    return _is_of(public, keys) if keys else None


class _Names:
    """What a file calls what is in it, where it calls nothing else the same.

    Args:
        contents: the file.
        read: its certificates.
    """

    def __init__(self, contents: Contents, read: Sequence[tuple[Item, CertificateFacts]]) -> None:
        self._where: dict[str | None, set[tuple[int | None, int | None]]] = {}
        self._by_key: dict[str, list[Item]] = {}
        for item in contents.items:
            self._where.setdefault(item.alias, set()).add((item.place, item.among))
        for item, facts in read:
            for thumbprint in thumbprints(facts.public_key):
                self._by_key.setdefault(thumbprint, []).append(item)

    def of(self, key: Item, public: PublicKey | None, expected: Collection[str]) -> dict[str, str]:
        """Return the names of a key, of the certificates it stands with (of ``expected`` keys), of those it is of."""
        if not key.alias:
            return {}
        own = frozenset() if public is None else thumbprints(public)
        called = {"name": [key], "beside": self._certificates(expected), "own": self._certificates(own)}
        return {
            name: joined(list(dict.fromkeys(str(item.alias) for item in items)))
            for name, items in called.items()
            if items and all(item.alias and len(self._where[item.alias]) == 1 for item in items)
        }

    def _certificates(self, keys: Collection[str]) -> list[Item]:
        found = {id(item): item for key in keys for item in self._by_key.get(key, ())}
        return sorted(found.values(), key=lambda item: item.position)


def public_half(item: Item, passphrase: bytes | None = None) -> PublicKey | None:
    """Return the public half of a private key in a file; ``None`` when it cannot be opened."""
    from pkitools.containers.key_facts import opened_half, spki_of_old_form  # few files hold keys
    from pkitools.x509.der import SEQUENCE, root
    from pkitools.x509.keys import read_public_key

    if not (item.encrypted and item.cipher and passphrase is not None):
        ready = _to_load(item, passphrase)
        return None if ready is None else opened_half(item, ready[1], ready[0])
    found = spki_of_old_form(item, passphrase)
    return None if found is None else read_public_key(found, root(found, SEQUENCE), lambda _: None)


def _to_load(item: Item, passphrase: bytes | None) -> tuple[bytes, bytes | None] | None:
    """Return a key and the passphrase it is still locked with; ``None`` where nothing here opens it."""
    from pkitools.requests.pbes2 import refuse_slow

    if not item.encrypted:
        return item.der, None
    if passphrase is None:
        return None
    if item.form == "JKS":
        from pkitools.containers.jks_keys import opened  # few keys are locked so

        key = opened(item.der, passphrase)
        return None if key is None else (key, None)
    if item.form != "PKCS#8":
        return None
    try:
        refuse_slow(item.der, str(item.position))
    except (PkitoolsError, DERError):
        return None
    return item.der, passphrase


def _foreign(held: FileKey) -> Answer:
    # in a text with names no certificate is called that of this key: it may be that of a next one
    is_free = held.fits_place is None and is_named(held.item)
    is_ordered = held.requested and is_named(held.item)
    if held.public is None or (is_free and is_ordered and not held.fits):
        return NOT_APPLICABLE  # of the request is told that it is for a next certificate
    # while a renewal is under way the new key may stand where the old one was
    weighs = Severity.WARNING if held.unasked or is_ordered else None
    weighs = Severity.NOTICE if is_free else weighs
    params = {**held.params, "held": NOTHING if is_free else "yes"}
    return MET if held.fits else Violated(held.evidence, params, severity=weighs)


def _authority(held: FileKey) -> Answer:
    if held.misplaced is None:
        return MET if held.fits else NOT_APPLICABLE  # of one that fits nothing another rule tells
    weighs = Severity.WARNING if held.unasked or held.is_spare else None
    return Violated(held.evidence, {**held.params, "file": NOTHING, **held.misplaced.params}, severity=weighs)


def _placed(held: FileKey) -> Answer:
    if held.fits_place is None or not held.fits or held.misplaced is not None:
        return NOT_APPLICABLE  # of one that fits nothing, or no more than an authority, another rule tells
    weighs = Severity.WARNING if held.unasked else None
    params = {**held.params, **{each: held.names.get(each, NOTHING) for each in ("name", "beside", "own")}}
    if NOTHING in params.values():
        params |= {"name": NOTHING, "beside": NOTHING, "own": NOTHING}  # names are told together, or not
    return MET if held.fits_place else Violated(held.evidence, params, severity=weighs)


def _enclosed(held: FileKey) -> Answer:
    if held.container in FOR_OTHERS or not held.fits or held.unasked or held.misplaced is not None:
        return NOT_APPLICABLE  # other rules say what is wrong with those
    return MET if held.container in _WITH_KEYS else Violated(held.evidence, held.params)


def _published(held: FileKey) -> Answer:
    return Violated(held.evidence, held.params) if held.container in FOR_OTHERS else MET


def _compared(held: FileKey) -> Answer:
    if held.container in FOR_OTHERS or held.unasked:
        return NOT_APPLICABLE  # it should not be there, whose it may be; or nobody asked about it
    if held.public is not None:
        return MET
    # an entry of a keystore says whose key it is, and nobody gave what opens it
    unasked = held.container is ContainerFormat.JKS and not held.has_passphrase
    return not_compared(held.evidence, held.params, held.has_passphrase, Severity.NOTICE if unasked else None)


def not_compared(
    evidence: tuple[Evidence, ...], params: Mapping[str, str], has_passphrase: bool, severity: Severity | None = None
) -> Violated:
    """Return that keys were not compared; where a passphrase was given, that it does not open them.

    Args:
        evidence: where they stand.
        params: what they are.
        has_passphrase: one was given.
        severity: what it weighs, where that differs.
    """
    return Violated(evidence, {**params, "given": "yes" if has_passphrase else NOTHING}, severity=severity)


_CHECKS: Final = (
    (FOREIGN, _foreign),
    (AUTHORITY, _authority),
    (PLACED, _placed),
    (ENCLOSED, _enclosed),
    (PUBLISHED, _published),
    (COMPARED, _compared),
)
