import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "@jest/globals";
import { OWN_HARDENING, hardening } from "@second-server/contract/hardening";
import type { Release } from "@second-server/contract/release";

import { loadFleet } from "../../../config/load";
import { problemsOf } from "../../../monitor/validate";
import { secretsOf } from "../../../render/alerts";
import { desiredState } from "../../../render/desired-state";
import { firstBoot } from "../../../render/first-boot";
import { renderMachine, renderPrimary, renderWatcher } from "../../../render/machine";
import { observatoryConfig, watchdogConfig } from "../../../render/monitor";
import { cronSchedule } from "../../../render/system";
import { hasProcess, unitName } from "../../../render/units";
import {
  MANIFEST,
  SETTINGS,
  SOURCES,
  factsIn,
  project,
  removeProjects,
} from "../../fixtures/manifest";

afterAll(removeProjects);
const shipped = loadFleet(join(__dirname, "../../.."), "local");
const small = factsIn(project());
const standIn = factsIn(
  project({ ...SOURCES, "fleet.yaml": `${MANIFEST}failover: {}\n` }),
  SETTINGS,
  ["failover-token"],
);
const portOf = (name: string): number =>
  small.services.find((service) => service.name === name)!.port!;
const textAt = (fleet: typeof small, path: string): string =>
  [...renderPrimary(fleet), ...renderWatcher(fleet)].find((file) => file.path === path)!.text;

/** By the file's name below systemd's folder. */
const unitTexts = (files: ReturnType<typeof renderPrimary>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    files.flatMap(({ path, text }) =>
      path.startsWith("/etc/systemd/system/")
        ? [[path.slice("/etc/systemd/system/".length), text]]
        : [],
    ),
  );

test("a relay that is away is not a network that is away: both machines have other places to ask", () => {
  for (const places of [observatoryConfig(small).network, watchdogConfig(small).watcher?.network]) {
    expect(places?.map(({ host }) => host)).toContain("relay.lab.test");
    expect(new Set(places?.map(({ host }) => host)).size).toBeGreaterThan(2);
  }
});

test("upgrades of the primary's packages are announced to the Observatory, by the program and the file that are there", () => {
  const text = textAt(small, "/etc/systemd/system/apt-daily-upgrade.service.d/fleet.conf");
  expect(
    text.match(
      /^Exec(StartPre|StopPost)=-.*maintenance "package upgrades on the primary" (--minutes 30|--end) --config \/etc\/fleet\/watchdog\.json'?$/gm,
    ),
  ).toHaveLength(2);
  expect(renderWatcher(small).map(({ path }) => path)).not.toContain(
    "/etc/systemd/system/apt-daily-upgrade.service.d/fleet.conf",
  );
});

test("what all services stand on is asked by the primary's own name: no service that changes, or goes, is taken for a broken layer", () => {
  const { primary, checks } = observatoryConfig(small);
  const layers = [primary, ...checks].filter(
    ({ layer, machine = "primary" }) => machine === "primary" && layer && layer !== "service",
  );
  expect(layers.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["primary", "dns", "nginx", "certificate"]),
  );
  for (const { host } of small.services) expect(JSON.stringify(layers)).not.toContain(`"${host}`);
  for (const { host } of small.services) expect(JSON.stringify(layers)).not.toContain(`/${host}/`);
  expect(JSON.stringify(layers)).toContain("primary.example.test");
  expect(desiredState(small, "primary").certificates.flatMap(({ hosts }) => hosts)).toContain(
    "primary.example.test",
  );
  expect(textAt(small, "/etc/nginx/sites/primary.conf")).toContain(
    "server_name primary.example.test;",
  );
});

test("the operator's view is there where the stack has a password for it, and the Observatory is handed it", () => {
  expect(observatoryConfig(small).operatorFile).toBeUndefined();
  const fleet = { ...small, status: { ...small.status, operator: true } };
  expect(observatoryConfig(fleet).operatorFile).toBe(
    "/run/credentials/observatory.service/operator-password",
  );
  expect(
    renderWatcher(fleet).find(({ path }) => path.endsWith("/observatory.service"))?.text,
  ).toContain("operator-password");
});

test("what the watcher alone may know is in nothing that the primary is given: channels, the outside switch, the operator's password, the owner's key", () => {
  const alerts = {
    ...small.alerts,
    relay: { ...small.alerts.relay, user: "fleet" },
    channels: [
      { kind: "slack", options: {}, secrets: { urlFile: "slack-url" } },
      { kind: "ntfy", options: { url: "https://ntfy.example.test/topic" }, secrets: {} },
    ] as const,
    deadMan: "https://switch.example.test/a-token",
  };
  const fleet: typeof small = { ...small, alerts, status: { ...small.status, operator: true } };
  const told = (files: ReturnType<typeof renderPrimary>): string =>
    files.map(({ text }) => text).join("\n");
  const words = ["slack", "ntfy.example.test", "a-token", "operator-password", "owner-key"];
  for (const word of words) {
    expect(told(renderWatcher(fleet))).toContain(word);
    expect(told(renderPrimary(fleet))).not.toContain(word);
  }
  expect(secretsOf(fleet, "primary")).toEqual(["signing-key", "relay-password"]);
  expect([...secretsOf(fleet, "watcher")].sort()).toEqual([
    "operator-password",
    "owner-key",
    "relay-password",
    "repository-password",
    "signing-key",
    "slack-url",
  ]);
});

test("settings with tokens in them are read by their program alone", () => {
  const modeOf = (path: string): unknown =>
    [...renderPrimary(small), ...renderWatcher(small)].find((file) => file.path === path);
  expect(modeOf("/etc/fleet/observatory.json")).toMatchObject({
    mode: 0o640,
    group: "observatory",
  });
  expect(modeOf("/etc/fleet/watchdog.json")).toMatchObject({ mode: 0o600 });
});

test("only an Observatory that has something to ping may open raw sockets", () => {
  const capabilities = (fleet: typeof small): string[] =>
    textAt(fleet, "/etc/systemd/system/observatory.service").match(
      /^(CapabilityBoundingSet|AmbientCapabilities)=.*$/gm,
    )!;
  expect(capabilities(small)).toEqual(["CapabilityBoundingSet=", "AmbientCapabilities="]);
  const fleet = {
    ...small,
    checks: { ...small.checks, also: [{ kind: "icmp" as const, id: "ping", host: "192.0.2.1" }] },
  };
  expect(capabilities(fleet)).toEqual([
    "CapabilityBoundingSet=CAP_NET_RAW",
    "AmbientCapabilities=CAP_NET_RAW",
  ]);
});

describe.each([
  ["shipped", shipped],
  ["small", small],
])("the %s manifest", (_name, fleet) => {
  const paths = renderPrimary(fleet).map(({ path }) => path);
  const wanted = desiredState(fleet, "primary");

  test.each([...fleet.services])(
    "$name is served, supervised, watched and, if it has data, backed up",
    (service) => {
      expect(paths).toContain(`/etc/nginx/sites/${service.name}.conf`);
      expect(wanted.certificates.flatMap(({ hosts }) => hosts)).toContain(service.host);
      expect(observatoryConfig(fleet).checks).toContainEqual(
        expect.objectContaining({
          id: service.name,
          service: service.name,
          url: `https://${service.host}${service.health.path}`,
        }),
      );
      if (service.kind !== "static" && service.kind !== "proxy") {
        const unit = `fleet-${service.name}.service`;
        expect(paths).toContain(`/etc/systemd/system/${unit}`);
        expect(wanted.units).toContainEqual(
          expect.objectContaining({ name: unit, onChange: "restart", enable: true }),
        );
        expect(wanted.users).toContainEqual(
          expect.objectContaining({
            name: `svc-${service.name}`,
            home: `/var/lib/fleet/${service.name}`,
          }),
        );
        expect(wanted.probes.map((probe) => probe.unit)).toContain(unit);
        expect(watchdogConfig(fleet).services.map((watched) => watched.unit)).toContain(unit);
        expect(wanted.packages).toEqual(expect.arrayContaining([...service.packages]));
      }
      for (const { path, kind } of service.data)
        expect(wanted.data).toContainEqual(
          expect.objectContaining({ service: service.name, kind, path }),
        );
    },
  );

  test("no path is written twice, and each lies where it may", () => {
    for (const files of [renderPrimary(fleet), renderWatcher(fleet)]) {
      const all = files.map(({ path }) => path);
      expect(new Set(all).size).toBe(all.length);
      expect(
        all.filter(
          (path) => !path.startsWith("/etc/") || path.includes("..") || path.includes("//"),
        ),
      ).toEqual([]);
    }
  });

  test("a unit's file belongs to a unit of the release, and what restarts a unit is there", () => {
    for (const [files, release, mayCome] of [
      [renderPrimary(fleet), wanted, []],
      [renderWatcher(fleet), desiredState(fleet, "watcher"), renderWatcher(standIn)],
    ] as const) {
      // A drop-in is of a unit that Debian brings.
      const units = files.flatMap(
        ({ path }) => /^\/etc\/systemd\/system\/([^/]+)$/.exec(path)?.[1] ?? [],
      );
      expect(release.units.map(({ name }) => name)).toEqual(expect.arrayContaining(units));
      const named = release.units
        .flatMap(({ restartOn, reloadOn = [] }) => [...restartOn, ...reloadOn])
        .filter((path) => path.startsWith("/"));
      expect(
        named.filter(
          (path) =>
            ![...files, ...mayCome].some(
              (file) => file.path === path || (path.endsWith("/") && file.path.startsWith(path)),
            ),
        ),
      ).toEqual([]);
    }
  });

  test("the Observatory accepts what it is given", () =>
    expect(problemsOf(observatoryConfig(fleet))).toEqual([]));
  test("the watcher's units, a pull at work, leave a machine of 512 MB room", () => {
    const limits = renderWatcher(fleet)
      .flatMap(({ text }) => /^MemoryMax=(\d+)M$/m.exec(text)?.[1] ?? [])
      .map(Number);
    expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(400);
  });
  test("when memory is short, backups go first, then services, the web server, what moves names, and last who tells", () => {
    const units = { ...unitTexts(renderPrimary(fleet)), ...unitTexts(renderWatcher(fleet)) };
    const score = (name: string): number =>
      Number(/^OOMScoreAdjust=(-?\d+)$/m.exec(units[name] ?? "")?.[1] ?? 0);
    const scores = [
      score("backup-pull.service"),
      ...fleet.services.filter(hasProcess).map((service) => score(unitName(service))),
      score("nginx.service.d/limits.conf"),
      ...(fleet.failover === undefined ? [] : [score("failover.service")]),
      score("fleet-watchdog.service"),
      score("observatory.service"),
    ];
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size).toBeGreaterThan(3);
    // One worker's end is no reason to end the web server, nor one login's to end the others.
    for (const name of ["nginx.service.d/limits.conf", "ssh.service.d/fleet.conf"])
      expect(units[name]).toMatch(/^OOMPolicy=continue$/m);
    for (const name of ["fleet-watchdog.service", "observatory.service"])
      expect(units[name]).toMatch(/^MemorySwapMax=0$/m);
  });
  test("both machines ask time servers, and a clock that nobody sets is told", () => {
    const checks = observatoryConfig(fleet).checks;
    for (const role of ["primary", "watcher"] as const) {
      const { packages, units } = desiredState(fleet, role);
      expect(packages).toContain("systemd-timesyncd");
      expect(units).toContainEqual(
        expect.objectContaining({ name: "systemd-timesyncd.service", enable: true }),
      );
      expect(checks).toContainEqual(
        expect.objectContaining({
          id: `${role}/clock`,
          machine: role,
          limits: { unsyncedSeconds: 86_400 },
        }),
      );
    }
  });
  test("who logs in is read from the journal, by a group and not by root", () => {
    const unit = unitTexts(renderWatcher(fleet))["observatory.service"];
    expect(unit).toMatch(/^User=observatory$/m);
    expect(unit).toMatch(/^SupplementaryGroups=systemd-journal$/m);
  });
  test("both machines keep memory for the monitor, hold back who is logged in, and have swap where the kernel is theirs", () => {
    for (const role of ["primary", "watcher"] as const) {
      const units = unitTexts(renderMachine(fleet, role));
      expect(units["system.slice.d/fleet.conf"]).toContain("MemoryMin=128M");
      expect(units["user.slice.d/fleet.conf"]).toContain("MemoryHigh=60%");
      expect(units["swap-file.service"]).toContain("ConditionVirtualization=!container");
      expect(desiredState(fleet, role).units).toContainEqual(
        expect.objectContaining({ name: "swap-file.service", enable: true }),
      );
    }
  });
});

test("each kind is served in its own way", () => {
  expect(textAt(small, "/etc/nginx/sites/pages.conf")).toContain(
    "root /opt/fleet/trees/pages/current;",
  );
  expect(textAt(small, "/etc/nginx/sites/notes.conf")).toMatch(
    new RegExp(
      `upstream notes { server 127\\.0\\.0\\.1:${portOf("notes")} [^]*proxy_buffering on;[^]*proxy_read_timeout 75s;[^]*proxy_pass http://\\$backend;`,
    ),
  );
  expect(textAt(small, "/etc/nginx/sites/feed.conf")).toMatch(
    /proxy_buffering off;[^]*proxy_read_timeout 1h;/,
  );
  expect(textAt(small, "/etc/nginx/sites/grafana.conf")).toMatch(
    /server_name stats\.example\.test;[^]*proxy_pass http:\/\/127\.0\.0\.1:9100;/,
  );
  expect(textAt(small, "/etc/systemd/system/fleet-hook.service")).toContain(
    `ExecStart=/usr/bin/webhook -port ${portOf("hook")} -title "two words"\n`,
  );
  expect(textAt(small, "/etc/systemd/system/fleet-feed.service")).toContain(
    'Environment="GREETING=hello there"\n',
  );
});

test.each([
  [
    "a word that systemd would split",
    ["/bin/x", "two words", "it's"],
    '/bin/x "two words" "it\'s"',
  ],
  [
    "what systemd would take for its own",
    ["/bin/x", ";", "$HOME", "${PORT}", "-d=${DATA_DIR}"],
    `/bin/x ";" "$$HOME" ${portOf("hook")} -d=/var/lib/fleet/hook`,
  ],
  ["a program of the folder", ["./bin/x", "./y"], "/opt/fleet/trees/hook/current/bin/x ./y"],
])("a command line keeps its words: %s", (_what, command, line) => {
  const fleet = {
    ...small,
    services: small.services.map((service) =>
      service.name === "hook" ? { ...service, command } : service,
    ),
  };
  expect(textAt(fleet, "/etc/systemd/system/fleet-hook.service")).toContain(
    `\nExecStart=${line}\n`,
  );
});

test("whoever is listened to over TLS is listened to over HTTP/3 as well, and each worker has a socket of its own", () => {
  const sites = [...renderPrimary(shipped), ...renderWatcher(shipped)].filter(({ path }) =>
    path.startsWith("/etc/nginx/sites/"),
  );
  const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  expect(sites.length).toBeGreaterThan(10);
  for (const { path, text } of sites)
    expect([path, count(text, /listen \S+ quic/g)]).toEqual([path, count(text, /listen \S+ ssl/g)]);
  expect(sites.filter(({ text }) => text.includes("reuseport")).map(({ path }) => path)).toEqual([
    "/etc/nginx/sites/00-default.conf",
    "/etc/nginx/sites/00-default.conf",
  ]);
});

test("every header is sent in one place: an add_header in a location would drop the others there", () => {
  for (const { path, text } of [...renderPrimary(shipped), ...renderWatcher(shipped)].filter(
    (file) => file.path.startsWith("/etc/nginx/"),
  ))
    // A site's own lines are indented once; what stands in a location is in deeper.
    expect([
      path,
      /^ {5,}(add_header|proxy_hide_header) /m.test(text) ||
        /location[^\n]*\{[^\n]*add_header/.test(text),
    ]).toEqual([path, false]);
});

test.each([
  [5, "*/5 * * * *"],
  [30, "*/30 * * * *"],
  [60, "7 * * * *"],
  [360, "7 */6 * * *"],
  [1440, "7 3 * * *"],
])("backups every %i minutes", (minutes, schedule) => expect(cronSchedule(minutes)).toBe(schedule));

describe("first boot", () => {
  const keys = {
    authorizedKeys: ["ssh-ed25519 AAAAadmin"],
    hostPrivateKey:
      "-----BEGIN OPENSSH PRIVATE KEY-----\nfirst-boot\n-----END OPENSSH PRIVATE KEY-----\n",
    hostPublicKey: "ssh-ed25519 AAAAhost",
  };
  test.each(["primary", "watcher"] as const)(
    "of the %s is far below DigitalOcean's 64 KiB, and holds one private key: its own of the first boot",
    (role) => {
      const text = firstBoot(shipped, role, keys);
      expect(Buffer.byteLength(text)).toBeLessThan(8 * 1024);
      expect(text.match(/PRIVATE KEY/g)).toHaveLength(2);
    },
  );
  test("does not change with the services: a change would replace the machine", () => {
    expect(
      firstBoot(
        { ...shipped, services: [], checks: { ...shipped.checks, failAfter: 9 } },
        "primary",
        keys,
      ),
    ).toBe(firstBoot(shipped, "primary", keys));
  });
});

test("names of the certificate match what nginx reads", () => {
  const tls = textAt(shipped, "/etc/nginx/snippets/tls.conf");
  const names = (["primary", "watcher"] as const).flatMap((role) =>
    desiredState(shipped, role).certificates.map(
      (certificate: Release["certificates"][number]) => certificate.name,
    ),
  );
  expect(names).toEqual(["fleet", "fleet"]);
  expect(tls).toContain("ssl_certificate /etc/fleet/tls/fleet/fullchain.pem;");
});

test("what units may not do is said once, and in no template", () => {
  const folder = join(__dirname, "../../../templates/systemd");
  const keyOf = (line: string): string => line.split("=")[0] ?? "";
  const said = [...hardening({ families: ["AF_UNIX"] }), ...OWN_HARDENING].map(keyOf);
  expect(said).toContain("ProtectSystem");
  for (const name of readdirSync(folder)) {
    const keys = readFileSync(join(folder, name), "utf8").split("\n").map(keyOf);
    expect(keys.filter((key) => said.includes(key))).toEqual([]);
  }
});
