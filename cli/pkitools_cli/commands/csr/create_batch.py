"""``pkitools csr create --from``: a key and a request for each row of a file, and a manifest of them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from pkitools.errors import InvalidValueError, about_file
from pkitools.files import check_outputs, make_folder, may_be_there, read_bytes
from pkitools.frozen import replace
from pkitools.ordering import Manifest, NamedOrder, add_orders, doubts, manifest_in, ordered, read_orders
from pkitools.reports import WrittenRequest
from pkitools.requests import BatchError, SignedRequest
from pkitools_cli.commands.csr.batch_faults import tell_faults
from pkitools_cli.commands.csr.begun import Standing, State, refuse_begun, refuse_unclear, standing, tell_plain
from pkitools_cli.commands.csr.create_options import CreateOptions
from pkitools_cli.commands.csr.ordering import known
from pkitools_cli.commands.csr.writing import places, write
from pkitools_cli.commands.next_steps import again
from pkitools_cli.i18n import language, tr
from pkitools_cli.lines import pasted
from pkitools_cli.output import complain

_MAX_BATCH_BYTES: Final = 4 * 1024 * 1024
_ABSENT: Final = Standing(State.ABSENT)


def write_batch(options: CreateOptions, batch_file: str, out_dir: str) -> list[WrittenRequest]:
    """Make and write every request of a batch; nothing is made before every row is known to be right.

    Args:
        options: what holds for every row that does not say otherwise, and how keys are kept.
        batch_file: the file with a row for each.
        out_dir: where the files go, ``<name>.key`` and ``<name>.csr``; made when it is not there.
    """
    items, folder, passphrase = _items(batch_file, options), Path(out_dir), options.passphrase()
    for doubt in doubts(items):
        complain(tr("cli.csr.create.doubt", told=doubt.sentence(language())))
    _refuse_other_capitals(items, manifest_in(folder), out_dir)
    if options.resume:
        secret = passphrase.for_new_key()
        found = standing(items, folder, secret)
        refuse_unclear(found, folder, batch_file)
        tell_plain(found, secret)
    else:
        _refuse_there(items, folder, batch_file, options)
        secret, found = passphrase.for_new_key(), {}
    make_folder(folder)
    try:
        written = list(_each(items, found, folder, secret, options))
        made = [ordered(item.name, item.order, one.request.facts) for item, one in zip(items, written, strict=True)]
        add_orders(folder, made)
    except KeyboardInterrupt:
        _tell_resume(options)
        raise
    return written


def _tell_resume(options: CreateOptions) -> None:
    """Tell how to go on after a break; where keys are replaced there is no telling those from the ones before."""
    if not options.force:
        words = again((), *(() if options.resume else ("--resume",)))
        complain(tr("cli.csr.create.broken_off", command=pasted(words)))


def _refuse_there(items: Sequence[NamedOrder], folder: Path, batch_file: str, options: CreateOptions) -> None:
    if may_be_there(folder):
        if not options.force:
            refuse_begun(items, folder, batch_file, options.passphrase().given())
        for item in items:
            check_outputs(places(str(folder / item.name)), overwrite=options.force)


def _refuse_other_capitals(items: Sequence[NamedOrder], manifest: Manifest, out_dir: str) -> None:
    """Refuse a name that elsewhere is that of the files of an order before: the manifest would lose that one."""
    known = {each.name.lower(): each.name for each in manifest.orders.values()}
    for item in items:
        if (there := known.get(item.name.lower(), item.name)) != item.name:
            raise InvalidValueError("ordering.error.manifest_capitals", folder=out_dir, known=there, name=item.name)


def _items(batch_file: str, options: CreateOptions) -> tuple[NamedOrder, ...]:
    try:
        with about_file(batch_file):
            data = read_bytes(batch_file, limit=_MAX_BATCH_BYTES)
            return read_orders(data, batch_file, options.wishes(), moment=options.moment, knowledge=known())
    except BatchError as error:
        tell_faults(error)
        raise


def _each(
    items: Sequence[NamedOrder],
    found: Mapping[str, Standing],
    folder: Path,
    secret: bytes | None,
    options: CreateOptions,
) -> Iterator[WrittenRequest]:
    """Yield each request, made and written now or finished before."""
    for number, (item, request) in enumerate(zip(items, _requests(items, found), strict=True), start=1):
        prefix = str(folder / item.name)
        if found.get(item.name, _ABSENT).state is State.FINISHED:
            one = WrittenRequest(prefix, request, secret is not None)
        else:
            one = write(request, prefix, secret, options.force)
            complain(tr("cli.csr.create.progress", number=number, total=len(items), name=item.name))
        if options.resume:  # both are there now: what the run that was broken off left of them is no use any more
            check_outputs(places(prefix), overwrite=True)
        there = found.get(item.name, _ABSENT)
        half, kept = there.state is State.KEY_ONLY, there.key is not None
        encrypted = not there.plain if kept else one.encrypted
        yield replace(one, choice=item.order.choice, kept=kept, completed=half, encrypted=encrypted)


def _requests(items: Sequence[NamedOrder], found: Mapping[str, Standing]) -> Iterator[SignedRequest]:
    """Yield the requests in order, keys being made on every processor and not far ahead of the writing."""
    jobs = os.cpu_count() or 1
    waiting: deque[Future[SignedRequest]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(partial(_request, item, found.get(item.name, _ABSENT))))
                if len(waiting) > 2 * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _request(item: NamedOrder, there: Standing) -> SignedRequest:
    """Return the request as it stands, made with the key that stands, or made with a new one."""
    if there.key is None:
        return item.plan.make()
    return item.plan.sign(there.key) if there.request is None else SignedRequest(there.request, there.key, item.plan)
