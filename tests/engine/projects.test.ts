import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { project, type Result } from "./kit";
import { type ServedCloud, serveCloud } from "./served-cloud";

const stack = project(
  "projects",
  `
import * as digitalocean from "@pulumi/digitalocean";
const everywhere = ["0.0.0.0/0"];
new digitalocean.Firewall("wall", {
  name: "wall",
  inboundRules: [
    { protocol: "icmp", portRange: "1-65535", sourceAddresses: everywhere },
    { protocol: "tcp", portRange: "0", sourceAddresses: everywhere },
  ],
  outboundRules: [{ protocol: "icmp", destinationAddresses: everywhere }],
});
const ip = new digitalocean.ReservedIp("ip", { region: "fra1" });
const old = ip.reservedIpUrn.apply((urn) => urn.replace("reservedip", "floatingip"));
const zone = new digitalocean.Domain("zone", { name: "projects.test" });
new digitalocean.Project("bare", { name: "bare" });
new digitalocean.Project("home", { name: "home", environment: "development", isDefault: true });
new digitalocean.Project("full", { name: "full", environment: "Staging", resources: [zone.domainUrn, old] });
if (process.env.VPC) {
  const net = new digitalocean.Vpc("net", { name: "net", region: "fra1", ipRange: "10.77.0.0/24" });
  new digitalocean.Project("net", { name: "net", resources: [net.vpcUrn] });
}
`,
);
let cloud: ServedCloud;
beforeAll(async () => {
  cloud = await serveCloud();
});
afterAll(() => {
  cloud.close();
  stack.remove();
});
const run = async (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Result> =>
  await stack.run([...args, "--json"], { ...cloud.environment, ...more });
const projects = async (): Promise<readonly { name: string; is_default: boolean }[]> =>
  (await cloud.call<{ projects: { name: string; is_default: boolean }[] }>("/projects")).projects;

test("projects and firewall rules in any spelling are as they were at the second plan, and after a look at what is there", async () => {
  expect(await run(["up", "--skip-preview"])).toMatchObject({ code: 0, errors: [] });
  expect((await projects()).filter(({ is_default }) => is_default)).toMatchObject([
    { name: "home" },
  ]);
  for (const look of [[], ["--refresh"], []]) {
    const again = await run(["up", "--skip-preview", "--expect-no-changes", ...look]);
    expect({ code: again.code, errors: again.errors, changes: again.changes }).toMatchObject({
      code: 0,
      errors: [],
      changes: { same: expect.any(Number) },
    });
    expect(again.changes["update"]).toBeUndefined();
  }
});

test("a VPC is in no project: DigitalOcean's refusal is told, and no half-made project is left", async () => {
  const refused = await run(["up", "--skip-preview"], { VPC: "1" });
  expect(refused.code).toBe(1);
  expect(refused.errors.join("\n")).toMatch(
    /Error creating Project: POST .*: 400 .*resource types must be one of the following/,
  );
  expect((await projects()).map(({ name }) => name)).not.toContain("net");
  expect(stack.state().resources.some(({ urn }) => urn.endsWith("Project::net"))).toBe(false);
});
