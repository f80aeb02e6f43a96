import { expect, test } from "@jest/globals";

import { contextOf } from "../../../cli/context";
import { Refused } from "../../../cli/errors";
import { ensureOn } from "../../../cli/power";
import type { Reporter } from "../../../cli/progress/reporter";

const machines = [
  { role: "primary", id: "1" },
  { role: "watcher", id: "2" },
] as const;

/** A cloud with these droplets, what is asked of it to change them, and what the user is told. */
const cloudWith = (
  droplets: Readonly<Record<string, string>>,
  failure?: Error,
  { errored = [], busy = 0 }: { errored?: readonly string[]; busy?: number } = {},
) => {
  let refusals = busy;
  const posted: string[] = [];
  const said: string[] = [];
  const ask = async (method: string, path: string): Promise<unknown> => {
    if (failure) throw failure;
    if (method === "POST" && refusals-- > 0)
      throw new Refused(422, `POST ${path}: 422 Droplet already has a pending event.`);
    if (method === "POST") {
      posted.push(path);
      return { action: { id: 7, type: "power_on", status: "in-progress" } };
    }
    if (path === "/v2/actions/7")
      return { action: { id: 7, type: "power_on", status: "completed" } };
    const created = /^\/v2\/droplets\/(\d+)\/actions/.exec(path)?.[1];
    if (created !== undefined)
      return {
        actions: [
          { id: 3, type: "create", status: errored.includes(created) ? "errored" : "completed" },
        ],
      };
    const id = path.replace("/v2/droplets/", "");
    if (droplets[id] === undefined)
      throw new Refused(
        404,
        `GET ${path}: 404 The resource you were accessing could not be found.`,
      );
    return { droplet: { id: Number(id), name: `machine-${id}`, status: droplets[id] } };
  };
  const reporter = {
    running: () => {},
    done: (_key: string, label: string) => said.push(label),
    say: (text: string) => said.push(text),
  } as unknown as Reporter;
  const ensure = (refreshed = false, stack?: string): Promise<readonly string[]> =>
    ensureOn(ask, contextOf({ state: "/nowhere", stack }), machines, refreshed, reporter);
  return { posted, said, ensure };
};

test("what somebody has powered off is powered on, and only that", async () => {
  const { posted, said, ensure } = cloudWith({ 1: "off", 2: "active" });
  await ensure();
  expect({ posted, said }).toEqual({
    posted: ["/v2/droplets/1/actions"],
    said: ["powered on machine-1, which was off"],
  });
});

test("another action that is under way is waited for", async () => {
  const { posted, ensure } = cloudWith({ 1: "off", 2: "active" }, undefined, { busy: 1 });
  await ensure();
  expect(posted).toEqual(["/v2/droplets/1/actions"]);
});

test("one whose creation has errored is not powered on, but told to be made anew", async () => {
  const { posted, said, ensure } = cloudWith({ 1: "off", 2: "active" }, undefined, {
    errored: ["1", "2"],
  });
  expect(await ensure()).toEqual(["primary"]);
  expect(posted).toEqual([]);
  expect(said).toEqual([expect.stringMatching(/primary \(droplet 1\) never came up.*made anew/)]);
});

test.each([
  [
    { 2: "active" },
    undefined,
    "the primary (droplet 1) is in the stack's state and gone from DigitalOcean. " +
      "Nothing was touched. Make it anew, with what there is of its data: ./fleet " +
      "recover primary",
  ],
  [
    { 1: "off" },
    "prod",
    "the watcher (droplet 2) is in the stack's state and gone from DigitalOcean. " +
      "Nothing was touched. Make it anew, with what there is of its data: ./fleet " +
      "recover watcher --stack prod",
  ],
  [
    {},
    undefined,
    "the primary (droplet 1) and the watcher (droplet 2) are in the stack's state and " +
      "gone from DigitalOcean. Nothing was touched. Make both anew, from the third place of the " +
      "backups: ./fleet recover --from-repository. Where there is none, without data: " +
      "./fleet up --refresh",
  ],
])("what is gone is no machine to dial: %p", async (droplets, stack, message) => {
  const { posted, ensure } = cloudWith(droplets);
  await expect(ensure(false, stack)).rejects.toThrow(message);
  expect(posted).toEqual([]);
});

test("with --refresh the engine finds out itself what is gone; a cloud that can't be asked is left to it as well", async () => {
  await cloudWith({ 2: "active" }).ensure(true);
  const silent = cloudWith(
    {},
    new Refused(503, "GET /v2/droplets/1: 503 Server was unable to give you a response."),
  );
  await silent.ensure();
  expect(silent.said).toEqual([
    "Whether the machines are on could not be asked: GET /v2/droplets/1: 503 Server was unable to give you a response.",
  ]);
});
