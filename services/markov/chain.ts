/** Word pairs and what followed them. */
export type Chain = ReadonlyMap<string, readonly string[]>;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

export const learn = (text: string): Chain => {
  const list = words(text);
  const chain = new Map<string, string[]>();
  for (let at = 0; at + 2 < list.length; at += 1) {
    const key = `${list[at]} ${list[at + 1]}`;
    const known = chain.get(key);
    if (known === undefined) chain.set(key, [list[at + 2] as string]);
    else known.push(list[at + 2] as string);
  }
  return chain;
};

const pick = <Item>(items: readonly Item[], random: () => number): Item | undefined =>
  items[Math.floor(random() * items.length)];

/**
 * Begins at a pair that starts a sentence where there is one, and ends with a sentence if it can.
 * `random` gives 0 to under 1.
 */
export const babble = (chain: Chain, length: number, random: () => number): string => {
  const keys = [...chain.keys()];
  const starts = keys.filter((key) => /^\p{Lu}/u.test(key));
  const first = pick(starts.length > 0 ? starts : keys, random);
  if (first === undefined) return "";
  const said = first.split(" ");
  while (said.length < length || (!/[.!?]$/.test(said.at(-1) ?? "") && said.length < length + 40)) {
    const next = pick(chain.get(said.slice(-2).join(" ")) ?? [], random);
    if (next === undefined) break;
    said.push(next);
  }
  return said.join(" ");
};
