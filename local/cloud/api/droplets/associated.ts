import { Hono, type Context } from "hono";
import { z } from "zod";

import type { CloudState, DropletRecord } from "../../records";
import { timestamp, type Api, type ApiEnv, type Cloud } from "../cloud";
import { ApiError, notFound, unprocessable } from "../errors";
import { snapshotKey } from "../images";
import { body, numericId } from "../request";
import { removeVolumeSnapshot } from "../snapshots";
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
  const { state } = cloud;
  // A machine that still runs has its volumes open.
  await removeDroplet(cloud, droplet);
  const has = (kind: Kind, id: string | number): boolean =>
    chosen[kind].some((one) => one.id === String(id));
  const snapshots = state.snapshots.filter((one) => has("snapshots", one.id));
  state.reservedIps = state.reservedIps.filter(
    (one) => !has("reserved_ips", one.ip) && !has("floating_ips", one.ip),
  );
  state.snapshots = state.snapshots.filter((one) => !snapshots.includes(one));
  const volumes = state.volumes.filter((one) => has("volumes", one.id));
  state.volumes = state.volumes.filter((one) => !volumes.includes(one));
  for (const snapshot of snapshots) await cloud.hypervisor.deleteSnapshot(snapshotKey(snapshot.id));
  for (const volume of volumes) await cloud.hypervisor.deleteVolume?.(volume.id);
  for (const snapshot of state.volumeSnapshots.filter((one) => has("volume_snapshots", one.id)))
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

const REPORTS_KEPT = 100;

/** A droplet together with what belongs to it. The newest reports are kept while the daemon runs. */
export const associatedRoutes = (cloud: Cloud): Api => {
  const api: Api = new Hono();
  const reports = new Map<number, Report>();
  const keep = (droplet: DropletRecord, made: Report): void => {
    reports.set(droplet.id, made);
    if (reports.size > REPORTS_KEPT) reports.delete(reports.keys().next().value!);
  };
  const base = "/droplets/:droplet{[0-9]+}/destroy_with_associated_resources";
  const asked = (c: Context<ApiEnv>): DropletRecord => {
    const droplet = cloud.state.droplets.find((one) => one.id === numericId(c, "droplet"));
    if (!droplet) throw notFound();
    return droplet;
  };
  api.get(base, (c) => c.json(associatedWith(cloud.state, asked(c))));
  api.delete(`${base}/selective`, async (c) => {
    const wanted = await body(c, selection);
    const droplet = asked(c);
    const all = associatedWith(cloud.state, droplet);
    const unknown = kinds.flatMap((kind) =>
      (wanted[kind] ?? []).filter((id) => !all[kind].some((one) => one.id === id)),
    );
    if (unknown.length)
      throw unprocessable(`${unknown.join(", ")}: not associated with this droplet`);
    const chosen = Object.fromEntries(
      kinds.map((kind) => [kind, all[kind].filter((one) => wanted[kind]?.includes(one.id))]),
    ) as Associated;
    keep(droplet, await destroy(cloud, droplet, chosen));
    return c.body(null, 202);
  });
  api.delete(`${base}/dangerous`, async (c) => {
    if (c.req.header("x-dangerous") !== "true")
      throw new ApiError(400, "bad_request", "The header X-Dangerous: true is required.");
    const droplet = asked(c);
    keep(droplet, await destroy(cloud, droplet, associatedWith(cloud.state, droplet)));
    return c.body(null, 202);
  });
  const report = (c: Context<ApiEnv>): Report => {
    const found = reports.get(numericId(c, "droplet"));
    if (!found) throw notFound();
    return found;
  };
  api.get(`${base}/status`, (c) => c.json({ ...report(c) }));
  api.post(`${base}/retry`, (c) => {
    report(c);
    return c.body(null, 202);
  });
  return api;
};
