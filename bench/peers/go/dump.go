// dump TABLE: for each line on standard input one dump of the table's IPv4 routes through vishvananda/netlink.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/vishvananda/netlink"
)

func main() {
	table, _ := strconv.Atoi(os.Args[1])
	lines := bufio.NewScanner(os.Stdin)
	fmt.Println("ready")
	for lines.Scan() {
		started := time.Now()
		routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: table}, netlink.RT_FILTER_TABLE)
		if err != nil {
			panic(err)
		}
		fmt.Printf("{\"ms\":%.3f,\"routes\":%d}\n", float64(time.Since(started).Nanoseconds())/1e6, len(routes))
	}
}
