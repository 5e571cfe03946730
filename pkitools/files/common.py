"""What reading and writing share: names, and the sentence for each refusal of the operating system."""

from __future__ import annotations

import errno
import os
from typing import Final, TypeAlias

from pkitools.errors import FileError

PathLike: TypeAlias = str | os.PathLike[str]

_CODES: Final = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.EROFS: "read_only",
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.ENAMETOOLONG: "bad_name",
    errno.EISDIR: "is_folder",
    errno.EEXIST: "exists",
}


def file_error(error: OSError, name: str, otherwise: str) -> FileError:
    """Return our error for one of the operating system; ``otherwise`` is the code for what has none of its own."""
    code = _CODES.get(error.errno or 0, otherwise)
    return FileError(f"files.error.{code}", name=name, detail=os.strerror(error.errno or 0))


def shown(path: PathLike) -> str:
    """Return a path as it was given."""
    return os.fspath(path)
