import { expect, test } from "@jest/globals";

import type { Entity } from "../../../../../local/engine/providers/digitalocean/answers";
import type { Client } from "../../../../../local/engine/providers/digitalocean/client";
import { droplet } from "../../../../../local/engine/providers/digitalocean/droplet";
import { updateDroplet } from "../../../../../local/engine/providers/digitalocean/droplet-actions";
import { resource } from "../../../../../local/engine/providers/digitalocean/resource";
import { PartlyMade, type Work } from "../../../../../local/engine/providers/provider";

const { signal } = new AbortController();
const work: Work = {
  urn: "urn:pulumi:test::test::digitalocean:index/droplet:Droplet::web",
  name: "web",
  type: "digitalocean:index/droplet:Droplet",
  log: () => undefined,
  status: () => undefined,
  signal,
  waiting: signal,
};

const unexpected = (): never => {
  throw new Error("nobody asks this");
};

/**
 * An account whose one droplet goes through these states; `asked` has the calls that change
 * something.
 */
const account = (states: readonly string[]): { client: Client; asked: string[] } => {
  const asked: string[] = [];
  const left = [...states];
  let gone = false;
  const view = <T>({ schema }: Entity<T>): Promise<T> =>
    schema.parseAsync({
      id: 7,
      name: "web",
      status: left.length > 1 ? left.shift() : left[0],
      locked: false,
      networks: { v4: [], v6: [] },
      region: {},
      size: {},
      image: {},
      features: [],
      tags: [],
    });
  const client: Client = {
    endpoint: "",
    patience: () => signal,
    create: async (path, _body, entity) => {
      asked.push(`POST ${path}`);
      return await view(entity);
    },
    get: async (_path, entity) => await view(entity),
    find: async (_path, entity) => (gone ? undefined : await view(entity)),
    delete: (path) => {
      asked.push(`DELETE ${path}`);
      gone = true;
      return Promise.resolve();
    },
    list: unexpected,
    post: unexpected,
    put: unexpected,
    patch: unexpected,
  };
  return { client, asked };
};

const failure = async (states: readonly string[]): Promise<{ error: unknown; asked: string[] }> => {
  const { client, asked } = account(states);
  const error: unknown = await resource(droplet, client)
    .create({ image: "debian-13-x64", size: "s-1vcpu-1gb" }, work)
    .then(
      () => undefined,
      (problem: unknown) => problem,
    );
  return { error, asked };
};

test("a droplet that never came up is an error at once, not an hour's wait, and does not stay behind", async () => {
  const { error, asked } = await failure(["new", "off"]);
  expect((error as Error).message).toBe(
    'Error creating droplet: droplet (7) did not become ready: unexpected state "off", wanted "active"; it has been deleted',
  );
  // Nothing of it goes into the state: the next update makes another.
  expect(error).not.toBeInstanceOf(PartlyMade);
  expect(asked).toEqual(["POST /droplets", "DELETE /droplets/7"]);
});

test("one that becomes active is taken", async () => {
  expect(await failure(["new", "active"])).toEqual({ error: undefined, asked: ["POST /droplets"] });
});

test("a droplet whose resize is refused is powered on again, and the refusal is what is told", async () => {
  const { client } = account([]);
  const begun: string[] = [];
  let status = "active";
  const resizing: Client = {
    ...client,
    create: (_path, body, { schema }) => {
      const { type } = body as { type: string };
      begun.push(type);
      if (type === "resize")
        return Promise.reject(new Error("This size has a smaller disk than the droplet."));
      status = type === "power_on" ? "active" : "off";
      return schema.parseAsync({ id: 1, type, status: "completed" });
    },
    get: (path, { schema }) =>
      schema.parseAsync({
        id: 7,
        name: "web",
        status: path.includes("actions") ? "completed" : status,
        locked: false,
        networks: { v4: [], v6: [] },
        region: {},
        size: {},
        image: {},
        features: [],
        tags: [],
      }),
  };
  const old = { size: "s-1vcpu-1gb" };
  await expect(
    updateDroplet(resizing, "7", old, { size: "s-1vcpu-512mb-10gb" }, work),
  ).rejects.toThrow("smaller disk");
  expect(begun).toEqual(["power_off", "resize", "power_on"]);
});
