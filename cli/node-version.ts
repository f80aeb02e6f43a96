/** What package.json's `engines` says; npm only warns of it. */
const LEAST = [20, 19] as const;

export const isOldNode = (version: string = process.versions.node): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]);
};
export const NODE_REMEDY = `Install Node ${LEAST.join(".")} or later.`;
