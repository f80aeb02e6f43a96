import type { FleetFacts } from "../../config/fleet";
import { type Paint, table } from "../progress/text";
import type { Verdict } from "./verdict";

const days = (iso: string | undefined, now: number): string => {
  if (iso === undefined) return "-";
  const left = Math.floor((Date.parse(iso) - now) / 86_400_000);
  return `${iso.slice(0, 10)} (${left} days)`;
};

export const serviceTable = (verdicts: readonly Verdict[], now: number, paint: Paint): string => {
  const rows = verdicts.map(
    ({ name, url, status, latencyMs, certificateExpires, observed, ok, error }) => [
      name,
      url,
      status === undefined ? "-" : String(status),
      latencyMs === undefined ? "-" : `${Math.round(latencyMs)} ms`,
      days(certificateExpires, now),
      observed ? "yes" : "not yet",
      ok ? "ok" : (error ?? "failed"),
    ],
  );
  const [header, rule, ...lines] = table(
    ["SERVICE", "ADDRESS", "HTTP", "LATENCY", "CERTIFICATE UNTIL", "OBSERVED", ""],
    rows,
  );
  return [
    paint("bold", header ?? ""),
    rule ?? "",
    ...lines.map((line, index) => paint(verdicts[index]?.ok ? "green" : "red", line)),
  ].join("\n");
};

/**
 * DigitalOcean's list prices: two droplets; a reserved IP that is assigned costs nothing, nor do
 * DNS and firewalls.
 */
export const monthlyCost = ({ primary, watcher }: FleetFacts): number =>
  primary.monthlyUsd + watcher.monthlyUsd;

export interface Addresses {
  readonly primary: string;
  readonly watcher: string;
  readonly floatingIp: string;
}

export const addressBlock = (
  fleet: FleetFacts,
  { primary, watcher, floatingIp }: Addresses,
): string =>
  [
    `primary      ${primary.padEnd(15)}  ${fleet.primary.size}, ${fleet.primary.region}`,
    `watcher      ${watcher.padEnd(15)}  ${fleet.watcher.size}, ${fleet.watcher.region}`,
    `floating IP  ${floatingIp.padEnd(15)}  held by the primary`,
    `cost         $${monthlyCost(fleet).toFixed(2)} a month for the same fleet on DigitalOcean ($${fleet.primary.monthlyUsd} + $${fleet.watcher.monthlyUsd})`,
  ].join("\n");

export const nextSteps = (fleet: FleetFacts, local: boolean): string => {
  const first = fleet.services[0]?.host ?? fleet.domain;
  const steps = local
    ? [
        [
          "./fleet net -- curl https://" + first + "/",
          "visit a service from inside the local network",
        ],
        ["./fleet drill primary-dark", "cut the primary's power and watch the alert come and go"],
        ["./fleet drill primary-lost", "lose the primary and get everything back"],
        ["./fleet ssh primary", "look around"],
        ["./fleet destroy", "leave nothing but the image cache"],
      ]
    : [
        [`curl https://${first}/`, "visit a service"],
        ["./fleet ssh primary", "look around"],
        [`https://${fleet.status.host}/`, "the status page"],
      ];
  const width = Math.max(...steps.map(([command]) => command?.length ?? 0));
  return [
    "Next:",
    ...steps.map(([command, why]) => `  ${(command ?? "").padEnd(width)}   ${why}`),
  ].join("\n");
};
