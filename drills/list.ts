import type { FleetFacts } from "../config/fleet";
import type { Drill } from "./drill";

export interface DrillEntry {
  readonly name: string;
  /** What is broken. */
  readonly summary: string;
  /** What has to be seen, said before anything is broken. */
  readonly expects: string;
  /** Which acknowledged writes may be gone afterwards; left out: none. */
  readonly mayLose?: string;
  /**
   * Only where the watcher takes over, or only where it does not: there the same disaster looks
   * otherwise.
   */
  readonly failover?: boolean;
  /** Only where the backups have a third place. */
  readonly offsite?: boolean;
  readonly load: () => Promise<{ readonly drill: Drill }>;
}

const ONE_ALERT = "one alert, one all-clear, no other mail";

/** Every disaster that can be rehearsed; its file is loaded when it is run. */
export const DRILLS: readonly DrillEntry[] = [
  {
    name: "service-killed",
    summary: "a service's process is killed",
    expects: "systemd starts it again; not one mail",
    load: () => import("./service-killed"),
  },
  {
    name: "service-frozen",
    summary: "a service runs and does not answer",
    expects: `the watchdog restarts it; ${ONE_ALERT}`,
    load: () => import("./service-frozen"),
  },
  {
    name: "service-errors",
    summary: "a service answers 500 to everything",
    expects: `the other services answer; ${ONE_ALERT}`,
    load: () => import("./service-errors"),
  },
  {
    name: "service-slow",
    summary: "a service answers after longer than anybody waits",
    expects: `the other services answer; ${ONE_ALERT}`,
    load: () => import("./service-slow"),
  },
  {
    name: "service-crashing",
    summary: "a service dies as soon as it starts, again and again",
    expects: `the other services answer; ${ONE_ALERT}`,
    load: () => import("./service-crashing"),
  },
  {
    name: "service-out-of-memory",
    summary: "a service takes memory until it is ended for it",
    expects: `the other services answer; ${ONE_ALERT}`,
    load: () => import("./service-out-of-memory"),
  },
  {
    name: "service-leaking-handles",
    summary: "a service opens files until it may open no more",
    expects: `the other services answer; ${ONE_ALERT}`,
    load: () => import("./service-leaking-handles"),
  },
  {
    name: "wrong-release",
    summary: "a release whose program does not come up",
    expects: "rolled back by itself, with the program's words; the services answer; not one mail",
    load: () => import("./wrong-release"),
  },
  {
    name: "deploy-killed",
    summary: "./fleet up is killed while it changes a release",
    expects: "the old or the new release serves; the next up ends it; not one mail",
    load: () => import("./deploy-killed"),
  },
  {
    name: "nginx-stopped",
    summary: "nginx is stopped",
    expects: `the status page answers; ${ONE_ALERT}, though every service is down`,
    load: () => import("./nginx-stopped"),
  },
  {
    name: "nginx-misconfigured",
    summary: "nginx is restarted on a file, edited by hand, that it can't read",
    expects: ONE_ALERT,
    load: () => import("./nginx-misconfigured"),
  },
  {
    name: "dns-silent",
    summary: "the fleet's names are not resolved",
    expects: ONE_ALERT,
    load: () => import("./dns-silent"),
  },
  {
    name: "dns-records-gone",
    summary: "the services' records are deleted by hand",
    expects: `./fleet up --refresh makes them again; ${ONE_ALERT}`,
    load: () => import("./dns-records-gone"),
  },
  {
    name: "primary-dark",
    summary: "cut the primary's power; power on",
    expects: `the status page answers; ${ONE_ALERT}`,
    failover: false,
    load: () => import("./primary-dark"),
  },
  {
    name: "failover",
    summary: "cut the primary's power where the watcher takes over; power on",
    expects:
      "the static sites answer from the watcher, the others say that they are being repaired, nothing sent is taken; one alert, one all-clear, and a mail each way",
    failover: true,
    load: () => import("./failover"),
  },
  {
    name: "primary-unreachable",
    summary: "cut the primary's network",
    expects: `the status page answers; ${ONE_ALERT}`,
    failover: false,
    load: () => import("./primary-unreachable"),
  },
  {
    name: "primary-rebooted",
    summary: "reboot the primary, announced",
    expects: "every service is back by itself; not one mail",
    load: () => import("./primary-rebooted"),
  },
  {
    name: "security-upgrade",
    summary: "a security upgrade of a library that nginx, the services and D-Bus have; its reboot",
    expects:
      "what runs is restarted onto it, the rest by a reboot; both are said; no mail but that of the announcement",
    load: () => import("./security-upgrade"),
  },
  {
    name: "primary-disk-full",
    summary: "fill the primary's disk",
    expects: ONE_ALERT,
    load: () => import("./primary-disk-full"),
  },
  {
    name: "primary-overloaded",
    summary: "thirty programs on the primary want all of the processor",
    expects: "not one mail",
    load: () => import("./primary-overloaded"),
  },
  {
    name: "clock-wrong",
    summary: "the services' clocks are a day ahead",
    expects: "the services go on; not one mail",
    load: () => import("./clock-wrong"),
  },
  {
    name: "primary-lost",
    summary: "delete the primary; ./fleet recover primary",
    expects: `every service and the last comment before the backup are back; ${ONE_ALERT}`,
    mayLose: "what was written after the newest backup",
    failover: false,
    load: () => import("./primary-lost"),
  },
  {
    name: "primary-rebuilt",
    summary: "./fleet rebuild primary, twice: another machine takes over, and a third",
    expects: "no write that was acknowledged is lost; not one mail",
    load: () => import("./primary-rebuilt"),
  },
  {
    name: "backup-poisoned",
    summary: "a backup is taken while a service's data is gone",
    expects: `it is never what would be restored; ${ONE_ALERT}`,
    load: () => import("./backup-poisoned"),
  },
  {
    name: "data-deleted",
    summary: "rm -rf of a service's data; ./fleet restore",
    expects: `what was written before the last backup is back; ${ONE_ALERT}`,
    load: () => import("./data-deleted"),
  },
  {
    name: "table-dropped",
    summary: "a table is dropped by hand; ./fleet restore --table",
    expects: `the table is back, the rest of the database stays; ${ONE_ALERT}`,
    load: () => import("./table-dropped"),
  },
  {
    name: "primary-compromised",
    summary: "somebody has had the primary as root; ./fleet recover primary --compromised --at",
    expects:
      "every key is another one, the old certificate revoked, its account closed, data of before, no hook",
    mayLose: "what was written after the time that is given",
    load: () => import("./primary-compromised"),
  },
  {
    name: "watcher-dark",
    summary: "cut the watcher's power; power on",
    expects: `the services go on; ${ONE_ALERT}, by the primary`,
    load: () => import("./watcher-dark"),
  },
  {
    name: "watcher-unreachable",
    summary: "cut the watcher's network",
    expects:
      "the services go on; one alert by the primary, none about the primary; one all-clear, and the watcher's own word of its blindness",
    load: () => import("./watcher-unreachable"),
  },
  {
    name: "watcher-rebooted",
    summary: "reboot the watcher, announced",
    expects: "the services go on; not one mail",
    load: () => import("./watcher-rebooted"),
  },
  {
    name: "watcher-disk-full",
    summary: "fill the watcher's disk",
    expects: `the services go on; ${ONE_ALERT}`,
    load: () => import("./watcher-disk-full"),
  },
  {
    name: "watcher-inodes-gone",
    summary: "use up the watcher's inodes",
    expects: `the services go on; ${ONE_ALERT}`,
    load: () => import("./watcher-inodes-gone"),
  },
  {
    name: "watcher-lost",
    summary: "delete the watcher; ./fleet recover watcher",
    expects:
      "the services go on; one alert, by the primary; the new one watches, has a backup, and knows the incident that was open",
    load: () => import("./watcher-lost"),
  },
  {
    name: "both-lost",
    summary: "delete both machines; ./fleet recover --from-repository",
    expects:
      "the recovery kit opens the third place; every service and the last comment before the backup are back; not one mail",
    mayLose: "what was written after the newest backup in the third place",
    offsite: true,
    load: () => import("./both-lost"),
  },
  {
    name: "partition",
    summary: "cut the link between the two machines, and no other",
    expects: "the services go on",
    load: () => import("./partition"),
  },
  {
    name: "relay-down",
    summary: "the mail relay is down in the middle of an outage",
    expects: `the alert leaves once the relay is there again; ${ONE_ALERT}`,
    load: () => import("./relay-down"),
  },
  {
    name: "slow-link",
    summary: "each packet of the primary takes 150 ms longer",
    expects: "the services go on; not one mail",
    load: () => import("./slow-link"),
  },
  {
    name: "lossy-link",
    summary: "3 % of the primary's packets are lost",
    expects: "not one mail",
    load: () => import("./lossy-link"),
  },
  {
    name: "cloud-api-down",
    summary: "DigitalOcean's API answers 503 to every call",
    expects: "the services go on; not one mail",
    load: () => import("./cloud-api-down"),
  },
];

/** Why a drill is left out on this fleet. */
export const misfit = (
  { name, failover, offsite }: Pick<DrillEntry, "name" | "failover" | "offsite">,
  fleet: Pick<FleetFacts, "failover" | "offsite">,
): string | undefined => {
  if (offsite && fleet.offsite === undefined)
    return `${name} is left out: the backups have no third place. Name one (docs/backups.md), and run ./fleet up`;
  const isOn = fleet.failover !== undefined;
  if (failover === undefined || failover === isOn) return undefined;
  return isOn
    ? `${name} is left out: the watcher takes over here. The same with that: ./fleet drill failover`
    : `${name} is left out: fleet.yaml has no failover. Add the key, and run ./fleet up`;
};
