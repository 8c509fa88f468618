#!/bin/sh
# root.sh FOLDER CHECKOUT: makes a root directory out of the present one, with the checkout installed as npm would, and starts systemd in it.
set -eu
folder=$1 checkout=$2 root=$1/root
here=$(dirname "$0")

# The present root below a layer in memory: nothing that is written reaches it.
mount -t overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" overlay "$root"
mount -t proc proc "$root/proc"
# Of the kernel's parameters those of the network namespace alone may be written.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  : >"$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s /proc/self/fd "$root/dev/fd"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/var"
mkdir -p "$root/var/lib" "$root/var/log"
mkdir -m 1777 "$root/var/tmp"

# Nothing of this machine's own services starts.
rm -rf "$root/etc/systemd/system" "$root/etc/fstab"
mkdir -p "$root/etc/systemd/system" "$root/etc/vintage-net"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
cp "$here/machine.target" "$checkout/examples/service/vintage-net.service" "$root/etc/systemd/system/"
cp "$checkout/examples/service/config.json" "$root/etc/vintage-net/"

# What `npm install --global` leaves behind, and the line of the unit's own comment.
mkdir -p "$root/usr/lib/node_modules/vintage-net"
mount --bind -o ro "$checkout" "$root/usr/lib/node_modules/vintage-net"
ln -sf ../lib/node_modules/vintage-net/dist/cli/main.js "$root/usr/bin/vintage-net"
chroot "$root" useradd --system --no-create-home vintage-net

cd "$root"
mkdir -p old
pivot_root . old
umount -l /old
# With this variable systemd knows that the hardware is not its own.
exec env -i container=vintage-net-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=machine.target --show-status=no --log-target=journal </dev/null
