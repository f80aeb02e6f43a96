import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

const NGINX = "/usr/sbin/nginx";
/** A word in quotes, a comment, or one of the signs that a block is made of; a backslash takes the next. */
const TOKENS = /\\[^]|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|#[^\n]*|[{};"']|\$\{/g;

/** What is wrong with it by itself: it must neither end the block that it stands in nor go beyond it. */
const shapeProblem = (text: string): string | undefined => {
  let depth = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '"' || token === "'") return "has a quotation mark without an end. Add it.";
    if (token === "{" || token === "${") depth += 1;
    if (token === "}") depth -= 1;
    if (depth < 0) return "closes a block that it has not opened. Remove the }.";
  }
  if (depth > 0) return "opens a block and does not close it. Add the }.";
  const rest = text.replaceAll(TOKENS, (token) => (token.startsWith("#") ? "" : token)).trim();
  return /[;}]$/.test(rest) ? undefined : "has to end with ; or }.";
};

export const snippet = z
  .string()
  .max(20_000)
  .superRefine((text, context) => {
    const message = shapeProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .optional()
  .describe("nginx's own directives, at the end of the service's server block");

/** What an nginx of another version, or without the fleet's files, can't know. */
const MACHINES_TO_SAY =
  /unknown directive|unknown "[^"]*" variable|zero size shared memory zone|no such file|cannot load certificate|open\(\) "|host not found|"\w*_cache" zone|is unknown in/i;

/**
 * What the nginx of this computer says of it, where there is one: a slip is known before anything is
 * sent. The machine's own reads all of it again before it is in force.
 */
export const nginxSays = (text: string): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), "second-server-snippet-"));
  try {
    const config = join(folder, "nginx.conf");
    writeFileSync(
      config,
      `pid ${folder}/pid;\nerror_log stderr emerg;\nevents {}\nhttp {\naccess_log off;\nserver {\nlisten unix:${folder}/socket;\n${text}\n}\n}\n`,
    );
    const { error, status, stderr } = spawnSync(NGINX, ["-t", "-q", "-c", config], {
      encoding: "utf8",
      timeout: 10_000,
    });
    const [line = ""] = stderr?.split("\n").filter((one) => one.includes("[emerg]")) ?? [];
    if (error !== undefined || status === 0 || line === "" || MACHINES_TO_SAY.test(line))
      return undefined;
    // Lines are counted from its own first.
    return line
      .replace(/^.*\[emerg\] (?:\d+#\d+: )?/, "")
      .replace(/ in \S+:(\d+)$/, (_, at: string) => ` (line ${Number(at) - 7})`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
