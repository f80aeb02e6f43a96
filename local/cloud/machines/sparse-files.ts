import { run } from "./run-program";

/** Copies a file, holes as holes. */
export const copySparse = async (source: string, target: string): Promise<void> => {
  await run(["cp", "--sparse=always", "--reflink=auto", source, target]);
};
