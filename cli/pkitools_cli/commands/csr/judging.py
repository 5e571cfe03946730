"""Requests as they are judged with one another: for ``csr check``, and for the page where one is dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from pkitools.containers import Contents, Item, ItemKind, items_of
from pkitools.environment import Environment
from pkitools.errors import PkitoolsError
from pkitools.findings import Report
from pkitools.frozen import dataclass
from pkitools.profiles import TSP, Profile
from pkitools.requests import RequestFacts, check_request, read_request
from pkitools.x509.keys import is_same_key, names_of, thumbprints

if TYPE_CHECKING:
    from pkitools.checking.request_keys import KeysWithRequests
    from pkitools.x509 import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOfRequests:
    """What requests are held to.

    Args:
        profile: what is asked for; ``None``: only what holds for every profile is looked at.
        tsp: who they go to.
        untold: what there is to say of a TSP whose own file could not be used.
        environment: where the certificate is to be used.
        key: the key they should have been made with.
    """

    profile: Profile | None = None
    tsp: TSP | None = None
    untold: Report = Report("", ())
    environment: Environment | None = None
    key: PublicKey | None = None


class RequestsTogether:
    """Requests that are judged with one another, and with the keys that lie with them.

    Args:
        asked: what they are held to.
        sources: what each file holds, by its name, or why it cannot be used.
        passphrase: of keys.
        named: the files that were named, and not found in a folder.
    """

    def __init__(
        self,
        asked: AskedOfRequests,
        sources: Mapping[str, Contents | PkitoolsError],
        passphrase: bytes | None,
        named: Collection[str],
    ) -> None:
        self.asked, self._sources, self._passphrase = asked, sources, passphrase
        self._told_of_none = False
        self._beside = _keys_beside(sources, passphrase, named)

    @property
    def compared(self) -> frozenset[str]:
        """The files with keys, each of which is held to one of the requests."""
        return frozenset() if self._beside is None else self._beside.compared

    def source(self, name: str) -> Contents:
        """Return what a file holds.

        Raises:
            PkitoolsError: it cannot be used.
        """
        source = self._sources[name]
        if isinstance(source, PkitoolsError):
            raise source
        if source.of_kind(ItemKind.KEY) and any(map(_holds_request, self._sources.values())):
            from pkitools.checking.private_keys import refuse_locked  # few files hold keys

            refuse_locked(source, self._passphrase)
        return source

    def judge(self, name: str) -> list[tuple[str, RequestFacts, Report]]:
        """Judge the requests of one file.

        Raises:
            PkitoolsError: it cannot be used, or holds none.
        """
        source = self.source(name)
        items = items_of(source, ItemKind.REQUEST)
        inside, found = _keys_inside(source), []
        for item in items:
            facts = read_request(item.der)
            called = source.name if len(items) == 1 else f"{source.name} #{item.position}"
            report = self._report(name, item, facts, called) + inside + self._not_compared(name, facts)
            found.append((name, facts, report + self.asked.untold + self._of_none()))
        return found

    def _report(self, file: str, item: Item, facts: RequestFacts, name: str) -> Report:
        lying = None if self._beside is None else self._beside.key_of(file, facts.public_key, item)
        return check_request(
            item.der,
            self.asked.profile,
            tsp=self.asked.tsp,
            key=_compared(facts, self.asked.key, lying),
            environment=self.asked.environment,
            name=name,
        )

    def _not_compared(self, file: str, facts: RequestFacts) -> Report:
        return Report("", () if self._beside is None else self._beside.not_compared(file, facts.public_key))

    def _of_none(self) -> Report:
        """Return what there is to say of keys that are of none of the requests, with the first of them."""
        if self._beside is None or self._told_of_none:
            return Report("", ())
        self._told_of_none = True
        return Report("", self._beside.of_none())

    def with_another_key(self, files: Iterable[str], requests: Iterable[RequestFacts]) -> frozenset[str]:
        """Return the files in which a private key stands that is none of these requests'."""
        judged = list(requests)
        return frozenset(name for name in files if _holds_another_key(self._sources[name], judged))


def _holds_request(source: Contents | PkitoolsError) -> bool:
    return isinstance(source, Contents) and bool(source.of_kind(ItemKind.REQUEST))


def _holds_another_key(source: Contents | PkitoolsError, requests: Iterable[RequestFacts]) -> bool:
    if isinstance(source, PkitoolsError) or not source.of_kind(ItemKind.KEY):
        return False
    from pkitools.checking.private_keys import public_halves

    own = names_of(facts.public_key for facts in requests)
    halves = public_halves(source).values()
    return any(half is not None and own.isdisjoint(thumbprints(half)) for half in halves)


def _compared(facts: RequestFacts, *keys: PublicKey | None) -> PublicKey | None:
    """Return the key to hold a request to: of those that were given and that lie with it, first one that differs."""
    held = [key for key in keys if key is not None]
    foreign = (key for key in held if not is_same_key(key, facts.public_key))
    return next(foreign, held[0] if held else None)


def _keys_beside(
    together: Mapping[str, Contents | PkitoolsError], passphrase: bytes | None, named: Collection[str]
) -> KeysWithRequests | None:
    files = {name: each for name, each in together.items() if isinstance(each, Contents)}
    if not any(each.of_kind(ItemKind.KEY) for each in files.values()):
        return None
    from pkitools.checking.request_keys import KeysWithRequests  # most requests come alone

    return KeysWithRequests(files, passphrase, named)


def _keys_inside(source: Contents) -> Report:
    if not source.of_kind(ItemKind.KEY):
        return Report("", ())
    from pkitools.checking.request_keys import keys_in_request

    return Report("", keys_in_request(source))
