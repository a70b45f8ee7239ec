"""Runs a program in a pseudo terminal: what it writes goes to standard output, each line of standard input, a JSON string, is typed."""
import json
import os
import pty
import select
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
commands = sys.stdin.fileno()
pending = b""
open_input = True
while True:
    readable, _, _ = select.select([terminal] + ([commands] if open_input else []), [], [])
    if commands in readable:
        part = os.read(commands, 65536)
        open_input = part != b""
        pending += part
        while b"\n" in pending:
            line, pending = pending.split(b"\n", 1)
            os.write(terminal, json.loads(line).encode())
    if terminal in readable:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            data = b""
        if data == b"":
            break
        os.write(1, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
