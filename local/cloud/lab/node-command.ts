import { pathToFileURL } from "node:url";

const TSX = pathToFileURL(require.resolve("tsx")).href;

/** How to run one of our TypeScript programs. */
export const nodeCommand = (script: string, ...args: string[]): string[] => [
  process.execPath,
  "--import",
  TSX,
  script,
  ...args,
];
