import { randomInt } from "node:crypto";

import type { DropletRecord } from "../../records/machines";
import type { Cloud } from "../cloud";

/** Without letters that look like others: it is typed from a mail into a console. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const newPassword = (): string =>
  Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");

const letter = (
  droplet: DropletRecord,
  password: string,
): string => `A new root password was asked for. You will have to change it when you first log in.

Droplet Name: ${droplet.name}
IP Address: ${droplet.public_networking === false ? droplet.private_ipv4 : droplet.ipv4}
Username: root
Password: ${password}
`;

/** The password goes to the machine by standard input: no list of processes shows it. */
export const resetPassword = async (cloud: Cloud, droplet: DropletRecord): Promise<void> => {
  const password = newPassword();
  const { code, stderr } = await cloud.hypervisor.exec(
    droplet.id,
    ["sh", "-ec", "chpasswd && chage --lastday 0 root"],
    `root:${password}\n`,
  );
  if (code !== 0) throw new Error(`the root password could not be set: ${stderr.trim()}`);
  cloud.write({
    to: [cloud.store.state.account.email],
    subject: `New root password: ${droplet.name}`,
    text: letter(droplet, password),
  });
};
