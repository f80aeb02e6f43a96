import { expect, test } from "@jest/globals";

import { changeSentence, unwellText } from "../../../cli/report-up";

test("where nothing was to change and services are not well, the look at the cloud is named", () => {
  expect(unwellText({ changes: { same: 57 } }, "local")).toMatch(
    /outside.*\.\/fleet up --refresh$/,
  );
  expect(unwellText({ changes: { same: 57 } }, "prod")).toMatch(/--refresh --stack prod$/);
  expect(unwellText({ changes: { same: 56, update: 1 } }, "local")).not.toContain("--refresh");
});

test("what has not been looked at is as the state says, no more", () =>
  expect(changeSentence({ changes: { same: 57 }, seconds: 2 })).toMatch(
    /^Nothing changed: 57 resources are as the state says/,
  ));
