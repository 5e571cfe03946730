"""What a server serves: a test PKI in memory, or one in a folder that other processes issue and revoke in."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from typing import Protocol

from pkitools_test_pki.authority import Authority
from pkitools_test_pki.folder import open_folder
from pkitools_test_pki.keys import KeySource, fresh_keys
from pkitools_test_pki.pki import PKI


class ServedPKI(Protocol):
    """A PKI and the state it is in. Threads take turns by holding ``lock``; signing needs no turn."""

    pki: PKI
    lock: threading.RLock

    def require_in_place(self) -> None:
        """Raise StateError when what is served is not there any more, or something else is in its place."""

    def version(self, authority: Authority) -> object:
        """Return something that differs once anything was revoked."""

    def newest_crl(self, authority: Authority) -> bytes | None:
        """Return the complete CRL that was published last, by whatever process; ``None`` when none is kept."""

    def publish(self, authority: Authority, moment: datetime) -> bytes:
        """Publish the next complete CRL."""

    def close(self) -> None:
        """Let go of the PKI."""


class ServedMemoryPKI:
    """A PKI in memory. What is issued and revoked while it is served is seen at once."""

    def __init__(self, pki: PKI) -> None:
        self.pki = pki
        self.lock = threading.RLock()

    def require_in_place(self) -> None:
        """See :class:`ServedPKI`: memory goes nowhere."""

    def version(self, authority: Authority) -> object:
        """See :class:`ServedPKI`."""
        return len(authority.ledger.revocations(authority.name))

    def newest_crl(self, authority: Authority) -> bytes | None:
        """See :class:`ServedPKI`: memory keeps no CRL."""

    def publish(self, authority: Authority, moment: datetime) -> bytes:
        """See :class:`ServedPKI`."""
        return authority.crl(moment=moment)

    def close(self) -> None:
        """See :class:`ServedPKI`."""


class ServedFolderPKI:
    """A PKI folder, its state read anew for every request.

    Raises:
        StateError: there is no test PKI, or its database does not work.
    """

    def __init__(self, path: str | os.PathLike[str], *, moment: datetime, keys: KeySource = fresh_keys) -> None:
        self._folder = open_folder(path, moment=moment, keys=keys, shared=True)
        self.pki = self._folder.pki
        self.lock = threading.RLock()

    def require_in_place(self) -> None:
        """See :class:`ServedPKI`."""
        self._folder.store.require_in_place()

    def version(self, authority: Authority) -> object:
        """See :class:`ServedPKI`: the whole folder has one version."""
        return self._folder.store.version()

    def newest_crl(self, authority: Authority) -> bytes | None:
        """See :class:`ServedPKI`."""
        return self._folder.store.crl(authority.name)

    def publish(self, authority: Authority, moment: datetime) -> bytes:
        """See :class:`ServedPKI`; the CRL file of the folder is renewed with it."""
        self._folder.publish_crl(authority, moment=moment)
        published = self._folder.store.crl(authority.name)
        assert published is not None  # publish_crl stored it
        return published

    def close(self) -> None:
        """See :class:`ServedPKI`."""
        with self.lock:
            self._folder.close()
