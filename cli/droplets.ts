import { ANSWERS, type DropletAnswer, read } from "./api-answers";
import type { Context } from "./context";
import { Refused, cannotRun, failed } from "./errors";
import { call, type Lab, loadLab } from "./lab";
import { until } from "./wait";

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly region?: string;
  readonly address?: string;
}

/** One call of the stack's DigitalOcean, local or real; resolves with the answer's body. */
export type Ask = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
) => Promise<unknown>;

const toDroplet = ({ id, name, status, region, networks }: DropletAnswer): Droplet => ({
  id,
  name,
  status,
  region: region?.slug,
  address: networks?.v4?.find(({ type }) => type === "public")?.ip_address,
});

const NO_CONTENT = 204;

export const askReal =
  (token: string, fetcher: typeof fetch = fetch): Ask =>
  async (method, path, body) => {
    const answer = await fetcher(`https://api.digitalocean.com${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok)
      throw new Refused(
        answer.status,
        `api.digitalocean.com: ${method} ${path}: ${answer.status} ${await answer.text()}`,
      );
    return answer.status === NO_CONTENT ? undefined : ((await answer.json()) as unknown);
  };

export const askLab =
  (lab: Lab, context: Context): Ask =>
  (method, path, body) =>
    call(lab, context, method, path, body);

export const askCloud = async (context: Context, command: string): Promise<Ask> => {
  if (context.local) return askLab(await loadLab(), context);
  const token = process.env["DIGITALOCEAN_TOKEN"];
  if (!token)
    throw cannotRun(
      `fleet ${command}: DIGITALOCEAN_TOKEN is not set, and the stack "${context.stack}" is on the real DigitalOcean. Export your API token and run it again.`,
    );
  return askReal(token);
};

export const listDroplets = async (ask: Ask): Promise<readonly Droplet[]> =>
  read(ANSWERS.droplets, await ask("GET", "/v2/droplets?per_page=200")).droplets.map(toDroplet);

/** Undefined where there is none of that number any more. */
export const dropletById = async (ask: Ask, id: string): Promise<Droplet | undefined> => {
  try {
    return toDroplet(read(ANSWERS.droplet, await ask("GET", `/v2/droplets/${id}`)).droplet);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
};

/** Resolves once it is gone: an engine that looks from then on finds it so. */
export const deleteDroplet = async (ask: Ask, id: string, everyMs = 1000): Promise<void> => {
  await ask("DELETE", `/v2/droplets/${id}`);
  const isGone = await until(
    async () => ((await dropletById(ask, id)) === undefined ? true : undefined),
    { seconds: 180, everyMs },
  );
  if (isGone === undefined)
    throw failed(
      `fleet: DigitalOcean has taken the order to delete the droplet ${id}, and it is there still. Run the same command again.`,
    );
};

/** A name may be borne by several; an account's other droplets are not asked for. */
export const dropletsNamed = async (ask: Ask, name: string): Promise<readonly Droplet[]> =>
  read(
    ANSWERS.droplets,
    await ask("GET", `/v2/droplets?per_page=200&name=${encodeURIComponent(name)}`),
  )
    .droplets.map(toDroplet)
    .filter((droplet) => droplet.name === name);

export const findDroplet = async (ask: Ask, name: string): Promise<Droplet | undefined> =>
  (await dropletsNamed(ask, name))[0];
