#!/bin/bash
# run-files.sh LIST NODE: runs compiled test files inside the virtual machine, one after the other. Each line of LIST is NAME, FILE and
# its time limit in seconds, separated by tabs. Called by scripts/vm/run-files.mjs, which reads the marked lines.
set -uo pipefail
here=$(dirname "$(realpath "$0")")
# Let code see that no network namespace of anybody's is touched: this whole machine is ours.
export VINTAGE_NET_OUTER_NETNS=none VINTAGE_NET_VM=1 NO_COLOR=1 FORCE_COLOR=0
while IFS=$'\t' read -r name file limit; do
  printf '\n\x1ebegin\t%s\n' "$name"
  # The radios are in the machine's own network namespace, so that is shared; what a file leaves behind ends with its processes.
  timeout --signal KILL "$limit" unshare --mount --pid --fork --mount-proc --kill-child \
    sh "$here/../../scripts/world-init.sh" "$2" --enable-source-maps "$file" 2>&1 </dev/null
  printf '\n\x1eend\t%s\t%s\n' "$name" $?
done <"$1"
