import { readdir, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";

import type { SFTPWrapper } from "ssh2";

const isFolder = async (sftp: SFTPWrapper, path: string): Promise<boolean | undefined> =>
  await new Promise((resolve, reject) =>
    sftp.stat(path, (error, stats) => {
      if (!error) resolve(stats.isDirectory());
      else if ((error as { code?: number }).code === 2) resolve(undefined);
      else reject(new Error(`failed to stat remote path ${path}: ${error.message}`));
    }),
  );

const makeFolder = async (sftp: SFTPWrapper, path: string): Promise<void> =>
  await new Promise((resolve, reject) =>
    sftp.mkdir(path, (error) =>
      error
        ? reject(new Error(`failed to create remote directory ${path}: ${error.message}`))
        : resolve(),
    ),
  );

const putFile = async (sftp: SFTPWrapper, from: string, to: string): Promise<void> =>
  await new Promise((resolve, reject) =>
    sftp.fastPut(from, to, (error) =>
      error
        ? reject(new Error(`failed to copy file ${from} to remote path ${to}: ${error.message}`))
        : resolve(),
    ),
  );

/** As `mkdir -p`. */
const makeFolders = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  if ((await isFolder(sftp, path)) !== undefined) return;
  await makeFolders(sftp, posix.dirname(path));
  await makeFolder(sftp, path);
};

const ensureFolder = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  const folder = await isFolder(sftp, path);
  if (folder === undefined) await makeFolder(sftp, path);
  else if (!folder) throw new Error(`remote path ${path} exists but is not a directory`);
};

const putFolder = async (sftp: SFTPWrapper, from: string, to: string): Promise<void> => {
  await ensureFolder(sftp, to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), posix.join(to, entry.name)];
    if (entry.isDirectory()) await putFolder(sftp, source, target);
    else await putFile(sftp, source, target);
  }
};

/**
 * As `cp -r`: a file to a file or into a folder; a folder into a folder, its content alone when its
 * path ends in a slash. Folders that are missing on the way are made.
 */
export const put = async (sftp: SFTPWrapper, from: string, to: string): Promise<void> => {
  if (!(await stat(from)).isDirectory()) {
    if ((await isFolder(sftp, to)) === true)
      return await putFile(sftp, from, posix.join(to, basename(from)));
    await makeFolders(sftp, posix.dirname(to));
    return await putFile(sftp, from, to);
  }
  await makeFolders(sftp, to);
  await putFolder(sftp, from, from.endsWith("/") ? to : posix.join(to, basename(from)));
};

/** A text into the file of this path. */
export const putText = async (sftp: SFTPWrapper, content: string, to: string): Promise<void> => {
  if ((await isFolder(sftp, to)) === true)
    throw new Error(
      `remote path ${to} is a directory; when using a text asset, remotePath must be a file path`,
    );
  await makeFolders(sftp, posix.dirname(to));
  await new Promise<void>((resolve, reject) =>
    sftp.writeFile(to, content, (error) =>
      error
        ? reject(new Error(`failed to write text content to remote path ${to}: ${error.message}`))
        : resolve(),
    ),
  );
};
