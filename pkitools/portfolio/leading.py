"""What the pointers of one round say of the files that they lead to → those files, each once with all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pkitools.frozen import dataclass, field
from pkitools.portfolio.following import listing_of
from pkitools.portfolio.opening import ToRead
from pkitools.portfolio.pointing import Pointer, Target


@dataclass
class LedTo:
    """The files that pointers lead to, and as what they are named.

    Args:
        named: of each the lines that name it, as ``FILE:LINE``.
        listings: as of :func:`~pkitools.portfolio.following.listing_of`.
        keys: the private keys, also those that a program loads by itself.
        stated: those of them that are named.
        passed: the keys that a program does not load, as it has another.
        serving: the certificates that a program sends.
        own: what is named as anything but what is trusted.
        whole: what is named for what it holds, and not as a part of a configuration.
        beside: of each configuration the files of authorities that it names, and that are not sent.
    """

    named: dict[str, list[str]] = field(default_factory=dict)
    listings: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    stated: set[str] = field(default_factory=set)
    passed: dict[str, None] = field(default_factory=dict)
    serving: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    beside: dict[str, dict[str, None]] = field(default_factory=dict)

    def note(self, path: str, pointer: Pointer, name: str, *, is_new: bool, is_authority: bool) -> None:
        """Note that a pointer leads to a file.

        Args:
            path: that file.
            pointer: what was written.
            name: of the file it was written in.
            is_new: that was not followed in a round before.
            is_authority: the file is known to hold those of authorities.
        """
        if is_new:
            listing = listing_of(pointer, name)
            self.named.setdefault(path, []).append(f"{name}:{pointer.line}")
            self.listings[path] = self.listings.get(path) if listing is None else listing
        if pointer.target is not Target.PATTERN:
            self.whole.add(path)
        if not pointer.trusts:
            self.own.add(path)
        if pointer.serves:
            self.serving.add(path)
        elif is_authority:
            self.beside.setdefault(name, {})[path] = None
        if pointer.is_key:
            self.keys.add(path)
            self.stated.add(path)

    def note_loaded(self, key: str, origin: str) -> None:
        """Note a private key that a program loads by itself with what a line names, ``FILE:LINE``."""
        self.keys.add(key)
        self.named.setdefault(key, []).append(origin)
        self.listings.setdefault(key, None)

    def files(self) -> Iterator[ToRead]:
        """Yield the files, those that are passed over first."""
        for path, origins in {**{key: [] for key in self.passed}, **self.named}.items():
            yield ToRead(
                path,
                True,
                tuple(origins),
                self.listings.get(path),
                path in self.keys,
                _named_beside(origins, self.beside) if path in self.serving else None,
                is_part=path not in self.whole,
                is_trusted=path not in self.own,
                is_passed_over=path in self.passed and path not in self.stated,
            )


def _named_beside(origins: Iterable[str], beside: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the files of authorities that the same configurations name.

    Apache sends one along, and OpenSSL completes the chain of a certificate that came alone by those a server trusts.
    """
    files = dict.fromkeys(origin.rpartition(":")[0] for origin in origins) if beside else ()
    return tuple(dict.fromkeys(each for file in files for each in beside.get(file, ())))
