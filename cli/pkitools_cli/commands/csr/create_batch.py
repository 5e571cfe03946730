"""``pkitools csr create --from``: a key and a request for each row of a file."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from pkitools.errors import about_file
from pkitools.files import check_outputs, make_folder, read_bytes
from pkitools.reports import WrittenRequest
from pkitools.requests import BatchError, BatchItem, SignedRequest, read_batch
from pkitools_cli.commands.csr.begun import refuse_begun
from pkitools_cli.commands.csr.writing import KeyPassphrase, places, write
from pkitools_cli.i18n import tr
from pkitools_cli.output import complain
from pkitools_cli.own_data import tsp_named
from pkitools_cli.remedies import error_line

_MAX_BATCH_BYTES: Final = 4 * 1024 * 1024


def write_batch(
    batch_file: str, common: Mapping[str, str | Sequence[str]], out_dir: str, passphrase: KeyPassphrase, force: bool
) -> list[WrittenRequest]:
    """Make and write every request of a batch; nothing is made before every row is known to be right.

    Args:
        batch_file: the file with a row for each.
        common: what holds for every row that does not say otherwise.
        out_dir: where the files go, ``<name>.key`` and ``<name>.csr``; made when it is not there.
        passphrase: of every key.
        force: whether files may be overwritten.
    """
    items = _items(batch_file, common)
    folder = Path(out_dir)
    if folder.exists():
        if not force:
            refuse_begun(items, folder, batch_file, passphrase.given())
        for item in items:
            check_outputs(places(str(folder / item.name)), overwrite=force)
    secret = passphrase.for_new_key()
    make_folder(folder)
    written = []
    for number, (item, request) in enumerate(zip(items, _requests(items), strict=True), start=1):
        written.append(write(request, str(folder / item.name), secret, force))
        complain(tr("cli.csr.create.progress", number=number, total=len(items), name=item.name))
    return written


def _items(batch_file: str, common: Mapping[str, str | Sequence[str]]) -> tuple[BatchItem, ...]:
    try:
        with about_file(batch_file):
            data = read_bytes(batch_file, limit=_MAX_BATCH_BYTES)
            return read_batch(data, batch_file, common, tsp_named=tsp_named)
    except BatchError as error:
        for name, fault in error.faults:
            complain(f"{name}: {error_line(fault)}")
        raise


def _requests(items: Sequence[BatchItem]) -> Iterator[SignedRequest]:
    """Yield the requests in order, keys being made on every processor and not far ahead of the writing."""
    jobs = os.cpu_count() or 1
    waiting: deque[Future[SignedRequest]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(item.plan.make))
                if len(waiting) > 2 * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
