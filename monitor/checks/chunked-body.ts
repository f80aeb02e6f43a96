import { HEAD_LIMIT, notHttp } from "./answer-head";

/** Takes a chunked body apart. */
export interface ChunkedBody {
  /** @returns whether that was the end. @throws Finding when it is not chunked. */
  take(bytes: Buffer, keep: (data: Buffer) => void): boolean;
}

const sizeOf = (line: string): number => {
  const size = /^(?=[0-9a-f])0*([0-9a-f]{0,8})[ \t]*(?:;|$)/i.exec(line)?.[1];
  if (size === undefined) throw notHttp();
  return size === "" ? 0 : parseInt(size, 16);
};

export const createChunkedBody = (): ChunkedBody => {
  let expects: "size" | "data" | "gap" | "trailer" = "size";
  let left = 0;
  let begun = "";

  /** @returns whether the last line has come. */
  const endLine = (line: string): boolean => {
    if (expects === "trailer") return line === "";
    if (expects === "gap") {
      if (line !== "") throw notHttp();
      expects = "size";
    } else {
      left = sizeOf(line);
      expects = left === 0 ? "trailer" : "data";
    }
    return false;
  };
  const takeData = (bytes: Buffer, at: number, keep: (data: Buffer) => void): number => {
    const data = bytes.subarray(at, at + left);
    keep(data);
    left -= data.length;
    if (left === 0) expects = "gap";
    return at + data.length;
  };
  return {
    take: (bytes, keep) => {
      for (let at = 0; at < bytes.length;) {
        if (expects === "data") {
          at = takeData(bytes, at, keep);
          continue;
        }
        const end = bytes.indexOf(10, at);
        begun += bytes.toString("latin1", at, end < 0 ? bytes.length : end);
        if (begun.length > HEAD_LIMIT) throw notHttp();
        if (end < 0) return false;
        at = end + 1;
        const line = begun.replace(/\r$/, "");
        begun = "";
        if (endLine(line)) return true;
      }
      return false;
    },
  };
};
