import { existsSync } from "node:fs";

import { afterAll, describe, expect, test } from "@jest/globals";

import { MANIFEST, problemsOf, removeProjects } from "../../fixtures/manifest";

const NGINX = "/usr/sbin/nginx";
afterAll(removeProjects);

describe("what nginx is told besides", () => {
  const withKeys = (keys: string, kind = "proxy"): readonly string[] =>
    problemsOf(MANIFEST.replace(`kind: ${kind},`, `kind: ${kind}, ${keys},`));

  test.each([
    ["limits: { paths: { /login: { requests-per-minute: 10 } } }"],
    ["limits: { paths: { /api/: { requests-per-second: 5, burst: 5 } } }"],
    ["cache: 5s"],
    ['nginx: "location = /old { return 301 /new; }"'],
    ["nginx: 'location ~ ^/a{2}$ { return 204; } # done}'"],
    // Another nginx, or the fleet's own files, may know it.
    ['nginx: "brotli_of_tomorrow on; set $a $client;"'],
  ])("%s is taken", (keys) => expect(withKeys(keys)).toEqual([]));

  test.each([
    ["limits: { paths: { login: { requests-per-minute: 10 } } }", /is not a path/],
    ["limits: { paths: { /login: { burst: 10 } } }", /either requests-per-second or/],
    ["cache: 5m", /more than a minute/],
    ['nginx: "location = /old { return 301 /new;"', /does not close it/],
    ['nginx: "} server { listen 81; }"', /closes a block that it has not opened/],
    ['nginx: "return 301 /new"', /has to end with ;/],
    ['nginx: "set $a \'b;"', /quotation mark without an end/],
  ])("%s is refused", (keys, words) => expect(withKeys(keys).join()).toMatch(words));

  test("what can't be kept for others is not", () => {
    expect(withKeys("cache: 5s", "static").join()).toMatch(/answers from files already/);
    expect(withKeys("cache: 5s, streaming: true").join()).toMatch(/streaming\) can't be kept/);
  });
  (existsSync(NGINX) ? test : test.skip)(
    "the nginx of this computer reads a service's own directives before anything is sent",
    () =>
      expect(withKeys('nginx: "gzip_static on;\\nreturn 301 a b;\\n"')).toEqual([
        'fleet.yaml: services.grafana.nginx: nginx says: invalid number of arguments in "return" directive (line 2). Correct it.',
      ]),
  );
});
