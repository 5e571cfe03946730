"""``csr create`` of one: the order completed, then a key and a request, or a self-signed certificate, on disk."""

from __future__ import annotations

import click

from pkitools.files import check_outputs
from pkitools.frozen import dataclass, replace
from pkitools.ordering import Renewal, plan_self_signed, renewal_of
from pkitools.reports import WrittenCertificate, WrittenRequest
from pkitools.requests import PrivateKey
from pkitools_cli.commands.csr.create_options import CreateOptions
from pkitools_cli.commands.csr.ordering import Wishes, completed, known, planned, renewed
from pkitools_cli.commands.csr.writing import KeyPassphrase, places, write, write_certificate
from pkitools_cli.commands.next_steps import free_prefix
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import about_input, read_input, read_key
from pkitools_cli.output import complain
from pkitools_cli.passphrases import given_passphrase


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one request or certificate is to be, and where its files go."""

    wishes: Wishes
    prefix: str
    renewal: Renewal | None
    options: CreateOptions


def write_one(options: CreateOptions) -> WrittenRequest:
    """Make one request, with a new key or one that exists, and write what was made."""
    asked, passphrase = _asked(options), options.passphrase()
    order = planned(asked.wishes, options.moment)
    if options.key_file is not None:
        check_outputs(places(asked.prefix)[1:], overwrite=options.force)
        request = order.plan.sign(_given_key(asked, passphrase))
        written = write(request, asked.prefix, None, options.force)
    else:
        check_outputs(places(asked.prefix), overwrite=options.force)
        secret = passphrase.for_new_key()
        complain(tr("cli.csr.create.busy", key_type=order.plan.key_type))
        written = write(order.plan.make(), asked.prefix, secret, options.force)
    changes = asked.renewal.changes(order.plan) if asked.renewal is not None else None
    return replace(written, choice=order.choice, old_file=options.renew, changes=changes)


def write_self_signed(options: CreateOptions) -> WrittenCertificate:
    """Make one self-signed certificate, with a new key or one that exists, and write what was made."""
    asked, passphrase = _asked(options), options.passphrase()
    plan = plan_self_signed(asked.wishes, moment=options.moment, days=options.days, knowledge=known())
    if options.key_file is not None:
        check_outputs(places(asked.prefix, "pem")[1:], overwrite=options.force)
        made = plan.sign(_given_key(asked, passphrase))
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
    wishes, prefix = completed(wishes, prefix, options.moment, asks_tsp=not options.self_signed)
    if prefix.endswith("/"):
        raise click.UsageError(tr("cli.csr.create.prefix", prefix=prefix))
    return _Asked(wishes, prefix, renewal, options)


def _renewal(name: str, options: CreateOptions) -> Renewal:
    """Return what the old certificate gives. Its keystore is opened with the passphrase that was given."""
    with about_input(name):
        source = read_input(name, given_passphrase(options.passphrase_file, options.passphrase_env))
        return renewal_of(source, moment=options.moment)


def _given_key(asked: _Asked, passphrase: KeyPassphrase) -> PrivateKey:
    """Return the key that was given; that of a certificate that is renewed is refused."""
    name = asked.options.key_file or ""
    key = read_key(name, passphrase.given())
    if asked.renewal is not None:
        asked.renewal.refuse_key(key)
    complain(tr("cli.csr.create.reuse", name=name))
    return key
