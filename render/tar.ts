/** A file inside an archive; paths are relative, with forward slashes. */
export interface TarEntry {
  readonly path: string;
  readonly mode: number;
  readonly data: Buffer;
}

const BLOCK = 512;
const octal = (value: number, width: number): string =>
  `${value.toString(8).padStart(width - 1, "0")}\0`;

/**
 * ustar keeps a long path as prefix (155 bytes) and name (100), cut at a slash; undefined where
 * none fits.
 */
const splitPath = (path: string): { prefix: string; name: string } | undefined => {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  const cut = [...path.matchAll(/\//g)]
    .map((match) => match.index)
    .find(
      (index) =>
        Buffer.byteLength(path.slice(0, index)) <= 155 &&
        Buffer.byteLength(path.slice(index + 1)) <= 100,
    );
  return cut === undefined ? undefined : { prefix: path.slice(0, cut), name: path.slice(cut + 1) };
};

const FILE = "0";
const EXTENDED = "x";

const header = ({ path, mode, data }: TarEntry, type = FILE): Buffer => {
  const block = Buffer.alloc(BLOCK);
  // What does not fit is told by the entry before, and this is not read.
  const { prefix, name } = splitPath(path) ?? { prefix: "", name: "long" };
  const put = (text: string, offset: number) => block.write(text, offset);
  put(name, 0);
  put(octal(mode, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(data.length, 12), 124);
  put(octal(0, 12), 136);
  put("        ", 148);
  put(type, 156);
  put("ustar\0" + "00", 257);
  put("root", 265);
  put("root", 297);
  put(prefix, 345);
  put(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return block;
};

const padded = (data: Buffer): Buffer[] => [
  data,
  Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK),
];

/** pax: "27 path=…\n", the number being the whole line's own length in bytes. */
const paxLine = (path: string): Buffer => {
  const rest = Buffer.byteLength(` path=${path}\n`);
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return Buffer.from(`${length} path=${path}\n`);
};

/** A path that ustar has no room for stands in an entry before its own, as pax has it. */
const longPath = (path: string): Buffer[] => {
  if (splitPath(path) !== undefined) return [];
  const data = paxLine(path);
  return [header({ path: "pax", mode: 0o644, data }, EXTENDED), ...padded(data)];
};

/**
 * Entries of a ustar archive, whose bytes depend on nothing else: sorted, no times, owned by root.
 */
export const tarPart = (entries: readonly TarEntry[]): Buffer =>
  Buffer.concat(
    [...entries]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .flatMap((entry) => [...longPath(entry.path), header(entry), ...padded(entry.data)]),
  );

/** What ends an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);
