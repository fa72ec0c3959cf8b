# SPDX-License-Identifier: GPL-3.0-or-later
"""Several questions in one command line, and what is left when the answer stops in the middle."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import HostError
from ansible_collections.exchange.ipsec.plugins.module_utils.host.commands import Answer, answers, ask, new_marker


def test_a_line_says_after_each_question_whether_it_succeeded() -> None:
    assert ask(["ver", "reg query K"], "#m") == ("ver&&echo #m 0 0||echo #m 0 1&reg query K&&echo #m 1 0||echo #m 1 1")


def test_answers_come_apart_at_the_marker() -> None:
    output = "\r\nMicrosoft\r\n#m 0 0\r\nERROR #m 1 0 in a line\r\n#m 1 1 \r\n"
    assert answers(output, 2, "#m", "fe1") == (
        Answer(ok=True, text="\r\nMicrosoft\r\n"),
        Answer(ok=False, text="ERROR #m 1 0 in a line\r\n"),
    )


@pytest.mark.parametrize(
    "output",
    [
        pytest.param("", id="nothing"),
        pytest.param("one\r\n#m 0 0\r\ntwo\r\n", id="cut-before-the-second-marker"),
        pytest.param("one\r\n#m 1 0\r\ntwo\r\n#m 0 0\r\n", id="out-of-order"),
        pytest.param("one\r\n#m 0 0\r\n#m 1 0\r\n#m 2 0\r\n", id="one-too-many"),
    ],
)
def test_an_answer_that_is_not_whole_is_an_error(output: str) -> None:
    with pytest.raises(HostError, match=r"^fe1: the answer stops after \d of 2 parts"):
        answers(output, 2, "#m", "fe1")


def test_a_line_that_cmd_cannot_take_is_refused() -> None:
    with pytest.raises(HostError, match="takes 8191"):
        ask(["x" * 8191], "#m")


def test_no_two_markers_are_alike() -> None:
    assert new_marker() != new_marker()
    assert new_marker().startswith("#")
