#!/bin/sh
# First process of a world: runs the command, passes SIGINT and SIGTERM on to it, ends with its status. Like any init it
# reaps orphans, which Node would not do: a daemon that outlived its parent would stay a zombie, and look alive.
exec 3<&0
"$@" <&3 3<&- &
child=$!
trap 'kill -INT $child' INT
trap 'kill -TERM $child' TERM
while :; do
  wait $child
  status=$?
  # A signal of ours ends `wait` early; the command is then still there.
  kill -0 $child 2>/dev/null || exit $status
done
