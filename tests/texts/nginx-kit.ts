import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { PATHS } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import { exitOf } from "../fixtures/exit-of";

export const NGINX = "/usr/sbin/nginx";

/** Writes a file with the folders above it; returns its path. */
export const put = (path: string, text: string | Buffer, mode = 0o644): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
  return path;
};

/** A self-signed certificate in a folder, under the names that nginx reads. */
export const makeCertificate = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
      "-subj",
      "/CN=test",
      "-keyout",
      join(folder, "privkey.pem"),
      "-out",
      join(folder, "fullchain.pem"),
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
};

/**
 * Debian 13 has 1.26; an older nginx on the host knows no `http2` directive, and that line alone is
 * left out for it.
 */
const knowsHttp2 = (): boolean => {
  const [minor = 0, patch = 0] = (
    /nginx\/1\.(\d+)\.(\d+)/.exec(spawnSync(NGINX, ["-v"], { encoding: "utf8" }).stderr) ?? []
  )
    .slice(1)
    .map(Number);
  return minor > 25 || (minor === 25 && patch >= 1);
};

/** HTTP/3 is of 1.25, and Debian 12's 1.22 is built without it. */
const knowsHttp3 = (): boolean =>
  spawnSync(NGINX, ["-V"], { encoding: "utf8" }).stderr.includes("--with-http_v3_module");

/** Debian 13's package of it, which the host may have of its own. */
const BROTLI = "/etc/nginx/modules-enabled/50-mod-http-brotli-static.conf";

/** OpenSSL 3.5, as Debian 13 has it, knows ML-KEM; an older one refuses a list that names it. */
const knowsPostQuantum = (): boolean =>
  spawnSync("openssl", ["list", "-kem-algorithms"], { encoding: "utf8" }).stdout.includes(
    "X25519MLKEM768",
  );

/** What of a text the host's nginx knows: single lines are left out, nothing else is changed. */
const forThisHost = (): ((text: string) => string) => {
  const unknown = [
    ...(knowsHttp2() ? [] : ["http2 on"]),
    ...(knowsHttp3() ? [] : ["listen [^;]* quic[^;]*", "quic_[^;]*", "http3_[^;]*"]),
    ...(existsSync(BROTLI) ? [] : ["brotli_static on"]),
  ];
  const postQuantum = knowsPostQuantum();
  return (text) =>
    unknown
      .reduce((left, line) => left.replace(new RegExp(`^\\s*${line};\n`, "gm"), ""), text)
      .replace("X25519MLKEM768:", postQuantum ? "X25519MLKEM768:" : "")
      .replaceAll("/etc/nginx/modules-enabled/*.conf", existsSync(BROTLI) ? "BROTLI" : "none/*");
};

/**
 * Lays a machine's nginx out below `etc`, its places moved there and nothing else changed but what
 * `change` does; returns nginx.conf's path.
 */
export const layOut = (
  files: readonly MachineFile[],
  etc: string,
  certificates: string,
  change: (text: string) => string = (text) => text,
): string => {
  const known = forThisHost();
  const logs = join(etc, "logs");
  mkdirSync(logs, { recursive: true });
  const pages = join(etc, "pages");
  for (const { path, text } of files.filter((file) => file.path.startsWith(`${PATHS.pages}/`)))
    put(join(pages, path.slice(PATHS.pages.length + 1)), text);
  for (const { path, text } of files.filter((file) => file.path.startsWith("/etc/nginx/"))) {
    put(
      join(etc, path.slice("/etc/nginx/".length)),
      change(
        known(text)
          .replaceAll("/etc/nginx/mime.types", "MIME")
          .replaceAll("/etc/nginx/", `${etc}/`)
          .replaceAll("MIME", "/etc/nginx/mime.types")
          .replaceAll("BROTLI", BROTLI)
          .replaceAll("/var/cache/fleet-", join(etc, "cache-"))
          .replaceAll("/etc/fleet/tls/fleet/", `${certificates}/`)
          .replaceAll("/run/nginx.pid", `${etc}/pid`)
          .replaceAll("syslog:server=unix:/dev/log,nohostname", join(etc, "error.log"))
          .replaceAll(PATHS.pages, pages)
          .replaceAll(PATHS.webLogs, logs),
      ),
    );
  }
  return join(etc, "nginx.conf");
};

/**
 * nginx with this nginx.conf, once `ask` finds it answering.
 * @throws if it ends instead; what it said of that is in the test's output.
 */
export const startNginx = async (
  config: string,
  ask: () => Promise<unknown>,
): Promise<ChildProcess> => {
  const nginx = spawn(NGINX, ["-c", config, "-g", "daemon off;"], { stdio: "inherit" });
  for (;;) {
    try {
      await ask();
      return nginx;
    } catch (error) {
      if (nginx.exitCode !== null || nginx.signalCode !== null)
        throw new Error("nginx ended", { cause: error });
      await setTimeout(20);
    }
  }
};

export const stopNginx = async (nginx: ChildProcess | undefined): Promise<void> => {
  nginx?.kill("SIGQUIT");
  if (nginx) await exitOf(nginx);
};
