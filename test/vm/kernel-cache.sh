#!/bin/bash
# kernel-cache.sh DIR: makes DIR/kernel of Debian's kernel package, once. In it: vmlinux, its modules, release, and
# base.cpio, an initramfs with busybox and the modules that reach the root. Called by run-in-vm.sh.
set -euo pipefail
cache=${1:?}
fail() { printf 'kernel-cache: %s\n' "$*" >&2; exit 1; }

# Downloads a Debian package into the present directory, without installing it.
download() { apt-get -qq download "$1" 2>apt.log || { cat apt.log >&2; fail "cannot download $1"; }; }

# Only what a test of networks may want: a third of the package.
unpack_kernel() {
  local package part parts=()
  package=$(apt-cache depends linux-image-amd64 2>/dev/null | awk '/Depends: linux-image-/ { print $2; exit }')
  [ -n "$package" ] || fail 'apt knows no linux-image-amd64: run apt-get update'
  download "$package"
  for part in net crypto lib arch fs block drivers/{net,usb,virtio,char,block,tty,gpio,bluetooth}; do
    parts+=("./lib/modules/*/kernel/$part/*")
  done
  mkdir kernel
  dpkg-deb --fsys-tarfile linux-image-*.deb |
    tar -x -C kernel --wildcards './boot/vmlinuz-*' './lib/modules/*/modules.*' "${parts[@]}"
  basename kernel/lib/modules/* >kernel/release
  depmod -b kernel "$(cat kernel/release)" 2>/dev/null
}

# The boot image is an xz stream behind a loader. Unpacked here it saves an emulated machine seconds; QEMU starts the
# ELF file by its PVH note.
unpack_image() {
  local offset
  offset=$(LC_ALL=C grep -abo -m1 $'\xFD7zXZ' kernel/boot/vmlinuz-* | head -1 | cut -d: -f1)
  [ -n "$offset" ] || fail 'no xz stream in the kernel image'
  # xz complains of what stands behind the stream; whether all is there, the next line sees.
  tail -c "+$((offset + 1))" kernel/boot/vmlinuz-* | xz -dcq --single-stream >kernel/vmlinux 2>/dev/null || true
  [ "$(head -c 4 kernel/vmlinux | tail -c 3)" = ELF ] || fail 'cannot unpack the kernel image'
  rm -r kernel/boot
}

# The static busybox of this machine, or one of its package: the packages of both kinds exclude each other.
static_busybox() {
  local found
  found=$(command -v busybox || true)
  if [ -z "$found" ] || ldd "$found" >/dev/null 2>&1; then
    download busybox-static
    dpkg-deb --fsys-tarfile busybox-static_*.deb | tar -x --wildcards '*bin/busybox'
    found=$(find . -path '*bin/busybox' -type f | head -1)
  fi
  cp "$found" "$1"
}

make_initramfs() {
  local module file
  mkdir -p root/{bin,dev,proc,sys,lib,mnt,new}
  static_busybox root/bin/busybox
  : >root/modules.list
  for module in virtio_pci virtio_console 9pnet_virtio 9p overlay; do
    for file in $(modprobe -d "$PWD/kernel" -S "$(cat kernel/release)" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'); do
      [ -e "root/lib/${file##*/}" ] && continue
      cp "$file" root/lib/
      echo "${file##*/}" >>root/modules.list
    done
  done
  (cd root && find . | cpio --quiet -o -H newc) >kernel/base.cpio
}

[ -e "$cache/kernel/base.cpio" ] && exit 0
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
[ -e "$cache/kernel/base.cpio" ] && exit 0
# Made aside and renamed, so that whoever is killed leaves no half of it.
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
unpack_kernel
unpack_image
make_initramfs
rm -rf "$cache/kernel"
mv kernel "$cache/kernel"
