export interface Piece {
  readonly kind: "same" | "delete" | "add";
  readonly lines: readonly string[];
}

type Table = readonly (readonly number[])[];
/** Behind the last line nothing is common. */
const lengthAt = (lengths: Table, row: number, column: number): number =>
  lengths[row]?.[column] ?? 0;

/** The lengths of the longest common subsequences of all the tails. */
const table = (old: readonly string[], now: readonly string[]): Table => {
  const lengths: number[][] = [];
  for (let row = old.length - 1; row >= 0; row--) {
    const line = new Array<number>(now.length + 1).fill(0);
    for (let column = now.length - 1; column >= 0; column--) {
      line[column] =
        old[row] === now[column]
          ? lengthAt(lengths, row + 1, column + 1) + 1
          : Math.max(lengthAt(lengths, row + 1, column), line[column + 1] ?? 0);
    }
    lengths[row] = line;
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
    const last = pieces.at(-1);
    if (last?.kind === kind) for (const line of lines) last.lines.push(line);
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
      push("same", old.slice(row, row + 1));
      row += 1;
      column += 1;
    } else if (
      row < old.length &&
      (column === now.length ||
        lengthAt(lengths, row + 1, column) >= lengthAt(lengths, row, column + 1))
    ) {
      push("delete", old.slice(row, row + 1));
      row += 1;
    } else {
      push("add", now.slice(column, column + 1));
      column += 1;
    }
  }
};
