import type { Lab } from "../local/cloud/lab";
import type { Context } from "./context";
import { call } from "./lab";

export interface Droplet { readonly id: number; readonly name: string; readonly status: string; readonly region?: string; readonly address?: string }

interface ApiDroplet { id: number; name: string; status: string; region?: { slug: string }; networks?: { v4?: { ip_address: string; type: string }[] } }

const toDroplet = ({ id, name, status, region, networks }: ApiDroplet): Droplet =>
  ({ id, name, status, region: region?.slug, address: networks?.v4?.find(({ type }) => type === "public")?.ip_address });

export const listDroplets = async (lab: Lab, context: Context): Promise<readonly Droplet[]> =>
  ((await call(lab, context, "GET", "/v2/droplets?per_page=200")) as { droplets: ApiDroplet[] }).droplets.map(toDroplet);

export const findDroplet = async (lab: Lab, context: Context, name: string): Promise<Droplet | undefined> => (await listDroplets(lab, context)).find((droplet) => droplet.name === name);

/** The same question to the real DigitalOcean. */
export const findRealDroplet = async (name: string, token: string, fetcher: typeof fetch = fetch): Promise<Droplet | undefined> => {
  const answer = await fetcher(`https://api.digitalocean.com/v2/droplets?per_page=200&name=${encodeURIComponent(name)}`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`api.digitalocean.com answered ${answer.status} to a list of droplets: ${await answer.text()}`);
  return ((await answer.json()) as { droplets: ApiDroplet[] }).droplets.map(toDroplet).find((droplet) => droplet.name === name);
};
