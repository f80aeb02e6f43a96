import { type Entity, parseOne, parsePage } from "./answers";
import { ApiError, createHttp, type Http, type Method, type Stops } from "./http";

/**
 * Talks to one account. Paths are below /v2. What comes back has been checked against what is read
 * of it.
 */
export interface Client extends Pick<Http, "endpoint" | "patience"> {
  get<T>(path: string, entity: Entity<T>, work: Stops): Promise<T>;
  /** As get; undefined for a 404. */
  find<T>(path: string, entity: Entity<T>, work: Stops): Promise<T | undefined>;
  /** All pages of a list, joined. */
  list<T>(path: string, entity: Entity<T>, work: Stops): Promise<readonly T[]>;
  /** Posts, and is answered with what that has made or begun. */
  create<T>(path: string, body: object, entity: Entity<T>, work: Stops): Promise<T>;
  post(path: string, body: object, work: Stops): Promise<void>;
  put(path: string, body: object, work: Stops): Promise<void>;
  patch(path: string, body: object, work: Stops): Promise<void>;
  /** A thing that is gone already counts as deleted. */
  delete(path: string, work: Stops, body?: object): Promise<void>;
}

const unlessGone = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
};

const pageOf = (path: string, page: number): string =>
  `${path}${path.includes("?") ? "&" : "?"}page=${page}&per_page=200`;

export const createClient = (endpoint: string, token: string): Client => {
  const http = createHttp(endpoint, token);
  const read = async (path: string, work: Stops): Promise<unknown> =>
    await http.send({ method: "GET", path }, work);
  const change =
    (method: Method) =>
    async (path: string, body: object, work: Stops): Promise<void> => {
      await http.send({ method, path, body }, work);
    };
  const expected = <T>(entity: Entity<T>, answer: unknown, what: string): T => {
    const found = parseOne(entity, answer, what);
    if (found === undefined) throw new Error(`${what}: the answer has no ${entity.one}`);
    return found;
  };
  return {
    endpoint: http.endpoint,
    patience: http.patience,
    get: async (path, entity, work) => expected(entity, await read(path, work), `GET ${path}`),
    find: async (path, entity, work) => {
      const answer = await unlessGone(read(path, work));
      return answer === undefined ? undefined : parseOne(entity, answer, `GET ${path}`);
    },
    list: async (path, entity, work) => {
      const all = [];
      for (let page = 1; ; page++) {
        const url = pageOf(path, page);
        const { items, isLast } = parsePage(entity, await read(url, work), `GET ${url}`);
        all.push(...items);
        if (isLast) return all;
      }
    },
    create: async (path, body, entity, work) =>
      expected(entity, await http.send({ method: "POST", path, body }, work), `POST ${path}`),
    post: change("POST"),
    put: change("PUT"),
    patch: change("PATCH"),
    delete: async (path, work, body) => {
      await unlessGone(http.send({ method: "DELETE", path, ...(body ? { body } : {}) }, work));
    },
  };
};
