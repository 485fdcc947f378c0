// The carrier's side: faults and accounts.

import { ask, at, bring, brand, dialled, during, make, say } from "./made.js";

const REQUESTS = [
  ["delay", "Slow", "taken, answered late"],
  ["rate_limited", "429", "too many, not taken"],
  ["status", "503", "down, not taken"],
  ["hang", "Hangs", "taken, no answer"],
  ["accept_then_drop", "Breaks off", "taken, line drops"],
  ["stop_before_accept", "STOP first", "just before the text"],
  ["stop_before_answer", "STOP meanwhile", "before the answer"],
];
const CALLBACKS = [
  ["lost", "Lost", "it never arrives"],
  ["duplicate", "Twice", "it arrives twice"],
  ["reordered", "Out of order", "after the next one"],
];
const GROUPS = [["requests", REQUESTS], ["callbacks", CALLBACKS]];
const SECONDS = 5;

export function listen(carrier) {
  at("drain").addEventListener("click", (event) => during(event.currentTarget, async () => {
    if (await ask("POST", "/sandbox/drain", {})) say("Nothing is on its way any more.");
  }));
  at("mend").addEventListener("click", (event) => during(event.currentTarget, async () => {
    if (await ask("DELETE", "/sandbox/faults")) say("Nothing goes wrong any more.");
  }));
  for (const [id, kinds] of GROUPS) {
    at(id).addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) during(button, () => press(button.dataset.kind, "always" in button.dataset, kinds, carrier()));
    });
  }
}

async function press(kind, always, kinds, carrier) {
  if (!always) {
    const provider = at("whose").value;
    const fault = { kind, seconds: SECONDS, ...(provider ? { provider } : {}) };
    if (await ask("POST", "/sandbox/faults", fault)) say("The next one goes wrong.");
    return;
  }
  const rates = { ...carrier.rates };
  const on = rates[kind] === 1;
  for (const [each] of kinds) delete rates[each];
  if (!on) rates[kind] = 1;
  await ask("PUT", "/sandbox/fault-rates", { rates, seconds: SECONDS });
}

export function showCarrier(carrier) {
  for (const [id, kinds] of GROUPS) {
    bring(at(id), kinds.map(([kind, name, words]) => ({
      key: kind,
      value: { kind, name, words, waiting: carrier.waiting[kind] ?? 0, share: carrier.rates[kind] ?? 0 },
      show: showFault,
    })));
  }
  const providers = [{ provider: "" }, ...carrier.accounts];
  bring(at("whose"), providers.map(({ provider }) => ({
    key: provider, value: provider,
    show: () => make("option", { value: provider }, provider ? brand(provider) : "any provider"),
  })));
  bring(at("accounts"), carrier.accounts.map((account) => ({
    key: account.provider, value: account, show: showAccount,
  })));
  at("seed").textContent = carrier.seed;
}

function showFault({ kind, name, words, waiting, share }) {
  const id = `fault-${kind}`;
  return make("li", {},
    make("p", { id }, make("strong", {}, name), make("span", {}, words)),
    make("button", { type: "button", "data-kind": kind, "aria-describedby": id, "aria-label": `${name}: the next one` },
      waiting ? `Next ${waiting}` : "Next"),
    make("button", { type: "button", role: "switch", "aria-checked": String(share === 1), "data-kind": kind,
      "data-always": true, "aria-describedby": id, "aria-label": `${name}: always` },
      make("span", { class: "knob", "aria-hidden": "true" })));
}

function showAccount(account) {
  const out = account.opted_out.length;
  return make("li", {},
    make("h3", {}, brand(account.provider)),
    ...account.numbers.map((number) => make("p", {},
      make("span", { class: "digits" }, dialled(number.number)),
      make("small", {}, [number.answers_keywords ? "answers STOP and HELP" : "leaves STOP and HELP to you",
        number.inbound ? null : "no webhook"].filter(Boolean).join(", ")))),
    out ? make("p", {}, make("small", {}, `${out} opted out here`)) : null);
}
