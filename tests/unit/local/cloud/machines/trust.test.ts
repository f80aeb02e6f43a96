import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { certificatesOf, renewedBundle, trust } from "../../../../../local/cloud/machines/trust";

const [DEBIAN, FIRST, SECOND] = rootCertificates.slice(0, 3).map((pem) => `${pem}\n`) as [
  string,
  string,
  string,
];
let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "trust-"));
  await mkdir(join(root, "etc/ssl/certs"), { recursive: true });
  await writeFile(join(root, "etc/ssl/certs/ca-certificates.crt"), DEBIAN);
});
afterEach(() => rm(root, { recursive: true }));

const bundle = async (): Promise<string[]> =>
  certificatesOf(await readFile(join(root, "etc/ssl/certs/ca-certificates.crt"), "utf8"));
const localFiles = (): Promise<string[]> => readdir(join(root, "usr/local/share/ca-certificates"));

test("a machine trusts the lab's roots besides Debian's, as files, in the bundle and by hash", async () => {
  await trust(root, FIRST + SECOND);
  expect(await bundle()).toEqual([DEBIAN, FIRST, SECOND]);
  expect(await localFiles()).toEqual(["second-server-lab-0.crt", "second-server-lab-1.crt"]);
  expect(
    (await readdir(join(root, "etc/ssl/certs"))).filter((name) => /^[0-9a-f]{8}\.\d$/.test(name)),
  ).toHaveLength(2);
});

test("after a restart of the ACME server its old root is trusted no more", async () => {
  await trust(root, FIRST + SECOND);
  await trust(root, FIRST);
  expect(await bundle()).toEqual([DEBIAN, FIRST]);
  expect(await localFiles()).toEqual(["second-server-lab-0.crt"]);
  expect(
    (await readdir(join(root, "etc/ssl/certs"))).filter((name) => name.endsWith(".pem")),
  ).toEqual(["second-server-lab-0.pem"]);
});

test("a killed run that had not come to the bundle is made good", async () => {
  await trust(root, FIRST);
  await writeFile(join(root, "etc/ssl/certs/ca-certificates.crt"), DEBIAN);
  await trust(root, FIRST);
  expect(await bundle()).toEqual([DEBIAN, FIRST]);
});

test("what the owner added to the bundle stays", () => {
  expect(renewedBundle(DEBIAN + FIRST + SECOND, [FIRST], [])).toBe(DEBIAN + SECOND);
});
