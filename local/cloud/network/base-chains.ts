import { addresses as at } from "./addresses";

/** DigitalOcean blocks these outbound. */
const SMTP_PORTS = "{ 25, 465, 587 }";
/** Metadata is the platform's own: no firewall keeps a machine from it. */
const METADATA = at.metadata;

/** The router's base chains, with the sets and maps that `rulesetText` fills. */
export const BASE_CHAINS = `
add table inet lab
delete table inet lab
table inet lab {
  set cut { type ifname; }
  set cut_between { type ifname . ifname; }
  set same_vpc { type ifname . ifname; } # or peered
  set hairpin { type ipv4_addr . ipv4_addr; }
  map reserved_in { type ipv4_addr : ipv4_addr; }
  map reserved_out { type ipv4_addr : ipv4_addr; }
  map inbound { type ifname : verdict; }
  map outbound { type ifname : verdict; }
  chain loss { }
  chain cut_off {
    iifname @cut drop
    oifname @cut drop
    iifname . oifname @cut_between drop
    jump loss
  }
  chain prerouting_nat { type nat hook prerouting priority dstnat; dnat ip to ip daddr map @reserved_in; }
  chain output_nat { type nat hook output priority -100; dnat ip to ip daddr map @reserved_in; }
  chain postrouting_nat {
    type nat hook postrouting priority srcnat;
    ip saddr . ip daddr @hairpin masquerade
    snat ip to ip saddr map @reserved_out
  }
  chain input {
    type filter hook input priority filter;
    jump cut_off
    iifname "pv-*" drop
    ip daddr { ${at.reservedRanges.join(", ")} } drop
    ct state established,related accept
    ip daddr ${METADATA} accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
    iifname "lv-*" tcp dport ${SMTP_PORTS} drop
    iifname vmap @outbound
  }
  chain output {
    type filter hook output priority filter;
    oifname @cut drop
    jump loss
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    jump cut_off
    iifname "pv-*" iifname . oifname != @same_vpc drop
    oifname "pv-*" iifname . oifname != @same_vpc drop
    ct state established,related accept
    iifname "lv-*" tcp dport ${SMTP_PORTS} drop
    goto firewalls
  }
  chain firewalls {
    iifname vmap @outbound
    oifname vmap @inbound
    accept
  }
}
`;
