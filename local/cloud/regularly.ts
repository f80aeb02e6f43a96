/**
 * Runs `work` again and again, `seconds` after the last has ended, as long as this process lives.
 * What it throws is told, and it goes on.
 */
export const regularly = (
  seconds: number,
  work: () => Promise<void>,
  failed: (error: Error) => void,
): void => {
  const again = (): void => {
    setTimeout(() => {
      work().catch(failed).finally(again);
    }, seconds * 1000).unref();
  };
  again();
};
