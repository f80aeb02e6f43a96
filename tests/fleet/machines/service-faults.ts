import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { lab } from "../../../local/cloud/lab";
import { PROJECT } from "../kit";
import { act, api, droplet, during, ids, on, paths, until } from "./lab-of-machines";

interface QueuedMail {
  readonly attempts: number;
  readonly error?: string;
  readonly sent?: number;
}

/**
 * The monitor's own message queue, as a process inside the lab, with one mail to send. Its states
 * as the queue writes them down; killed in the end.
 */
const sendOneMail = (): { states: QueuedMail[]; end(): void } => {
  const password = join(paths().state, "relay-password");
  writeFileSync(password, "any");
  const { command, args, env } = lab.inLab(paths(), [
    process.execPath,
    "--import",
    "tsx",
    join(__dirname, "one-mail.ts"),
    password,
  ]);
  const child = spawn(command, [...args], {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const states: QueuedMail[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) =>
    states.push(
      ...text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as QueuedMail),
    ),
  );
  return {
    states,
    end: () => {
      child.kill("SIGKILL");
    },
  };
};

/** Faults of what the cloud serves, asked by the programs that servers ask them with. */
export const serviceFaultTests = (): void =>
  describe("faults of services", () => {
    test("name resolution fails as asked, for the name that was named and those below it", async () => {
      await api("POST", "/v2/domains", {
        name: "fault.test",
        ip_address: (await droplet(ids.two)).ip,
      });
      await api("POST", "/v2/domains/fault.test/records", {
        type: "A",
        name: "www",
        data: "203.0.113.99",
      });
      const install =
        "apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -o " +
        "DPkg::Lock::Timeout=120 install -y --no-install-recommends certbot bind9-dnsutils";
      expect(await on(ids.two, install)).toMatchObject({ code: 0 });
      const dig = async (name: string): Promise<string> => {
        const { stdout } = await on(ids.two, `dig @192.0.2.53 +time=5 +tries=1 ${name}`);
        return (
          /status: (\w+)/.exec(stdout)?.[1] ??
          (/timed out|no servers could be reached/.test(stdout) ? "silence" : stdout)
        );
      };
      expect(await dig("www.fault.test")).toBe("NOERROR");
      await during(["dns", "--name", "www.fault.test"], async () =>
        expect([await dig("www.fault.test"), await dig("fault.test")]).toEqual([
          "SERVFAIL",
          "NOERROR",
        ]),
      );
      await during(["dns", "--name", "fault.test", "--answer", "NXDOMAIN"], async () =>
        expect([await dig("www.fault.test"), await dig("deb.debian.org")]).toEqual([
          "NXDOMAIN",
          "NOERROR",
        ]),
      );
      await during(["dns", "--answer", "silence"], async () =>
        expect(await dig("deb.debian.org")).toBe("silence"),
      );
      expect(await dig("www.fault.test")).toBe("NOERROR");
    });

    test("an unmodified certbot gets no certificate while the authority is down, or can't resolve the name; then it does", async () => {
      const certbot = () =>
        on(
          ids.two,
          "certbot certonly --standalone --non-interactive --agree-tos --register-unsafely-without-email -d fault.test 2>&1",
        );
      await during(["acme"], async () =>
        expect(await certbot()).toMatchObject({
          code: 1,
          stdout: expect.stringMatching(/maintenance|internal error/),
        }),
      );
      await during(["dns", "--name", "fault.test"], async () =>
        expect(await certbot()).toMatchObject({
          code: 1,
          stdout: expect.stringContaining("SERVFAIL looking up A for fault.test"),
        }),
      );
      expect(await certbot()).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("Successfully received certificate"),
      });
    });

    test.each(["refuse", "defer"])(
      "while the relay is down (%s) the monitor's mail waits in its queue; then it leaves, once, over verified TLS",
      async (how) => {
        await api("DELETE", "/local/inbox");
        mkdirSync(paths().state, { recursive: true });
        let sending: ReturnType<typeof sendOneMail> | undefined;
        try {
          await during(["relay", "--how", how], async () => {
            sending = sendOneMail();
            await until("a first try that failed", 120, async () =>
              sending!.states.some(({ error }) =>
                error?.includes(how === "refuse" ? "421" : "451"),
              ),
            );
            expect((await api("GET", "/local/inbox")).mails).toEqual([]);
          });
          await until("the mail on its way", 180, async () =>
            sending!.states.some(({ sent }) => sent !== undefined),
          );
          expect((await api("GET", "/local/inbox")).mails.map(({ subject }) => subject)).toEqual([
            "one mail",
          ]);
        } finally {
          sending?.end();
        }
      },
    );

    test("chosen API calls err or wait, the others do not", async () => {
      const took = async (path: string): Promise<number> => {
        const began = Date.now();
        await api("GET", path);
        return Date.now() - began;
      };
      await during(
        [
          "api",
          "--method",
          "post",
          "--path",
          "/droplets",
          "--status",
          "503",
          "--message",
          "in maintenance",
        ],
        async () => {
          await expect(act(ids.one, { type: "reboot" })).rejects.toThrow(
            '503 {"id":"service_unavailable","message":"in maintenance"',
          );
          expect((await droplet(ids.one)).status).toBe("active");
        },
      );
      await during(["api", "--path", "/regions", "--delay", "700"], async () =>
        expect(await took("/v2/regions")).toBeGreaterThanOrEqual(700),
      );
    });
  });
