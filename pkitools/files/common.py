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

_SYSTEM: Final = (
    "files.system.enoent",
    "files.system.enotdir",
    "files.system.eacces",
    "files.system.eperm",
    "files.system.erofs",
    "files.system.enospc",
    "files.system.edquot",
    "files.system.enametoolong",
    "files.system.eisdir",
    "files.system.eexist",
    "files.system.eio",
    "files.system.enxio",
    "files.system.ebadf",
    "files.system.einval",
    "files.system.ebusy",
    "files.system.efbig",
    "files.system.emfile",
    "files.system.enfile",
    "files.system.enomem",
    "files.system.enodev",
    "files.system.etxtbsy",
    "files.system.exdev",
    "files.system.emlink",
    "files.system.eloop",
    "files.system.enosys",
    "files.system.epipe",
    "files.system.etimedout",
    "files.system.eagain",
    "files.system.eintr",
    "files.system.estale",
    "files.system.enolck",
    "files.system.enotempty",
    "files.system.eopnotsupp",
    "files.system.econnrefused",
    "files.system.econnreset",
    "files.system.econnaborted",
    "files.system.ehostunreach",
    "files.system.ehostdown",
    "files.system.enetunreach",
    "files.system.enetdown",
    "files.system.eaddrinuse",
    "files.system.eaddrnotavail",
    "files.system.enotconn",
)
_NO_SUCH_NAME: Final = "files.system.name_unknown"
_NO_NAME_SERVICE: Final = "files.system.name_service"
_NAME_SERVICE_FAILS: Final = frozenset({"EAI_AGAIN", "EAI_FAIL", "EAI_SYSTEM", "EAI_MEMORY"})
# a system that lacks one of them never says it
_SAID: Final = {getattr(errno, code.rpartition(".")[2].upper(), -1): code for code in _SYSTEM}


def file_error(error: OSError, name: str, otherwise: str) -> FileError:
    """Return our error for one of the operating system; ``otherwise`` is the code for what has none of its own."""
    code = _CODES.get(error.errno or 0, otherwise)
    return FileError(f"files.error.{code}", name=name, problem=refusal(error.errno))


def refusal(number: int | None) -> str:
    """Return the code of what the operating system says, which a message has words for in each language.

    What is rare has none: of that its own words, in English.
    """
    return _SAID.get(number or 0) or os.strerror(number or 0)


def said(error: OSError) -> str:
    """Return the code of what the operating system says of files, connections or names of hosts."""
    if type(error).__name__ != "gaierror":  # who reads files loads no socket
        return refusal(error.errno) if error.errno else type(error).__name__
    import socket

    fails = {getattr(socket, name, None) for name in _NAME_SERVICE_FAILS}
    return _NO_NAME_SERVICE if error.errno in fails else _NO_SUCH_NAME


def shown(path: PathLike) -> str:
    """Return a path as it was given."""
    return os.fspath(path)
