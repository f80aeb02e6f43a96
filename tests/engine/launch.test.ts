import { writeFileSync } from "node:fs";

import { afterAll, expect, test } from "@jest/globals";

import { project } from "./kit";

const PROGRAM = `
import { execFileSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import * as pulumi from "@pulumi/pulumi";

// A child and a worker of the program inherit its node arguments and environment.
const child = execFileSync(process.execPath, [...process.execArgv, "-e", "console.log(6 * 7)"], { encoding: "utf8" }).trim();
const worker = new Promise<number>((resolve, reject) => new Worker("require('node:worker_threads').parentPort.postMessage(6 * 7)", { eval: true }).once("message", resolve).once("error", reject));

export const told = { config: new pulumi.Config().get("greeting"), stack: pulumi.getStack() };
export const inherited = pulumi.output(worker).apply((answer) => [child, answer]);
// What the SDK would have loaded at its start is there when it is asked for.
export const automation = [typeof pulumi.automation.LocalWorkspace.create, "Stack" in pulumi.automation, Object.keys(pulumi.automation).includes("ConcurrentUpdateError")];
export const closure = pulumi.output(pulumi.runtime.serializeFunction(() => process.pid)).apply(({ text }) => text.includes("process.pid"));
void pulumi.log.debug("not for the user");
`;

const fixture = project("launch", PROGRAM);
afterAll(() => fixture.remove());

test("a program whose process was started ahead of time finds all that it would find otherwise", async () => {
  writeFileSync(`${fixture.folder}/Pulumi.test.yaml`, "config:\n  launch:greeting: hello\n");
  const { code, errors } = await fixture.run(["up", "--yes", "--json"]);
  expect(errors).toEqual([]);
  expect(code).toBe(0);
  expect(fixture.state().resources[0]!.outputs).toEqual({
    told: { config: "hello", stack: "test" },
    inherited: ["42", 42],
    automation: ["function", true, true],
    closure: true,
  });
});
