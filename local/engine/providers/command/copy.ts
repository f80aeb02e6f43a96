import { readdir, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import type { SFTPWrapper } from "ssh2";
import { assetPath } from "../../values/assets";
import { Archive, Asset, type Props, same, Unknown } from "../../values/value";
import { stateDiff } from "../diff";
import { type Kind, text, type Work } from "../provider";
import { checkConnection, connect } from "./connection";
import { uniqueId } from "./shared";

const isFolder = async (sftp: SFTPWrapper, path: string): Promise<boolean | null> =>
  await new Promise((resolve, reject) => sftp.stat(path, (error, stats) => {
    if (!error) resolve(stats.isDirectory());
    else if ((error as { code?: number }).code === 2) resolve(null);
    else reject(new Error(`failed to stat remote path ${path}: ${error.message}`));
  }));

const makeFolder = async (sftp: SFTPWrapper, path: string): Promise<void> =>
  await new Promise((resolve, reject) => sftp.mkdir(path, (error) => (error ? reject(new Error(`failed to create remote directory ${path}: ${error.message}`)) : resolve())));

const putFile = async (sftp: SFTPWrapper, from: string, to: string): Promise<void> =>
  await new Promise((resolve, reject) => sftp.fastPut(from, to, (error) => (error ? reject(new Error(`failed to copy file ${from} to remote path ${to}: ${error.message}`)) : resolve())));

const ensureFolder = async (sftp: SFTPWrapper, path: string): Promise<void> => {
  const folder = await isFolder(sftp, path);
  if (folder === null) await makeFolder(sftp, path);
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

/** As `cp -r`: a file to a file or into a folder; a folder into a folder, its content alone when its path ends in a slash. */
const put = async (sftp: SFTPWrapper, from: string, to: string): Promise<void> => {
  if (!(await stat(from)).isDirectory()) {
    await putFile(sftp, from, (await isFolder(sftp, to)) === true ? posix.join(to, basename(from)) : to);
    return;
  }
  if ((await isFolder(sftp, to)) === null) await makeFolder(sftp, to);
  await putFolder(sftp, from, from.endsWith("/") ? to : posix.join(to, basename(from)));
};

const copy = async (inputs: Props, work: Work): Promise<void> => {
  const source = (inputs["source"] as unknown as Asset | Archive).source;
  const client = await connect(inputs["connection"] as Props, work);
  client.on("error", (error) => work.log("debug", error.message));
  const stop = (): void => { client.destroy(); };
  work.signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once("close", () => reject(new Error(work.signal.aborted ? "interrupted" : "the connection was lost during the copy")));
      client.sftp((error, sftp) => { if (error) reject(error); else put(sftp, assetPath(source.path!), text(inputs["remotePath"])!).then(resolve, reject); });
    });
  } finally {
    work.signal.removeEventListener("abort", stop);
    client.end();
  }
};

export const copyToRemote: Kind = {
  check: (given) => {
    const { connection, failures } = checkConnection(given["connection"] ?? {});
    const { source } = given;
    if (source instanceof Unknown) return { inputs: { ...given, connection }, failures };
    if (!(source instanceof Asset || source instanceof Archive)) failures.push({ property: "source", reason: "either asset or archive must be set" });
    else if (source.source.path === undefined) failures.push({ property: "source", reason: source instanceof Asset ? "asset must be a path-based file asset" : "archive must be a path to a file or directory" });
    return { inputs: { ...given, connection }, failures };
  },
  diff: (old, now) => stateDiff(old.inputs, now, ["triggers"]),
  create: async (inputs, work) => {
    await copy(inputs, work);
    return { id: uniqueId(""), outputs: inputs };
  },
  update: async (old, inputs, work) => {
    if (!same(old.inputs["source"], inputs["source"]) || old.inputs["remotePath"] !== inputs["remotePath"]) await copy(inputs, work);
    return inputs;
  },
  read: async (old) => old,
  delete: async () => {},
};
