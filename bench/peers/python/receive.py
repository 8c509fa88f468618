"""receive BUFFER_BYTES: hears address changes through pyroute2."""

import json
import resource
import socket
import sys
import threading
import time

from pyroute2 import IPRoute
from pyroute2.netlink.rtnl import RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR

QUIET_S = 0.1
SO_RCVBUFFORCE = 33

stamps = []
died = None


def cpu_us():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return round((usage.ru_utime + usage.ru_stime) * 1e6)


def await_quiet():
    before = -1
    while before != len(stamps):
        before = len(stamps)
        time.sleep(QUIET_S)


def listen(ipr):
    global died
    while True:
        try:
            messages = ipr.get()
        except Exception as error:  # reported, whatever it is
            died = repr(error)
            return
        for message in messages:
            if message["event"] in ("RTM_NEWADDR", "RTM_DELADDR"):
                message.get_attr("IFA_ADDRESS")
                stamps.append(time.monotonic_ns())


ipr = IPRoute()
try:
    ipr._sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, int(sys.argv[1]))
except OSError:
    ipr._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[1]))
ipr.bind(groups=RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
threading.Thread(target=listen, args=(ipr,), daemon=True).start()
print("ready", flush=True)
since = (0, 0)
for line in sys.stdin:
    await_quiet()
    if line.strip() == "finish":
        latest = stamps[since[0]:]
        result = {"events": len(latest), "cpuUs": cpu_us() - since[1], "lastAtNs": stamps[-1] if stamps else 0,
                  "stampsNs": latest if len(latest) <= 10000 else []}
        if died is not None:
            result["died"] = died
        print(json.dumps(result), flush=True)
        break
    since = (len(stamps), cpu_us())
    print("marked", flush=True)
