import { Script, createContext } from "node:vm";

import { codeOf } from "@second-server/contract/caught";

import { Finding } from "./outcome";

/** All else waits meanwhile; what is sound takes a thousandth of it. */
const LONGEST_MS = 500;
const TEST = new Script('new RegExp(pattern, "u").test(text)');
const context = createContext({ pattern: "", text: "" });

/**
 * Whether a text matches. Some patterns, such as ^(a+)+$, take longer than anybody lives on a text
 * that they don't match, and the text is whatever was answered: nothing else would be checked ever
 * again.
 * @throws where it does not come to an end.
 */
export const testPattern = (pattern: string, text: string): boolean => {
  Object.assign(context, { pattern, text });
  try {
    return TEST.runInContext(context, { timeout: LONGEST_MS }) === true;
  } catch (error) {
    if (codeOf(error) !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new Finding(
      `/${pattern}/ does not come to an end on this answer. Write it without a repetition in a repetition`,
    );
  } finally {
    Object.assign(context, { pattern: "", text: "" });
  }
};
