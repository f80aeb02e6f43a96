/**
 * One line an event on standard error, which is the journal on the servers. The priority prefix is
 * systemd's (sd-daemon(3)).
 */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

const line = (priority: number, text: string): void => {
  process.stderr.write(`<${priority}>${text.replace(/\s*\n\s*/g, " | ")}\n`);
};

export const journal: Log = {
  info: (text) => line(6, text),
  warn: (text) => line(4, text),
  error: (text) => line(3, text),
};

export const reason = (error: unknown): string => {
  const { message, code } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return message || code || String(error);
};
