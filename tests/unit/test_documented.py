# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the pages in docs/ to the code: links, lists, the Python of library.md, the bytes of registry-store.md."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.checks import CHECKS
from ansible_collections.exchange.ipsec.plugins.module_utils.model.from_spec import policy_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import PolicyStore
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003
from ansible_collections.exchange.ipsec.plugins.module_utils.netsh.verbs import COMMANDS
from ansible_collections.exchange.ipsec.plugins.module_utils.oakley.settings import SETTINGS
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.reg_file import render_reg_file
from ansible_collections.exchange.ipsec.plugins.module_utils.store import action_blob as actions
from ansible_collections.exchange.ipsec.plugins.module_utils.store import filter_blob as filters
from ansible_collections.exchange.ipsec.plugins.module_utils.store import filter_meaning, policy_blob, rule_settings
from ansible_collections.exchange.ipsec.plugins.module_utils.store import mainmode_blob as mainmode
from ansible_collections.exchange.ipsec.plugins.module_utils.store import rule_blob as rules
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import Generation
from ansible_collections.exchange.ipsec.plugins.module_utils.store.writer import write_policies
from tests.checkers.docs import documentation
from tests.checkout import COLLECTIONS, ROOT
from tests.lab.__main__ import parser
from tests.lab.windows.profile import PROFILES
from tests.lab.wire.injection import KINDS
from tests.stages import STAGES

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("roles/*/README.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#]*)(?:#([^)]*))?\)")


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}[^\n]*\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"there is no heading {heading!r}"
    return found[1]


def rows(text: str) -> Iterator[list[str]]:
    """The rows of all tables in a text, their cells without blanks; heads and rulers left out."""
    lines = text.splitlines()
    for before, line in zip([""] * 2 + lines, lines, strict=False):
        if line.startswith("|") and before.startswith("|") and not set(line) <= set("|- "):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def first_words(text: str) -> set[str]:
    """What stands as code in the first column of the tables of a text, each up to its first blank."""
    return {word.split()[0] for row in rows(text) for word in re.findall(r"`([^`]+)`", row[0])}


def anchors(text: str) -> set[str]:
    """The anchors of a page, as its headings give them."""
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", [pytest.param(one, id=str(one.relative_to(ROOT))) for one in PAGES])
def test_every_link_leads_to_a_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target, anchor in LINK.findall(text):
        file = path.parent / target if target else path
        assert file.exists(), f"{target} is not there"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{target} has no heading {anchor}"


def test_an_anchor_that_is_nowhere_would_be_found() -> None:
    assert anchors("# Table M.method: one proposal\n## policy_info\n") == {"table-mmethod-one-proposal", "policy_info"}
    assert LINK.findall("[a](b.md#c) [d](https://e) [f](#g)") == [("b.md", "c"), ("", "g")]


FILE = re.compile(r"`((?:[\w*-]+/)+[\w*.-]*\.(?:py|yml|json|toml|md))`")
HOMES = ("", "plugins", "plugins/module_utils", "tests/unit/plugins/module_utils", "tests/unit/plugins", "tests/unit")


@pytest.mark.parametrize("path", [pytest.param(one, id=str(one.relative_to(ROOT))) for one in PAGES])
def test_every_file_that_is_named_exists(path: Path) -> None:
    named = {one for one in FILE.findall(path.read_text(encoding="utf-8")) if not {"NAME", "STAGE"} & {Path(one).stem}}
    lost = {one for one in named if not any(list((ROOT / home).glob(one)) for home in HOMES)}
    assert {one for one in lost if not one.startswith((".build/", ".venv", "group_vars/"))} == set()


LIBRARY = re.findall(r"```python\n(.*?)```\n(?:.*?)```text\n(.*?)```", page("library"), re.DOTALL)
ALONE = """
import runpy, sys
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
print("ansible" in sys.modules)
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """The registry file that library.md reads: the README's policy with a pre-shared key."""
    filter_list = {
        "name": "POP3 to the back end",
        "filters": [{"source": "me", "destination": "192.0.2.21", "protocol": "tcp", "destination_port": 110}],
    }
    rule = {
        "name": "POP3",
        "filter_list": filter_list,
        "filter_action": {"name": "Require ESP", "action": "negotiate"},
        "authentication": [{"method": "psk", "psk": "not a secret"}],
    }
    policy = policy_from_spec({"name": "POP3 to the back end", "rules": [rule]}, SERVER_2003)
    store = PolicyStore((policy,), assigned=policy.name)
    tree = write_policies(store, Generation.VISTA, guid_source=uuid.uuid4, now=0)
    path = tmp_path / "store.reg"
    path.write_bytes(render_reg_file(tree))
    return path


@pytest.mark.parametrize(("code", "printed"), [
    pytest.param(code, printed, id=code.splitlines()[0].strip('"').replace(" ", "-")) for code, printed in LIBRARY
])
def test_the_python_of_the_library_page(code: str, printed: str, export: Path) -> None:
    script = export.with_name("example.py")
    script.write_text(code, encoding="utf-8")
    command = [sys.executable, "-c", ALONE, str(script), str(export)]
    surroundings = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
    done = subprocess.run(command, env=surroundings, cwd=export.parent, capture_output=True, text=True, check=False)
    assert done.stdout == f"{printed}False\n", done.stderr


def test_the_library_page_has_its_examples() -> None:
    assert len(LIBRARY) == 3


STORE = page("registry-store")
TABLE = re.compile(r"^\| Offset \| Bytes \| Example \|.*?(?=\n\n)", re.DOTALL | re.MULTILINE)


def fields(heading: str, start: int = 0, last: int = 1) -> bytes:
    """The example bytes of the tables below a heading, each field at the offset and of the size that its row says."""
    found = b""
    for row in [row for table in TABLE.findall(section(STORE, heading))[:last] for row in rows(table)]:
        offset, size, example = int(row[0]), int(row[1]), row[2].strip("`")
        text = re.sub("([0-9a-f]{2})\u00d7([0-9]+)", lambda match: match[1] * int(match[2]), example)
        data = bytes.fromhex(text)
        assert (offset, size) == (start + len(found), len(data)), f"{heading}: {row}"
        found += data
    assert found, f"{heading}: no table"
    return found


def test_the_policy_table() -> None:
    data = fields("Table P")
    assert policy_blob.encode_policy_blob(policy_blob.decode_policy_blob(data, "x")) == data
    assert policy_blob.decode_policy_blob(data, "x").polling_seconds == 10800


def test_the_main_mode_tables() -> None:
    data = fields("Table M: ")
    other = data[:84] + fields("Table M.method") + data[148:]
    for blob, offer in ((data, "3des-sha1-dh2"), (other, "3des-sha1-dh14")):
        decoded = mainmode.decode_main_mode_blob(blob, "x")
        assert mainmode.encode_main_mode_blob(decoded) == blob
        assert [str(one) for one in mainmode.main_mode_from_blob(decoded, "x").offers] == [offer]


def test_the_filter_action_tables() -> None:
    data = fields("Table N: ")
    assert actions.encode_action_blob(actions.decode_action_blob(data, "x")) == data
    other = data[:24] + fields("Table N.offer") + data[104:]
    assert actions.encode_action_blob(actions.decode_action_blob(other, "x")) == other
    (offer,) = actions.negotiation_from_blob(actions.decode_action_blob(other, "x"), "x").offers
    assert (str(offer), offer.lifetime_seconds, offer.lifetime_kilobytes) == ("ESP[3des,sha1]", 900, 100_000)


@pytest.mark.parametrize(("which", "size"), [pytest.param(1, 63, id="2000"), pytest.param(2, 115, id="vista")])
def test_the_rule_tables(which: int, size: int) -> None:
    _unused, *ends = TABLE.findall(section(STORE, "Table R: "))
    head = fields("Table R: ")
    tail = b"".join(bytes.fromhex(row[2].strip("`")) for row in rows(ends[which - 1]))
    offsets = [int(row[0]) for row in rows(ends[which - 1])]
    assert offsets[0] == len(head)
    data = head + tail
    assert len(data) == size
    assert rules.encode_rule_blob(rules.decode_rule_blob(data, "x")) == data
    settings = rule_settings.settings_from_blob(rules.decode_rule_blob(data, "x"), "x")
    assert (settings.active, settings.connection.value, len(settings.authentication)) == (True, "all", 1)


def test_the_filter_list_table() -> None:
    data = fields("Table F")
    blob = filters.decode_filter_blob(data, "x")
    assert filters.encode_filter_blob(blob) == data
    assert [str(one) for one in filter_meaning.filters_from_blob(blob, "x")] == ["tcp any -> me:27017"]


DECODERS: list[tuple[Callable[..., Any], str]] = [
    (policy_blob.decode_policy_blob, "P"), (mainmode.decode_main_mode_blob, "M"), (actions.decode_action_blob, "N"),
    (rules.decode_rule_blob, "R"), (filters.decode_filter_blob, "F"),
]  # fmt: skip


@pytest.mark.parametrize(("decoder", "letter"), [pytest.param(*one, id=one[1]) for one in DECODERS])
def test_every_decoder_names_its_table(decoder: Callable[..., Any], letter: str) -> None:
    assert f"docs/registry-store.md, table {letter}" in (decoder.__doc__ or "")
    section(STORE, f"Table {letter}: ")


def test_the_faults_commands_and_profiles_of_the_lab() -> None:
    text = section(page("lab"), "Talk to a fleet that runs")
    verbs = next(one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)).choices
    assert first_words(text) - {"save", "load"} == ({*verbs} - {"serve", "save", "load"}) | set(KINDS)
    assert first_words(section(page("lab"), "The fleet file")) == set(PROFILES)
    options = {word for one in verbs["serve"]._actions for word in one.option_strings} - {"-h", "--help"}
    assert first_words(section(page("lab"), "Start it")) == options


def test_the_targets_and_stages() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = section(page("development"), "Set up")
    assert set(re.findall(r"make ([a-z]+)", text)) == targets - {"help"}
    assert first_words(text) - {"make"} == {stage.name for stage in STAGES}


def test_the_checks_and_values_of_the_modules_page() -> None:
    short = r"`(\w+\.\w+\.)\w+`, `\.(\w+)`, `\.(\w+)`"
    said = re.sub(short, r"\g<0> `\1\2` `\1\3`", section(page("modules"), "compliance"))
    ids = {word for _unused, found in CHECKS for word in found if not word.startswith("oakley.")}
    assert {word for word in ids if f"`{word}`" not in said} == set()
    assert first_words(section(page("modules"), "oakley")) >= {setting.name for setting in SETTINGS}


def test_every_plugin_has_a_section() -> None:
    heads = set(re.findall(r"^## (\w+)$", page("modules"), re.MULTILINE))
    plugins = {path.stem for kind in ("modules", "filter") for path in (ROOT / "plugins" / kind).glob("*.yml")}
    assert heads == plugins | {"winrs"}
    index = re.findall(r"^\|.*$", page("modules").split("\n## ", maxsplit=1)[0], re.MULTILINE)
    assert set(re.findall(r"\[(\w+)\]\(#\1\)", "\n".join(index))) == heads


def test_the_roles_page_has_every_playbook() -> None:
    text = page("roles").split("\n## ", maxsplit=1)[0]
    assert set(re.findall(r"^\| `exchange\.ipsec\.(\w+)`", text, re.MULTILINE)) == {
        path.stem for path in (ROOT / "playbooks").glob("*.yml")
    }


@pytest.mark.parametrize("role", ["front_end", "back_end_cluster", "domain_controller"])
def test_the_roles_page_has_every_variable(role: str) -> None:
    specs = yaml.safe_load((ROOT / f"roles/{role}/meta/argument_specs.yml").read_text(encoding="utf-8"))
    wanted = {f"ROLE{name.removeprefix(role)}" for name in specs["argument_specs"]["main"]["options"]}
    text = section(page("roles"), "Variables that the three roles for servers share")
    assert set(re.findall(r"`(ROLE_\w+)`", text)) == wanted


def _names(options: dict[str, Any]) -> Iterator[str]:
    for name, option in options.items():
        yield name
        yield from _names(option.get("suboptions") or {})


def test_the_policy_model_has_every_option_and_only_words_of_netsh() -> None:
    text = page("policy-model")
    options = documentation(ROOT, "policy")["options"]
    declared = {name: options[name] for name in ("name", "description", "rules", "main_mode", "default_response",
                                                 "polling_minutes", "assigned")}  # fmt: skip
    code = " ".join(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))
    assert {name for name in _names(declared) if not re.search(rf"\b{name}\b", code)} == set()
    tags = {tag for command in COMMANDS for tag in command.tags}
    assert set(re.findall(r"\b([a-z]+)=", code)) - tags == set()
