/**
 * File names are bytes. One that is UTF-8 is kept as that text; in any other, each byte above ASCII
 * stands as a lone surrogate (U+DC80 to U+DCFF), which no text has and JSON carries: so the two
 * never meet.
 */
const FIRST = 0xdc00;
const isByte = (code: number): boolean => code >= FIRST + 0x80 && code <= FIRST + 0xff;

export const textOf = (name: Buffer): string => {
  const text = name.toString("utf8");
  if (Buffer.from(text, "utf8").equals(name)) return text;
  return [...name].map((byte) => String.fromCharCode(byte < 0x80 ? byte : FIRST + byte)).join("");
};

/** What the file system is to be asked for. */
export const bytesOf = (path: string): string | Buffer => {
  const parts = [...path];
  if (!parts.some((part) => isByte(part.codePointAt(0) ?? 0))) return path;
  return Buffer.concat(
    parts.map((part) => {
      const code = part.codePointAt(0) ?? 0;
      return isByte(code) ? Buffer.from([code - FIRST]) : Buffer.from(part, "utf8");
    }),
  );
};

const SHOWN = 160;
/**
 * For logs, mails and terminals: no control characters, nothing that turns the direction of
 * writing, and of a bearable length.
 */
export const shown = (path: string): string => {
  const plain = JSON.stringify(path)
    .slice(1, -1)
    .replace(
      /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain;
};
