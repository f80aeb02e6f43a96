/**
 * One thing that a lab may be doing, as a process that can be killed: WORK STATE. Says "begun"
 * first.
 */
import { lab } from "../../../local/cloud/lab";
import { labPaths } from "../../../local/cloud/paths";
import type { CloudAnswer } from "../cloud-answer";

const [WORK = "", STATE = ""] = process.argv.slice(2);
const paths = labPaths(STATE);
const api = async (method: string, path: string, body?: unknown): Promise<CloudAnswer> =>
  (await lab.request(paths, method, path, body)).body as CloudAnswer;
const small = { region: "fra1", size: "s-1vcpu-512mb-10gb", image: "debian-13-x64" };

/** Some droplet; made where there is none. */
const anyDroplet = async (): Promise<number> => {
  const { droplets } = await api("GET", "/v2/droplets");
  return (
    droplets[0]?.id ?? (await api("POST", "/v2/droplets", { name: "made", ...small })).droplet.id
  );
};
const act = async (action: Record<string, unknown>): Promise<unknown> =>
  api("POST", `/v2/droplets/${await anyDroplet()}/actions`, action);

const works: Readonly<Record<string, () => Promise<unknown>>> = {
  start: () => lab.start({ paths, machines: true, pace: "host", progress: () => undefined }),
  stop: () => lab.stop(paths, () => undefined),
  destroy: () => lab.destroy(paths, () => undefined),
  create: () => api("POST", "/v2/droplets", { names: ["made-a", "made-b"], ...small }),
  snapshot: () => act({ type: "snapshot", name: "killed" }),
  cycle: () => act({ type: "power_cycle" }),
  delete: async () => api("DELETE", `/v2/droplets/${await anyDroplet()}`),
  volume: async () => {
    const { volume } = await api("POST", "/v2/volumes", {
      name: `killed-${process.pid}`,
      region: "fra1",
      size_gigabytes: 1,
      filesystem_type: "ext4",
    });
    return api("POST", `/v2/volumes/${volume.id}/actions`, {
      type: "attach",
      droplet_id: await anyDroplet(),
      region: "fra1",
    });
  },
  faults: async () => {
    const dropletId = await anyDroplet();
    for (const fault of [
      { kind: "disk-full" },
      { kind: "latency", milliseconds: 20 },
      { kind: "freeze" },
      { kind: "power-cut" },
    ])
      await api("POST", "/local/faults", { ...fault, dropletId });
  },
};

console.log("begun");
works[WORK]!().then(
  () => {
    setInterval(() => undefined, 1000);
  },
  (error: Error) => {
    console.error(`${WORK}: ${error.message}`);
  },
);
