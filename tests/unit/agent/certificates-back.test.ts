import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { putCertificates } from "../../../agent/backup/certificates-back";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

const BACKUP = "/var/lib/fleet-agent/restore/letsencrypt";
const OURS = {
  name: "fleet",
  hosts: ["a.example.test", "b.example.test"],
  email: "o@example.test",
};
const SERVER = "acme-v02.api.letsencrypt.org/directory";
const ID = "0123456789abcdef0123456789abcdef";

let machine: TemporaryMachine;
const openssl = (...words: readonly string[]): void => {
  execFileSync("openssl", words, { cwd: machine.root, stdio: "ignore" });
};
const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"] as const;
/** An authority, and what it has signed for these names: chain and key. */
const issue = (names: readonly string[], authority = "ca"): { chain: string; key: string } => {
  const at = (file: string): string => machine.read(`/${file}`);
  if (!existsSync(machine.at(`/${authority}.pem`)))
    openssl(
      ...["req", "-x509", ...EC, "-days", "900", "-subj", `/CN=${authority}`],
      ...["-keyout", `${authority}.key`, "-out", `${authority}.pem`],
    );
  machine.write("/names", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}\n`);
  openssl("req", "-new", ...EC, "-subj", "/CN=x", "-keyout", "leaf.key", "-out", "leaf.csr");
  openssl(
    ...["x509", "-req", "-in", "leaf.csr", "-CA", `${authority}.pem`, "-CAkey", `${authority}.key`],
    ...["-CAcreateserial", "-days", "800", "-extfile", "names", "-out", "leaf.pem"],
  );
  return { chain: at("leaf.pem") + at(`${authority}.pem`), key: at("leaf.key") };
};
const put = ({ chain, key }: { chain: string; key: string }, number = 1): void => {
  machine.write(`${BACKUP}/archive/fleet/fullchain${number}.pem`, chain);
  machine.write(`${BACKUP}/archive/fleet/privkey${number}.pem`, key);
};
const account = (): void => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const folder = `${BACKUP}/accounts/${SERVER}/${ID}`;
  machine.write(`${folder}/private_key.json`, JSON.stringify(privateKey.export({ format: "jwk" })));
  machine.write(
    `${folder}/regr.json`,
    JSON.stringify({ body: {}, uri: `https://${SERVER.split("/")[0]}/acme/acct/1`, hook: "x" }),
  );
};

beforeEach(() => {
  machine = temporaryMachine();
  put(issue(OURS.hosts));
  process.env["SSL_CERT_FILE"] = machine.at("/ca.pem");
});
afterEach(() => {
  machine.remove();
  delete process.env["SSL_CERT_FILE"];
});

/** Every file below /etc/letsencrypt. */
const written = (): readonly string[] =>
  existsSync(machine.at("/etc/letsencrypt"))
    ? readdirSync(machine.at("/etc/letsencrypt"), { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) =>
          join(entry.parentPath, entry.name).replace(machine.at("/etc/letsencrypt/"), ""),
        )
        .sort()
    : [];
const back = async (): Promise<string> => {
  await putCertificates(machine, [OURS]);
  return machine.said.join("\n");
};

test("a certificate, its key and the account come back as certbot keeps them", async () => {
  account();
  expect(await back()).toBe("");
  expect(written()).toEqual([
    ...["meta", "private_key", "regr"].map((name) => `accounts/${SERVER}/${ID}/${name}.json`),
    ...["cert", "chain", "fullchain", "privkey"].map((name) => `archive/fleet/${name}1.pem`),
    ...["cert", "chain", "fullchain", "privkey"].map((name) => `live/fleet/${name}.pem`),
    "renewal/fleet.conf",
  ]);
  expect(machine.read("/etc/letsencrypt/live/fleet/fullchain.pem")).toBe(
    machine.read(`${BACKUP}/archive/fleet/fullchain1.pem`),
  );
  expect(machine.read("/etc/letsencrypt/renewal/fleet.conf")).toContain(`account = ${ID}\n`);
});

test("nothing executable and no configuration of the old machine comes back", async () => {
  account();
  const before = await back().then(written);
  rmSync(machine.at("/etc/letsencrypt"), { recursive: true });
  for (const [path, text] of [
    ["renewal-hooks/deploy/owned", "#!/bin/sh\n"],
    ["renewal-hooks/pre/owned", "#!/bin/sh\n"],
    ["renewal/fleet.conf", "[renewalparams]\npre_hook = /bin/owned\n"],
    ["renewal/other.conf", "[renewalparams]\nrenew_hook = /bin/owned\n"],
    ["cli.ini", "deploy-hook = /bin/owned\n"],
    ["archive/fleet/owned.sh", "#!/bin/sh\n"],
    [`accounts/${SERVER}/${ID}/hook.sh`, "#!/bin/sh\n"],
    ["accounts/evil.example/directory/x/regr.json", "{}"],
  ] as const)
    machine.write(`${BACKUP}/${path}`, text);
  await back();
  expect(written()).toEqual(before);
  for (const file of written())
    expect(readFileSync(machine.at(`/etc/letsencrypt/${file}`), "utf8")).not.toMatch(/owned|hook/);
});

test("what is in place of ours already stays: the release's own hook among it", async () => {
  machine.write("/etc/letsencrypt/renewal-hooks/deploy/reload-nginx", "ours");
  machine.write(`${BACKUP}/renewal-hooks/deploy/reload-nginx`, "owned");
  await back();
  expect(machine.read("/etc/letsencrypt/renewal-hooks/deploy/reload-nginx")).toBe("ours");
});

test("the newest pair counts, and one that is not whole does not", async () => {
  const second = issue(["a.example.test"]);
  put(second, 10);
  machine.write(`${BACKUP}/archive/fleet/fullchain11.pem`, second.chain);
  await back();
  expect(machine.read("/etc/letsencrypt/live/fleet/fullchain.pem")).toBe(second.chain);
});

const link = (path: string, target: string): void => {
  rmSync(machine.at(`${BACKUP}/${path}`), { recursive: true, force: true });
  symlinkSync(target, machine.at(`${BACKUP}/${path}`));
};
test.each<readonly [string, () => void, string]>([
  [
    "has another one's key",
    () => put({ ...issue(OURS.hosts), key: machine.read(`${BACKUP}/archive/fleet/privkey1.pem`) }),
    "its key is another one's",
  ],
  [
    "is for somebody else's name",
    () => put(issue([...OURS.hosts, "bank.example"])),
    "not ours: bank.example",
  ],
  [
    "is signed by nobody that is trusted",
    () => put(issue(OURS.hosts, "other")),
    "nothing that this machine trusts",
  ],
  [
    "has a chain of strangers",
    () => {
      const one = issue(OURS.hosts, "other");
      put({
        ...one,
        chain: one.chain.split(/(?<=END CERTIFICATE-----\n)/)[0]! + machine.read("/ca.pem"),
      });
    },
    "does not hold together",
  ],
  [
    "is none",
    () => machine.write(`${BACKUP}/archive/fleet/fullchain1.pem`, "#!/bin/sh\n"),
    "no certificate in it",
  ],
  [
    "is larger than any",
    () => machine.write(`${BACKUP}/archive/fleet/fullchain1.pem`, "x".repeat(1 << 20)),
    "there is none",
  ],
  [
    "is a link out of the backup",
    () => link("archive/fleet/privkey1.pem", machine.at("/leaf.key")),
    "there is none",
  ],
  [
    "lies behind a link",
    () => {
      mkdirSync(machine.at("/elsewhere"));
      link("archive", machine.at("/elsewhere"));
    },
    "there is none",
  ],
  [
    "is a pipe",
    () => {
      rmSync(machine.at(`${BACKUP}/archive/fleet/privkey1.pem`));
      execFileSync("mkfifo", [machine.at(`${BACKUP}/archive/fleet/privkey1.pem`)]);
    },
    "there is none",
  ],
])("a certificate that %s is not put back, and it is said", async (_what, spoil, why) => {
  spoil();
  expect(await back()).toContain(why);
  expect(written()).toEqual([]);
});
