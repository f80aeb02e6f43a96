import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { installPackages } from "../../../agent/apply/prepare";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
});
afterEach(() => {
  machine.remove();
});

/** apt-get says these, one after the other, and then succeeds. */
const saying = (...complaints: readonly string[]): TemporaryMachine => {
  const left = [...complaints];
  return {
    ...machine,
    run: async (argv, options) => {
      const ran = await machine.run(argv, options);
      const stderr = argv[0] === "apt-get" ? left.shift() : undefined;
      return stderr === undefined ? ran : { ...ran, code: 100, stderr };
    },
  };
};
const calls = (): readonly string[] =>
  machine.ran
    .filter((line) => line.startsWith("apt-get"))
    .map((line) => line.replace(/^.*Retries=3 /, ""));
const INSTALL = "install -y --no-install-recommends -- webhook";

test.each([
  [
    "the lists",
    "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 42 (apt-get)",
  ],
  [
    "the archives",
    "E: Could not get lock /var/cache/apt/archives/lock - open (11: Resource " +
      "temporarily unavailable)\n" +
      "E: Unable to lock directory /var/cache/apt/archives/",
  ],
  [
    "dpkg",
    "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
  ],
])("whoever has the lock of %s is waited for", async (_what, complaint) => {
  const began = machine.now().getTime();
  await installPackages(saying(...Array.from({ length: 20 }, () => complaint)), ["webhook"]);
  expect(new Set(calls())).toEqual(new Set([INSTALL]));
  expect(machine.now().getTime() - began).toBeGreaterThan(30_000);
});

test("a lock that is never given back ends the release, in apt's words", async () => {
  machine.answers.set("apt-get", {
    code: 100,
    stderr: "E: Could not get lock /var/lib/apt/lists/lock",
  });
  await expect(installPackages(machine, ["webhook"])).rejects.toThrow("lists/lock");
  expect(machine.now().getTime()).toBeLessThan(Date.UTC(2026, 10, 21, 12, 16));
});

test.each([
  ["E: Failed to fetch http://deb.debian.org/x.deb  503  Service Unavailable"],
  ["W: Failed to fetch http://deb.debian.org/x  Temporary failure resolving 'deb.debian.org'"],
  ["E: Failed to fetch http://deb.debian.org/x  Hash Sum mismatch"],
])("a mirror that fails is asked again: %s", async (complaint) => {
  await installPackages(saying(complaint, complaint), ["webhook"]);
  expect(calls()).toEqual([INSTALL, INSTALL, INSTALL]);
});

test("a package that no list has is asked for again with fresh lists, and told", async () => {
  machine.answers.set("apt-get", { code: 100, stderr: "E: Unable to locate package webhook" });
  await expect(installPackages(machine, ["webhook"])).rejects.toThrow("Unable to locate package");
  expect(calls()).toEqual([INSTALL, "update"]);
  machine.answers.clear();
  machine.ran.length = 0;
  await installPackages(saying("E: Unable to locate package webhook"), ["webhook"]);
  expect(calls()).toEqual([INSTALL, "update", INSTALL]);
});
