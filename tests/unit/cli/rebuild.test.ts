import { describe, expect, test } from "@jest/globals";

import { tooSmall } from "../../../cli/disk-size";
import { type StoredResource, dropletIn } from "../../../cli/engine/state";
import { resizesIn } from "../../../cli/planned-outage";
import { isOtherPrimary } from "../../../cli/rebuild/guard";
import { hostsLine, primariesText } from "../../../cli/rebuild/words";
import {
  PRIMARIES_VALUES,
  primariesOf,
  primariesValue,
  primaryName,
} from "../../../config/primaries";
import { sampleFleet } from "./sample";

const DROPLET = "digitalocean:index/droplet:Droplet";
const ASSIGNMENT = "digitalocean:index/reservedIpAssignment:ReservedIpAssignment";
const droplet = (name: string, id: string): StoredResource => ({
  urn: `urn:pulumi:local::second-server::${DROPLET}::${name}`,
  type: DROPLET,
  id,
  outputs: { region: "fra1", image: "debian-13-x64", size: "s-2vcpu-4gb", disk: 80 },
});
const assignment = (dropletId: number, more: Partial<StoredResource> = {}): StoredResource => ({
  urn: `urn:pulumi:local::second-server::${ASSIGNMENT}::primary`,
  type: ASSIGNMENT,
  inputs: { dropletId },
  ...more,
});
const both = [droplet("primary", "101"), droplet("primary-green", "103")];

test("the setting says the same to whoever writes and reads it", () => {
  for (const value of PRIMARIES_VALUES) expect(primariesValue(primariesOf(value))).toBe(value);
  expect(PRIMARIES_VALUES).toEqual([
    "blue",
    "blue-to-green",
    "blue-from-green",
    "green",
    "green-to-blue",
    "green-from-blue",
  ]);
});

describe("of two primaries in the state", () => {
  test("the one with the floating IP is the primary", () => {
    expect(dropletIn([...both, assignment(101)], "primary")?.id).toBe("101");
    expect(dropletIn([...both, assignment(103)], "primary")?.id).toBe("103");
  });
  test("an assignment that is about to go counts for nothing", () =>
    expect(
      dropletIn([...both, assignment(101, { delete: true }), assignment(103)], "primary")?.id,
    ).toBe("103"));
  test("one alone is the primary whatever its colour", () => {
    expect(dropletIn([droplet("primary-green", "103")], "primary")?.id).toBe("103");
    expect(dropletIn([droplet("primary", "101")], "primary")?.id).toBe("101");
  });
});

describe("a manifest with a smaller disk", () => {
  const state = [droplet("primary", "101")];
  const preparing = { ...sampleFleet, primaries: primariesOf("blue-to-green") };
  test("is refused for the primary that is there", () => {
    expect(tooSmall(sampleFleet, state)).toHaveLength(1);
    expect(resizesIn(sampleFleet, state)).toHaveLength(1);
  });
  test("is what the one that is made beside it is for", () => {
    expect(tooSmall(preparing, state)).toEqual([]);
    expect(resizesIn(preparing, state)).toEqual([]);
  });
});

test("status says what is under way, and how it goes on", () => {
  const text = (value: string): string | undefined =>
    primariesText({ ...sampleFleet, primaries: primariesOf(value) });
  expect(text("blue")).toBeUndefined();
  expect(text("green")).toBeUndefined();
  expect(text("blue-to-green")).toMatch(/^primary-green is being made to take over from primary\./);
  expect(text("green-from-blue")).toMatch(/^primary-green has taken over from primary, .*--retire/);
});

test("the new one can be looked at by a line for /etc/hosts", () =>
  expect(hostsLine(sampleFleet, "203.0.113.12")).toBe(
    "203.0.113.12 blog.example.test chat.example.test",
  ));

describe("a setting that is not this state's", () => {
  const complaint = (value: string, resources: readonly StoredResource[]): string | undefined => {
    const primaries = primariesOf(value);
    const droplet = primaryName(primaries.active);
    const primary = { ...sampleFleet.primary, droplet };
    return isOtherPrimary({ primary, primaries }, "local", resources);
  };
  const [blue, green] = [droplet("primary", "101"), droplet("primary-green", "103")];
  test("is refused where the one that serves would be deleted", () => {
    expect(complaint("blue", [green, assignment(103)])).toMatch(
      /"primary" serves.*"primary-green"/,
    );
    expect(complaint("green", [blue, assignment(101)])).toMatch(/^Pulumi\.local\.yaml: /);
    expect(complaint("green-from-blue", [blue, assignment(101)])).toBeDefined();
    expect(complaint("blue", [blue, green, assignment(103)])).toBeDefined();
    expect(complaint("blue-to-green", [blue, green, assignment(103)])).toBeDefined();
  });
  test("each step of a rebuild may be gone on with", () => {
    expect(complaint("blue", [])).toBeUndefined();
    expect(complaint("blue-to-green", [blue, assignment(101)])).toBeUndefined();
    expect(complaint("green-from-blue", [blue, green, assignment(101)])).toBeUndefined();
    expect(complaint("green-from-blue", [blue, green, assignment(103)])).toBeUndefined();
    expect(complaint("green", [blue, green, assignment(103)])).toBeUndefined();
    expect(complaint("green", [green, assignment(103)])).toBeUndefined();
  });
});
