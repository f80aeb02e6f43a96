/**
 * A lab of its own beside the fleet's, booted once for all tests of machines, and what they ask of
 * it.
 */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";

import { lab } from "../../../local/cloud/lab";
import { labPaths } from "../../../local/cloud/paths";
import type { CloudAnswer } from "../cloud-answer";
import { fleet, must, stateDir, type Outcome } from "../kit";

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly vpcIp: string;
  readonly status: string;
}
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** In the folder of the test run, as the fleet's state is. */
export const paths = () => labPaths(`${stateDir()}-machines`);
export const quiet = (): void => undefined;
/** Two in one region, one in another. */
export const ids: Record<"one" | "two" | "far", number> = { one: 0, two: 0, far: 0 };

const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const answer = await lab.request(paths(), method, path, body);
  if (answer.status >= 400)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};
export const api = async (method: string, path: string, body?: unknown): Promise<CloudAnswer> =>
  (await ask(method, path, body)) as CloudAnswer;
export const status = async (method: string, path: string, body?: unknown): Promise<number> =>
  (await lab.request(paths(), method, path, body)).status;

export const droplet = async (id: number): Promise<Droplet> => {
  const { droplet: found } = await api("GET", `/v2/droplets/${id}`);
  const address = (type: string): string =>
    found.networks.v4.find((one) => one.type === type)?.ip_address ?? "";
  return {
    id,
    name: found.name,
    ip: address("public"),
    vpcIp: address("private"),
    status: found.status,
  };
};

/**
 * Seconds: what takes ten on a quiet host takes thirty times as long on one that has twenty things
 * to do.
 */
const PATIENCE_S = 300;

export const until = async (
  what: string,
  seconds: number,
  holds: () => Promise<boolean>,
): Promise<void> => {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
export const becomes = (id: number, wanted: string): Promise<void> =>
  until(`droplet ${id} ${wanted}`, PATIENCE_S, async () => (await droplet(id)).status === wanted);

/** A shell line on a machine, by its recovery console. */
export const on = async (id: number, line: string): Promise<Ran> =>
  (await ask("POST", `/local/droplets/${id}/exec`, { argv: ["sh", "-c", line] })) as Ran;
export const said = async (id: number, line: string): Promise<string> =>
  (await on(id, line)).stdout.trim();
/**
 * Whether a machine gets sshd's banner, not only a connection. A busy host takes its time to
 * answer: what is wanted is waited for, see `getsThrough`.
 */
export const reaches = async (id: number, address: string): Promise<boolean> =>
  (await on(id, `timeout 2 bash -c 'head -c 4 < /dev/tcp/${address}/22'`)).stdout === "SSH-";
export const getsThrough = (id: number, address: string): Promise<void> =>
  until(`${address} reached from droplet ${id}`, 30, () => reaches(id, address));
export const bootOf = (id: number): Promise<string> =>
  said(id, "cat /proc/sys/kernel/random/boot_id").catch(() => "");

export const asOperator = (...argv: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const { command, args, env } = lab.inLab(paths(), argv);
    execFile(command, [...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });

/** Whether the operator gets sshd's banner. */
export const banner = async (address: string): Promise<boolean> =>
  (await asOperator("timeout", "2", "bash", "-c", `head -c 4 < /dev/tcp/${address}/22`)).stdout ===
  "SSH-";

/** `./fleet fault …` on this lab. */
export const faultCommand = (...words: string[]): Promise<Outcome> =>
  fleet("fault", ...words, "--state", paths().state);

/** The fault's id. */
export const inject = async (...words: readonly string[]): Promise<string> => {
  const { out } = await must(faultCommand("inject", ...words, "--json"));
  return (JSON.parse(out) as { readonly id: string }).id;
};

/** Injected by the command that a user types, and ended by its id. */
export const during = async (
  words: readonly string[],
  meanwhile: () => Promise<void>,
): Promise<void> => {
  const id = await inject(...words);
  try {
    await meanwhile();
  } finally {
    await must(faultCommand("clear", id));
  }
};

/** Waits for the action's end; rejects when it errored. */
const settle = async (path: string, what: string): Promise<void> =>
  until(what, PATIENCE_S, async () => {
    const { action } = await api("GET", path);
    if (action.status === "errored") throw new Error(`${what} errored`);
    return action.status === "completed";
  });
export const act = async (id: number, action: Record<string, unknown>): Promise<void> => {
  const { action: begun } = await api("POST", `/v2/droplets/${id}/actions`, action);
  await settle(`/v2/actions/${begun.id}`, String(action["type"]));
};
export const actOnVolume = async (
  volume: string,
  action: Record<string, unknown>,
): Promise<void> => {
  const { action: begun } = await api("POST", `/v2/volumes/${volume}/actions`, {
    region: "fra1",
    ...action,
  });
  await settle(
    `/v2/volumes/${volume}/actions/${begun.id}`,
    `${String(action["type"])} of a volume`,
  );
};

export const make = async (name: string, more: Record<string, unknown> = {}): Promise<number> =>
  (
    await api("POST", "/v2/droplets", {
      name,
      region: "fra1",
      size: "s-1vcpu-512mb-10gb",
      image: "debian-13-x64",
      tags: [name],
      ipv6: true,
      ...more,
    })
  ).droplet.id;

/**
 * A droplet is active as soon as its sshd answers, at DigitalOcean too. Its first boot goes on:
 * links are configured, cloud-init may restart what it has set up.
 */
export const booted = (id: number): Promise<void> =>
  until(`the end of droplet ${id}'s boot`, PATIENCE_S, async () =>
    /^(running|degraded)$/.test(await said(id, "systemctl is-system-running")),
  );
const ready = async (id: number): Promise<void> => {
  await becomes(id, "active");
  await booted(id);
};

export const startLab = async (): Promise<void> => {
  await lab.start({ paths: paths(), machines: true, pace: "host", progress: quiet });
  // Of another private range than the others' VPC, to be peered with it.
  const { vpc } = await api("POST", "/v2/vpcs", {
    name: "far",
    region: "ams3",
    ip_range: "172.20.0.0/24",
  });
  [ids.one, ids.two, ids.far] = await Promise.all([
    make("one"),
    make("two"),
    make("far", { region: "ams3", vpc_uuid: vpc.id }),
  ]);
  await Promise.all(Object.values(ids).map(ready));
};
export const endLab = async (): Promise<void> => {
  await lab.destroy(paths(), quiet);
  await rm(paths().state, { recursive: true, force: true });
};
