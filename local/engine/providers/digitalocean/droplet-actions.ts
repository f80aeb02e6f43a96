import { isProps, type Props, type Value } from "../../values/value";
import type { Work } from "../provider";
import type { Body } from "./answers";
import type { Client } from "./client";
import { isSame, optionalNumber, optionalText, toText, toTexts } from "./convert";
import { dropletEntity } from "./droplet-view";
import { ApiError } from "./http";
import { retag } from "./retag";
import { moveVolume } from "./volume-attachment";
import { action, HOUR, runAction, until } from "./wait";

type Action = Body<"post /droplets/{droplet_id}/actions"> & { readonly type: string };

const act = async (client: Client, id: string, wanted: Action, work: Work): Promise<void> => {
  work.status(`${wanted.type} …`);
  await runAction(client, `/droplets/${id}/actions`, wanted, work);
};

export const statusOf = async (client: Client, id: string, work: Work): Promise<string> =>
  (await client.get(`/droplets/${id}`, dropletEntity, work)).status;

const reached = async (client: Client, id: string, status: string, work: Work): Promise<void> => {
  await until(client, `droplet ${id} to be ${status}`, HOUR, work, async () =>
    (await statusOf(client, id, work)) === status ? true : undefined,
  );
};

/** Whether its creation has ended without it having been active. */
export const hasFailedToBoot = async (client: Client, id: string, work: Work): Promise<boolean> => {
  const actions = await client.list(`/droplets/${id}/actions`, action, work);
  return actions.some(({ type, status }) => type === "create" && status === "errored");
};

/** The size can only change while the droplet is off. */
const resize = async (client: Client, id: string, now: Props, work: Work): Promise<void> => {
  try {
    await act(client, id, { type: "power_off" }, work);
  } catch (error) {
    if (!(error instanceof ApiError && error.message.includes("Droplet is already powered off")))
      throw error;
  }
  await reached(client, id, "off", work);
  const size = optionalText(now["size"]);
  const powerOn = async (): Promise<void> => {
    await act(client, id, { type: "power_on" }, work);
    await reached(client, id, "active", work);
  };
  try {
    await act(client, id, { type: "resize", size, disk: now["resizeDisk"] !== false }, work);
  } catch (error) {
    // It has been serving until now. Why it was not resized is what counts, whatever comes of this.
    await powerOn().catch(() => undefined);
    throw error;
  }
  await powerOn();
};

export const backupPolicyOf = (
  value: Value | undefined,
): Body<"post /droplets">["backup_policy"] =>
  isProps(value)
    ? {
        plan: optionalText(value["plan"]),
        weekday: optionalText(value["weekday"]),
        hour: optionalNumber(value["hour"]),
      }
    : undefined;

const changeBackups = async (
  client: Client,
  id: string,
  old: Props,
  now: Props,
  work: Work,
): Promise<void> => {
  const policy = backupPolicyOf(now["backupPolicy"]);
  const isOn = now["backups"] === true;
  if (!isSame(old["backups"], now["backups"])) {
    const type = isOn ? "enable_backups" : "disable_backups";
    await act(client, id, { type, ...(isOn && policy ? { backup_policy: policy } : {}) }, work);
  } else if (isOn && policy && !isSame(old["backupPolicy"], now["backupPolicy"]))
    await act(client, id, { type: "change_backup_policy", backup_policy: policy }, work);
};

const moveVolumes = async (
  client: Client,
  id: string,
  old: Props,
  now: Props,
  work: Work,
): Promise<void> => {
  const [was, is] = [toTexts(old["volumeIds"]), toTexts(now["volumeIds"])];
  const move = async (volume: string, type: "attach" | "detach"): Promise<void> =>
    await moveVolume(client, volume, type, Number(id), toText(old["region"]), work);
  for (const volume of was.filter((each) => !is.includes(each))) await move(volume, "detach");
  for (const volume of is.filter((each) => !was.includes(each))) await move(volume, "attach");
};

/** What can be changed in place, one action after another. */
export const updateDroplet = async (
  client: Client,
  id: string,
  old: Props,
  now: Props,
  work: Work,
): Promise<void> => {
  const isChanged = (key: string): boolean => !isSame(old[key], now[key]);
  if (isChanged("size")) await resize(client, id, now, work);
  if (isChanged("name"))
    await act(client, id, { type: "rename", name: optionalText(now["name"]) }, work);
  await changeBackups(client, id, old, now, work);
  if (now["ipv6"] === true && isChanged("ipv6"))
    await act(client, id, { type: "enable_ipv6" }, work);
  await retag(client, "droplet", id, toTexts(old["tags"]), toTexts(now["tags"]), work);
  if (now["volumeIds"] !== undefined && isChanged("volumeIds"))
    await moveVolumes(client, id, old, now, work);
};

/** Deletes it and waits until it is gone. */
export const removeDroplet = async (
  client: Client,
  id: string,
  state: Props,
  work: Work,
): Promise<void> => {
  const find = async () => await client.find(`/droplets/${id}`, dropletEntity, work);
  if (!(await find())) return;
  await until(client, `droplet ${id} to be unlocked`, 60, work, async () =>
    (await find())?.locked === true ? undefined : true,
  );
  if (state["gracefulShutdown"] === true) await act(client, id, { type: "shutdown" }, work);
  await client.delete(`/droplets/${id}`, work);
  await until(client, `droplet ${id} to be gone`, HOUR, work, async () =>
    (await find()) ? undefined : true,
  );
};
