import {
  lstat,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";

import { readIfThere, unlessGone } from "../files";
import { folderInside } from "./inside";
import { run } from "./run-program";

const PREFIX = "second-server-lab";

/** The certificates of a PEM text, each with a final newline. */
export const certificatesOf = (pem: string): string[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map(
    (certificate) => `${certificate}\n`,
  );

/** A bundle without the old certificates and with the new ones. Pure. */
export const renewedBundle = (
  bundle: string,
  old: readonly string[],
  fresh: readonly string[],
): string =>
  [...certificatesOf(bundle).filter((certificate) => !old.includes(certificate)), ...fresh].join(
    "",
  );

const ours = async (folder: string): Promise<string[]> =>
  (await unlessGone(readdir(folder), []))
    .filter((name) => name.startsWith(PREFIX) && name.endsWith(".crt"))
    .sort();

const dropLinks = async (certs: string): Promise<void> => {
  for (const name of await readdir(certs)) {
    const path = join(certs, name);
    if ((await lstat(path)).isSymbolicLink() && (await readlink(path)).includes(PREFIX))
      await rm(path);
  }
};

/**
 * Puts the lab's roots into the trust store of a machine that is off, in place of those of an
 * earlier start (an ACME server that was restarted has a new root). The same files as
 * `update-ca-certificates` makes, without its second of run time.
 */
export const trust = async (root: string, pem: string): Promise<void> => {
  const [local, certs] = [
    await folderInside(root, "usr/local/share/ca-certificates"),
    await folderInside(root, "etc/ssl/certs"),
  ];
  if (local === null || certs === null) return;
  const bundle = join(certs, "ca-certificates.crt");
  const trusted = await readIfThere(bundle);
  // A custom image without ca-certificates trusts nobody.
  if (trusted === null) return;
  const fresh = certificatesOf(pem);
  const names = await ours(local);
  const old = await Promise.all(names.map((name) => readFile(join(local, name), "utf8")));
  // The bundle is written last: who was killed before has it all to do again.
  if (old.join() === fresh.join() && fresh.every((certificate) => trusted.includes(certificate)))
    return;
  for (const name of names) await rm(join(local, name));
  await dropLinks(certs);
  for (const [index, certificate] of fresh.entries()) {
    const name = `${PREFIX}-${index}`;
    await writeFile(join(local, `${name}.crt`), certificate);
    await symlink(`/usr/local/share/ca-certificates/${name}.crt`, join(certs, `${name}.pem`));
    const hash = (
      await run(["openssl", "x509", "-noout", "-subject_hash"], { input: certificate })
    ).trim();
    // OpenSSL counts from 0 and stops at the first number that is missing.
    const number = (await readdir(certs)).filter((other) => other.startsWith(`${hash}.`)).length;
    await symlink(`${name}.pem`, join(certs, `${hash}.${number}`));
  }
  await rm(`${bundle}.new`, { force: true });
  await writeFile(`${bundle}.new`, renewedBundle(trusted, [...old, ...fresh], fresh));
  await rename(`${bundle}.new`, bundle);
};
