import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { parse } from "yaml";

import { manifestJsonSchema } from "../../../config/json-schema";
import { MANIFEST, problemsOf, removeProjects } from "../../fixtures/manifest";

/** As far as the tests look into it. */
interface Published {
  readonly properties: {
    readonly checks: {
      readonly properties: {
        readonly also: {
          readonly items: { readonly anyOf: readonly { readonly required: readonly string[] }[] };
        };
      };
    };
  };
}

afterAll(removeProjects);

const ROOT = join(__dirname, "../../..");
const published = JSON.parse(
  readFileSync(join(ROOT, "config/fleet.schema.json"), "utf8"),
) as object;
const SHIPPED = readFileSync(join(ROOT, "fleet.yaml"), "utf8");
const DOCS = readFileSync(join(ROOT, "docs/manifest.md"), "utf8");
const accepts = addFormats(new Ajv2020({ strict: false })).compile(published);

describe("the published JSON Schema", () => {
  test("is what the code checks (otherwise: node --import tsx config/publish-schema.ts)", () =>
    expect(published).toEqual(JSON.parse(JSON.stringify(manifestJsonSchema()))));
  test("is named by the shipped manifest, so that editors use it", () =>
    expect(SHIPPED.split("\n")[0]).toBe(
      "# yaml-language-server: $schema=config/fleet.schema.json",
    ));
  test.each([
    ["shipped", SHIPPED],
    ["small", MANIFEST],
  ])("accepts the %s manifest", (_name, text) =>
    expect([accepts(parse(text)), accepts.errors]).toEqual([true, null]),
  );
  test("refuses an unknown key", () =>
    expect(accepts({ ...(parse(SHIPPED) as object), nope: 1 })).toBe(false));
});

test("docs/manifest.md explains every key", () => {
  const keys = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [name, value] of Object.entries(node)) {
      if (name === "properties") Object.keys(value as object).forEach((key) => keys.add(key));
      walk(value);
    }
  };
  walk(published);
  expect([...keys].filter((key) => !DOCS.includes(`\`${key}\``))).toEqual([]);
});

test("a further check that is none is told of each kind that there is", () => {
  const { anyOf } = (published as Published).properties.checks.properties.also.items;
  const kinds = anyOf.map(({ required }) => required.find((key) => key !== "name") ?? "");
  expect(new Set(kinds).size).toBeGreaterThan(5);
  const [problem = ""] = problemsOf(`${MANIFEST}checks: { also: [{ name: x }] }\n`);
  expect(kinds.filter((kind) => !problem.includes(` ${kind}: `))).toEqual([]);
});
