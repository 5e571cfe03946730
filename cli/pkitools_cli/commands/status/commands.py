"""The command for a step of a connection, as it can be pasted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from pkitools.connections.status import FOR_PEOPLE, ConnectionStatus, Step, StepState, StepStatus
from pkitools.connections.wishes import CHOSEN_BY, wishes_of
from pkitools.containers import read_source
from pkitools.errors import PkitoolsError
from pkitools.files import is_file, read_bytes
from pkitools.findings import Verdict
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.messages import LANGUAGES
from pkitools_cli.commands.next_steps import chain_place
from pkitools_cli.commands.public_part import public_parts, public_words
from pkitools_cli.commands.renewing import kept_at, renewal_words
from pkitools_cli.commands.status.new_files import NewFiles
from pkitools_cli.i18n import blank, speaking

if TYPE_CHECKING:
    from datetime import datetime

    from pkitools.connections import Connection
    from pkitools.portfolio import HeldCertificate

_ORDERING: Final = frozenset({Step.REQUEST, Step.ORDER, Step.CERTIFICATE, Step.RENEWAL})
_WORTH: Final = frozenset({StepState.LATE, StepState.NOW, StepState.UNKNOWN})

_NOT_SELF_SIGNED: Final = "ordering.error.self_signed_"
_ANY_NAME: Final = "host.example.nl"


def command_for(
    one: ConnectionStatus,
    step: StepStatus,
    given: Sequence[str] = (),
    new: NewFiles | None = None,
    moment: datetime | None = None,
) -> list[str] | None:
    """Return the command for a step without ``pkitools``; ``None`` where no command does it, or none is needed yet.

    Args:
        one: the connection.
        step: how one of its steps stands.
        given: the options by which a check of a certificate knows what was known here.
        new: where the files of new keys go; ``None``: those of this connection alone are told.
        moment: when a request would be made, aware UTC; ``None``: what its TSP asks, and whether one can be made at
            all, is not looked up.
    """
    words = _begun(one, step)
    if words is None or (makes_key(words) and _is_for_tests(one)):
        return None
    if makes_key(words):
        before = takewhile(lambda each: each is not step, one.steps)
        if any(_begun(one, each) == words for each in before):
            return None  # it stands with the step before
        return _whole(words, one, new or NewFiles(), moment)
    if words[:2] == ["csr", "check"] and moment is not None:
        words = [*words, *_profile(one, moment)]
    judged = (*(() if one.certificate is None else (one.certificate,)), *one.wrong)
    is_revoked = any(each.is_revoked for each in judged)
    lists = lists_in(one.list_folders, brings_chain(words[2])) if is_revoked and len(words) > 2 else ()
    return [*words, *taken(words, (*lists, *given))]


_MOST_FOLDERS: Final = 4  # of a command that is to be pasted
_MOST_READ: Final = 16  # files with one certificate, of which one is to be told


def lists_in(folders: Sequence[str], is_brought: bool) -> tuple[str, ...]:
    """Return the options by which a check of what is revoked finds the lists that lay among the files.

    Args:
        folders: those that the lists lie in.
        is_brought: the chain is at hand: then no more than the lists is taken from there. Another authority of the
            same name and key in such a folder would give another path, and with it another verdict.
    """
    option = "--crl" if is_brought else "--chain"
    return tuple(word for folder in folders[:_MOST_FOLDERS] for word in (option, folder))


def brings_chain(name: str) -> bool:
    """Return whether a file holds more certificates than one: what was judged with it is to be told with it."""
    try:
        return len(read_source(read_bytes(name, limit=MAX_CERTIFICATE_BYTES), name).certificates) > 1
    except PkitoolsError:
        return False


def chained_file(certificate: HeldCertificate) -> str:
    """Return a file with a certificate, as :func:`_file` does, but one with its chain where there is one."""
    names = dict.fromkeys(place.name for place in certificate.places if place.entity_id is None)
    chained = [name for name in [*names][:_MOST_READ] if brings_chain(name)]
    return min(chained, key=len, default=_file(certificate))


def _begun(one: ConnectionStatus, step: StepStatus) -> list[str] | None:
    """Return the beginning of the command of a step, without what is known only when it is told."""
    is_on_its_way = one.ordered is not None and step.step in _ORDERING
    asks_people = step.code in FOR_PEOPLE or is_on_its_way
    make = _BY_CODE.get(step.code) or _COMMANDS[step.step]
    return make(one) if step.state in _WORTH and not asks_people else None


_LISTS: Final = frozenset({"--trust", "--crl", "--revocation"})
_TAKEN: Final = {
    "metadata": _LISTS | {"--chain"},
    "probe": _LISTS | {"--passphrase-file", "--passphrase-env"},
    "chain": frozenset({"--trust", "--chain", "--passphrase-file", "--passphrase-env"}),
    "status": frozenset({"--trust", "--crl", "--passphrase-file", "--passphrase-env"}),
}
"""Of commands that look at something else than a certificate, the options that mean the same there."""


def taken(words: Sequence[str], given: Sequence[str]) -> list[str]:
    """Return which of the options by which a check of a certificate knows what was known here a command takes.

    Args:
        words: the command; one that makes something takes none.
        given: options, each with its value.
    """
    pairs = zip(given[::2], given[1::2], strict=True)
    if [*words[:2]] == ["cert", "check"]:
        return [*given]
    return [word for pair in pairs if pair[0] in _TAKEN.get(words[0], ()) for word in pair]


def is_refused(words: Sequence[str]) -> bool:
    """Return whether a command is told in the place of a request, which would be refused."""
    return [*words[:2]] == ["systems", "show"]


def _is_for_tests(one: ConnectionStatus) -> bool:
    """Return whether a connection has an OIN for tests where that is refused: it gets its own first."""
    return any(step.code == "connections.oin.test" for step in one.steps)


def _whole(words: list[str], one: ConnectionStatus, new: NewFiles, moment: datetime | None) -> list[str]:
    """Return a command that makes a key with all it takes; where it would be refused, what tells why."""
    more = [] if moment is None else wished(words, one, moment)
    if more is None:
        return ["systems", "show", str(one.connection.system and one.connection.system.name)]
    old = None if one.certificate is None else _file(one.certificate)
    return [*kept_at((*words, *more), new.of(one.connection, old).prefix)]


def renewal_for(
    connection: Connection, certificate: HeldCertificate, moment: datetime, new: NewFiles
) -> list[str] | None:
    """Return the command that makes the request for the one after a certificate; ``None`` where there is none.

    Args:
        connection: whose it is.
        certificate: it.
        moment: when, aware UTC.
        new: where the files of new keys go.
    """
    one = ConnectionStatus(connection, (), certificate, tsp=connection.tsp_at(moment))
    words = _renewal(one)
    whole = None if words is None else _whole(words, one, new, moment)
    return None if whole is None or is_refused(whole) else whole


def makes_key(words: Sequence[str]) -> bool:
    """Return whether a command makes a new key, and so new files."""
    return [*words[:2]] == ["csr", "create"]


def _oin(one: ConnectionStatus) -> list[str]:
    return ["oin", "derive", "--kvk", blank("kvk")]


def _request(one: ConnectionStatus) -> list[str] | None:
    connection = one.connection
    if one.certificate is not None and one.misfit is not None:
        return ["cert", "check", _file(one.certificate), "--key", one.misfit, *_for(connection)]
    if connection.system is None:
        return None
    wishes = wishes_of(connection, one.tsp)
    words = ["csr", "create", *_for(connection), "--oin", str(wishes["oin"])]
    words += ["--organization", str(wishes["organization"])]
    # what the file does not state is a blank with a name: without it the command would stop
    words += ["--common-name", str(wishes.get("common_name") or blank("name"))]
    words += [word for name in wishes.get("dns", ()) for word in ("--dns", name)]
    if connection.self_signed:
        words.append("--self-signed")
    elif "tsp" in wishes:
        words += ["--tsp", str(wishes["tsp"])]
    return words


def _order(one: ConnectionStatus) -> list[str] | None:
    if one.request is None:
        return None
    words = ["csr", "check", one.request.place.name, "-e", str(one.connection.environment)]
    return words + (["--tsp", one.tsp] if one.tsp else [])


def _verdict(one: ConnectionStatus) -> list[str] | None:
    connection = one.connection
    # what is wrong beside it is what to look at, where the certificate itself is not known to be
    beside = (*one.wrong, *one.strange)
    is_beside = bool(beside) and one.certificate is not None and one.certificate.own_verdict is not Verdict.FAILED
    certificate = beside[0] if is_beside else one.certificate
    if certificate is None or connection.system is None:
        return None
    file = (
        one.fault_file
        if one.fault_file is not None and not (is_beside and not one.wrong)
        else chained_file(certificate)
    )
    words = ["cert", "check", file, *_for(connection), "--oin", connection.holder.oin]
    return words + (["--entity-id", connection.entity_id] if connection.entity_id else [])


def mending(certificate: HeldCertificate, use: Sequence[str]) -> list[str]:
    """Return the command that makes the chain of a certificate anew, of what lies there and lasts longer.

    Args:
        certificate: it; with a better way up.
        use: the options that say what it is for.
    """
    assert certificate.mend is not None  # as is asked
    mend, file = certificate.mend, certificate.mend.file
    return ["chain", "complete", file, "--chain", mend.place, "--out", chain_place(file), *use]


def _mended(one: ConnectionStatus) -> list[str] | None:
    return None if one.certificate is None else mending(one.certificate, _for(one.connection))


def _trusting(one: ConnectionStatus) -> list[str] | None:
    """Return the same with the test hierarchy that is to be trusted."""
    words = _verdict(one)
    return None if words is None else [*words, "--trust", blank("folder")]


def _certificate(one: ConnectionStatus) -> list[str] | None:
    if one.certificate is None and one.strange:
        return ["cert", "check", _file(one.strange[0]), *_for(one.connection), "--oin", one.connection.holder.oin]
    return _request(one) if one.request is None and one.certificate is None else _renewal(one)


def _sent(one: ConnectionStatus) -> list[str] | None:
    if one.certificate is None:
        return None
    if public_part_of(one) is not None:
        return None  # what is left is to send it, and to state the day
    file, connection = _file(one.certificate), one.connection
    system = None if connection.system is None else connection.system.name
    return [*public_words(file, system, connection.environment)]


def wished(words: Sequence[str], one: ConnectionStatus, moment: datetime) -> list[str] | None:
    """Return the options for what the TSP asks besides, each with a blank; ``None`` where the request would be refused.

    Args:
        words: the command that makes the request.
        one: the connection it is for.
        moment: when, aware UTC.
    """
    from pkitools.ordering import NoChoiceError, choice_of, missing, plan_self_signed, renewal_of
    from pkitools_cli.commands.csr.ordering import OPTIONS, known

    connection = one.connection
    holder: dict[str, Any] = {"common_name": _ANY_NAME, **wishes_of(connection, one.tsp)}
    wishes = {name: holder.pop(name) for name in CHOSEN_BY if name in holder}
    try:
        if connection.self_signed:
            plan_self_signed({**wishes, **holder}, moment=moment, knowledge=known())
            return []
        chosen = choice_of(wishes, moment=moment, knowledge=known())
        assert chosen is not None  # it names a system
        if "--renew" in words and one.certificate is not None:
            file = _file(one.certificate)
            renewal = renewal_of(read_source(read_bytes(file, limit=MAX_CERTIFICATE_BYTES), file), moment=moment)
            holder = renewal.wishes(wishes, chosen)
    except PkitoolsError as error:
        # of anything else whoever makes the request is told what there is to mend
        return None if isinstance(error, NoChoiceError) or error.code.startswith(_NOT_SELF_SIGNED) else []
    return [word for name in missing({**wishes, **holder}, chosen) for word in (OPTIONS[name], blank(name))]


def _profile(one: ConnectionStatus, moment: datetime) -> list[str]:
    """Return the option that says which certificate a connection asks; none where that is not known."""
    from pkitools.ordering import choice_of
    from pkitools_cli.commands.csr.ordering import known

    connection = one.connection
    if connection.system is None or connection.self_signed:
        return []
    wishes = {name: each for name, each in wishes_of(connection, one.tsp).items() if name in CHOSEN_BY}
    try:
        chosen = choice_of(wishes, moment=moment, knowledge=known())
    except PkitoolsError:
        return []
    return [] if chosen is None else ["--profile", chosen.profile.name]


def public_part_of(one: ConnectionStatus) -> str | None:
    """Return the file in which the public part of a certificate is already, where its command puts that."""
    if one.certificate is None:
        return None
    file = _file(one.certificate)
    for tongue in LANGUAGES:  # it may have been made in another than is spoken now
        with speaking(tongue):
            places = list(public_parts(file))
        for place in places:
            if _holds(place, one.certificate.sha256):
                return place
    return None


def _holds(name: str, sha256: str) -> bool:
    """Return whether a certificate is in a file."""
    if not is_file(name):
        return False
    try:
        found = read_source(read_bytes(name, limit=MAX_CERTIFICATE_BYTES), name).certificates
    except PkitoolsError:
        return False
    return any(hashlib.sha256(each).hexdigest() == sha256 for each in found)


def _metadata(one: ConnectionStatus) -> list[str] | None:
    if one.metadata_file is None:
        return None
    return ["metadata", "check", one.metadata_file, *_for(one.connection)]


def _tested(one: ConnectionStatus) -> list[str] | None:
    connection = one.connection
    if connection.endpoint is None or one.certificate is None:
        return None
    client = ["--client-cert", chained_file(one.certificate), "--client-key", one.key_file] if one.key_file else []
    return ["probe", connection.endpoint, *client, *_for(connection)]


def _renewal(one: ConnectionStatus) -> list[str] | None:
    connection, certificate = one.connection, one.certificate
    if certificate is None or connection.system is None:
        return None
    if connection.self_signed:
        return _request(one)
    return [*renewal_words(_file(certificate), connection.system.name, connection.environment, one.tsp)]


_COMMANDS: Final[dict[Step, Callable[[ConnectionStatus], list[str] | None]]] = {
    Step.OIN: _oin,
    Step.REQUEST: _request,
    Step.ORDER: _order,
    Step.CERTIFICATE: _certificate,
    Step.VERDICT: _verdict,
    Step.SENT: _sent,
    Step.METADATA: _metadata,
    Step.TESTED: _tested,
    Step.RENEWAL: _renewal,
}


_BY_CODE: Final[dict[str, Callable[[ConnectionStatus], list[str] | None]]] = {
    "connections.certificate.ended_request": _order,
    "connections.certificate.of_provider": lambda _: None,
    "connections.verdict.lacking": _request,
    "connections.verdict.untrusted_test": _trusting,
    "connections.verdict.chain_ended": _mended,
    "connections.verdict.chain_ends": _mended,
    "connections.renewal.request": _order,
    "connections.renewal.request_late": _order,
}


def _for(connection: Connection) -> list[str]:
    system = [] if connection.system is None else ["--for", connection.system.name]
    return [*system, "-e", str(connection.environment)]


def _file(certificate: HeldCertificate) -> str:
    """Return a file with a certificate: not metadata, and the simplest one, where there are others."""
    return min(certificate.places, key=lambda place: (place.entity_id is not None, len(place.name))).name
