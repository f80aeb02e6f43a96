import { expect, test } from "@jest/globals";

import { covers, shutOut } from "../../../cli/access/admin-from";
import { diagnose, diagnosing } from "../../../cli/access/dial-diagnosis";
import { contextOf } from "../../../cli/context";
import type { Ask } from "../../../cli/droplets";
import type { Reporter } from "../../../cli/progress/reporter";

const context = contextOf({});
const firewall = (addresses: readonly string[]) => ({
  firewalls: [
    { name: "f", inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses } }] },
  ],
});
const asked =
  (status: string, from: readonly string[]): Ask =>
  (_, path) => {
    if (path.startsWith("/v2/droplets?"))
      return Promise.resolve({ droplets: [{ id: 7, name: "primary", status }] });
    if (path.endsWith("/firewalls")) return Promise.resolve(firewall(from));
    if (path.endsWith("/exec"))
      return Promise.resolve({ stdout: "sshd: failed\n/ has mode 700\n", stderr: "" });
    return Promise.resolve("[FAILED] Failed to start ssh.service\n");
  };

test.each([
  [["0.0.0.0/0", "::/0"], true],
  [["198.51.100.0/24"], true],
  [["198.51.100.2"], true],
  [["203.0.113.7", "2001:db8::/32"], false],
  [["198.51.100.128/25"], false],
])("admin-from %j lets the operator of the local cloud in: %s", (ranges, expected) => {
  expect(covers(ranges, "198.51.100.2")).toBe(expected);
});

test("an admin-from that shuts out this machine is refused before it is applied, with the remedy; a real stack's owner knows his own address", () => {
  const fleet = { admin: { user: "u", authorizedKeys: [], allowFrom: ["203.0.113.7"] } };
  expect(shutOut(fleet as never, { local: true, stack: "local" })).toMatch(
    /^Pulumi\.local\.yaml: admin-from: 203\.0\.113\.7 leaves out 198\.51\.100\.2.* Add 198\.51\.100\.0\/24/,
  );
  expect(shutOut(fleet as never, { local: false, stack: "prod" })).toBeUndefined();
});

test("a machine that nobody gets into is looked at: power, firewall, sshd, the end of its console", async () => {
  expect(await diagnose(asked("active", ["203.0.113.7"]), "primary", true)).toBe(
    [
      "  droplet 7 is active",
      "  firewall: port 22 is open to 203.0.113.7",
      "  inside:\n    sshd: failed\n    / has mode 700",
      "  the end of its console:\n    [FAILED] Failed to start ssh.service",
    ].join("\n"),
  );
  expect(await diagnose(asked("off", []), "primary", true)).toBe(
    "  droplet 7 is off\n  firewall: no address may reach port 22 (f)",
  );
  expect(await diagnose(asked("active", []), "watcher", true)).toBe(
    "  There is no droplet watcher.",
  );
  expect(await diagnose(asked("active", ["::/0"]), "primary", false)).toContain(
    "Your own address has to be in admin-from",
  );
});

test("it is told once, of a step that keeps on trying, and of none that gets through in time", async () => {
  const said: string[] = [];
  let told: () => void = () => undefined;
  const nothing = (): void => undefined;
  const reporter: Reporter = {
    running: nothing,
    done: nothing,
    clear: nothing,
    event: nothing,
    close: nothing,
    say: (text) => {
      said.push(text);
      told();
    },
  };
  const watching = diagnosing(context, reporter, 20, () => Promise.resolve(asked("off", [])));
  const first = new Promise<void>((resolve) => {
    told = resolve;
  });
  watching.running("b", "Command watcher-host-key", "Dial 1/60 failed: retrying");
  watching.done("b", "Command watcher-host-key", 1, { failed: false });
  watching.running("a", "Command primary-host-key", "Dial 1/60 failed: retrying");
  watching.running("a", "Command primary-host-key", "Dial 2/60 failed: retrying");
  await first;
  expect(said).toEqual([
    "Command primary-host-key: no login to the primary for 0.02 s; it is still tried.\n" +
      "  droplet 7 is off\n" +
      "  firewall: no address may reach port 22 (f)",
  ]);
});
