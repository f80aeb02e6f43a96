import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { isErrorOf } from "../files";
import { systemPath } from "../host/environment";
import { API_IN_LAB } from "../network/addresses";
import { netnsFile } from "../network/namespaces";
import type { LabPaths } from "../paths";

/** Files that stand in for the host's within the lab, in the cloud's folder. */
export const standIns = (
  paths: LabPaths,
): readonly { readonly ours: string; readonly hosts: string }[] => {
  const cloud = join(paths.state, "cloud");
  return [
    { ours: paths.resolvConf, hosts: "/etc/resolv.conf" },
    // The host's own resolver daemon would answer with the real internet's names.
    { ours: join(cloud, "nsswitch.conf"), hosts: "/etc/nsswitch.conf" },
    // For programs that know no variable for it.
    { ours: join(cloud, "ca-bundle.pem"), hosts: "/etc/ssl/certs/ca-certificates.crt" },
  ];
};

/**
 * In a mount namespace of its own: each stand-in over the file that it stands for, which may be a
 * symlink; then the command.
 */
const SCRIPT = `
pairs=$1; shift
while [ "$pairs" -gt 0 ]; do
  target=$(readlink -f "$2") && [ -e "$target" ] && [ -e "$1" ] && { mount --bind "$1" "$target" || exit 125; }
  shift 2; pairs=$((pairs - 1))
done
exec "$@"`;

const trustVariables = [
  "SSL_CERT_FILE",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
  "GIT_SSL_CAINFO",
  "PIP_CERT",
  "AWS_CA_BUNDLE",
];
const proxyVariables = [
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
];

const ownersToken = (paths: LabPaths): string | undefined => {
  try {
    return readFileSync(paths.token, "utf8").trim();
  } catch (error) {
    if (isErrorOf(error, "ENOENT")) return undefined;
    throw error;
  }
};

/**
 * Clients of DigitalOcean's API find the lab's, and never send it the token of an account at the
 * real one.
 */
const clientVariables = (paths: LabPaths): Record<string, string> => {
  const token = ownersToken(paths);
  return {
    DIGITALOCEAN_API_URL: API_IN_LAB,
    ...(token === undefined ? {} : { DIGITALOCEAN_TOKEN: token, DIGITALOCEAN_ACCESS_TOKEN: token }),
  };
};

const environment = (paths: LabPaths): Record<string, string> => ({
  ...clientVariables(paths),
  ...Object.fromEntries(trustVariables.map((name) => [name, paths.ca])),
  // The host's proxy is not reachable from inside, and everything that is needs none.
  ...Object.fromEntries(
    proxyVariables.filter((name) => process.env[name]).map((name) => [name, ""]),
  ),
  no_proxy: "*",
  NO_PROXY: "*",
  PATH: systemPath(),
});

/**
 * How to start a command as an operator inside the lab's network. A lab without machines has no
 * network of its own: the command as it is.
 */
export const inLab = (
  paths: LabPaths,
  argv: readonly string[],
): { command: string; args: string[]; env: Record<string, string> } => {
  const netns = netnsFile(paths.operatorNetns);
  if (!existsSync(netns)) {
    const [command = "", ...args] = argv;
    return { command, args, env: {} };
  }
  const pairs = standIns(paths);
  return {
    command: "nsenter",
    // "slave": what the host unmounts goes away here too, so a long-lived shell doesn't keep a disk
    // busy.
    args: [
      `--net=${netns}`,
      "unshare",
      "--mount",
      "--propagation",
      "slave",
      "sh",
      "-c",
      SCRIPT,
      "sh",
      String(pairs.length),
      ...pairs.flatMap(({ ours, hosts }) => [ours, hosts]),
      ...argv,
    ],
    env: environment(paths),
  };
};
