import { readFileSync, rmSync } from "node:fs";

import type {
  CertificateCopy,
  FailoverOrder,
  FailoverReport,
  FailoverSettings,
} from "@second-server/contract/failover";
import { SECRETS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";
import type { Role } from "@second-server/contract/roles";

import { type Log, reason } from "../adapters/log";
import { instant } from "../alerts/words";
import { writeAtomically } from "../store/state-file";
import { type AddressRecord, type DigitalOcean, Refusal, digitalOcean } from "./domain-records";

/** What the unit is handed, and where it leaves its word. */
export interface LeadDeps {
  readonly settings: FailoverSettings;
  readonly order: Partial<FailoverOrder>;
  readonly api: DigitalOcean;
  readonly now: () => number;
  readonly paths: Readonly<
    Record<"failoverReport" | "repairPage" | "repairPageShown" | "certificateCopy", string>
  >;
}

const DAY_MS = 86_400_000;

const readJson = <Value>(path: string): Value | undefined => {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Value;
  } catch {
    return undefined;
  }
};

/** By nginx, and by the Observatory. */
const READABLE = 0o644;

/** The page with the instant in it; without one it says none. */
const showPage = ({ paths, order: { since } }: LeadDeps): void => {
  const words = since === undefined ? "" : ` (since ${instant(since)})`;
  writeAtomically(
    paths.repairPageShown,
    readFileSync(paths.repairPage, "utf8").replace("<!--since-->", words),
    READABLE,
  );
};

const addressOf = (records: readonly AddressRecord[], host: string): string => {
  const address = records.find((one) => one.host === host)?.address;
  if (address === undefined)
    throw new Refusal(404, `${host} has no A record. Make it again: ./fleet up --refresh`);
  return address;
};

/** Visitors would be shown a certificate that their browsers refuse: nothing would be gained. */
const ensureCertificate = ({ paths, now }: LeadDeps): void => {
  const { until, problem } = readJson<CertificateCopy>(paths.certificateCopy) ?? {};
  if (until === undefined || Date.parse(until) <= now())
    throw new Refusal(
      409,
      `the watcher has no valid copy of the primary's certificate: ${problem ?? until ?? "none yet"}`,
    );
};

interface Led {
  readonly active: Role;
  readonly moved: readonly string[];
  readonly held?: string;
  /** The token was seen to be allowed to change a record. */
  readonly proven: boolean;
}

/** That it may be changed shows only when it is: to what it is. */
const prove = async (
  { settings: { domain }, api, now }: LeadDeps,
  record: AddressRecord | undefined,
  before: FailoverReport | undefined,
): Promise<boolean> => {
  const isRecent = now() - Date.parse(before?.provenAt ?? "") < DAY_MS;
  if (isRecent || record === undefined) return false;
  await api.point(domain, record, record.address);
  return true;
};

const lead = async (deps: LeadDeps, before: FailoverReport | undefined): Promise<Led> => {
  const { settings, order, api } = deps;
  const { domain, hosts, machines, witness } = settings;
  const records = await api.records(domain);
  const to = order.to ?? "primary";
  const address = addressOf(records, machines[to]);
  const own = records.filter(({ host }) => hosts.includes(host));
  const astray = own.filter((one) => one.address !== address);
  if (to === "watcher" && astray.length > 0) {
    ensureCertificate(deps);
    const isUnderWay = before?.order === order.number && before?.active === "watcher";
    if (!order.byHand && !isUnderWay && !(await api.isDown(witness)))
      return {
        active: "primary",
        moved: [],
        held: "DigitalOcean's own check finds the primary well",
        proven: false,
      };
  }
  if (to === "watcher") showPage(deps);
  for (const record of astray) await api.point(domain, record, address);
  if (to === "primary") rmSync(deps.paths.repairPageShown, { force: true });
  for (const host of hosts) addressOf(records, host);
  const proven = astray.length > 0 || (await prove(deps, own[0], before));
  return { active: to, moved: astray.map(({ host }) => host), proven };
};

/** Carries out the newest order, or sees that it still is; leaves its word for the Observatory. */
export const leadNames = async (deps: LeadDeps): Promise<FailoverReport> => {
  const { order, now, paths } = deps;
  const before = readJson<FailoverReport>(paths.failoverReport);
  const at = new Date(now()).toISOString();
  const number = order.number ?? 0;
  let report: FailoverReport;
  try {
    const { proven, ...led } = await lead(deps, before);
    const provenAt = proven ? at : before?.provenAt;
    report = { at, order: number, ...led, ...(provenAt === undefined ? {} : { provenAt }) };
  } catch (error) {
    const passing = !(error instanceof Refusal) || error.passes;
    report = {
      at: passing ? (before?.at ?? at) : at,
      order: number,
      moved: [],
      error: reason(error),
      ...(passing ? { passing } : {}),
      ...(before?.active === undefined ? {} : { active: before.active }),
      ...(before?.provenAt === undefined || !passing ? {} : { provenAt: before.provenAt }),
    };
  }
  writeAtomically(paths.failoverReport, `${JSON.stringify(report)}\n`, READABLE);
  return report;
};

/** `monitor lead-names`: the one that systemd starts, with the token and the order as credentials. */
export const runLeadNames = async (settings: FailoverSettings, log: Log): Promise<number> => {
  const folder = process.env["CREDENTIALS_DIRECTORY"] ?? PATHS.failoverSecrets;
  const token = readFileSync(`${folder}/${SECRETS.failoverToken}`, "utf8").trim();
  const order = readJson<Partial<FailoverOrder>>(`${folder}/order`) ?? {};
  const { active, moved, error, held } = await leadNames({
    settings,
    order,
    api: digitalOcean(token),
    now: Date.now,
    paths: PATHS,
  });
  if (error !== undefined) log.error(error);
  else if (held !== undefined) log.warn(`order ${order.number ?? 0} is held back: ${held}`);
  else if (moved.length > 0) log.warn(`led to the ${active ?? "?"}: ${moved.join(", ")}`);
  return error === undefined ? 0 : 1;
};
