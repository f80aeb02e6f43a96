import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { probeAll } from "../../../agent/probe";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const PROBE = {
  service: "chat",
  unit: "fleet-chat.service",
  url: "http://127.0.0.1:3001/health",
  status: 200,
  timeoutSeconds: 20,
};
let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
  machine.pages.set(PROBE.url, { status: 200, body: "ok" });
});
afterEach(() => {
  machine.remove();
});

const listening = (...addresses: readonly (readonly [string, number])[]): void => {
  machine.answers.set("ss", {
    stdout: addresses
      .map(
        ([address, pid]) =>
          `LISTEN 0 511 ${address}:3001 0.0.0.0:* users:(("prog${pid}",pid=${pid},fd=3))\n`,
      )
      .join(""),
  });
};
const unit = (
  state: string,
  restarts: number,
  group = "/system.slice/fleet-chat.service",
): void => {
  machine.answers.set("systemctl show", {
    stdout: `ActiveState=${state}\nNRestarts=${restarts}\nControlGroup=${group}\n`,
  });
};
const OURS = "0::/system.slice/fleet-chat.service\n";

test.each([["127.0.0.1"], ["0.0.0.0"], ["*"], ["[::]"], ["[::ffff:127.0.0.1]"]])(
  "an answer counts when the unit's own process listens (%s)",
  async (address) => {
    listening([address, 42]);
    machine.write("/proc/42/cgroup", OURS);
    await probeAll(machine, [PROBE]);
    expect(machine.said).toEqual([]);
  },
);

test("a child of the unit, in a container's own view of control groups, is the unit's", async () => {
  listening(["127.0.0.1", 42]);
  machine.write("/proc/42/cgroup", `1:name=systemd:/machine/x${OURS.slice(3, -1)}/worker\n`);
  await probeAll(machine, [PROBE]);
});

test.each([
  ["runs beside it", "active", 0],
  ["is why it ends at once", "activating", 2],
])(
  "somebody else's program on the port that %s: it is named, whatever it answers",
  async (_what, state, restarts) => {
    unit(state, restarts);
    listening(["127.0.0.1", 666]);
    machine.write("/proc/666/cgroup", "0::/system.slice/squatter.service\n");
    await expect(probeAll(machine, [PROBE])).rejects.toThrow(
      /answered rightly, but not from fleet-chat\.service: port 3001 is held by prog666 \(process 666\)/,
    );
  },
);

test("a service that listens everywhere, behind a stranger who has the loopback address", async () => {
  listening(["0.0.0.0", 42], ["127.0.0.1", 666]);
  machine.write("/proc/42/cgroup", OURS);
  machine.write("/proc/666/cgroup", "0::/user.slice\n");
  await expect(probeAll(machine, [PROBE])).rejects.toThrow("prog666");
});

test("a stranger on another address of the same port is nobody's matter", async () => {
  listening(["127.0.0.1", 42], ["203.0.113.5", 666]);
  machine.write("/proc/42/cgroup", OURS);
  await probeAll(machine, [PROBE]);
});

test.each(["failed", "inactive", "activating", "deactivating"])(
  "a unit that is %s is never well",
  async (state) => {
    unit(state, 0, "");
    await expect(probeAll(machine, [PROBE])).rejects.toThrow(
      `fleet-chat.service does not run (${state})`,
    );
  },
);

test("where nobody can tell whose port it is, the unit has to stay up for a while", async () => {
  let restarts = 0;
  const looping: TemporaryMachine = {
    ...machine,
    run: async (argv, options) =>
      argv[1] === "show"
        ? { code: 0, stdout: `ActiveState=active\nNRestarts=${restarts++}\n`, stderr: "" }
        : await machine.run(argv, options),
  };
  await expect(probeAll(looping, [PROBE])).rejects.toThrow("does not stay up");
});
