"""replace TABLE COUNT IFNAME: for each line on standard input, a gateway, replaces COUNT routes through pyroute2."""

import json
import sys
import time

from pyroute2 import IPRoute

table, count = int(sys.argv[1]), int(sys.argv[2])
ipr = IPRoute()
oif = ipr.link_lookup(ifname=sys.argv[3])[0]
destinations = [f"198.{18 + (i >> 16)}.{i >> 8 & 255}.{i & 255}/32" for i in range(count)]
print("ready", flush=True)
for line in sys.stdin:
    gateway = line.strip()
    started = time.monotonic()
    for destination in destinations:
        ipr.route("replace", dst=destination, gateway=gateway, oif=oif, table=table, priority=100, proto=183)
    print(json.dumps({"ms": (time.monotonic() - started) * 1e3}), flush=True)
