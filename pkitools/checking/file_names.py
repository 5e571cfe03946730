"""Which files are one another's by their names: ``a.pem``, ``A.key``, ``a-cert.pem``, ``a.fullchain.pem``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Final

from pkitools.frozen import dataclass
from pkitools.text import pattern

# what a name says of the kind of thing in a file or its encoding, and not of whom it is
_ENDS: Final = frozenset((
    "key", "privkey", "private", "priv", "privatekey", "pub", "public", "pubkey",
    "cert", "crt", "cer", "certificate", "csr", "req", "request", "certreq", "p10", "p8", "pk8",
    "chain", "fullchain", "bundle", "pem", "der", "txt", "asc", "b64", "p7b", "p7c", "p7", "p12", "pfx", "jks",
    "xml", "json", "jwks", "yaml", "yml", "eml",
    "certificaat", "sleutel", "privesleutel", "privésleutel", "prive", "privé", "keten", "aanvraag",
    "pkey", "pk", "x509", "certs", "keys", "certificates", "chains", "certificaten", "sleutels",
))  # fmt: skip
# at the beginning of a name alone; those of _KINDS anywhere: tls_cert_digid, ssl_certificate_key_digid
_BEGINNINGS: Final = frozenset(("req", "chain"))
_KINDS: Final = frozenset((
    "key", "privkey", "privatekey", "cert", "crt", "certificate", "csr", "certreq", "fullchain",
    "certificaat", "sleutel", "privesleutel", "privésleutel", "pkey", "x509",
))  # fmt: skip
# a host may be called so (private.example.nl, aanvraag.gemeente.nl): of a kind they are only beside a word of _KINDS
_BESIDE_KINDS: Final = frozenset((
    "private", "priv", "public", "pub", "prive", "privé", "chain", "bundle", "keten", "request", "req", "aanvraag",
))  # fmt: skip
# where words are written together: of capitals (clientKey), and those that libvirt, libpq and others write (serverkey)
_CAPITAL: Final = pattern(
    r"(?<=[A-Za-z0-9])(?=(?:Private|Priv|Public)?"
    r"(?:Key|Cert|Certificate|Certificaat|Crt|Csr|Chain|Sleutel)(?![a-z]))"
    r"|(?:(?<=[Kk]ey)|(?<=[Cc]ert)|(?<=[Cc]ertificate)|(?<=[Cc]ertificaat)|(?<=[Cc]rt)|(?<=[Cc]sr)|(?<=[Cc]hain)"
    r"|(?<=[Ss]leutel)|(?<=[0-9]))(?=[A-Z])"
)
_CAPITALS: Final = ("key", "cert", "crt", "csr", "chain", "sleutel")
# with which a word may end: what libvirt, libpq and others write (serverkey), and before a number (privkey1)
_LAST: Final = (
    "certificate", "certificaat", "certreq", "cert", "crt", "csr", "fullchain", "chain",
    "privésleutel", "privesleutel", "sleutel", "privatekey", "privkey", "pkey", "key",
)  # fmt: skip
_WHOSE: Final = frozenset(("", "server", "client", "ssl", "tls", "root", "ca"))
_BETWEEN: Final = pattern(r"[.\-_ ()\[\]]+")
_IN_FRONT: Final = ("priv_", "pub_")  # no host is called so: it has no underscore
_ENCODINGS: Final = frozenset(("pem", "der", "txt", "asc", "b64"))
_KEY_ENDS: Final = frozenset((
    "key", "privkey", "private", "priv", "privatekey", "p8", "pk8", "pkey", "sleutel", "privesleutel", "privésleutel",
))  # fmt: skip
_KEY_WORDS: Final = frozenset(("key", "privkey", "privatekey", "pkey", "sleutel", "privesleutel", "privésleutel"))
_SEVERAL: Final = 2
_MOST_ALIKE: Final = 50  # names with one word: what more have tells none from the others
_KEPT_END: Final = r"\.bak-[0-9]+"  # what pkitools calls what it wrote over
_OLD_ENDS: Final = {
    "~": True,
    r"\.bak": True,
    _KEPT_END: True,
    r"\.old": True,
    r"\.orig": True,
    r"\.bak\.?[0-9]+": False,
    r"\.(?:backup|save|disabled)": False,
    r"\.sw[op]": False,  # of vim
    r"\.rpm(?:save|new|orig)": False,  # of the package managers of Red Hat and Debian
    r"\.(?:dpkg|ucf)-[a-z]{1,10}": False,
}
"""How the name of what was in use before ends, and whether that of a certificate or key does: the rest are added to
configurations, which no program reads then. Of a configuration neither its folder nor a year says so.
"""
_KEPT: Final = pattern(_KEPT_END)
_COPY: Final = pattern(rf".+(?:{'|'.join(end for end, is_of_all in _OLD_ENDS.items() if is_of_all)})")
_OLD_CONFIGURATION: Final = pattern(rf".+(?:{'|'.join(_OLD_ENDS)})")
_OF_A_YEAR: Final = pattern(r"(.+)[.-](?:19|20)[0-9]{2}((?:\.[a-z0-9]{1,5})?)")
_NUMBERED: Final = pattern(r"(.*[^0-9])[0-9]+(\.[a-z0-9]{1,5})")
ARCHIVES: Final = frozenset(("archive",))  # of certbot, with a link to what is in use


def is_called_copy(name: str) -> bool:
    """Return whether a file may be a copy of what was in use before: by its name or that of a folder that it lies in.

    What is in use may be called so too: a name alone decides nothing.

    Args:
        name: as it was reached.
    """
    *folders, last = PurePath(name.casefold()).parts or ("",)
    return bool(_COPY.fullmatch(last) or _OF_A_YEAR.fullmatch(last)) or not ARCHIVES.isdisjoint(folders)


def is_called_old_configuration(name: str) -> bool:
    """Return whether a configuration may be one of before by the end of its name.

    A program reads it all the same where another configuration names it. What a folder is called says nothing: a
    server that waits for another to fail is a ``backup``, and an ``archive`` is served too. Nor does a year: those of
    one year are in use in that.

    Args:
        name: of the file, without its folder.
    """
    return _OLD_CONFIGURATION.fullmatch(name.casefold()) is not None


def is_copy_beside(name: str, other: str) -> bool:
    """Return whether a name says that a file is a copy of what was in use before another, which lies where it lay.

    That is in its folder, or beside the folder that copies are kept in. A number is a year only where the rest is what
    the other is called: keys have 2048 bits, and what is in use is called after the year that it is of.

    Args:
        name, other: as they were reached.
    """
    path, place = PurePath(name.casefold()), PurePath(other.casefold())
    kept_in = [each.parent for each in path.parents if each.name in ARCHIVES]
    if place.parent in kept_in:
        return True
    if kept_in and path.parent == place.parent:  # certbot's, which links from elsewhere to the last
        numbered = [_NUMBERED.fullmatch(each.name) for each in (path, place)]
        return len({each.groups() if each else each for each in numbered}) == 1 and all(numbered)
    if path.parent != place.parent or is_called_copy(other):
        return False
    of_year = _OF_A_YEAR.fullmatch(path.name)
    return _COPY.fullmatch(path.name) is not None or (
        of_year is not None and stem_of("".join(of_year.groups())) == stem_of(place.name)
    )


_FOR_A_KIND: Final = frozenset((
    "cert", "certs", "crt", "certificate", "certificates", "certificaat", "certificaten", "public",
    "key", "keys", "private", "privkey", "sleutel", "sleutels",
    "csr", "csrs", "req", "reqs", "request", "requests", "aanvraag", "aanvragen",
))  # fmt: skip


def around(name: str) -> frozenset[PurePath]:
    """Return the folder of a file, and where that is one for a kind of thing (``csr``, ``private``) the one above it.

    What shares one of these lies beside it.
    """
    folder = PurePath(name).parent
    return frozenset((folder, folder.parent) if folder.name.casefold() in _FOR_A_KIND else (folder,))


@dataclass(frozen=True, slots=True)
class Stem:
    """What the names of files that belong together share.

    Args:
        text: that; empty where a name says only what is in the file (``cert.pem``, ``privkey.pem``).
        is_local: it says something in one folder only.
    """

    text: str
    is_local: bool = False


def stem_of(name: str) -> Stem:
    """Return what the name of a file shares with those that belong to it."""
    words = _words(name)
    while words and words[-1] in _ENDS:
        words.pop()
    words = _without_kinds(words)
    if len(words) > 1 and Path(name).name.casefold().startswith(_IN_FRONT):
        words = words[1:]
    ended = _ended(words[-1]) if words else None
    if ended is not None and len(ended[0]) > 1:
        words[-1:] = [part for part in (ended[0], ended[2]) if part]
    return Stem("-".join(words), is_local=not words or _is_number_alone(name))


_OF_NOBODY: Final = frozenset((
    "server", "client", "tls", "ssl", "mtls", "https", "http", "web", "www", "site", "website", "host", "hostname",
    "domain", "domein", "localhost", "local", "default", "app", "service", "dienst", "node", "proxy", "gateway", "own",
    "eigen", "onze", "mijn", "my", "our", "new", "nieuw", "current", "live", "prod", "production", "productie", "acc",
    "test", "pki", "leaf", "full", "entity", "end", "identity",
))  # fmt: skip


def says_nobody(name: str) -> bool:
    """Return whether the name of a file says of nobody that he is the other side: ``tls.key``, ``server-cert.pem``."""
    return all(word in _OF_NOBODY or word.isdecimal() for word in stem_of(name).text.split("-") if word)


def _ended(word: str) -> tuple[str, str, str] | None:
    """Return what a word begins with, the kind and the number it ends with; ``None`` where it ends with no kind."""
    start = word.rstrip("0123456789")
    kind = next((kind for kind in _LAST if start.endswith(kind)), None)
    return None if kind is None else (start.removesuffix(kind), kind, word[len(start) :])


def _is_number_alone(name: str) -> bool:
    """Return whether a name is a kind with a number and no more, as those in the archive that certbot keeps."""
    first, *rest = Path(name).name.casefold().split(".")
    ended = _ended(first)
    return ended is not None and not ended[0] and bool(ended[2]) and _ENDS.issuperset(rest)


def _without_kinds(words: list[str]) -> list[str]:
    """Return words without those that say what kind of thing is meant, wherever they stand; never none of some."""
    is_kind = [word in _KINDS for word in words]
    if any(is_kind):
        beside = [word in _BESIDE_KINDS and any(is_kind[max(0, at - 1) : at + 2]) for at, word in enumerate(words)]
        kept = [word for word, *is_one in zip(words, is_kind, beside, strict=True) if not any(is_one)]
        words = kept or words
    while len(words) > 1 and words[0] in _BEGINNINGS:
        words = words[1:]
    return words


def is_named_as_key(name: str) -> bool:
    """Return whether the name of a file says that a private key is in it (``a.key``, ``a-key.pem``, ``privkey1.pem``).

    What else lies in such a file does not make it another's.
    """
    words = _words(name)
    while len(words) > 1 and words[-1] in _ENCODINGS:
        words.pop()
    if not words:
        return False
    says = not _KEY_WORDS.isdisjoint(words) and "public" not in words and words[-1] not in _ENDS
    return says or words[-1] in _KEY_ENDS


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name, in small letters."""
    return frozenset(_words(name))


def matched(names: Sequence[str], others: Sequence[str]) -> dict[int, int]:
    """Return which of some names goes with which of others by the words that tell each from its like.

    Words that all of one kind have say what kind it is (``digid_leaf``, ``eh_leaf``). Two go together where each shares
    most of the rest with the other, and with no third as much; also the two that are left of all.

    Args:
        names: of things of one kind.
        others: of another kind.

    Returns:
        The numbers of names by those of others.
    """
    if len(names) < _SEVERAL or len(others) < _SEVERAL:
        return {}
    telling = [_telling(each) for each in (names, others)]
    by_word: dict[str, list[int]] = {}
    for at, words in enumerate(telling[0]):
        for word in words:
            by_word.setdefault(word, []).append(at)
    shared: dict[tuple[int, int], int] = {}
    for to, words in enumerate(telling[1]):
        for at in (at for word in words if len(by_word.get(word, ())) <= _MOST_ALIKE for at in by_word.get(word, ())):
            shared[at, to] = shared.get((at, to), 0) + 1
    most: list[dict[int, int]] = [{}, {}]
    for pair, count in shared.items():
        for best, one in zip(most, pair, strict=True):
            best[one] = max(count, best.get(one, 0))
    best_of = [pair for pair, count in shared.items() if all(most[n][pair[n]] == count for n in (0, 1))]
    seen = [Counter(pair[n] for pair in best_of) for n in (0, 1)]
    found = {to: at for at, to in best_of if seen[0][at] == seen[1][to] == 1}
    left = [set(range(len(names))) - set(found.values()), set(range(len(others))) - set(found)]
    if found and len(left[0]) == len(left[1]) == 1:
        found[left[1].pop()] = left[0].pop()
    return found


def _telling(names: Sequence[str]) -> list[frozenset[str]]:
    """Return the words of names that not all of them have."""
    words = [words_of(name) for name in names]
    common = frozenset.intersection(*words)
    return [each - common for each in words]


def _words(name: str) -> list[str]:
    spaced = Path(name).name
    folded = spaced.casefold()
    if spaced != folded and not spaced.isupper() and any(word in folded for word in _CAPITALS):
        folded = _CAPITAL.sub("-", spaced).casefold()
    words = [word for word in _BETWEEN.split(folded) if word]
    return [part for word in words for part in _parted(word)]


def _parted(word: str) -> Iterable[str]:
    """Return the parts of a word that is a kind with a number, or with whose it is in front."""
    ended = _ended(word)
    return (word,) if ended is None or ended[0] not in _WHOSE else filter(None, ended)


def is_kept(name: str, files: Collection[str]) -> bool:
    """Return whether a file is what pkitools kept of one of these when it wrote over it (``a.key.bak-1``)."""
    return _KEPT.fullmatch(Path(name).suffix) is not None and name.removesuffix(Path(name).suffix) in files


class Names:
    """Files by what their names share.

    Args:
        names: of the files.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_stem: dict[Stem, list[str]] = {}
        self._by_folder: dict[tuple[Path, Stem], list[str]] = {}
        for name in names:
            stem = stem_of(name)
            self._by_stem.setdefault(stem, []).append(name)
            self._by_folder.setdefault((Path(name).parent, stem), []).append(name)

    def __iter__(self) -> Iterator[str]:
        return (name for names in self._by_folder.values() for name in names)

    def alike(self, name: str) -> list[str]:
        """Return the files that belong to one by their names.

        Those in the same folder, if there are; else those in any: keys and certificates often have folders of their
        own. A name that says only what is in the file is one of its own folder.
        """
        stem = stem_of(name)
        beside = self._by_folder.get((Path(name).parent, stem), [])
        return beside if beside or stem.is_local else self._by_stem.get(stem, [])
