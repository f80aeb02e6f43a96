import { ADOPTED_ZONE } from "../config/existing-zone";
import type { FleetFacts } from "../config/fleet";
import { ANSWERS, type DomainRecord, read } from "./api-answers";
import type { Context } from "./context";
import { type Ask, askCloud } from "./droplets";
import { type StoredResource, readResources } from "./engine/state";
import { Refused, cannotRun } from "./errors";
import { loadLab } from "./lab";

const PER_PAGE = 200;
/** What would answer for one of our names besides ours. */
const ADDRESSING = new Set(["A", "AAAA", "CNAME"]);

/** Undefined where DigitalOcean has no such zone. */
const recordsOf = async (
  ask: Ask,
  domain: string,
): Promise<readonly DomainRecord[] | undefined> => {
  const found: DomainRecord[] = [];
  for (let page = 1; ; page += 1) {
    try {
      const { domain_records: records } = read(
        ANSWERS.records,
        await ask("GET", `/v2/domains/${domain}/records?per_page=${PER_PAGE}&page=${page}`),
      );
      found.push(...records);
      if (records.length < PER_PAGE) return found;
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    }
  }
};

const hostOf = ({ name }: DomainRecord, domain: string): string =>
  name === "@" ? domain : `${name}.${domain}`;

/**
 * Records that are not the stack's and would answer for its names: visitors would be led to one or
 * the other.
 */
export const rivals = (
  { domain, services, status, primary }: FleetFacts,
  records: readonly DomainRecord[],
): readonly string[] => {
  const ours = new Set([...services, status, primary].map(({ host }) => host));
  return records
    .filter((record) => ADDRESSING.has(record.type) && ours.has(hostOf(record, domain)))
    .map((record) => `${record.type} ${hostOf(record, domain)} → ${record.data}`);
};

const isInState = (resources: readonly StoredResource[], domain: string): boolean =>
  resources.some(
    ({ type, id, delete: going }) =>
      type === "digitalocean:index/domain:Domain" && id === domain && going !== true,
  );

/**
 * The zone's other records, where DigitalOcean has the zone and the stack does not: it has to be
 * taken over.
 */
export const strangersIn = async (
  ask: Ask,
  domain: string,
  resources: readonly StoredResource[],
): Promise<readonly DomainRecord[] | undefined> =>
  isInState(resources, domain) ? undefined : await recordsOf(ask, domain);

/**
 * Takes a zone over that is there already: creating it would be refused (422). Its records stay
 * whatever becomes of the stack, and one that answers for a name of the fleet's is refused before
 * anything is made.
 */
export const adoptZone = async (
  context: Context,
  fleet: FleetFacts,
  say: (text: string) => void,
): Promise<void> => {
  const { domain } = fleet;
  const ask = await askCloud(context, "up");
  const records = await strangersIn(ask, domain, (await readResources(context)) ?? []);
  if (records === undefined) return;
  const found = rivals(fleet, records);
  if (found.length > 0)
    throw cannotRun(
      [
        `fleet: the zone ${domain} is at DigitalOcean already, and has records for names of this fleet:`,
        ...found.map((line) => `  ${line}`),
        "Nothing was touched. Delete those records (the names will lead to this fleet instead), or give the services other hosts in fleet.yaml.",
      ].join("\n"),
    );
  const others = records.filter(({ type }) => type !== "SOA" && type !== "NS").length;
  say(
    `The zone ${domain} is at DigitalOcean already: it is taken over. Its ${others === 1 ? "one other record stays" : `${others} other records stay`}, and neither \`destroy\` nor another domain deletes the zone.`,
  );
  process.env[ADOPTED_ZONE] = domain;
};

/** For `preview`, which needs no cloud: where none can be asked, nothing is said. */
export const previewAdoption = async (
  context: Context,
  fleet: FleetFacts,
  say: (text: string) => void,
): Promise<void> => {
  const canAsk = context.local
    ? (await (await loadLab()).status(context.paths)).running
    : process.env["DIGITALOCEAN_TOKEN"] !== undefined;
  if (canAsk) await adoptZone(context, fleet, say);
};
