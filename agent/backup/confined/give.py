"""Sends the items of one owner, as that owner and in a sandbox where a service's own are meant.

What a service can write may be anything: a link, a pipe, a database whose journal names somebody
else's file.

A database goes by SQLite's own backup API, consistent while the service writes; the copy is one
plain file, checked before it counts. Python's backup() waits for a held database without end,
unless its progress function objects. A folder goes again while files come, go or grow in it, so
that what belongs together is of one moment; one that never rests goes as it is found.
"""
import base64
import sqlite3
import time

child = subprocess.Popen(spec["to"], stdin=subprocess.PIPE) if "to" in spec else None
out = child.stdin if child else os.fdopen(1, "wb", closefd=False)
COPIES = 3


def say(head, body=b""):
    send(out, head, body)


def attributes(handle):
    try:
        names = [name for name in os.listxattr(handle) if name.startswith("user.")]
        return {name: base64.b64encode(os.getxattr(handle, name)).decode() for name in names}
    except OSError:
        return {}


class Copy:
    """One pass over an item, and what was seen on it."""

    def __init__(self):
        self.seen, self.known, self.vanished, self.left = [], {}, 0, []

    def note(self, path, seen):
        self.seen.append(
            (
                path,
                seen.st_ino,
                stat.S_IFMT(seen.st_mode),
                seen.st_size if stat.S_ISREG(seen.st_mode) else 0,
                seen.st_mtime_ns,
            )
        )
        if len(self.seen) > LIMITS["files"]:
            raise Fault(f"it has more than {LIMITS['files']} files")

    def pieces(self, handle, size):
        at = 0
        while at < size:
            try:
                at = os.lseek(handle, at, os.SEEK_DATA)
            except OSError:
                return size
            end = min(os.lseek(handle, at, os.SEEK_HOLE), size)
            while at < end:
                piece = os.pread(handle, min(PIECE, end - at), at)
                if not piece:
                    return at
                say({"at": at}, piece)
                at += len(piece)
        return size

    def file(self, folder, name, path, at=None, mode=None):
        handle = os.open(name, os.O_RDONLY | FILE, dir_fd=folder)
        try:
            seen = os.fstat(handle)
            if not stat.S_ISREG(seen.st_mode):
                raise FileNotFoundError
            self.note(path, seen)
            key = (seen.st_dev, seen.st_ino)
            if seen.st_nlink > 1 and key in self.known:
                return say({"h": path, "to": self.known[key]})
            self.known[key] = path
            say(
                {
                    "f": path,
                    "m": (mode or seen.st_mode) & 0o777,
                    "t": at or seen.st_mtime_ns,
                    "x": attributes(handle),
                }
            )
            say({"size": self.pieces(handle, seen.st_size)})
        finally:
            os.close(handle)

    def folder(self, above, name, path, depth=0):
        if depth > LIMITS["depth"]:
            raise Fault(f"it is more than {LIMITS['depth']} folders deep")
        handle = os.open(name, FOLDER, dir_fd=above)
        try:
            seen = os.fstat(handle)
            self.note(path, seen)
            say(
                {
                    "d": path,
                    "m": seen.st_mode & 0o777,
                    "t": seen.st_mtime_ns,
                    "x": attributes(handle),
                }
            )
            for entry in sorted(os.listdir(handle)):
                try:
                    self.entry(handle, entry, f"{path}/{entry}" if path else entry, depth)
                except FileNotFoundError:
                    self.vanished += 1
                except PermissionError:
                    raise Fault(f"{path}/{entry} can't be read by its service's own user")
        finally:
            os.close(handle)

    def entry(self, handle, name, path, depth):
        seen = os.stat(name, dir_fd=handle, follow_symlinks=False)
        if stat.S_ISDIR(seen.st_mode):
            self.folder(handle, name, path, depth + 1)
        elif stat.S_ISREG(seen.st_mode):
            self.file(handle, name, path)
        elif stat.S_ISLNK(seen.st_mode):
            self.note(path, seen)
            say({"l": path, "to": os.readlink(name, dir_fd=handle), "t": seen.st_mtime_ns})
        else:
            self.left.append(path)


def listing(above, name):
    """As a copy notes it, without sending."""
    found = []

    def walk(folder, name, path):
        try:
            seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return
        if stat.S_IFMT(seen.st_mode) not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
            return
        found.append(
            (
                path,
                seen.st_ino,
                stat.S_IFMT(seen.st_mode),
                seen.st_size if stat.S_ISREG(seen.st_mode) else 0,
                seen.st_mtime_ns,
            )
        )
        if stat.S_ISDIR(seen.st_mode) and len(found) <= LIMITS["files"]:
            try:
                handle = os.open(name, FOLDER, dir_fd=folder)
            except OSError:
                return
            for entry in sorted(os.listdir(handle)):
                walk(handle, entry, f"{path}/{entry}" if path else entry)
            os.close(handle)

    walk(above, name, "")
    return found


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
