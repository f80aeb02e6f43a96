import { createHash } from "node:crypto";

import { addressOf, lookup, type Outside } from "./lookup";
import { problem } from "./problem";

const REDIRECTS = 10;

export const httpChallenge = async (
  outside: Outside,
  host: string,
  token: string,
  expected: string,
): Promise<void> => {
  let url = `http://${host}/.well-known/acme-challenge/${token}`;
  for (let hop = 0; ; hop++) {
    const { hostname, protocol } = new URL(url);
    const address = addressOf(outside, hostname);
    const page = await outside.fetch(url, address);
    if (page.status === 0)
      throw problem(400, "connection", `${address}: Fetching ${url}: ${page.body}`);
    const next =
      [301, 302, 303, 307, 308].includes(page.status) && page.location
        ? new URL(page.location, url)
        : null;
    if (next && hop < REDIRECTS && ["http:", "https:"].includes(next.protocol)) {
      url = next.toString();
      continue;
    }
    if (page.status !== 200)
      throw problem(
        403,
        "unauthorized",
        `${address}: Invalid response from ${protocol}//${hostname}: ${page.status}`,
      );
    if (page.body.trimEnd() !== expected)
      throw problem(
        403,
        "unauthorized",
        `${address}: The key authorization file from the server did not match this challenge`,
      );
    return;
  }
};

export const dnsChallenge = (outside: Outside, host: string, expected: string): void => {
  const digest = createHash("sha256").update(expected).digest("base64url");
  const { answers } = lookup(outside, `_acme-challenge.${host}`, "TXT");
  const values = answers.flatMap((one) =>
    one.type === "TXT" ? [[one.data].flat().map(String).join("")] : [],
  );
  if (!values.includes(digest))
    throw problem(403, "unauthorized", `Incorrect TXT record found at _acme-challenge.${host}`);
};
