#!/bin/sh
# begin.sh FOLDER CHECKOUT: first process of namespaces of its own (process, mount, IPC, host name); goes on in root.sh with a cgroup
# namespace too, so that systemd finds an empty tree of cgroups that it may arrange.
set -eu
folder=$1 checkout=$2
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$folder"
mkdir "$folder/cgroup" "$folder/upper" "$folder/work" "$folder/root"
# Wherever this machine has its cgroups: the same tree once more.
mount -t cgroup2 cgroup2 "$folder/cgroup"
own=$(mktemp -d "$folder/cgroup/vintage-net-XXXXXX")
echo $$ >"$own/cgroup.procs"
umount "$folder/cgroup"
exec unshare --cgroup sh "$(dirname "$0")/root.sh" "$folder" "$checkout"
