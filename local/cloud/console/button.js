import { byId, make } from "./elements.js";

let refreshPage = async () => {};
/** What a button does when its call has been answered: the page says how it is read anew. */
export const afterEachCall = (refresh) => {
  refreshPage = refresh;
};

/**
 * A button that says what went wrong instead of failing in silence. Its key finds it again when its
 * place was made anew.
 */
export const button = (key, label, name, act) => {
  const element = make("button", label, {
    type: "button",
    "aria-label": `${label}: ${name}`,
    "data-key": key,
  });
  element.addEventListener("click", async () => {
    // Not `disabled`, which would take the focus away.
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true");
    byId("problem").textContent = "";
    try {
      await act();
      await refreshPage();
    } catch (error) {
      byId("problem").textContent = `${label} ${name}: ${error.message}`;
    }
    element.removeAttribute("aria-disabled");
  });
  return element;
};
