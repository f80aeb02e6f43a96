#!/bin/sh
# Keeps one machine running for as long as it wants to: exit status 133 is its reboot. A process of its own, so machines outlive
# the daemon; not inside the machine's own group on cgroup2, where nspawn needs the group for itself.
# Arguments: the command that runs the machine. Environment: SUPERVISOR_GROUPS (folders), BOX (the machine's own folder), NETNS.
for group in $SUPERVISOR_GROUPS; do echo $$ >"$group/cgroup.procs" || exit 99; done
while :; do
  # A boot of its own begins at 0: a time namespace, where the kernel has one. Outside of the box, where nspawn has to be alone.
  since=; [ -e /proc/self/ns/time ] && since="unshare --time --boottime -$(cut -d. -f1 /proc/uptime) --fork"
  $since sh -c 'echo $$ >"$BOX/cgroup.procs" && unset BOX SUPERVISOR_GROUPS NETNS && exec "$@"' sh "$@"
  [ $? = 133 ] || exit
  # The groups that nspawn has made in the box have its controllers, and a group that hands controllers down takes no process: the next boot needs a new one.
  tries=0; while [ -e "$BOX" ] && [ $tries -lt 100 ]; do find "$BOX" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1; tries=$((tries + 1)); done
  mkdir -p "$BOX"
  ip -n "$NETNS" link set eth0 down; ip -n "$NETNS" addr flush dev eth0
  ip -n "$NETNS" link set eth1 down; ip -n "$NETNS" addr flush dev eth1
done
