import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import type { CloudAnswer } from "../cloud-answer";
import {
  act,
  api,
  asOperator,
  becomes,
  booted,
  droplet,
  getsThrough,
  ids,
  on,
  said,
  until,
} from "./lab-of-machines";

/** What DigitalOcean does for a machine besides running it, seen in the machine. */
export const platformTests = (): void =>
  describe("platform", () => {
    let extra = 0,
      inner = 0,
      check = "";
    const make = async (more: Record<string, unknown>): Promise<number> => {
      const { id } = (
        await api("POST", "/v2/droplets", {
          region: "fra1",
          size: "s-1vcpu-512mb-10gb",
          image: "debian-13-x64",
          monitoring: true,
          ...more,
        })
      ).droplet;
      await becomes(id, "active");
      await booted(id);
      return id;
    };
    const addressOf = async (id: number): Promise<string> =>
      (await api("GET", `/v2/droplets/${id}`)).droplet.networks.v6[0]!.ip_address;
    const answers = async (address: string, seconds: number): Promise<boolean> =>
      (await on(ids.one, `ping -c 1 -W ${seconds} ${address}`)).code === 0;

    beforeAll(async () => {
      [extra, inner] = await Promise.all([
        make({ name: "extra" }),
        make({ name: "inner", public_networking: false }),
      ]);
      const { ip } = await droplet(extra);
      check = (
        await api("POST", "/v2/uptime/checks", {
          name: "extra",
          type: "ping",
          target: ip,
          regions: ["eu_west"],
          enabled: true,
        })
      ).check.id;
    });
    afterAll(async () => {
      await api("DELETE", `/v2/uptime/checks/${check}`);
      await Promise.all([extra, inner].map((id) => api("DELETE", `/v2/droplets/${id}`)));
    });

    test("IPv6 that is switched on later reaches the machine; its system is left to its owner", async () => {
      await act(extra, { type: "enable_ipv6" });
      const address = await addressOf(extra);
      expect(await said(extra, "ip -6 addr show dev eth0 scope global")).toBe("");
      await on(
        extra,
        `ip -6 addr add ${address}/64 dev eth0 nodad; ip -6 route add default via 2001:db8:0:1::1`,
      );
      expect(await answers(address, 20)).toBe(true);
    });

    test("a reserved IPv6 address answers from the machine that holds it, and from none when nobody does", async () => {
      const { ip } = (await api("POST", "/v2/reserved_ipv6", { region_slug: "fra1" }))
        .reserved_ipv6;
      const move = async (action: Record<string, unknown>): Promise<void> => {
        const { id } = (await api("POST", `/v2/reserved_ipv6/${ip}/actions`, action)).action;
        await until(
          "the move",
          60,
          async () => (await api("GET", `/v2/actions/${id}`)).action.status === "completed",
        );
      };
      for (const id of [extra, ids.two]) await on(id, `ip -6 addr add ${ip}/128 dev lo`);
      const taken = async (id: number): Promise<number> =>
        Number(await said(id, "awk '$1 == \"Icmp6InEchos\" { print $2 }' /proc/net/snmp6"));
      for (const id of [extra, ids.two]) {
        await move({ type: "assign", droplet_id: id });
        const before = await taken(id);
        expect(await answers(ip, 20)).toBe(true);
        expect(await taken(id)).toBe(before + 1);
      }
      await move({ type: "unassign" });
      expect(await answers(ip, 2)).toBe(false);
      await api("DELETE", `/v2/reserved_ipv6/${ip}`);
    });

    test("a new root password is the machine's, to be changed at the first login, and came by mail", async () => {
      await act(extra, { type: "password_reset" });
      const password = async (): Promise<string | undefined> => {
        const { mails } = await api("GET", "/local/inbox");
        return /^Password: (\S+)$/m.exec(
          mails.find((mail) => mail.subject === "New root password: extra")?.text ?? "",
        )?.[1];
      };
      await until("the mail", 60, async () => (await password()) !== undefined);
      expect(
        (await on(extra, `printf '%s\\0' ${await password()} | /usr/sbin/unix_chkpwd root nullok`))
          .code,
      ).toBe(0);
      expect(await said(extra, "getent shadow root | cut -d: -f3")).toBe("0");
    });

    test("the API opens to a machine by a token that the owner has made, for what its scopes allow, and to the owner by its environment", async () => {
      const { token } = await api("POST", "/local/tokens", {
        name: "failover",
        scopes: ["droplet:read"],
      });
      const asked = (bearer: string, method: string): Promise<string> =>
        said(
          extra,
          `curl -s -o /dev/null -w '%{http_code}' -X ${method} -H 'Authorization: Bearer ${bearer}' http://192.0.2.10/v2/droplets/${extra}`,
        );
      expect(
        await Promise.all([
          asked("console", "GET"),
          asked(token.value, "GET"),
          asked(token.value, "DELETE"),
        ]),
      ).toEqual(["401", "200", "403"]);
      const line =
        'curl -s -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $DIGITALOCEAN_TOKEN" "$DIGITALOCEAN_API_URL/v2/account"';
      expect((await asOperator("sh", "-c", line)).stdout).toBe("200");
    });

    test("without public networking there is the VPC and nothing else", async () => {
      const { vpcIp } = await droplet(inner);
      await getsThrough(ids.one, vpcIp);
      expect(
        await said(inner, "ip -o -4 addr show scope global | wc -l; ip route show default"),
      ).toBe("1");
    });

    test("an uptime check sees the machine, and its use is measured", async () => {
      await until(
        "UP",
        120,
        async () =>
          (await api("GET", `/v2/uptime/checks/${check}/state`)).state.regions.eu_west.status ===
          "UP",
      );
      const memory = async (): Promise<CloudAnswer["data"]["result"]> =>
        (
          await api(
            "GET",
            `/v2/monitoring/metrics/droplet/memory_total?host_id=${extra}&start=0&end=9999999999`,
          )
        ).data.result;
      await until("a sample", 180, async () => (await memory()).length === 1);
      expect(Number((await memory())[0]?.values[0]?.[1])).toBe(512 * 1024 ** 2);
    });
  });
