/** `--show-config`: the stack's configuration, by name. */
export const configurationText = (config: Readonly<Record<string, string>>): string => {
  const lines = Object.keys(config)
    .sort()
    .map((key) => `    ${key}: ${config[key]}\n`);
  return `Configuration:\n${lines.join("")}`;
};
