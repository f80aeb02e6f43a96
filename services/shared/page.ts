import { html, raw } from "hono/html";

/** Text for HTML: a template escapes what it is given, but for what is HTML already. */
export type Html = ReturnType<typeof html>;

const STYLE = raw(`
:root { color-scheme: light dark }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
textarea, input { width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; margin: .25rem 0 }
textarea, pre { font-family: ui-monospace, monospace }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8886; padding: .75rem; border-radius: .4rem; min-height: 1.5em }
button { font: inherit; padding: .4rem 1rem }
li { margin: .5rem 0; overflow-wrap: anywhere }
small { opacity: .7 }
`);

/** The look that the small services share: one column, light and dark, no third party. */
export const shell = (title: string, body: Html, script = ""): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body><h1>${title}</h1>${body}${script === "" ? "" : html`<script>${raw(script)}</script>`}</body>
</html>`;
