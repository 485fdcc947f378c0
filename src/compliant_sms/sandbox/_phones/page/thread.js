// One patient's texts: at the left what is on the phone, at the right what the practice has on
// record about it. A text that was held or blocked stands at the right alone.

import { bring, brand, day, make, moment, spoken, time } from "./made.js";
import { patientOf, valuesOf } from "./feed.js";

const DELIVERY = {
  queued: "On its way", sent: "Sent", delivered: "Delivered",
  undelivered: "Not delivered", failed: "Not sent",
};
const STATES = {
  due: ["waits", "Waits for dispatch"], held: ["held", "Held"], claimed: ["waits", "Being sent"],
  sent: ["allowed", "Sent"], delivered: ["allowed", "Delivered"],
  undelivered: ["blocked", "Not delivered"], failed: ["blocked", "Refused by the provider"],
  blocked: ["blocked", "Blocked"], uncertain: ["held", "Uncertain"], cancelled: ["waits", "Called back"],
};
const ABSENT = {
  held: "Not on this phone: the text is held.",
  blocked: "Not on this phone: the text was blocked.",
  cancelled: "Not on this phone: the text was called back.",
  failed: "Not on this phone: the provider refused it.",
  uncertain: "Nobody has told whether it arrived.",
};

const idOf = (provider, id) => `${provider}/${id}`;
const second = (row) => Math.floor(Date.parse(row.when) / 1000);

// The rows of every phone, by its number.
export function allRows(known) {
  const records = valuesOf(known, "record");
  const sent = new Map(records.map((each) => [idOf(each.provider, each.provider_id), each]));
  const heard = new Map(valuesOf(known, "heard").map((each) => [idOf(each.provider, each.provider_id), each]));
  const rows = new Map();
  const add = (number, row) => rows.get(number)?.push(row) ?? rows.set(number, [row]);
  const arrived = new Set();
  for (const text of valuesOf(known, "text")) {
    const id = idOf(text.provider, text.sid);
    const record = sent.get(id);
    arrived.add(record);
    // A record's row stays the same when its text arrives, and keeps the focus.
    add(patientOf(text), { key: record?.id ?? text.sid, when: text.created_at, seen: text.seen, text, record, heard: heard.get(id) });
  }
  for (const record of records.filter((each) => !arrived.has(each))) {
    add(record.to, { key: record.id, when: record.created_at, seen: record.seen, record });
  }
  for (const own of rows.values()) own.sort((one, other) => second(one) - second(other) || one.seen - other.seen);
  return rows;
}

export function showRows(list, rows, hasPractice) {
  const items = [];
  let last = "";
  for (const row of rows) {
    const today = day(row.when);
    if (today !== last) items.push({ key: `day/${today}`, value: today, show: showDay });
    last = today;
    // What the server says of order is no part of what is seen.
    const { seen: _, ...value } = row;
    items.push({ key: row.key, value: { ...value, hasPractice, zoned: moment(row.when) }, show: showRow });
  }
  bring(list, items);
}

const showDay = (words) =>
  make("li", { class: "row" }, make("div", { class: "cell of-phone day" }, make("p", {}, words)));

function showRow({ text, record, heard, hasPractice }) {
  return make("li", { class: "row" },
    make("div", { class: "cell of-phone" }, text ? bubble(text) : absent(record)),
    make("div", { class: "cell of-record" }, beside(text, record, heard, hasPractice)));
}

function bubble(text) {
  const mine = text.author === "patient";
  const bad = text.status === "undelivered" || text.status === "failed";
  const facts = mine
    ? [time(text.created_at), toldWords(text)]
    : [DELIVERY[text.status] + (text.error_code === null ? "" : ` (${text.error_code})`),
       time(text.sent_at ?? text.created_at), brand(text.provider),
       text.segments > 1 ? `${text.segments} parts` : null];
  const author = mine ? "The patient wrote:" : text.author === "carrier" ? "The carrier answered:" : "The practice wrote:";
  return make("div", { class: `said-by ${text.author}` },
    make("p", { class: `bubble${bad ? " bad" : ""}`, dir: "auto" },
      make("span", { class: "unseen" }, `${author} `), text.body),
    ...text.media_urls.map((url) => make("p", { class: "facts" }, `Picture: ${url}`)),
    make("p", { class: `facts${bad ? " bad" : ""}` }, facts.filter(Boolean).join(" · ")));
}

function toldWords(text) {
  if (text.answered_by === "carrier") return "answered by the carrier";
  if (text.webhook_status === null) return "no webhook";
  if (text.webhook_status === 0) return "the webhook has not heard of it";
  return text.webhook_status < 300 ? "the practice has it" : `the webhook answered ${text.webhook_status}`;
}

const absent = (record) =>
  make("p", { class: "absent" }, ABSENT[record.state] ?? "Not on this phone yet.");

function beside(text, record, heard, hasPractice) {
  if (record) return card(record, !text);
  if (heard) return reading(heard);
  if (!hasPractice) return null;
  const words = text.author === "carrier" ? "Answered by the carrier itself"
    : text.author === "patient" ? "The practice has not heard of it" : "Not among this practice's records";
  return make("p", { class: "aside" }, words);
}

const INTENTS = {
  emergency: "an emergency", opt_out: "a wish to stop", opt_in: "a wish to get texts", help: "a call for HELP",
  confirm: "a confirmation", cancel_appointment: "calling off a visit", reschedule: "a wish for another time",
  appointment_request: "a wish for a visit", billing: "a question about a bill",
  clinical_question: "a question about care", prescription: "a question about a prescription",
  provider_inquiry: "a question about the practice", wrong_number: "a wrong number",
  greeting_or_thanks: "a greeting or thanks",
};

// How the practice read what a patient wrote.
function reading(heard) {
  return make("article", { class: `card ${heard.intent === "opt_out" ? "stop" : "waits"}` },
    make("h3", {}, make("strong", {}, heard.intent in INTENTS ? `Read as ${INTENTS[heard.intent]}` : "Kept")),
    heard.unsure ? make("p", { class: "purpose" }, "A person must see whether they want texts to stop") : null,
    heard.needs_person && !heard.unsure ? make("p", { class: "purpose" }, "A person must read it") : null,
    heard.rule ? make("p", { class: "source" }, make("code", {}, heard.rule)) : null);
}

function card(record, alone) {
  const decision = record.decisions.at(-1);
  const [kind, words] = STATES[record.state] ?? ["waits", spoken(record.state)];
  const until = record.state === "held" ? ` until ${moment(record.not_before)}` : "";
  const reasons = decision ? decision.findings.filter((finding) => finding.verdict !== "allow") : [];
  const shown = record.state === "held" || record.state === "blocked" ? reasons : [];
  return make("article", { class: `card ${kind}` },
    make("h3", {}, make("strong", {}, words), until),
    make("p", { class: "purpose" }, spoken(record.purpose)),
    alone ? make("blockquote", { dir: "auto" }, record.body) : null,
    record.problem ? make("p", { class: "problem" }, record.problem) : null,
    shown.length ? make("ul", { class: "reasons" }, ...shown.map(reason)) : null,
    behind(record, shown));
}

function reason(finding) {
  return make("li", {},
    make("p", {}, finding.words),
    finding.remedy ? make("p", { class: "remedy" }, finding.remedy) : null,
    make("p", { class: "source" }, make("code", {}, finding.rule), ` ${finding.citation}`));
}

// Each decision with all that was said about it, behind one line.
function behind(record, shown) {
  const decisions = record.decisions.filter((decision, index) => index < record.decisions.length - 1
    || !shown.length || decision.findings.length > shown.length);
  if (!decisions.length) return null;
  const last = decisions.at(-1);
  const rules = last.findings.length;
  const title = record.decisions.length > 1 ? `Decided ${record.decisions.length} times`
    : rules ? `What ${rules} ${rules === 1 ? "rule" : "rules"} said` : "Allowed: no rule had an objection";
  return make("details", {}, make("summary", {}, title), ...decisions.map(decided));
}

const VERDICTS = { allow: "Allowed", hold: "Held", block: "Blocked" };
const decided = (decision) => make("div", { class: "decided" },
  make("h4", {}, `${VERDICTS[decision.verdict]} ${moment(decision.at)}`),
  make("ul", { class: "reasons" }, ...decision.findings.map(reason)),
  make("p", { class: "source" }, `Rules: ${decision.editions.join(", ")}`));
