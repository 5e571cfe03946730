"""Every limit on input, by name and with its reason. Beyond one: :class:`pkitools.errors.LimitError`.

A limit is there so that hostile input ends in an error of our own, in bounded time and memory.
"""

from __future__ import annotations

from typing import Final

MAX_INPUT_BYTES: Final = 64 * 1024 * 1024
"""One file. The largest legitimate input is a CRL of about a million entries: 53 MB."""

MAX_PEM_BLOCKS: Final = 10_000
"""Blocks in one PEM file; a full CA bundle of an operating system holds about 150."""

MAX_CERTIFICATE_BYTES: Final = 256 * 1024
"""One certificate. Real ones are 2 kB; a certificate with 100 SAN entries is 10 kB."""

MAX_DER_DEPTH: Final = 64
"""Nesting of constructed DER values. RFC 5280 structures stay below 20."""

MAX_DER_VALUES: Final = 10_000
"""Values listed of one DER value that is larger than any certificate. The entries of a CRL, which are more, are never
listed: they are counted and found where they stand."""

MAX_CRL_FRAME_BYTES: Final = 256 * 1024
"""A CRL without its entries: names, times, extensions and signature. Real ones take 1 to 3 kB."""

MAX_KEYSTORE_BYTES: Final = 16 * 1024 * 1024
"""One keystore; the certificates of a whole operating system make 300 kB."""

MAX_TOML_BYTES: Final = 1024 * 1024
"""One TOML text from outside; a thousand requests take 400 kB."""

MAX_TOML_LINE: Final = 16_384
"""Characters of one line of it: a hundred DNS names on one line take 3,000."""

MAX_TOML_KEY_PARTS: Final = 20
"""Dots in one dotted key, where one is usual; a host name has no more labels than that either."""

MAX_RSA_BITS: Final = 16_384
"""RSA modulus. OpenSSL's own bound: verification cost grows with the cube of it."""

MAX_PATH_LENGTH: Final = 8
"""Certificates in a path. PKIoverheid has four levels; cryptography's default is 8 intermediates."""

MAX_SIGNATURE_CHECKS: Final = 100
"""Signature checks in the search for a path, and for the status of each certificate of it; the bound of Go, rustls and
cryptography."""

MAX_KDF_ITERATIONS: Final = 5_000_000
"""Rounds of a password-based key derivation we are ready to run: about 0.8 s. The bound of the JDK."""

MAX_MESSAGE_VALUE: Final = 200
"""Characters of one operand shown in a message: a common name may be a megabyte long."""

MAX_LINE: Final = 2000
"""Characters of one line for people: a name of a megabyte would push the rest off the screen. What is longer is cut
off, and how much of it, is said; JSON has it whole."""

MAX_LISTED: Final = 10
"""Entries of a list shown in a message before "... and n more"."""

MAX_OIN_TEXT: Final = 1000
"""Characters of a text that is judged as an OIN, or searched for one. Twenty is right; the longest that holds one is a
URL or a name. A longer text is no OIN, and only its beginning is looked at: to turn a megabyte of another script's
digits into capitals, over and over, took more than a second."""

MAX_ERROR_TEXT: Final = 1024 * 1024
"""Characters of a text that is searched for error messages of other programs: a log. A message is one line of it."""

MAX_PROBE_BYTES: Final = 1024 * 1024
"""Bytes of one connection that is tried: OpenSSL takes certificates up to 100 kB, and a page is read for 8 kB."""

MAX_SYSTEM_BYTES: Final = 256 * 1024
"""The description of a connected system in TOML: the longest of ours is 15 kB."""

MAX_OWN_FILES: Final = 1_000
"""Files in a folder with facts of one's own: an organisation has some; a thousand is another folder."""

MAX_METADATA_BYTES: Final = 16 * 1024 * 1024
"""Metadata or an agreement in XML that is read as what it means: of one service 20 kB, of a network of brokers 3 MB."""

MAX_JWKS_BYTES: Final = 1024 * 1024
"""A JWKS: of Python's objects, an empty one takes thirty times its two octets."""

MAX_XML_ELEMENTS: Final = 50_000
"""Elements of one XML document: metadata of an entity has some forty."""

MAX_XML_DEPTH: Final = 64
"""Elements within one another: metadata has ten."""

MAX_XML_ATTRIBUTES: Final = 100_000
"""Attributes of one XML document, and namespaces it declares: two for each element, which metadata does not reach."""

MAX_XML_ELEMENT_ATTRIBUTES: Final = 100
"""Attributes of one element: metadata has six."""

MAX_XML_NAMESPACES: Final = 100
"""Namespaces declared at one place of an XML document: metadata has a dozen. Canonical XML costs the square of them."""

MAX_SCANNED_BYTES: Final = 16 * 1024 * 1024
"""One file that is found in a folder and not named: a keystore has no more. A larger one is told, and not read."""

MAX_CONFIGURATION_BYTES: Final = 1024 * 1024
"""A configuration or an inventory in which it is looked for what points to certificates."""

MAX_POINTERS: Final = 10_000
"""What one configuration or inventory may point to."""

MAX_PENDING: Final = 2_000
"""Certificates without a path that are judged again when a keystore or a peer turns out to hold their issuer; 4 MB."""

MAX_KEPT_BYTES: Final = 32 * 1024 * 1024
"""Content of files with one certificate that a scan keeps until it judges them: ten thousand are read once."""

MAX_FOUND_AUTHORITIES: Final = 1_000
"""Certificates of authorities that a scan keeps to judge those of other files by: PKIoverheid has some fifty."""

MAX_FOUND_AUTHORITY_FILES: Final = 10_000
"""Files with authorities alone of which a scan keeps the name: for a certificate those in its folder come first."""

MAX_FOUND_LISTS: Final = 10_000
"""CRLs, and as many OCSP responses, that a scan takes from files for the certificates in others: of each only those are
asked that go by the name of its issuer, or by its serial number."""

MAX_FOUND_LIST_BYTES: Final = 32 * 1024 * 1024
"""Of those together; each process that judges has them. What there is no room for is told."""

MAX_PATTERN_FILES: Final = 1_000
"""Files that one pattern in a configuration may stand for."""

MAX_PATTERN_FOLDERS: Final = 10_000
"""Folders that are listed for one pattern or folder in a configuration: a server has some for each of its names."""

MAX_RISK_GROUPS: Final = 5_000
"""Groups of certificates that share something, gathered in one pass over all that was found."""

MAX_RISK_MEMBERS: Final = 1_000
"""Certificates of one risk that are named, and risks of one rule: nobody reads more, and the rest is counted."""

MAX_SUCCESSIONS: Final = 24
"""Certificates of one holder, name and use among which the next of each is looked for: of more nobody can tell it."""

MAX_RISK_PLACES: Final = 100
"""Places of one certificate that a risk names."""

MAX_PORTFOLIO_BYTES: Final = 512 * 1024 * 1024
"""An earlier report in JSON that is compared with: of a hundred thousand certificates it is 400 MB."""

MAX_PAGE_CERTIFICATES: Final = 1_000
"""Certificates that a page tells of one by one, the worst first: a browser shows no more without waiting."""

MAX_UPLOAD_BYTES: Final = 8 * 1024 * 1024
"""All files handed in to a page at once: what an organisation gets in a year makes less than one, a long list three."""

MAX_UPLOADS: Final = 100
"""Files handed in to a page at once: what an organisation received this year."""

MAX_UPLOADS_BYTES: Final = 16 * 1024 * 1024
"""All that is handed in to a page at the same time, in however many tabs: it is kept in memory until it is judged."""
