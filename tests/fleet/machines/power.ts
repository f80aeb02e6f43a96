import { describe, expect, test } from "@jest/globals";

import {
  act,
  api,
  asOperator,
  becomes,
  booted,
  bootOf,
  droplet,
  ids,
  make,
  on,
  said,
  until,
} from "./lab-of-machines";

/** Droplet actions, and that they do what they say to the machine. */
export const powerTests = (): void =>
  describe("power and size", () => {
    /** A machine that hears nothing: its shutdown takes a minute to fail, which other tests use. */
    const deaf: { id: number; action: number } = { id: 0, action: 0 };

    test("a machine that hears nothing is asked to shut down", async () => {
      deaf.id = await make("deaf");
      await becomes(deaf.id, "active");
      await api("POST", "/local/faults", { kind: "freeze", dropletId: deaf.id });
      deaf.action = (
        await api("POST", `/v2/droplets/${deaf.id}/actions`, { type: "shutdown" })
      ).action.id;
    });

    test("a machine whose power was cut is silent, and keeps what was synced", async () => {
      const one = await droplet(ids.one);
      await on(ids.one, "echo kept > /root/kept; sync");
      await act(ids.one, { type: "power_off" });
      const began = Date.now();
      expect((await asOperator("timeout", "2", "bash", "-c", `</dev/tcp/${one.ip}/22`)).code).toBe(
        124,
      );
      expect(Date.now() - began).toBeGreaterThan(1900);
      await act(ids.one, { type: "power_on" });
      expect((await on(ids.one, "cat /root/kept")).stdout).toBe("kept\n");
    });

    test("reboot and power_cycle are new boots; uptime begins anew", async () => {
      const boots = [await bootOf(ids.one)];
      for (const type of ["reboot", "power_cycle"]) {
        const began = Date.now();
        await act(ids.one, { type });
        boots.push(await bootOf(ids.one));
        const uptime = Number((await said(ids.one, "cat /proc/uptime")).split(" ")[0]);
        expect(uptime).toBeLessThan((Date.now() - began) / 1000 + 1);
      }
      expect(new Set(boots).size).toBe(3);
    });

    test("poweroff inside is noticed; a reboot inside is a reboot", async () => {
      const first = await bootOf(ids.far);
      await on(ids.far, "systemctl reboot");
      await until("another boot", 150, async () => !["", first].includes(await bootOf(ids.far)));
      expect((await droplet(ids.far)).status).toBe("active");
      // A PID 1 that has just begun takes no orders yet.
      await on(ids.far, "until systemctl poweroff; do sleep 0.2; done").catch(() => undefined);
      await becomes(ids.far, "off");
    });

    test("a size limits CPUs, memory, processes and disk, and that is what the machine sees; a resize changes all of it", async () => {
      const sees = async (): Promise<number[]> =>
        (
          await said(
            ids.far,
            "nproc; grep -c ^processor /proc/cpuinfo; grep -c '^cpu[0-9]' /proc/stat; awk " +
              "'/MemTotal/ { print $2 / 1024 }' /proc/meminfo; df --output=size -BG / | tail -1",
          )
        )
          .split(/\s+/)
          .map((word) => parseInt(word, 10));
      const shown = async (wanted: readonly number[]): Promise<void> =>
        until(
          `${wanted.join(" ")} shown`,
          60,
          async () => (await sees()).slice(0, 4).join() === wanted.join(),
        );
      await act(ids.far, { type: "power_on" });
      await booted(ids.far);
      await shown([1, 1, 1, 512]);
      expect((await sees())[4]).toBeLessThanOrEqual(10);
      const hog = "python3 -c 'x = b\"x\" * (900 << 20); print(len(x))'";
      expect((await on(ids.far, hog)).code).not.toBe(0);
      expect(await said(ids.far, "systemctl is-system-running")).toBe("running");
      await act(ids.far, { type: "power_off" });
      await act(ids.far, { type: "resize", size: "s-2vcpu-2gb", disk: true });
      await act(ids.far, { type: "power_on" });
      // As many as the host has, at most.
      const cpus = Math.min(2, (await import("node:os")).availableParallelism());
      await shown([cpus, cpus, cpus, 2048]);
      expect((await sees())[4]).toBeGreaterThan(50);
      expect((await on(ids.far, hog)).code).toBe(0);
    });

    test("CPU time and load are the machine's own", async () => {
      const idle = async (id: number): Promise<number> =>
        Number((await said(id, "head -1 /proc/stat")).split(/\s+/)[4]);
      const before = await idle(ids.two);
      await on(ids.far, "systemd-run --wait --quiet timeout 8 sh -c 'while :; do :; done'");
      const load = async (id: number): Promise<number> =>
        Number((await said(id, "cat /proc/loadavg")).split(" ")[0]);
      expect(await load(ids.far)).toBeGreaterThan(0.05);
      expect((await idle(ids.two)) - before).toBeGreaterThan(400);
    });

    test("snapshot, rebuild from it, restore, and a rebuild from the bare image", async () => {
      await on(ids.far, "echo before > /root/state; sync");
      await act(ids.far, { type: "snapshot", name: "far" });
      const { snapshots } = await api("GET", `/v2/droplets/${ids.far}/snapshots`);
      for (const type of ["rebuild", "restore"]) {
        await on(ids.far, "echo after > /root/state");
        await act(ids.far, { type, image: snapshots[0]?.id });
        expect([type, await said(ids.far, "cat /root/state")]).toEqual([type, "before"]);
      }
      const { ip } = await droplet(ids.far);
      await act(ids.far, { type: "rebuild", image: "debian-13-x64" });
      expect([
        (await on(ids.far, "test -e /root/state")).code,
        (await droplet(ids.far)).ip,
      ]).toEqual([1, ip]);
    });

    test("a shutdown that nobody hears errors and leaves the machine on; power_off does not ask", async () => {
      await until(
        "the shutdown's end",
        180,
        async () =>
          (await api("GET", `/v2/actions/${deaf.action}`)).action.status !== "in-progress",
      );
      expect((await api("GET", `/v2/actions/${deaf.action}`)).action.status).toBe("errored");
      expect((await droplet(deaf.id)).status).toBe("active");
      await act(deaf.id, { type: "power_off" });
      expect((await droplet(deaf.id)).status).toBe("off");
      await api("DELETE", `/v2/droplets/${deaf.id}`);
      expect((await api("GET", "/local/faults")).faults).toEqual([]);
    });
  });
