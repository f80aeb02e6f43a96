/** How far into a page its own word on its encoding is looked for, as browsers do. */
const META_WITHIN = 1024;

/**
 * Encodings that a page which could be read so far can't be in. @see
 * https://html.spec.whatwg.org/#determining-the-character-encoding
 */
const instead: Readonly<Record<string, string>> = {
  "utf-16": "utf-8",
  "utf-16le": "utf-8",
  "utf-16be": "utf-8",
  "x-user-defined": "windows-1252",
};

/** @returns undefined for an encoding that nobody knows: browsers look further then. */
const decoderOf = (label: string | undefined): TextDecoder | undefined => {
  try {
    return label === undefined ? undefined : new TextDecoder(label);
  } catch {
    return undefined;
  }
};

const ofByteOrderMark = (bytes: Buffer): string | undefined => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
};

const ofContentType = (contentType: string): string | undefined =>
  /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType)?.[1];

/** `<meta charset=…>`, its older form with http-equiv, or XML's first line. */
const ofPage = (bytes: Buffer): string | undefined => {
  const begin = bytes.toString("latin1", 0, META_WITHIN).replace(/<!--[^]*?-->/g, "");
  const label =
    /<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(begin)?.[1] ??
    /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(begin)?.[1];
  return label === undefined ? undefined : (instead[label.toLowerCase()] ?? label);
};

/**
 * Nothing says it: what is not UTF-8 is taken for the encoding of old pages. A last character that
 * was cut off is no sign.
 */
const guessed = (bytes: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
};

/**
 * A body as text, in the encoding that browsers would take: by its byte order mark, its header, its
 * own word, in this order. @see https://encoding.spec.whatwg.org/#decode
 */
export const textOf = (bytes: Buffer, contentType = ""): string => {
  const decoder =
    decoderOf(ofByteOrderMark(bytes)) ??
    decoderOf(ofContentType(contentType)) ??
    decoderOf(ofPage(bytes));
  return decoder === undefined ? guessed(bytes) : decoder.decode(bytes);
};
