"""What an earlier run of a batch left: which requests are finished, and which are not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pkitools.errors import FileError, PkitoolsError
from pkitools.files import Output, read_bytes
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.requests import BatchItem, load_key, read_request
from pkitools.requests.keys import MAX_KEY_FILE_BYTES
from pkitools_cli.commands.csr.writing import places

_NAMED: Final = 12


def refuse_begun(items: Sequence[BatchItem], folder: Path, batch_file: str, passphrase: bytes | None) -> None:
    """Refuse to go where files of the batch stand, and say which of its requests are finished.

    Args:
        items: the requests.
        folder: where their files go.
        batch_file: what to call the batch.
        passphrase: of the keys, when it is known.

    Raises:
        FileError: one of the files is there.
    """
    there = [item for item in items if any(os.path.lexists(place.path) for place in _places(item, folder))]
    if not there:
        return
    finished = [item.name for item in there if _is_finished(item, folder, passphrase)]
    names = {item.name for item in there}
    left = [item.name for item in items if item.name not in names]
    unclear = [item.name for item in there if item.name not in finished]
    operands = {"finished": _named(finished), "left": _named(left), "unclear": _named(unclear)}
    slug = "batch_begun" if left or unclear else "batch_finished"
    raise FileError(f"requests.error.{slug}", folder=str(folder), name=batch_file, count=len(items), **operands)


def _places(item: BatchItem, folder: Path) -> list[Output]:
    return places(str(folder / item.name))


def _is_finished(item: BatchItem, folder: Path, passphrase: bytes | None) -> bool:
    """Say whether the request is there as planned, and the key with it is its own."""
    key_file, request_file = (str(place.path) for place in _places(item, folder))
    try:
        request = read_request(read_bytes(request_file, limit=MAX_CERTIFICATE_BYTES), request_file)
        key = load_key(read_bytes(key_file, limit=MAX_KEY_FILE_BYTES), key_file, passphrase=passphrase)
    except PkitoolsError:
        return False
    return request.public_key.spki == key.public.spki and not item.plan.differences(request)


def _named(names: Sequence[str]) -> str:
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return (", ".join(names[:_NAMED]) or "-") + more
