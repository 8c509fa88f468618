// replace TABLE COUNT IFNAME: for each line on standard input, a gateway, replaces COUNT routes through
// vishvananda/netlink, one at a time, as it knows no batches.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/vishvananda/netlink"
)

func main() {
	table, _ := strconv.Atoi(os.Args[1])
	count, _ := strconv.Atoi(os.Args[2])
	link, err := netlink.LinkByName(os.Args[3])
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	fmt.Println("ready")
	for lines.Scan() {
		routes := make([]netlink.Route, count)
		for i := range routes {
			destination := net.IPNet{IP: net.IPv4(198, byte(18+i>>16), byte(i>>8), byte(i)).To4(), Mask: net.CIDRMask(32, 32)}
			routes[i] = netlink.Route{Dst: &destination, Gw: net.ParseIP(lines.Text()), LinkIndex: link.Attrs().Index,
				Table: table, Priority: 100, Protocol: 183}
		}
		started := time.Now()
		for i := range routes {
			if err := netlink.RouteReplace(&routes[i]); err != nil {
				panic(err)
			}
		}
		fmt.Printf("{\"ms\":%.3f}\n", float64(time.Since(started).Nanoseconds())/1e6)
	}
}
