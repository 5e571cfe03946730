"""Certificates and keys that a text holds encrypted, by a program that people keep configuration with.

SOPS encrypts values one by one, Ansible Vault a value or all of a file, and Sealed Secrets what is for a cluster. Only
the names of values stay readable.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pkitools.text import pattern

_VAULT: Final = b"$ANSIBLE_VAULT;"
_SOPS: Final = b"ENC[AES256_GCM,"
_SEALED: Final = b"SealedSecret"
SIGNS: Final = (_SOPS, _VAULT, _SEALED)
"""One of these stands in every text that has such values."""
_PROGRAMS: Final = {_SOPS: "SOPS", _VAULT: "Ansible Vault", b"Ag": "Sealed Secrets"}
_VALUE: Final = pattern(
    rb"(?m)(?:^|[{,])[ \t-]{0,40}(?:export[ ])?[\"']?([\w.@/-]{1,200})[\"']?[ \t]{0,10}[:=][ \t]{0,10}"
    rb"(?:!vault[^\n]{0,20}\n\s{0,100})?[\"']?(ENC\[AES256_GCM,|\$ANSIBLE_VAULT;|Ag(?=[A-Za-z0-9+/=]{20}))",
)
# names that say that a certificate or a private key is meant: api_key is neither
_MEANT: Final = pattern(
    rb"(?i)(?:.*\.(?:key|crt|cer|pem|p12|pfx|jks)|(?:.*[._-])?(?:privkey|private_?key|(?:tls|ssl|server|client|cert)[._-]?key)"
    rb"|(?:.*[._-])?(?:cert|certificate|certificaat|crt|sleutel)|key)"
)


def sealed_values(text: bytes, file: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each certificate or private key that stands encrypted in a text, and by which program.

    Of a file that is encrypted as a whole it is its own, where that says that it is one: it may hold anything.

    Args:
        text: the whole.
        file: what it is called.
    """
    if text.startswith(_VAULT):
        name = Path(file).name
        if any(_MEANT.fullmatch(each.encode()) for each in (name, name.rpartition(".")[0])):
            yield name, _PROGRAMS[_VAULT]
        return
    if not any(sign in text for sign in SIGNS):
        return  # as nearly all
    for found in _VALUE.finditer(text):
        if _MEANT.fullmatch(found[1]) and (found[2] != b"Ag" or _SEALED in text):
            yield found[1].decode("utf-8", "replace"), _PROGRAMS[found[2]]
