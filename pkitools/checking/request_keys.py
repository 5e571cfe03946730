"""The private keys that are with a certificate signing request: is one of them its own, and may it be there?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pkitools.checking.file_names import Names
from pkitools.checking.private_keys import PUBLISHED, public_halves
from pkitools.containers import Contents, ItemKind
from pkitools.findings import Evidence, Outcome, Severity, Violated, outcome

if TYPE_CHECKING:
    from pkitools.x509.model import PublicKey


def key_with_request(
    name: str, files: Mapping[str, Contents], public_key: str, passphrase: bytes | None = None
) -> PublicKey | None:
    """Return the private key that should be that of a request, by its public half: its own where that is there.

    It is in the file of the request, or in one of the same name but for its ending. One that cannot be opened is none.

    Args:
        name: the file of the request.
        files: what each file holds that was given together, by its name.
        public_key: SHA-256 (hex) of the public key in the request.
        passphrase: for the keys that are encrypted.
    """
    # a key beside its certificate is that of the certificate: of a request for the next one it need not be
    apart = {other: each for other, each in files.items() if not each.of_kind(ItemKind.CERTIFICATE)}
    named = Names(other for other, each in apart.items() if other != name and each.of_kind(ItemKind.KEY)).alike(name)
    alike = [apart[other] for other in (name, *named) if other in apart]
    halves = [public for each in alike for public in public_halves(each, passphrase).values() if public is not None]
    return next((each for each in halves if each.spki_sha256 == public_key), next(iter(halves), None))


def keys_in_request(contents: Contents) -> tuple[Outcome, ...]:
    """Return a warning for each private key in the file of a request: that file goes to others.

    Args:
        contents: the file.
    """
    return tuple(
        outcome(
            PUBLISHED,
            Violated(
                (Evidence(f"block {item.position}", ""),),
                {"position": str(item.position), "key": public.label if public else item.form},
                severity=Severity.WARNING,
            ),
        )
        for item, public in public_halves(contents).items()
    )
