"""Takes what the other end sends, and writes it below one folder that nobody else writes to.

Each thing is made new and below a folder that this has made itself, by handle; what it may take of
the disk is counted while it comes. Modes are normalised: no rights of another user, and its owner
may always read.
"""
child = (
    subprocess.Popen(
        spec["from"],
        stdin=None if spec.get("reads") else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    if "from" in spec
    else None
)
stream = child.stdout if child else os.fdopen(0, "rb", closefd=False)


def late(signum, stack):
    raise Broken(f"it did not end within {spec['seconds']} s")


def read(count):
    data = stream.read(count)
    if len(data) != count:
        raise Broken("its copy ended early")
    return data


def frame():
    (length,) = struct.unpack(">I", read(4))
    try:
        head = json.loads(read(whole(length, 2, HEAD)))
    except (ValueError, RecursionError):
        raise Broken("what it sends is no copy")
    if type(head) is not dict:
        raise Broken("what it sends is no copy")
    return head, read(whole(head.get("n"), 0, PIECE))


def take(one):
    """One item to its end."""
    global item
    fault = None
    try:
        item = Item(root, one, room)
    except (Fault, OSError) as error:
        fault = reason(error)
    while True:
        head, body = frame()
        if "end" in head:
            end = head["end"] if type(head["end"]) is dict else {}
            if fault is None and "failed" not in end:
                item.finish()
            return {"failed": fault} if fault is not None else end
        # After a fault the rest of the item is read and left, so that the next one has its turn.
        if fault is None:
            try:
                item.put(head, body)
            except (Fault, OSError) as error:
                fault = reason(error)
                item.clear()


def outcome(end):
    known = {
        "left": list,
        "leftOut": int,
        "vanished": int,
        "restless": bool,
        "absent": bool,
        "failed": str,
    }
    return {
        key: (
            value[:300]
            if type(value) is str
            else [str(one)[:300] for one in value[:5]]
            if type(value) is list
            else value
        )
        for key, value in end.items()
        if key in known and type(value) is known[key]
    }


ends = []
item = None
signal.signal(signal.SIGALRM, late)
signal.alarm(spec["seconds"])
root = os.open(spec["root"], FOLDER)
try:
    room = Room(root)
    for index, one in enumerate(spec["items"]):
        head, _ = frame()
        if head.get("item") != index:
            raise Broken("what it sends is no copy")
        end = take(one)
        if "failed" in end and item is not None and item.begun:
            item.clear()
        ends.append(outcome(end))
        item = None
except (Broken, Fault, OSError) as error:
    signal.alarm(0)
    why = reason(error)
    if item is not None and item.begun:
        item.clear()
    ends += [{"failed": why, "broken": True} for _ in spec["items"][len(ends) :]]
signal.alarm(0)
if child:
    child.stdout.close()
    child.terminate() if any("broken" in end for end in ends) else None
    child.wait()
print(json.dumps(ends))
sys.exit(1 if any("failed" in end for end in ends) else 0)
