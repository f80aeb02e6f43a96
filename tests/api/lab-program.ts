/**
 * Starts or destroys a lab without machines, as `fleet` does, in a process whose surroundings the
 * test chooses.
 */
import { lab } from "../../local/cloud/lab";
import { labPaths } from "../../local/cloud/paths";

const progress = (): void => undefined;

const main = async (work?: string, state?: string): Promise<void> => {
  const paths = labPaths(state);
  if (work === "destroy") return lab.destroy(paths, progress);
  const { pid } = await lab.start({ paths, machines: false, pace: "host", progress });
  console.log(JSON.stringify({ pid, umask: process.umask() }));
};
void main(...process.argv.slice(2));
