import { expect, test } from "@jest/globals";

import { createMetadata } from "../../local/cloud/metadata/app";
import { newDroplet, PUBLIC_KEY, testApi } from "./harness";

test("a machine sees itself and nobody else, as JSON and as a tree of texts", async () => {
  const api = await testApi();
  await api.call("POST", "/v2/account/keys", { name: "probe", public_key: PUBLIC_KEY });
  for (const name of ["one", "two"])
    await api.call(
      "POST",
      "/v2/droplets",
      newDroplet({ name, ssh_keys: [api.cloud.store.state.sshKeys[0]!.id] }),
    );
  await api.cloud.jobs.settled();
  const [one, two] = api.cloud.store.state.droplets;
  const { ip } = (await api.call("POST", "/v2/reserved_ips", { droplet_id: two!.id })).body
    .reserved_ip;
  let peer = one!.ipv4;
  const app = createMetadata(api.cloud.store.state, () => peer);
  const text = async (path: string) => (await app.request(`http://169.254.169.254${path}`)).text();
  expect(await text("/metadata/v1/id")).toBe(String(one!.id));
  expect((await text("/metadata/v1/")).split("\n")).toEqual(
    expect.arrayContaining([
      "id",
      "hostname",
      "user-data",
      "public-keys",
      "region",
      "interfaces/",
      "dns/",
      "reserved_ip/",
      "floating_ip/",
      "tags",
    ]),
  );
  expect(await text("/metadata/v1/user-data")).toBe("#cloud-config\n");
  expect(await text("/metadata/v1/public-keys")).toBe(PUBLIC_KEY);
  expect(await text("/metadata/v1/interfaces/public/0/ipv4/address")).toBe(one!.ipv4);
  expect(await text("/metadata/v1/interfaces/public/0/anchor_ipv4/gateway")).toBe("10.17.0.1");
  expect(await text("/metadata/v1/reserved_ip/ipv4/active")).toBe("false");
  peer = `::ffff:${two!.anchor_ipv4}`;
  expect(await text("/metadata/v1/hostname")).toBe("two");
  expect(JSON.parse(await text("/metadata/v1.json"))).toMatchObject({
    droplet_id: two!.id,
    reserved_ip: { ipv4: { active: true, ip_address: ip } },
  });
  peer = "198.51.100.2";
  expect((await app.request("http://169.254.169.254/metadata/v1/id")).status).toBe(404);
});
