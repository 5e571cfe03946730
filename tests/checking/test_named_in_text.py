"""A key stands by its name with one certificate of its file, whatever text the two are in: of another's it is told."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from itertools import permutations, product
from typing import Any, Final, TypeAlias

import pytest

from pkitools.checking import check_file
from pkitools.checking.chain import check_keys_together
from pkitools.checking.of_file import FileKeys
from pkitools.checking.private_keys import FOREIGN, NAMED, PLACED, REQUEST, public_halves
from pkitools.checking.request_keys import KeysWithRequests
from pkitools.containers import Contents, ItemKind, read_source
from pkitools.containers.json_text import named_texts
from pkitools.containers.named_values import standings
from pkitools.findings import Severity, Verdict
from pkitools.requests import read_request
from pkitools.x509 import read_certificate
from tests.checking.test_beside import HOSTS, content
from tests.support.cases import in_one_test
from tests.support.certificates import MOMENT
from tests.support.chains import authority
from tests.support.deliveries import pem
from tests.support.effort import bounded, in_turn
from tests.support.operations import TIMES, growing

Values: TypeAlias = Sequence[tuple[str, str]]
Tree: TypeAlias = dict[str, Any]
Container: TypeAlias = Callable[[Values], str]


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


def escaped(text: str) -> str:
    return text.replace("\n", "\\n")


def base64_of(text: str) -> str:
    return b64encode(text.encode()).decode()


def blocks(values: Values, by: int = 2, sign: str = "|") -> str:
    return "".join(f"{' ' * by}{name}: {sign}\n{indented(text, by + 2)}" for name, text in values)


def mail(values: Values, *inside: EmailMessage) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.nl", "b@example.nl", "certificaten"
    message.set_content("Hierbij.")
    for name, text in values:
        message.add_attachment(text.encode(), maintype="application", subtype="octet-stream", filename=name)
    for each in inside:
        message.add_attachment(each)
    return message


def parted(values: Values) -> tuple[Values, Values]:
    """The certificates, and the keys."""
    return [v for v in values if "PRIVATE" not in v[1]], [v for v in values if "PRIVATE" in v[1]]


def map_and_secret(values: Values, secret: Callable[[Values], str]) -> str:
    certificates, keys = parted(values)
    return f"kind: ConfigMap\ndata:\n{blocks(certificates)}---\nkind: Secret\n{secret(keys)}"


def encoded(values: Values) -> str:
    return "data:\n" + "".join(f"  {name}: {base64_of(text)}\n" for name, text in values)


def quoted(values: Values) -> str:
    return "stringData:\n" + "".join(f'  {name}: "{escaped(text)}"\n' for name, text in values)


def half_of_each(values: Values) -> str:
    """A Secret with the certificates in ``data`` and the keys in ``stringData``."""
    certificates, keys = parted(values)
    return f"kind: Secret\n{encoded(certificates)}{quoted(keys)}"


def json_list(values: Values) -> str:
    certificates, keys = parted(values)
    secret = {"kind": "Secret", "data": {name: base64_of(text) for name, text in keys}}
    return json.dumps({"kind": "List", "items": [{"kind": "ConfigMap", "data": dict(certificates)}, secret]})


# every value under a name of its own
FLAT: Final[dict[str, Container]] = {
    "ConfigMap": lambda v: f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n{blocks(v)}",
    "ConfigMap, its own name last": lambda v: f"data:\n{blocks(v, sign='|-')}kind: ConfigMap\nmetadata:\n  name: x\n",
    "ConfigMap, with text before the blocks": lambda v: "kind: ConfigMap\ndata:\n"
    + blocks([(name, f"subject=CN = x\nissuer=CN = y\n{text}") for name, text in v]),
    "ConfigMap in quotes": lambda v: "kind: ConfigMap\ndata:\n"
    + "".join(f'  "{name}": "{escaped(text)}"\n' for name, text in v),
    "ConfigMap as JSON": lambda v: json.dumps({"kind": "ConfigMap", "data": dict(v)}),
    "List as JSON": json_list,
    "JSON": lambda v: json.dumps(dict(v), indent=2),
    "JSON on one line": lambda v: json.dumps({"tls": dict(v)}),
    "JSON lines": lambda v: "".join(json.dumps({name: text}) + "\n" for name, text in v),
    "JSON of names and values": lambda v: json.dumps([{"name": name, "value": text} for name, text in v]),
    "JSON of values and names": lambda v: json.dumps([{"content": text, "path": f"/x/{name}"} for name, text in v]),
    "ConfigMap and Secret": lambda v: map_and_secret(v, encoded),
    "ConfigMap and stringData": lambda v: map_and_secret(v, lambda keys: f"stringData:\n{blocks(keys)}"),
    "ConfigMap and stringData in quotes": lambda v: map_and_secret(v, quoted),
    "Secret, data and stringData": half_of_each,
    "Secret in quotes": lambda v: f"kind: Secret\n{quoted(v)}",
    "documents": lambda v: "---\n".join(f"kind: ConfigMap\ndata:\n{blocks([one])}" for one in v),
    "Helm values": lambda v: f"ingress:\n  tls:\n{blocks(v, 4)}",
    "YAML without block signs": lambda v: "".join(f"{name}:\n{indented(text, 2)}" for name, text in v),
    "YAML in braces": lambda v: "{" + ", ".join(f'{name}: "{escaped(text)}"' for name, text in v) + "}",
    "Ansible": lambda v: "- hosts: all\n  vars:\n" + blocks(v, 4, "|+"),
    "environment of a container": lambda v: "services:\n  web:\n    environment:\n"
    + "".join(f'      - "{name}={escaped(text)}"\n' for name, text in v),
    "environment of a pod": lambda v: "env:\n"
    + "".join(f"- name: {name}\n  value: |\n{indented(text, 4)}" for name, text in v),
    "docker-compose": lambda v: "configs:\n"
    + "".join(f"  {name}:\n    content: |\n{indented(text, 6)}" for name, text in v),
    "cloud-init": lambda v: "#cloud-config\nwrite_files:\n"
    + "".join(f"- content: |\n{indented(text, 4)}  owner: root\n  path: /etc/ssl/{name}\n" for name, text in v),
    ".env": lambda v: "".join(f"{name}={text}" for name, text in v),
    ".env in quotes": lambda v: "".join(f'export {name}="{text}"\n' for name, text in v),
    ".env on lines": lambda v: "".join(f'{name}="{escaped(text)}"\n' for name, text in v),
    "TOML": lambda v: "[tls]\n" + "".join(f'"{name}" = """\n{text}"""\n' for name, text in v),
    "TOML, literal": lambda v: "".join(f"{name} = '''\n{text}'''\n" for name, text in v),
    "Terraform": lambda v: "locals {\n"
    + "".join(f"  {name} = <<-EOT\n{indented(text, 4)}  EOT\n" for name, text in v) + "}\n",
    "variables of Terraform": lambda v: "".join(
        f'variable "{name}" {{\n  default = <<EOT\n{text}EOT\n}}\n' for name, text in v
    ),
    "resources of Terraform": lambda v: "".join(
        f'resource "local_file" "x{n}" {{\n  content  = <<EOT\n{text}EOT\n  filename = "${{path.module}}/{name}"\n}}\n'
        for n, (name, text) in enumerate(v)
    ),
    "shell": lambda v: "".join(f"cat > /etc/ssl/{name} <<'EOF'\n{text}EOF\n" for name, text in v),
    "shell, written behind": lambda v: "".join(f"cat <<EOF >{name}\n{text}EOF\n" for name, text in v),
    "headings": lambda v: "".join(f"{name}:\n{text}\n" for name, text in v),
    "headings of a listing": lambda v: "".join(f"==> {name}.pem <==\n{text}\n" for name, text in v),
    "headings with a path": lambda v: "".join(f"# C:\\ssl\\{name}.pem\n{text}\n" for name, text in v),
    "an answer in a mail": lambda v: "".join(
        f"> {line}\n" for name, text in v for line in (f"{name}.pem:", *text.splitlines())
    ),
    "Markdown": lambda v: "".join(f"### `{name}.pem`\n\n```pem\n{text}```\n" for name, text in v),
    "PowerShell": lambda v: "".join(f'${name} = @"\n{text}"@\n' for name, text in v),
    "Python": lambda v: "".join(f"{name} = r\"\"\"{text}\"\"\"\n" for name, text in v),
    "JavaScript": lambda v: "module.exports = {\n" + "".join(f"  '{name}': `{text}`,\n" for name, text in v) + "}\n",
    "properties of Java": lambda v: "".join(f"{name}=\\\n{text}" for name, text in v),
    "words of a command": lambda v: "".join(
        f"kubectl create secret --from-literal={name}='{text}'\n" for name, text in v
    ),
    "rows": lambda v: "name,pem\n" + "".join(f'{name}.pem,"{text}"\n' for name, text in v),
    "YAML with an anchor and a tag": lambda v: "".join(
        f"{name}: &{name} !!str |\n{indented(text, 2)}" for name, text in v
    ),
    ".env in a Secret": lambda v: f"kind: Secret\ndata:\n  .env: {base64_of(FLAT['.env'](v))}\n",
    ".env in stringData": lambda v: f"kind: Secret\nstringData:\n  .env: |\n{indented(FLAT['.env'](v), 4)}",
    "YAML in a Secret": lambda v: f"kind: Secret\ndata:\n  x.yaml: {base64_of(FLAT['Helm values'](v))}\n",
    "YAML in stringData": lambda v: f"kind: Secret\nstringData:\n  x.yaml: |\n{indented(FLAT['Helm values'](v), 4)}",
    ".env in a ConfigMap as JSON": lambda v: json.dumps({"kind": "ConfigMap", "data": {".env": FLAT[".env"](v)}}),
    "YAML in a ConfigMap as JSON": lambda v: json.dumps({"data": {"x.yaml": FLAT["Helm values"](v)}}),
    ".env in a mail": lambda v: mail([("x.env", FLAT[".env"](v))]).as_bytes(policy=SMTP).decode(),
    "a file in a ConfigMap": lambda v: f"kind: ConfigMap\ndata:\n  values.yaml: |\n    tls:\n{blocks(v, 6)}",
    "JSON in a ConfigMap": lambda v: f"kind: ConfigMap\ndata:\n  x.json: |\n    {json.dumps(dict(v))}\n  y: z\n",
    "mail": lambda v: mail(v).as_bytes(policy=SMTP).decode(),
    "mail in a mail": lambda v: mail([], mail(v)).as_bytes(policy=SMTP).decode(),
    "mail with the keys in another": lambda v: mail(parted(v)[0], mail(parted(v)[1])).as_bytes(policy=SMTP).decode(),
    "ConfigMap in a mail": lambda v: mail([("x.yaml", f"data:\n{blocks(v)}")]).as_bytes(policy=SMTP).decode(),
}  # fmt: skip


def object_of(kind: str, name: str, values: Values, style: str) -> str:
    """An object of Kubernetes, its own name before what is in it or behind it."""
    space, _, own = name.rpartition("/")
    metadata = f"metadata:\n  name: {own}\n" + (f"  namespace: {space}\n" if space else "")
    if kind == "ConfigMap":
        inside = (
            f"data:\n{blocks(values)}" if "binary" not in style else encoded(values).replace("data:", "binaryData:")
        )
    else:
        inside = f"stringData:\n{blocks(values)}" if "open" in style else encoded(values)
    parts = (inside, metadata) if "behind" in style else (metadata, inside)
    return f"apiVersion: v1\nkind: {kind}\n{''.join(parts)}"


def as_documents(objects: Sequence[str]) -> str:
    return "---\n".join(objects)


def as_list(objects: Sequence[str]) -> str:
    return "apiVersion: v1\nkind: List\nitems:\n" + "".join("- " + indented(each, 2)[2:] for each in objects)


def in_json(kind: str, name: str, values: Values) -> Tree:
    space, _, own = name.rpartition("/")
    section = {"ConfigMap": "data", "Secret": "data", "binary": "binaryData"}[kind]
    held = dict(values) if section == "data" and kind == "ConfigMap" else {n: base64_of(text) for n, text in values}
    metadata = {"name": own, "namespace": space} if space else {"name": own}
    return {"kind": "ConfigMap" if kind == "binary" else kind, "metadata": metadata, section: held}


OBJECTS: Final = (("site-a", "site-b"), ("web-a-certs", "web-b-certs"), ("a/web", "b/web"))
"""The names of two objects with a certificate, and but for a word of those with its key."""


# what stands beside others of the same name, each in something of its own
NESTED: Final[dict[str, Callable[[Mapping[str, Values]], str]]] = {
    "Helm values": lambda v: "".join(f"{host}:\n  tls:\n{blocks(values, 4)}" for host, values in v.items()),
    "list": lambda v: "tls:\n" + "".join(f"- host: {host}\n{blocks(values)}" for host, values in v.items()),
    "documents": lambda v: "---\n".join(f"kind: ConfigMap\ndata:\n{blocks(values)}" for values in v.values()),
    "Secrets in quotes": lambda v: "---\n".join(f"kind: Secret\n{quoted(values)}" for values in v.values()),
    "Secrets, data and stringData": lambda v: "---\n".join(half_of_each(values) for values in v.values()),
    "JSON": lambda v: json.dumps({host: dict(values) for host, values in v.items()}),
    "JSON list": lambda v: json.dumps({"tls": [dict(values) for values in v.values()]}),
    "ConfigMaps as JSON, beside a Secret": lambda v: json.dumps(
        {
            "kind": "List",
            "items": [
                {"kind": "Secret", "data": {"x": "eA=="}},
                *({"kind": "ConfigMap", "data": dict(values)} for values in v.values()),
            ],
        }
    ),
    "INI": lambda v: "".join(
        f"[{host}]\n" + "".join(f"{name}={text}" for name, text in values) for host, values in v.items()
    ),
    "TOML": lambda v: "".join(
        f"[{host}]\n" + "".join(f'{name} = """{text}"""\n' for name, text in values) for host, values in v.items()
    ),
    "TOML list": lambda v: "".join(
        "[[server]]\n" + "".join(f'{name} = "{escaped(text)}"\n' for name, text in values) for values in v.values()
    ),
    "services": lambda v: (
        "services:\n"
        + "".join(
            f"  {host}:\n    environment:\n" + "".join(f'      - "{name}={escaped(text)}"\n' for name, text in values)
            for host, values in v.items()
        )
    ),
    "Terraform": lambda v: (
        "locals {\n  tls = {\n"
        + "".join(
            f"    {host} = {{\n" + "".join(f'      {name} = "{escaped(text)}"\n' for name, text in values) + "    }\n"
            for host, values in v.items()
        )
        + "  }\n}\n"
    ),
    "values in a ConfigMap": lambda v: (
        "kind: ConfigMap\ndata:\n"
        + "".join(f"  {host}.yaml: |\n    tls:\n{blocks(values, 6)}" for host, values in v.items())
    ),
    "mails": lambda v: mail([], *map(mail, v.values())).as_bytes(policy=SMTP).decode(),
}

STYLES: Final = {
    "files": ("{}.crt", "{}.key"),
    "files of PEM": ("{}-cert.pem", "{}-key.pem"),
    "words": ("{}_cert", "{}_key"),
    "words in full": ("{}_certificate", "{}_private_key"),
    "capitals": ("{}_CERT", "{}_KEY"),
    "camels": ("{}Cert", "{}PrivateKey"),
    "Dutch": ("{}_certificaat", "{}_sleutel"),
    "the kind in front": ("cert_{}", "key_{}"),
    "the kind in full in front": ("certificate_{}", "private_key_{}"),
    "the kind in the middle": ("TLS_CERT_{}", "TLS_KEY_{}"),
    "two kinds in the middle": ("SSL_CERTIFICATE_{}", "SSL_CERTIFICATE_KEY_{}"),
    "Dutch in front": ("certificaat_{}", "sleutel_{}"),
    "capitals behind": ("cert{:cap}", "key{:cap}"),
    "capitals around": ("tlsCertificate{:cap}", "tlsPrivateKey{:cap}"),
}
ALONE: Final = (("tls.crt", "tls.key"), ("cert", "key"), ("certificate", "privateKey"), ("TLS_CERT", "TLS_KEY"))
NAMES: Final = {"a": "client", "b": "server"}


class Name(str):
    """A text whose format ``cap`` begins with a capital."""

    __slots__ = ()

    def __format__(self, given: str) -> str:
        return self.capitalize() if given == "cap" else str(self)


# numbered, and written together; of each the two names of the first and of the second
JOINED: Final = {
    "numbers behind the kind": ("cert{n}", "key{n}"),
    "numbers behind a kind in full": ("certificate{n}", "privateKey{n}"),
    "Dutch with numbers": ("certificaat{n}", "sleutel{n}"),
    "numbers by themselves": ("cert_{n}", "key_{n}"),
    "numbers in front": ("{n}-cert", "{n}-key"),
    "a number and a name": ("cert{n}_{h}", "key{n}_{h}"),
    "a name and a number": ("{h}-{n}.crt", "{h}-{n}.key"),
    "a number at the end": ("{h}_cert_{n}", "{h}_key_{n}"),
    "camels with numbers": ("{h}Cert{n}", "{h}PrivateKey{n}"),
    "camels in front of a name": ("cert{n}{H}", "key{n}{H}"),
    "small letters": ("my{h}cert", "my{h}key"),
    "small letters with numbers": ("tlscrt{n}", "tlskey{n}"),
    "capitals with numbers": ("TLSCERT{n}", "TLSKEY{n}"),
    "other words": ("{h}_x509", "{h}_pkey"),
    "short words in front": ("pub_{h}", "priv_{h}"),
    "names of what is in it": ("{h}CertPem", "{h}KeyPem"),
}


def joined(style: tuple[str, str], host: str, other: str) -> Values:
    number = str(1 + "ab".index(host))
    names = [each.format(n=number, h=NAMES[host], H=NAMES[host].capitalize()) for each in style]
    return [*zip(names, (content(f"cert {host}").decode(), content(f"key {other}").decode()), strict=True)]


def values_of(style: tuple[str, str], host: str, other: str) -> Values:
    """A certificate, and the key beside it: its own or another's."""
    named = Name(NAMES[host])
    certificate, key = content(f"cert {host}").decode(), content(f"key {other}").decode()
    return [(style[0].format(named), certificate), (style[1].format(named), key)]


def misplaced(text: str) -> int:
    """How many keys of a file stand with a certificate that is not theirs."""
    contents = read_source(text.encode(), "x")
    assert not contents.problems, [bad.error.code for bad in contents.problems]
    assert len(contents.of_kind(ItemKind.KEY)) == len(HOSTS) - 1
    return _misplaced(contents)


def misplaced_keys(text: str) -> int:
    """The same of a file with more keys."""
    return _misplaced(read_source(text.encode(), "x"))


def _misplaced(contents: Contents) -> int:
    read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
    found = FileKeys(contents, "x", read, public_halves(contents)).outcomes(raise_crashes=True)
    return sum(1 for each in found if each.rule.code == PLACED.code and each.status == "violated")


@pytest.mark.parametrize("container", FLAT)
def test_keys_exchanged_under_names_are_told(container: str) -> None:
    """The product of containers, names, and keys in their places and exchanged; where certificates stand, in turn."""
    place = list(FLAT).index(container)
    for (number, style), exchanged in product(enumerate(STYLES.values()), (False, True)):
        pairs = [values_of(style, *hosts) for hosts in (("ab", "ba") if exchanged else ("aa", "bb"))]
        orders = (
            [*pairs[0], *pairs[1]],
            [*pairs[0][::-1], *pairs[1]],
            [pairs[0][0], pairs[1][0], pairs[0][1], pairs[1][1]],
        )
        for order in in_turn(orders, place, number):
            assert misplaced(FLAT[container](order)) == (2 if exchanged else 0), (style, exchanged, order)


@in_one_test
@pytest.mark.parametrize(
    "container", ["JSON", "docker-compose", "TOML", ".env", "environment of a pod", "ConfigMap and Secret"]
)
@pytest.mark.parametrize("style", JOINED)
def test_however_names_are_joined(container: str, style: str) -> None:
    for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
        values = [value for pair in hosts for value in joined(JOINED[style], *pair)]
        assert misplaced(FLAT[container](values)) == count, hosts


@in_one_test
@pytest.mark.parametrize("style", JOINED)
def test_however_the_names_of_files_are_joined(style: str) -> None:
    """Of exchanged keys each is told, in whatever order the files come."""
    for hosts, told in ((("aa", "bb"), set()), (("ab", "ba"), {NAMED.code})):
        values = [value for pair in hosts for value in joined(JOINED[style], *pair)]
        certificates, keys = parted(values)
        for given in ([*certificates, *keys], [*keys, *certificates]):
            read = {name: read_source(text.encode(), name) for name, text in given}
            found = check_keys_together(read, None, (), ())
            assert {each.rule.code for each in found if each.status == "violated"} == told, hosts


def as_yaml(tree: Tree, by: int = 0) -> str:
    return "".join(
        f"{' ' * by}{name}:\n{as_yaml(each, by + 2)}" if isinstance(each, dict) else blocks([(name, each)], by)
        for name, each in tree.items()
    )


def as_toml(tree: Tree, around: str = "") -> str:
    own = "".join(f'{name} = """\n{each}"""\n' for name, each in tree.items() if isinstance(each, str))
    inner = (as_toml(each, f"{around}.{name}".strip(".")) for name, each in tree.items() if isinstance(each, dict))
    return (f"[{around}]\n{own}" if own else "") + "".join(inner)


def as_tables(tree: Tree) -> str:
    """Each of what is in the tree once more as one of a list, without its name."""
    (outer,) = tree
    return "".join(f"[[{outer}]]\n" + as_toml(each, outer).replace(f"[{outer}]\n", "") for each in tree[outer].values())


def as_hcl(tree: Tree, by: int = 0) -> str:
    return "".join(
        f"{name} {{\n{as_hcl(each, by + 2)}}}\n" if isinstance(each, dict) else f"{name} = <<EOT\n{each}EOT\n"
        for name, each in tree.items()
    )


TREES: Final[dict[str, Callable[[Tree], str]]] = {
    "YAML": as_yaml,
    "JSON": json.dumps,
    "TOML": as_toml,
    "HCL": as_hcl,
    "YAML in a ConfigMap": lambda tree: f"kind: ConfigMap\ndata:\n  x.yaml: |\n{indented(as_yaml(tree), 4)}",
    "JSON in a Secret": lambda tree: f"kind: Secret\ndata:\n  x.json: {base64_of(json.dumps(tree))}\n",
}


# what stands in something of its own below what the two are in together, or beside it
SHAPES: Final[dict[str, Callable[[str, str, str], tuple[Sequence[str], Sequence[str]]]]] = {
    "value": lambda host, kind, key: (["app", host, kind, "value"], ["app", host, key, "value"]),
    "deeper": lambda host, kind, key: (
        ["x", host, "tls", kind, "pem", "value"],
        ["x", host, "tls", key, "pem", "value"],
    ),
    "one deeper": lambda host, kind, key: (["x", host, kind, "inline"], ["x", host, key]),
    "not one name alike": lambda host, kind, key: (["x", host, kind, "prod"], ["x", host, key, "test"]),
    "kinds around": lambda host, kind, key: (["x", f"{kind}s", host], ["x", f"{key}s", host]),
    "kinds around, values below": lambda host, kind, key: (["configs", host, "content"], ["secrets", host, "content"]),
    "kinds around, one name below": lambda host, kind, key: (
        ["x", f"{kind}s", host, "prod"],
        ["x", f"{key}s", host, "prod"],
    ),
    "names of kinds below": lambda host, kind, key: (["y", "first", host, kind], ["y", "second", host, key]),
}


@in_one_test
@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("shape", SHAPES)
def test_however_deep_they_stand_what_belongs_together_is_compared(tree: str, shape: str) -> None:
    for kinds in (("cert", "key"), ("certificate", "private_key"), ("crt", "sleutel")):
        for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
            whole: Tree = {}
            for host, other in hosts:
                ways = SHAPES[shape](NAMES[host], *kinds)
                for way, text in zip(
                    ways, (content(f"cert {host}").decode(), content(f"key {other}").decode()), strict=True
                ):
                    inside = whole
                    for label in way[:-1]:
                        inside = inside.setdefault(label, {})
                    inside[way[-1]] = text
            assert misplaced(TREES[tree](whole)) == count, (kinds, hosts)


@in_one_test
@pytest.mark.parametrize("style", ["base64", "open", "base64, name behind", "open, name behind", "binary"])
@pytest.mark.parametrize("whole", [as_documents, as_list])
@pytest.mark.parametrize("names", OBJECTS)
def test_a_secret_goes_with_the_config_map_of_its_name(
    style: str, whole: Callable[[Sequence[str]], str], names: tuple[str, str]
) -> None:
    for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
        values = [values_of(("tls.crt", "tls.key"), *pair) for pair in hosts]
        maps = [object_of("ConfigMap", name, each[:1], style) for name, each in zip(names, values, strict=True)]
        held = [
            object_of("Secret", name.replace("certs", "keys"), each[1:], style)
            for name, each in zip(names, values, strict=True)
        ]
        assert misplaced(whole([*maps, *held])) == count
        assert misplaced(whole([*held[::-1], *maps])) == count


@in_one_test
@pytest.mark.parametrize("kind", ["ConfigMap", "binary"])
@pytest.mark.parametrize("names", OBJECTS)
def test_a_secret_in_json_goes_with_the_config_map_of_its_name(kind: str, names: tuple[str, str]) -> None:
    for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
        values = [values_of(("tls.crt", "tls.key"), *pair) for pair in hosts]
        maps = [in_json(kind, name, each[:1]) for name, each in zip(names, values, strict=True)]
        held = [
            in_json("Secret", name.replace("certs", "keys"), each[1:]) for name, each in zip(names, values, strict=True)
        ]
        assert misplaced(json.dumps({"kind": "List", "items": [*maps, *held]})) == count


def test_tables_of_a_list_of_toml_are_of_the_one_before_them() -> None:
    for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
        tree = {
            "app": {
                host: {"cert": {"v": content(f"cert {host}").decode()}, "key": {"v": content(f"key {other}").decode()}}
                for host, other in hosts
            }
        }
        assert misplaced(as_tables(tree)) == count


def test_what_has_its_own_nearer_by_is_of_no_other() -> None:
    """Whatever a key is called that lies above certificates with keys of their own, it is held to none of them."""
    texts = {f"{kind} {host}": content(f"{kind} {host}").decode() for kind in ("cert", "key") for host in "ab"}
    for host in "ab":
        paired = {"x": {h: {"cert": {"v": texts[f"cert {h}"]}, "key": {"v": texts[f"key {h}"]}} for h in "ab"}}
        other = "b" if host == "a" else "a"
        assert misplaced_keys(json.dumps({"y": {**paired, host: {"key": {"v": texts[f"key {other}"]}}}})) == 0
        assert misplaced_keys(json.dumps({"y": {**paired, "key": {"v": texts[f"key {host}"]}}})) == 0
        assert misplaced_keys(json.dumps({"y": {**paired, "spare": texts[f"key {host}"]}})) == 0


@in_one_test
@pytest.mark.parametrize("container", NESTED)
@pytest.mark.parametrize("style", ALONE)
def test_keys_exchanged_in_places_of_their_own_are_told(container: str, style: tuple[str, str]) -> None:
    for exchanged in (False, True):
        pairs = {h: values_of(style, h, o) for h, o in (("ab", "ba") if exchanged else ("aa", "bb"))}
        for turned in (False, True):
            given = {host: values[::-1] if turned else values for host, values in pairs.items()}
            assert misplaced(NESTED[container](given)) == (2 if exchanged else 0), (exchanged, turned)


# of two sections the names, which pair across them or not at all
ACROSS: Final = {
    "one alike": (("certificate", "client_key"), ("client_cert", "client_key")),
    "none alike": (("cert.pem", "server.key"), ("server.crt", "server.key")),
    "neither alike": (("cert.pem", "server.key"), ("cert.pem", "server.key")),
    "crossed": (("client.crt", "server.key"), ("server.crt", "client.key")),
    "a third name": (("a.crt", "b.key"), ("c.crt", "d.key")),
}


@in_one_test
@pytest.mark.parametrize("container", NESTED)
@pytest.mark.parametrize("names", ACROSS)
def test_what_stands_together_in_a_section_comes_before_names_elsewhere(container: str, names: str) -> None:
    for exchanged in (False, True):
        for turned in (False, True):
            given = {}
            for style, host, other in zip(ACROSS[names], "ab", "ba" if exchanged else "ab", strict=True):
                values = values_of(style, host, other)
                given[host] = values[::-1] if turned else values
            assert misplaced(NESTED[container](given)) == (2 if exchanged else 0), (exchanged, turned)


def test_a_name_elsewhere_counts_where_a_section_has_no_certificate_of_its_own() -> None:
    """An authority is none; and of a section with several nobody says that one elsewhere is meant."""
    issuer = pem(authority("uitgever").der).decode()
    certificates, keys = ({h: content(f"{kind} {h}").decode() for h in "ab"} for kind in ("cert", "key"))
    for host, other in product("ab", "ab"):
        apart = {"x": {"ca.crt": issuer, "client.key": keys[other]}, "y": {"client.crt": certificates[host]}}
        rest = {
            "z": {"a.crt": certificates["a"], "b.crt": certificates["b"], "q.key": keys["b" if other == "a" else "a"]}
        }
        assert misplaced(json.dumps(apart | rest)) == (host != other), (host, other)
        paired = {"y": {"client.crt": certificates[host], "client.key": keys[host]}, "x": {"client.key": keys[other]}}
        if host != other:
            assert misplaced(json.dumps({**paired, "z": {"server.crt": certificates[other]}})) == 0


@in_one_test
@pytest.mark.parametrize("container", NESTED)
@pytest.mark.parametrize("names", ACROSS)
def test_requests_are_held_to_the_key_of_their_section(container: str, names: str) -> None:
    for exchanged in (False, True):
        given = {}
        for style, host, other in zip(ACROSS[names], "ab", "ba" if exchanged else "ab", strict=True):
            request, key = (name.replace("certificate", "csr").replace("crt", "csr") for name in style)
            given[host] = [(request, content(f"csr {host}").decode()), (key, content(f"key {other}").decode())]
        contents = read_source(NESTED[container](given).encode(), "x")
        keys = KeysWithRequests({"x": contents})
        asked = [(item, read_request(item.der).public_key) for item in contents.of_kind(ItemKind.REQUEST)]
        assert len(asked) == len(given)
        assert all((keys.key_of("x", own, item) != own) is exchanged for item, own in asked), exchanged


@pytest.mark.parametrize("exchanged", [False, True])
def test_a_list_in_a_list_is_a_section(exchanged: bool) -> None:
    pairs = [
        [content(f"cert {host}").decode(), content(f"key {other}").decode()]
        for host, other in zip("ab", "ba" if exchanged else "ab", strict=True)
    ]
    for document in ({"pairs": pairs}, {"tls": {"pairs": pairs}}, pairs, {"pairs": [each[::-1] for each in pairs]}):
        assert misplaced(json.dumps(document)) == (2 if exchanged else 0)
    assert misplaced(json.dumps({"all": [text for pair in pairs for text in pair]})) == 0


@in_one_test
@pytest.mark.parametrize("container", FLAT)
def test_requests_are_held_to_the_key_of_their_name(container: str) -> None:
    told = {"aa bb": [False, False], "ab ba": [True, True], "ac bb": [True, False]}
    for hosts, others in told.items():
        values = []
        for host, other in hosts.split():
            values += [(f"{host}.csr", content(f"csr {host}").decode())]
            values += [(f"{host}.key", content(f"key {other}").decode())]
        contents = read_source(FLAT[container](values).encode(), "x")
        keys = KeysWithRequests({"x": contents})
        asked = [(item, read_request(item.der).public_key) for item in contents.of_kind(ItemKind.REQUEST)]
        asked.sort(key=lambda each: each[1].label, reverse=True)
        assert [keys.key_of("x", own, item) != own for item, own in asked] == others, hosts


def test_a_request_is_held_to_the_certificate_of_its_name() -> None:
    for exchanged, container in product((False, True), ("ConfigMap", "TOML", "JSON", "mail", "headings")):
        pairs = ("ab", "ba") if exchanged else ("aa", "bb")
        values = []
        for host, other in pairs:
            values += [(f"{host}.crt", content(f"cert {host}").decode())]
            values += [(f"{host}.csr", content(f"csr {other}").decode())]
        contents = read_source(FLAT[container](values).encode(), "x")
        read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
        found = FileKeys(contents, "x", read, public_halves(contents)).outcomes(raise_crashes=True)
        told = [each for each in found if each.rule.code == REQUEST.code and each.status == "violated"]
        assert len(told) == (2 if exchanged else 0), container


@in_one_test
@pytest.mark.parametrize("container", FLAT)
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_end_as_they_do_on_windows_and_on_systems_of_old(container: str, end: str) -> None:
    """In YAML each of them is a line break (YAML 1.2.2, 5.4); in a mail a CR alone may not stand (RFC 5322, 2.3)."""
    if end == "\r" and "mail" in container:
        return
    for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
        values = [value for pair in hosts for value in values_of(STYLES["files"], *pair)]
        assert misplaced(FLAT[container](values).replace("\r\n", "\n").replace("\n", end)) == count


# what two pairs may stand in without a word of which belongs to which; the keys are behind all, or in any order
UNNAMED: Final = {
    "nothing": "{0}{1}{2}{3}",
    "text around": "Beste,\n\n{0}\nen\n{2}\nde sleutels: zie onder\n\n{1}\n{3}\nGroet, x\n",
    "what OpenSSL writes": "Bag Attributes\n    localKeyID: 01 \nsubject=CN = x\n\nissuer=CN = y\n{0}"
    "Bag Attributes\n    localKeyID: 02 \nsubject=CN = z\n{2}Key Attributes: <No Attributes>\n{1}{3}",
    "a heading, and keys below": "# a.crt\n{0}# b.crt\n{2}{1}{3}",
    "one value": "all.pem: |\n  {0}{1}{2}{3}",
    "names that do not pair": "first.crt:\n{0}\nsecond.crt:\n{2}\nthird.key:\n{1}\nfourth.key:\n{3}",
    "names of kinds": "certificate:\n{0}\nkey:\n{1}\ncertificate:\n{2}\nkey:\n{3}",
}


@in_one_test
@pytest.mark.parametrize("text", UNNAMED)
@pytest.mark.parametrize("exchanged", [False, True])
def test_where_nothing_says_what_belongs_together_nothing_is_told(text: str, exchanged: bool) -> None:
    hosts = ("ab", "ba") if exchanged else ("aa", "bb")
    values = [value for pair in hosts for _, value in values_of(STYLES["files"], *pair)]
    if text == "one value":
        values = [value.replace("\n", "\n  ") for value in values]
    assert misplaced(UNNAMED[text].format(*values)) == 0


@pytest.mark.parametrize(
    "parts", ["cert a|cert b|key a|key b", "cert a|cert b|key a", "cert a|key c", "cert a|cert b|key a|key c"]
)
def test_without_names_the_order_decides_nothing(parts: str) -> None:
    """Each key is held to all certificates, and one that fits none is told."""
    for order in permutations(parts.split("|")):
        contents = read_source(b"".join(map(content, order)), "x.pem")
        read = [(item, read_certificate(item.der)) for item in contents.of_kind(ItemKind.CERTIFICATE)]
        found = FileKeys(contents, "x.pem", read, public_halves(contents)).outcomes(raise_crashes=True)
        told = [each.rule.code for each in found if each.status == "violated" and each.rule.severity is Severity.ERROR]
        assert told == ([FOREIGN.code] if "key c" in order else []), order


def test_an_object_without_a_name_has_not_that_of_the_first() -> None:
    block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    text = (
        object_of("ConfigMap", "first", [("a", block)], "open")
        + f"---\nkind: ConfigMap\ndata:\n{blocks([('b', block)])}"
    )
    spans = [(at.start(), at.start() + len(block)) for at in re.finditer("-----BEGIN", text)]
    named = [one.folder for one in standings(text.encode(), spans) if one is not None]
    assert ["first" in folder for folder in named] == [True, False]


def test_the_chain_of_a_certificate_stands_under_its_name() -> None:
    issuer = pem(authority("uitgever").der).decode()
    for hosts, count in ((("aa", "bb"), 0), (("ab", "ba"), 2)):
        pairs = [values_of(STYLES["files"], *pair) for pair in hosts]
        values = [(name, text if "PRIVATE" in text else text + issuer) for pair in pairs for name, text in pair]
        for container in ("ConfigMap", "JSON", "TOML", "Terraform", "headings", ".env"):
            assert misplaced(FLAT[container]([*values, ("ca.crt", issuer)])) == count, container


@pytest.mark.parametrize("exchanged", [False, True])
def test_the_file_fails(exchanged: bool) -> None:
    hosts = ("ab", "ba") if exchanged else ("aa", "bb")
    values = [value for pair in hosts for value in values_of(STYLES["files"], *pair)]
    found = check_file(FLAT["ConfigMap"](values).encode(), moment=MOMENT, environment="preproduction", name="x.yaml")
    assert (found.file_report.verdict is Verdict.FAILED) is exchanged
    assert [one.subject.aliases for one in found.judged] == [("client.crt",), ("server.crt",)]


HOSTILE: Final = {
    "values in values": "".join(f"{' ' * n}a: |\n" for n in range(300)),
    "braces": "{" * 5000,
    "quotes": "a: '" * 2000,
    "dashes": "- " * 5000,
    "words": "a " * 20000,
    "markers": "".join(f"<<A{n}\n" for n in range(3000)),
    "signs": "a:" * 5000,
    "sections": "[a]\n" * 3000,
    "sections without a name": "".join(f"{name}\n" for name in ('[""]', "['']", '[a.""]', "['', a]", '[[""]]', "[]")),
    "nothing closed": "".join(f"{' ' * n}a{n}: <<A{n}\n" for n in range(200)),
    "escaped quotes": 'a: "' + '\\"' * 100000,
    "names in escaped quotes": 'a: "' + '\\"a\\": \\"b\\", ' * 20000,
}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_is_none_of_these_ends(text: str) -> None:
    data = HOSTILE[text].encode()
    with bounded(1):
        assert len(standings(data * 2, [(len(data), len(data) + 1)])) == 1


BEGINNINGS: Final = (
    '"', '\\"', "'", "`", '"""', "<<A", "<<", "|", "| ", ">", "{", "[", "}", "a", "a: ", "a: \"", "x.y \"", "b=", " ",
    "\n", "- ", "# ", "\\", "!x", "&x", "@", "--set ", ",", "[a]\n", ":",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("one", BEGINNINGS)
def test_whatever_is_begun_again_and_again_takes_no_longer_a_sign(one: str) -> None:
    """The product of pairs of beginnings, by turns and one behind the other: a scan of the rest for each is told.

    By turns a pair is the same whichever is the first of it, so each does that once. One behind the other is done of
    every pair too, of one of its two orders; in a deep run of both.
    """
    times, place = 2_000, BEGINNINGS.index(one)
    for number, other in enumerate(BEGINNINGS):
        for text in in_turn(((one + other) * times, one * times + other * times), number + place, number < place):
            with bounded(0.03):
                assert len(standings(text.encode(), [(len(text), len(text))])) == 1


def test_a_long_name_is_not_copied_for_each_block_in_it() -> None:
    """Neither one around the blocks nor their own, in YAML and in JSON."""
    long, block = "a" * 100_000, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    yaml = f"{long}:\n" + "".join(f"  {long if n % 100 == 0 else 'b'}{n}: |\n{indented(block, 4)}" for n in range(1000))
    spans = [(at.start(), at.start() + len(block)) for at in re.finditer("-----BEGIN", yaml)]
    found = [
        *standings(yaml.encode(), spans),
        *(named_texts(json.dumps({long: {f"b{n}": block for n in range(1000)}}).encode()) or ()),
    ]
    assert len(found) == 2 * len(spans)
    assert all(one is not None and len(one.name) < 500 for one in found)


def test_what_stands_in_one_object_of_json_is_looked_at_once() -> None:
    def work(count: int) -> object:
        return named_texts(documents[count])

    block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    documents = {n: json.dumps({f"n{m}": block for m in range(n)}).encode() for n in (1, 50, 50 * TIMES)}
    assert not growing(work, 50)
