"""Sends the items of one owner, as that owner and in a sandbox where a service's own are meant.

What a service can write may be anything: a link, a pipe, a database whose journal names somebody
else's file.

A database goes by SQLite's own backup API, consistent while the service writes; the copy is one
plain file, checked before it counts. Python's backup() waits for a held database without end,
unless its progress function objects. A folder goes again while files come, go or grow in it, so
that what belongs together is of one moment; one that never rests goes as it is found.
"""
import sqlite3
import time

child = subprocess.Popen(spec["to"], stdin=subprocess.PIPE) if "to" in spec else None
out = child.stdin if child else os.fdopen(1, "wb", closefd=False)
COPIES = 3


def say(head, body=b""):
    send(out, head, body)


def give_folder(above, name):
    for attempt in range(1, COPIES + 1):
        copy = Copy()
        copy.folder(above, name, "")
        rests = listing(above, name) == copy.seen and copy.vanished == 0
        if rests or attempt == COPIES:
            return {
                "left": copy.left[:5],
                "leftOut": len(copy.left),
                "vanished": copy.vanished,
                "restless": not rests,
            }
        say({"again": True})


def give_file(above, name):
    Copy().file(above, name, "")
    return {}


def give_database(above, name, held):
    for end in ("-wal", "-shm", "-journal"):
        try:
            if not stat.S_ISREG(os.stat(name + end, dir_fd=above, follow_symlinks=False).st_mode):
                raise Fault(f"its {end} is no file")
        except FileNotFoundError:
            pass
    # The copy's time is its source's, taken before: an unchanged database is the same file to rsync
    # and costs the watcher nothing, and one that changes meanwhile looks older than it is.
    seen = os.stat(name, dir_fd=above, follow_symlinks=False)
    at = seen.st_mtime_ns
    try:
        at = max(at, os.stat(name + "-wal", dir_fd=above, follow_symlinks=False).st_mtime_ns)
    except FileNotFoundError:
        pass
    scratch = os.environ["CACHE_DIRECTORY"]
    subprocess.run(["find", scratch, "-mindepth", "1", "-delete"], check=True)
    os.fchdir(above)
    until = time.monotonic() + held

    def progress(status, remaining, total):
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlite3.OperationalError(
                f"it was locked by its service for {held} s "
                "(locking_mode=exclusive, or one long transaction)"
            )

    try:
        source, copy = (
            sqlite3.connect(path, timeout=2) for path in (f"./{name}", f"{scratch}/copy.db")
        )
        source.backup(copy, progress=progress)
        source.close()
        copy.execute("pragma journal_mode = delete")
        answer = copy.execute("pragma quick_check").fetchone()[0]
        copy.close()
    except sqlite3.Error as error:
        raise Fault(f"SQLite: {error}")
    if answer != "ok":
        raise Fault(f"SQLite: {str(answer).splitlines()[0]}")
    folder = os.open(scratch, FOLDER)
    Copy().file(folder, "copy.db", "", at, seen.st_mode)
    os.close(folder)
    os.unlink(f"{scratch}/copy.db")
    return {}


def give(root, item):
    *parts, name = item["path"].split("/")
    try:
        above = way(root, parts)
    except FileNotFoundError:
        return {"absent": True}
    try:
        seen = os.stat(name, dir_fd=above, follow_symlinks=False)
        is_folder = item["kind"] == "directory"
        if not (stat.S_ISDIR if is_folder else stat.S_ISREG)(seen.st_mode):
            raise Fault(f"it is no {'folder' if is_folder else 'file'}")
        if is_folder:
            return give_folder(above, name)
        return (
            give_database(above, name, item["held"])
            if item["kind"] == "sqlite"
            else give_file(above, name)
        )
    except FileNotFoundError:
        return {"absent": True}
    finally:
        os.close(above)


root = os.open(spec["root"], FOLDER)
try:
    for index, item in enumerate(spec["items"]):
        say({"item": index})
        try:
            end = give(root, item)
        except (Fault, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            end = {"failed": reason(error)}
        say({"end": end})
        out.flush()
    out.close()
except BrokenPipeError:
    pass
sys.exit(child.wait() if child else 0)
