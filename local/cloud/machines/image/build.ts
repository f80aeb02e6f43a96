import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { exists } from "../../files";
import { hostMirror } from "../../network/apt-sources";
import { withLock } from "../locks";
import { run, type Argv } from "../run-program";
import { pruneImages } from "./prune";
import { bootstrapCommand, imageCommands, imageFiles, imageRemovals, recipeHash } from "./recipe";

type Progress = (event: { step: string; detail?: string; seconds?: number }) => void;

const STEP = "base image";

export const imageFile = (cache: string): string =>
  join(cache, "images", `debian-13-${recipeHash()}.squashfs`);

/** In a process tree that dies with us, so that a killed build leaves nothing running. */
const mortal = (argv: Argv): Argv => [
  "setpriv",
  "--pdeathsig",
  "KILL",
  "unshare",
  "--mount",
  "--propagation",
  "slave",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
  ...argv,
];

const inImage = (root: string, argv: Argv): Promise<string> =>
  run(["chroot", root, ...argv], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
  });

const bootstrap = async (root: string, progress: Progress): Promise<void> => {
  let last = 0;
  await run(mortal(bootstrapCommand(root, await hostMirror())), {
    onLine: (line) => {
      const told = /^(I: .*|Get:\d+ .*|Unpacking \S+|Setting up \S+)/.exec(line);
      if (!told || Date.now() - last < 1000) return;
      last = Date.now();
      progress({ step: STEP, detail: told[1]!.slice(0, 100) });
    },
  });
};

const customize = async (root: string): Promise<void> => {
  await run(["sh", "-c", 'cd "$1" && shift && rm -rf -- $@', "sh", root, imageRemovals.join(" ")]);
  for (const file of imageFiles) {
    await mkdir(dirname(join(root, file.path)), { recursive: true });
    await writeFile(join(root, file.path), file.text);
  }
  for (const argv of imageCommands) await inImage(root, argv);
};

const build = async (images: string, target: string, progress: Progress): Promise<void> => {
  // Only the lock's holder builds, so any other building folder is a killed run's.
  for (const name of await readdir(images))
    if (name.startsWith(".building-"))
      await rm(join(images, name), { recursive: true, force: true });
  const work = join(images, `.building-${process.pid}`);
  try {
    await mkdir(work);
    await bootstrap(join(work, "root"), progress);
    await customize(join(work, "root"));
    progress({ step: STEP, detail: "packing" });
    await run(
      mortal([
        "mksquashfs",
        join(work, "root"),
        join(work, "image"),
        "-comp",
        "zstd",
        "-Xcompression-level",
        "3",
        "-noappend",
        "-quiet",
        "-no-progress",
      ]),
    );
    await run(["sync", join(work, "image")]);
    await rename(join(work, "image"), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

/**
 * Finds the base image in the cache or builds it (about a minute); resolves with its path. Rejects
 * with the failing step's last words.
 */
export const ensureImage = async (cache: string, progress: Progress): Promise<string> => {
  const target = imageFile(cache);
  if (!(await exists(target))) await buildOnce(target, progress);
  await pruneImages(target, Date.now());
  return target;
};

const buildOnce = async (target: string, progress: Progress): Promise<void> => {
  const started = Date.now();
  const images = dirname(target);
  await mkdir(images, { recursive: true });
  await withLock(
    join(images, ".lock"),
    () => progress({ step: STEP, detail: "another run is building it; waiting" }),
    async () => {
      if (await exists(target)) return;
      progress({ step: STEP, detail: "building Debian 13 (once, about a minute)" });
      await build(images, target, progress);
    },
  );
  progress({ step: STEP, seconds: (Date.now() - started) / 1000 });
};
