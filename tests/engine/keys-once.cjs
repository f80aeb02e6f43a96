"use strict";
// Required by each engine that a test file starts. Pulumi makes the key of a passphrase in a million
// rounds, a sixth of all that a start takes: the engine makes each key once, by the real function,
// and finds it then in the folder of SECOND_SERVER_TEST_KEYS, by all that it was made of.
const crypto = require("node:crypto");
const { existsSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const { pbkdf2 } = crypto;

/** Whole or not at all: several engines may look for it at once. */
const keep = (path, key) => {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, key);
  renameSync(draft, path);
};

crypto.pbkdf2 = (passphrase, salt, rounds, length, digest, done) => {
  const madeOf = JSON.stringify([passphrase, salt.toString("hex"), rounds, length, digest]);
  const name = crypto.createHash("sha256").update(madeOf).digest("hex");
  const path = join(process.env.SECOND_SERVER_TEST_KEYS, name);
  if (existsSync(path)) {
    setImmediate(done, null, readFileSync(path));
    return;
  }
  pbkdf2(passphrase, salt, rounds, length, digest, (error, key) => {
    if (!error) keep(path, key);
    done(error, key);
  });
};
