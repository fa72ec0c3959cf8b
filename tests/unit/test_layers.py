# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the direction of imports and the sizes of the house, and shows that each rule catches its breach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.checkers import layers, sizes
from tests.checkout import ROOT

Checker = Callable[[Path], list[str]]
CHECKERS: list[Checker] = [
    layers.library_problems,
    layers.plugin_problems,
    layers.lab_problems,
    sizes.size_problems,
    sizes.header_problems,
]
HEADER = "\n".join(sizes.HEADER) + "\n"


def one_file(root: Path, name: str, text: str) -> Path:
    """A checkout of one file; returns its root."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_this_checkout_keeps_the_rule(checker: Checker) -> None:
    assert checker(ROOT) == []


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_an_empty_checkout_breaks_no_rule(checker: Checker, tmp_path: Path) -> None:
    assert checker(tmp_path) == []


@pytest.mark.parametrize(("file", "line", "problem"), [
    pytest.param("model/policy.py", "from ..store.reader import read", "model imports store, it may import errors",
                 id="model-imports-store"),
    pytest.param("plan/planner.py", "from .. import netsh", "plan imports netsh, it may import errors, model",
                 id="layer-as-a-name"),
    pytest.param("errors.py", "from .model import policy", "errors imports model, it may import no layer",
                 id="errors-imports-anything"),
    pytest.param("store/wire.py", "def f():\n    from ..netsh.render import x", "store imports netsh, it may import "
                 "errors, model, registry", id="inside-a-function"),
    pytest.param("host/port.py", "import ansible.errors", "host imports ansible; the library has the standard "
                 "library only", id="ansible"),
    pytest.param("host/port.py", "import yaml", "host imports yaml; the library has the standard library only",
                 id="third-party"),
    pytest.param("host/port.py", "from ...plugin_utils.specs import X", "host reaches out of module_utils, to "
                 "plugins.plugin_utils.specs.X", id="upwards"),
])
def test_a_library_import_that_is_refused(tmp_path: Path, file: str, line: str, problem: str) -> None:
    (found,) = layers.library_problems(one_file(tmp_path, f"plugins/module_utils/{file}", line))
    assert found.endswith(f": {problem}")


def test_a_layer_nobody_knows_is_refused(tmp_path: Path) -> None:
    (found,) = layers.library_problems(one_file(tmp_path, "plugins/module_utils/helpers/a.py", ""))
    assert found.startswith("plugins/module_utils/helpers/a.py: helpers is not a layer")


@pytest.mark.parametrize(("file", "line"), [
    pytest.param("store/reader.py", "from ..model.policy import Policy\nfrom ..registry import tree", id="store"),
    pytest.param("compliance/checks.py", "from ..oakley.bounds import x\nfrom ..plan import compare", id="compliance"),
    pytest.param("model/address.py", "import dataclasses\nfrom . import names\nfrom .names import x", id="same-layer"),
    pytest.param("host/port.py", "from ..errors import HostError", id="errors"),
])
def test_a_library_import_that_is_allowed(tmp_path: Path, file: str, line: str) -> None:
    assert layers.library_problems(one_file(tmp_path, f"plugins/module_utils/{file}", line)) == []


@pytest.mark.parametrize(("file", "line", "problem"), [
    pytest.param("action/policy.py", "from ansible_collections.exchange.ipsec.plugins.module_utils import errors",
                 "names the collection in full", id="absolute"),
    pytest.param("plugin_utils/ipsec_action.py", "from ..action.policy import ActionModule",
                 "plugin_utils imports plugins.action.policy.ActionModule", id="plugin-utils-upwards"),
    pytest.param("modules/policy.py", "from ..plugin_utils.specs import X", "modules imports plugins.plugin_utils",
                 id="module-on-controller"),
    pytest.param("action/policy.py", "from ...tests.lab import fleet", "action imports tests.lab.fleet",
                 id="into-tests"),
    pytest.param("action/policy.py", "import tests.lab", "imports tests.lab, which exists in a checkout only",
                 id="checkout-only"),
])
def test_a_plugin_import_that_is_refused(tmp_path: Path, file: str, line: str, problem: str) -> None:
    (found,) = layers.plugin_problems(one_file(tmp_path, f"plugins/{file}", line))
    assert problem in found


def test_plugins_may_use_ansible_and_what_lies_below_them(tmp_path: Path) -> None:
    one_file(tmp_path, "plugins/action/policy.py", "from ..plugin_utils.ipsec_action import IpsecAction")
    one_file(tmp_path, "plugins/plugin_utils/ipsec_action.py",
             "from ansible.plugins.action import ActionBase\nfrom ..module_utils.errors import IpsecError")
    assert layers.plugin_problems(tmp_path) == []


@pytest.mark.parametrize(("file", "line"), [
    pytest.param("wire/shell.py", "from plugins.module_utils.store import wire", id="plugins"),
    pytest.param("wire/shell.py", "import ansible_collections.exchange.ipsec.plugins.module_utils", id="collection"),
    pytest.param("wire/shell.py", "m = importlib.import_module('ansible_collections.exchange.ipsec.plugins.x')",
                 id="by-text"),
    pytest.param("windows/reg.py", "from ....plugins.module_utils import errors", id="relative"),
    pytest.param("windows/reg.py", "from tests.unit import x", id="other-tests"),
    pytest.param("windows/reg.py", "from tests.checkout import ROOT", id="checkout"),
])
def test_what_the_lab_may_not_borrow(tmp_path: Path, file: str, line: str) -> None:
    (found,) = layers.lab_problems(one_file(tmp_path, f"tests/lab/{file}", line))
    assert found.startswith(f"tests/lab/{file}:1: the lab imports ")


def test_the_labs_own_tests_may_find_the_checkout(tmp_path: Path) -> None:
    text = "from tests.checkout import COLLECTIONS\nfrom ..fleet import Fleet\nfrom tests.lab.wire import shell\n"
    assert layers.lab_problems(one_file(tmp_path, "tests/lab/tests/test_raw.py", text)) == []


@pytest.mark.parametrize(("name", "lines", "problem"), [
    pytest.param("plugins/module_utils/errors.py", 251, "251 lines, 250 are allowed; split by noun", id="plugin"),
    pytest.param("tests/lab/fleet.py", 251, "251 lines, 250 are allowed; split by noun", id="lab"),
    pytest.param("tests/lab/tests/test_fleet.py", 401, "401 lines, 400 are allowed; split by noun", id="test-of-lab"),
    pytest.param("tests/unit/test_a.py", 401, "401 lines, 400 are allowed; split by noun", id="test"),
])
def test_a_file_that_is_too_long(tmp_path: Path, name: str, lines: int, problem: str) -> None:
    assert sizes.size_problems(one_file(tmp_path, name, "x = 1\n" * lines)) == [f"{name}: {problem}"]
    assert sizes.size_problems(one_file(tmp_path, name, "x = 1\n" * (lines - 1))) == []


def test_documentation_inside_a_plugin_is_not_counted(tmp_path: Path) -> None:
    text = 'DOCUMENTATION = """\n' + "a\n" * 300 + '"""\n' + "x = 1\n" * 250
    assert sizes.size_problems(one_file(tmp_path, "plugins/connection/winrs.py", text)) == []
    fragment = 'class ModuleDocFragment:\n    DOCUMENTATION = r"""\n' + "a\n" * 300 + '"""\n'
    assert sizes.size_problems(one_file(tmp_path, "plugins/doc_fragments/site.py", fragment)) == []


def test_a_function_that_is_too_long(tmp_path: Path) -> None:
    just = "class A:\n    async def f(self):\n" + "        x = 1\n" * 39
    assert sizes.size_problems(one_file(tmp_path, "plugins/filter/a.py", just)) == []
    found = sizes.size_problems(one_file(tmp_path, "plugins/filter/a.py", just + "        x = 1\n"))
    assert found == ["plugins/filter/a.py:2: f has 41 lines, 40 allowed"]


@pytest.mark.parametrize(("name", "text", "count"), [
    pytest.param("plugins/filter/a.py", HEADER + '\n"""A."""\n', 0, id="complete"),
    pytest.param("plugins/filter/a.py", '"""A."""\n', 1, id="none"),
    pytest.param("plugins/filter/a.py", "\n" + HEADER, 1, id="not-on-line-1"),
    pytest.param("tests/unit/test_a.py", "# SPDX-License-Identifier: GPL-3.0-or-later\n", 0, id="test"),
    pytest.param("tests/unit/test_a.py", '"""A."""\n', 1, id="test-without"),
    pytest.param("tests/unit/__init__.py", '"""A."""\n', 0, id="package"),
])
def test_the_licence_header(tmp_path: Path, name: str, text: str, count: int) -> None:
    assert len(sizes.header_problems(one_file(tmp_path, name, text))) == count
