// What the sandbox knows, kept up to date by server-sent events. After a break the browser names
// the last event that it has, and the sandbox tells all that changed since.

export function follow(changed, linked) {
  const known = new Map();
  const source = new EventSource("/sandbox/events");
  source.addEventListener("open", () => linked(known.size > 0));  // the first time nothing is drawn yet
  source.addEventListener("error", () => linked(false));
  source.addEventListener("message", (event) => {
    const { whole, changes } = JSON.parse(event.data);
    if (whole) known.clear();
    for (const { key, value, seen } of changes) {
      if (value === null) known.delete(key);
      else known.set(key, { ...value, seen });
    }
    changed(known);
    linked(true);
  });
  return known;
}

export const valuesOf = (known, kind) =>
  [...known].filter(([key]) => key.startsWith(`${kind}/`)).map(([, value]) => value)
    .sort((one, other) => one.seen - other.seen);

export const patientOf = (text) => (text.direction === "inbound" ? text.from : text.to);
