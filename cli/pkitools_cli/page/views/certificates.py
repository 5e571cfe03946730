"""Files handed in: what ``cert check`` says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from pkitools.containers import Contents, read_source
from pkitools.environment import Environment
from pkitools.errors import FileError, InputError, PkitoolsError, SecretError, about_file
from pkitools.frozen import replace
from pkitools.limits import MAX_UPLOAD_BYTES
from pkitools.messages import error_sentence
from pkitools.reports import CheckedFile
from pkitools.reports.pages.checked import Asked as AskedOf
from pkitools.reports.pages.checked import checked_for_page
from pkitools.reports.telling.answer import answer_of
from pkitools.text import size_text
from pkitools_cli.commands.cert.check import Checked, FilesTogether, in_common, is_entity_id
from pkitools_cli.commands.cert.check import command as check
from pkitools_cli.commands.cert.check_options import CheckOptions
from pkitools_cli.commands.cert.check_text import Placing, placings
from pkitools_cli.commands.cert.next_step import chain_step, next_step_of
from pkitools_cli.commands.cert.page import advice
from pkitools_cli.commands.next_steps import places_of_its_own
from pkitools_cli.i18n import form_of, language, tr
from pkitools_cli.inputs import is_list
from pkitools_cli.options import OINText
from pkitools_cli.own_data import every_system, titles
from pkitools_cli.page.exchange import Request, Screen
from pkitools_cli.page.forms import Form, Upload, read_form
from pkitools_cli.page.site import Site, environments, remedies_of
from pkitools_cli.page.views import handed_in_requests
from pkitools_cli.page.views.handed_in_requests import Inputs
from pkitools_cli.page.views.keys import locked
from pkitools_cli.remedies import remedy_text

if TYPE_CHECKING:
    from pkitools.checking import JudgedCertificate
    from pkitools.checking.beside import Companion
    from pkitools.containers import BadItem
    from pkitools.reports.pages import Advice


def ask(site: Site, request: Request) -> Screen:
    """Ask for files, and what they are for; a page where something was made has said so already."""
    given = {name: (request.query[name],) for name in ("system", "environment") if request.query.get(name)}
    return _asked(site, Form(given))


def judge(site: Site, request: Request) -> Screen:
    """Judge the files that were handed in, and forget them."""
    form = read_form(request)
    try:
        environment = Environment(form.value("environment"))
    except ValueError:
        return _asked(site, form, tr("cli.page.check.no_environment"))
    if not form.files:
        return _asked(site, form, tr("cli.page.check.no_file"))
    try:
        return _judged_together(site, form, environment)
    except PkitoolsError as error:
        return _asked(site, form, error_sentence(error, language()))
    except click.UsageError as error:
        return _asked(site, form, error.message)


def _judged_together(site: Site, form: Form, environment: Environment) -> Screen:
    """Judge the files, or the requests among them where no certificate is.

    Raises:
        PkitoolsError: what was said of them cannot be.
        UsageError: so too.
    """
    options = _options(site, form, environment)
    titles(options.systems)  # a wrong name is told before a file is read
    if options.entity_id and not options.systems and not is_entity_id(options.entity_id):
        return _asked(site, form, tr("cli.page.check.no_entity_id", value=options.entity_id))
    inputs = _read(form.files, form.secret("passphrase").encode() or None)
    if handed_in_requests.are_requests(inputs):
        return handed_in_requests.judge(site, form, inputs, environment)
    checked, read, unread = _checked(form, options, inputs)
    if not checked.checks and not checked.chains:
        return _asked(site, form, *(error_sentence(each.error, language()) for each in checked.files if each.error))
    return Screen("handed_in.html", {**_told(site, checked, options, read), "unread": unread})


def _asked(site: Site, form: Form, *problems: str) -> Screen:
    if problems and form.files:  # a form that comes back holds no files
        problems = (*problems, tr(f"cli.page.check.files_again{form_of(len(form.files))}"))
    values = {
        "form": form,
        "problems": problems,
        "systems": [(each.name, each.title) for each in every_system()],
        "environments": environments(),
        "limit": size_text(MAX_UPLOAD_BYTES),
        "trusted": site.given.trust,
    }
    return Screen("hand_in.html", values, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK)


def _options(site: Site, form: Form, environment: Environment) -> CheckOptions:
    """Return what ``cert check`` would have been given."""
    given, oin = site.given, form.value("oin")
    return CheckOptions(
        files=(),
        environment=environment,
        systems=form.values("system"),
        oin=OINText().convert(oin, None, None) if oin else None,
        organization=form.value("organization") or None,
        key_file=None,
        csr_file=None,
        expect_file=None,
        alias=None,
        certificate=None,
        chain=(),
        trust=given.trust,
        passphrase_file=None,
        passphrase_env=None,
        entity_id=form.value("entity_id") or None,
        profile=None,
        host=None,
        beside=(),
        crls=given.crls,
        ocsp=(),
        revocation=given.revocation,
        offline=not given.online,
        allow_net=given.allow_net,
        allow_port=given.allow_port,
        cache=given.cache,
        cross_check=False,
        strict=False,
        strict_delivery=False,
        moment=given.clock(),
        fail_on=None,
        reports=(),
        force=False,
        verbose=False,
        quiet=False,
    )


def _checked(form: Form, options: CheckOptions, inputs: Inputs) -> tuple[Checked, FilesTogether, list[str]]:
    """Return what was found of the files, how they belong together, and what of all could not be read."""
    passphrase = form.secret("passphrase").encode() or None
    read = FilesTogether(options, lambda: inputs, passphrase=passphrase, named=list(inputs))
    opened = read.companions()
    judged = [_told_if_locked(_judged(name, read), inputs[name], opened, passphrase) for name in inputs]
    checked = Checked(judged, None)
    checked = replace(checked, reuse=in_common(checked.checks, options, (), read.keys))
    of_chains = (bad for name, _ in checked.chains for bad in _problems(inputs[name]))
    return checked, read, [error_sentence(bad.error, language()) for bad in (*read.unread, *of_chains)]


def _problems(contents: Contents | PkitoolsError) -> Iterable[BadItem]:
    return () if isinstance(contents, PkitoolsError) else contents.problems


def _judged(name: str, read: FilesTogether) -> CheckedFile:
    try:
        with about_file(name):
            return read.judge(name)
    except (InputError, FileError, SecretError) as error:
        return CheckedFile(name, error=error, harmless=is_list(error) or name in read.compared)


def _told_if_locked(
    file: CheckedFile, contents: Contents | PkitoolsError, opened: Iterable[Companion], passphrase: bytes | None
) -> CheckedFile:
    """Return a file with why its key was compared with nothing, where that is because nobody could open it."""
    if file.error is None or file.harmless or isinstance(contents, PkitoolsError):
        return file
    error = locked(file.name, contents, opened, passphrase)
    return file if error is None else replace(file, error=error)


def _read(files: Iterable[Upload], passphrase: bytes | None) -> Inputs:
    """Return what each file holds, by a name that no other has, or why it cannot be used."""
    found: dict[str, Contents | PkitoolsError] = {}
    for upload in files:
        name = _free(upload.name or tr("cli.page.check.nameless"), found)
        try:
            with about_file(name):
                found[name] = _contents(upload.data, name, passphrase)
        except PkitoolsError as error:
            found[name] = error
    return found


def _contents(data: bytes, name: str, passphrase: bytes | None) -> Contents:
    if not data:
        raise InputError("files.error.empty", name=name)
    return read_source(data, name, passphrase=passphrase)


def _free(name: str, taken: Mapping[str, object]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _told(site: Site, checked: Checked, options: CheckOptions, read: FilesTogether) -> dict[str, object]:
    checks = [(file.name, file.check) for file in checked.files if file.check is not None]
    asked = AskedOf(
        moment=options.moment,
        environment=options.environment,
        systems=titles(options.systems),
        language=language(),
        given=read.given,
        companions=read.companions(),
        remedy=remedies_of(site.given),
        next_step=partial(_advice, site, options, placings(checks, options)),
    )
    used = [(file.name, file.error) for file in checked.files if file.harmless]
    lists = [name for name, error in used if error is not None and is_list(error)]
    compared = [tr("cli.inputs.compared", file=name) for name, _ in used if name not in lists]
    shown = checked_for_page(checked.files, asked, verdict=checked.verdict, reuse=checked.reuse)
    return {"shown": shown, "lists": lists, "compared": compared}


def _advice(
    site: Site, options: CheckOptions, placed: Mapping[str, Placing], file: CheckedFile, one: JudgedCertificate
) -> Advice | None:
    """Return what to do next, as the terminal has it; ``None`` where the sentence of what decides is another here.

    The chain goes first, which the terminal tells below: a page has one place for what to do.
    """
    place = placed[file.name].of(one)
    decides = answer_of(place.report).step
    remedy = None if decides is None else decides.remedy
    if remedy is not None and remedies_of(site.given)(remedy, language()) is not None:
        return None
    with _as_command(options):
        chain = chain_step(place) if place.is_alone else None
        step = chain or next_step_of(place)
    if remedy is not None and step is not None and step.words is None and remedy_text(remedy, language()) is not None:
        return None  # what the command line says names its options
    return advice(step)


_GIVEN: Final = ("environment", "systems", "oin", "organization", "entity_id", "trust", "crls")
"""The options of ``cert check`` that a form, or the start of the page, gives."""


@contextmanager
def _as_command(options: CheckOptions) -> Iterator[None]:
    """Have ``cert check`` run, with what the page was given: a command that is told carries its options."""
    root = click.get_current_context().find_root()
    noun = click.Context(click.Group("cert"), parent=root, info_name="cert")
    command = click.Context(check, parent=noun, info_name="check")
    for name in _GIVEN:
        if value := getattr(options, name):
            command.params[name] = value
            command.set_parameter_source(name, ParameterSource.COMMANDLINE)
    with command.scope(), places_of_its_own():
        yield
