export interface Piece {
  readonly kind: "same" | "delete" | "add";
  readonly lines: readonly string[];
}

/** The lengths of the longest common subsequences of all the tails. */
const table = (old: readonly string[], now: readonly string[]): number[][] => {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    new Array<number>(now.length + 1).fill(0),
  );
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      lengths[row]![column] =
        old[row] === now[column]
          ? lengths[row + 1]![column + 1]! + 1
          : Math.max(lengths[row + 1]![column]!, lengths[row]![column + 1]!);
    }
  }
  return lengths;
};

/** More than this is not compared line by line: the table would take the memory of the machine. */
const MOST_CELLS = 4_000_000;

const commonStart = (a: readonly string[], b: readonly string[]): number => {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
};

/** Line by line; what is left out comes before what is new. */
export const diffLines = (old: readonly string[], now: readonly string[]): readonly Piece[] => {
  const start = commonStart(old, now);
  const end = commonStart(old.slice(start).reverse(), now.slice(start).reverse());
  const pieces: { kind: Piece["kind"]; lines: string[] }[] = [];
  const push = (kind: Piece["kind"], lines: readonly string[]): void => {
    if (lines.length === 0) return;
    if (pieces.at(-1)?.kind === kind) for (const line of lines) pieces.at(-1)!.lines.push(line);
    else pieces.push({ kind, lines: [...lines] });
  };
  push("same", old.slice(0, start));
  middle(old.slice(start, old.length - end), now.slice(start, now.length - end), push);
  push("same", old.slice(old.length - end));
  return pieces;
};

const middle = (
  old: readonly string[],
  now: readonly string[],
  push: (kind: Piece["kind"], lines: readonly string[]) => void,
): void => {
  if (old.length * now.length > MOST_CELLS) {
    push("delete", old);
    push("add", now);
    return;
  }
  const lengths = table(old, now);
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      push("same", [old[row]!]);
      row += 1;
      column += 1;
    } else if (
      row < old.length &&
      (column === now.length || lengths[row + 1]![column]! >= lengths[row]![column + 1]!)
    ) {
      push("delete", [old[row]!]);
      row += 1;
    } else {
      push("add", [now[column]!]);
      column += 1;
    }
  }
};
