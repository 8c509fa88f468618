#!/bin/sh
# Reports on descriptor 3 what a daemon ran it for: the number of items that follow, its own name, the arguments, then the
# environment. Each item is ended by NUL, and an empty item ends the event. ip-down.sh is the same under another name.
name=${0##*/}
printf '%s\0' "$(($# + 1))" "${name%.sh}" "$@" >&3
env -0 >&3
printf '\0' >&3
