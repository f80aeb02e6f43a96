import type { ServiceFacts } from "../config/fleet";

/**
 * What every site says; a service's own word goes before where there is a map for it
 * (templates/nginx/maps.conf).
 */
const COMMON: Readonly<Record<string, string>> = {
  "strict-transport-security": "$hsts",
  "alt-svc": "$http3_too",
  "x-content-type-options": "$content_type_options",
  "referrer-policy": "$referrer_policy",
  "x-frame-options": "$frame_options",
  "permissions-policy": "$permissions_policy",
  "cross-origin-opener-policy": "$opener_policy",
  "retry-after": "$closed_retry_after",
};

/**
 * Files that nobody computes: scripts from here alone, none inline. Styles may be inline, as most
 * pages' are; pictures and fonts may be data.
 */
const STATIC: Readonly<Record<string, string>> = {
  "cache-control": "$static_cache",
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; " +
    "frame-ancestors 'self'; upgrade-insecure-requests",
};

const titled = (name: string): string =>
  name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
const quoted = (value: string): string => (value.startsWith("$") ? value : `"${value}"`);

/** The header lines of a site: the fleet's, with the manifest's in their place. */
export const headerLines = ({
  kind,
  headers = {},
  cacheSeconds,
}: {
  readonly kind: string;
  readonly cacheSeconds?: number;
  readonly headers?: ServiceFacts["headers"];
}): string => {
  const all = {
    ...COMMON,
    ...(kind === "static" ? STATIC : {}),
    // HIT, MISS, BYPASS: whether it is what the service has said just now.
    ...(cacheSeconds === undefined ? {} : { "x-cache": "$upstream_cache_status" }),
    ...headers,
  };
  return [
    // `always`: error pages carry them too. An add_header in a location would drop all of these
    // there, so locations have none.
    ...Object.entries(all)
      .filter(([, value]) => value !== "none")
      .map(([name, value]) => `    add_header ${titled(name)} ${quoted(value)} always;`),
    // What a service says of these is not sent. A proxy_hide_header in a location would drop all of
    // them there.
    ...[...new Set(["strict-transport-security", "alt-svc", ...Object.keys(headers)])].map(
      (name) => `    proxy_hide_header ${titled(name)};`,
    ),
  ].join("\n");
};
