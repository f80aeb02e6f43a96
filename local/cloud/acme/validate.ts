import { messageOf } from "../caught";
import { dnsChallenge, httpChallenge } from "./challenges";
import { lookup, type Outside } from "./lookup";
import { problem, type Problem, ProblemError } from "./problem";

/** RFC 8659: the nearest name upwards that has CAA records decides. */
const checkCaa = (outside: Outside, host: string, wildcard: boolean): void => {
  for (let name = host; name.includes("."); name = name.slice(name.indexOf(".") + 1)) {
    const records = lookup(outside, name, "CAA").answers.flatMap((one) =>
      one.type === "CAA" ? [one.data] : [],
    );
    if (!records.length) continue;
    const tagged = (tag: string): { value: string }[] => records.filter((one) => one.tag === tag);
    const deciding = wildcard && tagged("issuewild").length ? tagged("issuewild") : tagged("issue");
    if (
      deciding.length &&
      !deciding.some((one) => one.value.replace(/;.*/s, "").trim() === "letsencrypt.org")
    )
      throw problem(403, "caa", `CAA record for ${name} prevents issuance`);
    return;
  }
};

export interface Attempt {
  readonly type: "http-01" | "dns-01";
  readonly host: string;
  readonly wildcard: boolean;
  readonly token: string;
  readonly thumbprint: string;
}

/**
 * @returns null when whoever asked holds the name, else why not. Looks with the world's eyes: the
 * lab's DNS, and requests from outside.
 */
export const validate = async (outside: Outside, asked: Attempt): Promise<Problem | null> => {
  const expected = `${asked.token}.${asked.thumbprint}`;
  try {
    if (asked.type === "http-01") await httpChallenge(outside, asked.host, asked.token, expected);
    else dnsChallenge(outside, asked.host, expected);
    checkCaa(outside, asked.host, asked.wildcard);
    return null;
  } catch (error) {
    return error instanceof ProblemError
      ? error.problem
      : problem(500, "serverInternal", messageOf(error)).problem;
  }
};
