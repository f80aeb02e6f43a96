import type { Layer } from "@second-server/contract/check-settings";

import type { CheckState, Watched } from "./check-state";

const ranks: Readonly<Record<Layer, number>> = {
  dns: 1,
  primary: 2,
  nginx: 3,
  service: 4,
  certificate: 4,
  data: 4,
};

/** Nothing stands on it, but for TLS on a certificate. */
export const isTop = ({ layer }: Watched): boolean => ranks[layer] === 4;

/**
 * A machine on which nothing can be written any more, and what fails for that reason: its services,
 * and the backups, which need both machines' disks.
 */
export const couldExplain = ({ check: { kind }, machine }: Watched, upper: Watched): boolean =>
  kind === "host" &&
  (upper.check.kind === "backup" ||
    upper.check.kind === "repository" ||
    upper.check.kind === "offsite" ||
    (upper.layer === "service" && upper.service !== undefined && upper.machine === machine));

/** Something may stand on it. */
export const isBase = (one: Watched): boolean =>
  !isTop(one) || one.layer === "certificate" || one.check.kind === "host";

/** What `upper` stands on by its place, whatever it fails for. */
export const below = (lower: Watched, upper: Watched): boolean =>
  lower.machine === upper.machine && ranks[lower.layer] < ranks[upper.layer];

/** What a run said of its failure. */
export type Failure = Pick<CheckState, "stage" | "late" | "exhausted">;

const isBehindCertificate = ({ layer, service }: Watched): boolean =>
  layer === "nginx" || (layer === "service" && service !== undefined);

/**
 * Whether a failure of this kind may come from that layer: what was answered had a name, a way and
 * a certificate. Where the run does not say what it failed at, all that is below counts.
 */
export const mayExplain = (lower: Watched, upper: Watched, { stage, late }: Failure): boolean => {
  switch (stage) {
    case undefined:
      return below(lower, upper);
    case "name":
      return (
        lower.layer === "dns" &&
        upper.layer !== "dns" &&
        (upper.inZone === true || below(lower, upper))
      );
    case "connection":
    case "tls":
      return lower.layer !== "dns" && below(lower, upper);
    case "certificate":
      return lower.layer === "certificate"
        ? lower.machine === upper.machine && isBehindCertificate(upper)
        : lower.layer === "nginx" && below(lower, upper) && upper.layer !== "certificate";
    case "answer":
      return (
        (lower.layer === "nginx" || (late === true && lower.layer === "primary")) &&
        below(lower, upper)
      );
  }
};

/**
 * Whether the lower check, failing as it does, is why the upper one fails. One that was not reached
 * by its own name says nothing of what was reached, a certificate that ends in a week is no reason,
 * and a machine that tells of its full disk is told.
 */
export const explains = (lower: Watched, low: Failure, upper: Watched, up: Failure): boolean => {
  if (low.exhausted === true && couldExplain(lower, upper)) return true;
  if (up.exhausted === true || (isTop(lower) && lower.layer !== "certificate")) return false;
  if (low.stage === "name" && up.stage !== undefined && up.stage !== "name") return false;
  if (lower.layer === "certificate" && low.stage !== "certificate") return false;
  return mayExplain(lower, upper, up);
};
