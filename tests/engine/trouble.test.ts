import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "@jest/globals";

import { freePort } from "../fixtures/free-port";
import { type Event, project } from "./kit";

const stack = project(
  "trouble",
  `
import { local, remote } from "@pulumi/command";
const mode = process.env.MODE;
if (mode === "throw") throw new Error("the program is broken");
new local.Command("good", { create: "echo good" });
const bad = new local.Command("bad", { create: mode === "fail" ? "echo why >&2; exit 3" : mode === "slow" ? "i=0; until test -e " + process.env.GO + " || [ $i -ge 200 ]; do i=$((i + 1)); sleep 0.05; done; echo slow" : "echo fine" });
if (process.env.DEAD) new remote.Command("dead", { connection: { host: "127.0.0.1", port: Number(process.env.DEAD), dialErrorLimit: -1 }, create: "true" });
export const told = "kept";
new local.Command("after", { create: bad.stdout.apply((text) => "echo after " + text) });
`,
);
const GO = join(stack.folder, "go");
const names = (): string[] => stack.state().resources.map(({ urn }) => urn.split("::").at(-1)!);
const begins =
  (name: string) =>
  ({ resourcePreEvent }: Event): boolean =>
    resourcePreEvent?.metadata.urn.endsWith(`::${name}`) ?? false;
afterAll(stack.remove);

test("a failing step says the command's own words, independent steps go on, what needs it is skipped", async () => {
  const { code, errors } = await stack.run(["up", "--skip-preview", "--json"], { MODE: "fail" });
  expect(code).toBe(1);
  expect(errors.join("\n")).toMatch(/exit status 3: running "echo why >&2; exit 3":\nwhy/);
  expect(names()).toContain("good");
  expect(names()).not.toContain("after");
  expect(stack.state().pending).toEqual([]);
});

test("a program that throws changes nothing", async () => {
  const before = names();
  // With little memory: what is told of an error was once copied until no string could be longer.
  const settings = join(stack.folder, "Pulumi.yaml");
  const usual = readFileSync(settings, "utf8");
  writeFileSync(settings, `${usual}    nodeargs: --max-old-space-size=150\n`);
  const { code, errors } = await stack.run(["up", "--skip-preview", "--json"], { MODE: "throw" });
  writeFileSync(settings, usual);
  expect(code).toBe(1);
  expect(errors.join("\n")).toContain("the program is broken");
  expect(names()).toEqual(before);
  // The outputs of the last good run stay: the addresses of the machines are among them.
  expect(
    stack.state().resources.find(({ type }) => type === "pulumi:pulumi:Stack")!.outputs,
  ).toEqual({ told: "kept" });
});

test("one Ctrl-C finishes the running step, records it, gives up dialling a dead machine and begins no other; a second operation is refused meanwhile", async () => {
  const run = stack.start(["up", "--skip-preview", "--json"], {
    MODE: "slow",
    GO,
    DEAD: String(await freePort()),
  });
  await Promise.all([
    run.seen(begins("bad")),
    run.seen(
      ({ diagnosticEvent }) => diagnosticEvent?.message.startsWith("Dial 1/inf failed") ?? false,
    ),
  ]);
  const refused = await stack.run(["up", "--skip-preview"], { MODE: "slow", GO });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /currently locked by 1 lock\(s\).*\n.*created by .*@.* \(pid \d+\) at \d{4}-/,
    ),
  });
  run.child.kill("SIGINT");
  await run.seen(
    ({ diagnosticEvent }) => diagnosticEvent?.message.startsWith("interrupted") ?? false,
  );
  writeFileSync(GO, "");
  const { code, errors } = await run.ended;
  expect({ code, errors }).toEqual({
    code: 1,
    errors: [
      expect.stringMatching(/^canceled while dialling 127\.0\.0\.1:\d+ \(attempt \d+\)\n$/),
      "update canceled\n",
    ],
  });
  expect(names()).toContain("bad");
  expect(names()).not.toContain("dead");
  expect(names()).not.toContain("after");
});

test("SIGKILL leaves a state from which the next up goes on, once the lock is lifted", async () => {
  const run = stack.start(["up", "--skip-preview", "--json", "--replace", "**::bad"], {
    MODE: "slow",
    GO: `${GO}-never`,
  });
  await run.seen(begins("bad"));
  // The write of the pending operation comes right before the command; its file tells when it has.
  while (stack.state().pending.length === 0) await new Promise((resolve) => setImmediate(resolve));
  run.child.kill("SIGKILL");
  await run.ended;
  const leftover = (): string[] =>
    readdirSync(tmpdir()).filter((name) =>
      name.startsWith(`second-server-engine-${run.child.pid}-`),
    );
  expect(leftover()).toHaveLength(1);
  expect(stack.state().pending).toMatchObject([{ type: "creating" }]);
  expect((await stack.run(["up", "--skip-preview"])).stderr).toContain("currently locked");
  expect((await stack.run(["cancel"])).code).toBe(0);
  const next = await stack.run(["up", "--skip-preview", "--json"]);
  expect(next.code).toBe(0);
  expect(
    next.events.some(({ diagnosticEvent }) =>
      diagnosticEvent?.message.includes("interrupted while creating"),
    ),
  ).toBe(true);
  expect(names().filter((name) => name === "bad")).toHaveLength(1);
  expect(names()).toContain("after");
  expect(stack.state().pending).toEqual([]);
  expect(leftover()).toEqual([]);
});

test("a damaged state file is refused with its path and where the copy is", async () => {
  const text = readFileSync(stack.stateFile, "utf8");
  writeFileSync(stack.stateFile, text.slice(0, text.length / 2));
  const { code, stderr } = await stack.run(["up", "--skip-preview"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: could not load the state: .*test\.json: not JSON .*\.bak/);
  expect(readFileSync(stack.stateFile, "utf8")).toBe(text.slice(0, text.length / 2));
});
