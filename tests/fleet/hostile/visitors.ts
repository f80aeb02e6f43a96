import { fleet, must } from "../kit";
import { rootSays } from "./attacker";

export interface Visit {
  readonly status: number;
  readonly seconds: number;
}

/** Asks for a page over and over, a line each: its status and the seconds. */
const asking = (host: string, times: number, every: number): string =>
  `for visit in $(seq ${times}); do curl -s -o /dev/null -m 10 -w '%{http_code} %{time_total}\\n' https://${host}/; sleep ${every}; done`;

const read = (out: string): readonly Visit[] =>
  out
    .trim()
    .split("\n")
    .map((line) => {
      const [status, seconds] = line.split(" ").map(Number);
      return { status: status ?? 0, seconds: seconds ?? Infinity };
    });

/**
 * What visitors get while something is going on: from the owner's network, or from the watcher,
 * which is another client.
 */
export const visitsDuring = async <T>(
  from: "net" | "watcher",
  work: () => Promise<T>,
  { times = 20, host = "blog.example.test" } = {},
): Promise<{ readonly during: T; readonly visits: readonly Visit[] }> => {
  const line = asking(host, times, 0.2);
  const visiting =
    from === "watcher"
      ? rootSays("watcher", line)
      : must(fleet("net", "--", "sh", "-c", line)).then(({ out }) => out);
  const [during, out] = await Promise.all([work(), visiting]);
  return { during, visits: read(out) };
};
