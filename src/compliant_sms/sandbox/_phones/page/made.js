// Elements, times and words. Text gets into the page as text only, never as markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const at = (id) => document.getElementById(id);

// Brings a list to the wanted items: those that are as before stay, so that focus, open details
// and what a screen reader has read stay too.
export function bring(list, items) {
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const { key, value, show } of items) {
    const print = JSON.stringify(value);
    let child = before.get(key);
    before.delete(key);
    if (!child || child.dataset.print !== print) {
      const fresh = show(value);
      fresh.dataset.key = key;
      fresh.dataset.print = print;
      if (child) {
        keepOpen(child, fresh);
        if (child === place) place = fresh;
        replaceKeepingFocus(child, fresh);
      }
      child = fresh;
    }
    if (child === place) place = place.nextElementSibling;
    else keepingFocus(child, () => list.insertBefore(child, place));
  }
  for (const child of before.values()) child.remove();
}

function keepOpen(old, fresh) {
  const open = [...old.querySelectorAll("details")].map((each) => each.open);
  fresh.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? each.open; });
}

function replaceKeepingFocus(old, fresh) {
  const controls = "button, input, select, summary";
  const index = [...old.querySelectorAll(controls)].indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (index >= 0) fresh.querySelectorAll(controls)[index]?.focus();
}

// What is moved loses the focus.
function keepingFocus(child, move) {
  const focused = child.contains(document.activeElement) ? document.activeElement : null;
  move();
  focused?.focus();
}

let zone;
export const setZone = (name) => { zone = name || undefined; };
const format = (options) => (instant) =>
  new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }).format(new Date(instant));
export const time = format({ hour: "numeric", minute: "2-digit" });
export const day = format({ weekday: "long", month: "long", day: "numeric" });
export const moment = format({ weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
export const zoneName = (instant) =>
  new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "long" })
    .formatToParts(new Date(instant)).find((part) => part.type === "timeZoneName").value;

const brands = { twilio: "Twilio", telnyx: "Telnyx", vonage: "Vonage", bandwidth: "Bandwidth" };
export const brand = (provider) => brands[provider] ?? provider;
export const spoken = (code) => {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
export const dialled = (number) =>
  number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

// What just happened, for eyes and ears.
export function say(words, bad = false) {
  const said = at("said");
  said.replaceChildren(make("p", { class: bad ? "bad" : null }, words));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => said.replaceChildren(), 8000);
}

export async function ask(method, path, content) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (content !== undefined) options.body = JSON.stringify(content);
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    say("The sandbox cannot be reached. Is it still running?", true);
    return null;
  }
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  say(told.error ?? `The sandbox answered with ${answer.status}.`, true);
  return null;
}

// One at a time for each button, which can still be reached by the keyboard meanwhile.
export async function during(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return null;
  button.setAttribute("aria-disabled", "true");
  try {
    return await work();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}
