import { expect, test } from "@jest/globals";

import { type Ask, askReal, deleteDroplet, dropletById, findDroplet } from "../../../cli/droplets";
import { Refused } from "../../../cli/errors";

const answering = (status: number, body: unknown) => {
  const asked: { url: string; method?: string; body?: unknown; authorization?: string }[] = [];
  const fetcher = (async (url: string, { method, body: sent, headers }: RequestInit) => {
    asked.push({
      url,
      method,
      body: sent,
      authorization: (headers as Record<string, string>)["authorization"],
    });
    return Response.json(body, { status });
  }) as typeof fetch;
  return { asked, ask: askReal("secret", fetcher) };
};

test("of all droplets that have the name within theirs, the one that bears it", async () => {
  const { asked, ask } = answering(200, {
    droplets: [
      { id: 1, name: "primary-old", status: "off" },
      { id: 2, name: "primary", status: "active" },
    ],
  });
  expect(await findDroplet(ask, "primary")).toMatchObject({ id: 2, status: "active" });
  expect(asked).toEqual([
    {
      url: "https://api.digitalocean.com/v2/droplets?per_page=200&name=primary",
      method: "GET",
      body: undefined,
      authorization: "Bearer secret",
    },
  ]);
});

test("a refusal names the call and has the API's words", async () => {
  const { ask } = answering(422, { message: "Droplet is already powered on." });
  await expect(ask("POST", "/v2/droplets/2/actions", { type: "power_on" })).rejects.toThrow(
    /POST \/v2\/droplets\/2\/actions: 422 .*already powered on/,
  );
});

test("a droplet that is deleted is waited for until it is gone", async () => {
  const asked: string[] = [];
  const ask: Ask = async (method, path) => {
    asked.push(`${method} ${path}`);
    if (asked.length < 4)
      return method === "GET"
        ? { droplet: { id: 2, name: "primary", status: "active" } }
        : undefined;
    throw new Refused(404, "there is none");
  };
  await deleteDroplet(ask, "2", 1);
  expect(asked).toEqual([
    "DELETE /v2/droplets/2",
    ...Array.from({ length: 3 }, () => "GET /v2/droplets/2"),
  ]);
});

test("an answer of another shape is told, with what is missing", async () => {
  const { ask } = answering(200, { droplet: { id: 2, name: "primary" } });
  await expect(dropletById(ask, "2")).rejects.toThrow(
    /otherwise than is known of it[^]*droplet\.status/,
  );
});

test("an answer without a body is one", async () => {
  const fetcher = (async () => new Response(null, { status: 204 })) as typeof fetch;
  expect(await askReal("secret", fetcher)("DELETE", "/v2/droplets/2")).toBeUndefined();
});
