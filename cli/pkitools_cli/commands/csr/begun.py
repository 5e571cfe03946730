"""What an earlier run of a batch left: which requests are finished, which have a key only, and which are not begun."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import Final

from pkitools.errors import FileError, PkitoolsError
from pkitools.files import Output, read_bytes
from pkitools.frozen import dataclass
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.ordering import NamedOrder, manifest_in
from pkitools.ordering.manifest import MANIFEST
from pkitools.requests import PrivateKey, RequestFacts, load_key, read_request
from pkitools.requests.keys import MAX_KEY_FILE_BYTES
from pkitools.text import joined
from pkitools.x509.keys import is_same_key
from pkitools_cli.commands.csr.writing import places
from pkitools_cli.commands.next_steps import step
from pkitools_cli.i18n import blank, tr
from pkitools_cli.output import complain

_NAMED: Final = 12


class State(Enum):
    """How far a request is."""

    ABSENT = auto()
    KEY_ONLY = auto()  # a run that was killed wrote the key and not the request
    FINISHED = auto()
    UNCLEAR = auto()


class BegunError(FileError):
    """Files of the batch stand there already; ``then`` is what to do, told after the error."""

    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of one request.

    Args:
        state: how far it is.
        key: its key, where that can be read.
        request: the request, where that can be read.
        unclear: what of it is not as asked: names of fields, or a word for what cannot be read.
        plain: its key opens without a passphrase.
    """

    state: State
    key: PrivateKey | None = None
    request: RequestFacts | None = None
    unclear: tuple[str, ...] = ()
    plain: bool = False


def standing(items: Sequence[NamedOrder], folder: Path, passphrase: bytes | None) -> Mapping[str, Standing]:
    """Return what stands of each request of a batch, by its name.

    Args:
        items: the requests.
        folder: where their files go.
        passphrase: of the keys, when it is known.
    """
    return {item.name: _standing(item, folder, passphrase) for item in items}


def refuse_begun(items: Sequence[NamedOrder], folder: Path, batch_file: str, passphrase: bytes | None) -> None:
    """Refuse to go where files of the batch stand, and say which of its requests are finished.

    Args:
        items: the requests.
        folder: where their files go.
        batch_file: what to call the batch.
        passphrase: of the keys, when it is known.

    Raises:
        FileError: one of the files is there.
    """
    found = standing(items, folder, passphrase)
    named = {state: [name for name, each in found.items() if each.state is state] for state in State}
    finished, left = named[State.FINISHED], named[State.ABSENT]
    unclear = [name for name, each in found.items() if each.state in {State.KEY_ONLY, State.UNCLEAR}]
    if len(left) == len(items):
        return
    is_noted = _is_noted([found[name] for name in finished], folder)
    operands = {"finished": _named(finished), "left": _named(left), "unclear": _named(unclear)}
    slug = "batch_begun" if left or unclear or not is_noted else "batch_finished"
    error = BegunError(f"requests.error.{slug}", folder=str(folder), name=batch_file, count=len(items), **operands)
    error.then = _then(folder) if finished and is_noted else ()
    raise error


def refuse_unclear(found: Mapping[str, Standing], folder: Path, batch_file: str) -> None:
    """Refuse to go on where what stands is not what is asked, or cannot be read.

    Raises:
        FileError: of one or more of the requests.
    """
    unclear = [f"{name} ({', '.join(each.unclear)})" for name, each in found.items() if each.state is State.UNCLEAR]
    if unclear:
        raise FileError("requests.error.batch_unclear", folder=str(folder), name=batch_file, names=_named(unclear))


def _standing(item: NamedOrder, folder: Path, passphrase: bytes | None) -> Standing:
    key_file, request_file = _paths(item, folder)
    if not any(os.path.lexists(path) for path in (key_file, request_file)):
        return Standing(State.ABSENT)
    if not os.path.lexists(key_file):
        return Standing(State.UNCLEAR, unclear=(tr("cli.csr.create.no_key", name=Path(key_file).name),))
    try:
        content = read_bytes(key_file, limit=MAX_KEY_FILE_BYTES)
        key, plain = load_key(content, key_file, passphrase=passphrase), _is_plain(content, key_file)
        if not os.path.lexists(request_file):
            item.plan.refuse_unfit(key)
            return Standing(State.KEY_ONLY, key, plain=plain)
    except PkitoolsError:
        return Standing(State.UNCLEAR, unclear=(Path(key_file).name,))
    try:
        request = read_request(read_bytes(request_file, limit=MAX_CERTIFICATE_BYTES), request_file)
    except PkitoolsError:
        return Standing(State.UNCLEAR, unclear=(Path(request_file).name,))
    other_key = () if is_same_key(request.public_key, key.public) else (tr("cli.csr.create.other_key"),)
    unclear = (*other_key, *item.plan.differences(request))
    return Standing(State.UNCLEAR if unclear else State.FINISHED, key, request, unclear, plain)


def _is_plain(content: bytes, name: str) -> bool:
    try:
        load_key(content, name)
    except PkitoolsError:
        return False
    return True


def tell_plain(found: Mapping[str, Standing], passphrase: bytes | None) -> None:
    """Tell which keys stay without a passphrase, where one was given: they stand there, and are not made anew."""
    plain = [name for name, each in found.items() if each.plain] if passphrase is not None else []
    if plain:
        complain(tr("cli.csr.create.kept_plain", names=_named([f"{name}.key" for name in plain])))


def _is_noted(finished: Sequence[Standing], folder: Path) -> bool:
    """Return whether the manifest has these, which is written last of all: without it no answer finds its key."""
    orders = manifest_in(folder).orders
    return all(each.key is not None and each.key.public.spki_sha256 in orders for each in finished)


def _then(folder: Path) -> tuple[str, ...]:
    """Return what to do where the requests were sent already."""
    words = ("cert", "receive", blank("folder"), "--manifest", str(folder / MANIFEST))
    found = step("csr_create.begun", {}, {"receive": lambda: words})
    return tuple(found.told()) if found is not None else ()


def _paths(item: NamedOrder, folder: Path) -> tuple[str, str]:
    key, request = (str(place.path) for place in _places(item, folder))
    return key, request


def _places(item: NamedOrder, folder: Path) -> list[Output]:
    return places(str(folder / item.name))


def _named(names: Sequence[str]) -> str:
    return joined(names, _NAMED) or "-"
