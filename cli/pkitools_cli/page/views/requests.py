"""A key and a request, or a self-signed certificate, for a system: made and written here, and sent nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import click

from pkitools.errors import PkitoolsError
from pkitools.files import check_outputs, has_permissions, may_be_there
from pkitools.frozen import replace
from pkitools.messages import error_sentence, message
from pkitools.ordering import NoChoiceError, choice_of, lacking, missing, plan_order, plan_self_signed
from pkitools.ordering.orders import FOR
from pkitools.profiles import tsps
from pkitools.text import pattern, visible
from pkitools_cli.commands.csr.ordering import known, takes_self_signed
from pkitools_cli.commands.csr.writing import SHORT, places, write, write_certificate
from pkitools_cli.commands.status.asked import given_connections
from pkitools_cli.commands.status.new_files import NewFiles, NewPlace, entry_for
from pkitools_cli.commands.status.reports import add_to_files
from pkitools_cli.i18n import language, tr
from pkitools_cli.options import OINText
from pkitools_cli.own_data import every_system, given_data, system_named
from pkitools_cli.page.exchange import RefusedError, Request, Screen
from pkitools_cli.page.forms import Form, read_form
from pkitools_cli.page.site import Site, environments, remedies_of

if TYPE_CHECKING:
    from pkitools.connections import Connection
    from pkitools.findings import Outcome
    from pkitools.ordering import Choice, Reason
    from pkitools.reports import WrittenCertificate, WrittenRequest
    from pkitools.systems import Statement

FIELDS: Final = ("oin", "organization", "common_name", "dns", "kvk", "locality", "province")
"""Fields of an order that are asked, as those of a batch are named."""
SELF_SIGNED: Final = "self_signed"
"""What is made where the form asks for no request: a certificate that its holder signs himself."""
_KINDS: Final = ("request", SELF_SIGNED)
# what an address can say already: a link of this page fills in what a file of connections has
_OF_ORDER: Final = ("system", "environment", "tsp", "kind", "oin", "organization", "common_name", "dns")
_FROM_ELSEWHERE: Final = (*_OF_ORDER, "connection")
_MADE: Final = HTTPStatus.CREATED
_SPARED: Final = ("kvk", "locality", "province")  # asked of those who want them, unless the TSP does
_NAME: Final = pattern(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def ask(site: Site, request: Request) -> Screen:
    """Ask for which system, and then for what stands in the request."""
    given = {name: (request.query[name],) for name in _FROM_ELSEWHERE if request.query.get(name)}
    return _asked(site, Form(given))


def make(site: Site, request: Request) -> Screen:
    """Make a key and a request, or a self-signed certificate, and write both; or say what is missing."""
    folder = site.given.folder
    if folder is None:
        raise RefusedError(HTTPStatus.FORBIDDEN, "no_folder")
    form = read_form(request)
    try:
        secret = _passphrase(form)
        if form.value("kind") == SELF_SIGNED:
            certificate = _self_signed(site, request, form, folder, secret)
            told = {**_told_of(certificate, secret), "entry": _entry(site, form, certificate.prefix)}
            return Screen("made_self_signed.html", told, _MADE)
        written = _written(site, request, form, folder, secret)
    except PkitoolsError as error:
        return _asked(site, form, error_sentence(error, language(), remedies_of(site.given)))
    except click.UsageError as error:
        return _asked(site, form, error.message)
    told = {**_told(written, secret), "entry": _entry(site, form, written.prefix), "ordered": _to_state(site, form)}
    return Screen("made.html", told, _MADE)


# -- asked -------------------------------------------------------------------------------------------------------------


def _asked(site: Site, form: Form, *problems: str) -> Screen:
    choice: Choice | None = None
    place = _place_of_connection(site, form)
    statements: tuple[Statement, ...] = ()
    try:
        choice = _choice(site, form)
    except NoChoiceError as error:
        problems, statements = (*problems, error_sentence(error, language())), error.statements
    except PkitoolsError as error:
        problems = (*problems, error_sentence(error, language()))
    is_taken = choice is not None and takes_self_signed(choice, site.given.clock())
    taken_by = choice.system.title if choice is not None and is_taken else ""
    values = {
        "form": form,
        "problems": tuple(dict.fromkeys(problems)),
        "statements": [(each.text[language()], each.source.text(language())) for each in statements],
        "folder": site.given.folder,
        "systems": [(each.name, each.title) for each in every_system()],
        "environments": environments(),
        "tsps": _tsps(),
        "chosen": choice is not None,
        "reasons": () if choice is None else tuple(_reasons(choice)),
        "self_signed": taken_by,
        "kinds": [(kind, tr(f"cli.page.request.kind.{kind}")) for kind in _KINDS] if taken_by else [],
        "kind": form.value("kind") or _KINDS[0],
        "asked": () if choice is None else _fields(choice),
        "spared": () if choice is None else tuple(each for each in _SPARED if each not in _fields(choice)),
        "name": form.value("name") or _free_name(site, form),
        "place": "" if place is None else place.prefix,
        "first": _folder_first(place),
    }
    return Screen("request.html", values, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK)


def _choice(site: Site, form: Form) -> Choice | None:
    """Return what is chosen for the system and environment that were named; ``None`` while one of them is not."""
    if not form.value("system") or not form.value("environment"):
        return None
    system_named(form.value("system"))
    try:
        wishes = _wishes(form)
    except click.UsageError:  # a number that is no OIN is told where the order is made, and the form stays as it was
        wishes = _wishes(Form({name: values for name, values in form.fields.items() if name != "oin"}))
    return choice_of(wishes, moment=site.given.clock(), knowledge=known())


def _fields(choice: Choice) -> tuple[str, ...]:
    needed = missing({}, choice)
    has_names = "dns" in choice.profile.san.kinds
    return tuple(name for name in FIELDS if name in needed or (name == "dns" and has_names))


def _reasons(choice: Choice) -> Iterator[tuple[str, str, str]]:
    """Yield what was chosen: about what, the sentence, and where it stands."""
    for reason in choice.reasons:
        source = reason.statement.source if reason.statement else reason.basis.source if reason.basis else None
        named = source.text(language()) if source is not None and source.document.key != "none" else ""
        yield tr(f"cli.csr.create.about.{reason.about}"), reason.sentence(language()), named


def _tsps() -> list[tuple[str, str]]:
    data = given_data()
    found = {tsp.name: tsp.title for tsp in (*tsps(), *(data.tsps if data else ()))}
    return sorted(found.items(), key=lambda each: each[1].casefold())


def _free_name(site: Site, form: Form) -> str:
    """Return a name that no file has yet."""
    begin = "-".join(filter(None, (form.value("system"), form.value("environment")))) or "request"
    folder, number, name = site.given.folder, 1, begin
    while folder is not None and any(may_be_there(folder / f"{name}{end}") for end in (".key", ".csr", ".pem")):
        number += 1
        name = f"{begin}-{number}"
    return name


# -- made --------------------------------------------------------------------------------------------------------------


def _wishes(form: Form) -> dict[str, Any]:
    """Return the order, as a batch names its fields; what was not filled in is left out."""
    named = {name: form.value(name) for name in (*FIELDS, "environment", "tsp") if form.value(name)}
    wishes: dict[str, Any] = {**named, FOR: form.value("system")}
    if form.lines("dns"):
        wishes["dns"] = form.lines("dns")
    if form.value("oin"):
        wishes["oin"] = OINText().convert(form.value("oin"), None, None)
    return wishes


def _passphrase(form: Form) -> bytes | None:
    """Return the passphrase of the key that is made; ``None`` where none was asked for.

    Raises:
        UsageError: it was not typed twice the same, or neither given nor left out on purpose.
    """
    first, second = form.secret("passphrase"), form.secret("passphrase_again")
    if form.value("no_passphrase"):
        if first:
            raise click.UsageError(tr("cli.page.request.with_or_without"))
        return None
    if not first:
        raise click.UsageError(tr("cli.page.request.no_passphrase_given"))
    if first != second:
        raise click.UsageError(tr("cli.page.request.passphrases_differ"))
    return first.encode()


def _written(site: Site, request: Request, form: Form, folder: Path, secret: bytes | None) -> WrittenRequest:
    """Make and write it; what is wrong is said before a key is made.

    Raises:
        PkitoolsError: something is wrong with the order, or a file is there already.
        UsageError: the name is none.
        RefusedError: nobody waits for it any more.
    """
    prefix, wishes = _prefix(site, form, folder), _complete(site, form, missing)
    order = plan_order(wishes, moment=site.given.clock(), knowledge=known())
    check_outputs(places(prefix), overwrite=False)
    made = order.plan.make()
    with site.writing(request):
        return replace(write(made, prefix, secret, force=False), choice=order.choice)


def _self_signed(site: Site, request: Request, form: Form, folder: Path, secret: bytes | None) -> WrittenCertificate:
    """Make and write a self-signed certificate, where the system takes one.

    Raises:
        PkitoolsError: the system takes none there, something else is wrong, or a file is there already.
        UsageError: the name is none.
        RefusedError: nobody waits for it any more.
    """
    prefix, wishes = _prefix(site, form, folder), _complete(site, form, lacking)
    plan = plan_self_signed(wishes, moment=site.given.clock(), knowledge=known())
    check_outputs(places(prefix, "pem"), overwrite=False)
    made = plan.make()
    with site.writing(request):
        return write_certificate(made, prefix, secret, force=False)


def _connection(site: Site, form: Form) -> Connection | None:
    """Return the connection that something is made for; ``None`` where it is for none, or for another than it says."""
    number, file = form.value("connection"), site.given.connections
    if not number or file is None:
        return None
    try:
        found = [each for each in given_connections(file).connections if str(each.number) == number]
    except PkitoolsError:
        return None  # the page of connections tells of it
    if not found or found[0].system is None:
        return None
    meant = found[0].system.name, str(found[0].environment)
    return found[0] if meant == (form.value("system"), form.value("environment")) else None  # chosen since


def _place_of_connection(site: Site, form: Form) -> NewPlace | None:
    """Return where the files go that are made for a connection: where its ``files`` names them.

    Returns:
        ``None`` where they are for no connection, and where it names no such files.
    """
    connection = _connection(site, form)
    place = None if connection is None else NewFiles().of(connection)
    return place if place is not None and place.is_named else None


def _folder_first(place: NewPlace | None) -> str:
    """Return that a folder is to be made first, in a sentence; empty where none is."""
    missing = None if place is None else place.missing
    return "" if missing is None else tr("cli.status.make_folder", folder=visible(missing))


def _entry(site: Site, form: Form, prefix: str) -> str:
    """Return what to add to ``files`` of a connection for what was made to be seen, in a sentence; empty where it is.

    Args:
        site: what the page was started with.
        form: what was filled in.
        prefix: where it was written, all but the ends.
    """
    file = site.given.connections
    if file is None or _connection(site, form) is None or _place_of_connection(site, form) is not None:
        return ""
    return add_to_files(entry_for(NewPlace(prefix, is_named=False), file))


def _to_state(site: Site, form: Form) -> str:
    """Return that the day of the order is to be stated, as no file shows it; empty where it is for no connection."""
    file = site.given.connections
    return "" if file is None or _connection(site, form) is None else tr("cli.page.made.ordered", file=visible(file))


def _prefix(site: Site, form: Form, folder: Path) -> str:
    """Return where the files go, without their ends.

    Raises:
        UsageError: the name is none, or the folder that a connection names is not there.
    """
    if (place := _place_of_connection(site, form)) is not None:
        if first := _folder_first(place):
            raise click.UsageError(first)
        return place.prefix
    name = form.value("name") or _free_name(site, form)
    if not _NAME.fullmatch(name):
        raise click.UsageError(tr("cli.page.request.name_wrong"))
    return str(folder / re.sub(r"\.(key|csr|pem)$", "", name))


def _complete(site: Site, form: Form, asked: Callable[[Mapping[str, Any], Choice], tuple[str, ...]]) -> dict[str, Any]:
    """Return the order with all that has to be filled in.

    Args:
        site: what the page was started with.
        form: what was filled in.
        asked: gives what a choice asks and an order does not have.

    Raises:
        UsageError: something is not filled in.
    """
    wishes, choice = _wishes(form), _choice(site, form)
    empty = (
        tuple(name for name in ("system", "environment") if not form.value(name))
        if choice is None
        else asked(wishes, choice)
    )
    if empty:
        names = ", ".join(tr(f"cli.page.request.field.{each}") for each in empty)
        raise click.UsageError(tr("cli.page.request.missing", fields=names))
    return wishes


def _told(written: WrittenRequest, secret: bytes | None) -> Mapping[str, object]:
    choice = written.choice
    tsp = choice.tsp if choice is not None else None
    reasons = [_named(each) for each in choice.reasons if each.attention] if choice is not None else []
    return {
        "written": written,
        "pem": written.request.pem.decode("ascii").splitlines(),
        "subject": str(written.request.facts.subject.text),
        "label": written.request.key.public.label,
        "attention": list(_attention(secret, Path(written.prefix).parent)),
        "tsp": tsp.title if tsp is not None else "",
        "warnings": [*reasons, *(_warning(each) for each in written.warnings)],
    }


def _told_of(written: WrittenCertificate, secret: bytes | None) -> Mapping[str, object]:
    made = written.made
    asked = {"system": made.order.choice.system.name} if made.order.choice is not None else {}
    asked["environment"] = made.order.plan.environment.value
    return {
        "written": written,
        "days": made.days,
        "pem": made.pem.decode("ascii").splitlines(),
        "subject": str(made.facts.subject.text),
        "label": made.key.public.label,
        "attention": list(_attention(secret, Path(written.prefix).parent)),
        "check": f"/?{urlencode(asked)}",
    }


def _attention(secret: bytes | None, folder: Path) -> Iterator[str]:
    """Yield what there is to say of who can get at the key."""
    if secret is None:
        yield tr("cli.page.made.plain")
    elif len(secret.decode()) < SHORT:
        yield tr("cli.page.made.short", count=SHORT)
    if not has_permissions():
        yield tr("cli.page.made.folder_decides", folder=folder)


def _named(reason: Reason) -> str:
    return f"{tr(f'cli.csr.create.about.{reason.about}')}: {reason.sentence(language())}"


def _warning(outcome: Outcome) -> str:
    text = message(outcome.rule.code, outcome.params, language())
    return f"{text.message} {text.remedy}".strip()
