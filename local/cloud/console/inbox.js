import { make, moment, nothing } from "./elements.js";
import { show } from "./show.js";

export const showInbox = (mails) =>
  show(
    "inbox",
    mails.map(({ id }) => id),
    () =>
      mails.length === 0
        ? nothing("none")
        : mails
            .slice(-50)
            .reverse()
            .map((mail) =>
              make("details", undefined, {}, [
                make("summary", mail.subject || "(no subject)", { "data-key": `mail-${mail.id}` }, [
                  make("span", undefined, {}, [
                    moment(mail.date),
                    ` ${mail.from} → ${mail.to.join(", ")}`,
                  ]),
                ]),
                make("pre", mail.text || "(no text part)"),
              ]),
            ),
  );
