import type { Key } from "../adapters/key";

const TWO_WEEKS = 14 * 24 * 3600;

/**
 * A link that lets its holder acknowledge or snooze one incident for two weeks. `base` ends with a
 * slash.
 */
export const incidentLink = (key: Key, base: string, incident: number, now: number): string => {
  const until = Math.floor(now / 1000) + TWO_WEEKS;
  return `${base}incident/${incident}?until=${until}&sign=${key.sign(`incident ${incident} ${until}`)}`;
};

export const mayAct = (
  key: Key,
  incident: number,
  query: URLSearchParams,
  now: number,
): boolean => {
  const until = query.get("until") ?? "";
  return (
    /^\d{1,12}$/.test(until) &&
    Number(until) * 1000 > now &&
    key.verify(`incident ${incident} ${until}`, query.get("sign") ?? "")
  );
};
