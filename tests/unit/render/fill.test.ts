import { expect, test } from "@jest/globals";

import { fill } from "../../../render/fill";

test("a hole without a value is an error", () =>
  expect(() => fill("nginx/static.conf", {})).toThrow(
    "templates/nginx/static.conf: {{name}} has no value",
  ));
test("a value without a hole is an error", () =>
  expect(() => fill("nginx/static.conf", { name: "blog", closed: "", nmae: "x" })).toThrow(
    'templates/nginx/static.conf: the value "nmae" has no hole',
  ));
test("a value is never filled in itself", () =>
  expect(fill("nginx/static.conf", { name: "{{name}} $& $1", closed: "" })).toContain(
    "root /opt/fleet/trees/{{name}} $& $1/current;",
  ));
test("the contract with the machines is known to every template", () =>
  expect(fill("nginx/acme.conf", {})).toContain("root /var/www/acme;"));
