"""What a TSP sent back, brought to the keys of a batch: matched by key, judged, and only then ready to be placed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from pkitools.arguments import aware, octets
from pkitools.checking import CheckResult, Expectation, FileCheck, Revocation, check_file
from pkitools.checking.delivered_lists import with_delivered
from pkitools.containers import Contents, ItemKind
from pkitools.containers.model import BadItem
from pkitools.errors import FileError, InputError, PkitoolsError, SecretError
from pkitools.files import Output, read_bytes
from pkitools.findings import Report, Verdict
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.ordering.manifest import Manifest, Ordered
from pkitools.requests import PrivateKey, RequestFacts, load_key, read_request
from pkitools.requests.keys import MAX_KEY_FILE_BYTES, to_pem
from pkitools.rules import OwnData
from pkitools.trust import TrustStore, is_self_signed
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, several_ders


class State(StrEnum):
    """What became of a certificate that came."""

    READY = "ready"  # judged right, and its place is free, or has half of it
    PLACED = "placed"  # it stands there now
    IN_PLACE = "in_place"  # it stood there already
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    OCCUPIED = "occupied"  # something else stands in its place
    AMBIGUOUS = "ambiguous"  # another came for the same key
    NO_KEY = "no_key"  # the key it belongs to is not there, or is another
    LOCKED = "locked"  # what may be its key could not be opened: the passphrase that was given is another, or is needed
    NO_ORDER = "no_order"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One certificate that came.

    Args:
        files: the files it is in.
        facts: the certificate.
        state: what became of it.
        spki: hash of its key, by which it was ordered.
        order: what was ordered; ``None`` where nothing was.
        check: how it was judged; ``None`` where it was not.
        unchecked: what could not be looked at: ``key`` where the key file is encrypted and no passphrase was given,
            ``request`` where the request is not there or cannot be read.
        prefix: path of its files without ``.pem`` and ``.chain.pem``; empty without an order. Of a key that was
            replaced since, and is kept as ``NAME.key.bak-1``, it is that of ``NAME.bak-1``.
        key_file: where its key is, or should be; empty without an order.
        problem: why there is no key to go by; ``None`` where there is one, or where another stands in its place.
    """

    files: tuple[str, ...]
    facts: CertificateFacts
    state: State
    spki: str
    order: Ordered | None = None
    check: FileCheck | None = None
    unchecked: tuple[str, ...] = ()
    prefix: str = ""
    key_file: str = ""
    problem: PkitoolsError | None = None

    @property
    def result(self) -> CheckResult | None:
        """The judgement of the certificate itself."""
        return self.check.results[0] if self.check is not None else None

    @property
    def report(self) -> Report | None:
        """Everything that was found of the certificate and of its file."""
        return self.check.report if self.check is not None else None

    @property
    def was_replaced(self) -> bool:
        """Whether its key was replaced since by another, and is kept beside that."""
        return self.order is not None and Path(self.prefix).name != self.order.name

    @property
    def certificate_file(self) -> str:
        """Where it goes."""
        return f"{self.prefix}.pem"

    @property
    def chain_file(self) -> str:
        """Where it goes with the certificates between it and the root."""
        return f"{self.prefix}.chain.pem"

    def outputs(self) -> list[Output]:
        """Return the files to write with :func:`pkitools.files.write_set`: nothing secret, and nothing to overwrite."""
        leaf = to_pem("CERTIFICATE", self.facts.der)
        path = self.result.path if self.result is not None else None
        between = path.certificates[1:-1] if path is not None else ()
        chain = b"".join([leaf, *(to_pem("CERTIFICATE", der) for der in between)])
        return [Output(self.certificate_file, leaf, secret=False), Output(self.chain_file, chain, secret=False)]

    def placed(self) -> Arrival:
        """Return the same once its files were written."""
        return replace(self, state=State.PLACED)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came, and what did not.

    Args:
        arrivals: each certificate of an end user, in the order of the files.
        awaited: the orders for which nothing came and nothing stands in place.
    """

    arrivals: tuple[Arrival, ...]
    awaited: tuple[Ordered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingMeans:
    """What there is to judge by, as for :func:`pkitools.checking.check_file`.

    Args:
        moment: when.
        trust: other roots than those that are known.
        intermediates: authorities beside those that came.
        revocation: how revocation is to be checked.
        data: facts of one's own.
        passphrase: of the keys.
        unread: what could not be read of these.
        raise_crashes: for tests.
    """

    moment: datetime
    trust: TrustStore | None = None
    intermediates: Given | Iterable[Given] = ()
    revocation: Revocation | None = None
    data: OwnData | None = None
    passphrase: bytes | None = field(default=None, repr=False)
    unread: Sequence[BadItem] = ()
    raise_crashes: bool = False

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "moment", aware(self.moment))
        put(self, "intermediates", several_ders(self.intermediates, CERTIFICATE, "intermediates"))
        put(self, "passphrase", None if self.passphrase is None else octets(self.passphrase, "passphrase"))


@dataclass(frozen=True, slots=True)
class _Came:
    """One certificate, and the files it is in."""

    facts: CertificateFacts
    contents: tuple[Contents, ...]


_MOST_KEPT: Final = 100  # keys of one order that were replaced, of which each is opened to see which it is
_STATES: Final = {
    Verdict.PASSED: State.READY,
    Verdict.FAILED: State.FAILED,
    Verdict.INDETERMINATE: State.INDETERMINATE,
}


def receive(
    files: Iterable[Contents], manifest: Manifest, folder: str | os.PathLike[str], means: ReceivingMeans
) -> Receipt:
    """Return what became of each certificate that came. Nothing is written.

    A certificate belongs to the order of its key, whatever its file is called and whatever form it has. It is judged in
    the environment and for the system of that order, against the key and the request that stand beside the manifest.

    Args:
        files: what came, read; the CRLs and OCSP responses of each count for all.
        manifest: what was ordered.
        folder: where the keys and requests are.
        means: what there is to judge by.
    """
    files = tuple(files)
    came = _certificates(files)
    users = [each for each in came if not each.facts.is_ca or manifest.order_of(each.facts.public_key.spki_sha256)]
    authorities = [each.facts.der for each in came if each.facts.is_ca and each not in users]
    given = several_ders(means.intermediates, CERTIFICATE, "intermediates")
    revocation = with_delivered(means.revocation, files)
    revocation = None if revocation is None else revocation.for_several()
    with_chain = replace(means, intermediates=(*given, *authorities), revocation=revocation)
    arrivals = tuple(_arrival(each, users, manifest, Path(folder), with_chain) for each in users)
    seen = {each.spki for each in arrivals}
    awaited = [o for spki, o in manifest.orders.items() if spki not in seen and not _has_come(Path(folder), o, spki)]
    return Receipt(arrivals, tuple(awaited))


def _has_come(folder: Path, order: Ordered, spki: str) -> bool:
    """Return whether a certificate for this key stands in place: one for a key before it is not what is awaited."""
    try:
        there = read_certificate(read_bytes(folder / f"{order.name}.pem", limit=MAX_CERTIFICATE_BYTES))
    except PkitoolsError:
        return False
    return there.public_key.spki_sha256 == spki


def _certificates(files: Iterable[Contents]) -> list[_Came]:
    found: dict[str, _Came] = {}
    for contents in files:
        for item in contents.of_kind(ItemKind.CERTIFICATE):
            facts = read_certificate(item.der)
            there = found.get(facts.sha256)
            both = (contents,) if there is None else tuple(dict.fromkeys((*there.contents, contents)))
            found[facts.sha256] = _Came(facts, both)
    return list(found.values())


def _arrival(came: _Came, users: Sequence[_Came], manifest: Manifest, folder: Path, means: ReceivingMeans) -> Arrival:
    spki = came.facts.public_key.spki_sha256
    order = manifest.order_of(spki)
    found = Arrival(tuple(each.name for each in came.contents), came.facts, State.NO_ORDER, spki, order)
    if order is None:
        return found
    prefix = str(folder / order.name)
    found = replace(found, prefix=prefix, key_file=f"{prefix}.key")
    if sum(each.facts.public_key.spki_sha256 == spki for each in users) > 1:
        return replace(found, state=State.AMBIGUOUS)
    found, key = _with_key(found, spki in manifest.orders, means.passphrase)
    if found.state in {State.NO_KEY, State.LOCKED}:
        return found
    found, request = _with_request(found, f"{prefix}.csr")
    check = _judged(came, order, Expectation(oin=order.oin, key=key, request=request), means)
    judged = replace(found, check=check, state=_STATES[check.verdict])
    return judged if judged.state is not State.READY else replace(judged, state=_place(judged))


def _with_key(found: Arrival, is_current: bool, passphrase: bytes | None) -> tuple[Arrival, PrivateKey | None]:
    """Return where the key stands: in its place, or kept since another took that. It is found by what it is.

    One that needs a passphrase nobody gave is taken to be the right one where it stands in the place of an order.
    """
    problems: list[PkitoolsError | None] = []
    for key_file, prefix in _key_files(found):
        try:
            key = load_key(read_bytes(key_file, limit=MAX_KEY_FILE_BYTES), key_file, passphrase=passphrase)
        except (FileError, InputError, SecretError) as error:
            problems.append(error)
            continue
        if key.public.spki_sha256 == found.spki:
            return replace(found, prefix=prefix, key_file=key_file), key
        problems.append(None)
    locked = next((each for each in problems if isinstance(each, SecretError)), None)
    if is_current and passphrase is None and locked is not None and problems[0] is locked:
        return replace(found, unchecked=("key",)), None
    state = State.NO_KEY if locked is None else State.LOCKED
    return replace(found, state=state, problem=problems[0] if locked is None else locked), None


def _key_files(found: Arrival) -> Iterator[tuple[str, str]]:
    """Yield the file of the key and those that were kept of keys before it, each with the prefix of what belongs to it.

    The last that was kept comes first: an order that was replaced is more likely of yesterday than of last year.
    """
    yield found.key_file, found.prefix
    kept = [number for number in range(1, _MOST_KEPT) if os.path.lexists(f"{found.key_file}.bak-{number}")]
    for number in reversed(kept):
        yield f"{found.key_file}.bak-{number}", f"{found.prefix}.bak-{number}"


def _with_request(found: Arrival, name: str) -> tuple[Arrival, RequestFacts | None]:
    """Return the request; of a key that was replaced there is none: that of the key after it took its place."""
    try:
        request = read_request(read_bytes(name, limit=MAX_CERTIFICATE_BYTES), name)
    except PkitoolsError:
        request = None
    if request is None or (found.was_replaced and request.public_key.spki_sha256 != found.spki):
        return replace(found, unchecked=(*found.unchecked, "request")), None
    return found, request


def _judged(came: _Came, order: Ordered, expected: Expectation, means: ReceivingMeans) -> FileCheck:
    """Judge a certificate in the first file it is in, as ``cert check`` with its key and its request does."""
    return check_file(
        came.contents[0],
        moment=means.moment,
        environment=order.environment,
        systems=(order.system,) if order.system is not None else (),
        intermediates=means.intermediates,
        trust=means.trust,
        profile=order.profile if order.system is None and not is_self_signed(came.facts) else None,
        revocation=means.revocation,
        expected=expected if expected.request is not None else _as_ordered(expected, order),
        certificate=came.facts.sha256,
        passphrase=means.passphrase,
        data=means.data,
        unread=means.unread,
        raise_crashes=means.raise_crashes,
    )


def _as_ordered(expected: Expectation, order: Ordered) -> Expectation:
    """Hold it against what the manifest says was asked for, where the request itself could not be seen."""
    return replace(expected, organization=order.organization or None, common_name=order.common_name, dns=order.dns)


def _place(judged: Arrival) -> State:
    """Return whether its place is free, has it already, or has something else.

    Of what was broken off half of it may be there: that half is no other.
    """
    there = [_stands(output) for output in judged.outputs()]
    if False in there:
        return State.OCCUPIED
    return State.IN_PLACE if all(there) else State.READY


def _stands(output: Output) -> bool | None:
    """Return whether a file has this content; ``None`` where there is none."""
    if not os.path.lexists(output.path):
        return None
    try:
        return read_bytes(output.path) == output.data
    except PkitoolsError:
        return False
