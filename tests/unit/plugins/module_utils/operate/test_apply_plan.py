# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans carried out on simulated hosts of both generations; what goes wrong is named, and nothing is switched then."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import NetshError
from ansible_collections.exchange.ipsec.plugins.module_utils.host.port import Completed
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.apply_plan import apply_plan, commands_for
from ansible_collections.exchange.ipsec.plugins.module_utils.operate.survey import survey
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.compare import differences
from ansible_collections.exchange.ipsec.plugins.module_utils.plan.planner import plan_absent, plan_present
from tests.unit.plugins.module_utils.operate.lab_port import MINE, LabPort
from tests.unit.plugins.module_utils.plan.policies import policy, rule

KEY = "open sesame"
MAIL = policy("Mail", rule("POP3", 110, key=KEY), rule("IMAP4", 143, key=KEY))
MORE = policy("Mail", rule("POP3", 110, 995, key=KEY), rule("IMAP4", 143, 993, key=KEY))
PROFILES = [("server2003", 65001), ("server2003-ko", 949), ("server2022", 65001)]


def write(port: LabPort, want: object = MAIL) -> None:
    """Make the policy stand and be in force."""
    assert want in (MAIL, MORE)
    apply_plan(plan_present(want, survey(port).store, assigned=True), port, MINE)  # type: ignore[arg-type]


@pytest.mark.parametrize(("profile", "codepage"), PROFILES)
def test_a_policy_arrives_changes_in_force_and_goes(profile: str, codepage: int) -> None:
    port = LabPort(profile, codepage)
    for want in (MAIL, MORE):
        write(port, want)
        found = survey(port).store
        have = found.policy("Mail")
        assert have is not None
        assert (differences(want, have), found.assigned) == ((), "Mail")
        assert plan_present(want, found, assigned=True).steps == ()
        assert sorted(one.name for one in found.filter_lists) == ["IMAP4 list", "POP3 list"]
    apply_plan(plan_absent("Mail", survey(port).store), port, MINE)
    gone = survey(port).store
    assert (gone.policies, gone.filter_lists, gone.filter_actions, gone.assigned) == ((), (), (), None)


def test_build_and_switch_are_one_netsh_each_and_no_command_line_holds_a_name_or_a_key() -> None:
    port = LabPort()
    write(port)
    (_read, _nothing), (build, script), (switch, assign) = port.commands
    assert [command.count("netsh") for command in (build, switch)] == [1, 1]
    assert KEY in script
    assert assign == 'ipsec static set policy name="Mail" assign=yes\r\nexit\r\n'
    assert not any(word in command for command, _script in port.commands for word in ("Mail", "POP3", KEY))


def test_commands_for_people_have_stars_in_place_of_keys() -> None:
    shown = "\n".join(commands_for(plan_present(MAIL, survey(LabPort()).store, assigned=True).steps))
    assert 'psk="********"' in shown
    assert KEY not in shown


class Forgetful(LabPort):
    """A host whose netsh loses every line that holds some text."""

    lost = "no such text"

    def run(self, command: str, stdin: str = "") -> Completed:
        """Run without the lost lines."""
        kept = [line for line in stdin.splitlines(keepends=True) if self.lost not in line]
        return super().run(command, "".join(kept))


def test_what_is_missing_after_the_build_is_named_and_nothing_is_switched() -> None:
    port = Forgetful()
    write(port)
    port.lost = 'add rule name="IMAP4"'
    with pytest.raises(NetshError) as caught:
        write(port, MORE)
    assert str(caught.value) == (
        "fe1: after netsh had run, policy 'Mail ~new': rule 'IMAP4' is missing. "
        "What was in force before still is; run again to clear up."
    )
    store = survey(port).store
    in_force = store.policy("Mail")
    assert in_force is not None
    assert (store.assigned, differences(MAIL, in_force)) == ("Mail", ())
    port.lost = "no such text"
    write(port, MORE)
    assert [one.name for one in survey(port).store.policies] == ["Mail"]


def test_an_error_of_netsh_is_given_by_its_number_in_every_language() -> None:
    port = LabPort("server2003-ko", 949)
    plan = plan_present(MAIL, survey(port).store, assigned=True)
    port.type('netsh ipsec static add filterlist name="POP3 list"')
    port.type('netsh ipsec static add filter filterlist="POP3 list" srcaddr=me dstaddr=any')
    with pytest.raises(NetshError, match=r"^fe1: after netsh had run, .*pop3.* netsh reported .*05010") as caught:
        apply_plan(plan, port, MINE)
    assert KEY not in str(caught.value)
    assert survey(port).store.assigned is None
