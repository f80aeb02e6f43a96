import { describe, expect, test } from "@jest/globals";

import { must } from "../kit";
import {
  act,
  api,
  becomes,
  bootOf,
  droplet,
  during,
  inject,
  faultCommand,
  getsThrough,
  ids,
  on,
  reaches,
  said,
  status,
  until,
} from "./lab-of-machines";

/** Each fault that is done to a machine, injected as a user does, and seen where it hurts. */
export const machineFaultTests = (): void =>
  describe("faults of machines", () => {
    interface Pings {
      readonly lost: number;
      readonly milliseconds: number;
    }
    const ping = async (from: number, to: string, count: number): Promise<Pings> => {
      const { stdout } = await on(from, `ping -q -i 0.01 -W 5 -c ${count} ${to}`);
      const [, lost] = /([\d.]+)% packet loss/.exec(stdout) ?? [],
        [, shortest] = /= ([\d.]+)\//.exec(stdout) ?? [];
      return { lost: Number(lost), milliseconds: Number(shortest) };
    };

    test("a network cut, of one machine and between two", async () => {
      const [one, far] = await Promise.all([droplet(ids.one), droplet(ids.far)]);
      await during(["network-cut", "one", "--peer", "two"], async () => {
        expect([await reaches(ids.two, one.ip), await reaches(ids.two, one.vpcIp)]).toEqual([
          false,
          false,
        ]);
        await getsThrough(ids.far, one.ip);
      });
      await during(["network-cut", "far"], async () =>
        expect(await reaches(ids.one, far.ip)).toBe(false),
      );
      await getsThrough(ids.one, far.ip);
      await getsThrough(ids.two, one.ip);
    });

    test("packets are lost, about as many as asked, each way", async () => {
      const one = await droplet(ids.one);
      await during(["loss", "one", "--percent", "30"], async () => {
        // Of 400 pings 51 % should be lost: 30 % of the questions, 30 % of the other answers. Six
        // standard deviations are 15 %.
        const { lost } = await ping(ids.far, one.ip, 400);
        expect(Math.abs(lost - 51)).toBeLessThan(15);
      });
      expect((await ping(ids.far, one.ip, 100)).lost).toBe(0);
    });

    test("a slow link takes its time both ways, and is fast again", async () => {
      const one = await droplet(ids.one);
      const before = await ping(ids.two, one.ip, 5);
      await during(["latency", "one", "--milliseconds", "100"], async () =>
        expect((await ping(ids.two, one.ip, 5)).milliseconds).toBeGreaterThanOrEqual(200),
      );
      expect(before.milliseconds).toBeLessThan(100);
      expect((await ping(ids.two, one.ip, 5)).milliseconds).toBeLessThan(100);
    });

    test("a full disk refuses to write and is itself again", async () => {
      const write = () =>
        on(
          ids.one,
          "dd if=/dev/zero of=/root/probe bs=1M count=2 conv=fsync 2>&1; code=$?; rm -f /root/probe; exit $code",
        );
      await during(["disk-full", "one"], async () =>
        expect(await write()).toMatchObject({
          code: 1,
          stdout: expect.stringContaining("No space left on device"),
        }),
      );
      expect((await write()).code).toBe(0);
    });

    test("a frozen service looks active and does nothing; a frozen machine answers nobody", async () => {
      const one = await droplet(ids.one);
      const turn = () => on(ids.one, "timeout 1 bash -c 'head -c 4 < /dev/tcp/127.0.0.1/22'");
      await during(["freeze", "one", "--unit", "ssh.service"], async () => {
        expect(await said(ids.one, "systemctl is-active ssh")).toBe("active");
        expect((await turn()).stdout).toBe("");
      });
      await until("sshd's banner", 30, async () => (await turn()).stdout === "SSH-");
      await during(["freeze", "one"], async () =>
        expect(await reaches(ids.two, one.ip)).toBe(false),
      );
      await getsThrough(ids.two, one.ip);
    });

    test("services of a machine with a skewed clock see another day, those of the next machine and afterwards do not", async () => {
      const seen = async (id: number): Promise<number> =>
        Math.round(
          (Number(await said(id, "systemd-run --wait --pipe --quiet date +%s")) * 1000 -
            Date.now()) /
            86_400_000,
        ) + 0;
      const daemon =
        "[Service]\nExecStart=/bin/sh -c 'while date +%%s >/run/clock; do sleep 0.1; done'\n";
      await on(
        ids.one,
        `printf %b '${daemon.replaceAll("'", "'\\''")}' > ` +
          "/etc/systemd/system/clock.service; systemctl daemon-reload; systemctl start clock",
      );
      /** It was restarted, but may not have looked at its clock since. */
      const keeps = (days: number): Promise<void> =>
        until(
          `the service's clock ${days} days off`,
          30,
          async () =>
            Math.round(
              (Number(await said(ids.one, "cat /run/clock")) * 1000 - Date.now()) / 86_400_000,
            ) === days,
        );
      await during(["clock-skew", "one", "--seconds", String(10 * 86_400)], async () => {
        expect([await seen(ids.one), await seen(ids.two)]).toEqual([10, 0]);
        await keeps(10);
        expect(
          Number(
            await said(
              ids.one,
              "systemd-run --wait --pipe --quiet python3 -c 'import time; a = time.monotonic(); " +
                "time.sleep(0.2); print(time.monotonic() - a)'",
            ),
          ),
        ).toBeLessThan(5);
      });
      expect(await seen(ids.one)).toBe(0);
      await keeps(0);
      await during(
        ["clock-skew", "one", "--seconds", String(-5 * 86_400), "--unit", "clock.service"],
        async () => {
          expect(await seen(ids.one)).toBe(0);
          await keeps(-5);
        },
      );
      await on(
        ids.one,
        "systemctl stop clock; rm /etc/systemd/system/clock.service; systemctl daemon-reload",
      );
    });

    test("a boot that the machine begins itself ends no fault: a service is frozen and another's clock skewed again", async () => {
      const unit =
        "[Service]\nExecStart=sleep infinity\nTimeoutStopSec=1\n[Install]\nWantedBy=multi-user.target\n";
      for (const name of ["still", "late"])
        await on(
          ids.one,
          `printf '${unit}' > /etc/systemd/system/${name}.service; systemctl enable --now ${name}`,
        );
      const seen = async (): Promise<string> =>
        said(
          ids.one,
          "cat /sys/fs/cgroup/system.slice/still.service/cgroup.freeze; tr '\\0' '\\n' < " +
            "/proc/$(systemctl show -p MainPID --value late)/environ | grep ^FAKETIME=",
        ).catch(() => "off");
      await during(["freeze", "one", "--unit", "still.service"], () =>
        during(["clock-skew", "one", "--seconds", "86400", "--unit", "late.service"], async () => {
          expect(await seen()).toBe("1\nFAKETIME=+86400");
          const before = await bootOf(ids.one);
          await on(ids.one, "systemctl reboot");
          await until(
            "another boot",
            150,
            async () => !["", before].includes(await bootOf(ids.one)),
          );
          await until(
            "the faults in force again",
            150,
            async () => (await seen()) === "1\nFAKETIME=+86400",
          );
        }),
      );
      expect(await seen()).toBe("0");
      await on(
        ids.one,
        "systemctl disable --now still late; cd /etc/systemd/system && rm still.service late.service; systemctl daemon-reload",
      );
    });

    test("a power cut ends with its clearing, or with somebody's power_on; other faults last through it", async () => {
      const one = await droplet(ids.one),
        before = await bootOf(ids.one);
      const id = await inject("latency", "one", "--milliseconds", "50");
      await during(["power-cut", "one"], async () => {
        expect((await droplet(ids.one)).status).toBe("off");
        expect(await reaches(ids.two, one.ip)).toBe(false);
      });
      await becomes(ids.one, "active");
      expect(await bootOf(ids.one)).not.toBe(before);
      expect((await ping(ids.two, one.ip, 5)).milliseconds).toBeGreaterThanOrEqual(100);
      await must(faultCommand("clear", id));
      expect((await ping(ids.two, one.ip, 5)).milliseconds).toBeLessThan(100);
      await during(["disk-full", "one"], async () => {
        await act(ids.one, { type: "power_cycle" });
        expect(
          (
            await on(
              ids.one,
              "dd if=/dev/zero of=/root/probe bs=1M count=64 conv=fsync 2>&1; code=$?; rm -f /root/probe; exit $code",
            )
          ).stdout,
        ).toContain("No space left on device");
      });
    });

    test("the command lists what is in force by the machine's name, clears all, and says what it can't do", async () => {
      await faultCommand("inject", "loss", "two", "--percent", "0");
      await faultCommand("inject", "api", "--path", "/account", "--status", "503", "--times", "1");
      expect((await faultCommand("list")).out).toMatch(
        /loss +two +percent 0[\s\S]*api +path \/account, status 503, times 1/,
      );
      expect([await status("GET", "/v2/account"), await status("GET", "/v2/account")]).toEqual([
        503, 200,
      ]);
      expect((await faultCommand("clear")).out).toBe("Cleared: loss.\n");
      expect((await api("GET", "/local/faults")).faults).toEqual([]);
      expect(await faultCommand("inject", "freeze", "nobody")).toMatchObject({
        code: 2,
        err: expect.stringContaining("There is: one, two, far."),
      });
      expect(
        await faultCommand("inject", "freeze", "one", "--unit", "nosuch.service"),
      ).toMatchObject({ code: 1, err: expect.stringContaining("nosuch.service does not run") });
      expect(await faultCommand("clear", "nosuch")).toMatchObject({
        code: 2,
        err: expect.stringContaining("fault list"),
      });
    });
  });
