import { shown } from "../file-names";
import type { BackupManifest } from "./manifest";

export const isBelow = (path: string, item: string): boolean =>
  path === item || path.startsWith(`${item}/`);

/**
 * What a backup consists of, each to be judged and restored by itself: as the primary names it, and
 * in backups of earlier agents a service's folder.
 */
export const itemsOf = (manifest: BackupManifest): readonly string[] => {
  const named = (manifest.items ?? []).map(({ path }) => path);
  const rest = manifest.entries
    .filter(({ path }) => !named.some((item) => isBelow(path, item)))
    .map(({ path }) =>
      path
        .split("/")
        .slice(0, path.startsWith("data/") ? 2 : 1)
        .join("/"),
    );
  return [...new Set([...named, ...rest])];
};

export const failedItems = (
  manifest: BackupManifest,
): readonly { readonly path: string; readonly failed: string }[] =>
  (manifest.items ?? []).flatMap(({ path, failed }) =>
    failed === undefined ? [] : [{ path, failed }],
  );

interface Size {
  readonly files: number;
  readonly bytes: number;
}
const sizeOfItem = (manifest: BackupManifest, item: string): Size => {
  const entries = manifest.entries.filter(({ path }) => isBelow(path, item));
  return {
    files: entries.length,
    bytes: entries.reduce((sum, entry) => sum + ("bytes" in entry ? entry.bytes : 0), 0),
  };
};

/** Where the certificates lie in a backup. */
export const CERTIFICATES = "letsencrypt";

/**
 * Why a backup is not to be trusted, seen beside the one before: what it no longer has, or has only
 * half of. The fleet's own manifest (`expected`) says what has been taken out of it on purpose; an
 * item that the primary itself reports as failed is told as that.
 */
export const doubtsAbout = (
  fresh: BackupManifest,
  before: BackupManifest,
  expected: readonly string[] | undefined,
): readonly string[] => {
  const wanted = (item: string): boolean =>
    expected === undefined ||
    item === CERTIFICATES ||
    expected.some((path) => isBelow(path, item) || isBelow(item, path));
  const failed = failedItems(fresh).map(({ path }) => path);
  return itemsOf(before)
    .filter((item) => wanted(item) && !failed.some((path) => isBelow(path, item)))
    .flatMap((item) => {
      const [was, is] = [sizeOfItem(before, item), sizeOfItem(fresh, item)];
      if (was.files === 0) return [];
      if (is.files === 0) return [`${shown(item)} is gone (${was.bytes} bytes before)`];
      if (is.bytes * 2 <= was.bytes && was.bytes > 0)
        return [`${shown(item)} has shrunk from ${was.bytes} to ${is.bytes} bytes`];
      return is.files * 2 <= was.files
        ? [`${shown(item)} has shrunk from ${was.files} to ${is.files} files`]
        : [];
    });
};
