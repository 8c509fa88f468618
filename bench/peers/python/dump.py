"""dump TABLE: for each line on standard input one dump of the table's IPv4 routes through pyroute2."""

import json
import socket
import sys
import time

from pyroute2 import IPRoute

ipr = IPRoute()
print("ready", flush=True)
for line in sys.stdin:
    started = time.monotonic()
    routes = list(ipr.get_routes(family=socket.AF_INET, table=int(sys.argv[1])))
    print(json.dumps({"ms": (time.monotonic() - started) * 1e3, "routes": len(routes)}), flush=True)
