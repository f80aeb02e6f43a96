import { expect, test } from "@jest/globals";

import type { Client, Json } from "../../../../../local/engine/providers/digitalocean/client";
import { droplet } from "../../../../../local/engine/providers/digitalocean/droplet";
import { resource } from "../../../../../local/engine/providers/digitalocean/resource";
import { PartlyMade, type Work } from "../../../../../local/engine/providers/provider";

const work: Work = {
  signal: new AbortController().signal,
  waiting: new AbortController().signal,
  status: () => undefined,
} as unknown as Work;

/** An account whose one droplet goes through these states; `asked` has the calls that change something. */
const account = (states: readonly string[]): { client: Client; asked: string[] } => {
  const asked: string[] = [];
  const left = [...states];
  let gone = false;
  const view = (): Json => ({
    droplet: {
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
    },
  });
  const client = {
    endpoint: "",
    patience: () => work.signal,
    post: async (path: string) => {
      asked.push(`POST ${path}`);
      return await Promise.resolve(view());
    },
    get: async () => await Promise.resolve(view()),
    find: async () => await Promise.resolve(gone ? null : view()),
    delete: async (path: string) => {
      asked.push(`DELETE ${path}`);
      gone = true;
      await Promise.resolve();
    },
  };
  return { client: client as unknown as Client, asked };
};

const failure = async (states: readonly string[]): Promise<{ error: unknown; asked: string[] }> => {
  const { client, asked } = account(states);
  const error: unknown = await resource(droplet(client))
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
