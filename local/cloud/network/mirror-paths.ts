import type { DebianMirror } from "./apt-sources";

export interface Upstream {
  readonly url: string;
  /** Where it is kept, relative to the cache folder. */
  readonly file: string;
  /** What it names never changes. */
  readonly lasting: boolean;
}

/**
 * Which file of the host's mirror a guest's request line means; undefined for what is no part of a
 * Debian mirror. Pure.
 */
export const upstreamOf = (mirror: DebianMirror, requestUrl: string): Upstream | undefined => {
  let path: string;
  try {
    // apt may send an absolute URL, as to a proxy.
    path = decodeURIComponent(new URL(requestUrl, "http://mirror").pathname);
  } catch {
    return undefined;
  }
  const match = /^\/(debian|debian-security)\/((?:dists|pool)\/.+)$/.exec(path);
  if (!match || path.split("/").includes("..") || path.includes("\0")) return undefined;
  const [, archive, rest] = match as unknown as [string, "debian" | "debian-security", string];
  const base = archive === "debian" ? mirror.main : mirror.security;
  const url = `${base}/${rest.split("/").map(encodeURIComponent).join("/")}`;
  return {
    url,
    file: `${archive}/${rest}`,
    lasting: rest.endsWith(".deb") || rest.includes("/by-hash/"),
  };
};
