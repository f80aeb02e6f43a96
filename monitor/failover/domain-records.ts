/** The few calls of DigitalOcean's API that moving a name takes. */
export interface DigitalOcean {
  /** Address records of the zone. */
  records(domain: string): Promise<readonly AddressRecord[]>;
  point(domain: string, record: AddressRecord, address: string): Promise<void>;
  /** Whether DigitalOcean's own check finds that address down, from wherever it looks. */
  isDown(target: string): Promise<boolean>;
}

export interface AddressRecord {
  readonly id: number;
  readonly host: string;
  readonly address: string;
}

/** The API's refusal. What is not the asker's fault passes. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
  get passes(): boolean {
    return this.status >= 500 || this.status === 429;
  }
}

const BASE = "https://api.digitalocean.com";
const TIMEOUT_MS = 10_000;
const PER_PAGE = 200;
const PAGES = 10;

interface ApiRecord {
  readonly id: number;
  readonly name: string;
  readonly data: string;
}
interface UptimeState {
  readonly regions?: Readonly<Record<string, { readonly status?: string }>>;
}

const messageIn = (text: string): string => {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
};

const remedyFor = (status: number, scope: string): string => {
  if (status === 401) return ": it does not know the token failover-token, or not any more";
  return status === 403 ? `: the token has to have the scope ${scope}` : "";
};

const asker =
  (token: string, fetcher: typeof fetch) =>
  async (
    method: "GET" | "PATCH",
    path: string,
    scope: string,
    body?: unknown,
  ): Promise<unknown> => {
    const answer = await fetcher(`${BASE}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    const said = `DigitalOcean answered ${answer.status} (${messageIn(text).slice(0, 200)})`;
    throw new Refusal(answer.status, `${said}${remedyFor(answer.status, scope)}`);
  };

const hostOf = (name: string, domain: string): string =>
  name === "@" ? domain : `${name}.${domain}`;

export const digitalOcean = (token: string, fetcher: typeof fetch = fetch): DigitalOcean => {
  const ask = asker(token, fetcher);
  return {
    records: async (domain) => {
      const found: AddressRecord[] = [];
      for (let page = 1; page <= PAGES; page += 1) {
        const path = `/v2/domains/${domain}/records?type=A&per_page=${PER_PAGE}&page=${page}`;
        const { domain_records: some } = (await ask("GET", path, "domain:read")) as {
          readonly domain_records: readonly ApiRecord[];
        };
        for (const { id, name, data } of some)
          found.push({ id, host: hostOf(name, domain), address: data });
        if (some.length < PER_PAGE) break;
      }
      return found;
    },
    point: async (domain, { id }, address) => {
      await ask("PATCH", `/v2/domains/${domain}/records/${id}`, "domain:update", {
        type: "A",
        data: address,
      });
    },
    isDown: async (target) => {
      const { checks } = (await ask(
        "GET",
        `/v2/uptime/checks?per_page=${PER_PAGE}`,
        "uptime:read",
      )) as { readonly checks: readonly { readonly id: string; readonly target: string }[] };
      const check = checks.find((one) => one.target === target);
      if (check === undefined)
        throw new Refusal(
          404,
          `DigitalOcean has no uptime check of ${target}. Make it again: ./fleet up --refresh`,
        );
      const { state } = (await ask(
        "GET",
        `/v2/uptime/checks/${check.id}/state`,
        "uptime:read",
      )) as { readonly state: UptimeState };
      const regions = Object.values(state.regions ?? {});
      return regions.length > 0 && regions.every(({ status }) => status === "DOWN");
    },
  };
};
