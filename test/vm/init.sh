#!/bin/busybox sh
# First process of the virtual machine: mounts the file system of the machine outside, read-only below a layer in memory,
# and goes on in it with init-command.sh.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
mount -t sysfs sys /sys
while read -r module; do insmod "/lib/$module"; done </modules.list
. /run.conf
share=trans=virtio,version=9p2000.L,msize=512000

mkdir -p /mnt/lower /mnt/memory
mount -t 9p -o "$share,ro,cache=loose" root /mnt/lower || exec echo 'no root'
mount -t tmpfs -o size=90%,mode=755 tmpfs /mnt/memory
mkdir -m 755 /mnt/memory/upper /mnt/memory/work
mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/memory/upper,workdir=/mnt/memory/work overlay /new
i=0
for directory in $VM_WRITABLE; do
  directory=$(printf '%b' "$directory")
  mkdir -p "/new$directory"
  mount -t 9p -o "$share" "rw$i" "/new$directory" || exec echo "no share $directory"
  i=$((i + 1))
done
mkdir -p "/new/lib/modules/$VM_RELEASE"
mount --bind "/new$VM_KERNEL/lib/modules/$VM_RELEASE" "/new/lib/modules/$VM_RELEASE"

for kept in proc sys dev; do mount --move "/$kept" "/new/$kept"; done
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /new/dev/pts
mount -t tmpfs tmpfs /new/dev/shm
mount -t tmpfs -o mode=755 tmpfs /new/run
mount -t debugfs debugfs /new/sys/kernel/debug
mount -t cgroup2 cgroup2 /new/sys/fs/cgroup
ln -s /proc/self/fd /new/dev/fd
ln -s /proc/self/fd/0 /new/dev/stdin
ln -s /proc/self/fd/1 /new/dev/stdout
ln -s /proc/self/fd/2 /new/dev/stderr
mkdir -p /new/run/vm /new/run/lock /new/run/netns
cp /run.conf /init-command /command /bin/busybox /new/run/vm/
exec switch_root /new /run/vm/busybox sh /run/vm/init-command
