"use strict";
// The order of the fast tests. One that takes a minute and begins last keeps one processor busy for
// that minute, and the other idle. Jest knows from earlier runs what takes long; on a clean checkout
// it goes by a file's size, which says little: many of the longest are short.
const { existsSync } = require("node:fs");
const { resolve } = require("node:path");

const Sequencer = require("@jest/test-sequencer").default;

const LONGEST = [
  "unit/agent/offsite",
  "engine/digitalocean",
  "engine/unfinished-droplet",
  "engine/state-commands",
  "engine/stack-commands",
  "engine/semantics",
  "engine/story",
  "engine/existing-zone",
  "engine/program",
  "texts/slow-clients",
  "unit/agent/repository",
  "unit/agent/restore",
  "unit/agent/apply",
  "unit/agent/handover",
  "api/surroundings",
  "browser/monitor-pages",
  "browser/local-console",
  "unit/agent/copy",
  "unit/agent/receive",
  "unit/cli/commands",
  "program/primaries",
].map((name) => resolve(__dirname, `../${name}.test.ts`));

const gone = LONGEST.filter((path) => !existsSync(path));
if (gone.length > 0) throw new Error(`${__filename} names ${gone.join(", ")}: there is none`);

module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const rankOf = ({ path }) => (LONGEST.includes(path) ? LONGEST.indexOf(path) : LONGEST.length);
    // Stable: those that are not named stay in jest's own order.
    return sorted.sort((one, other) => rankOf(one) - rankOf(other));
  }
};
