import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { ServiceFacts } from "../config/fleet";
import { readSourceFolder } from "../config/source-folder";
import { bundleEach } from "./bundle";
import { withCompressed } from "./compressed";
import type { TarEntry } from "./tar";

/** A folder that a release brings, as files relative to it. */
export interface Tree {
  readonly name: string;
  readonly hash: string;
  readonly entries: readonly TarEntry[];
}

const PROJECT = join(__dirname, "..");
/** Native, so it can't be bundled: it travels as a tree of its own, found through NODE_PATH. */
const NATIVE = ["libsql", "@libsql/linux-x64-gnu", "@neon-rs/load", "detect-libc"] as const;

/** What can't be copied has been refused with the manifest. */
const entriesBelow = (folder: string): TarEntry[] =>
  readSourceFolder(folder).files.map(({ path, executable }) => ({
    path,
    mode: executable ? 0o755 : 0o644,
    data: readFileSync(join(folder, path)),
  }));

const tree = (name: string, entries: readonly TarEntry[]): Tree => {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const hash = createHash("sha256");
  for (const { path, mode, data } of sorted)
    hash.update(`${path}\0${mode.toString(8)}\0${data.length}\0`).update(data);
  return { name, hash: hash.digest("hex").slice(0, 16), entries: sorted };
};

/** Both machines get these: made once a run. */
const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

const own = once(() =>
  bundleEach(
    PROJECT,
    [
      require.resolve("@second-server/agent/main"),
      require.resolve("@second-server/monitor/main"),
      require.resolve("nodemailer"),
    ],
    { compact: true, beside: ["nodemailer"] },
  ),
);
export const agentBundle = (): Buffer => own()[0]!;
/**
 * The status page's charts are drawn by uPlot, served by the monitor from beside itself. What sends
 * mail is larger than all else and lies apart: its source is only in memory once there was a mail.
 */
export const monitorTree = once((): Tree =>
  tree("monitor", [
    { path: "monitor.js", mode: 0o644, data: own()[1]! },
    { path: "node_modules/nodemailer/index.js", mode: 0o644, data: own()[2]! },
    {
      path: "uplot.js",
      mode: 0o644,
      data: readFileSync(join(PROJECT, "node_modules/uplot/dist/uPlot.iife.min.js")),
    },
    {
      path: "uplot.css",
      mode: 0o644,
      data: readFileSync(join(PROJECT, "node_modules/uplot/dist/uPlot.min.css")),
    },
  ]),
);

export const libsqlTree = once((): Tree =>
  tree(
    "node-libsql",
    NATIVE.flatMap((name) => {
      const folder = join(PROJECT, "node_modules", name);
      if (!existsSync(folder))
        throw new Error(
          `node_modules/${name} is missing: the servers run Linux on x86-64. Install it ` +
            "with: npm install --os=linux --cpu=x64 --libc=glibc",
        );
      return entriesBelow(folder)
        .filter(({ path }) => /\.(js|json|node)$/.test(path))
        .map((entry) => ({ ...entry, path: `${name}/${entry.path}` }));
    }),
  ),
);

const TEMPLATES = join(PROJECT, "templates");
/** What puts programs together, as it is for the servers: a program of its own, started by the other. */
const ESBUILD = ["esbuild/package.json", "esbuild/lib/main.js", "@esbuild/linux-x64/bin/esbuild"];

/** What makes releases of pushes on the primary: this same renderer, with all that it reads. */
export const builderTree = once((): Tree => {
  const [main] = bundleEach(PROJECT, [join(__dirname, "build-pushed.ts")], {
    beside: ["esbuild"],
  });
  return tree("push-builder", [
    { path: "bin/builder.js", mode: 0o644, data: main! },
    ...entriesBelow(TEMPLATES).map((entry) => ({ ...entry, path: `templates/${entry.path}` })),
    ...ESBUILD.map((path) => ({
      path: `node_modules/${path}`,
      mode: path.includes("/bin/") ? 0o755 : 0o644,
      data: readFileSync(join(PROJECT, "node_modules", path)),
    })),
  ]);
});

const nodeTree = (name: string, folder: string, main: Buffer): Tree => {
  const others = entriesBelow(folder).filter(
    ({ path }) =>
      !/\.[cm]?[jt]s$|^(package(-lock)?|tsconfig)\.json$/.test(path) || path.startsWith("public/"),
  );
  return tree(name, [...others, { path: "main.js", mode: 0o644, data: main }]);
};

/**
 * What each service with a folder runs from, `project` being what their folders are below.
 * TypeScript becomes one main.js; other files of the folder come along, its sources do not.
 */
export const serviceTrees = (services: readonly ServiceFacts[], project: string): Tree[] => {
  const entryOf = ({ bundled, folder, entry }: ServiceFacts): string[] =>
    bundled && folder && entry ? [join(project, folder, entry)] : [];
  const entries = services.flatMap(entryOf);
  const mains = new Map(
    entries.length === 0
      ? []
      : bundleEach(project, entries).map((main, index) => [entries[index]!, main]),
  );
  return services.flatMap((service) => {
    if (!service.folder) return [];
    const folder = join(project, service.folder);
    const [entry] = entryOf(service);
    return [
      entry
        ? nodeTree(service.name, folder, mains.get(entry)!)
        : tree(
            service.name,
            service.kind === "static" ? withCompressed(entriesBelow(folder)) : entriesBelow(folder),
          ),
    ];
  });
};
