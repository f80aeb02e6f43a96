import { byId } from "./elements.js";

// A place is only made anew when its content changed; what was open stays open, and the focus goes
// to what stands for what had it.
const shown = new Map();
export const show = (id, facts, build) => {
  const text = JSON.stringify(facts);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const place = byId(id);
  const key = place.contains(document.activeElement)
    ? document.activeElement.dataset.key
    : undefined;
  const open = [...place.querySelectorAll("details[open] > summary")].map((one) => one.dataset.key);
  place.replaceChildren(...build());
  for (const summary of place.querySelectorAll("summary"))
    if (open.includes(summary.dataset.key)) summary.parentElement.setAttribute("open", "");
  if (key !== undefined)
    (
      place.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? place.querySelector("[data-key]")
    )?.focus();
};
