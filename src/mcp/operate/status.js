"use strict";
// Everything that comes from the server is put in as text, never as markup.
const at = (id) => document.getElementById(id);
const say = (id, text) => { at(id).textContent = text; };
const cell = (kind, text, name) => {
  const made = document.createElement(kind);
  made.textContent = text;
  if (name) made.className = name;
  if (kind === "th") made.scope = "row";
  return made;
};
const badge = (text, good) => {
  const made = cell("td", "");
  const inner = document.createElement("span");
  inner.className = "badge " + (good ? "good" : "bad");
  inner.textContent = text;
  made.append(inner);
  return made;
};
const time = (ms) => {
  if (ms === null || ms === undefined) return "–";
  if (ms >= 1000) return (ms / 1000).toFixed(ms >= 10000 ? 0 : 1) + " s";
  return ms.toFixed(ms >= 10 ? 0 : 1) + " ms";
};
const span = (seconds) => {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 s";
  const [unit, size] = units[first];
  const rest = units[first + 1];
  const more = rest && first < 2 ? Math.floor((seconds % size) / rest[1]) : 0;
  return Math.floor(seconds / size) + " " + unit + (more ? " " + more + " " + rest[0] : "");
};
const rows = (id, columns, list, row) => {
  const made = list.map((item) => {
    const line = document.createElement("tr");
    line.append(...row(item));
    return line;
  });
  if (made.length === 0) {
    const none = cell("td", "none", "empty");
    none.colSpan = columns;
    const line = document.createElement("tr");
    line.append(none);
    made.push(line);
  }
  at(id).replaceChildren(...made);
};
const database = (entry) => {
  const calls = entry.calls || {};
  const marks = [entry.default ? "default" : "", entry.read_only ? "read-only" : ""].filter(Boolean).join(", ");
  const key = cell("th", entry.key);
  if (marks) {
    const small = document.createElement("small");
    small.textContent = " " + marks;
    key.append(small);
  }
  return [
    key, badge(entry.state, entry.state === "up"),
    entry.problem ? cell("td", entry.problem, "problem") : cell("td", entry.version),
    cell("td", (calls.per_second ?? 0).toFixed(1), "number"), cell("td", time(calls.p50_ms), "number"),
    cell("td", time(calls.p95_ms), "number"), cell("td", String(calls.failed ?? 0), "number"),
  ];
};
const call = (entry) => [
  cell("th", entry.tool), cell("td", time(entry.milliseconds), "number"), cell("td", span(entry.seconds_ago), "number"),
  cell("td", entry.database ?? "–"), badge(entry.outcome, entry.outcome === "ok"),
];
const notice = (text) => {
  at("notice").hidden = !text;
  say("notice", text || "");
};
const show = (data) => {
  const calls = data.calls || {};
  say("version", data.version);
  say("status", data.status);
  at("status").className = "badge " + (data.status === "ready" ? "good" : "bad");
  say("uptime", "up " + span(data.uptime_seconds));
  say("rate", (calls.per_second ?? 0).toFixed(1));
  say("p50", time(calls.p50_ms));
  say("p95", time(calls.p95_ms));
  say("failures", String(calls.failed ?? 0));
  say("count", String(calls.count ?? 0));
  at("running").hidden = data.calls_in_flight === null;
  say("in-flight", String(data.calls_in_flight));
  say("sessions", String(data.sessions));
  rows("databases", 7, data.databases, database);
  rows("slowest", 5, (data.slowest || []).slice(0, 10), call);
  rows("failed", 5, data.failed || [], call);
  const configuration = data.configuration || {};
  notice(configuration.problem ? "The configuration file was not taken over: " + configuration.problem : "");
  say("configuration", configuration.last_reload ? "Configuration taken over at " + configuration.last_reload + "." : "");
};
const refresh = async () => {
  try {
    const answer = await fetch("status.json", { cache: "no-store" });
    if (!answer.ok) throw new Error("the server answered " + answer.status);
    show(await answer.json());
  } catch (error) {
    at("status").className = "badge bad";
    say("status", "no answer");
    notice("What you see is old: " + error.message);
  }
  setTimeout(refresh, 2000);
};
refresh();
