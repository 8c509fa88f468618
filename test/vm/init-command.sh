#!/bin/busybox sh
# The virtual machine's first process from its root on: runs the command, hands over its exit code, ends the machine.
. /run/vm/run.conf
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
b=/run/vm/busybox
for port in /sys/class/virtio-ports/*; do
  case $($b cat "$port/name") in
    out) out=/dev/${port##*/} ;;
    err) err=/dev/${port##*/} ;;
    status) status=/dev/${port##*/} ;;
  esac
done
$b hostname vm
$b ip link set lo up

# Without udev: nodes that load their module when they are opened (/dev/ppp, /dev/net/tun, …).
while read -r _ node kind; do
  case $kind in [bc][0-9]*:*) ;; *) continue ;; esac
  [ -e "/dev/$node" ] && continue
  case $node in */*) $b mkdir -p "/dev/${node%/*}" ;; esac
  numbers=${kind#?}
  $b mknod "/dev/$node" "${kind%"$numbers"}" "${numbers%:*}" "${numbers#*:}"
done <"/lib/modules/$VM_RELEASE/modules.devname"
for module in $VM_MODULES; do modprobe "$module" || echo "run-in-vm: no module $module"; done

# Between the command and the ports stand pipes: a port can be opened only once, a pipe also by `>/dev/stderr`.
$b mkfifo /run/vm/out /run/vm/err
$b cat /run/vm/out >"$out" & out_pid=$!
$b cat /run/vm/err >"$err" & err_pid=$!
echo "run-in-vm: the command starts at $($b cut -d' ' -f1 /proc/uptime) s"
/bin/bash /run/vm/command </dev/null >/run/vm/out 2>/run/vm/err
code=$?
# What the command left behind may hold the pipes open; kernel threads have no exe.
for process in /proc/[0-9]*; do
  process=${process#/proc/}
  case $process in 1 | "$out_pid" | "$err_pid") continue ;; esac
  $b readlink "/proc/$process/exe" >/dev/null && kill -9 "$process" 2>/dev/null
done
wait "$out_pid" "$err_pid"
echo "run-in-vm: the command ended at $($b cut -d' ' -f1 /proc/uptime) s with $code"
echo "$code" >"$status"
$b umount -a -t 9p 2>/dev/null
$b sync
echo b >/proc/sysrq-trigger
$b sleep 100
