"""Read and write files the careful way: the only place of the library that opens them.

Reading refuses what is no file (folder, FIFO, socket, device), never blocks, and never takes more than a limit.

Writing is all or nothing, for one file or a set of them (a key and its request):

* Every file is first written in full beside its place as ``.NAME.partial``, flushed to disk, and only then given its
  name. A secret has mode 0600 from its first byte, whatever the umask.
* Nothing is overwritten unless asked; the refusal is atomic (a hard link), also against another process.
* Overwriting keeps what held a key, by its content or its mode and whatever replaces it, as ``NAME.bak-1``,
  ``NAME.bak-2``, ... with mode 0600: a certificate may belong to it.
  Of a set, the old public files go before the new secret comes, so that no moment shows a key beside the request or
  certificate of another.
* A failure removes all that was placed. A kill can leave ``.NAME.partial`` files and, between two names of a set, the
  first without the second; the next write of that set clears this up, keeping an unfinished set's secret as ``.bak-1``.

Where files have no permissions of their own (:func:`has_permissions`; Windows), all this holds but for the modes: who
may read a file is then decided by its folder. What else is weaker there: :mod:`pkitools.files.platform`.

Python cannot wipe memory: a secret stays in the process until it ends.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pkitools.files.reading import (
    has_permissions,
    is_file,
    is_folder,
    is_for_reading,
    is_private,
    may_be_there,
    read_bytes,
)

if TYPE_CHECKING:
    from pkitools.files.writing import (
        Output,
        check_outputs,
        locked_folder,
        make_folder,
        write_public,
        write_secret,
        write_set,
    )

__all__ = [
    "Output",
    "check_outputs",
    "has_permissions",
    "is_file",
    "is_folder",
    "is_for_reading",
    "is_private",
    "locked_folder",
    "make_folder",
    "may_be_there",
    "read_bytes",
    "write_public",
    "write_secret",
    "write_set",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.writing"), name)  # who only reads does without
