"""One file of those that were checked: what a document or a text is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkitools.frozen import dataclass

if TYPE_CHECKING:
    from pkitools.checking import FileCheck
    from pkitools.checking.chain import ChainFile
    from pkitools.errors import PkitoolsError


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file, as it was asked for.

    Args:
        name: of the file.
        check: what was found; ``None`` when it could not be used.
        error: why it could not be used.
        harmless: it was found in a folder and holds no certificate: nothing of what was asked is missing.
        chain: what it is where it was not judged, but used as the chain of the others.
        is_copy: what is in it was judged in a fuller file of the same name: ``chain`` is what it is.
    """

    name: str
    check: FileCheck | None = None
    error: PkitoolsError | None = None
    harmless: bool = False
    chain: ChainFile | None = None
    is_copy: bool = False
