"""Take over a hierarchy that g4-trial made: its keys, certificates, CRL numbers and revocations become a test PKI.

The new folder is made whole or not at all. Each authority signs its next CRL at once, numbered after its last; what is
issued from then on points to where this test PKI is served.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pkitools.files import Output, write_secret, write_set
from pkitools.frozen import dataclass
from pkitools.text import pattern
from pkitools_test_pki.authority import DEFAULT_BASE_URL, Authority
from pkitools_test_pki.folder import DATABASE, END_ENTITIES, LOCK, TRUST, files_of, make_folders, new_folder
from pkitools_test_pki.g4_trial.hierarchy import FoundAuthority, FoundCertificate, Hierarchy, profile_of, read_hierarchy
from pkitools_test_pki.g4_trial.records import Records
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.pki import PKI, checked_base_url
from pkitools_test_pki.store import Store, crl_start_setting

_OUR_ADDRESS: Final = pattern(r"(http://.+)/(?:crl|cert)/[A-Za-z0-9]+\.(?:crl|cer)")
_HOST: Final = pattern(r"[a-z]+://[^/]*")


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken over.

    Args:
        authorities: our names, each after its issuer.
        certificates: of end entities.
        revoked: certificates that are on a CRL, or were wanted on the next one.
        crl_numbers: authority → the number of the CRL it signed on taking over.
        base_url: where certificates issued from now on point.
        elsewhere: the hosts that the certificates taken over point to instead.
        left_out: base names of certificates of authorities no shape has.
    """

    authorities: tuple[str, ...]
    certificates: int
    revoked: int
    crl_numbers: dict[str, int]
    base_url: str
    elsewhere: tuple[str, ...]
    left_out: tuple[str, ...]


def import_hierarchy(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    moment: datetime,
    base_url: str | None = None,
    passphrase: bytes | None = None,
) -> Imported:
    """Import a hierarchy of g4-trial into a new test PKI folder; the old one is left as it is.

    The authorities' keys are kept unencrypted, with mode 0600, as those of every test PKI.

    Args:
        source: the folder g4-trial works in, or its ``ca`` folder.
        target: a folder that does not exist yet, or is empty.
        moment: now, aware UTC: thisUpdate of the CRLs signed on taking over.
        base_url: where the test PKI will be served; left out, where the certificates point, if that is one place in
            the form the test PKI serves, else the default.
        passphrase: of the authorities' keys, when they have one.

    Raises:
        StateError: ``source`` holds no such hierarchy, or part of it is missing.
        InputError: a file is not what it should be, or does not belong to the rest.
        SecretError: the passphrase is missing or wrong.
        FileError: ``target`` has content, or a file cannot be read or written.
        InvalidValueError: ``base_url`` is no address; two certificates of one authority with one serial number.
    """
    found = read_hierarchy(Path(source), passphrase=passphrase)
    url = checked_base_url(base_url) if base_url is not None else _own_address(found) or DEFAULT_BASE_URL
    numbers: dict[str, int] = {}
    new_folder(Path(target), lambda folder: numbers.update(_fill(folder, found, moment, url)))
    return Imported(
        authorities=tuple(authority.spec.name for authority in found.authorities),
        certificates=sum(len(authority.issued) for authority in found.authorities),
        revoked=sum(len(authority.records.revocations) for authority in found.authorities),
        crl_numbers=numbers,
        base_url=url,
        elsewhere=_elsewhere(found, url),
        left_out=found.left_out,
    )


def _addresses(found: Hierarchy) -> Iterator[str]:
    for authority in found.authorities:
        for row in (authority.certificate, *authority.issued):
            yield from row.facts.crl_uris
            yield from row.facts.ca_issuers_uris


def _own_address(found: Hierarchy) -> str | None:
    matches = {address: _OUR_ADDRESS.fullmatch(address) for address in _addresses(found)}
    bases = {match[1] if match else None for match in matches.values()}
    return bases.pop() if len(bases) == 1 else None


def _elsewhere(found: Hierarchy, base_url: str) -> tuple[str, ...]:
    hosts: Counter[str] = Counter()
    for address in _addresses(found):
        match = _HOST.match(address)
        if match and not address.startswith(f"{base_url}/"):
            hosts[match[0]] += 1
    return tuple(host for host, _ in hosts.most_common(10))


# -- filling the new folder --------------------------------------------------------------------------------------------


def _fill(folder: Path, found: Hierarchy, moment: datetime, base_url: str) -> dict[str, int]:
    make_folders(folder)
    store = AdoptingStore(folder / DATABASE, create=True)
    try:
        store.write_setting("base_url", base_url)
        store.write_setting("origin", "g4-trial")
        for authority in found.authorities:
            store.add_authority(authority.spec.name, authority.spec.issuer)
        for authority in found.authorities:
            _adopt(store, authority)
        for authority in found.authorities:  # an authority's own certificate is among what another one issued
            store.adopt_records(authority.spec.name, authority.records)
        pki = PKI({a.name: a for a in _authorities(store, found, moment, base_url)})
        outputs = [Output(folder / TRUST, pki.trust_pem(), secret=False)]
        for held in pki:
            outputs += files_of(folder, held)
        write_set(outputs)
        _write_end_entities(folder / END_ENTITIES, found)
        (folder / LOCK).touch(0o644)
        numbers = {row.authority: row.number for row in store.crls() if row.der is not None}
    except BaseException:
        store.close()
        raise
    store.finish()
    return numbers


def _write_end_entities(folder: Path, found: Hierarchy) -> None:
    """Keep their files under the names they had; the database has no place for a name or a foreign key."""
    folder.mkdir(0o700)
    for row in (row for authority in found.authorities for row in authority.issued):
        (folder / f"{row.base}.cer").write_bytes(row.der)
    for base, content in found.end_entity_keys.items():
        write_secret(folder / f"{base}.key", content)


def _adopt(store: AdoptingStore, authority: FoundAuthority) -> None:
    name, own = authority.spec.name, authority.certificate
    store.adopt(authority.spec.issuer or name, own, authority.spec.level)
    store.finish_authority(name, own.facts.serial_number)
    for row in authority.issued:
        store.adopt(name, row, profile_of(row.facts, name))


def _authorities(store: AdoptingStore, found: Hierarchy, moment: datetime, base_url: str) -> Iterable[Authority]:
    certificates: dict[str, IssuedCertificate] = {}
    for row in found.authorities:
        spec, facts = row.spec, row.certificate.facts
        issuer = certificates.get(spec.issuer or "")
        certificates[spec.name] = IssuedCertificate(row.certificate.der, facts.serial_number, spec.level, issuer)
        yield Authority(spec, certificates[spec.name], row.key, moment=moment, base_url=base_url, ledger=store)


class AdoptingStore(Store):
    """A new database that takes over what another tool has done."""

    def adopt(self, authority: str, found: FoundCertificate, profile: str) -> None:
        """Record a certificate as issued.

        Raises:
            InvalidValueError: the authority has another one with this serial number.
        """
        number = self.reserve(authority, found.facts.not_before, found.facts.serial_number)
        self.record(authority, IssuedCertificate(found.der, number, profile))

    def adopt_records(self, authority: str, records: Records) -> None:
        """Record the last CRL and every revocation; a certificate that is revoked but not here stays on the CRL."""
        if records.number:
            self.write_setting(crl_start_setting(authority), str(records.number))
        with self._transaction() as db:
            for revocation in records.revocations:
                where = (authority, str(revocation.serial_number))
                begun = int(revocation.moment.timestamp())
                db.execute(
                    "INSERT OR IGNORE INTO certificate (authority, serial_number, state, reserved_at) "
                    "VALUES (?, ?, 'lost', ?)",
                    (*where, begun),
                )
                db.execute(
                    "INSERT OR IGNORE INTO revocation (certificate, moment, reason) "
                    "SELECT id, ?, ? FROM certificate WHERE authority = ? AND serial_number = ?",
                    (begun, revocation.reason, *where),
                )
            if records.number:
                self._adopt_crl(authority, records)

    def _adopt_crl(self, authority: str, records: Records) -> None:
        """Record number and time of the last CRL; its content makes room for the next one, signed at once."""
        this_update, next_update = records.this_update or datetime.fromtimestamp(0, UTC), records.next_update
        ends = int(next_update.timestamp()) if next_update else None
        self._db.execute(
            "INSERT INTO crl (authority, number, kind, this_update, next_update, last_revocation) "
            "VALUES (?, ?, 'full', ?, ?, 0)",
            (authority, records.number, int(this_update.timestamp()), ends),
        )
