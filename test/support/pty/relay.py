"""A pseudo-terminal: prints the path of its slave, then carries octets between its master and our standard streams.

The end of standard input is the end of the line: the master closes, as a modem that is unplugged does.
"""
import os
import pty
import select
import sys
import termios
import tty

master, slave = pty.openpty()
tty.setraw(slave, termios.TCSANOW)
print(os.ttyname(slave), flush=True)
while True:
    ready, _, _ = select.select([0, master], [], [])
    if 0 in ready:
        data = os.read(0, 4096)
        if not data:
            break
        os.write(master, data)
    if master in ready:
        data = os.read(master, 4096)
        os.write(1, data)
