import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { isAbsolute, join, posix } from "node:path";
import { finished } from "node:stream/promises";

import { Archive, Asset, type Source } from "./value";

const within = (folder: string, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

const hashFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  const stream = createReadStream(path);
  stream.on("data", (chunk) => hash.update(chunk));
  await finished(stream);
  return hash.digest("hex");
};

/**
 * The folder that relative asset paths of this project are relative to; set once at start, for
 * those who open the file later.
 */
let projectFolder = process.cwd();
export const setAssetFolder = (folder: string): void => {
  projectFolder = folder;
};
export const assetPath = (path: string): string => within(projectFolder, path);

const pick = ({ path, text, uri }: Source): Source => {
  if (path) return { path };
  return uri ? { uri } : { text: text ?? "" };
};

export const readAsset = async (given: Source, folder: string): Promise<Asset> => {
  const source = pick(given);
  if (source.path !== undefined)
    return new Asset(await hashFile(within(folder, source.path)), source);
  if (source.uri !== undefined)
    throw new Error(
      `RemoteAsset (${source.uri}) is not supported by the embedded engine. Download the file and use a FileAsset.`,
    );
  return new Asset(
    createHash("sha256")
      .update(source.text ?? "")
      .digest("hex"),
    source,
  );
};

const isArchiveFile = (path: string): boolean =>
  /\.(tar|tgz|tar\.gz|zip|jar)$/.test(path) && statSync(path).isFile();

/**
 * One 512-byte ustar header as Go's archive/tar writes it for {Name, Mode 0600, Size}: the hash of
 * a folder has to be the CLI's.
 */
const tarHeader = (name: string, size: number): Buffer => {
  if (Buffer.byteLength(name) > 100)
    throw new Error(
      `the archive member ${name} has a name of more than 100 bytes, which the embedded engine does not hash`,
    );
  const header = Buffer.alloc(512);
  const octal = (value: number, offset: number, width: number): void => {
    header.write(`${value.toString(8).padStart(width - 1, "0")}\0`, offset, "latin1");
  };
  header.write(name, 0, "utf8");
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write("        ", 148, "latin1");
  header.write("0", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  octal(0, 329, 8);
  octal(0, 337, 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
};

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** Pulumi's own folder is never part of an archive. */
const BOOKKEEPING = ".pulumi";

/**
 * In the CLI's order, which walks each folder where it stands among its neighbours. Links to
 * folders are left out.
 */
const filesUnder = async (root: string, below = ""): Promise<string[]> => {
  const entries = (await readdir(join(root, below), { withFileTypes: true }))
    .filter(({ name }) => name !== BOOKKEEPING)
    .sort((a, b) => byBytes(a.name, b.name));
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return await filesUnder(root, path);
      return entry.isSymbolicLink() && (await stat(join(root, path))).isDirectory() ? [] : [path];
    }),
  );
  return lists.flat();
};

/** A member of an archive: its bytes come from a file or are a text's. */
interface Member {
  readonly name: string;
  readonly path?: string;
  readonly text?: string;
}

const membersOfFolder = async (root: string, prefix: string): Promise<readonly Member[]> =>
  (await filesUnder(root)).map((name) => ({
    name: prefix === "" ? name : posix.join(prefix, name),
    path: join(root, name),
  }));

const membersOf = async (
  assets: Readonly<Record<string, Asset | Archive>>,
  folder: string,
  prefix = "",
): Promise<readonly Member[]> => {
  const lists = await Promise.all(
    Object.entries(assets)
      .sort(([one], [other]) => byBytes(one, other))
      .map(async ([key, item]): Promise<readonly Member[]> => {
        const name = prefix === "" ? key : posix.join(prefix, key);
        if (item instanceof Asset)
          return [
            {
              name,
              ...(item.source.path === undefined
                ? { text: item.source.text ?? "" }
                : { path: within(folder, item.source.path) }),
            },
          ];
        if (item.assets) return await membersOf(item.assets, folder, name);
        const path = within(folder, archivePath(item.source));
        if (isArchiveFile(path))
          throw new Error(
            `the archive file ${item.source.path} inside an AssetArchive is not supported by ` +
              "the embedded engine. Unpack it, and give the folder.",
          );
        return await membersOfFolder(path, name);
      }),
  );
  return lists.flat();
};

/** The hash of the tar archive that the CLI would make of these. */
const hashMembers = async (members: readonly Member[]): Promise<string> => {
  const hash = createHash("sha256");
  const seen = new Set<string>();
  for (const { name, path, text = "" } of members) {
    if (seen.has(name)) continue;
    seen.add(name);
    const size = path === undefined ? Buffer.byteLength(text) : (await stat(path)).size;
    hash.update(tarHeader(name, size));
    if (path === undefined) hash.update(text);
    else {
      const stream = createReadStream(path);
      stream.on("data", (chunk) => hash.update(chunk));
      await finished(stream);
    }
    hash.update(Buffer.alloc((512 - (size % 512)) % 512));
  }
  return hash.update(Buffer.alloc(1024)).digest("hex");
};

const archivePath = ({ path = "", uri = "" }: Source): string => {
  if (uri === "") return path;
  throw new Error(
    `RemoteArchive (${uri}) is not supported by the embedded engine. Download the file and use a FileArchive.`,
  );
};

export const readArchive = async (
  given: Source,
  assets: Readonly<Record<string, Asset | Archive>> | undefined,
  folder: string,
): Promise<Archive> => {
  if (assets !== undefined)
    return new Archive(await hashMembers(await membersOf(assets, folder)), {}, assets);
  const source = archivePath(given);
  const path = within(folder, source);
  return new Archive(
    isArchiveFile(path) ? await hashFile(path) : await hashMembers(await membersOfFolder(path, "")),
    { path: source },
  );
};
