import type { Sink } from "../events/events";
import { type Action, type DisplayOptions, TITLES } from "./options";
import { richDisplay } from "./rich";
import { rowDisplay } from "./rows";

/** The CLI's display for people, on stdout. */
export const textDisplay = (action: Action, preview: boolean, options: DisplayOptions): Sink => {
  const write = (text: string): void => {
    process.stdout.write(text);
  };
  write(`${preview ? `Previewing ${action}` : TITLES[action]} (${options.stack}):\n`);
  return options.diff
    ? richDisplay(options, write, (text) => {
        process.stderr.write(text);
      })
    : rowDisplay(action, preview, options, write);
};
