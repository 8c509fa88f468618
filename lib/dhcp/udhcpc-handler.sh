#!/bin/sh
# Reports a DHCP event on standard output: the number of arguments, the arguments, the environment. Each item is ended by
# NUL, and an empty item ends the event. Both udhcpc and udhcpd run it; signals for them must not cut an event short.
trap '' USR1 USR2
printf '%s\0' "$#" "$@"
env -0
printf '\0'
