import type { Reporter } from "../progress/reporter";

/** Shows a step while it is under way, and what it took; one that fails is shown as failed. */
export const stepOf =
  (reporter: Reporter) =>
  async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    const began = Date.now();
    const end = (isFailed: boolean): void => {
      reporter.done(`rebuild:${label}`, label, (Date.now() - began) / 1000, { failed: isFailed });
    };
    reporter.running(`rebuild:${label}`, label);
    try {
      const result = await work();
      end(false);
      return result;
    } catch (error) {
      end(true);
      throw error;
    }
  };
