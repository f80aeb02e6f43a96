import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { KNOWN_TO_PRIMARY } from "../../cli/compromised";
import { ADOPTED_ZONE } from "../../config/existing-zone";
import { readFleet } from "../../config/load";
import { MANIFEST, SOURCES, project, removeProjects } from "../fixtures/manifest";
import { ROOT, load, localConfig } from "./fleet-program";
import { type Registered, runProgram, shortName } from "./kit";

const fleet = readFleet(ROOT, localConfig(), "Pulumi.local.yaml");
const { settings } = localConfig();

let resources: readonly Registered[] = [];
let outputs: Record<string, unknown> = {};
beforeAll(async () => {
  ({ resources, outputs } = await runProgram(load, {
    ...settings,
    "relay-user": "fleet",
    "relay-password": "very-secret",
    "operator-password": "very-secret-too",
    offsite: "rest:https://backups.example.net/",
    "offsite-user": "fleet",
    "offsite-secret": "very-secret-there",
  }));
});

const all = (type: string): Registered[] =>
  resources.filter((one) => one.type.endsWith(`:${type}`));
const find = (wanted: string): Registered => {
  const found = resources.find((one) => one.custom && shortName(one.type, one.name) === wanted);
  if (!found) throw new Error(`the program has no ${wanted}`);
  return found;
};
/** Everything that has to be there before it. */
const before = (wanted: string, seen = new Set<string>()): Set<string> => {
  for (const next of find(wanted).dependencies)
    if (!seen.has(next)) {
      seen.add(next);
      before(next, seen);
    }
  return seen;
};

describe("order", () => {
  test.each(["primary", "watcher"])(
    "the %s is never without its firewall, found by a tag that exists before both",
    (role) => {
      expect([...before(`Droplet ${role}`)]).toEqual(
        expect.arrayContaining([`Firewall ${role}`, `Tag ${role}`]),
      );
      expect(find(`Firewall ${role}`).inputs["tags"]).toEqual(
        find(`Droplet ${role}`).inputs["tags"],
      );
      expect(find(`Firewall ${role}`).inputs["dropletIds"]).toBeUndefined();
    },
  );
  test.each(["primary", "watcher"])(
    "the %s gets its permanent host key before anything else is sent",
    (role) => {
      expect(before(`CopyToRemote ${role}-bundle`)).toContain(`Command ${role}-host-key`);
      expect(before(`Command ${role}-identity`)).toContain(`CopyToRemote ${role}-bundle`);
      expect(before(`Command ${role}-apply`)).toContain(`Command ${role}-identity`);
    },
  );
  test("the primary's data is back before its services start", () =>
    expect(before("Command primary-apply")).toContain("Command restore-to-peer"));
  test("a first backup is taken once it serves", () =>
    expect([...before("Command first-backup-pull")]).toEqual(
      expect.arrayContaining(["Command primary-apply", "Command watcher-apply"]),
    ));
  test("a last one is taken before a primary goes, and before anything else of it does; not with the whole stack", () => {
    const { inputs, deletedWith } = find("Command last-backup-pull");
    expect(inputs).toMatchObject({ triggers: ["101"] });
    expect(inputs["create"]).toBeUndefined();
    expect(inputs["delete"]).toMatch(
      /fleet-agent backup pull \|\| \{.*not deleted.*pulumi state delete 'urn:pulumi:.*LastBackup\$command:remote:Command::last-backup-pull'.*exit 1/,
    );
    expect(deletedWith).toMatch(
      /::second-server:recovery:LastBackup::last-backup$|LastBackup::last-backup$/,
    );
    const earlier = before("Command last-backup-pull");
    for (const { inputs: theirs, type, name } of resources)
      if (JSON.stringify(theirs["triggers"] ?? "").includes('"101"') && name !== "last-backup-pull")
        expect(earlier).toContain(shortName(type, name));
    expect(earlier).toContain("ReservedIpAssignment primary");
  });
  test("names are not pointed at another region's address before the primary is there", () =>
    expect(before("ReservedIp primary")).toContain("Droplet primary"));
  test("what is watched changes once the primary's release is in force: after one that failed, what runs is watched", () =>
    expect(before("Command watcher-apply")).toContain("Command primary-apply"));
  test("all but that last step of the watcher's goes on beside the primary's", () => {
    expect(before("Command watcher-apply")).toContain("Command watcher-ready");
    for (const step of ["restore-to-peer", "primary-apply"])
      expect(before("Command watcher-ready")).not.toContain(`Command ${step}`);
    for (const step of ["watcher-ready", "watcher-apply"])
      expect(before("Command primary-apply")).not.toContain(`Command ${step}`);
  });
  test("names point at the machine before it asks for its certificate", () => {
    expect([...before("Command primary-apply")]).toEqual(
      expect.arrayContaining([
        "ReservedIpAssignment primary",
        "DnsRecord zone-caa",
        ...fleet.services.map(({ name }) => `DnsRecord zone-a-${name}`),
        "DnsRecord zone-a-primary",
      ]),
    );
    expect(before("Command watcher-apply")).toContain("DnsRecord zone-a-status");
  });
});

describe("secrets", () => {
  test.each(["primary", "watcher"])(
    "user data of the %s holds no key but that of the first boot",
    (role) => {
      const text = String(find(`Droplet ${role}`).inputs["userData"]);
      expect(text).toContain(`keys-first-boot-${role}`);
      for (const key of all("PrivateKey")
        .map(({ name }) => name)
        .filter((name) => name !== `keys-first-boot-${role}`))
        expect(text).not.toContain(`PRIVATE KEY-----\\n${key}`);
      expect(text).not.toMatch(/very-secret|random-/);
    },
  );
  test("what only up knows is sent over SSH, after the host key is known to be ours", () => {
    const { stdin, connection } = find("Command watcher-identity").inputs as {
      stdin: string;
      connection: { hostKey: string };
    };
    expect(JSON.parse(stdin)).toMatchObject({
      role: "watcher",
      floatingIp: "203.0.113.200",
      peer: { address: "203.0.113.10", hostKey: "ssh-ed25519 AAAAkeys-host-primary" },
      secrets: {
        "relay-password": "very-secret",
        "operator-password": "very-secret-too",
        "signing-key": "random-signing-key",
        "owner-key": "random-owner-key",
        offsite: JSON.stringify({
          address: "rest:https://backups.example.net/",
          user: "fleet",
          secret: "very-secret-there",
        }),
        "repository-password": "random-repository-password",
      },
    });
    const primary = find("Command primary-identity").inputs as { stdin: string };
    expect((JSON.parse(primary.stdin) as { secrets: unknown }).secrets).toEqual({
      "relay-password": "very-secret",
      "signing-key": "random-signing-key",
    });
    expect(connection.hostKey).toBe("ssh-ed25519 AAAAkeys-host-watcher");
  });
  test("whatever secret of the stack the primary has is made anew when it was somebody else's", () => {
    const given = [
      String((find("Command primary-identity").inputs as { stdin: string }).stdin),
      String(find("Droplet primary").inputs["userData"]),
      String(find("Command primary-host-key").inputs["stdin"]),
    ].join("\n");
    const had = [
      ...all("PrivateKey").filter(
        ({ name }) =>
          given.includes(`PRIVATE KEY-----\\n${name}`) ||
          given.includes(`PRIVATE KEY-----\n${name}`),
      ),
      ...all("RandomPassword").filter(({ name }) => given.includes(`random-${name}`)),
    ];
    expect(had.map(({ name }) => name).sort()).toEqual([...KNOWN_TO_PRIMARY].sort());
  });
  test("no connection trusts on first use", () => {
    for (const { inputs } of [...all("Command"), ...all("CopyToRemote")])
      expect((inputs["connection"] as { hostKey?: string }).hostKey).toMatch(
        /^ssh-ed25519 AAAAkeys-(host|first-boot)-/,
      );
  });
  test("no command line or trigger holds a secret", () => {
    for (const { inputs } of all("Command"))
      expect(
        JSON.stringify([inputs["create"], inputs["update"], inputs["delete"], inputs["triggers"]]),
      ).not.toMatch(/PRIVATE|very-secret|random-/);
  });
});

describe("what stands there", () => {
  test("two machines, as the manifest has them", () => {
    for (const role of ["primary", "watcher"] as const) {
      expect(find(`Droplet ${role}`).inputs).toMatchObject({
        name: role,
        region: fleet[role].region,
        size: fleet[role].size,
        image: "debian-13-x64",
        monitoring: true,
        resizeDisk: false,
      });
    }
  });
  test.each([...fleet.services])("$name's host points at the floating IP", ({ name }) => {
    expect(find(`DnsRecord zone-a-${name}`).inputs).toMatchObject({
      type: "A",
      value: "203.0.113.200",
    });
  });
  test("so does the primary's own, by which what all services stand on is asked", () =>
    expect(find("DnsRecord zone-a-primary").inputs).toMatchObject({
      type: "A",
      name: "primary",
      value: "203.0.113.200",
    }));
  test("the status page's points at the watcher: it answers when the primary is dark", () =>
    expect(find("DnsRecord zone-a-status").inputs).toMatchObject({
      type: "A",
      value: "203.0.113.11",
    }));
  test("only Let's Encrypt may issue; with the final dot, or each preview shows a change", () =>
    expect(find("DnsRecord zone-caa").inputs).toMatchObject({
      type: "CAA",
      tag: "issue",
      value: "letsencrypt.org.",
    }));
  test("every component says what it is, and everything hangs below one", () => {
    for (const { type, custom, parent } of resources) {
      if (custom) expect(parent).not.toBe("");
      else expect(type).toMatch(/^(second-server:[a-z]+:[A-Z]\w+|pulumi:pulumi:Stack)$/);
    }
  });
  test("the password of the watcher's repository of backups is told to the watcher alone", () => {
    const told = all("Command").filter(({ inputs }) =>
      JSON.stringify(inputs).includes("random-repository-password"),
    );
    expect(told.map(({ name }) => name)).toEqual(["watcher-identity"]);
  });
  test("a backup is given back once for each new primary, and taken at once for each new machine, as a new watcher has none", () => {
    expect(find("Command restore-to-peer").inputs).toMatchObject({
      triggers: ["101"],
      update: "true",
    });
    expect(find("Command first-backup-pull").inputs).toMatchObject({
      triggers: ["101", "102"],
      update: "true",
    });
  });
  test("a change of first-boot data does not replace a machine that serves", () => {
    for (const { ignoreChanges } of all("Droplet")) expect(ignoreChanges).toContain("userData");
  });
  test("the zone is never deleted with the stack: others have records in it", () => {
    expect(find("Domain zone-example.test")).toMatchObject({ retainOnDelete: true, importId: "" });
    for (const { retainOnDelete } of all("DnsRecord")) expect(retainOnDelete).toBe(false);
  });
  test("what the command line reads from the outputs", () => {
    expect(Object.keys(outputs).sort()).toEqual([
      "adminPrivateKey",
      "adminUser",
      "floatingIp",
      "monthlyUsd",
      "primary",
      "repositoryPassword",
      "statusUrl",
      "urls",
      "watcher",
    ]);
    expect(outputs).toMatchObject({
      floatingIp: "203.0.113.200",
      monthlyUsd: 10,
      primary: {
        address: "203.0.113.10",
        dropletId: "101",
        hostKey: "ssh-ed25519 AAAAkeys-host-primary",
      },
      adminUser: "fleet",
    });
  });
});

describe("another fleet", () => {
  let other: readonly Registered[] = [];
  beforeAll(() => {
    process.env[ADOPTED_ZONE] = "example.test";
  });
  afterAll(() => {
    delete process.env[ADOPTED_ZONE];
  });
  const home = process.cwd();
  afterAll(() => {
    process.chdir(home);
    removeProjects();
  });
  beforeAll(async () => {
    process.chdir(
      project({
        ...SOURCES,
        "fleet.yaml": MANIFEST.replace("region: ams3", "region: ams3, ipv6: true").replace(
          "host: stats.example.test",
          "host: example.test",
        ),
      }),
    );
    ({ resources: other } = await runProgram(load, {
      ...settings,
      "admin-from": "198.51.100.0/24",
      "admin-keys": "ssh-ed25519 AAAAowner owner@laptop",
      "repository-password": "of the lost fleet",
    }));
  });
  const one = (wanted: string) =>
    other.find(({ custom, type, name }) => custom && shortName(type, name) === wanted)?.inputs;

  test("the status page has an IPv6 address where the watcher has one; the services keep to the floating IP", () => {
    expect(one("DnsRecord zone-aaaa-status")).toMatchObject({
      type: "AAAA",
      name: "status",
      value: "2001:db8::1",
    });
    expect(other.filter(({ inputs }) => inputs["type"] === "AAAA")).toHaveLength(1);
  });
  test("a zone that is there already is taken over instead of made", () =>
    expect(other.find(({ type }) => type.endsWith(":Domain"))?.importId).toBe("example.test"));
  test("a service may have the domain itself", () =>
    expect(one("DnsRecord zone-a-apex")).toMatchObject({ type: "A", name: "@" }));
  test("SSH is let in from where the operators are, and to the primary from the watcher", () => {
    const rules = (role: string) =>
      (
        one(`Firewall ${role}`)?.["inboundRules"] as {
          portRange?: string;
          sourceAddresses: string[];
          sourceTags?: string[];
        }[]
      ).find(({ portRange }) => portRange === "22");
    expect(rules("primary")).toMatchObject({
      sourceAddresses: ["198.51.100.0/24"],
      sourceTags: ["small-test-watcher"],
    });
    expect(rules("watcher")).toMatchObject({ sourceAddresses: ["198.51.100.0/24"] });
    expect(rules("watcher")?.sourceTags).toBeUndefined();
  });
  test("the web is let in over TCP, and over UDP for HTTP/3, on both machines", () => {
    for (const role of ["primary", "watcher"])
      expect(one(`Firewall ${role}`)?.["inboundRules"]).toEqual(
        expect.arrayContaining(
          [
            ["tcp", "80"],
            ["tcp", "443"],
            ["udp", "443"],
          ].map(([protocol, portRange]) => ({
            protocol,
            portRange,
            sourceAddresses: ["0.0.0.0/0", "::/0"],
          })),
        ),
      );
  });
  test("a repository that was there before this state is opened by the password that the owner has set", () =>
    expect(JSON.parse(String(one("Command watcher-identity")?.["stdin"]))).toMatchObject({
      secrets: { "repository-password": "of the lost fleet" },
    }));
  test("operators' own keys are on the machines from the start", () =>
    expect(String(one("Droplet watcher")?.["userData"])).toContain(
      "ssh-ed25519 AAAAowner owner@laptop",
    ));
});

test("a preview shows every resource: none is made only once something else is known", async () => {
  const preview = await runProgram(load, settings, true);
  const names = (list: readonly Registered[]) =>
    list.map(({ type, name }) => shortName(type, name)).sort();
  expect(names(preview.resources)).toEqual(names(resources));
});
