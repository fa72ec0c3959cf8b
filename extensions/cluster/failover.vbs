' SPDX-License-Identifier: GPL-3.0-or-later
' A Generic Script resource of the cluster: tells the rulebook exchange.ipsec.failover that the group is up on this node.
' docs/failover.md says how to install it. Fill in the two lines below; the token is a secret, so let only
' administrators and the system read this file.
Option Explicit

Const WEBHOOK = "http://198.51.100.10:5000/endpoint"
Const TOKEN = "TOKEN"
Const ATTEMPTS = 3

' The cluster calls it once the resources that this one depends on are online. It always succeeds: one that fails
' would move the group.
Function Online()
  Dim attempt, answer
  On Error Resume Next
  For attempt = 1 To ATTEMPTS
    answer = Tell()
    If answer <> 0 Then Exit For
  Next
  Resource.LogInformation "exchange.ipsec: HTTP status of the webhook (0: no answer): " & answer
  Online = 0
End Function

Function LooksAlive()
  LooksAlive = True
End Function

Function IsAlive()
  IsAlive = True
End Function

' The HTTP status that the webhook answers with, 0 where it does not answer. Milliseconds for each of: resolve, connect,
' send, receive. Without a proxy.
Function Tell()
  Dim http
  On Error Resume Next
  Tell = 0
  Set http = CreateObject("WinHttp.WinHttpRequest.5.1")
  http.SetProxy 1
  http.SetTimeouts 500, 500, 500, 500
  http.Open "POST", WEBHOOK, False
  http.SetRequestHeader "Authorization", "Bearer " & TOKEN
  http.SetRequestHeader "Content-Type", "application/json"
  http.Send "{""event"": ""online"", ""node"": """ & Node() & """}"
  Tell = http.Status
End Function

' The name of this computer; nothing depends on it but who waits for whom.
Function Node()
  On Error Resume Next
  Node = CreateObject("WScript.Shell").Environment("PROCESS")("COMPUTERNAME")
End Function
