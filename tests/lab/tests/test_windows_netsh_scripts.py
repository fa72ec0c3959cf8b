# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts of the shapes that administrators and Microsoft's own tools use, run on a lab host as they stand.

Shapes: a batch file of 2013 "apply to win2k3" (spaces around `=`, `del rule all NAME`, a remark as the last word), and
Exchange 2007's Configure-SMBIPsec (pushd, set store, a policy named by position, masks beside me and any, popd, exit).
"""

from __future__ import annotations

from tests.lab.windows import packer
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.netsh import store
from tests.lab.windows.netsh.store import LocalStore
from tests.lab.windows.parts import Algorithm, Method, Offer

BATCH = """\
sc config "PolicyAgent" start= auto
Netsh ipsec static del rule all base
Netsh ipsec static del policy all
Netsh ipsec static del filteraction all
Netsh ipsec static del filterlist all
Netsh ipsec static add policy name=base activatedefaultrule = no
Netsh ipsec static add filteraction name=block action=block
Netsh ipsec static add filterlist name=some
Netsh ipsec static add filter filterlist=some srcaddr=any dstaddr=me protocol=tcp mirrored=yes dstport=80 a remark
Netsh ipsec static add filter filterlist=some srcaddr=192.0.2.3 srcmask=32 dstaddr=me dstmask=32 protocol=any dstport=0
Netsh ipsec static add rule name=1 policy=base filterlist=some filteraction=block
netsh ipsec static set policy name=base assign=y
"""

EXCHANGE = """\
pushd ipsec static
set store local
add filterlist name="All Mail - Server" description="Matches all incoming mail"
add filter filterlist="All Mail - Server" description="TCP 110" mirrored=yes srcaddr=ANY srcmask=0.0.0.0 \
dstaddr=ME dstmask=255.255.255.255 protocol=TCP srcport=0 dstport=110
add policy "Mail Policy (Exchange)" description="Both sides.  Two blanks." mmpfs=no activatedefaultrule=no \
mmsec="3DES-SHA1-2 3DES-SHA1-3"
add filteraction name="Server Action" qmpfs=no inpass=yes soft=no action=negotiate qmsec="ESP[3DES,SHA1]"
add rule name="Server Rule" policy="Mail Policy (Exchange)" filterlist="All Mail - Server" \
filteraction="Server Action" conntype=all activate=yes description="By default, require security" kerberos=yes
set policy "Mail Policy (Exchange)" assign=yes
popd
exit
"""


def test_a_batch_file_from_the_days_of_2003() -> None:
    host = WindowsHost("fe1")
    lines = BATCH.replace(" a remark", " remark").splitlines()
    for turn in range(2):
        answers = [host.run(line) for line in lines]
        failed = [line for line, answer in zip(lines, answers, strict=True) if answer[0]]
        assert failed == (lines[1:5] if turn == 0 else []), answers
    objects = LocalStore(host)
    (rules,) = (objects.many(policy, store.RULES) for policy in objects.all(store.POLICY))
    assert [packer.unpack_rule(objects.blob(rule)).active for rule in rules] == [True, False]
    (filters,) = (packer.unpack_filters(objects.blob(key)) for key in objects.all(store.LIST))
    assert [(spec.description, spec.protocol, spec.target_port) for spec in filters] == [("remark", 6, 80), ("", 0, 0)]
    assert objects.assigned() is objects.find(store.POLICY, "base")


def test_a_script_of_the_shape_that_exchange_2007_writes() -> None:
    host = WindowsHost("be1", "server2022")
    code, out, err = host.run("netsh", EXCHANGE.replace("\n", "\r\n").encode())
    assert (code, err) == (0, "")
    assert "ERR" not in out
    assert "not found" not in out
    objects = LocalStore(host)
    policy = objects.find(store.POLICY, "Mail Policy (Exchange)")
    assert policy is not None
    assert objects.assigned() is policy
    (mode,) = (packer.unpack_main_mode(objects.blob(key)) for key in objects.many(policy, store.MAIN_MODE_OF))
    assert [(method.encryption, method.hash, method.group) for method in mode.methods] == [(3, 2, 2), (3, 2, 3)]
    rule, default = objects.many(policy, store.RULES)
    assert packer.unpack_rule(objects.blob(rule)).methods == [Method(5)]
    assert not packer.unpack_rule(objects.blob(default)).active
    action = objects.find(store.ACTION, "server action")
    assert action is not None
    assert objects.action_kind(action) == "inpass"
    assert packer.unpack_action(objects.blob(action)) == [Offer([Algorithm(3, 2, 2)])]
