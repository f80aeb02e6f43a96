import { describe, expect, test } from "@jest/globals";

import { upstreamOf } from "../../../../../local/cloud/network/mirror-paths";

const mirror = {
  main: "https://mirror.example.test/debian",
  security: "https://mirror.example.test/debian-security",
};

describe("what a machine may fetch through the lab's mirror", () => {
  test("a package, kept for good", () => {
    expect(
      upstreamOf(mirror, "/debian/pool/main/n/nginx/nginx_1.26.3-3%2bdeb13u1_amd64.deb"),
    ).toEqual({
      url: "https://mirror.example.test/debian/pool/main/n/nginx/nginx_1.26.3-3%2Bdeb13u1_amd64.deb",
      file: "debian/pool/main/n/nginx/nginx_1.26.3-3+deb13u1_amd64.deb",
      lasting: true,
    });
  });

  test("an index, asked for anew each time, from the security archive", () => {
    expect(upstreamOf(mirror, "/debian-security/dists/trixie-security/InRelease")).toMatchObject({
      url: "https://mirror.example.test/debian-security/dists/trixie-security/InRelease",
      lasting: false,
    });
    expect(upstreamOf(mirror, "/debian/dists/trixie/main/by-hash/SHA256/ab")).toMatchObject({
      lasting: true,
    });
  });

  test.each([
    "/",
    "/etc/passwd",
    "/debian/",
    "/debian/pool/../../x",
    "/debian/pool/%2e%2e/x",
    "/debian/pool/a%00b",
    "/debian/%E0%A4%A",
    "http://[",
  ])("not %s", (path) => {
    expect(upstreamOf(mirror, path)).toBeUndefined();
  });

  test("an absolute URL, as to a proxy, means its path", () => {
    expect(upstreamOf(mirror, "http://deb.debian.org/debian/dists/trixie/InRelease")).toMatchObject(
      { file: "debian/dists/trixie/InRelease" },
    );
  });
});
