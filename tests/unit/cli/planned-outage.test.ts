import { expect, test } from "@jest/globals";

import type { StoredResource } from "../../../cli/engine/state";
import { resizesIn } from "../../../cli/planned-outage";
import { sampleFleet as fleet } from "./sample";

const droplet = (role: string, size: string): StoredResource => ({
  urn: `urn:pulumi:local::second-server::second-server:compute:Server$digitalocean:index/droplet:Droplet::${role}`,
  type: "digitalocean:index/droplet:Droplet",
  outputs: { size },
});

test("a machine whose size differs from the manifest's is off meanwhile, and whoever watches it is told why", () => {
  const { primary, watcher } = fleet;
  const same = [droplet("primary", primary.size), droplet("watcher", watcher.size)];
  expect(resizesIn(fleet, same)).toEqual([]);
  expect(resizesIn(fleet, [])).toEqual([]);
  expect(
    resizesIn(fleet, [droplet("primary", "s-2vcpu-2gb"), droplet("watcher", watcher.size)]),
  ).toEqual([{ role: "primary", title: `resize of the primary: s-2vcpu-2gb to ${primary.size}` }]);
});
