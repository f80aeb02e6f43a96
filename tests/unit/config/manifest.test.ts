import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";

import { leftOutOf } from "../../../config/load";
import { ManifestError } from "../../../config/problems";
import { SERVICE_KINDS } from "../../../config/services/registry";
import {
  MANIFEST,
  SETTINGS,
  SOURCES,
  problemsOf,
  project,
  removeProjects,
  factsIn,
} from "../../fixtures/manifest";

afterAll(removeProjects);

/** The manifest with one text replaced by another. */
const but = (from: string, to: string): string => {
  if (!MANIFEST.includes(from)) throw new Error(`the fixture has no ${from}`);
  return MANIFEST.replace(from, to);
};
const UNUSABLE =
  "fleet.yaml: services.feed.environment.GREETING: must not contain line breaks or other control characters, quotes, backslashes or %.";
const PAGES = "pages: { kind: static, folder: src/pages }";

describe("a mistake is refused with its place, what is wrong and what to do", () => {
  test.each([
    [
      "an unknown key",
      but("streaming: true", "streming: true"),
      'fleet.yaml: services.feed.streming: unknown key. Did you mean "streaming"?',
    ],
    ...[
      "/.well-known/second-server/nginx",
      "/.well-known/second-server/other",
      "/.well-known//second-server/nginx?deep=1",
      "/x/../.well-known/second-server/nginx",
      "/%2ewell-known/second-server/ngin%78",
    ].map((path): [string, string, string] => [
      `a health path that nginx answers: ${path}`,
      but("kind: node,", `kind: node, health: { path: "${path}" },`),
      "fleet.yaml: services.notes.health.path: /.well-known/second-server/ is answered " +
        "by nginx, whether the service runs or not. Choose a path that the service answers.",
    ]),
    [
      "a health status that nginx answers for a dead service",
      but("kind: node,", "kind: node, health: { status: 502 },"),
      "fleet.yaml: services.notes.health.status: 502 is what nginx answers in place of a " +
        "service that does not (413, 429, 502, 504). Choose a status that the service answers.",
    ],
    [
      "a start that nobody waits for",
      but("kind: node,", "kind: node, health: { start-within: 1h },"),
      "fleet.yaml: services.notes.health.start-within: is not from 1s to 10m.",
    ],
    [
      "a size without a known unit",
      but("kind: node,", "kind: node, max-body: 10 apples,"),
      "fleet.yaml: services.notes.max-body: is not a size. Write a whole number and a unit: 512KB, 10MB, 1GB.",
    ],
    [
      "a body that would fill the disk",
      but("kind: node,", "kind: node, max-body: 5GB,"),
      "fleet.yaml: services.notes.max-body: is more than 4GB. Lower it.",
    ],
    [
      "limits in a word that is not known",
      but("kind: node,", "kind: node, limits: few,"),
      'fleet.yaml: services.notes.limits: has to be "none" or { requests-per-second: NUMBER, burst: NUMBER }.',
    ],
    [
      "a misspelt limit",
      but("kind: node,", "kind: node, limits: { bursts: 4 },"),
      'fleet.yaml: services.notes.limits.bursts: unknown key. Did you mean "burst"?',
    ],
    [
      "an unknown key that resembles nothing",
      but("name: small", "name: small\nzzzzzz: 1"),
      "fleet.yaml: zzzzzz: unknown key. Known here: name, machines, services, checks, watchdog, upgrades, alerts, report, backups, failover.",
    ],
    [
      "a key missing",
      but("kind: static, folder: src/pages", "kind: static"),
      "fleet.yaml: services.pages.folder: is missing. Add it (text).",
    ],
    [
      "an unknown kind",
      but("kind: static", "kind: statik"),
      `fleet.yaml: services.pages.kind: is not a known kind. Choose one of: ${Object.keys(SERVICE_KINDS).join(", ")}.`,
    ],
    [
      "a host used twice",
      but("host: stats.example.test", "host: pages.example.test"),
      'fleet.yaml: services.grafana.host: pages.example.test is already used by "pages". Choose another host name.',
    ],
    [
      "a port used twice",
      but("kind: node,", "kind: node, port: 4000,").replace(
        "kind: python,",
        "kind: python, port: 4000,",
      ),
      'fleet.yaml: services.feed.port: 4000 is already used by "notes". Choose a free port, or leave it out to have one chosen.',
    ],
    [
      "a reserved port",
      but("kind: node,", "kind: node, port: 8080,"),
      "fleet.yaml: services.notes.port: 8080 is used by the Observatory. Choose a free port, or leave it out to have one chosen.",
    ],
    [
      "a port out of range",
      but("kind: node,", "kind: node, port: 80,"),
      "fleet.yaml: services.notes.port: has to be at least 1024.",
    ],
    [
      "a missing folder",
      but("folder: src/pages", "folder: src/nowhere"),
      "fleet.yaml: services.pages.folder: there is no folder src/nowhere. Create it, or correct the path (it is relative to fleet.yaml).",
    ],
    [
      "a missing entry",
      but("folder: src/feed,", "folder: src/feed, entry: app.py,"),
      "fleet.yaml: services.feed.entry: there is no file app.py in src/feed. Create it, or name the right one.",
    ],
    [
      "a command without its path",
      but("/usr/bin/webhook", "webhook"),
      "fleet.yaml: services.hook.command: has to begin with the program's whole path, " +
        "such as /usr/bin/webhook, or ./NAME for one in the folder.",
    ],
    [
      "a program that the folder has not",
      but("/usr/bin/webhook", "./webhook"),
      "fleet.yaml: services.hook.command: there is no file webhook in src/hook. Put the program there, or name the right one.",
    ],
    [
      "an entry that would be two words",
      but("folder: src/feed,", 'folder: src/feed, entry: "main.py x",'),
      "fleet.yaml: services.feed.entry: is not a file name inside the folder. Use letters, digits, dots, dashes and slashes.",
    ],
    [
      "a word that would break out of its unit",
      but("hello there", '"a\\nExecStart=/bin/evil"'),
      UNUSABLE,
    ],
    // systemd takes each of the first two for a line's end.
    ...["\\r", "\\0", "\\e", "\\x85", "\\u2028", "\\ud800"].map(
      (sign): [string, string, string] => [
        `a word with ${sign}`,
        but("hello there", `"a${sign}ExecStart=/bin/evil"`),
        UNUSABLE,
      ],
    ),
    ...["1.10", "0123", "1e3", "0x1F", "12345678901234567890", "true"].map(
      (text): [string, string, string] => [
        `a value that is text: ${text}, told as it is written`,
        but("hello there", text),
        `fleet.yaml: services.feed.environment.GREETING: has to be text: write it in quotes, "${text}".`,
      ],
    ),
    [
      "an item in a folder that is one",
      but("{ directory: files }", "{ directory: files }, { file: files/a }"),
      "fleet.yaml: services.notes.data.2: /var/lib/fleet/notes/files/a lies in /var/lib/fleet/notes/files, which is named too: it would be copied twice, as of two moments, and a database beside logs that are not its own. Name the folder's other parts one by one.",
    ],
    [
      "a database in a folder that is one, named before it",
      but("{ directory: files }", "{ directory: . }"),
      /^fleet\.yaml: services\.notes\.data\.1: \/var\/lib\/fleet\/notes\/notes\.db lies in \/var\/lib\/fleet\/notes, /,
    ],
    [
      "a database's own log",
      but("{ directory: files }", "{ file: notes.db-wal }"),
      "fleet.yaml: services.notes.data.1: /var/lib/fleet/notes/notes.db-wal belongs to the database /var/lib/fleet/notes/notes.db, which is copied whole. Remove it.",
    ],
    [
      "a name that nothing has",
      but("folder: src/feed", "folder: *nothing"),
      "fleet.yaml: line 8: *nothing names nothing: &nothing has to stand above it.",
    ],
    [
      "a tag of another tool's",
      but("hello there", "!vault secret"),
      "fleet.yaml: line 8: !vault means nothing here: what it stands before would be taken as it is. Write the value itself; secrets are set by ./fleet secret set.",
    ],
    [
      "a second document",
      `${MANIFEST}---\nname: other\n`,
      "fleet.yaml: line 11: a second document begins here (---). Keep one.",
    ],
    [
      "a key that JavaScript takes for something else",
      but("pages: {", "__proto__: {"),
      "fleet.yaml: line 6: __proto__ is no usable key. Choose another name.",
    ],
    [
      "a further check's own mistake, whatever the others take",
      `${MANIFEST}checks: { also: [{ name: far, http: "http://a.example.test:99999/" }] }\n`,
      "fleet.yaml: checks.also.0.http: is no URL that can be asked. Look at its host and port.",
    ],
    [
      "a further check's unknown key",
      `${MANIFEST}checks: { also: [{ name: far, http: "http://a.example.test/", stauts: 200 }] }\n`,
      'fleet.yaml: checks.also.0.stauts: unknown key. Did you mean "status"?',
    ],
    [
      "a header that can't be sent",
      `${MANIFEST}checks: { also: [{ name: far, http: "http://a.example.test/", headers: { X: "a\\0b" } }] }\n`,
      "fleet.yaml: checks.also.0.headers.X: is no header's value: letters without a code up to 255, and control characters, can't be sent.",
    ],
    [
      "a text looked for where there is none",
      `${MANIFEST}checks: { also: [{ name: far, http: "http://a.example.test/", method: HEAD, contains: fine }] }\n`,
      "fleet.yaml: checks.also.0.method: HEAD has no text to look at (contains, matches, json). Ask by GET.",
    ],
    [
      "an unknown size",
      but("s-1vcpu-1gb", "s-1vcpu-9gb"),
      /^fleet\.yaml: machines\.primary\.size: is not a known size\. Choose one of: s-1vcpu-512mb-10gb, /,
    ],
    [
      "an unknown region",
      but("fra1", "mars1"),
      /^fleet\.yaml: machines\.primary\.region: is not a known region\. Choose one of: ams3, /,
    ],
    [
      "one region for both",
      but("ams3", "fra1"),
      "fleet.yaml: machines.watcher.region: fra1 is the primary's region too: one outage would take both. Choose another.",
    ],
    [
      "a host of another domain",
      but("stats.example.test", "stats.example.com"),
      'fleet.yaml: services.grafana.host: "stats.example.com" is not under example.test. ' +
        "Use a name ending in .example.test, or change the stack's domain.",
    ],
    [
      "a host that only ends alike",
      but("stats.example.test", "badexample.test"),
      /is not under example\.test/,
    ],
    [
      "the status page's host",
      but("stats.example.test", "status.example.test"),
      "fleet.yaml: services.grafana.host: status.example.test is the fleet's own (the status page, a machine). Choose another host name.",
    ],
    [
      "a reserved name",
      but("pages:", "watchdog:"),
      /^fleet\.yaml: services\.watchdog: the machines use the name "watchdog" themselves\. Rename the service/,
    ],
    [
      "an unusable name",
      but("pages:", "My_Pages:"),
      "fleet.yaml: services.My_Pages: is not a usable name. Use 1 to 24 lower-case letters, digits and inner dashes, a letter first.",
    ],
    [
      "data outside of its folder",
      but("sqlite: notes.db", "sqlite: ../notes.db"),
      /^fleet\.yaml: services\.notes\.data\.0/,
    ],
    [
      "absolute data",
      but("sqlite: notes.db", "sqlite: /etc/passwd"),
      /^fleet\.yaml: services\.notes\.data\.0/,
    ],
    [
      "a health path without a slash",
      but('path: "/ok?deep=1"', "path: ok"),
      "fleet.yaml: services.hook.health.path: is not a URL path. Begin it with a slash.",
    ],
    [
      "a duration without a unit",
      `${MANIFEST}checks: { every: 10 }\n`,
      /^fleet\.yaml: checks\.every: /,
    ],
    [
      "a timeout that is too long",
      `${MANIFEST}checks: { every: 5s, timeout: 10s }\n`,
      "fleet.yaml: checks.timeout: 10s is not below the interval of 5s. Shorten it, or check less often.",
    ],
    [
      "backups that don't divide a day",
      `${MANIFEST}backups: { every: 7h }\n`,
      "fleet.yaml: backups.every: has to divide an hour into equal parts of whole " +
        "minutes, or a day into equal parts of whole hours, such as 15m, 1h, 6h or 1d.",
    ],
    [
      "backups that divide a day, but that cron can't keep to",
      `${MANIFEST}backups: { every: 90m }\n`,
      /^fleet\.yaml: backups\.every: has to divide an hour/,
    ],
    [
      "backups that don't divide an hour",
      `${MANIFEST}backups: { every: 45m }\n`,
      /^fleet\.yaml: backups\.every: has to divide an hour/,
    ],
    [
      "a schedule that nobody keeps",
      `${MANIFEST}checks: { also: [{ name: job, heartbeat: abcdefghijklmnop, schedule: "sometimes at 3" }] }\n`,
      /^fleet\.yaml: checks\.also\.0/,
    ],
    [
      "a port that there is not",
      `${MANIFEST}checks: { also: [{ name: far, tcp: "192.0.2.1:70000" }] }\n`,
      /^fleet\.yaml: checks\.also\.0/,
    ],
    [
      "more memory than there is",
      but("kind: node,", "kind: node, memory: 2000,"),
      /^fleet\.yaml: services: the memory limits add up to \d+ MiB, and s-1vcpu-1gb has 1024 MiB\./,
    ],
    [
      "an upstream elsewhere",
      but("http://127.0.0.1:9100", "http://10.0.0.1:9100"),
      "fleet.yaml: services.grafana.upstream: has to be http://127.0.0.1:PORT: what nginx passes requests to.",
    ],
    [
      "no service",
      MANIFEST.replace(/services:[^]*/, "services: {}\n"),
      "fleet.yaml: services: has no service. Add at least one.",
    ],
    ["broken YAML", "name: [small\n", /^fleet\.yaml: line \d+: /],
    [
      "a key written twice",
      but(PAGES, `${PAGES}\n  ${PAGES}`),
      /^fleet\.yaml: line \d+: this key is there already, further up\. Give each key once\.$/,
    ],
    [
      "a line that YAML can't read, without the lines that follow from it",
      but(PAGES, `\t${PAGES}`),
      /^fleet\.yaml: line \d+: .*Correct the line; indent with spaces\.$/,
    ],
    [
      "a key of another kind of service",
      but("folder: src/pages", "folder: src/pages, port: 4000"),
      'fleet.yaml: services.pages.port: does not go with kind "static". Remove it.',
    ],
    [
      "text without its quotes",
      but("hello there", "1"),
      'fleet.yaml: services.feed.environment.GREETING: has to be text: write it in quotes, "1".',
    ],
    [
      "a variable that is the unit's own",
      but("GREETING:", "PORT:"),
      /^fleet\.yaml: services\.feed\.environment\.PORT: every service is given it/,
    ],
    [
      "an entry of another folder",
      but("folder: src/feed,", "folder: src/feed, entry: ../notes/main.py,"),
      /^fleet\.yaml: services\.feed\.entry: is not a file name inside the folder/,
    ],
    [
      "one thing named twice",
      but("[{ sqlite: notes.db }", "[{ sqlite: notes.db }, { file: notes.db }"),
      "fleet.yaml: services.notes.data.1: /var/lib/fleet/notes/notes.db is named above already. Name each thing once.",
    ],
    [
      "nginx behind itself",
      but("http://127.0.0.1:9100", "http://127.0.0.1:443"),
      /^fleet\.yaml: services\.grafana\.upstream: http:\/\/127\.0\.0\.1:443 is nginx itself/,
    ],
    [
      "an hour that there is not",
      `${MANIFEST}report: { daily: "0 25 * * *" }\n`,
      /^fleet\.yaml: report\.daily: has to be five cron fields/,
    ],
    [
      "a job's hour that there is not",
      `${MANIFEST}checks: { also: [{ name: job, heartbeat: abcdefghijklmnop, schedule: "0 25 * * *" }] }\n`,
      /^fleet\.yaml: checks\.also\.0/,
    ],
  ])("%s", (_name, manifest, problem) => {
    const found = problemsOf(manifest);
    expect(found).toHaveLength(1);
    if (typeof problem === "string") expect(found[0]).toBe(problem);
    else expect(found[0]).toMatch(problem);
  });

  test("all at once, the stack's settings too", () => {
    const found = problemsOf(but("fra1", "mars1").replace("kind: static", "kind: statik"), {
      ...SETTINGS,
      email: "nobody",
      relay: "relay.lab.test",
    });
    expect(found.map((line) => line.split(": ").slice(0, 2).join(": "))).toEqual([
      "Pulumi.test.yaml: second-server:email",
      "Pulumi.test.yaml: second-server:relay",
      "fleet.yaml: machines.primary.region",
      "fleet.yaml: services.pages.kind",
    ]);
  });

  test("no manifest at all", () => {
    expect(() => factsIn(project({ "other.yaml": "" }))).toThrow(
      /^fleet\.yaml: there is no such file in .+ Run this in the project's folder\.$/,
    );
  });
  test("an empty manifest", () => {
    expect(problemsOf("").map((line) => line.split(": ")[1])).toEqual([
      "name",
      "machines",
      "services",
    ]);
  });
});

describe("what is left out is filled in", () => {
  const facts = factsIn(project());
  const service = (name: string) => facts.services.find((one) => one.name === name)!;

  describe("ports", () => {
    const portsIn = (manifest: string) =>
      new Map(
        factsIn(project({ ...SOURCES, "fleet.yaml": manifest })).services.map(({ name, port }) => [
          name,
          port,
        ]),
      );
    const ports = portsIn(MANIFEST);

    test("from 20000 to 29999 for what listens, and none for what does not", () => {
      const chosen = ["notes", "feed", "hook"].map((name) => ports.get(name)!);
      expect(chosen.filter((port) => port >= 20_000 && port < 30_000)).toHaveLength(3);
      expect([new Set(chosen).size, ports.get("pages"), ports.get("grafana")]).toEqual([
        3,
        undefined,
        undefined,
      ]);
    });
    test("stay as they are when a service comes before them, or another one goes", () => {
      const more = portsIn(
        but("  pages:", "  another: { kind: python, folder: src/feed }\n  pages:"),
      );
      expect([...more].filter(([name]) => ports.has(name))).toEqual([...ports]);
      expect(portsIn(MANIFEST.replace(/ {2}notes:.*\n/, "")).get("hook")).toBe(ports.get("hook"));
    });
    test("that somebody else has, written down or behind a proxy, are passed over", () => {
      const port = ports.get("hook")!;
      expect(portsIn(but("http://127.0.0.1:9100", `http://127.0.0.1:${port}`)).get("hook")).toBe(
        port + 1,
      );
      const written = portsIn(but("kind: node,", `kind: node, port: ${port},`));
      expect([written.get("notes"), written.get("hook"), written.get("feed")]).toEqual([
        port,
        port + 1,
        ports.get("feed"),
      ]);
    });
  });
  test("hosts under the stack's domain", () =>
    expect(service("notes").host).toBe("notes.example.test"));
  test("the health path by kind", () =>
    expect(
      Object.fromEntries(facts.services.map(({ name, health }) => [name, health.path])),
    ).toMatchObject({
      pages: "/",
      notes: "/health",
      feed: "/health",
      hook: "/ok?deep=1",
      grafana: "/",
    }));
  test("a data folder as a whole is named without a dot", () => {
    expect(
      factsIn(
        project({
          ...SOURCES,
          "fleet.yaml": but("[{ sqlite: notes.db }, { directory: files }]", "[{ directory: . }]"),
        }),
      ).services[1]!.data[0],
    ).toEqual({ kind: "directory", path: "/var/lib/fleet/notes" });
  });
  test("data paths are absolute", () =>
    expect(service("notes").data).toEqual([
      { kind: "sqlite", path: "/var/lib/fleet/notes/notes.db" },
      { kind: "directory", path: "/var/lib/fleet/notes/files" },
    ]));
  test("durations are seconds", () =>
    expect(facts.checks).toEqual({
      intervalSeconds: 10,
      timeoutSeconds: 5,
      failAfter: 3,
      passAfter: 2,
      rebootWithinSeconds: 604_800,
      upgradeWithinSeconds: 604_800,
      also: [],
    }));
  test("the cost of the machines", () =>
    expect([facts.primary.monthlyUsd, facts.watcher.monthlyUsd]).toEqual([6, 4]));
  test("alerts go to the owner", () =>
    expect(facts.alerts).toMatchObject({
      to: ["owner@example.test"],
      from: "observatory@example.test",
      relay: { host: "relay.lab.test", port: 2525 },
    }));
  test("nobody downstream can change a fact", () => {
    expect(Object.isFrozen(facts) && Object.isFrozen(facts.services[0]!.health)).toBe(true);
  });
});

describe("how people are told", () => {
  const manifest = `${MANIFEST}alerts:
  remind: never
  channels: [slack, { ntfy: "https://ntfy.example.net/fleet" }, { telegram: "-100" }]
  maintenance: [{ title: Sunday, days: [sun, wed], at: "03:00", lasts: 30m, services: [notes] }, { title: Move, from: "2027-01-01T00:00:00Z", to: "2027-01-01T02:00:00Z" }]
checks: { also: [{ name: router, tcp: "192.0.2.1:443" }, { name: nightly, heartbeat: abcdefghijklmnop, every: 1d, grace: 1h }, { name: weekly, heartbeat: ponmlkjihgfedcba, schedule: "Mon *-*-* 03:00" },
  { name: shop, http: "https://shop.example.net/", method: POST, headers: { X-Key: abc }, redirects: 2, matches: "o+k", json: { path: a.0, equals: true }, max-latency-ms: 900 }] }
`;
  const folder = () => project({ ...SOURCES, "fleet.yaml": manifest });

  test("each channel with the secret it needs, each window in the monitor's terms", () => {
    const { alerts, checks } = factsIn(folder(), SETTINGS, ["slack-url", "telegram-token"]);
    expect(alerts).toMatchObject({
      remindMinutes: 0,
      channels: [
        { kind: "slack", options: {}, secrets: { urlFile: "slack-url" } },
        { kind: "ntfy", options: { url: "https://ntfy.example.net/fleet" }, secrets: {} },
        { kind: "telegram", options: { chat: "-100" }, secrets: { tokenFile: "telegram-token" } },
      ],
    });
    expect(alerts.maintenance).toEqual([
      { title: "Sunday", services: ["notes"], weekly: { days: [0, 3], at: "03:00", minutes: 30 } },
      { title: "Move", from: "2027-01-01T00:00:00Z", to: "2027-01-01T02:00:00Z" },
    ]);
    expect(checks.also).toMatchObject([
      { id: "router", kind: "tcp", host: "192.0.2.1", port: 443 },
      { id: "nightly", kind: "heartbeat", periodSeconds: 86400, graceSeconds: 3600 },
      { id: "weekly", kind: "heartbeat", schedule: "Mon *-*-* 03:00", graceSeconds: 900 },
      {
        id: "shop",
        kind: "http",
        status: 200,
        method: "POST",
        headers: { "X-Key": "abc" },
        redirects: 2,
        matches: "o+k",
        json: { path: "a.0", equals: true },
        maxLatencyMs: 900,
      },
    ]);
  });
  test("a secret that is needed and not set is named before anything is touched", () => {
    expect(() => factsIn(folder(), { ...SETTINGS, "relay-user": "me" }, ["slack-url"])).toThrow(
      [
        "Pulumi.test.yaml: second-server:relay-password: is not set, and relay-user needs " +
          "it. Set it with: ./fleet secret set relay-password",
        "Pulumi.test.yaml: second-server:telegram-token: is not set, and fleet.yaml: " +
          "alerts.channels needs it. Set it with: ./fleet secret set telegram-token",
      ].join("\n"),
    );
  });
  test("windows name services that exist, checks have names of their own", () => {
    const names = factsIn(project()).services.map(({ name }) => name);
    expect(
      problemsOf(
        `${MANIFEST}alerts: { maintenance: [{ title: x, days: [sun], at: "03:00", lasts: ` +
          "1h, services: [nobody] }] }\n" +
          "checks: { also: [{ name: notes, icmp: 192.0.2.1 }] }\n",
      ),
    ).toEqual([
      'fleet.yaml: checks.also.0.name: "notes" is already the name of a check. Choose another.',
      `fleet.yaml: alerts.maintenance.0.services: there is no service "nobody". Name one of: ${names.join(", ")}.`,
    ]);
  });
});

test.each([
  "0 7 * * *",
  "*/15 0-6,22 1,15 jan-mar mon-fri",
  "59 23 31 12 7",
  "0 4/6 * * *",
  "60 * * * *",
  "* * 0 * *",
  "5-1 * * * *",
  "*/0 * * * *",
  "* * * * mon/2",
  "0 7 * * * *",
  "a * * * *",
])("cron: %s", (daily) => {
  const wrong = [
    "0 4/6 * * *",
    "60 * * * *",
    "* * 0 * *",
    "5-1 * * * *",
    "*/0 * * * *",
    "* * * * mon/2",
    "0 7 * * * *",
    "a * * * *",
  ];
  expect(problemsOf(`${MANIFEST}report: { daily: "${daily}" }\n`)).toHaveLength(
    wrong.includes(daily) ? 1 : 0,
  );
});

describe("what visitors may send", () => {
  const notes = (keys: string) =>
    factsIn(
      project({ ...SOURCES, "fleet.yaml": but("kind: node,", `kind: node,${keys}`) }),
    ).services.find(({ name }) => name === "notes");
  test.each([
    ["", 10 * 1024 ** 2],
    [" max-body: 25MB,", 25 * 1024 ** 2],
    [" max-body: 25,", 25 * 1024 ** 2],
    [" max-body: 512k,", 512 * 1024],
    [' max-body: "2 GiB",', 2 * 1024 ** 3],
  ])("a body:%s", (keys, bytes) => expect(notes(keys)?.maxBodyBytes).toBe(bytes));
  test.each([
    ["", { requestsPerSecond: 50, burst: 1000 }],
    [" limits: none,", undefined],
    [" limits: { requests-per-second: 5 },", { requestsPerSecond: 5, burst: 100 }],
    [" limits: { burst: 7 },", { requestsPerSecond: 50, burst: 7 }],
  ])("requests:%s", (keys, limits) => expect(notes(keys)?.limits).toEqual(limits));
  test("files are not counted unless fleet.yaml says so", () => {
    const pages = (manifest: string) =>
      factsIn(project({ ...SOURCES, "fleet.yaml": manifest })).services[0]?.limits;
    expect(pages(MANIFEST)).toBeUndefined();
    expect(pages(but("kind: static,", "kind: static, limits: { burst: 9 },"))).toEqual({
      requestsPerSecond: 50,
      burst: 9,
    });
  });
});

describe("how a manifest may be written", () => {
  const bytes = (content: Buffer): readonly string[] => {
    const folder = project();
    writeFileSync(join(folder, "fleet.yaml"), content);
    try {
      factsIn(folder);
    } catch (error) {
      if (error instanceof ManifestError) return error.problems;
      throw error;
    }
    return [];
  };
  test.each([
    ["a byte order mark", Buffer.from(`\uFEFF${MANIFEST}`)],
    ["lines that end as Windows has them", Buffer.from(MANIFEST.replaceAll("\n", "\r\n"))],
    ["markers of a document's beginning and end", Buffer.from(`---\n${MANIFEST}...\n`)],
    [
      "keys merged from another service",
      Buffer.from(
        but(PAGES, `pages: &pages ${PAGES.slice(7)}\n  more: { <<: *pages, host: m.example.test }`),
      ),
    ],
  ])("%s", (_what, content) => {
    expect(bytes(content)).toEqual([]);
  });
  test.each([
    [
      "UTF-16",
      Buffer.from(`\uFEFF${MANIFEST}`, "utf16le"),
      "fleet.yaml: is UTF-16. Save it as UTF-8.",
    ],
    [
      "Latin-1, which would have gone to the machines as other letters",
      Buffer.from(but("hello there", "gr\u00fc\u00dfe"), "latin1"),
      "fleet.yaml: line 8: is not UTF-8 (Latin-1, perhaps). Save the file as UTF-8.",
    ],
  ])("%s is refused", (_what, content, said) => {
    expect(bytes(content)).toEqual([said]);
  });
  test("a few lines that name themselves over and over are read at once", () => {
    const names = "abcdefgh".split("");
    const bomb = names.map(
      (name, at) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => (at === 0 ? "x" : `*${names[at - 1] ?? ""}`)).join(", ")}]\n`,
    );
    expect(problemsOf(bomb.join("") + MANIFEST)).toHaveLength(names.length);
    const many = Array.from({ length: 1000 }, () => "*a").join(", ");
    expect(problemsOf(`a: &a x\nb: [${many}]\n${MANIFEST}`)).toEqual([
      "fleet.yaml: line 2: there are too many * in it. Write the values themselves.",
    ]);
  });
});

test("what stays at home is told: of a site also what a program is made without", () => {
  const folder = project({
    "fleet.yaml": MANIFEST,
    ...SOURCES,
    "src/pages/.env": "x",
    "src/pages/assets/node_modules/a.js": "x",
    "src/notes/node_modules/b.js": "x",
  });
  expect(leftOutOf(folder, factsIn(folder))).toEqual([
    "src/pages: left out: .env, assets/node_modules (of names that begin with a dot only .well-known is brought; node_modules and __pycache__ never are).",
  ]);
  const stale = project({ "fleet.yaml": MANIFEST, ...SOURCES, "src/pages/index.html.gz": "old" });
  expect(() => factsIn(stale)).toThrow("src/pages/index.html.gz: is not index.html compressed");
});
