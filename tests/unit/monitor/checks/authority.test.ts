import { createSocket } from "node:dgram";
import { once } from "node:events";

import { afterEach, expect, test } from "@jest/globals";
import * as packet from "dns-packet";

import { checkDns } from "../../../../monitor/checks/dns";

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

type Zone = Readonly<Record<string, packet.Answer | undefined>>;

/** A name server with these records, by "type name"; what it does not have does not exist. */
const nameServer = async (zone: Zone): Promise<{ port: number; asked: string[] }> => {
  const server = createSocket("udp4");
  const asked: string[] = [];
  server.on("message", (query, peer) => {
    const { id, questions = [] } = packet.decode(query);
    const question = `${questions[0]?.type} ${questions[0]?.name}`;
    asked.push(question);
    const answer = zone[question];
    const reply = packet.encode({
      type: "response",
      id,
      flags: answer === undefined ? 3 : 0,
      questions,
      answers: answer === undefined ? [] : [answer],
    });
    server.send(reply, peer.port, peer.address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  return { port: server.address().port, asked };
};

/** What a resolver knows of the zone besides its missing name. */
const delegation: Zone = {
  "NS example.test": { type: "NS", name: "example.test", ttl: 60, data: "ns1.host.test" },
  "A ns1.host.test": { type: "A", name: "ns1.host.test", ttl: 60, data: "127.0.0.1" },
};
const address = (name: string, data: string): packet.Answer => ({
  type: "A",
  name,
  ttl: 60,
  data,
});

const look = async (resolver: Zone, authority: Zone, equals?: string[]) => {
  const [asked, own] = [await nameServer(resolver), await nameServer(authority)];
  const answer = checkDns(
    {
      kind: "dns",
      id: "x",
      name: "www.example.test",
      type: "A",
      equals,
    },
    2000,
    { resolvers: [`127.0.0.1:${asked.port}`], authorityPort: own.port },
  );
  return { answer, own };
};

test("a record that was deleted and put back is there, although the resolver remembers that it was not", async () => {
  const zone = { "A www.example.test": address("www.example.test", "192.0.2.7") };
  const { answer } = await look(delegation, zone, ["192.0.2.7"]);
  expect(await answer).toBe("192.0.2.7");
});

test("a record that came back with another address is told as that", async () => {
  const zone = { "A www.example.test": address("www.example.test", "192.0.2.8") };
  const { answer } = await look(delegation, zone, ["192.0.2.7"]);
  await expect(answer).rejects.toThrow("www.example.test A is 192.0.2.8, not 192.0.2.7");
});

test("a record that the zone's own servers don't have either is missing, and so is one whose servers can't be found", async () => {
  await expect((await look(delegation, {})).answer).rejects.toMatchObject({ code: "ENOTFOUND" });
  await expect((await look({}, {})).answer).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("while the resolver answers, nobody else is asked", async () => {
  const resolver = { "A www.example.test": address("www.example.test", "192.0.2.7") };
  const { answer, own } = await look(resolver, {});
  expect(await answer).toBe("192.0.2.7");
  expect(own.asked).toEqual([]);
});
