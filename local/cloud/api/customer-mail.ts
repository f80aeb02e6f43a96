import type { Clock } from "../clock";
import type { Letter, SendLetter } from "../mail/send";
import type { Jobs } from "./jobs";

/** Seconds after which a letter that nobody took is tried again. */
const pauses = [5, 30, 120, 600];

/**
 * In order, one at a time, and again while the relay is down. @returns how a letter is handed over:
 * at once.
 */
export const createCustomerMail = ({
  send,
  clock,
  jobs,
  log,
}: {
  send: SendLetter;
  clock: Clock;
  jobs: Jobs;
  log: (line: string) => void;
}): ((letter: Letter) => void) => {
  const deliver = async (letter: Letter): Promise<void> => {
    for (const pause of [...pauses, null]) {
      const failure = await send(letter).then(
        () => null,
        (error: Error) => error,
      );
      if (!failure) return;
      if (pause === null)
        return log(
          `mail "${letter.subject}" to ${letter.to.join(", ")} was never taken: ${failure.message}`,
        );
      await clock.sleep(pause * 1000);
    }
  };
  return (letter) => {
    if (letter.to.length) void jobs.run("letters", () => deliver(letter));
  };
};
