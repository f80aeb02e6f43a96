/**
 * nginx as a release lays it out against nginx as Debian packages it: the same files, the same
 * upstream, taking turns within one run. Ratios count; so does the time that a worker computes for
 * a request, which a busy host does not change much.
 *
 *   node --import tsx bench/nginx/compare.ts [--root DIR] [--pairs 7] [--seconds 4] [--only TEXT] [--without PATTERN]
 *
 * --without: the release's lines that match are left out, to see what they cost.
 *
 * Needs nginx and wrk, below DIR (a Debian 13 to chroot into) or here.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { PATHS } from "@second-server/contract/paths";

import { renderPrimary } from "../../render/machine";
import { serviceTrees } from "../../render/sources";
import { MANIFEST, SOURCES, factsIn, project, removeProjects } from "../../tests/fixtures/manifest";
import { layOut, makeCertificate, put } from "../../tests/texts/nginx-kit";

const { values } = parseArgs({
  options: {
    root: { type: "string", default: "" },
    pairs: { type: "string", default: "7" },
    seconds: { type: "string", default: "4" },
    only: { type: "string", default: "" },
    without: { type: "string" },
  },
});
/** As the programs see it, and as it lies here. */
const INSIDE = "/tmp/second-server-bench-nginx";
const HERE = `${values.root}${INSIDE}`;
const PORTS = { upstream: 39_300, plain: 39_301, ours: 39_302, http: 39_303 };
const CONNECTIONS = "32";

/** Debian 13's nginx.conf without its comments, and a site as its `default` has it, over TLS. */
const plainConfig = (): string => `user www-data;
worker_processes 1;
pid ${INSIDE}/plain.pid;
error_log ${INSIDE}/plain-error.log;
events { worker_connections 768; }
http {
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log ${INSIDE}/plain-access.log;
    gzip on;
    server {
        listen 127.0.0.1:${PORTS.plain} ssl;
        ssl_certificate ${INSIDE}/tls/fullchain.pem;
        ssl_certificate_key ${INSIDE}/tls/privkey.pem;
        root ${INSIDE}/pages;
        index index.html;
        server_name pages.example.test;
        location / { try_files $uri $uri/ =404; }
    }
    server {
        listen 127.0.0.1:${PORTS.plain} ssl;
        ssl_certificate ${INSIDE}/tls/fullchain.pem;
        ssl_certificate_key ${INSIDE}/tls/privkey.pem;
        server_name stats.example.test;
        location / { proxy_pass http://127.0.0.1:${PORTS.upstream}; }
    }
}
`;

/** What both pass requests on to: fast, so that what is in front of it is what is measured. */
const upstreamConfig = (): string => `worker_processes 1;
pid ${INSIDE}/upstream.pid;
error_log ${INSIDE}/upstream-error.log;
events { worker_connections 1024; }
http { access_log off; server { listen 127.0.0.1:${PORTS.upstream}; keepalive_requests 1000000; return 200 "{\\"ok\\":true}\\n"; } }
`;

const lay = (): void => {
  const folder = project({
    ...SOURCES,
    "fleet.yaml": MANIFEST.replace("kind: proxy,", "kind: proxy, limits: none,"),
    "src/pages/index.html": `<!doctype html><title>Pages</title>${"<p>words and words</p>\n".repeat(60)}`,
    "src/pages/photo.jpg": "x".repeat(100_000),
  });
  const fleet = factsIn(folder);
  for (const tree of serviceTrees(fleet.services, folder).filter(({ name }) => name === "pages"))
    for (const { path, data } of tree.entries) put(join(HERE, "pages", path), data);
  removeProjects();
  makeCertificate(join(HERE, "tls"));
  writeFileSync(join(HERE, "quic-key"), "x".repeat(32));
  writeFileSync(join(HERE, "plain.conf"), plainConfig());
  writeFileSync(join(HERE, "upstream.conf"), upstreamConfig());
  layOut(renderPrimary(fleet), join(HERE, "etc"), `${INSIDE}/tls`, (text) =>
    text
      .replaceAll(HERE, INSIDE)
      .replaceAll("/opt/fleet/trees/pages/current", `${INSIDE}/pages`)
      .replaceAll(PATHS.quicKey, `${INSIDE}/quic-key`)
      .replace(values.without ? new RegExp(`^.*(${values.without}).*\\n`, "gm") : "", "")
      // wrk names no host while it shakes hands.
      .replace("ssl_reject_handshake on;", "")
      .replace("worker_processes auto;", "worker_processes 1;")
      .replace(/^\s*listen (\[::\]|443 quic).*\n/gm, "")
      .replaceAll("listen 80", `listen 127.0.0.1:${PORTS.http}`)
      .replaceAll("listen 443", `listen 127.0.0.1:${PORTS.ours}`)
      .replaceAll("http://127.0.0.1:9100", `http://127.0.0.1:${PORTS.upstream}`),
  );
};

const inside = (...argv: string[]): [string, string[]] => {
  const [program = "", ...others] = values.root ? ["chroot", values.root, ...argv] : argv;
  return [program, others];
};
const start = (config: string): ChildProcess => {
  const [program, argv] = inside("nginx", "-c", `${INSIDE}/${config}`, "-g", "daemon off;");
  return spawn(program, argv, { stdio: "inherit" });
};

/** The one worker of an nginx, by its master's file. */
const workerOf = (pidFile: string): string => {
  const master = readFileSync(join(HERE, pidFile), "utf8").trim();
  return readFileSync(`/proc/${master}/task/${master}/children`, "utf8").trim().split(" ")[0] ?? "";
};
/** Hundredths of a second that a process has computed. */
const ticksOf = (pid: string): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
};

interface Turn {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly cpuMicros: number;
}
const MILLIS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

const turn = (port: number, host: string, path: string, pidFile: string): Turn => {
  const worker = workerOf(pidFile);
  const before = ticksOf(worker);
  const [program, argv] = inside(
    ...["wrk", "-t1", `-c${CONNECTIONS}`, `-d${values.seconds}s`, "--latency"],
    ...["-H", `Host: ${host}`, `https://127.0.0.1:${port}${path}`],
  );
  const text = execFileSync(program, argv, { encoding: "utf8" });
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? "0";
  if (refused !== "0") throw new Error(`${host}${path}: ${refused} were refused\n${text}`);
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  const [, slow = "", unit = ""] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    p99Ms: Number(slow) * (MILLIS[unit] ?? 1),
    cpuMicros: ((ticksOf(worker) - before) * 10_000) / requests,
  };
};

const median = (all: readonly number[]): number =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;

const SUBJECTS = [
  ["a page of 1.4 kB", "pages.example.test", "/"],
  ["a picture of 100 kB", "pages.example.test", "/photo.jpg"],
  ["proxied, 12 bytes", "stats.example.test", "/"],
] as const;

const compare = (name: string, host: string, path: string): void => {
  const pairs: { readonly plain: Turn; readonly ours: Turn }[] = [];
  for (let index = 0; index < Number(values.pairs); index += 1) {
    const plain = () => turn(PORTS.plain, host, path, "plain.pid");
    const ours = () => turn(PORTS.ours, host, path, "etc/pid");
    // Whoever is second finds another host than whoever is first.
    if (index % 2 === 0) {
      const first = plain();
      pairs.push({ plain: first, ours: ours() });
    } else {
      const first = ours();
      pairs.push({ plain: plain(), ours: first });
    }
  }
  const ratio = (of: (one: Turn) => number): string =>
    median(pairs.map(({ plain, ours }) => of(ours) / of(plain))).toFixed(2);
  const both = (of: (one: Turn) => number, digits: number): string =>
    `${median(pairs.map(({ plain }) => of(plain))).toFixed(digits)} | ${median(pairs.map(({ ours }) => of(ours))).toFixed(digits)} | ${ratio(of)}`;
  console.log(
    `| ${name} | ${both(({ perSecond }) => perSecond, 0)} | ${both(({ p99Ms }) => p99Ms, 1)} | ${both(({ cpuMicros }) => cpuMicros, 1)} |`,
  );
};

const main = async (): Promise<void> => {
  rmSync(HERE, { recursive: true, force: true });
  mkdirSync(dirname(HERE), { recursive: true });
  lay();
  const running = ["upstream.conf", "plain.conf", "etc/nginx.conf"].map(start);
  try {
    await pause(1500);
    console.log(
      `load ${loadavg()
        .map((one) => one.toFixed(1))
        .join(" ")}, ${values.pairs} pairs`,
    );
    console.log(
      "| what | plain /s | ours /s | ratio | plain p99 ms | ours | ratio | plain CPU µs | ours | ratio |",
    );
    for (const [name, host, path] of SUBJECTS)
      if (name.includes(values.only)) compare(name, host, path);
  } finally {
    for (const one of running) one.kill("SIGTERM");
    rmSync(HERE, { recursive: true, force: true });
  }
};
void main();
