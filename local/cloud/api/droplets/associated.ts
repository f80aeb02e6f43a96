import { Hono, type Context } from "hono";
import { z } from "zod";

import type { CloudState } from "../../records";
import type { DropletRecord } from "../../records/machines";
import { timestamp, type Api, type ApiEnv, type Cloud, type Resource } from "../cloud";
import { ApiError, found, unprocessable } from "../errors";
import { removeSnapshots } from "../images/keep";
import { body, numericId } from "../request";
import { removeVolumeSnapshot } from "../volumes/snapshots";
import { removeDroplet } from "./machine";

const kinds = ["reserved_ips", "floating_ips", "snapshots", "volumes", "volume_snapshots"] as const;
type Kind = (typeof kinds)[number];
type Associated = Record<Kind, { id: string; name: string; cost: string }[]>;
const ids = z.array(z.string()).nullish();
const selection = z.object({
  reserved_ips: ids,
  floating_ips: ids,
  snapshots: ids,
  volumes: ids,
  volume_snapshots: ids,
});

const associatedWith = (state: CloudState, droplet: DropletRecord): Associated => {
  const ips = state.reservedIps
    .filter((one) => one.droplet_id === droplet.id)
    .map((one) => ({ id: one.ip, name: one.ip, cost: "0.00" }));
  const volumes = state.volumes.filter((one) => one.droplet_ids.includes(droplet.id));
  const perGiB = (size: number, price: number): string => (size * price).toFixed(2);
  return {
    reserved_ips: ips,
    floating_ips: ips,
    snapshots: state.snapshots
      .filter((one) => one.kind === "snapshot" && one.droplet_id === droplet.id)
      .map((one) => ({
        id: String(one.id),
        name: one.name,
        cost: perGiB(one.size_gigabytes, 0.06),
      })),
    volumes: volumes.map((one) => ({
      id: one.id,
      name: one.name,
      cost: perGiB(one.size_gigabytes, 0.1),
    })),
    volume_snapshots: state.volumeSnapshots
      .filter((one) => volumes.some((volume) => volume.id === one.volume_id))
      .map((one) => ({ id: one.id, name: one.name, cost: perGiB(one.size_gigabytes, 0.06) })),
  };
};

interface Report {
  droplet: Record<string, unknown>;
  resources: Record<string, unknown>;
  completed_at: string;
  failures: number;
}

const destroy = async (
  cloud: Cloud,
  droplet: DropletRecord,
  chosen: Associated,
): Promise<Report> => {
  const { store, hypervisor } = cloud;
  // A machine that still runs has its volumes open.
  await removeDroplet(cloud, droplet);
  const has = (kind: Kind, id: string | number): boolean =>
    chosen[kind].some((one) => one.id === String(id));
  store.reservedIps.remove(({ ip }) => has("reserved_ips", ip) || has("floating_ips", ip));
  const volumes = store.volumes.remove(({ id }) => has("volumes", id));
  await removeSnapshots(cloud, ({ id }) => has("snapshots", id));
  for (const { id } of volumes) await hypervisor.deleteVolume?.(id);
  for (const snapshot of store.volumeSnapshots.filter(({ id }) => has("volume_snapshots", id)))
    await removeVolumeSnapshot(cloud, snapshot);
  await cloud.network.apply();
  const destroyed_at = timestamp(cloud);
  const told = (list: Associated[Kind]): Record<string, unknown>[] =>
    list.map(({ id, name }) => ({ id, name, destroyed_at, error_message: "" }));
  return {
    droplet: { id: String(droplet.id), name: droplet.name, destroyed_at, error_message: "" },
    resources: Object.fromEntries(kinds.map((kind) => [kind, told(chosen[kind])])),
    completed_at: destroyed_at,
    failures: 0,
  };
};

/** What the request names of all that could be; 422 for anything else. */
const choose = (all: Associated, wanted: z.infer<typeof selection>): Associated => {
  const unknown = kinds.flatMap((kind) =>
    (wanted[kind] ?? []).filter((id) => !all[kind].some((one) => one.id === id)),
  );
  if (unknown.length)
    throw unprocessable(`${unknown.join(", ")}: not associated with this droplet`);
  const chosen = (kind: Kind): Associated[Kind] =>
    all[kind].filter((one) => wanted[kind]?.includes(one.id));
  return {
    reserved_ips: chosen("reserved_ips"),
    floating_ips: chosen("floating_ips"),
    snapshots: chosen("snapshots"),
    volumes: chosen("volumes"),
    volume_snapshots: chosen("volume_snapshots"),
  };
};

const REPORTS_KEPT = 100;
const BASE = "/droplets/:droplet{[0-9]+}/destroy_with_associated_resources";

const routes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const { store } = cloud;
  const reports = new Map<number, Report>();
  const keep = (droplet: DropletRecord, made: Report): void => {
    reports.set(droplet.id, made);
    const [oldest] = reports.keys();
    if (reports.size > REPORTS_KEPT && oldest !== undefined) reports.delete(oldest);
  };
  const asked = (c: Context<ApiEnv>): DropletRecord =>
    found(store.droplets.get(numericId(c, "droplet")));
  api.get(BASE, (c) => c.json(associatedWith(store.state, asked(c))));
  api.delete(`${BASE}/selective`, async (c) => {
    const wanted = await body(c, selection);
    const droplet = asked(c);
    const chosen = choose(associatedWith(store.state, droplet), wanted);
    keep(droplet, await destroy(cloud, droplet, chosen));
    return c.body(null, 202);
  });
  api.delete(`${BASE}/dangerous`, async (c) => {
    if (c.req.header("x-dangerous") !== "true")
      throw new ApiError(400, "bad_request", "The header X-Dangerous: true is required.");
    const droplet = asked(c);
    keep(droplet, await destroy(cloud, droplet, associatedWith(store.state, droplet)));
    return c.body(null, 202);
  });
  const report = (c: Context<ApiEnv>): Report => found(reports.get(numericId(c, "droplet")));
  api.get(`${BASE}/status`, (c) => c.json({ ...report(c) }));
  api.post(`${BASE}/retry`, (c) => {
    report(c);
    return c.body(null, 202);
  });
  return api;
};

/**
 * A droplet together with what belongs to it. The newest reports are kept while the daemon runs.
 */
export const destroyWithAssociated: Resource = { routes };
