"""Which private key is to fit which certificate, as the configurations say that were followed."""

from __future__ import annotations

from collections.abc import Callable

from pkitools.frozen import replace
from pkitools.portfolio.following import any_together, resolved
from pkitools.portfolio.pointing import Pointer


class Pairs:
    """Certificates with the private keys that go with them, by their files.

    Args:
        as_given: returns the name that a file has from the place that was given.
    """

    def __init__(self, as_given: Callable[[str], str]) -> None:
        self._as_given = as_given
        self.is_named: dict[tuple[str, str], bool] = {}
        """Certificate and key, and whether that is named, or loaded with the certificate by itself."""
        self.origins: dict[tuple[str, str], set[str]] = {}
        """The configurations by which they go together."""
        self.keyed: set[str] = set()
        """The certificates for which a key is named, also where that is not there."""
        self._sure: set[tuple[str, str]] = set()
        self._doubtful: dict[tuple[str, str], tuple[str, Pointer]] = {}

    def hold(self, pair: tuple[str, str], name: str, *, is_named: bool = True) -> None:
        """Note a certificate with a private key that is to fit it, and the configuration by which they go together."""
        self.is_named.setdefault(pair, is_named)
        self.origins.setdefault(pair, set()).add(name)

    def note_keyed(self, key: Pointer, name: str) -> None:
        """Note that a key is named for a certificate in a configuration."""
        self.keyed.update(self._certificate_of(key, name))

    def note(self, path: str, key: Pointer, name: str) -> None:
        """Note which certificate a key is to fit.

        Args:
            path: the file of the key.
            key: led there.
            name: of the configuration it stands in.
        """
        for certificate in self._certificate_of(key, name) if key.key_of else ():
            self.hold((certificate, path), name)
            self.is_named[certificate, path] = True
            if key.roots:
                self._sure.add((certificate, path))

    def note_doubtful(self, key: Pointer, name: str) -> None:
        """Note the certificates and private keys of which nobody says whether they are meant."""
        for one in any_together(key, name) if key.key_of else ():
            certificate, path = map(self._as_given, one)
            self._doubtful.setdefault((certificate, path), (name, key))
            self.hold((certificate, path), name)

    def doubt_of(self, pair: tuple[str, str]) -> tuple[str, Pointer] | None:
        """Return by what line of which configuration a pair may be meant; ``None`` where it surely is."""
        return None if pair in self._sure else self._doubtful.get(pair)

    def _certificate_of(self, key: Pointer, name: str) -> list[str]:
        found = resolved(replace(key, text=key.key_of, bases=key.key_of_bases), name)
        return [*map(self._as_given, found.files[:1])]
