import { describe, expect, test } from "@jest/globals";

import {
  act,
  api,
  asOperator,
  banner,
  droplet,
  getsThrough,
  ids,
  on,
  reaches,
  said,
  status,
  until,
} from "./lab-of-machines";

/** What DigitalOcean's network does, done for real. */
export const networkTests = (): void =>
  describe("network", () => {
    test("machines reach each other and the lab's services by name; an operator reaches them", async () => {
      const two = await droplet(ids.two);
      await getsThrough(ids.one, two.ip);
      expect((await on(ids.one, "getent ahostsv4 deb.debian.org")).stdout).toContain("192.0.2.80");
      await until("an operator's way to two", 30, () => banner(two.ip));
    });

    test("mail's ports are blocked outbound, the relay's is not", async () => {
      const open = async (port: number, seconds: number): Promise<boolean> =>
        (await on(ids.one, `timeout ${seconds} bash -c '</dev/tcp/192.0.2.25/${port}'`)).code === 0;
      expect(await Promise.all([open(25, 1), open(465, 1), open(587, 1), open(2525, 20)])).toEqual([
        false,
        false,
        false,
        true,
      ]);
    });

    test("the private network joins machines of one region's VPC and nobody else", async () => {
      const [two, far] = await Promise.all([droplet(ids.two), droplet(ids.far)]);
      await getsThrough(ids.one, two.vpcIp);
      expect(await reaches(ids.one, far.vpcIp)).toBe(false);
      expect(
        (await asOperator("timeout", "1", "bash", "-c", `</dev/tcp/${two.vpcIp}/22`)).code,
      ).not.toBe(0);
    });

    test("a peering joins the private networks of two regions while it lasts, and ends what goes over it", async () => {
      const [one, far] = await Promise.all([droplet(ids.one), droplet(ids.far)]);
      const vpcs = await Promise.all(
        [ids.one, ids.far].map(
          async (id) => (await api("GET", `/v2/droplets/${id}`)).droplet.vpc_uuid,
        ),
      );
      const { vpc_peering } = await api("POST", "/v2/vpc_peerings", {
        name: "near-far",
        vpc_ids: vpcs,
      });
      const path = `/v2/vpc_peerings/${vpc_peering.id}`;
      await until(
        "the peering",
        60,
        async () => (await api("GET", path)).vpc_peering.status === "ACTIVE",
      );
      for (const [from, to] of [
        [ids.one, far],
        [ids.far, one],
        [ids.two, far],
      ] as const)
        await getsThrough(from, to.vpcIp);
      // sshd would answer to a line that is no SSH.
      const standing = on(
        ids.one,
        `bash -c 'exec 3<>/dev/tcp/${far.vpcIp}/22; read -r banner <&3; touch /run/joined; ` +
          "until [ -e /run/parted ]; do sleep 0.1; done; echo hello >&3; timeout 2 head -c 1 <&3'",
      );
      await until(
        "a standing connection",
        60,
        async () => (await on(ids.one, "test -e /run/joined")).code === 0,
      );
      await api("DELETE", path);
      await until("the peering's end", 60, async () => (await status("GET", path)) === 404);
      await on(ids.one, "touch /run/parted");
      expect((await standing).stdout).toBe("");
      expect(await reaches(ids.one, far.vpcIp)).toBe(false);
    });

    test("nobody speaks with another's address", async () => {
      const two = await droplet(ids.two);
      // The answer would go to the true holder: what tells is whether the router took the packet at
      // all.
      const seen = async (): Promise<string> =>
        said(
          ids.two,
          'awk \'$1 != "Icmp:" { next } !column { for (column = NF; $column != "InEchoReps"; ' +
            "column--); next } { print $column }' /proc/net/snmp",
        );
      const before = await seen();
      expect(before).toMatch(/^\d+$/);
      expect(
        (
          await on(
            ids.one,
            `ip addr add ${two.ip}/32 dev lo; ping -c 2 -i 0.2 -W 1 -I ${two.ip} 192.0.2.53; ` +
              `code=$?; ip addr del ${two.ip}/32 dev lo; exit $code`,
          )
        ).code,
      ).not.toBe(0);
      expect(await seen()).toBe(before);
    });

    test("IPv6 works between machines", async () => {
      const { droplet: two } = await api("GET", `/v2/droplets/${ids.two}`);
      expect((await on(ids.one, `ping -c 1 -W 20 ${two.networks.v6[0]?.ip_address}`)).code).toBe(0);
    });

    test("a cloud firewall closes a machine but for its rules, and is lifted with its tag", async () => {
      const two = await droplet(ids.two);
      const rules = {
        name: "two",
        tags: ["two"],
        inbound_rules: [{ protocol: "icmp", sources: { addresses: ["0.0.0.0/0"] } }],
        outbound_rules: [],
      };
      const { firewall } = await api("POST", "/v2/firewalls", rules);
      expect(await reaches(ids.one, two.ip)).toBe(false);
      expect((await on(ids.one, `ping -c 1 -W 20 ${two.ip}`)).code).toBe(0);
      expect((await on(ids.two, "timeout 1 bash -c '</dev/tcp/192.0.2.25/2525'")).code).not.toBe(0);
      await api("DELETE", `/v2/firewalls/${firewall.id}`);
      await getsThrough(ids.one, two.ip);
    });

    test("a firewall follows its tag from machine to machine while they run", async () => {
      const [one, two] = await Promise.all([droplet(ids.one), droplet(ids.two)]);
      await api("POST", "/v2/tags", { name: "closed" });
      const { firewall } = await api("POST", "/v2/firewalls", {
        name: "closed",
        tags: ["closed"],
        inbound_rules: [],
        outbound_rules: [
          { protocol: "tcp", ports: "all", destinations: { addresses: ["0.0.0.0/0"] } },
        ],
      });
      const resources = (id: number) => ({
        resources: [{ resource_id: String(id), resource_type: "droplet" }],
      });
      const areOpen = async (...machines: { ip: string }[]): Promise<void> => {
        for (const { ip } of machines) await getsThrough(ids.far, ip);
      };
      await areOpen(one, two);
      await api("POST", "/v2/tags/closed/resources", resources(ids.two));
      expect(await reaches(ids.far, two.ip)).toBe(false);
      await areOpen(one);
      await api("DELETE", "/v2/tags/closed/resources", resources(ids.two));
      await api("POST", "/v2/tags/closed/resources", resources(ids.one));
      expect(await reaches(ids.far, one.ip)).toBe(false);
      await areOpen(two);
      await api("DELETE", `/v2/firewalls/${firewall.id}`);
      await areOpen(one, two);
    });

    test("a reserved IP moves from machine to machine, and its holder reaches it too", async () => {
      const { reserved_ip } = await api("POST", "/v2/reserved_ips", { droplet_id: ids.one });
      // OpenSSH 10 says what it asks on standard output too.
      const hostKey = async (): Promise<string> =>
        /^[^#\s]\S* ssh-ed25519 (\S+)/m.exec(
          (await asOperator("ssh-keyscan", "-T", "2", "-t", "ed25519", reserved_ip.ip)).stdout,
        )?.[1] ?? "";
      const keyOf = async (id: number): Promise<string> =>
        (await on(id, "cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub")).stdout.trim();
      const [one, two] = await Promise.all([keyOf(ids.one), keyOf(ids.two)]);
      await until("the reserved IP at one", 60, async () => (await hostKey()) === one);
      await getsThrough(ids.one, reserved_ip.ip);
      await api("POST", `/v2/reserved_ips/${reserved_ip.ip}/actions`, {
        type: "assign",
        droplet_id: ids.two,
      });
      await until("the reserved IP at two", 60, async () => (await hostKey()) === two);
    });

    test("the metadata service tells each machine about itself, a new name at once, and nobody else anything", async () => {
      const ask = (id: number, path: string): Promise<string> =>
        said(id, `curl -sf -m 30 http://169.254.169.254/metadata/v1/${path}`);
      expect(
        await Promise.all([ask(ids.one, "hostname"), ask(ids.two, "hostname"), ask(ids.one, "id")]),
      ).toEqual(["one", "two", String(ids.one)]);
      expect(
        JSON.parse(await said(ids.two, "curl -sf http://169.254.169.254/metadata/v1.json")),
      ).toMatchObject({ reserved_ip: { ipv4: { active: true } } });
      await act(ids.one, { type: "rename", name: "first" });
      expect([await ask(ids.one, "hostname"), (await droplet(ids.one)).name]).toEqual([
        "first",
        "first",
      ]);
      await act(ids.one, { type: "rename", name: "one" });
      expect(
        (
          await asOperator(
            "curl",
            "-s",
            "-m",
            "2",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "http://169.254.169.254/metadata/v1/id",
          )
        ).stdout,
      ).not.toBe("200");
    });
  });
