import { escapeHtml } from "../alerts/words";

/** HTML that may be put into a page as it is. */
export class Html {
  constructor(readonly text: string) {}
}

type Hole = string | number | Html | readonly Html[] | undefined;

const fill = (hole: Hole): string => {
  if (hole === undefined) return "";
  if (hole instanceof Html) return hole.text;
  return Array.isArray(hole)
    ? hole.map((part: Html) => part.text).join("")
    : escapeHtml(String(hole));
};

/** html`<b>${text}</b>`: holes are escaped unless they are Html themselves. */
export const html = (parts: TemplateStringsArray, ...holes: readonly Hole[]): Html =>
  new Html(parts.reduce((text, part, index) => text + fill(holes[index - 1]) + part));
