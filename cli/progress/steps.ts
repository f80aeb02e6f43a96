import type { Reporter } from "./reporter";

/** Shows a step while it is under way, and what it took; one that fails is shown as failed. */
export const stepsOf =
  (reporter: Reporter, command: string) =>
  async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    const [key, began] = [`${command}:${label}`, Date.now()];
    const end = (failed: boolean): void => {
      reporter.done(key, label, (Date.now() - began) / 1000, { failed });
    };
    reporter.running(key, label);
    try {
      const result = await work();
      end(false);
      return result;
    } catch (error) {
      end(true);
      throw error;
    }
  };
