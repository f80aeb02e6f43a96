/** An answer other than success; `createApi` turns it into DigitalOcean's error body. */
export class ApiError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 422 | 429 | 500 | 501 | 503,
    readonly id: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export const notFound = (): ApiError =>
  new ApiError(404, "not_found", "The resource you were accessing could not be found.");
export const unprocessable = (message: string): ApiError =>
  new ApiError(422, "unprocessable_entity", message);
export const forbidden = (message: string): ApiError => new ApiError(403, "forbidden", message);
export const conflict = (message: string): ApiError => new ApiError(409, "conflict", message);
export const badRequest = (message: string): ApiError => new ApiError(400, "bad_request", message);
/** DigitalOcean has it, this cloud has not: refused by name, never answered wrongly. */
export const notEmulated = (what: string): ApiError =>
  new ApiError(501, "not_implemented", `${what} is not emulated by the local DigitalOcean.`);

/** What a request names; 404 where there is none. */
export const found = <T>(record: T | undefined): T => {
  if (record === undefined) throw notFound();
  return record;
};
