"""One table of a database as another one has it, in one transaction: the rest is not touched.

Run as the service's user, who may have written either: nothing that a database can say reaches
further than that user.
"""
import json, sqlite3, sys

spec = json.loads(sys.argv[1])


class Fault(Exception):
    """There is nothing that could be done."""


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def described(base, table):
    """Its own words and those of what hangs on it, or why that can't be had."""
    has = "select name from past.sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'"
    names = [name for (name,) in base.execute(has)]
    if table not in names:
        raise Fault(f"the backup has no table {table}; it has: {', '.join(sorted(names))}")
    (kind,) = base.execute(
        "select type from pragma_table_list where schema = 'past' and name = ?", (table,)
    ).fetchone()
    if kind != "table":
        raise Fault(f"it is a {kind} table, which lies in several: restore the whole item")
    return base.execute(
        "select type, sql from past.sqlite_master where tbl_name = ? and sql is not null"
        " order by type <> 'table', type <> 'index'",
        (table,),
    ).fetchall()


def columns(base, table):
    """Those that are stored; and the number of each row, where it has one that is in no column."""
    seen = base.execute(
        "select name, pk from pragma_table_xinfo(?, 'past') where hidden = 0", (table,)
    ).fetchall()
    names = [name for name, _ in seen]
    (bare,) = base.execute(
        "select wr from pragma_table_list where schema = 'past' and name = ?", (table,)
    ).fetchone()
    free = [
        name for name in ("rowid", "oid", "_rowid_") if name not in [one.lower() for one in names]
    ]
    return ([] if bare or not free else [free[0]]) + [quoted(name) for name in names]


def count_on(base, table):
    """Numbers that were given once are not given again."""
    for schema in ("past", "main"):
        if not base.execute(
            f"select 1 from {schema}.sqlite_master where name = 'sqlite_sequence'"
        ).fetchone():
            return
    base.execute("delete from main.sqlite_sequence where name = ?", (table,))
    base.execute(
        "insert into main.sqlite_sequence select * from past.sqlite_sequence where name = ?",
        (table,),
    )


def put(base, table):
    parts = described(base, table)
    names = ", ".join(columns(base, table))
    base.execute(f"drop table if exists main.{quoted(table)}")
    for kind, words in parts:
        base.execute(words)
        if kind == "table":
            base.execute(
                f"insert into main.{quoted(table)} ({names}) select {names} from past.{quoted(table)}"
            )
    count_on(base, table)
    (rows,) = base.execute(f"select count(*) from main.{quoted(table)}").fetchone()
    return rows, len(base.execute("pragma main.foreign_key_check").fetchall())


try:
    base = sqlite3.connect(spec["database"], isolation_level=None, timeout=20)
    base.execute("pragma foreign_keys = off")
    base.execute("attach database ? as past", (spec["copy"],))
    base.execute("begin immediate")
    rows, orphans = put(base, spec["table"])
    base.execute("commit")
    base.close()
except (Fault, sqlite3.Error) as error:
    sys.exit(str(error))
print(json.dumps({"rows": rows, "orphans": orphans}))
