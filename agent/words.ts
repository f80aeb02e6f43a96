/** The value of `--name VALUE` on a command line; undefined where it is not said. */
export const valueOf = (words: readonly string[], name: string): string | undefined => {
  const place = words.indexOf(name);
  if (place < 0) return undefined;
  const value = words[place + 1];
  if (value === undefined || value.startsWith("--"))
    throw new Error(`fleet-agent: ${name} needs a value. See: fleet-agent help`);
  return value;
};

/** Each value of an option that may be said more than once. */
export const valuesOf = (words: readonly string[], name: string): readonly string[] =>
  words.flatMap((word, place) => (word === name ? (valueOf(words.slice(place), name) ?? []) : []));

/** What is said before the first option. */
export const subjectOf = ([word]: readonly string[]): string | undefined =>
  word === undefined || word.startsWith("--") ? undefined : word;
