import type { CloudState } from "../../records";
import type { DnsRecord, DomainRecord } from "../../records/network";

const TARGET_TYPES = ["CNAME", "MX", "NS", "SRV"];

/** A record's data as it is sent: a target ends with a dot, without which it is stored. */
export const sentData = ({ type, data }: DnsRecord): string =>
  TARGET_TYPES.includes(type) && data !== "@" ? `${data}.` : data;

const line = (record: DnsRecord): string => {
  const numbers = [record.priority, record.weight, record.port, record.flags]
    .filter((value) => value !== null)
    .join(" ");
  const data = record.type === "TXT" ? JSON.stringify(record.data) : sentData(record);
  return [record.name, record.ttl, "IN", record.type, numbers, record.tag ?? "", data]
    .filter((part) => part !== "")
    .join(" ");
};

export const zoneFile = (state: CloudState, domain: DomainRecord): string =>
  [
    `$ORIGIN ${domain.name}.`,
    `$TTL ${domain.ttl}`,
    `${domain.name}. IN SOA ns1.digitalocean.com. hostmaster.${domain.name}. ${state.serial} 10800 3600 604800 1800`,
    ...state.dnsRecords.filter((one) => one.domain === domain.name && one.type !== "SOA").map(line),
    "",
  ].join("\n");
