import { describe, expect, test } from "@jest/globals";

import { mirrorFromSources } from "../../../../../local/cloud/network/apt-sources";

describe("where the Debian archive is", () => {
  test("a company's mirror in deb822 and one-line form is used, for security too", () => {
    const deb822 =
      "Types: deb\n" +
      "URIs: https://mirror.example.test/debian/\n" +
      "Suites: bookworm\n\n" +
      "Types: deb\n" +
      "URIs: https://mirror.example.test/debian-security\n";
    const oneLine =
      "deb [signed-by=/k.gpg arch=amd64] http://apt.example.test/debian bookworm main\n";
    expect(mirrorFromSources([deb822])).toEqual({
      main: "https://mirror.example.test/debian",
      security: "https://mirror.example.test/debian-security",
    });
    expect(mirrorFromSources([oneLine])).toEqual({
      main: "http://apt.example.test/debian",
      security: "http://apt.example.test/debian-security",
    });
  });

  test("another distribution's sources give the public archive", () => {
    expect(
      mirrorFromSources([
        "deb http://archive.ubuntu.com/ubuntu noble main\n",
        "# deb http://x/debian y\n",
      ]),
    ).toEqual({
      main: "http://deb.debian.org/debian",
      security: "http://security.debian.org/debian-security",
    });
  });
});
