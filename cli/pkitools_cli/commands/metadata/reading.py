"""Read the one file, or standard input, that a command on metadata is given: its bytes, for they are signed."""

from __future__ import annotations

from pkitools.files import read_bytes
from pkitools.limits import MAX_METADATA_BYTES
from pkitools_cli.inputs import read_standard_input
from pkitools_cli.options import STANDARD_INPUT


def read_octets(name: str) -> bytes:
    """Return the content of a file.

    Raises:
        FileError: it cannot be read.
        LimitError: it is larger than metadata may be.
    """
    return read_standard_input() if name == STANDARD_INPUT else read_bytes(name, limit=MAX_METADATA_BYTES)
