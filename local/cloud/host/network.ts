import { attempt } from "../machines/run-program";
import { onPath } from "./on-path";
import type { HostProblem } from "./report";

export const vethProblem = async (): Promise<HostProblem[]> => {
  if (!(await onPath("ip"))) return [];
  const link = ["probe", "type", "veth", "peer", "name", "probe-peer"];
  const { code, stderr } = await attempt(["unshare", "--net", "ip", "link", "add", ...link]);
  return code === 0
    ? []
    : [
        {
          problem: `the kernel can't make veth links: ${stderr.trim().split("\n")[0]}`,
          remedy: "use a kernel with veth, e.g. Debian's linux-image-amd64",
        },
      ];
};

export const networkProblem = async (): Promise<HostProblem[]> => {
  if (!(await onPath("nft"))) return [];
  const rules = [
    "table inet probe {",
    "chain nat { type nat hook prerouting priority dstnat; }",
    "chain post { type nat hook postrouting priority srcnat; masquerade; }",
    "chain forward { type filter hook forward priority filter; ct state established accept; }",
    "}",
  ].join("\n");
  const { code, stderr } = await attempt(["unshare", "--net", "nft", "-f", "-"], { input: rules });
  return code === 0
    ? []
    : [
        {
          problem: `the kernel can't do what the local network needs of nftables: ${stderr.trim().split("\n")[0]}`,
          remedy: "use a kernel with nf_tables, nf_nat and nf_conntrack",
        },
      ];
};
