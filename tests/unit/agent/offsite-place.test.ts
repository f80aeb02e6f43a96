import { statSync } from "node:fs";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { OffsitePlace } from "@second-server/contract/backups";

import { openOffsite, withoutSecret } from "../../../agent/offsite/place";
import { type TemporaryMachine, temporaryMachine } from "./temporary-machine";

let machine: TemporaryMachine;
beforeEach(() => {
  machine = temporaryMachine();
});
afterEach(() => machine.remove());

const opened = (place: OffsitePlace): ReturnType<typeof openOffsite> => {
  machine.write("/etc/fleet/secrets/offsite", JSON.stringify(place));
  return openOffsite(machine);
};

test("S3's keys go by the environment", () => {
  expect(opened({ address: "s3:https://h/b", user: "DO00", secret: "k/+" })).toMatchObject({
    address: "s3:https://h/b",
    environment: { AWS_ACCESS_KEY_ID: "DO00", AWS_SECRET_ACCESS_KEY: "k/+" },
  });
});

test("REST's password is in the address, as every restic knows it, and in no complaint", () => {
  const offsite = opened({ address: "rest:https://h:8000/f/", user: "u", secret: "p/@ s" });
  expect(offsite.address).toBe("rest:https://u:p%2F%40%20s@h:8000/f/");
  expect(withoutSecret(`Fatal: ${offsite.address}: p/@ s`, offsite)).toBe(
    "Fatal: rest:https://u:…@h:8000/f/: …",
  );
  expect(opened({ address: "rest:http://h/" }).address).toBe("rest:http://h/");
});

test("SFTP is asked by a key and a host key of its own, and by nothing of this machine's", () => {
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----";
  const { options = [] } = opened({
    address: "sftp://u1@[2001:db8::1]:23//home/b",
    secret: key,
    hostKey: "ssh-ed25519 AAAA",
  });
  const folder = machine.at("/run/fleet-offsite");
  expect(options[0]).toBe("-o");
  expect(options[1]).toBe(
    `sftp.command=ssh -F /dev/null -i ${folder}/key -l u1 -p 23 -o IdentitiesOnly=yes -o BatchMode=yes -o HostKeyAlias=offsite -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${folder}/known_hosts -o ConnectTimeout=20 -o ServerAliveInterval=30 2001:db8::1 -s sftp`,
  );
  expect(machine.read("/run/fleet-offsite/key")).toBe(`${key}\n`);
  expect(machine.read("/run/fleet-offsite/known_hosts")).toBe("offsite ssh-ed25519 AAAA\n");
  expect(statSync(machine.at("/run/fleet-offsite/key")).mode & 0o777).toBe(0o600);
});

test("without a place it is said which setting names one", () => {
  expect(() => openOffsite(machine)).toThrow("Set `offsite`");
});
