import { escapeHtml } from "./words";

/** A client that strips this has the inline colours, dark on white. */
const DARK = [
  "@media(prefers-color-scheme:dark){",
  "body{background:#14171b!important;color:#e6e9ed!important}",
  ".soft{color:#9aa4b0!important}",
  ".line{border-color:#2c323a!important}",
  ".code{background:#22272e!important;color:#e6e9ed!important}",
  "a{color:#8ab4f8!important}",
  "}",
].join("");

export const SOFT = "color:#5b6470";

const BODY =
  "margin:0;padding:12px;font:15px/1.5 system-ui,sans-serif;color:#1c2026;background:#fff";
const HEADING =
  "margin:0 0 12px;padding:8px 12px;font-size:18px;line-height:1.4;font-weight:600;overflow-wrap:anywhere";

/**
 * The shell of each mail: one column, no picture, nothing from elsewhere. `body` is HTML, `lead` is
 * text.
 */
export const mailPage = (lead: string, colour: string, body: string): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(lead)}</title><style>${DARK}</style></head>`,
    `<body style="${BODY}"><div role="main" style="max-width:760px">`,
    `<h1 style="${HEADING};border-left:6px solid ${colour}">${escapeHtml(lead)}</h1>`,
    body,
    "</div></body></html>",
  ].join("\n");
