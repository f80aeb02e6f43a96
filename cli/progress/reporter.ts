import { clip, duration, paintFor } from "./text";

/**
 * Where a command's progress goes: a terminal (running lines redrawn in place), a plain stream, or
 * JSON events.
 */
export interface Reporter {
  /**
   * A step is under way; `detail` is the last line it said. May be called again and again with the
   * same key.
   */
  running(key: string, label: string, detail?: string): void;
  done(
    key: string,
    label: string,
    seconds: number,
    outcome: { readonly failed: boolean; readonly detail?: string },
  ): void;
  /** A running step that ends without a line of its own. */
  clear(key: string): void;
  /** A whole sentence or a block for people; JSON readers get `event` instead. */
  say(text: string): void;
  /** For JSON readers only. */
  event(event: Readonly<Record<string, unknown>>): void;
  close(): void;
}

type Out = Pick<NodeJS.WriteStream, "write"> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};
interface Row {
  label: string;
  detail?: string;
  since: number;
  announced: number;
}

/** A running step says so again after this long, so that a log never looks dead. */
const STILL_SECONDS = 15;

export const jsonReporter = (out: Out, now: () => number): Reporter => {
  const emit = (event: Readonly<Record<string, unknown>>): void => {
    out.write(`${JSON.stringify({ time: new Date(now()).toISOString(), ...event })}\n`);
  };
  return {
    running: (key, label, detail) =>
      emit({ type: "running", key, label, ...(detail ? { detail } : {}) }),
    done: (key, label, seconds, { failed, detail }) =>
      emit({
        type: "done",
        key,
        label,
        seconds: Number(seconds.toFixed(3)),
        failed,
        ...(detail ? { detail } : {}),
      }),
    clear: (key) => emit({ type: "cleared", key }),
    say: () => undefined,
    event: emit,
    close: () => undefined,
  };
};

export const plainReporter = (out: Out, now: () => number): Reporter => {
  const rows = new Map<string, Row>();
  const print = (text: string): void => {
    out.write(`${text}\n`);
  };
  const timer = setInterval(() => {
    for (const row of rows.values()) {
      if ((now() - row.announced) / 1000 < STILL_SECONDS) continue;
      row.announced = now();
      print(
        `  ${duration((now() - row.since) / 1000).padStart(8)}  … ${row.label}${row.detail ? `: ${row.detail}` : ""}`,
      );
    }
  }, 1000);
  timer.unref();
  return {
    running: (key, label, detail) => {
      const was = rows.get(key);
      rows.set(key, {
        label,
        detail: detail ?? was?.detail,
        since: was?.since ?? now(),
        announced: was?.announced ?? now(),
      });
    },
    done: (key, label, seconds, { failed, detail }) => {
      rows.delete(key);
      print(
        `  ${duration(seconds).padStart(8)}  ${failed ? "FAILED " : ""}${label}${detail ? `: ${detail}` : ""}`,
      );
    },
    clear: (key) => {
      rows.delete(key);
    },
    say: print,
    event: () => undefined,
    close: () => clearInterval(timer),
  };
};

export const terminalReporter = (out: Out, now: () => number): Reporter => {
  const rows = new Map<string, Row>();
  const paint = paintFor(out);
  let drawn = 0;
  const erase = (): void => {
    if (drawn > 0) out.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    erase();
    const width = out.columns ?? 100;
    for (const row of rows.values()) {
      const time = duration((now() - row.since) / 1000).padStart(8);
      out.write(
        `${paint("yellow", clip(`  ${time}  ${row.label}${row.detail ? ` — ${row.detail}` : ""}`, width - 1))}\n`,
      );
      drawn += 1;
    }
  };
  const print = (text: string): void => {
    erase();
    out.write(`${text}\n`);
    draw();
  };
  const timer = setInterval(draw, 200);
  timer.unref();
  return {
    running: (key, label, detail) => {
      const was = rows.get(key);
      rows.set(key, {
        label,
        detail: detail ?? was?.detail,
        since: was?.since ?? now(),
        announced: now(),
      });
      draw();
    },
    done: (key, label, seconds, { failed, detail }) => {
      rows.delete(key);
      const line = `  ${duration(seconds).padStart(8)}  ${failed ? "FAILED " : ""}${label}${detail ? `: ${detail}` : ""}`;
      print(failed ? paint("red", line) : line);
    },
    clear: (key) => {
      rows.delete(key);
      draw();
    },
    say: print,
    event: () => undefined,
    close: () => {
      clearInterval(timer);
      erase();
    },
  };
};

export const reporterFor = (out: Out, json: boolean, now: () => number = Date.now): Reporter => {
  if (json) return jsonReporter(out, now);
  return out.isTTY ? terminalReporter(out, now) : plainReporter(out, now);
};
