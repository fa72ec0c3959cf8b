# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a plan as lines of netsh."""

from __future__ import annotations

from ..plan import steps as s
from . import render
from .security_words import redacted_policy, redacted_response, redacted_rule


def lines_for(step: s.Step, *, reveal: bool) -> list[str]:
    """Give the lines that carry a step out; pre-shared keys are stars unless ``reveal``.

    Raises NetshError where netsh cannot express the step.
    """
    if isinstance(step, (s.CreateFilterList, s.SetFilterList, s.DeleteFilterList, s.AddFilter, s.DeleteFilter)):
        return _for_list(step)
    if isinstance(step, (s.CreateFilterAction, s.SetFilterAction, s.RenameFilterAction, s.DeleteFilterAction)):
        return _for_action(step)
    if isinstance(step, (s.AddRule, s.DeleteRule)):
        if isinstance(step, s.AddRule):
            return [render.add_rule(step.policy_name, step.rule if reveal else redacted_rule(step.rule))]
        return [render.delete_rule(step.policy_name, step.rule.name)]
    return _for_policy(step, reveal=reveal)


def _for_list(
    step: s.CreateFilterList | s.SetFilterList | s.DeleteFilterList | s.AddFilter | s.DeleteFilter,
) -> list[str]:
    if isinstance(step, s.CreateFilterList):
        return render.add_filter_list(step.filter_list)
    if isinstance(step, s.SetFilterList):
        return [render.set_filter_list(step.name, new_name=step.new_name, description=step.description)]
    if isinstance(step, s.DeleteFilterList):
        return [render.delete_filter_list(step.name)]
    if isinstance(step, s.AddFilter):
        return [render.add_filter(step.list_name, step.filter)]
    return [render.delete_filter(step.list_name, step.filter)]


def _for_action(
    step: s.CreateFilterAction | s.SetFilterAction | s.RenameFilterAction | s.DeleteFilterAction,
) -> list[str]:
    if isinstance(step, s.CreateFilterAction):
        return [render.add_filter_action(step.action)]
    if isinstance(step, s.DeleteFilterAction):
        return [render.delete_filter_action(step.name)]
    if isinstance(step, s.RenameFilterAction):
        return [render.rename_filter_action(step.name, step.new_name)]
    lines = [render.set_filter_action(step.action.name, step.action)]
    return lines if step.action.description else [*lines, render.describe_filter_action(step.action.name, "")]


def _for_policy(
    step: s.CreatePolicy | s.SetPolicy | s.SetDefaultResponse | s.DeletePolicy | s.Assign | s.Unassign, *, reveal: bool
) -> list[str]:
    if isinstance(step, s.CreatePolicy):
        return render.add_policy(step.policy if reveal else redacted_policy(step.policy))
    if isinstance(step, s.DeletePolicy):
        return [render.delete_policy(step.name)]
    if isinstance(step, (s.Assign, s.Unassign)):
        return [render.set_policy(step.name, assigned=isinstance(step, s.Assign))]
    if isinstance(step, s.SetDefaultResponse):
        response = step.response if reveal else redacted_response(step.response)
        return [render.set_default_response(step.policy_name, response)]
    return _set_policy(step)


def _set_policy(step: s.SetPolicy) -> list[str]:
    """Write a change of a policy; a description is taken away in a line of its own, lest netsh refuse the rest."""
    cleared = [render.set_policy(step.name, description="")] if step.description == "" else []
    if step.new_name is None and not step.description and step.main_mode is None and step.polling_minutes is None:
        return cleared
    return [*cleared, render.set_policy(
        step.name,
        new_name=step.new_name,
        description=step.description or None,
        main_mode=step.main_mode,
        polling_minutes=step.polling_minutes,
    )]  # fmt: skip
