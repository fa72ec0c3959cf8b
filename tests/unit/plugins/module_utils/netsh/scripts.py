# SPDX-License-Identifier: GPL-3.0-or-later
"""Short scripts of our own, each with the peculiarities of a public one that its comment names."""

from __future__ import annotations

# https://mike.giarlo.name/blog/2005/11/30/a-restrictive-ipsec-script/ : a file for `netsh -f`; contexts, remarks with
# `#`, words in capitals, a server of the network settings as an address, an `exit` at the end.
NETSH_FILE = """\
# Lock a new server down
############ settings ############
pushd ipsec dynamic
set config property=ipsecexempt value=3
popd

pushd ipsec static
set store location=local
delete all
add policy name="Only updates" activatedefaultrule=NO
add filteraction name="PERMIT" action=PERMIT
add filterlist name="Names"
add filter filterlist="Names" protocol=UDP srcaddr=ME srcport=0 dstaddr=DNS dstport=53 mirrored=YES
add filterlist name="Updates" description="To the update server"
add filter filterlist="Updates" protocol=TCP srcaddr=ME srcport=0 dstaddr=UPDATES.EXAMPLE.COM dstport=443 mirrored=NO
add rule name="Names" policy="Only updates" filterlist="Names" filteraction="PERMIT"
set policy name="Only updates" assign=YES
popd
exit
delete all
"""

# Configure-SMBIPsec.ps1 of Exchange 2007 (Scripts folder of the product): `set store` by position, masks beside me and
# any, a policy named by position, `mmsec` and `qmsec` for the long words, two blanks inside a description.
EXCHANGE_2007 = """\
# Execute this script by running 'NETSH.exe -f "x.txt"'
pushd ipsec Static
set store Local
add filterlist name="Traffic - Server" description="Incoming requests"
add filter filterlist="Traffic - Server" description="TCP 139" mirrored=yes srcaddr=ANY srcmask=0.0.0.0 \
dstaddr=ME dstmask=255.255.255.255 protocol=TCP srcport=0 dstport=139
add filteraction name="Require" description="Require.  Always." qmpfs=no inpass=yes soft=no action=negotiate \
qmsec="ESP[3DES,SHA1]"
add policy "Security Policy (Exchange 2007)" mmpfs=no activatedefaultrule=no mmsec="3DES-SHA1-2 3DES-SHA1-3"
add rule name="Server Rule" policy="Security Policy (Exchange 2007)" filterlist="Traffic - Server" \
filteraction="Require" conntype=all activate=yes kerberos=yes
popd
exit
"""

# A batch file of 2003 for Windows Server 2003 that makes an "IIS_Server_Policy" (repeated in several repositories):
# netsh.exe in full, offers with lifetimes, a key in quotes, the default response rule, a command behind REM.
BATCH_2003 = """\
@ECHO OFF
REM It is intended only for Windows Server 2003 or later.
netsh.exe ipsec static add policy name="Web" assign=no
netsh.exe ipsec static add filterlist name="LAN"\x20
netsh.exe ipsec static add filter filterlist="LAN" srcaddr=10.0.0.0 srcmask=255.0.0.0 dstaddr=me protocol=any \
srcport=0 dstport=0
netsh.exe ipsec static add filteraction name="AH_Only" qmpfs=yes soft=no inpass=yes action=negotiate \
qmsec="AH[MD5]:100000k/1000s AH[SHA1]:100000k/1000s"
netsh.exe ipsec static add rule name="AH for LAN" policy="Web" filterlist="LAN" psk="my Key" filteraction=AH_Only
netsh.exe ipsec static set defaultrule policy="Web" activate=no
REM netsh.exe ipsec static set policy name="Web" assign=yes
"""

# Chinese scripts against worms, repeated in many repositories and blogs: GBK, names in Chinese, output sent to nul,
# `Me` and `any` in mixed case, a remark after the last argument (which becomes the description, the first free tag).
CHINESE_GBK = """\
@echo off
echo 屏蔽危险端口
netsh ipsec static add policy name=屏蔽危险端口 > nul
netsh ipsec static add filterlist name=Port >nul 2>nul
Netsh ipsec static add filter filterlist=Port srcaddr=any dstaddr=Me protocol=tcp mirrored=yes dstport=445 所有地址
netsh ipsec static add filteraction name=阻止 action=block
netsh ipsec static add rule name=规则1 policy=屏蔽危险端口 filterlist=Port filteraction=阻止 > nul 2> nul
netsh ipsec static set policy name=屏蔽危险端口 assign=y&&echo 完成
pause
"""

# A Korean script that blocks address ranges: cp949 remarks, `desc` and the ambiguous `filter` for filterlist, a host
# name with a mask beside it, the same filter twice, a policy deleted first that is not there.
KOREAN_CP949 = """\
REM 기존 정책 삭제
netsh ipsec static delete policy name=차단목록
netsh ipsec static add policy name=차단목록 description="주소 차단"
netsh ipsec static add filteraction name=Block action=Block
REM 주소 차단
netsh ipsec static add filter desc=203.0.113.0 filterlist=blocked srcaddr=203.0.113.0 srcmask=24 dstaddr=ANY
netsh ipsec static add filter desc=again filterlist=blocked srcaddr=203.0.113.0 srcmask=24 dstaddr=ANY protocol=ANY
REM 로컬 트래픽 허용
netsh ipsec static add filter filterlist=Local srcaddr=me dstaddr=localhost dstmask=255.255.255.0 protocol=ANY
netsh ipsec static add rule name=3 policy=차단목록 filter=blocked filteraction=Block
"""

# Microsoft's description of a worm that closes port 445 behind itself (its security encyclopedia): a word without a
# tag after one with a tag, a mask for `any`.
POSITIONAL = """\
netsh ipsec static add policy name=netbc
netsh ipsec static add filterlist name=block
netsh ipsec static add filteraction name=block action=block
netsh ipsec static add filter filterlist=block any srcmask=32 srcport=0 dstaddr=me dstport=445 protocol=tcp \
description=445
netsh ipsec static add rule block netbc block block
netsh ipsec static set policy netbc assign=y
"""

# netsh's own help (uitranslation.com keeps it; windowsserverdocs prints it) and the recipes of
# http://what-when-how.com/Tutorial/topic-557c50aucv : blanks around the equals sign, positional addresses, a command
# over several lines.
HELP_EXAMPLES = """\
netsh ipsec static add policy Policy1 mmpfs= yes assign=yes mmsec="3DES-SHA1-3 DES-MD5-3 3DES-MD5-2"
netsh ipsec static add filter filterlist=Filter1 192.0.2.0 198.51.100.45 srcmask=24 dstmask=32
netsh ipsec static add filteraction name = "Blocker" ^
  description = "Blocks all traffic" ^
  action = block
netsh ips st add fil filterlist =Filter1 srca=DHCP dsta=0.0.0.0 proto=ICMP dstm=255.255.255.255
"""

# Public batch files that block addresses in loops (policy "BlockPolicy") and ones with subroutines: variables by `set`
# with and without quotes, `for`, `if` over several lines, `%~1`.
VARIABLES = """\
@echo off
setlocal
set "POLICY_NAME=Block Policy"
set LIST=Blocked
set QUOTED="My Action"
set /p ANSWER=Sure?
netsh ipsec static add policy name="%POLICY_NAME%" description=%policy_name:~0,3%
netsh ipsec static add policy name="%POLICY_NAME%" activatedefaultrule=no
%windir%\\system32\\netsh.exe ipsec static add filteraction name=%QUOTED% action=block
for %%I in (192.0.2.1 192.0.2.2) do netsh ipsec static add filter filterlist=%LIST% srcaddr=me dstaddr=%%I
if not "%LIST%"=="" (
    set LIST=Other
    netsh ipsec static add filterlist name=%LIST%
) else (
    netsh ipsec static delete all
)
netsh ipsec static add filterlist name=%LIST%
netsh ipsec static add filterlist name=100%% || netsh ipsec static delete all
netsh ipsec static add filterlist name="a & b" & netsh ipsec static add filterlist name=c^&d
call :Sub x
goto :eof
:Sub
netsh ipsec static add filterlist name=%~1
@netsh -c "ipsec static" add filterlist name=last 1>>log.txt
netsh -f other.txt
netsh advfirewall set allprofiles state on
"""
