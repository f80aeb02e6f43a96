import FRAMES from "./frames.py";
import GIVE_END from "./give.py";
import ITEM from "./item.py";
import READING from "./reading.py";
import ROOM from "./room.py";
import TAKE_END from "./take.py";
import UNPACK_END from "./unpack.py";

/** The two ends of a copy, each as the one text that `python3 -c` is given. */
export const GIVE = [FRAMES, READING, GIVE_END].join("\n\n");
export const TAKE = [FRAMES, ROOM, ITEM, TAKE_END].join("\n\n");
/** A tar instead of the giving end. */
export const UNPACK = [FRAMES, UNPACK_END].join("\n\n");
