import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";
import { z } from "zod";

import { serviceKeys } from "../../../config/services/keys";
import { serviceKind } from "../../../config/services/kind";
import { SERVICE_KINDS } from "../../../config/services/registry";
import { MANIFEST } from "../../fixtures/manifest";

const DOCS = readFileSync(join(__dirname, "../../../docs/manifest.md"), "utf8");

test.each(Object.entries(SERVICE_KINDS))(
  "%s is registered under its own name, docs/manifest.md has a row for it, and the tests' manifest a service",
  (name, { schema }) => {
    expect([...schema.in.shape.kind.values]).toEqual([name]);
    // What is rendered of it is then read by nginx and systemd themselves (tests/texts).
    expect(MANIFEST).toContain(`{ kind: ${name}, `);
    expect(DOCS).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, "m"));
  },
);

test("a kind that is not whole does not compile: TypeScript holds the marked line to be an error", () => {
  serviceKind({
    schema: z.strictObject({ kind: z.literal("half"), ...serviceKeys }),
    memoryMiB: 64,
    limited: true,
    healthPath: "/",
    packages: () => [],
    sources: () => undefined,
    // @ts-expect-error -- a process without a command would be a unit with an empty ExecStart
    backend: () => ({ command: [], environment: {} }),
    location: () => ({ template: "nginx/static.conf", values: {} }),
  });
  // @ts-expect-error -- nothing says how nginx serves it
  serviceKind({
    schema: z.strictObject({ kind: z.literal("half"), ...serviceKeys }),
    memoryMiB: 64,
    limited: true,
    healthPath: "/",
    packages: () => [],
    sources: () => undefined,
    backend: () => undefined,
  });
  expect(Object.keys(SERVICE_KINDS)).not.toContain("half");
});
