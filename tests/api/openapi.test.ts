import { expect } from "@jest/globals";

import { askInVain, operations, problemsOf, testApi, withDocument } from "./harness";

withDocument("answers are validated against DigitalOcean's own document", async () => {
  const api = await testApi();
  const { body } = await api.call("GET", "/v2/account");
  expect(problemsOf("GET", "/v2/account", 200, body)).toEqual([]);
  expect(
    problemsOf("GET", "/v2/account", 200, { account: { ...body.account, email: 7 } }).join(),
  ).toContain("/account/email");
  expect(problemsOf("GET", "/v2/droplets/1", 200, { droplet: { id: "one" } }).join()).toContain(
    "/droplet",
  );
  expect(problemsOf("GET", "/v2/droplets/1", 404, { id: "not_found" }).join()).toContain("message");
});

withDocument(
  "every path of the document that this cloud does not emulate answers 501 naming it, and no other 5xx",
  async () => {
    const api = await testApi();
    const odd: string[] = [];
    for (const operation of operations) {
      const { status, body } = await askInVain(api, operation);
      if (status === 501 ? !body.message.includes("/v2/") : status >= 500)
        odd.push(`${operation.method} ${operation.template}: ${status} ${JSON.stringify(body)}`);
    }
    expect(odd).toEqual([]);
  },
);
