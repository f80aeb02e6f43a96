import { expect, test } from "@jest/globals";

import { tooSmall } from "../../../cli/disk-size";
import type { StoredResource } from "../../../cli/engine/state";
import type { FleetFacts } from "../../../config/fleet";
import { sampleFleet } from "./sample";

const droplet = (outputs: Readonly<Record<string, unknown>>): StoredResource => ({
  urn: "urn:pulumi:local::second-server::digitalocean:index/droplet:Droplet::primary",
  type: "digitalocean:index/droplet:Droplet",
  id: "101",
  outputs: { name: "primary", region: "fra1", image: "debian-13-x64", ...outputs },
});
const sized = (size: string): FleetFacts => ({
  ...sampleFleet,
  primary: { ...sampleFleet.primary, size },
});

test("a size whose disk is smaller is refused by its name, with both disks", () => {
  expect(
    tooSmall(sized("s-1vcpu-512mb-10gb"), [droplet({ size: "s-1vcpu-1gb", disk: 25 })]),
  ).toEqual([
    expect.stringMatching(
      /^fleet\.yaml: machines\.primary\.size: s-1vcpu-512mb-10gb .*10 GiB.*25 GiB.*Choose/,
    ),
  ]);
  // A state that does not tell the disk has at least the size.
  expect(tooSmall(sized("s-1vcpu-1gb"), [droplet({ size: "s-2vcpu-4gb" })])).toHaveLength(1);
});

test("a larger size, the one before a resize that left the disk, a replaced machine and one still to be made are taken", () => {
  expect(tooSmall(sized("s-2vcpu-4gb"), [droplet({ disk: 25 })])).toEqual([]);
  expect(tooSmall(sized("s-1vcpu-1gb"), [droplet({ size: "s-2vcpu-4gb", disk: 25 })])).toEqual([]);
  expect(tooSmall(sized("s-1vcpu-512mb-10gb"), [droplet({ disk: 25, region: "lon1" })])).toEqual(
    [],
  );
  expect(tooSmall(sized("s-1vcpu-512mb-10gb"), [droplet({ disk: 25 })], "primary")).toEqual([]);
  expect(tooSmall(sized("s-1vcpu-512mb-10gb"), [])).toEqual([]);
});
