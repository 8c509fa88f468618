#!/bin/sh
# Reports a DHCP event on standard output: its name and the environment, each ended by NUL; an empty item ends the event.
printf '%s\0' "$1"
env -0
printf '\0'
