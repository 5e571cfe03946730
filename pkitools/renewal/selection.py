"""The certificates of a file that are replaced, or that replace another: those of its holders."""

from __future__ import annotations

from pkitools.arguments import of_type
from pkitools.checking.selection import subjects
from pkitools.containers import Contents, ItemKind, items_of
from pkitools.errors import InputError
from pkitools.limits import MAX_LISTED
from pkitools.x509 import CertificateFacts, read_certificate


def certificates_of(contents: Contents) -> tuple[CertificateFacts, ...]:
    """Return the certificates of the holders in a file, each once; those of their issuers may stand beside them.

    Raises:
        InvalidValueError: these are no contents of a file.
        InputError: there is none.
    """
    of_type(contents, Contents, "contents")
    read = [(item, read_certificate(item.der)) for item in items_of(contents, ItemKind.CERTIFICATE)]
    return tuple({one.facts.sha256: one.facts for one in subjects(read)}.values())


def one_certificate(contents: Contents) -> CertificateFacts:
    """Return the certificate of the holder in a file; those of its issuers may stand beside it.

    Raises:
        InputError: there is none, or there are certificates of several holders.
    """
    found = certificates_of(contents)
    if len(found) > 1:
        names = [facts.subject.common_name or facts.sha256[:16] for facts in found]
        known = ", ".join(names[:MAX_LISTED])
        raise InputError("renewal.error.several", name=contents.name, known=known, count=len(found))
    return found[0]
