// receive BUFFER_BYTES: hears address changes through vishvananda/netlink. Its subscription ends at the first overrun,
// which is reported as `died`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/vishvananda/netlink"
)

const quiet = 100 * time.Millisecond

var events uint64
var lastAtNs uint64
var died atomic.Value
var stamps = make([]uint64, 0, 1<<20)

// nowNs is CLOCK_MONOTONIC, which package time does not show.
func nowNs() uint64 {
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&now)), 0)
	return uint64(now.Nano())
}

func cpuUs() uint64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return uint64(usage.Utime.Nano()+usage.Stime.Nano()) / 1000
}

func awaitQuiet() {
	for before := ^uint64(0); before != atomic.LoadUint64(&events); {
		before = atomic.LoadUint64(&events)
		time.Sleep(quiet)
	}
}

func listen(updates <-chan netlink.AddrUpdate) {
	for range updates {
		now := nowNs()
		if len(stamps) < cap(stamps) {
			stamps = append(stamps, now)
		}
		atomic.StoreUint64(&lastAtNs, now)
		atomic.AddUint64(&events, 1)
	}
}

func report(sinceEvents, sinceCpu uint64) {
	result := map[string]interface{}{
		"events": atomic.LoadUint64(&events) - sinceEvents, "cpuUs": cpuUs() - sinceCpu,
		"lastAtNs": atomic.LoadUint64(&lastAtNs), "stampsNs": []uint64{},
	}
	if cause := died.Load(); cause != nil {
		result["died"] = cause
	}
	if latest := stamps[sinceEvents:]; len(latest) <= 10000 {
		result["stampsNs"] = latest
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
}

func main() {
	size, _ := strconv.Atoi(os.Args[1])
	updates := make(chan netlink.AddrUpdate)
	options := netlink.AddrSubscribeOptions{
		ReceiveBufferSize: size,
		ErrorCallback:     func(cause error) { died.CompareAndSwap(nil, cause.Error()) },
	}
	if err := netlink.AddrSubscribeWithOptions(updates, make(chan struct{}), options); err != nil {
		panic(err)
	}
	go listen(updates)
	fmt.Println("ready", size)
	var sinceEvents, sinceCpu uint64
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		awaitQuiet()
		if lines.Text() == "finish" {
			report(sinceEvents, sinceCpu)
			return
		}
		sinceEvents, sinceCpu = atomic.LoadUint64(&events), cpuUs()
		fmt.Println("marked")
	}
}
