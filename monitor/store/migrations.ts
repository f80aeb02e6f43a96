/**
 * Applied in order, each once; the count stands in PRAGMA user_version. Never edit one that has
 * been released: add another.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE check_name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE sample (check_id INTEGER NOT NULL, t INTEGER NOT NULL, result INTEGER NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (check_id, t)) WITHOUT ROWID;
   CREATE TABLE rollup (
     tier INTEGER NOT NULL, check_id INTEGER NOT NULL, t INTEGER NOT NULL, passes INTEGER NOT NULL, fails INTEGER NOT NULL, unknowns INTEGER NOT NULL,
     p50 INTEGER, p95 INTEGER, p99 INTEGER, max INTEGER, PRIMARY KEY (tier, check_id, t)) WITHOUT ROWID;
   CREATE TABLE check_state (name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE incident (id INTEGER PRIMARY KEY, check_name TEXT NOT NULL, opened INTEGER NOT NULL, closed INTEGER, json TEXT NOT NULL);
   CREATE INDEX incident_opened ON incident (opened);
   CREATE TABLE event (id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL);
   CREATE INDEX event_incident ON event (incident);
   CREATE TABLE outbox (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, sent INTEGER, attempts INTEGER NOT NULL, error TEXT, json TEXT NOT NULL);
   CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
  // By time: what is written together lies together. By check, each write touched a page for each
  // check.
  `CREATE TABLE sample_by_time (t INTEGER NOT NULL, check_id INTEGER NOT NULL, result INTEGER NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (t, check_id)) WITHOUT ROWID;
   INSERT INTO sample_by_time SELECT t, check_id, result, ms FROM sample ORDER BY t, check_id;
   DROP TABLE sample;
   ALTER TABLE sample_by_time RENAME TO sample`,
];
