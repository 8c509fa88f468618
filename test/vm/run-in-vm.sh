#!/bin/bash
# Runs a command as root in a throw-away virtual machine with Debian's own kernel: what needs radios, VLANs, PPP or
# WireGuard runs here, whatever the machine's kernel lacks.
#
#   run-in-vm.sh [options] [--] COMMAND [ARG...]
#
#   -t, --timeout SEC    ends the run after SEC seconds: exit code 124 (default 300)
#   -m, --memory MB      memory of the machine (default 1024); whatever is written below / lies in it
#   -s, --cpus N         processors (default 1: a second one makes an emulated machine no faster)
#   -e, --env NAME[=V]   hands NAME over with its present value, or with V; may be repeated
#   -w, --rw DIR         what is written below DIR reaches this machine; may be repeated
#   -M, --modules LIST   loads these kernel modules first, separated by commas; there is no udev that would
#   -v, --verbose        shows the kernel's console and the time at the end
#       --prepare        only fetches and unpacks the kernel
#
# The command sees the file system of this machine (its changes vanish, except below --rw), starts in the present
# directory, and has no network but what it makes itself. Its outputs come out apart and its exit code is ours (128+N
# where signal N ended it). Of our own: 124 too slow, 125 the machine did not work (its console is shown), 2 wrong usage.
#
# Needs qemu-system-x86 kmod cpio xz-utils; the kernel is a Debian package that is unpacked but not installed, kept in
# VN_VM_CACHE (default ~/.cache/vintage-net-vm). VN_VM_ACCEL: how QEMU runs it (default: emulated, tcg).
set -euo pipefail
here=$(dirname "$(realpath "$0")")
PATH=$PATH:/usr/sbin:/sbin

usage() { sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"; }
fail() { printf 'run-in-vm: %s\n' "$*" >&2; exit 125; }
# Shows what the machine's kernel said last.
show_console() { tail -n 40 "$run/console" "$run/qemu.log" >&2 || true; }

timeout_s=300 memory_mb=1024 cpus=1 verbose=no prepare=no modules=
variables=() writable=()
while [ $# -gt 0 ]; do
  case $1 in
    -t | --timeout) timeout_s=${2:?} && shift 2 ;;
    -m | --memory) memory_mb=${2:?} && shift 2 ;;
    -s | --cpus) cpus=${2:?} && shift 2 ;;
    -e | --env) variables+=("${2:?}") && shift 2 ;;
    -w | --rw) writable+=("$(realpath -e "${2:?}")") && shift 2 ;;
    -M | --modules) modules=${2:?} && shift 2 ;;
    -v | --verbose) verbose=yes && shift ;;
    --prepare) prepare=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    --) shift && break ;;
    -*) usage >&2 && exit 2 ;;
    *) break ;;
  esac
done
if [ "$prepare" = no ] && [ $# = 0 ]; then usage >&2; exit 2; fi

for tool in qemu-system-x86_64 depmod cpio xz; do
  command -v "$tool" >/dev/null || fail "no $tool: as root on Debian, apt-get install qemu-system-x86 kmod cpio xz-utils"
done
cache=${VN_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vintage-net-vm}
bash "$here/kernel-cache.sh" "$cache" || exit 125
[ "$prepare" = yes ] && exit 0
kernel=$(realpath "$cache/kernel")
release=$(cat "$kernel/release")

run=$(mktemp -d "${TMPDIR:-/tmp}/run-in-vm.XXXXXX")
qemu=
# shellcheck disable=SC2317 # the trap calls it
end_run() {
  if [ -n "$qemu" ]; then kill -TERM "$qemu" 2>/dev/null && wait "$qemu"; fi
  rm -rf "$run"
}
trap end_run EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What this run adds to the initramfs: both stages of init, the command, and what they must know.
mkdir "$run/files"
install -m 755 "$here/init.sh" "$run/files/init"
install -m 755 "$here/init-command.sh" "$run/files/init-command"
shares=() mounts=
for i in "${!writable[@]}"; do
  mounts+=" ${writable[i]// /\\040}"
  shares+=(-fsdev "local,id=rw$i,path=${writable[i]//,/,,},security_model=none,multidevs=remap"
    -device "virtio-9p-pci,fsdev=rw$i,mount_tag=rw$i")
done
printf 'VM_WRITABLE=%q\nVM_RELEASE=%q\nVM_KERNEL=%q\nVM_MODULES=%q\n' \
  "$mounts" "$release" "$kernel" "${modules//,/ }" >"$run/files/run.conf"
{
  for variable in "${variables[@]}"; do
    if [[ $variable == *=* ]]; then printf 'export %s=%q\n' "${variable%%=*}" "${variable#*=}"
    elif [ -n "${!variable+set}" ]; then printf 'export %s=%q\n' "$variable" "${!variable}"; fi
  done
  printf 'cd %q || exit 126\nexec' "$PWD"
  printf ' %q' "$@"
  echo
} >"$run/files/command"
cp "$kernel/base.cpio" "$run/initrd"
(cd "$run/files" && find . -type f | cpio --quiet -o -H newc) >>"$run/initrd"

# An emulated processor gains nothing from mitigations and pays for each; la57 is one page table more to walk; slow timers
# must not be measured against each other. A panic ends the machine at once (panic=-1 with -no-reboot).
append="console=ttyS0 quiet loglevel=4 panic=-1 oops=panic reboot=t rdinit=/init nokaslr mitigations=off \
tsc=reliable no_timer_check nowatchdog random.trust_cpu=on rcupdate.rcu_expedited=1 cryptomgr.notests \
audit=0 apparmor=0 selinux=0 init_on_alloc=0 page_alloc.shuffle=0 net.ifnames=0 8250.nr_uarts=1"
accel=${VN_VM_ACCEL:-tcg}
[ "$accel" = tcg ] && accel=tcg,thread=multi,tb-size=512

: >"$run/status"
started=$EPOCHREALTIME
# The machine must end with this script, even when that is killed: hence the death signals.
exec 7>&1 8>&2
setpriv --pdeathsig TERM timeout --foreground -k 5 "$timeout_s" setpriv --pdeathsig KILL \
  qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
  -machine pc,usb=off,vmport=off,hpet=off -accel "$accel" -cpu Nehalem -smp "$cpus" -m "$memory_mb" \
  -kernel "$kernel/vmlinux" -initrd "$run/initrd" -append "$append" -serial "file:$run/console" \
  -fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
  -device virtio-9p-pci,fsdev=root,mount_tag=root "${shares[@]}" \
  -add-fd fd=7,set=1 -add-fd fd=8,set=2 -device virtio-serial-pci \
  -chardev file,id=out,path=/dev/fdset/1,append=on -device virtserialport,chardev=out,name=out \
  -chardev file,id=err,path=/dev/fdset/2,append=on -device virtserialport,chardev=err,name=err \
  -chardev "file,id=status,path=$run/status" -device virtserialport,chardev=status,name=status \
  </dev/null >"$run/qemu.log" 2>&1 &
qemu=$!
ended=0
wait "$qemu" || ended=$?
qemu=
if [ "$verbose" = yes ]; then
  cat "$run/console" "$run/qemu.log" >&2
  awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "run-in-vm: %.1f s\n", to - from }' >&2
fi
status=$(tr -d '\r\n' <"$run/status")
[ -n "$status" ] && exit "$status"
show_console
case $ended in
  124 | 137) printf 'run-in-vm: not ready after %s s\n' "$timeout_s" >&2; exit 124 ;;
  *) fail "the machine ended without an exit code (qemu: $ended)" ;;
esac
