import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const kept = 20;

/**
 * Pebble has a new root each time it starts, while certificates that its earlier lives issued go on being served: all are trusted.
 * @returns the roots, newest first.
 */
export const rememberRoot = async (folder: string, root: string): Promise<string[]> => {
  const file = join(folder, "roots.pem");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const known = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const roots = [...new Set([root.trim(), ...known])].filter(Boolean).slice(0, kept);
  await writeFile(file, roots.join("\n") + "\n", { mode: 0o644 });
  return roots;
};
