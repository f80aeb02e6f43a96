export interface Heartbeat {
  /** Something else is said now. */
  readonly interrupt: () => void;
  readonly stop: () => void;
}

/** A dot each second in which nothing else is said. */
export const startHeartbeat = (label: string, say: (text: string) => void): Heartbeat => {
  let silent = false;
  const timer = setInterval(() => {
    say(silent ? "." : `@ ${label}....`);
    silent = true;
  }, 1000);
  timer.unref();
  const endLine = (): void => {
    if (silent) say("\n");
    silent = false;
  };
  return {
    interrupt: () => {
      endLine();
      timer.refresh();
    },
    stop: () => {
      endLine();
      clearInterval(timer);
    },
  };
};
