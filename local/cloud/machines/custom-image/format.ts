import { open, rename, statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { attempt, type Argv } from "../run-program";

export type Packing = "gzip" | "bzip2";
export type Format = "raw" | "qcow2" | "vdi" | "vhdx" | "vmdk";

const VDI_MAGIC = 0xbeda107f;

/** By the first bytes; what nothing is known of is raw. Pure. */
export const formatOf = (head: Buffer): Packing | Format => {
  if (head.readUInt16BE(0) === 0x1f8b) return "gzip";
  if (head.toString("latin1", 0, 3) === "BZh") return "bzip2";
  if (head.toString("latin1", 0, 4) === "QFI\xfb") return "qcow2";
  if (head.toString("latin1", 0, 8) === "vhdxfile") return "vhdx";
  if (["KDMV", "COWD", "# Di"].includes(head.toString("latin1", 0, 4))) return "vmdk";
  return head.readUInt32LE(64) === VDI_MAGIC ? "vdi" : "raw";
};

/**
 * A qcow2 image may name a file of this host as what lies under it, or as where its data is. Pure.
 */
export const namesOtherFiles = (qcow2: Buffer): boolean => {
  const backingFile = qcow2.readBigUInt64BE(8) !== 0n;
  const externalData = qcow2.readUInt32BE(4) >= 3 && (qcow2.readBigUInt64BE(72) & 4n) !== 0n;
  return backingFile || externalData;
};

const headOf = async (file: string): Promise<Buffer> => {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(512);
    await handle.read(head, 0, 512, 0);
    return head;
  } finally {
    await handle.close();
  }
};

/** DigitalOcean's limit, and what this host has besides some room to live. */
const largest = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, Math.min(100e9, bavail * bsize - 2 * 1024 ** 3));
};

const mortal = (argv: Argv): Argv => ["setpriv", "--pdeathsig", "KILL", ...argv];

const unpack = async (packing: Packing, file: string, most: number): Promise<void> => {
  const script = `${packing} -dc <"$1" | prlimit --fsize=${most} cp --sparse=always /dev/stdin "$1.unpacked"`;
  const { code, stderr } = await attempt(
    mortal(["bash", "-o", "pipefail", "-c", script, "bash", file]),
  );
  if (code !== 0)
    throw new Error(
      `the image can't be unpacked (${packing}), or is larger than ${Math.floor(most / 1e9)} GB then: ${stderr.trim().split("\n")[0]}`,
    );
  await rename(`${file}.unpacked`, file);
};

const qemuImg = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await attempt(mortal(["qemu-img", ...args]));
  // 127 is setpriv's for a program that isn't there.
  if (code === 127)
    throw new Error(
      "images other than raw ones need qemu-img on this host: apt-get install qemu-utils",
    );
  if (code !== 0) throw new Error(`the image can't be converted: ${stderr.trim()}`);
  return stdout;
};

const convert = async (
  format: Exclude<Format, "raw">,
  file: string,
  most: number,
): Promise<void> => {
  if (format === "vmdk")
    throw new Error(
      "vmdk images are not emulated: they may consist of several files. Convert it first: qemu-img convert -O qcow2",
    );
  if (format === "qcow2" && namesOtherFiles(await headOf(file)))
    throw new Error(
      "the qcow2 image needs other files than itself (a backing or data file); flatten it first: qemu-img convert -O qcow2",
    );
  const { "virtual-size": size } = JSON.parse(
    await qemuImg("info", "--output=json", "-f", format, file),
  ) as { "virtual-size": number };
  if (size > most)
    throw new Error(
      `the image's disk has ${Math.ceil(size / 1e9)} GB; at most ${Math.floor(most / 1e9)} GB fit here`,
    );
  await qemuImg("convert", "-f", format, "-O", "raw", file, `${file}.raw`);
  await rename(`${file}.raw`, file);
};

/** Makes a file what its bytes say it is packed in or formatted as: a raw, sparse disk. */
export const makeRaw = async (file: string): Promise<void> => {
  const most = await largest(dirname(file));
  const outer = formatOf(await headOf(file));
  if (outer === "gzip" || outer === "bzip2") await unpack(outer, file, most);
  const format = formatOf(await headOf(file));
  if (format === "gzip" || format === "bzip2") throw new Error("the image is packed twice");
  if (format !== "raw") await convert(format, file, most);
};
