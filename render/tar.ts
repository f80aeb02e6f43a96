/** A file inside an archive; paths are relative, with forward slashes, at most 255 bytes. */
export interface TarEntry {
  readonly path: string;
  readonly mode: number;
  readonly data: Buffer;
}

const BLOCK = 512;
const octal = (value: number, width: number): string =>
  `${value.toString(8).padStart(width - 1, "0")}\0`;

/** ustar keeps a long path as prefix (155 bytes) and name (100), cut at a slash. */
const splitPath = (path: string): { prefix: string; name: string } => {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  const cut = [...path.matchAll(/\//g)]
    .map((match) => match.index)
    .find((index) => index <= 155 && Buffer.byteLength(path.slice(index + 1)) <= 100);
  if (cut === undefined)
    throw new Error(`${path}: the path is too long for a tar archive. Shorten it.`);
  return { prefix: path.slice(0, cut), name: path.slice(cut + 1) };
};

const header = ({ path, mode, data }: TarEntry): Buffer => {
  const block = Buffer.alloc(BLOCK);
  const { prefix, name } = splitPath(path);
  const put = (text: string, offset: number) => block.write(text, offset);
  put(name, 0);
  put(octal(mode, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(data.length, 12), 124);
  put(octal(0, 12), 136);
  put("        ", 148);
  put("0", 156);
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

/** Entries of a ustar archive, whose bytes depend on nothing else: sorted, no times, owned by root. */
export const tarPart = (entries: readonly TarEntry[]): Buffer =>
  Buffer.concat(
    [...entries]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .flatMap((entry) => [
        header(entry),
        entry.data,
        Buffer.alloc((BLOCK - (entry.data.length % BLOCK)) % BLOCK),
      ]),
  );

/** What ends an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);
