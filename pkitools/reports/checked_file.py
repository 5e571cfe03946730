"""One file of those that were checked: what a document or a text is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pkitools.frozen import dataclass, replace

if TYPE_CHECKING:
    from pkitools.checking import FileCheck
    from pkitools.checking.chain import ChainFile
    from pkitools.errors import PkitoolsError
    from pkitools.findings import Report

_OF_KEYS: Final = "received."


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


def about_keys(checks: Sequence[FileCheck], reuse: Report | None) -> tuple[Report | None, Report | None]:
    """Return what there is to say of keys beside the one certificate, which is said of it, and what is left.

    Args:
        checks: the files that could be judged.
        reuse: what there is to say of all that was given together.
    """
    if reuse is None or sum(len(check.judged) for check in checks) != 1:
        return None, reuse
    keys = tuple(o for o in reuse.outcomes if o.rule.code.startswith(_OF_KEYS))
    rest = tuple(o for o in reuse.outcomes if not o.rule.code.startswith(_OF_KEYS))
    return replace(reuse, outcomes=keys), replace(reuse, outcomes=rest) if rest else None


def with_their_keys(
    files: Sequence[CheckedFile], reuse: Report | None
) -> tuple[tuple[CheckedFile, ...], Report | None]:
    """Return the files, the one certificate in them with what there is to say of keys beside it, and what is left.

    Args:
        files: as they were judged.
        reuse: what there is to say of all that was given together.
    """
    keys, rest = about_keys([file.check for file in files if file.check is not None], reuse)
    return tuple(files) if keys is None else tuple(_with(file, keys) for file in files), rest


def _with(file: CheckedFile, keys: Report) -> CheckedFile:
    check = file.check
    if check is None or not check.judged:
        return file
    (one,) = check.judged
    judged = replace(one, result=replace(one.result, report=one.result.report + keys))
    return replace(file, check=replace(check, report=check.report + keys, judged=(judged,)))
