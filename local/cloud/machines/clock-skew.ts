import { enter } from "./enter";
import { initOf } from "./init";
import type { Surroundings } from "./surroundings";
import { unitName } from "./unit-name";

/**
 * Linux has no namespace for the time of day, so a machine's kernel keeps the host's. What can be
 * skewed is what its services read: Debian's libfaketime, preloaded by a drop-in under /run (a
 * reboot ends it). They are restarted to take it up. Not reached: PID 1 and its timers, times of
 * files, statically linked programs (Go's), and commands of the recovery console.
 */
export interface ClockSkew {
  readonly dropletId: number;
  readonly seconds: number;
  /** One unit; else the machine's services. */
  readonly unit?: string;
}

const LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
const DROP_IN = "90-clock-skew.conf";

/** A machine that stands still would hold us up for ever. */
const shell = async (
  around: Surroundings,
  dropletId: number,
  seconds: number,
  script: string,
  ...args: string[]
): Promise<string> => {
  const { code, stdout, stderr } = await enter(around, dropletId, [
    "timeout",
    String(seconds),
    "sh",
    "-ec",
    script,
    "sh",
    ...args,
  ]);
  if (code === 0) return stdout;
  throw new Error(
    code === 124
      ? `droplet ${dropletId} did not do it within ${seconds} s`
      : (stderr.trim() || stdout.trim()).split("\n").slice(-2).join(" / "),
  );
};

// The machine's own plumbing goes on: logins and the bus would be lost, and nobody reads the time
// from them.
const RESTART_SCRIPT = `
systemctl daemon-reload
[ "$unit" ] || unit=$(systemctl list-units --type=service --state=running --plain --no-legend | cut -d' ' -f1 | grep -vE '^(systemd-|dbus|.*getty@|console-getty|user@|cloud-)' || true)
# What does not come up with such a clock is what the fault is there to show.
[ -z "$unit" ] || systemctl try-restart $unit || true`;

/**
 * apt waits for dpkg's locks by itself, and fails at once where another one has those of lists or
 * archives: then it is asked again until the time is up.
 */
const INSTALL_SCRIPT = `
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt() {
  until said=$(apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" 2>&1 >/dev/null); do
    case $said in
      *"Could not get lock"* | *"Unable to lock"* | *"Unable to acquire"*) sleep 2 ;;
      *) echo "$said" >&2; return 1 ;;
    esac
  done
}
[ -e "$1" ] || { apt update && apt install libfaketime; }`;

const install = async (around: Surroundings, dropletId: number): Promise<void> => {
  await shell(around, dropletId, 180, INSTALL_SCRIPT, LIBRARY).catch((error: Error) => {
    throw new Error(
      `droplet ${dropletId}: the clock is skewed by Debian's libfaketime, which could not be installed there: ${error.message}`,
    );
  });
};

const configuration = (seconds: number): string =>
  [
    "[Service]",
    `Environment=LD_PRELOAD=${LIBRARY} FAKETIME=${seconds < 0 ? "" : "+"}${seconds}`,
    // What measures a time by the steady clock measures it right: only the time of day is off.
    "Environment=FAKETIME_DONT_FAKE_MONOTONIC=1",
    "",
  ].join("\n");

/**
 * One unit's drop-ins, or those that all services read. A user's own service manager, like PID 1,
 * does not work with two clocks: an empty file of the same name spares it.
 */
const placesOf = ({ unit }: Pick<ClockSkew, "unit">): { folders: string; unit: string } =>
  unit === undefined
    ? { folders: "service.d user@.service.d", unit: "" }
    : { folders: `${unitName(unit)}.d`, unit: unitName(unit) };

export const skewClock = async (around: Surroundings, fault: ClockSkew): Promise<void> => {
  const { folders, unit } = placesOf(fault);
  await install(around, fault.dropletId);
  if (unit) await shell(around, fault.dropletId, 30, 'systemctl cat "$1" >/dev/null', unit);
  const script =
    `unit=$2; cd /run/systemd/system; mkdir -p $1; for folder in $1; do : >"$folder/${DROP_IN}"; ` +
    `done; printf %s "$3" >"\${1%% *}/${DROP_IN}"; ${RESTART_SCRIPT}`;
  await shell(around, fault.dropletId, 120, script, folders, unit, configuration(fault.seconds));
};

/** Without a fault: whatever was skewed. Fine when nothing was, and when the machine is off. */
export const rightClock = async (
  around: Surroundings,
  dropletId: number,
  fault?: ClockSkew,
): Promise<void> => {
  if ((await initOf(around.host, around.paths.id, dropletId)) === undefined) return;
  const { folders, unit } = fault ? placesOf(fault) : { folders: "*.d", unit: "" };
  const script =
    `unit=$2; cd /run/systemd/system; found=; for folder in $1; do [ ! -e "$folder/${DROP_IN}" ` +
    `] || { found=yes; rm -f "$folder/${DROP_IN}"; }; done; [ "$found" ] || exit 0; ` +
    `${RESTART_SCRIPT}`;
  await shell(around, dropletId, 120, script, folders, unit);
};
