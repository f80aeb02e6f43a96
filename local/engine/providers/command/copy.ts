import { assetPath } from "../../values/assets";
import { Archive, Asset, type Props, same, Unknown } from "../../values/value";
import { stateDiff } from "../diff";
import { type Kind, text, type Work } from "../provider";
import { checkConnection } from "./connection";
import { connect } from "./dial";
import { put, putText } from "./sftp";
import { connectionOf, uniqueId } from "./shared";

const copy = async (inputs: Props, work: Work): Promise<void> => {
  const given = inputs["source"];
  if (!(given instanceof Asset || given instanceof Archive))
    throw new Error("source: either asset or archive must be set");
  const { source } = given;
  const to = text(inputs["remotePath"]) ?? "";
  const client = await connect(connectionOf(inputs), work);
  client.on("error", (error) => work.log("debug", error.message));
  const stop = (): void => {
    client.destroy();
  };
  work.signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once("close", () =>
        reject(
          new Error(
            work.signal.aborted ? "interrupted" : "the connection was lost during the copy",
          ),
        ),
      );
      client.sftp((error, sftp) => {
        if (error) reject(error);
        else
          (source.path === undefined
            ? putText(sftp, source.text ?? "", to)
            : put(sftp, assetPath(source.path), to)
          ).then(resolve, reject);
      });
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
    if (!(source instanceof Asset || source instanceof Archive))
      failures.push({ property: "asset", reason: "either asset or archive must be set" });
    else if (source instanceof Archive && source.source.path === undefined)
      failures.push({
        property: "archive",
        reason: "archive must be a path to a file or directory",
      });
    return { inputs: { ...given, connection }, failures };
  },
  diff: (old, now) => stateDiff(old.inputs, now, ["triggers"]),
  create: async (inputs, work) => {
    await copy(inputs, work);
    return { id: uniqueId(""), outputs: inputs };
  },
  update: async (old, inputs, work) => {
    if (
      !same(old.inputs["source"], inputs["source"]) ||
      old.inputs["remotePath"] !== inputs["remotePath"]
    )
      await copy(inputs, work);
    return inputs;
  },
  read: (old) => Promise.resolve(old),
  delete: async () => {},
};
