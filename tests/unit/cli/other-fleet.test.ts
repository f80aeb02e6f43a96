import { expect, test } from "@jest/globals";

import type { StoredResource } from "../../../cli/engine/state";
import { isOtherFleet } from "../../../cli/other-fleet";

const stored = (kind: string, name: string): StoredResource => ({
  urn: `urn:pulumi:prod::second-server::${kind}::x`,
  type: kind,
  outputs: { name },
});
const TAG = "digitalocean:index/tag:Tag";
const state = [
  stored(TAG, "shop-eu-prod-watcher"),
  stored(TAG, "shop-eu-prod-primary"),
  stored("digitalocean:index/domain:Domain", "example.com"),
];

test("another name or another domain is taken; both at once is another fleet, told before anything is touched", () => {
  expect(isOtherFleet({ name: "shop-eu", domain: "example.com" }, "prod", state)).toBeUndefined();
  expect(isOtherFleet({ name: "market", domain: "example.com" }, "prod", state)).toBeUndefined();
  expect(isOtherFleet({ name: "shop-eu", domain: "example.org" }, "prod", state)).toBeUndefined();
  expect(isOtherFleet({ name: "market", domain: "example.org" }, "prod", state)).toMatch(
    /^fleet\.yaml: name: .*"shop-eu" at example\.com.*"market" at example\.org.*Change one of the two/,
  );
  expect(isOtherFleet({ name: "market", domain: "example.org" }, "prod", [])).toBeUndefined();
});
