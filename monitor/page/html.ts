import { escapeHtml } from "../alerts/words";

/** HTML that may be put into a page as it is. */
// eslint-disable-next-line no-restricted-syntax -- told from a text that has to be escaped by instanceof, which no text can pretend
export class Html {
  constructor(readonly text: string) {}
}

type Hole = string | number | Html | readonly Html[] | undefined;

const fill = (hole: Hole): string => {
  if (hole === undefined) return "";
  if (hole instanceof Html) return hole.text;
  if (typeof hole === "string" || typeof hole === "number") return escapeHtml(String(hole));
  return hole.map(({ text }) => text).join("");
};

/** html`<b>${text}</b>`: holes are escaped unless they are Html themselves. */
export const html = (parts: TemplateStringsArray, ...holes: readonly Hole[]): Html =>
  new Html(parts.reduce((text, part, index) => text + fill(holes[index - 1]) + part));
