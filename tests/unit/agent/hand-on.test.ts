import { existsSync } from "node:fs";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Release } from "@second-server/contract/release";

import { apply } from "../../../agent/apply/apply";
import { freeze, thaw, writersOf } from "../../../agent/primary/freeze";
import { handOn, relayText } from "../../../agent/primary/hand-on";
import { handedOnTo, refuseWhileHandingOn } from "../../../agent/primary/handed-on";
import { file, release, sha256 } from "./sample";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const SOCKET = "[Socket]\nListenStream=127.0.0.1:3901\n";
const SITE = "/etc/nginx/sites/handed-on.conf";
const FROZEN = "/run/fleet/frozen";
const HANDED = "/var/lib/fleet-agent/handed-on";
const MARK = "/run/fleet/handed-over/.waiting-notes";
const ROUTE = "/run/fleet/handed-over/notes";
const NEW = "203.0.113.12";

let machine: TemporaryMachine;
const unit = (name: string, enable: boolean): Release["units"][number] => ({
  name,
  restartOn: [],
  onChange: "restart",
  enable,
});
const probe = (service: string, port: number): Release["probes"][number] => ({
  service,
  unit: `fleet-${service}.service`,
  url: `http://127.0.0.1:${port}/health`,
  status: 200,
  timeoutSeconds: 5,
});
const RELEASE = release({
  trees: [],
  files: [file("/etc/systemd/system/fleet-notes.service", "[Service]")],
  units: [
    unit("fleet-notes.service", true),
    unit("fleet-notes@worker-mail.service", true),
    unit("fleet-notes@job-tidy.service", false),
    unit("fleet-notes@job-tidy.timer", true),
    unit("fleet-page.service", true),
  ],
  probes: [probe("notes", 3001), probe("page", 3002)],
  publicProbes: [],
  handovers: [
    {
      service: "notes",
      unit: "fleet-notes.service",
      way: "held",
      port: 3901,
      units: [{ name: "fleet-notes@wait.socket", sha256: sha256(SOCKET) }],
      drainSeconds: 2,
    },
  ],
  data: [
    {
      service: "notes",
      unit: "fleet-notes.service",
      owner: "svc-notes",
      kind: "file",
      path: "/var/lib/fleet/notes/notes.json",
    },
  ],
});
/** Besides what answers: as if the machine had an address, and were asked by its names. */
const NAMED: Release = {
  ...RELEASE,
  publicProbes: [
    { service: "notes", url: "https://notes.example.test/health", status: 200, timeoutSeconds: 5 },
  ],
};

beforeEach(async () => {
  machine = temporaryMachine();
  for (const port of [3001, 3002, 3901])
    machine.pages.set(`http://127.0.0.1:${port}/health`, { status: 200, body: "ok" });
  await apply(machine, machine.deliver(RELEASE, ["[Service]", SOCKET]));
  machine.ran.length = 0;
});
afterEach(() => {
  machine.remove();
});
const isThere = (path: string): boolean => existsSync(machine.at(path));

describe("a freeze", () => {
  test("ends by itself, whatever becomes of who has asked for it", async () => {
    await freeze(machine, 45);
    const timer = machine.ran.findIndex((line) => line.startsWith("systemd-run"));
    const stop = machine.ran.findIndex((line) => line.includes("stop -- fleet-notes.service"));
    expect(machine.ran[timer]).toMatch(/--unit=fleet-thaw --on-active=45 .* thaw$/);
    expect(stop).toBeGreaterThan(timer);
  });
  test("stops all that may write, jobs and their timers too, and nothing else", async () => {
    await freeze(machine, 45);
    expect(machine.ran).toContain(
      "systemctl stop -- fleet-notes.service fleet-notes@worker-mail.service fleet-notes@job-tidy.timer fleet-notes@job-tidy.service",
    );
    expect(machine.ran.filter((line) => line.includes("fleet-page"))).toEqual([]);
  });
  test("lets visitors wait although the agent that began it has ended", async () => {
    await freeze(machine, 45);
    expect(isThere(ROUTE)).toBe(true);
    expect(machine.read(MARK)).toBe("1\n");
  });
  test("is lifted: what runs always runs again, then who waited is let in", async () => {
    await freeze(machine, 45);
    machine.ran.length = 0;
    await thaw(machine);
    expect(machine.ran).toContain(
      "systemctl start -- fleet-notes.service fleet-notes@worker-mail.service fleet-notes@job-tidy.timer",
    );
    for (const path of [FROZEN, MARK, ROUTE]) expect([path, isThere(path)]).toEqual([path, false]);
    machine.ran.length = 0;
    await thaw(machine);
    expect(machine.ran).toEqual([]);
  });
  test("leaves nobody waiting, and nothing refused, where a service does not come back", async () => {
    await freeze(machine, 45);
    machine.pages.set("http://127.0.0.1:3001/health", { status: 500, body: "no disk" });
    await expect(thaw(machine)).rejects.toThrow(/notes: .* status 500/);
    for (const path of [FROZEN, MARK, ROUTE]) expect([path, isThere(path)]).toEqual([path, false]);
    expect(() => refuseWhileHandingOn(machine, "apply")).not.toThrow();
  });
  test("leaves nothing to an apply that comes meanwhile", async () => {
    await freeze(machine, 45);
    expect(() => refuseWhileHandingOn(machine, "apply")).toThrow(/is being handed on/);
    await thaw(machine);
    expect(() => refuseWhileHandingOn(machine, "apply")).not.toThrow();
  });
});

describe("handing on", () => {
  test("passes on who waited, and starts nothing here any more", async () => {
    await freeze(machine, 45);
    await handOn(machine, NEW);
    expect(handedOnTo(machine)).toBe(NEW);
    expect(machine.ran.some((line) => line.startsWith("systemctl disable"))).toBe(true);
    for (const path of [FROZEN, MARK, ROUTE]) expect([path, isThere(path)]).toEqual([path, false]);
    expect(() => refuseWhileHandingOn(machine, "apply")).toThrow(NEW);
    await expect(freeze(machine, 45)).rejects.toThrow(/has handed on/);
  });
  test("is asked again by who was cut short", async () => {
    await freeze(machine, 45);
    await handOn(machine, NEW);
    await expect(handOn(machine, NEW)).resolves.toBeUndefined();
  });
  test("is refused once the freeze has ended: what was written since would be lost", async () => {
    await expect(handOn(machine, NEW)).rejects.toThrow(/nothing is frozen/);
    await freeze(machine, 45);
    await thaw(machine);
    await expect(handOn(machine, NEW)).rejects.toThrow(/nothing is frozen/);
    expect(isThere(HANDED)).toBe(false);
  });
  test("ends with the old one serving where the new one does not answer", async () => {
    await freeze(machine, 45);
    machine.pages.set("http://127.0.0.1:3001/health", { status: 502, body: "" });
    const start = machine.run.bind(machine);
    machine.run = (argv, ...rest) => {
      if (argv.includes("start") && argv.includes("fleet-notes.service"))
        machine.pages.set("http://127.0.0.1:3001/health", { status: 200, body: "ok" });
      return start(argv, ...rest);
    };
    await expect(handOn(machine, NEW)).rejects.toThrow(/status 502, not 200/);
    for (const path of [FROZEN, HANDED, SITE, ROUTE])
      expect([path, isThere(path)]).toEqual([path, false]);
  });
  test("takes an address, and no words for nginx", async () => {
    await freeze(machine, 45);
    await expect(handOn(machine, "203.0.113.12; return 200")).rejects.toThrow(/is no address/);
  });
  test("asks the new one by the public name, and trusts its certificate alone", () => {
    const text = relayText({ ...writersOf(machine), release: NAMED }, NEW);
    expect(text).toContain("server 203.0.113.12:443;");
    expect(text).toContain("listen 127.0.0.1:3001;");
    expect(text).toContain("proxy_ssl_name notes.example.test;");
    expect(text).toContain("proxy_ssl_verify on;");
    expect(text).not.toContain("3002");
  });
});
