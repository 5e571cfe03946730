"""``csr create`` of one: the order completed, then a key and a request, or a self-signed certificate, on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final

import click

from pkitools.files import check_outputs
from pkitools.frozen import dataclass, replace
from pkitools.reports import WrittenCertificate, WrittenRequest
from pkitools.requests import PrivateKey
from pkitools_cli.commands.csr.create_options import CreateOptions
from pkitools_cli.commands.csr.ordering import Wishes, completed, known, planned, renewed
from pkitools_cli.commands.csr.writing import KeyPassphrase, places, write, write_certificate
from pkitools_cli.commands.given.keys import read_key
from pkitools_cli.commands.next_steps import free_prefix
from pkitools_cli.commands.renewing import wants_own_name
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import about_input, read_input, told_problems
from pkitools_cli.output import complain
from pkitools_cli.passphrases import asked_passphrase, can_ask, given_passphrase

if TYPE_CHECKING:
    from pkitools.ordering import Choice, Renewal

_MODULE: Final = "PKITOOLS_PKCS11_MODULE"  # the library of the maker of a token, where the URI names none


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one request or certificate is to be, and where its files go."""

    wishes: Wishes
    prefix: str
    renewal: Renewal | None
    options: CreateOptions

    @property
    def has_key(self) -> bool:
        """Whether there is a key to sign with."""
        return self.options.has_key

    def told(self, choice: Choice | None) -> Choice | None:
        """Return what is told of a choice: of a key that was given it is not said of what kind to make one."""
        return choice.with_given_key() if choice is not None and self.has_key else choice


def write_one(options: CreateOptions) -> WrittenRequest:
    """Make one request, with a new key or one that exists, and write what was made."""
    asked, passphrase = _asked(options), options.passphrase()
    order = planned(asked.wishes, options.moment)
    if asked.has_key:
        check_outputs(places(asked.prefix)[1:], overwrite=options.force)
        with _given_key(asked, passphrase) as key:
            request = order.plan.sign(key)
        written = write(request, asked.prefix, None, options.force)
    else:
        check_outputs(places(asked.prefix), overwrite=options.force)
        secret = passphrase.for_new_key()
        complain(tr("cli.csr.create.busy", key_type=order.plan.key_type))
        written = write(order.plan.make(), asked.prefix, secret, options.force)
    system = None if order.choice is None else order.choice.system
    refusing = system if wants_own_name(system, order.plan.environment, options.moment) else None
    changes = asked.renewal.changes(order.plan, refusing) if asked.renewal is not None else None
    return replace(written, choice=asked.told(order.choice), old_file=options.renew, changes=changes)


def write_self_signed(options: CreateOptions) -> WrittenCertificate:
    """Make one self-signed certificate, with a new key or one that exists, and write what was made."""
    from pkitools.ordering import plan_self_signed
    from pkitools.ordering.self_signed import DEFAULT_DAYS

    asked, passphrase = _asked(options), options.passphrase()
    plan = plan_self_signed(
        asked.wishes,
        moment=options.moment,
        days=DEFAULT_DAYS if options.days is None else options.days,
        knowledge=known(),
    )
    if asked.has_key:
        check_outputs(places(asked.prefix, "pem")[1:], overwrite=options.force)
        with _given_key(asked, passphrase) as key:
            made = plan.sign(key)
        made = replace(made, order=replace(made.order, choice=asked.told(made.order.choice)))
        return write_certificate(made, asked.prefix, None, options.force)
    check_outputs(places(asked.prefix, "pem"), overwrite=options.force)
    secret = passphrase.for_new_key()
    complain(tr("cli.csr.create.busy", key_type=plan.order.plan.key_type))
    return write_certificate(plan.make(), asked.prefix, secret, options.force)


def _asked(options: CreateOptions) -> _Asked:
    """Return what is asked, with what an old certificate gives and what is answered on a terminal."""
    renewal = None if options.renew is None else _renewal(options.renew, options)
    wishes = options.wishes() if renewal is None else renewed(renewal, options.wishes(), options.moment)
    prefix = options.prefix or (None if renewal is None else free_prefix(str(wishes["common_name"])))
    wishes, prefix = completed(wishes, prefix, options.moment, self_signed=options.self_signed, has_key=options.has_key)
    if prefix.endswith("/"):
        raise click.UsageError(tr("cli.csr.create.prefix", prefix=prefix))
    return _Asked(wishes, prefix, renewal, options)


def _renewal(name: str, options: CreateOptions) -> Renewal:
    """Return what the old certificate gives. Its keystore is opened with the passphrase that was given."""
    from pkitools.ordering import renewal_of

    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    with about_input(name):
        source = read_input(name, passphrase)
        renewal = renewal_of(source, moment=options.moment)
    told_problems(source, name)
    if renewal.is_forged:
        complain(tr("cli.csr.create.not_of_issuer", name=name, issuer=renewal.old.issuer.common_name or ""))
    return renewal


@contextmanager
def _given_key(asked: _Asked, passphrase: KeyPassphrase) -> Iterator[PrivateKey]:
    """Give the key that was given, of a file or on a token; that of a certificate that is renewed is refused."""
    options = asked.options
    if options.token is not None:
        with _on_token(options.token, passphrase) as key:
            yield _not_the_old(asked, key)
        return
    name = options.key_file or ""
    key = _not_the_old(asked, read_key(name, passphrase.given()))
    complain(tr("cli.csr.create.reuse", name=name))
    yield key


def _not_the_old(asked: _Asked, key: PrivateKey) -> PrivateKey:
    if asked.renewal is not None:
        asked.renewal.refuse_key(key)
    return key


def _on_token(uri: str, passphrase: KeyPassphrase) -> AbstractContextManager[PrivateKey]:
    """Open the key on a token. Its PIN is a secret as a passphrase is, and comes as one."""
    from pkitools.requests.token_uri import TokenURI
    from pkitools.requests.tokens import token_key

    where = TokenURI.parse(uri)
    pin = passphrase.given()
    if pin is None and not can_ask():
        raise click.UsageError(tr("cli.csr.create.say_pin"))
    return token_key(where, asked_passphrase(str(where)) if pin is None else pin, module=os.environ.get(_MODULE, ""))
