"""Says which of these databases SQLite does not find whole: {"path": "reason"}, as JSON.

They are copies that may be written to, in a place where nothing else lies.
"""
import json, os, sqlite3, sys
from urllib.parse import quote


def fault(path):
    # What is not in the log is not asked for: without one, the file alone is read.
    alone = not os.path.exists(path + "-wal")
    uri = f"file:{quote(os.fsencode(path))}?" + ("immutable=1" if alone else "mode=rw")
    base = sqlite3.connect(uri, uri=True)
    try:
        said = [line for (line,) in base.execute("pragma integrity_check(3)")]
    finally:
        base.close()
    return None if said == ["ok"] else "; ".join(said)


def main():
    faults = {}
    for path in json.loads(sys.stdin.read()):
        try:
            reason = fault(path)
        except sqlite3.Error as error:
            reason = str(error)
        if reason is not None:
            faults[path] = reason
    json.dump(faults, sys.stdout)


main()
