/** Droplets as machines, through the API's front door: what DigitalOcean's network and power do, done for real. A lab of its own beside the fleet's. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { lab } from "../../local/cloud/lab";
import { labPaths } from "../../local/cloud/paths";
import { stateDir } from "./kit";

interface Droplet { readonly id: number; readonly ip: string; readonly vpcIp: string; readonly status: string }

// tests/run sweeps what begins like its own state folder.
const paths = () => labPaths(`${stateDir()}-machines`);
const quiet = (): void => undefined;
const ids: Record<"one" | "two" | "far", number> = { one: 0, two: 0, far: 0 };

const api = async (method: string, path: string, body?: unknown): Promise<any> => {
  const answer = await lab.request(paths(), method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};

const droplet = async (id: number): Promise<Droplet> => {
  const { droplet: found } = await api("GET", `/v2/droplets/${id}`);
  const address = (type: string): string => found.networks.v4.find((one: any) => one.type === type)?.ip_address;
  return { id, ip: address("public"), vpcIp: address("private"), status: found.status };
};

const until = async (what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const becomes = (id: number, status: string): Promise<void> => until(`droplet ${id} ${status}`, 120, async () => (await droplet(id)).status === status);

/** Exit code and output of a shell line on a machine, by its recovery console. */
const on = async (id: number, line: string): Promise<{ code: number; stdout: string }> => api("POST", `/local/droplets/${id}/exec`, { argv: ["sh", "-c", line] });
const reaches = async (id: number, address: string, port = 22): Promise<boolean> =>
  (await on(id, `timeout 2 bash -c 'head -c 4 < /dev/tcp/${address}/${port}'`)).stdout === "SSH-";

const asOperator = (...argv: string[]): Promise<{ code: number; stdout: string }> => new Promise((resolve) => {
  const { command, args, env } = lab.inLab(paths(), argv);
  execFile(command, [...args], { env: { ...process.env, ...env } }, (error, stdout) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout }));
});

const fault = async (request: Record<string, unknown>, meanwhile: () => Promise<void>): Promise<void> => {
  const { id } = await api("POST", "/local/faults", request);
  try { await meanwhile(); } finally { await api("DELETE", `/local/faults/${id}`); }
};

beforeAll(async () => {
  await lab.start({ paths: paths(), machines: true, pace: "host", progress: quiet });
  const make = async (name: string, region: string): Promise<number> => (await api("POST", "/v2/droplets", { name, region, size: "s-1vcpu-512mb-10gb", image: "debian-13-x64", tags: [name], ipv6: true })).droplet.id;
  [ids.one, ids.two, ids.far] = await Promise.all([make("one", "fra1"), make("two", "fra1"), make("far", "ams3")]) as [number, number, number];
  await Promise.all(Object.values(ids).map((id) => becomes(id, "active")));
});
afterAll(async () => {
  await lab.destroy(paths(), quiet);
  await rm(paths().state, { recursive: true, force: true });
});

describe("network", () => {
  test("machines reach each other and the lab's services by name; an operator reaches them", async () => {
    const two = await droplet(ids.two);
    expect(await reaches(ids.one, two.ip)).toBe(true);
    expect((await on(ids.one, "getent ahostsv4 deb.debian.org")).stdout).toContain("192.0.2.80");
    expect((await asOperator("bash", "-c", `head -c 4 < /dev/tcp/${two.ip}/22`)).stdout).toBe("SSH-");
  });

  test("mail's ports are blocked outbound, the relay's is not", async () => {
    const open = (port: number) => on(ids.one, `timeout 1 bash -c '</dev/tcp/192.0.2.25/${port}'`);
    expect(await Promise.all([25, 465, 587, 2525].map(async (port) => (await open(port)).code === 0))).toEqual([false, false, false, true]);
  });

  test("the private network joins machines of one region's VPC and nobody else", async () => {
    const [two, far] = await Promise.all([droplet(ids.two), droplet(ids.far)]);
    expect(await reaches(ids.one, two.vpcIp)).toBe(true);
    expect(await reaches(ids.one, far.vpcIp)).toBe(false);
    expect((await asOperator("timeout", "1", "bash", "-c", `</dev/tcp/${two.vpcIp}/22`)).code).not.toBe(0);
  });

  test("nobody speaks with another's address", async () => {
    const two = await droplet(ids.two);
    // The answer would go to the true holder: what tells is whether the router took the packet at all.
    const seen = async (): Promise<number> => Number((await on(ids.two, "awk '$1 == \"Icmp:\" && $2 ~ /[0-9]/ { print $2 }' /proc/net/snmp")).stdout);
    const before = await seen();
    expect((await on(ids.one, `ip addr add ${two.ip}/32 dev lo; ping -c 2 -i 0.2 -W 1 -I ${two.ip} 192.0.2.53; code=$?; ip addr del ${two.ip}/32 dev lo; exit $code`)).code).not.toBe(0);
    expect(await seen()).toBe(before);
  });

  test("IPv6 works between machines", async () => {
    const { droplet: two } = await api("GET", `/v2/droplets/${ids.two}`);
    expect((await on(ids.one, `ping -c 1 -W 2 ${two.networks.v6[0].ip_address}`)).code).toBe(0);
  });

  test("a cloud firewall closes a machine but for its rules, and is lifted with its tag", async () => {
    const two = await droplet(ids.two);
    const rules = { name: "two", tags: ["two"], inbound_rules: [{ protocol: "icmp", sources: { addresses: ["0.0.0.0/0"] } }], outbound_rules: [] };
    const { firewall } = await api("POST", "/v2/firewalls", rules);
    expect(await reaches(ids.one, two.ip)).toBe(false);
    expect((await on(ids.one, `ping -c 1 -W 2 ${two.ip}`)).code).toBe(0);
    expect((await on(ids.two, "timeout 1 bash -c '</dev/tcp/192.0.2.25/2525'")).code).not.toBe(0);
    await api("DELETE", `/v2/firewalls/${firewall.id}`);
    expect(await reaches(ids.one, two.ip)).toBe(true);
  });

  test("a reserved IP moves from machine to machine, and its holder reaches it too", async () => {
    const { reserved_ip } = await api("POST", "/v2/reserved_ips", { droplet_id: ids.one });
    const hostKey = async (): Promise<string> => (await asOperator("ssh-keyscan", "-T", "2", "-t", "ed25519", reserved_ip.ip)).stdout.split(" ")[2]?.trim() ?? "";
    const keyOf = async (id: number): Promise<string> => (await on(id, "cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub")).stdout.trim();
    const [one, two] = await Promise.all([keyOf(ids.one), keyOf(ids.two)]);
    await until("the reserved IP at one", 10, async () => (await hostKey()) === one);
    expect(await reaches(ids.one, reserved_ip.ip)).toBe(true);
    await api("POST", `/v2/reserved_ips/${reserved_ip.ip}/actions`, { type: "assign", droplet_id: ids.two });
    await until("the reserved IP at two", 10, async () => (await hostKey()) === two);
  });
});

describe("faults", () => {
  test("a network cut, of one machine and between two", async () => {
    const [one, far] = await Promise.all([droplet(ids.one), droplet(ids.far)]);
    await fault({ kind: "network-cut", dropletId: ids.one, peerId: ids.two }, async () => {
      expect(await reaches(ids.two, one.ip)).toBe(false);
      expect(await reaches(ids.far, one.ip)).toBe(true);
    });
    await fault({ kind: "network-cut", dropletId: ids.far }, async () => expect(await reaches(ids.one, far.ip)).toBe(false));
    expect(await reaches(ids.one, far.ip)).toBe(true);
  });

  test("a slow link takes its time both ways", async () => {
    const one = await droplet(ids.one);
    await fault({ kind: "latency", dropletId: ids.one, milliseconds: 100 }, async () => {
      const { stdout } = await on(ids.two, `ping -c 2 -i 0.2 ${one.ip}`);
      expect(Number(/time=([\d.]+)/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(200);
    });
  });

  test("a full disk refuses to write and is itself again", async () => {
    const write = () => on(ids.one, "dd if=/dev/zero of=/root/probe bs=1M count=2 conv=fsync 2>&1; code=$?; rm -f /root/probe; exit $code");
    await fault({ kind: "disk-full", dropletId: ids.one }, async () => expect(await write()).toMatchObject({ code: 1, stdout: expect.stringContaining("No space left on device") }));
    expect((await write()).code).toBe(0);
  });

  test("a frozen service looks active and does nothing", async () => {
    const turn = () => on(ids.one, "timeout 1 bash -c 'head -c 4 < /dev/tcp/127.0.0.1/22'");
    await fault({ kind: "freeze", dropletId: ids.one, unit: "ssh.service" }, async () => {
      expect((await on(ids.one, "systemctl is-active ssh")).stdout.trim()).toBe("active");
      expect((await turn()).stdout).toBe("");
    });
    expect((await turn()).stdout).toBe("SSH-");
  });
});

describe("power and disks", () => {
  const act = async (id: number, action: Record<string, unknown>): Promise<void> => {
    const { action: begun } = await api("POST", `/v2/droplets/${id}/actions`, action);
    await until(String(action["type"]), 120, async () => {
      const { action: now } = await api("GET", `/v2/actions/${begun.id}`);
      if (now.status === "errored") throw new Error(`${String(action["type"])} errored`);
      return now.status === "completed";
    });
  };

  test("a machine whose power was cut is silent, and keeps what was synced", async () => {
    const one = await droplet(ids.one);
    await on(ids.one, "echo kept > /root/kept; sync");
    await api("POST", "/local/faults", { kind: "power-cut", dropletId: ids.one });
    const began = Date.now();
    expect((await asOperator("timeout", "2", "bash", "-c", `</dev/tcp/${one.ip}/22`)).code).toBe(124);
    expect(Date.now() - began).toBeGreaterThan(1900);
    await act(ids.one, { type: "power_on" });
    expect((await on(ids.one, "cat /root/kept")).stdout).toBe("kept\n");
  });

  test("poweroff inside is noticed; a reboot inside is a reboot", async () => {
    const boot = (): Promise<string> => on(ids.far, "cat /proc/sys/kernel/random/boot_id").then(({ stdout }) => stdout, () => "");
    const first = await boot();
    await on(ids.far, "systemctl reboot");
    await until("another boot", 60, async () => !["", first].includes(await boot()));
    expect((await droplet(ids.far)).status).toBe("active");
    // A PID 1 that has just begun takes no orders yet.
    await on(ids.far, "until systemctl poweroff; do sleep 0.2; done").catch(() => undefined);
    await becomes(ids.far, "off");
  });

  test("resize, snapshot, and a rebuild from the snapshot", async () => {
    await act(ids.far, { type: "resize", size: "s-1vcpu-1gb", disk: true });
    await act(ids.far, { type: "power_on" });
    expect(Number((await on(ids.far, "df --output=size -BG / | tail -1")).stdout.replace(/\D/g, ""))).toBeGreaterThan(20);
    await on(ids.far, "echo before > /root/state; sync");
    await act(ids.far, { type: "snapshot", name: "far" });
    await on(ids.far, "echo after > /root/state");
    const { snapshots } = await api("GET", `/v2/droplets/${ids.far}/snapshots`);
    await act(ids.far, { type: "rebuild", image: snapshots[0].id });
    expect((await on(ids.far, "cat /root/state")).stdout).toBe("before\n");
  });

  test("a volume is a disk, here and then there", async () => {
    const { volume } = await api("POST", "/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1, filesystem_type: "ext4" });
    const disk = "/dev/disk/by-id/scsi-0DO_Volume_data";
    const move = async (type: "attach" | "detach", id: number): Promise<void> => {
      const { action } = await api("POST", `/v2/volumes/${volume.id}/actions`, { type, droplet_id: id, region: "fra1" });
      await until(`${type} the volume`, 30, async () => (await api("GET", `/v2/volumes/${volume.id}/actions/${action.id}`)).action.status === "completed");
    };
    await move("attach", ids.one);
    expect(await on(ids.one, `mount ${disk} /mnt && echo hello > /mnt/file && umount /mnt`)).toMatchObject({ code: 0 });
    await move("detach", ids.one);
    await move("attach", ids.two);
    expect((await on(ids.two, `mount ${disk} /mnt && cat /mnt/file; umount /mnt`)).stdout).toBe("hello\n");
    await move("detach", ids.two);
  });
});

test("a daemon that was killed is succeeded by one that finds its machines running", async () => {
  const before = await on(ids.one, "cat /proc/sys/kernel/random/boot_id");
  const { pid } = await lab.status(paths());
  process.kill(pid!, "SIGKILL");
  await until("its end", 10, async () => !(await lab.status(paths())).running);
  await lab.start({ paths: paths(), machines: true, pace: "host", progress: quiet });
  expect(await on(ids.one, "cat /proc/sys/kernel/random/boot_id")).toEqual(before);
});
