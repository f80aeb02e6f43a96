import { expect, test } from "@jest/globals";

import {
  type RecordType,
  sameRecords,
  spelled,
  utf8,
} from "../../../../monitor/checks/dns-records";

test.each<[RecordType, string, string]>([
  ["CNAME", "Blog.Example.test", "blog.example.test."],
  ["NS", "ns1.example.test", "NS1.EXAMPLE.TEST."],
  ["CNAME", "xn--gre-6ka8i.example.test", "Größe.example.test"],
  ["AAAA", "2001:db8::1", "2001:0DB8:0:0:0:0:0:0001"],
  ["AAAA", "::ffff:192.0.2.1", "0:0:0:0:0:FFFF:c000:0201"],
  ["A", "192.0.2.1", " 192.0.2.1 "],
  ["MX", "10 mail.example.test", "010  Mail.example.test."],
  ["TXT", "v=spf1 -all", '"v=spf1 -all"'],
  ["TXT", "v=DKIM1; p=abcdef", '"v=DKIM1; " "p=abcdef"'],
  ["TXT", 'say "hi"', '"say \\"hi\\""'],
  ["CAA", "issue letsencrypt.org", '0 issue "LetsEncrypt.org"'],
  ["CAA", "issue LetsEncrypt.org", "issue letsencrypt.org"],
  ["CAA", "iodef mailto:Ops@example.test", '0 iodef "mailto:Ops@example.test"'],
])("%s: %s is %s", (type, found, wanted) => {
  expect(sameRecords(type, [spelled(type, found)], [wanted])).toBe(true);
});

test.each<[RecordType, string, string]>([
  ["TXT", "v=spf1 -all", "v=SPF1 -all"],
  ["MX", "10 mail.example.test", "20 mail.example.test"],
  ["AAAA", "2001:db8::1", "2001:db8::10"],
  ["CAA", "iodef mailto:Ops@example.test", "iodef mailto:ops@example.test"],
])("%s: %s is not %s", (type, found, wanted) => {
  expect(sameRecords(type, [spelled(type, found)], [wanted])).toBe(false);
});

test("a set is the same whatever its order and number", () => {
  expect(
    sameRecords("A", ["192.0.2.1", "192.0.2.2"], ["192.0.2.2", "192.0.2.1", "192.0.2.1"]),
  ).toBe(true);
  expect(sameRecords("A", ["192.0.2.1"], ["192.0.2.2", "192.0.2.1"])).toBe(false);
});

test("a text in UTF-8 is read as such, any other as it is", () => {
  expect(utf8(Buffer.from("Größe").toString("latin1"))).toBe("Größe");
  expect(utf8("Gr\u00f6\u00dfe")).toBe("Größe");
});
