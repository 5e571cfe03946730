"""What files say of the certificates in other files: lists of revoked certificates, OCSP responses, authorities.

They are gathered before anything is judged, within bounds, and given to every judgement. Of each certificate only those
are asked that go by the name of an authority of it, or name it: what lies in the other ten thousand files costs it
nothing.
"""

from __future__ import annotations

from binascii import a2b_base64
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

from pkitools.checking.delivered_lists import LISTS
from pkitools.checking.selection import is_authority, possible_issuers
from pkitools.containers import Contents, ItemKind
from pkitools.crl.reading import unread_mentions
from pkitools.errors import InputError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_FOUND_AUTHORITIES, MAX_FOUND_AUTHORITY_FILES, MAX_FOUND_LIST_BYTES, MAX_FOUND_LISTS
from pkitools.portfolio.where import folder_of
from pkitools.revocation import CertificateRevocationList, read_crl
from pkitools.revocation.ocsp import read_response
from pkitools.text import pattern
from pkitools.trust import embedded_intermediates
from pkitools.x509 import CertificateFacts
from pkitools.x509.at_hand import AtHand, at_hand
from pkitools.x509.der_writing import integer_octets
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.name_matching import canonical_name
from pkitools.x509.reader import readable

K = TypeVar("K")
V = TypeVar("V")

Lists: TypeAlias = tuple[tuple[CertificateRevocationList | bytes, ...], tuple[bytes, ...]]
"""Lists of revoked certificates, those that cannot be read as their bytes, and OCSP responses."""

_MANY_ROOTS: Final = 20
"""Files with a root each that make a folder one of those that somebody trusts."""
_ROOTS_FOR_EACH: Final = 10
"""How many of those there are at least for each root that does not say what it may sign."""
_OWN: Final = (ItemKind.KEY, ItemKind.REQUEST)
_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
# of version 3, with lengths of two octets: PKCS#7 goes by that label as well, and a list may
_ONE_CERTIFICATE: Final = pattern(rb"(?s)\x30\x82..\x30\x82..\xa0\x03\x02\x01\x02\x02")
# basicConstraints with something in it: what has none, or an empty one, issues nothing that has a path
_MAY_ISSUE: Final = pattern(rb"(?s)\x06\x03\x55\x1d\x13(?:\x01\x01\xff)?\x04.\x30[^\x00]")


@dataclass(frozen=True, slots=True)
class Known:
    """What was gathered. Fit for pickling.

    Args:
        crls: DER of each list of revoked certificates, each once.
        responses: DER of each OCSP response, each once.
        authorities: DER of certificates that may have issued others, and are not among the embedded ones.
        places: the name of each file that holds authorities alone → the numbers of those in it, from 0: only these are
            at hand for a certificate that may have been sent with another chain.
        stores: the folders that hold the roots of many, and nothing that is somebody's own.
        origins: of each authority the first file that holds it.
    """

    crls: tuple[bytes, ...] = field(default=(), repr=False)
    responses: tuple[bytes, ...] = field(default=(), repr=False)
    authorities: tuple[bytes, ...] = field(default=(), repr=False)
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False, hash=False)
    stores: frozenset[str] = frozenset()
    origins: tuple[str, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.crls or self.responses or self.authorities or self.stores)


def holds_one_leaf(data: bytes) -> bool:
    """Return whether a file is one certificate that issues no other, and nothing else: of most that is seen at once.

    Args:
        data: its content.
    """
    if data.startswith(_BEGIN):
        if data.count(b"-----BEGIN") != 1:
            return False
        try:
            data = a2b_base64(data[len(_BEGIN) : data.find(b"-----END")])
        except ValueError:
            return False
    return _ONE_CERTIFICATE.match(data) is not None and not _MAY_ISSUE.search(data)


class Collecting:
    """Takes from file after file what others need, and no more than :mod:`pkitools.limits` has room for."""

    with_others: dict[str, None]
    """The folders with what is of no authority; noted of every certificate, so in as few steps as can be."""

    def __init__(self) -> None:
        self._held: dict[ItemKind, dict[bytes, None]] = {kind: {} for kind in LISTS}
        self._authorities: dict[bytes, int] = {}
        self._origins: list[str] = []
        self._places: dict[str, tuple[int, ...]] = {}
        self._room = MAX_FOUND_LIST_BYTES
        self._embedded = frozenset(embedded_intermediates())
        self._roots: Counter[str] = Counter()  # by folder: files with roots alone, those that may be, and what has more
        self._perhaps: Counter[str] = Counter()
        self.with_others = {}

    def take(self, contents: Contents, name: str) -> int:
        """Take what is in one file; return how many parts of it there was no room for.

        Of a file of authorities alone the name is kept: what stands with a certificate is the chain of that one, and is
        sent with no other.
        """
        lists = sum(not self._take_list(item.kind, item.der) for item in contents.items if item.kind in LISTS)
        authorities, are_alone, read = _authorities(contents)
        self._take_root(contents, read, name, are_alone=are_alone)
        return lists + self._take_authorities(authorities, name, are_alone=are_alone)

    def known(self) -> Known:
        """Return all that was taken."""
        crls, responses = (tuple(self._held[kind]) for kind in (ItemKind.CRL, ItemKind.OCSP_RESPONSE))
        stores = frozenset(folder for folder, count in self._roots.items() if self._is_store(folder, count))
        return Known(crls, responses, tuple(self._authorities), self._places, stores, tuple(self._origins))

    def _is_store(self, folder: str, roots: int) -> bool:
        is_of_many = roots >= _MANY_ROOTS and self._perhaps[folder] * _ROOTS_FOR_EACH <= roots
        return is_of_many and folder not in self.with_others

    def _take_root(self, contents: Contents, read: Sequence[CertificateFacts], name: str, *, are_alone: bool) -> None:
        if any(map(contents.of_kind, _OWN)) or (contents.of_kind(ItemKind.CERTIFICATE) and not are_alone):
            self.with_others[folder_of(name)] = None
        elif read and all(facts.is_self_issued for facts in read):
            are_sure = all(holder_of(facts) is Holder.AUTHORITY for facts in read)
            (self._roots if are_sure else self._perhaps)[folder_of(name)] += 1

    def _take_list(self, kind: ItemKind, der: bytes) -> bool:
        held = self._held[kind]
        if der in held:
            return True
        if len(held) >= MAX_FOUND_LISTS or len(der) > self._room:
            return False
        self._room -= len(der)
        held[der] = None
        return True

    def _take_authorities(self, ders: Sequence[bytes], name: str, *, are_alone: bool) -> int:
        meant = [der for der in ders if der not in self._embedded]
        if meant and are_alone and len(self._places) >= MAX_FOUND_AUTHORITY_FILES:
            return len(meant)
        for der in meant:
            if der not in self._authorities and len(self._authorities) < MAX_FOUND_AUTHORITIES:
                self._authorities[der] = len(self._authorities)
                self._origins.append(name)
        kept = tuple(self._authorities[der] for der in meant if der in self._authorities)
        if kept and are_alone:
            self._places[name] = kept
        return len(meant) - len(kept)


def _authorities(contents: Contents) -> tuple[Sequence[bytes], bool, Sequence[CertificateFacts]]:
    """Return the certificates of a file that may have issued others, whether it holds no other, and all it holds."""
    ders = [item.der for item in contents.of_kind(ItemKind.CERTIFICATE)]
    if len(ders) < 2 and not any(map(_MAY_ISSUE.search, ders)):
        return (), False, ()
    read = list(readable(ders))
    return list(dict.fromkeys(facts.der for facts in possible_issuers(read))), is_of_authorities(read), read


def is_of_authorities(certificates: Iterable[CertificateFacts]) -> bool:
    """Return whether there is no certificate among these but of authorities: then they are the chain of no one."""
    return all(map(is_authority, certificates))


def read_if_it_can(crl: bytes) -> CertificateRevocationList | bytes:
    """Return a list of revoked certificates read; as it came where it cannot be: who uses it tells of that."""
    try:
        return read_crl(crl)
    except InputError:
        return crl


class AboutEach:
    """Finds what is known of one certificate.

    Args:
        known: what was gathered.
        given: authorities that are at hand for every certificate, DER.
    """

    def __init__(self, known: Known, given: Iterable[bytes] = ()) -> None:
        crls = [*map(read_if_it_can, known.crls)]
        read = (crl for crl in crls if isinstance(crl, CertificateRevocationList))
        self._by_name = _grouped(read, lambda crl: [crl.canonical_issuer])
        self._unread = [crl for crl in crls if isinstance(crl, bytes)]
        self._by_serial = _grouped(known.responses, _serials)
        given = self._given = tuple(given)
        self._known = known
        self._in_folder = _by_folder(known)
        # between two that lie in files one may stand that was given
        self._authorities = AtHand(tuple(dict.fromkeys((*known.authorities, *given))) if known.authorities else ())
        lent = self.in_files(known.places)
        self._lent = AtHand(tuple(dict.fromkeys((*lent, *given))) if lent else ())
        self._has_lists = bool(self._by_name or self._by_serial or self._unread)
        above = [*readable((*given, *embedded_intermediates()))] if self._has_lists else []
        self._always = self._about(above)

    def authorities(self, facts: CertificateFacts, *, of_any: bool = False) -> tuple[bytes, ...]:
        """Return those of other files that may stand above a certificate, DER.

        Args:
            facts: the certificate.
            of_any: also those that are the chain of another.
        """
        pool = self._authorities if of_any else self._lent
        return tuple(each.der for each in pool.above(facts))

    def near(self, facts: CertificateFacts, name: str) -> tuple[bytes, ...]:
        """Return those of the files in one folder that may stand above a certificate, DER.

        Args:
            facts: the certificate.
            name: the file in that folder in which it lies.
        """
        numbers = self._in_folder.get(folder_of(name)) if self._in_folder else None
        if numbers is None:
            return ()
        pool = (*(self._known.authorities[number] for number in numbers), *self._given)
        return tuple(each.der for each in at_hand(pool).above(facts))

    def in_files(self, names: Iterable[str]) -> tuple[bytes, ...]:
        """Return the authorities that lie in some files, DER."""
        numbers = dict.fromkeys(number for name in names for number in self._known.places.get(name, ()))
        return tuple(self._known.authorities[number] for number in numbers)

    def file_of(self, authority: bytes) -> str | None:
        """Return the first file that an authority was found in; ``None`` where it was in none."""
        known = self._known.authorities
        return self._known.origins[known.index(authority)] if authority in known else None

    def lists(self, facts: CertificateFacts, above: Iterable[CertificateFacts]) -> Lists:
        """Return the lists and OCSP responses that may be about a certificate, or about what stands above it.

        Args:
            facts: the certificate.
            above: what came with it.
        """
        if not self._has_lists:
            return self._always
        crls, responses = self._about([*above, *self._authorities.above(facts)])
        crls = (*self._by_name.get(_canonical(facts.issuer.der), ()), *crls, *self._mentioning([facts]))
        responses = (*self._by_serial.get(facts.serial_number, ()), *responses)
        return _each_once((*self._always[0], *crls)), _each_once((*self._always[1], *responses))

    def _about(self, certificates: Sequence[CertificateFacts]) -> Lists:
        names = dict.fromkeys(name for each in certificates for name in (each.issuer.der, each.subject.der))
        crls = [crl for name in names for crl in self._by_name.get(_canonical(name), ())]
        responses = [each for facts in certificates for each in self._by_serial.get(facts.serial_number, ())]
        return _each_once((*crls, *self._mentioning(certificates))), _each_once(responses)

    def _mentioning(self, certificates: Sequence[CertificateFacts]) -> Iterator[bytes]:
        """Yield the lists of which nothing can be read that may have an entry of one of these: that is not nothing."""
        serials = [integer_octets(facts.serial_number) for facts in certificates] if self._unread else []
        return (data for data in self._unread if any(unread_mentions(data, serial) for serial in serials))


_canonical = lru_cache(maxsize=1024)(canonical_name)  # of authorities, which come again with every certificate


def _by_folder(known: Known) -> Mapping[str, Sequence[int]]:
    found: dict[str, dict[int, None]] = {}
    for name, numbers in known.places.items():
        found.setdefault(folder_of(name), {}).update(dict.fromkeys(numbers))
    return {folder: tuple(numbers) for folder, numbers in found.items()}


def _each_once(several: Iterable[V]) -> tuple[V, ...]:
    return tuple({id(each): each for each in several}.values())


def _grouped(several: Iterable[V], keys: Callable[[V], Iterable[K]]) -> dict[K, list[V]]:
    grouped: dict[K, list[V]] = {}
    for each in several:
        for key in keys(each):
            grouped.setdefault(key, []).append(each)
    return grouped


def _serials(response: bytes) -> Sequence[int]:
    try:
        return [single.certificate.serial_number for single in read_response(response).responses]
    except InputError:
        return ()
