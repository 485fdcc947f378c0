import { ask, at, bring, brand, day, dialled, during, make, say, setZone, spoken, time, zoneName } from "./made.js";
import { follow, patientOf, valuesOf } from "./feed.js";
import { allRows, showRows } from "./thread.js";
import { listen, showCarrier } from "./side.js";

let known = new Map();
let chosen = decodeURIComponent(location.hash.slice(1));
const read = new Map();  // how many rows of each phone somebody has looked at

const practice = () => known.get("practice") ?? { name: "", zone: "", moves: true };
const carrier = () => known.get("carrier") ?? { accounts: [], rates: {}, waiting: {}, outcomes: {} };

function phones() {
  const listed = valuesOf(known, "phone");
  const numbers = new Set(listed.map((phone) => phone.number));
  for (const text of valuesOf(known, "text")) {
    const number = patientOf(text);
    if (!numbers.has(number)) listed.push({ number, person: "", name: "" });
    numbers.add(number);
  }
  return listed;
}

const named = (phone) => phone.name || dialled(phone.number);

function draw() {
  const all = phones();
  if (!all.some((phone) => phone.number === chosen)) chosen = all[0]?.number ?? "";
  setZone(practice().zone);
  drawClock();
  const rows = allRows(known);
  drawPhone(all.find((phone) => phone.number === chosen), rows.get(chosen) ?? []);
  drawPhones(all, rows);
  showCarrier(carrier());
}

function drawClock() {
  const now = known.get("clock")?.at;
  if (!now) return;
  at("clock").dateTime = now;
  at("clock").textContent = `${day(now)}, ${time(now)}`;
  at("zone").textContent = zoneName(now);
  for (const button of document.querySelectorAll("[data-move]")) button.hidden = !practice().moves;
}

function drawPhones(all, rows) {
  read.set(chosen, rows.get(chosen)?.length ?? 0);
  bring(at("phones"), all.map((phone) => {
    const own = rows.get(phone.number) ?? [];
    const last = own.at(-1);
    const value = {
      phone,
      chosen: phone.number === chosen,
      fresh: own.length > (read.get(phone.number) ?? own.length),
      state: last?.record && !last.text ? last.record.state : "",
      words: last ? shortened((last.text ?? last.record).body) : "No texts yet",
    };
    if (!read.has(phone.number)) read.set(phone.number, own.length);
    return { key: phone.number, value, show: showPhone };
  }));
}

// Who writes is known here, and there is little room.
const shortened = (body) =>
  practice().name && body.startsWith(`${practice().name}: `) ? body.slice(practice().name.length + 2) : body;

function showPhone({ phone, chosen: current, fresh, state, words }) {
  const initial = (phone.name || "?").charAt(0).toUpperCase();
  const button = make("button", { type: "button", "aria-current": current ? "true" : null },
    make("span", { class: "initial", "aria-hidden": "true" }, initial),
    make("span", { class: "name" }, named(phone)),
    state === "held" || state === "blocked"
      ? make("span", { class: `badge ${state}` }, spoken(state))
      : fresh ? make("span", { class: "badge fresh" }, "New") : null,
    make("span", { class: "last" }, words));
  button.addEventListener("click", () => {
    history.replaceState(null, "", `#${encodeURIComponent(phone.number)}`);
    chosen = phone.number;
    draw();
    at("rows").scrollTop = at("rows").scrollHeight;
  });
  return make("li", {}, button);
}

function drawPhone(phone, rows) {
  const attached = practice().name !== "";
  at("who").textContent = phone ? `${named(phone)}${phone.name ? "'s phone" : ""}` : "No phone yet";
  at("number").textContent = phone ? dialled(phone.number) : "Add one, or send a text to any number.";
  at("rows").setAttribute("aria-label", phone ? `Texts with ${named(phone)}` : "Texts");
  at("reach").value = carrier().outcomes[chosen] ?? "delivered";
  at("record-head").textContent = attached ? practice().name : "On record";
  at("record-hint").textContent = attached ? "What was decided about each text, and why" : "";
  const knowsThem = attached && Boolean(phone?.person);
  at("compose").hidden = !knowsThem;
  at("unattached").hidden = attached;
  const log = at("rows");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  showRows(log.querySelector("ol"), rows, attached);
  if (atEnd) log.scrollTop = log.scrollHeight;
  drawRecipients(rows);
}

// Patients answer the number that wrote to them last, unless they choose another.
function drawRecipients(rows) {
  const numbers = carrier().accounts.flatMap((account) =>
    account.numbers.map((each) => ({ number: each.number, provider: account.provider })));
  bring(at("to"), numbers.map(({ number, provider }) => ({
    key: number, value: number,
    show: () => make("option", { value: number }, `${dialled(number)}, ${brand(provider)}`),
  })));
  const last = rows.findLast((row) => row.text && row.text.author !== "patient")?.text;
  const hint = `${chosen}/${last?.sid}`;
  if (last && at("to").dataset.hint !== hint) {
    at("to").value = last.from;
    at("to").dataset.hint = hint;
  }
}

async function reply(words) {
  if (!chosen || !words.trim()) return false;
  const answer = await ask("POST", "/sandbox/inbound", { from: chosen, to: at("to").value, body: words });
  if (answer?.webhook_status >= 300) say(`The webhook answered with ${answer.webhook_status}.`, true);
  return answer !== null;
}

at("quick").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) during(button, () => reply(button.textContent));
});

at("reply").addEventListener("submit", (event) => {
  event.preventDefault();
  during(event.submitter ?? event.target.querySelector(".write button"), async () => {
    if (await reply(at("words").value)) at("words").value = "";
  });
});

const SAID = {
  sent: "Sent.", held: "Held.", blocked: "Blocked.", queued: "Queued: it goes with the next dispatch.",
  failed: "The provider refused it.", uncertain: "Nobody knows whether it went out.", cancelled: "Called back.",
};
at("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  during(event.submitter ?? event.target.querySelector("button"), async () => {
    say("Sending.");
    const text = { to: chosen, purpose: at("purpose").value, body: at("body").value };
    const answer = await ask("POST", "/sandbox/texts", text);
    if (answer) say(SAID[answer.outcome] ?? spoken(answer.outcome));
    if (answer) at("body").value = "";
  });
});

// Enter sends, as on a phone; with Shift it begins a new line.
for (const form of [at("reply"), at("compose")]) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target.tagName !== "TEXTAREA") return;
    event.preventDefault();
    form.requestSubmit();
  });
}

at("add").addEventListener("submit", (event) => {
  event.preventDefault();
  during(event.submitter ?? event.target.querySelector("button"), async () => {
    const phone = { number: at("add-number").value.trim(), name: at("add-name").value.trim() };
    if (!(await ask("POST", "/sandbox/phones", phone))) return;
    chosen = phone.number;
    event.target.reset();
    say("The phone was added.");
  });
});

at("reach").addEventListener("change", () => {
  ask("PUT", `/sandbox/recipients/${encodeURIComponent(chosen)}`, { outcome: at("reach").value });
});

for (const button of document.querySelectorAll("[data-move]")) {
  button.addEventListener("click", () => during(button, async () => {
    const answer = await ask("POST", "/sandbox/time", { move: button.dataset.move });
    if (answer) say(answer.words);
  }));
}

async function loadPurposes() {
  const { purposes } = (await ask("GET", "/sandbox/purposes")) ?? { purposes: [] };
  const classes = [...new Set(purposes.map((purpose) => purpose.class))];
  at("purpose").replaceChildren(...classes.map((name) => make("optgroup", { label: spoken(name) },
    ...purposes.filter((purpose) => purpose.class === name).map(({ code }) =>
      make("option", { value: code, selected: code === "appointment_reminder" }, spoken(code))))));
}

listen(carrier);
loadPurposes();
known = follow(draw, (up) => {
  at("link").textContent = up ? "Live" : "Connecting";
  at("link").classList.toggle("up", up);
});
