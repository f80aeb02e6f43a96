import { describe, expect, test } from "@jest/globals";

import type { MachineNetworks } from "../../../../../local/cloud/machines/spec";
import { BASE_CHAINS } from "../../../../../local/cloud/network/base-chains";
import { firewallLines } from "../../../../../local/cloud/network/firewall-chains";
import { neighbourText, reservedIpv6Text } from "../../../../../local/cloud/network/ipv6-routes";
import { rulesetText, type NetworkState } from "../../../../../local/cloud/network/ruleset";

const networks = (n: number, vpc = "a") => ({
  mac: `02:00:00:00:00:0${n}`,
  ipv4: `203.0.113.1${n}`,
  anchorIpv4: `10.17.0.1${n}`,
  privateIpv4: `10.114.0.${n + 1}`,
  vpc,
});
const machine = (
  n: number,
  rules: NetworkState["machines"][number]["rules"] = null,
  vpc = "a",
) => ({ dropletId: n, networks: networks(n, vpc), rules });
const state = (part: Partial<NetworkState>): NetworkState => ({
  machines: [],
  reservedIps: [],
  peerings: [],
  cut: [],
  cutBetween: [],
  loss: [],
  ...part,
});
const linesWith = (text: string, part: string): string[] =>
  text.split("\n").filter((line) => line.includes(part));

describe("the cloud firewall", () => {
  test("a covered machine is closed but for its rules; one that none covers is open", () => {
    const rules = {
      inbound: [{ protocol: "tcp" as const, ports: "443", addresses: ["0.0.0.0/0", "::/0"] }],
      outbound: [],
    };
    const text = rulesetText(state({ machines: [machine(1, rules), machine(2)] }));
    expect(linesWith(text, "rule inet lab in-1")).toEqual([
      "add rule inet lab in-1 meta nfproto ipv4 tcp dport 443 return",
      "add rule inet lab in-1 meta nfproto ipv6 tcp dport 443 return",
      "add rule inet lab in-1 drop",
    ]);
    expect(linesWith(text, "rule inet lab out-1")).toEqual(["add rule inet lab out-1 drop"]);
    expect(text).not.toContain("in-2");
  });

  test("it holds on the private network too", () => {
    const text = rulesetText(state({ machines: [machine(1, { inbound: [], outbound: [] })] }));
    expect(text).toContain('inbound { "lv-1" : jump in-1 }');
    expect(text).toContain('inbound { "pv-1" : jump in-1 }');
  });

  test.each([
    [
      { protocol: "tcp" as const, ports: "8000-9000", addresses: ["198.51.100.2"] },
      "ip saddr 198.51.100.2 tcp dport 8000-9000 return",
    ],
    [
      { protocol: "udp" as const, ports: "all", addresses: ["10.114.0.0/20"] },
      "ip saddr 10.114.0.0/20 meta l4proto udp return",
    ],
    [
      { protocol: "tcp" as const, ports: "0", addresses: ["2001:db8::/64"] },
      "ip6 saddr 2001:db8::/64 meta l4proto tcp return",
    ],
    [
      { protocol: "icmp" as const, ports: "all", addresses: ["0.0.0.0/0"] },
      "meta nfproto ipv4 meta l4proto { icmp, ipv6-icmp } return",
    ],
  ])("%j", (rule, line) => expect(firewallLines(rule, "source")).toEqual([line]));

  test("outbound goes by the address that was dialled, also where it was a reserved IP", () => {
    expect(
      firewallLines({ protocol: "tcp", ports: "443", addresses: ["203.0.113.200"] }, "destination"),
    ).toEqual(["ct original ip daddr 203.0.113.200 tcp dport 443 return"]);
  });

  test("what is no address or port never becomes a rule", () => {
    expect(() =>
      firewallLines({ protocol: "tcp", ports: "22; drop", addresses: ["0.0.0.0/0"] }, "source"),
    ).toThrow("not a port");
    expect(() =>
      firewallLines({ protocol: "tcp", ports: "22", addresses: ["0.0.0.0/0 accept"] }, "source"),
    ).toThrow("not an IP address");
  });
});

describe("reserved IPs", () => {
  test("map both ways to the holder's anchor, and back to itself", () => {
    const text = rulesetText(
      state({ machines: [machine(1)], reservedIps: [{ ip: "203.0.113.200", dropletId: 1 }] }),
    );
    expect(text).toContain("reserved_in { 203.0.113.200 : 10.17.0.11 }");
    expect(text).toContain("reserved_out { 10.17.0.11 : 203.0.113.200 }");
    expect(text).toContain("hairpin { 203.0.113.11 . 10.17.0.11, 10.17.0.11 . 10.17.0.11 }");
  });

  test("one whose machine isn't there (yet, any more) maps to nothing", () => {
    expect(
      rulesetText(state({ reservedIps: [{ ip: "203.0.113.200", dropletId: 9 }] })),
    ).not.toContain("203.0.113.200");
  });
});

describe("who reaches whom", () => {
  test("private networks join machines of one VPC only", () => {
    const text = rulesetText(state({ machines: [machine(1), machine(2), machine(3, null, "b")] }));
    expect(linesWith(text, "element inet lab same_vpc")).toEqual([
      'add element inet lab same_vpc { "pv-1" . "pv-2", "pv-2" . "pv-1" }',
    ]);
  });

  test("a peering joins two VPCs, and is not passed on to a third", () => {
    const machines = [machine(1), machine(2, null, "b"), machine(3, null, "c")];
    const text = rulesetText(
      state({
        machines,
        peerings: [
          ["b", "a"],
          ["c", "b"],
        ],
      }),
    );
    expect(linesWith(text, "element inet lab same_vpc")).toEqual([
      'add element inet lab same_vpc { "pv-1" . "pv-2", "pv-2" . "pv-1", "pv-2" . "pv-3", "pv-3" . "pv-2" }',
    ]);
  });

  test("what leaves a private network is dropped also where a connection stands: a peering that goes ends it", () => {
    const forward = BASE_CHAINS.slice(BASE_CHAINS.indexOf("chain forward"));
    expect(forward.indexOf('iifname "pv-*" iifname . oifname != @same_vpc drop')).toBeLessThan(
      forward.indexOf("ct state established"),
    );
  });

  test("a cut machine loses both links; a cut between two goes both ways", () => {
    const text = rulesetText(
      state({ machines: [machine(1), machine(2)], cut: [1], cutBetween: [[1, 2]] }),
    );
    expect(text).toContain('element inet lab cut { "lv-1", "pv-1" }');
    expect(text).toContain('"lv-1" . "lv-2"');
    expect(text).toContain('"lv-2" . "lv-1"');
  });

  test("each change replaces everything, so that nothing of an older network stays", () => {
    const flushed = linesWith(rulesetText(state({})), "flush").map((line) =>
      line.split(" ").at(-1),
    );
    expect(flushed).toEqual([
      "cut",
      "cut_between",
      "same_vpc",
      "hairpin",
      "reserved_in",
      "reserved_out",
      "inbound",
      "outbound",
      "loss",
    ]);
  });

  test("loss is a random share of a machine's packets each way: to a hundredth of a percent, all of them, or none", () => {
    const verdicts = (percent: number): string[] => [
      ...new Set(
        linesWith(
          rulesetText(state({ machines: [machine(1)], loss: [{ dropletId: 1, percent }] })),
          "rule inet lab loss",
        ).map((line) => line.replace(/.*"(lv|pv)-1" /, "")),
      ),
    ];
    expect([verdicts(30), verdicts(0.5), verdicts(100), verdicts(0)]).toEqual([
      ["numgen random mod 10000 < 3000 drop"],
      ["numgen random mod 10000 < 50 drop"],
      ["drop"],
      [],
    ]);
  });

  test("the router answers for each IPv6 machine on each other one's link", () => {
    const v6 = (n: number) => ({
      dropletId: n,
      networks: { ...networks(n), ipv6: `2001:db8:0:1::${n}` },
    });
    expect(neighbourText([v6(1), v6(2), machine(3)])).toBe(
      "neigh replace proxy 2001:db8:0:1::1 dev lv-2\nneigh replace proxy 2001:db8:0:1::2 dev lv-1\n",
    );
  });

  test("a reserved IPv6 address is routed to its holder's own; one whose holder has none leads nowhere", () => {
    const machines = new Map<number, MachineNetworks>([
      [1, { ...networks(1), ipv6: "2001:db8:0:1::1" }],
      [2, networks(2)],
    ]);
    expect(
      reservedIpv6Text(
        [
          { ip: "2001:db8:0:2::1", dropletId: 1 },
          { ip: "2001:db8:0:2::2", dropletId: 2 },
          { ip: "2001:db8:0:2::3", dropletId: 3 },
        ],
        machines,
      ),
    ).toBe(
      "route flush root 2001:db8:0:2::/64\nroute replace 2001:db8:0:2::1/128 via 2001:db8:0:1::1 dev lv-1\n",
    );
  });

  test("outbound mail ports are blocked on the way out and to the lab's own services", () => {
    expect(linesWith(BASE_CHAINS, "tcp dport { 25, 465, 587 } drop")).toHaveLength(2);
  });
});
