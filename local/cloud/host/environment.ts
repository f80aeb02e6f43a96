import { isAbsolute } from "node:path";

import { homeFolder } from "../paths";

/**
 * What of the caller's environment is the host's business: how it reaches the world, whom it
 * trusts, where its owner keeps things.
 */
const KEPT = [
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [
    name,
    name.toUpperCase(),
  ]),
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "APT_CONFIG",
  "XDG_STATE_HOME",
  "XDG_CACHE_HOME",
  "XDG_RUNTIME_DIR",
] as const;

/**
 * The caller's PATH and the system's sbin folders, which not every root's PATH has. A relative
 * entry means another folder to each program.
 */
export const systemPath = (): string =>
  [
    ...new Set([
      ...(process.env["PATH"] ?? "").split(":"),
      "/usr/local/sbin",
      "/usr/sbin",
      "/sbin",
      "/usr/bin",
      "/bin",
    ]),
  ]
    .filter((folder) => isAbsolute(folder))
    .join(":");

/**
 * What the lab's programs and the commands that they run see, whoever started them: one language,
 * the usual temporary folder, nobody's NODE_OPTIONS.
 */
export const hostEnvironment = (): Record<string, string> => ({
  ...Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ),
  PATH: systemPath(),
  HOME: homeFolder(),
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
});
