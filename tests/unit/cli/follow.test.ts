import { expect, test } from "@jest/globals";

import { causes, follow } from "../../../cli/engine/follow";
import type { Reporter } from "../../../cli/progress/reporter";

const URN = "urn:pulumi:local::second-server::command:remote:Command::apply";
const event = (kind: string, op = "create"): string =>
  JSON.stringify({ [kind]: { metadata: { op, urn: URN, type: "command:remote:Command" } } });

/** Keeps what was shown; `onRunning` is called as soon as a step is under way. */
const recorder = (
  onRunning: () => void = () => undefined,
): Reporter & { readonly shown: string[] } => {
  const shown: string[] = [];
  return {
    shown,
    running: (_key, label) => {
      shown.push(`… ${label}`);
      onRunning();
    },
    done: (_key, label) => {
      shown.push(label);
    },
    clear: () => undefined,
    say: (text) => {
      shown.push(text);
    },
    event: () => undefined,
    close: () => undefined,
  };
};
const engine = (script: string, reporter: Reporter) =>
  follow(process.execPath, ["-e", script], process.env, reporter);

test("events are shown as they come, and the summary tells what changed", async () => {
  const reporter = recorder();
  const result = await engine(
    `console.log(${JSON.stringify(event("resourcePreEvent"))}); console.log(${JSON.stringify(event("resOutputsEvent"))}); ` +
      `console.log('{"summaryEvent":{"resourceChanges":{"create":1}}}')`,
    reporter,
  );
  expect(result).toMatchObject({ exitCode: 0, changes: { create: 1 }, errors: [] });
  expect(reporter.shown).toEqual(["… creating Command apply", "created Command apply"]);
});

test("an engine that ends without an event tells why by what it wrote", async () => {
  const result = await engine(
    "console.error('error: incorrect passphrase'); process.exit(255)",
    recorder(),
  );
  expect(result).toMatchObject({ exitCode: 255, errors: ["error: incorrect passphrase"] });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s reaches the engine once as Ctrl-C, and the step that was running is still finished and shown",
  async (signal) => {
    const reporter = recorder(() => {
      process.emit(signal);
    });
    const listeners = process.listenerCount(signal);
    const result = await engine(
      `
    const idle = setInterval(() => {}, 1000);
    process.on("SIGINT", () => { console.log(${JSON.stringify(event("resOutputsEvent"))}); clearInterval(idle); process.exitCode = 1; });
    console.log(${JSON.stringify(event("resourcePreEvent"))});`,
      reporter,
    );
    expect(result).toMatchObject({ exitCode: 1, interrupted: true });
    expect(reporter.shown).toEqual([
      "… creating Command apply",
      expect.stringContaining("Interrupted"),
      "created Command apply",
    ]);
    expect(process.listenerCount(signal)).toBe(listeners);
  },
);

test("a second Ctrl-C stops an engine that will not stop", async () => {
  const reporter = recorder(() => {
    process.emit("SIGINT");
    process.emit("SIGINT");
  });
  const result = await engine(
    `process.on("SIGINT", () => {}); setInterval(() => {}, 1000); console.log(${JSON.stringify(event("resourcePreEvent"))});`,
    reporter,
  );
  expect(result.exitCode).toBe(137);
});

test("of a failed resource and the program that waited for it, only the cause is told, once", () => {
  const derived =
    "Running program '/x/index.ts' failed with an unhandled exception:\nError: resource a failed to register";
  expect(
    causes(["Droplet a: 422 size is invalid", derived, "Droplet a: 422 size is invalid"]),
  ).toEqual(["Droplet a: 422 size is invalid"]);
  expect(causes([derived])).toEqual([derived]);
});
