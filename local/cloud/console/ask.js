export const ask = async (method, path, value) => {
  const response = await fetch(path, {
    method,
    headers: {
      authorization: "Bearer console",
      ...(value === undefined ? {} : { "content-type": "application/json" }),
    },
    body: value === undefined ? undefined : JSON.stringify(value),
  });
  if (!response.ok)
    throw new Error(
      (await response.json().catch(() => ({}))).message ?? `${path}: ${response.status}`,
    );
  return response;
};
export const get = async (path) => (await ask("GET", path)).json();
