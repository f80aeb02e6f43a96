import { join, resolve } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { createRecordsOnlyHypervisor } from "../../local/cloud/machines/records-only";
import { project } from "./kit";
import { serveCloud, type ServedCloud } from "./served-cloud";

const ROOT = resolve(__dirname, "../..");

/** A tag, its firewall and a droplet, made as the program makes a server. */
const stack = project(
  "rename",
  `
import * as digitalocean from "@pulumi/digitalocean";
import { Firewall } from ${JSON.stringify(join(ROOT, "components/firewall"))};
const label = process.env.LABEL ?? "";
new digitalocean.SshKey("key", { name: label, publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ73mMQjqP4aBlbKbEdn1W5z4dX//+aCEvOr2ZXzylYq test" });
const server = (name: string, sshFromTag?: digitalocean.Tag) => {
  const tag = new digitalocean.Tag(name, { name: label + "-" + name }, { deleteBeforeReplace: false });
  const wall = new Firewall(name, { firewallName: label + "-" + name, tag, sshFrom: ["0.0.0.0/0"], sshFromTag });
  new digitalocean.Droplet(name, { name, region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64", tags: [tag.name] }, { dependsOn: [wall.firewall], deleteBeforeReplace: true });
  return tag;
};
server("primary", server("watcher"));
`,
);

interface Account {
  readonly droplets: readonly {
    readonly id: number;
    readonly name: string;
    readonly tags: readonly string[];
  }[];
  readonly firewalls: readonly { readonly name: string; readonly tags: readonly string[] }[];
}

let cloud: ServedCloud;
/** The droplets that no firewall covered after one of the changes. */
const bare = new Set<string>();
const walls = async (): Promise<Account["firewalls"]> =>
  (await cloud.call<Pick<Account, "firewalls">>("/firewalls")).firewalls;
const account = async (): Promise<Account> => ({
  ...(await cloud.call<Pick<Account, "droplets">>("/droplets")),
  firewalls: await walls(),
});
const look = async (): Promise<void> => {
  // Other changes go on meanwhile: a firewall counts that was there before or after.
  const earlier = await walls();
  const { droplets, firewalls } = await account();
  for (const { name, tags } of droplets)
    if (![...earlier, ...firewalls].some((wall) => wall.tags.some((tag) => tags.includes(tag))))
      bare.add(name);
};

beforeAll(async () => {
  cloud = await serveCloud(createRecordsOnlyHypervisor(), look);
});
afterAll(() => {
  cloud.close();
  stack.remove();
});

const up = async (label: string): Promise<void> => {
  const { code, stderr } = await stack.run(["up", "--yes", "--json"], {
    LABEL: label,
    ...cloud.environment,
  });
  expect([code, stderr]).toEqual([0, stderr]);
};

test("another name of the fleet renames what carries it, keeps the droplets, and leaves none without a firewall meanwhile", async () => {
  await up("old-local");
  const before = await account();
  expect(before.droplets.map(({ tags }) => tags[0]).sort()).toEqual([
    "old-local-primary",
    "old-local-watcher",
  ]);
  await up("new-local");
  const after = await account();
  expect(after.droplets.map(({ id }) => id)).toEqual(before.droplets.map(({ id }) => id));
  expect(after.droplets.flatMap(({ tags }) => tags).sort()).toEqual([
    "new-local-primary",
    "new-local-watcher",
  ]);
  expect(after.firewalls.map(({ name }) => name).sort()).toEqual([
    "new-local-primary",
    "new-local-watcher",
  ]);
  const { tags } = await cloud.call<{ tags: { name: string }[] }>("/tags");
  const { ssh_keys: keys } = await cloud.call<{ ssh_keys: { name: string }[] }>("/account/keys");
  expect(
    [...tags, ...keys].map(({ name }) => name).filter((name) => !name.startsWith("new-")),
  ).toEqual([]);
  expect([...bare]).toEqual([]);
});
