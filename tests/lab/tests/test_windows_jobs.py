# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled jobs of a lab host: schtasks, at, the clock, restarts."""

from __future__ import annotations

import pytest

from tests.lab.windows.clock import Clock
from tests.lab.windows.host import WindowsHost

NOON = 1_700_049_600  # 2023-11-15 12:00:00 UTC
NO_SUCH = 'ERROR: The specified task name "nix" does not exist in the system.\r\n'


def host_at_noon(profile: str = "server2003") -> WindowsHost:
    clock = Clock()
    clock.freeze(NOON)
    return WindowsHost("fe1", profile, ("192.0.2.11",), clock=clock)


@pytest.fixture
def host() -> WindowsHost:
    return host_at_noon()


def log(host: WindowsHost) -> list[str]:
    """What the jobs have written so far, line by line."""
    return host.run("if exist C:\\log type C:\\log")[1].split()


def schedule(host: WindowsHost, line: str) -> None:
    code, _out, err = host.run(line)
    assert (code, err) == (0, "")


@pytest.mark.parametrize(("line", "code", "out", "err"), [
    pytest.param("schtasks", 0, "INFO: There are no scheduled tasks present in the system.\r\n", "", id="none"),
    pytest.param("schtasks /create /tn a /tr x.cmd /sc once /st 13:00 /ru SYSTEM", 0,
                 'SUCCESS: The scheduled task "a" has successfully been created.\r\n', "", id="create"),
    pytest.param("schtasks /run /tn nix", 1, "", NO_SUCH, id="run-unknown"),
    pytest.param("schtasks /delete /tn nix /f", 1, "", NO_SUCH, id="delete-unknown"),
    pytest.param("schtasks /end /tn nix", 1, "", NO_SUCH, id="end-unknown"),
    pytest.param("schtasks /create /tn a /sc once /st 13:00", 1, "",
                 "ERROR: Invalid syntax. Mandatory option 'tr' is missing.\r\nType \"SCHTASKS /?\" for usage.\r\n",
                 id="nothing-to-run"),
    pytest.param("schtasks /create /tn a /tr x /sc once /ru SYSTEM", 1, "",
                 "ERROR: Invalid syntax. Mandatory option 'st' is missing.\r\nType \"SCHTASKS /?\" for usage.\r\n",
                 id="once-without-a-time"),
    pytest.param("schtasks /create /tn a /tr x /sc once /st 25:00 /ru SYSTEM", 1, "",
                 "ERROR: Invalid value for /ST or /SD.\r\n", id="no-such-hour"),
    pytest.param("schtasks /create /tn a /tr x /sc once /st 13:00 /sd 2023/11/15 /ru SYSTEM", 1, "",
                 "ERROR: Invalid value for /ST or /SD.\r\n", id="date-of-another-language"),
    pytest.param("schtasks /create /tn a /tr x /sc sometimes /ru SYSTEM", 1, "",
                 "ERROR: Invalid value for /SC.\r\n", id="no-such-schedule"),
    pytest.param("schtasks /create /tn a /tr x /sc onstart /ru SYSTEM /rl HIGHEST", 1, "",
                 "ERROR: Invalid argument/option - '/rl'.\r\nType \"SCHTASKS /?\" for usage.\r\n", id="not-on-2003"),
    pytest.param(f"schtasks /create /tn a /tr {'x' * 262} /sc onstart /ru SYSTEM", 1, "",
                 "ERROR: Value for '/TR' option cannot be more than 261 character(s).\r\n", id="too-long"),
    pytest.param(f"schtasks /create /tn a /tr {'x' * 261} /sc onstart /ru SYSTEM", 0,
                 'SUCCESS: The scheduled task "a" has successfully been created.\r\n', "", id="just-short-enough"),
    pytest.param("schtasks /create /tn a /tr x /sc once /st 11:59 /ru SYSTEM >nul & schtasks /query /fo csv /nh", 0,
                 '"a","Never",""\r\n', "", id="in-the-past"),
    pytest.param("net stop Schedule >nul & schtasks", 1, "",
                 "ERROR: The Task Scheduler service is not running.\r\n", id="service-stopped"),
    pytest.param("at 13:00 x.cmd", 0, "Added a new job with job ID = 1\r\n", "", id="at"),
    pytest.param("at 25:00 x.cmd & at", 0, "There are no entries in the list.\r\n",
                 "The AT command schedules commands and programs to run on a computer at\r\n"
                 "a specified time and date.\r\n\r\nAT [\\\\computername] [ [id] [/DELETE] | /DELETE [/YES]]\r\n"
                 "AT [\\\\computername] time [/INTERACTIVE]\r\n"
                 '    [ /EVERY:date[,...] | /NEXT:date[,...]] "command"\r\n\r\n', id="at-no-such-hour"),
    pytest.param("at 7 /delete", 1, "", "The AT job ID does not exist.\r\n\r\n", id="at-unknown"),
])  # fmt: skip
def test_answers(host: WindowsHost, line: str, code: int, out: str, err: str) -> None:
    assert host.run(line) == (code, out, err)


def test_a_job_of_a_newer_windows_and_its_words() -> None:
    host = host_at_noon("server2022")
    schedule(host, "schtasks /create /tn a /tr x.cmd /sc once /st 13:00 /sd 11/15/2023 /ru SYSTEM /rl HIGHEST /f")
    assert host.run("schtasks /query /tn \\a /fo csv")[1].splitlines() == [
        '"TaskName","Next Run Time","Status"',
        '"\\a","13:00:00, 11/15/2023","Ready"',
    ]
    assert host.run("schtasks /query /tn nix") == (1, "", "ERROR: The system cannot find the file specified.\r\n")
    assert host.run("at 13:00 x")[0] == 1


def test_korean_words_and_dates() -> None:
    host = host_at_noon("server2003-ko")
    code, out, _err = host.run(
        "schtasks /create /tn a /tr x /sc once /st 13:00 /sd 2023/11/15 /ru SYSTEM", codepage=949
    )
    assert (code, out) == (0, '성공: 예약된 작업 "a"을(를) 만들었습니다.\r\n')
    assert host.run("schtasks /query /fo csv /nh", codepage=949)[1] == '"a","2023-11-15 13:00:00",""\r\n'
    assert (
        host.run("schtasks /run /tn nix", codepage=949)[2]
        == '오류: 지정한 작업 이름 "nix"이(가) 시스템에 없습니다.\r\n'
    )


@pytest.mark.parametrize("order", [
    'schtasks /create /tn a /tr "cmd /c echo ran>>C:\\log" /sc once /st 12:03 /ru SYSTEM',
    "at 12:03 cmd /c echo ran^>^>C:\\log",
])  # fmt: skip
def test_a_single_job_runs_once_and_on_time(host: WindowsHost, order: str) -> None:
    schedule(host, order)
    host.advance(179)
    assert log(host) == []
    host.advance(1)
    assert log(host) == ["ran"]
    host.advance(86400)
    assert log(host) == ["ran"]


def test_seconds_count_on_2003(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn a /tr "cmd /c echo ran>>C:\\log" /sc once /st 12:00:07 /ru SYSTEM')
    host.advance(6)
    assert log(host) == []
    host.advance(1)
    assert log(host) == ["ran"]


def test_jobs_run_as_system_in_system32_and_a_shell_only_when_named(host: WindowsHost) -> None:
    host.run("echo whoami^>C:\\who> C:\\a.cmd& echo cd^>C:\\where>> C:\\a.cmd")
    schedule(host, "schtasks /create /tn a /tr C:\\a.cmd /sc onstart /ru SYSTEM")
    schedule(host, 'schtasks /create /tn b /tr "hostname > C:\\none" /sc onstart /ru "NT AUTHORITY\\SYSTEM"')
    schedule(host, "schtasks /run /tn a & schtasks /run /tn b")
    assert host.run("type C:\\who C:\\where")[1] == "nt authority\\system\r\nC:\\WINDOWS\\system32\r\n"
    assert host.run("if not exist C:\\none echo none")[1] == "none\r\n"


def test_each_minute_until_deleted(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn a /tr "cmd /c echo x>>C:\\log" /sc minute /mo 2 /st 12:01 /ru SYSTEM')
    host.advance(310)
    assert len(log(host)) == 3
    assert host.run("schtasks /delete /tn a", stdin=b"n\r\n")[0] == 0
    assert host.run("schtasks /delete /tn a", stdin=b"y\r\n")[0] == 0
    host.advance(310)
    assert len(log(host)) == 3


def test_a_running_job_can_be_seen_and_ended(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn a /tr "cmd /c ping -n 60 127.0.0.1 & echo x>>C:\\log" /sc onstart /ru SYSTEM')
    schedule(host, "schtasks /run /tn a")
    host.advance(30)
    assert host.run("schtasks /query /fo csv /nh")[1] == '"a","Run at system start up","Running"\r\n'
    schedule(host, "schtasks /end /tn a")
    assert host.run("schtasks /end /tn a")[0] == 1
    host.advance(60)
    assert log(host) == []
    assert host.scheduler.jobs[0].result == -1073741510


def test_a_job_that_looks_at_itself_and_ends_itself(host: WindowsHost) -> None:
    lines = ["ping -n 3 ::1 >nul", "schtasks /query /fo csv /nh >C:\\q", "schtasks /end /tn a", "ping -n 3 ::1 >nul",
             "echo x>>C:\\log"]  # fmt: skip
    host.files["c:\\a.cmd"] = ("C:\\a.cmd", "\r\n".join(lines).encode())
    schedule(host, "schtasks /create /tn a /tr C:\\a.cmd /sc onstart /ru SYSTEM & schtasks /run /tn a")
    host.advance(10)
    assert host.run("type C:\\q")[1] == '"a","Run at system start up","Running"\r\n'
    assert log(host) == []
    assert host.scheduler.jobs[0].result == -1073741510


def test_a_job_that_makes_no_sense_ends(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn a /tr "findstr [ C:\\nix" /sc onstart /ru SYSTEM & schtasks /run /tn a')
    assert host.scheduler.jobs[0].result == 255


def test_a_job_that_is_deleted_while_it_runs_goes_on(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn a /tr "cmd /c ping -n 11 127.0.0.1 & echo x>>C:\\log" /sc onstart /ru SYSTEM')
    schedule(host, "schtasks /run /tn a & schtasks /delete /tn a /f")
    host.advance(10)
    assert log(host) == ["x"]


def test_a_name_that_is_taken_asks_and_f_replaces(host: WindowsHost) -> None:
    create = "schtasks /create /tn a /tr {} /sc onstart /ru SYSTEM"
    schedule(host, create.format("one"))
    host.run(create.format("two"), stdin=b"n\r\n")
    assert host.scheduler.jobs[0].command == "one"
    schedule(host, create.format("three") + " /f")
    assert [job.command for job in host.scheduler.jobs] == ["three"]


def test_at_lists_and_deletes(host: WindowsHost) -> None:
    schedule(host, "at 11:00 tomorrow.cmd & at 13:00 today.cmd")
    assert [job.due for job in host.scheduler.jobs] == [NOON + 23 * 3600, NOON + 3600]
    assert host.run("at")[1].splitlines()[2].split() == ["1", "16", "11:00", "tomorrow.cmd"]
    schedule(host, "at 1 /delete")
    assert [job.command for job in host.scheduler.jobs] == ["today.cmd"]
    schedule(host, "at /delete /yes")
    assert host.scheduler.jobs == []


def test_jobs_survive_a_restart_and_those_of_a_start_run_then(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn a /tr "cmd /c echo start>>C:\\log" /sc onstart /ru SYSTEM')
    schedule(host, 'schtasks /create /tn b /tr "cmd /c echo once>>C:\\log" /sc once /st 12:05 /ru SYSTEM')
    schedule(
        host, 'schtasks /create /tn c /tr "cmd /c ping -n 99 127.0.0.1 & echo cut>>C:\\log" /sc onstart /ru SYSTEM'
    )
    schedule(host, "schtasks /run /tn c")
    host.reboot(60)
    assert not host.up
    host.advance(59)
    assert log(host) == []
    host.advance(1)
    assert log(host) == ["start"]
    host.advance(240)
    assert log(host) == ["start", "cut", "once"]


def test_a_single_job_missed_while_the_host_was_off_never_runs(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn b /tr "cmd /c echo once>>C:\\log" /sc once /st 12:05 /ru SYSTEM')
    host.reboot(600)
    host.advance(3600)
    assert host.up
    assert log(host) == []


def test_no_job_runs_while_the_service_is_stopped(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn b /tr "cmd /c echo once>>C:\\log" /sc minute /st 12:05 /ru SYSTEM')
    host.run("net stop Schedule")
    host.advance(3600)
    assert log(host) == []
    host.run("net start Schedule")
    host.advance(60)
    assert "once" in log(host)


def test_jobs_survive_json(host: WindowsHost) -> None:
    schedule(host, 'schtasks /create /tn b /tr "cmd /c echo once>>C:\\log" /sc once /st 12:05 /ru SYSTEM & md C:\\kept')
    again = WindowsHost.from_json(host.to_json())
    again.advance(300)
    assert log(again) == ["once"]
    assert again.run("if exist C:\\kept\\nul echo there")[1] == "there\r\n"
