import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "@jest/globals";

import { lab } from "../../../local/cloud/lab";
import { api, becomes, make, paths, said, status, until } from "./lab-of-machines";

const run = promisify(execFile);
const PORT = 8088;

/** A master boot record with one Linux partition, in sectors. */
const partitionTable = (start: number, sectors: number): Buffer => {
  const sector = Buffer.alloc(512);
  sector.writeUInt8(0x83, 446 + 4);
  sector.writeUInt32LE(start, 446 + 8);
  sector.writeUInt32LE(sectors, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
};

/** A disk with one Linux partition, and on it what machines are made of with a file of its own. */
const makeDisk = async (folder: string): Promise<void> => {
  const [disk, marker] = [join(folder, "disk.raw"), join(folder, "marker")];
  const bases = join(paths().machines, "bases");
  const base = (await readdir(bases)).find((name) => /^debian-13-\w+$/.test(name))!;
  await mkdir(folder, { recursive: true });
  await writeFile(marker, "an image of our own\n");
  await writeFile(disk, partitionTable(2048, 590 * 2048));
  await run("truncate", ["-s", "600M", disk]);
  await run("mkfs.ext4", [
    "-q",
    "-F",
    "-E",
    "offset=1048576",
    "-d",
    join(bases, base),
    disk,
    "590M",
  ]);
  await run("debugfs", ["-w", "-R", `write ${marker} etc/made-of`, `${disk}?offset=1048576`]);
};

/** As anybody's web server outside the lab's machines; resolves when it listens. */
const serve = async (folder: string): Promise<{ url: string; end: () => void }> => {
  const program =
    `require("http").createServer((asked, answer) => ` +
    `require("fs").createReadStream(process.argv[1] + asked.url).on("error", () => { ` +
    `answer.statusCode = 404; answer.end(); }).pipe(answer)).listen(${PORT}, () => ` +
    `console.log("listening"))`;
  const { command, args, env } = lab.inLab(paths(), [process.execPath, "-e", program, folder]);
  const child = spawn(command, [...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => {
    child.stdout.once("data", resolve);
  });
  return { url: `http://198.51.100.2:${PORT}`, end: () => child.kill() };
};

export const customImageTests = (): void =>
  describe("custom images", () => {
    test("a disk image from a URL becomes an image that droplets boot from, and goes when the last of them has", async () => {
      const folder = join(paths().state, "served");
      await makeDisk(folder);
      const server = await serve(folder);
      const wanted = async (url: string): Promise<number> =>
        (
          await api("POST", "/v2/images", {
            name: "own",
            url,
            region: "fra1",
            distribution: "Debian",
          })
        ).image.id;
      const found = async (id: number) => (await api("GET", `/v2/images/${id}`)).image;
      const [image, missing] = await Promise.all([
        wanted(`${server.url}/disk.raw`),
        wanted(`${server.url}/nothing`),
      ]);
      await until("both imports' ends", 240, async () =>
        (await Promise.all([found(image), found(missing)])).every((one) =>
          ["available", "deleted"].includes(one.status),
        ),
      ).finally(server.end);
      expect(await found(image)).toMatchObject({
        status: "available",
        type: "custom",
        min_disk_size: 1,
      });
      expect(await found(missing)).toMatchObject({
        status: "deleted",
        error_message: expect.stringContaining("404"),
      });
      const id = await make("custom", { image });
      await becomes(id, "active");
      expect(await said(id, "cat /etc/made-of; hostname")).toBe("an image of our own\ncustom");
      const bases = async (): Promise<number> =>
        (await readdir(join(paths().machines, "bases"))).filter(
          (name) => name.startsWith("custom-") && name.endsWith(".squashfs"),
        ).length;
      await api("DELETE", `/v2/images/${image}`);
      expect(await bases()).toBe(1);
      await api("DELETE", `/v2/droplets/${id}`);
      await until(
        "the image's end",
        30,
        async () => (await bases()) === 0 && (await status("GET", `/v2/droplets/${id}`)) === 404,
      );
    });
  });
