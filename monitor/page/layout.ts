import { html, Html } from "./html";
import { STYLE } from "./style";

export const layout = (
  fleet: string,
  title: string,
  body: Html,
  head: Html = html``,
): Html => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} &middot; ${fleet}</title>
<link rel="icon" href="data:,"><meta name="color-scheme" content="light dark">${head}<STYLE>${new Html(STYLE)}</STYLE></head><body><main>${body}</main></body></html>`;
