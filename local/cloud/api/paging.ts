import type { Context } from "hono";

import type { ApiEnv } from "./cloud";
import { unprocessable } from "./errors";

const numberOf = (c: Context<ApiEnv>, name: string, fallback: number): number => {
  const text = c.req.query(name);
  if (text === undefined || text === "") return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw unprocessable(`${name} must be a positive integer`);
  return Number(text);
};

interface Page<T> {
  readonly items: T[];
  readonly links: { readonly pages?: Readonly<Record<string, string>> };
  readonly meta: { readonly total: number };
}

/** Clients stop where `links.pages.next` is absent, so the last page has none. */
export const pageOf = <T>(c: Context<ApiEnv>, items: readonly T[]): Page<T> => {
  const current = numberOf(c, "page", 1);
  const perPage = Math.min(200, numberOf(c, "per_page", 20));
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number): string => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(to));
    url.searchParams.set("per_page", String(perPage));
    return url.toString();
  };
  const pages: Record<string, string> = {
    ...(current > 1 ? { first: link(1), prev: link(Math.min(current - 1, last)) } : {}),
    ...(current < last ? { next: link(current + 1), last: link(last) } : {}),
  };
  return {
    items: items.slice((current - 1) * perPage, current * perPage),
    links: Object.keys(pages).length ? { pages } : {},
    meta: { total: items.length },
  };
};

/** `{<key>: [...], links, meta}`. */
export const page = <T>(
  c: Context<ApiEnv>,
  key: string,
  all: readonly T[],
): Record<string, unknown> => {
  const { items, links, meta } = pageOf(c, all);
  return { [key]: items, links, meta };
};
