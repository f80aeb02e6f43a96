import { createSocket } from "node:dgram";
import { connect } from "node:net";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import packet, { type DecodedPacket } from "dns-packet";

import type { DnsFault } from "../../local/cloud/dns/answer";
import { startDns, type DnsServer } from "../../local/cloud/dns/server";
import { testApi, type TestApi } from "./harness";

let api: TestApi, dns: DnsServer, fault: DnsFault | undefined;
const logged: string[] = [];

beforeAll(async () => {
  api = await testApi();
  await api.call("POST", "/v2/domains", { name: "example.test", ip_address: "203.0.113.200" });
  await api.call("POST", "/v2/domains", { name: "deep.example.test" });
  const records = [
    { type: "CNAME", name: "blog", data: "example.test.", ttl: 60 },
    { type: "CNAME", name: "loop", data: "loop.example.test." },
    { type: "AAAA", name: "six", data: "2001:db8::6" },
    {
      type: "CAA",
      name: "@",
      data: "letsencrypt.org.",
      flags: 0,
      tag: "issue",
    },
    { type: "MX", name: "@", data: "mail.example.test.", priority: 10 },
    { type: "TXT", name: "@", data: "x".repeat(700) },
    { type: "A", name: "*", data: "203.0.113.201" },
    { type: "A", name: "a.inner", data: "203.0.113.202" },
    {
      type: "SRV",
      name: "_sip._tcp",
      data: "sip.example.test.",
      priority: 1,
      weight: 2,
      port: 5060,
    },
  ];
  for (const record of records)
    expect((await api.call("POST", "/v2/domains/example.test/records", record)).status).toBe(201);
  dns = await startDns({
    state: api.cloud.store.state,
    address: "127.0.0.1",
    port: 0,
    fault: () => fault,
    log: (line) => {
      logged.push(line);
    },
  });
});
afterAll(() => dns.close());

const query = (name: string, type: string): Buffer =>
  packet.encode({
    type: "query",
    id: 7,
    flags: packet.RECURSION_DESIRED,
    questions: [{ name, type: type as "A" }],
  });

/** Null after that much silence. */
const udp = (bytes: Buffer, patience: number): Promise<DecodedPacket | null> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    const silence = setTimeout(() => {
      socket.close();
      resolve(null);
    }, patience);
    socket.once("message", (message) => {
      clearTimeout(silence);
      socket.close();
      resolve(packet.decode(message));
    });
    socket.once("error", reject);
    socket.send(bytes, dns.port, "127.0.0.1");
  });
const textOf = (one: packet.Answer): string => {
  if (one.type === "OPT") throw new Error("an answer holds no options");
  const { name, ttl, type, data } = one;
  const text =
    typeof data === "string" || Array.isArray(data) ? data.toString() : JSON.stringify(data);
  return `${name} ${ttl} ${type} ${text}`;
};
const ask = async (name: string, type: string): Promise<{ rcode: string; said: string[] }> => {
  const message = (await udp(query(name, type), 20_000)) as
    (DecodedPacket & { rcode: string }) | null;
  return {
    rcode: message!.rcode,
    said: (message!.answers ?? []).map(textOf),
  };
};

test.each([
  ["example.test", "A", "NOERROR", ["example.test 1800 A 203.0.113.200"]],
  ["Example.TEST", "A", "NOERROR", ["Example.TEST 1800 A 203.0.113.200"]],
  ["example.test", "AAAA", "NOERROR", []],
  [
    "blog.example.test",
    "A",
    "NOERROR",
    ["blog.example.test 60 CNAME example.test", "example.test 1800 A 203.0.113.200"],
  ],
  ["six.example.test", "AAAA", "NOERROR", ["six.example.test 1800 AAAA 2001:db8::6"]],
  ["anything.example.test", "A", "NOERROR", ["anything.example.test 1800 A 203.0.113.201"]],
  ["inner.example.test", "A", "NOERROR", []],
  ["nothing.deep.example.test", "A", "NXDOMAIN", []],
  ["elsewhere.test", "A", "NXDOMAIN", []],
  ["constructor", "A", "NXDOMAIN", []],
  [
    "acme-v02.api.letsencrypt.org",
    "A",
    "NOERROR",
    ["acme-v02.api.letsencrypt.org 300 A 192.0.2.14"],
  ],
  ["relay.lab.test", "AAAA", "NOERROR", []],
  ["deb.debian.org", "A", "NOERROR", ["deb.debian.org 300 A 192.0.2.80"]],
] as const)("%s %s is %s %j", async (name, type, rcode, said) => {
  expect(await ask(name, type)).toEqual({ rcode, said });
});

test("NS, SOA, MX, CAA and SRV are as the records say", async () => {
  expect((await ask("example.test", "NS")).said).toHaveLength(3);
  expect((await ask("example.test", "SOA")).said[0]).toContain("hostmaster.example.test");
  expect((await ask("example.test", "MX")).said[0]).toContain('"exchange":"mail.example.test"');
  expect((await ask("example.test", "CAA")).said[0]).toContain('"value":"letsencrypt.org"');
  expect((await ask("_sip._tcp.example.test", "SRV")).said[0]).toContain('"port":5060');
});

test("a CNAME to itself ends", async () => {
  expect((await ask("loop.example.test", "A")).rcode).toBe("SERVFAIL");
});

test("an answer too large for UDP is truncated, and whole over TCP, whatever pieces the question comes in", async () => {
  const short = (await udp(query("example.test", "TXT"), 20_000)) as DecodedPacket & {
    flag_tc: boolean;
  };
  expect(short.flag_tc).toBe(true);
  const long = await new Promise<DecodedPacket>((resolve) => {
    const socket = connect(dns.port, "127.0.0.1");
    const bytes = packet.streamEncode({
      type: "query",
      id: 8,
      questions: [{ name: "example.test", type: "TXT" }],
    });
    socket.write(bytes.subarray(0, 5));
    socket.write(bytes.subarray(5));
    let got = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.length >= 2 + got.readUInt16BE(0)) {
        socket.destroy();
        resolve(packet.streamDecode(got) as DecodedPacket);
      }
    });
  });
  expect(Buffer.concat((long.answers![0] as { data: Buffer[] }).data)).toHaveLength(700);
});

test("a changed record answers at once", async () => {
  const { id } = api.cloud.store.state.dnsRecords.find(
    (one) => one.type === "A" && one.name === "@",
  )!;
  await api.call("PUT", `/v2/domains/example.test/records/${id}`, {
    data: "203.0.113.210",
    ttl: 30,
  });
  expect((await ask("example.test", "A")).said).toEqual(["example.test 30 A 203.0.113.210"]);
});

test("a record that can't be put on the wire is a failure of that name alone, and told in the log", async () => {
  const [known] = api.cloud.store.state.dnsRecords;
  api.cloud.store.dnsRecords.insert({
    ...known!,
    id: 1,
    type: "CAA",
    name: "broken",
    tag: null,
  });
  expect((await ask("broken.example.test", "CAA")).rcode).toBe("SERVFAIL");
  expect(logged).toEqual([expect.stringMatching(/^dns: CAA of broken\.example\.test: /)]);
  expect((await ask("six.example.test", "AAAA")).rcode).toBe("NOERROR");
});

test("faults: SERVFAIL, NXDOMAIN, and silence; rubbish gets no answer and does no harm", async () => {
  fault = { answer: "SERVFAIL" };
  expect((await ask("example.test", "A")).rcode).toBe("SERVFAIL");
  fault = { answer: "silence" };
  expect(await udp(query("example.test", "A"), 300)).toBeNull();
  fault = undefined;
  expect(await udp(Buffer.from("rubbish"), 300)).toBeNull();
  expect((await ask("example.test", "A")).rcode).toBe("NOERROR");
});
