// Keeps the page current: when the platform changed, fetch the panels and change what differs.
"use strict";

const body = document.body;
const main = document.getElementById("main");
const problem = document.getElementById("problem");
const told = document.getElementById("told");
const filter = document.getElementById("filter");
const panes = [...document.querySelectorAll(".pane-switch")];

// Live updates

const PAUSE = 120;
let refreshing = false;
let stale = false;
let later = 0;

async function refresh() {
  stale = true;
  if (refreshing || document.hidden) return;
  refreshing = true;
  try {
    while (stale) {
      stale = false;
      const answer = await fetch(body.dataset.live + "/panels" + panelQuery());
      if (answer.ok) update(await answer.text());
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  } catch {
    // The sandbox is gone; the event source reports and reconnects.
  } finally {
    refreshing = false;
  }
  // Windows of a second close without a change that would tell of it.
  clearTimeout(later);
  later = setTimeout(refresh, 15000);
}

function changed() {
  refresh();
  clearTimeout(later);
  later = setTimeout(refresh, 1300);
}

function panelQuery() {
  const query = new URLSearchParams(location.search);
  if (main.dataset.pane === "journal") query.set("journal", "yes");
  const written = query.toString();
  return written && "?" + written;
}

function update(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const panel of fresh.querySelectorAll("[data-panel]")) {
    const shown = document.querySelector(`[data-panel="${panel.dataset.panel}"]`);
    if (!shown) continue;
    const focused = shown.contains(document.activeElement) && document.activeElement !== shown;
    morphChildren(shown, panel);
    stay(shown);
    // A pressed quick reply is gone: the next thing to do is to write.
    if (focused && document.activeElement === body) (main.querySelector("[data-enter]") ?? shown).focus({ preventScroll: true });
  }
  mark();
}

// A panel that shows its end goes on doing so, when it grows and when the window changes.
const following = new WeakSet();

function stay(panel) {
  if (following.has(panel)) panel.scrollTop = panel.scrollHeight;
}

function watch(panel) {
  following.add(panel);
  panel.addEventListener("scroll", () => {
    const left = panel.scrollHeight - panel.scrollTop - panel.clientHeight;
    if (left < 40) following.add(panel);
    else following.delete(panel);
  });
  new ResizeObserver(() => stay(panel)).observe(panel);
}

// Makes `shown` like `fresh` and leaves alone what is the same, so that focus, selection, opened
// details and half written texts survive.
function morphChildren(shown, fresh) {
  const keyed = new Map();
  for (const child of shown.children) if (child.id) keyed.set(child.id, child);
  let place = shown.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = wanted.id ? keyed.get(wanted.id) : isAlike(place, wanted) && !place.id ? place : null;
    if (!known) {
      shown.insertBefore(wanted, place);
      continue;
    }
    if (known === place) place = place.nextSibling;
    else shown.insertBefore(known, place);
    morph(known, wanted);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function isAlike(one, other) {
  return one && one.nodeType === other.nodeType && one.nodeName === other.nodeName;
}

function morph(shown, fresh) {
  if (shown.nodeType !== Node.ELEMENT_NODE) {
    if (shown.nodeValue !== fresh.nodeValue) shown.nodeValue = fresh.nodeValue;
    return;
  }
  if (shown.isEqualNode(fresh)) return;
  if (shown.nodeName === "SELECT") return morphSelect(shown, fresh);
  const untouched = "value" in shown && shown.value === shown.defaultValue && shown !== document.activeElement;
  for (const { name } of [...shown.attributes]) {
    if (!fresh.hasAttribute(name) && !isOurs(shown, name)) shown.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (shown.getAttribute(name) !== value && !isOurs(shown, name)) shown.setAttribute(name, value);
  }
  if (shown.nodeName === "INPUT") {
    if (untouched) shown.value = shown.defaultValue;
    return;
  }
  if (!("keep" in shown.dataset)) morphChildren(shown, fresh);
}

// What people opened or pointed at is theirs.
function isOurs(element, name) {
  return (name === "open" && element.nodeName === "DETAILS") || name === "data-related";
}

function morphSelect(shown, fresh) {
  if (shown === document.activeElement) return;
  shown.replaceChildren(...fresh.childNodes);
}

// Submitting without leaving the page

function tell(text) {
  problem.textContent = text;
  problem.hidden = text === "";
}

let fading = 0;
function say(text) {
  told.textContent = text;
  told.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => (told.hidden = true), 4000);
}

async function submitQuietly(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const cleared = clearedBy(form, submitter).map((box) => [box, box.value]);
  // Cleared at once, so that the next message can be typed while this one is on its way.
  for (const [box] of cleared) setText(box, "");
  const giveBack = () => {
    for (const [box, written] of cleared) if (box.value === "") setText(box, written);
  };
  try {
    const answer = await fetch(submitter?.getAttribute("formaction") ?? form.action, { method: "POST", body: fields, headers: { "X-Quiet": "1" } });
    tell(answer.ok ? "" : await answer.text());
    if (answer.ok) settle(form);
    else giveBack();
  } catch {
    tell("The sandbox does not answer.");
    giveBack();
  }
  refresh();
}

// A button says which boxes it empties; one that says nothing empties all, unless it sends none.
function clearedBy(form, submitter) {
  if (submitter?.formNoValidate) return [];
  const boxes = [...form.elements].filter((box) => "clear" in box.dataset);
  const named = submitter?.dataset.clears?.split(" ");
  if (submitter?.name === "act" && !named) return submitter.value === "say" ? boxes.filter((box) => box.name === "text") : [];
  return named ? boxes.filter((box) => named.includes(box.name)) : boxes;
}

// What was saved is no longer half written.
function settle(form) {
  for (const box of form.elements) {
    if (box.nodeName === "INPUT" && "saves" in box.dataset) box.defaultValue = box.value;
  }
  form.closest("details.popover")?.removeAttribute("open");
}

function setText(box, text) {
  box.value = text;
  fit(box);
}

function fit(box) {
  if (!box.dataset || !("enter" in box.dataset)) return;
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight, 140) + "px";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("quiet" in form.dataset)) return;
  event.preventDefault();
  submitQuietly(form, event.submitter);
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if ("saves" in box.dataset) box.form.requestSubmit(box.form.querySelector(".unseen"));
});

document.addEventListener("input", (event) => {
  fit(event.target);
  if (event.target === filter) narrow();
});

// Keys

function isWritable(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.nodeName);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const box = event.target;
  if (event.key === "Enter" && isWritable(box)) return enter(event, box);
  if (event.key === "Escape") return escape(box);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (box === filter && event.key === "ArrowDown") return moveFocus(event, 1);
  if (isWritable(box)) return;
  const does = {
    j: () => open(1),
    k: () => open(-1),
    n: startNew,
    "/": () => filter.focus(),
    ArrowDown: () => moveFocus(event, 1),
    ArrowUp: () => moveFocus(event, -1),
  }[event.key];
  if (!does) return;
  if (event.key.length === 1) event.preventDefault();
  does();
});

function enter(event, box) {
  if ("enter" in box.dataset && !event.shiftKey) {
    event.preventDefault();
    box.form.requestSubmit();
  } else if (box.nodeName === "TEXTAREA" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    box.form.requestSubmit(box.form.querySelector("[value=say].primary"));
  } else if (box.nodeName === "INPUT") {
    const own = box.closest("fieldset")?.querySelector("button");
    if (!own) return;
    event.preventDefault();
    box.form.requestSubmit(own);
  }
}

function escape(box) {
  tell("");
  document.querySelector("details.popover[open]")?.removeAttribute("open");
  drawer(false);
  if (isWritable(box)) (rows().find((row) => row.ariaCurrent === "page") ?? rows()[0] ?? main).focus();
}

function rows() {
  return [...document.querySelectorAll("a.conversation")];
}

// The conversation below or above the open one.
function open(step) {
  const all = rows();
  const at = all.findIndex((row) => row.ariaCurrent === "page");
  const target = at < 0 ? all[0] : all[at + step];
  if (!target) return;
  sessionStorage.setItem("by-keys", "yes");
  location.assign(target.href);
}

function moveFocus(event, step) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  if (at < 0 && event.target !== filter) return;
  event.preventDefault();
  if (at === 0 && step < 0) filter.focus();
  else all[at + step]?.focus();
}

function startNew() {
  const form = document.getElementById("new");
  drawer(true);
  form.open = true;
  document.getElementById("new-name").focus();
}

let typing = 0;
function narrow() {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const query = new URLSearchParams(location.search);
    query.delete("shown");
    if (filter.value.trim()) query.set("q", filter.value.trim());
    else query.delete("q");
    const written = query.toString();
    history.replaceState(null, "", location.pathname + (written && "?" + written) + location.hash);
    refresh();
  }, 150);
}

// Views

function drawer(isOpen) {
  const button = document.querySelector("[data-drawer]");
  button.ariaExpanded = String(isOpen);
  body.toggleAttribute("data-drawer-open", isOpen);
}

function show(pane) {
  main.dataset.pane = pane;
  for (const button of panes) button.ariaPressed = String(button.dataset.pane === pane);
  for (const panel of main.querySelectorAll("[data-scroll]")) {
    following.add(panel);
    stay(panel);
  }
}

document.addEventListener("click", (event) => {
  for (const popover of document.querySelectorAll("details.popover[open]")) {
    if (!popover.contains(event.target)) popover.open = false;
  }
  const pressed = event.target.closest("button, a, summary");
  if (!pressed) return;
  if ("drawer" in pressed.dataset) drawer(!("drawerOpen" in body.dataset));
  if (pressed.classList.contains("pane-switch")) {
    show(pressed.dataset.pane);
    history.replaceState(null, "", location.pathname + location.search + (pressed.dataset.pane === "journal" ? "#journal" : ""));
    refresh();
  }
  if ("copy" in pressed.dataset) copy(event, pressed);
});

async function copy(event, pressed) {
  event.preventDefault();
  try {
    const answer = await fetch(pressed.href);
    if (!answer.ok) return tell(await answer.text());
    const text = await answer.text();
    await write(text);
    pressed.closest("details")?.removeAttribute("open");
    say(`${pressed.dataset.copy} copied, ${text.split("\n").length - 1} lines.`);
  } catch {
    tell("The browser does not let the page copy; use the download beside it.");
  }
}

// Addresses other than localhost have no clipboard; a selected box can be copied all the same.
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "unseen";
    body.append(box);
    box.select();
    const copied = document.execCommand("copy");
    box.remove();
    if (!copied) throw new Error("not copied");
  }
}

// What caused what: pointing at one shows the others.
function relate(of) {
  for (const marked of document.querySelectorAll("[data-related]")) delete marked.dataset.related;
  if (!of) return;
  const messages = new Set();
  for (const other of document.querySelectorAll("[data-cause]")) {
    if (other.dataset.cause !== of) continue;
    other.dataset.related = "";
    for (const id of (other.dataset.messages ?? "").split(" ")) messages.add(id);
  }
  for (const shown of document.querySelectorAll("[data-message]")) {
    if (messages.has(shown.dataset.message)) shown.dataset.related = "";
  }
}
document.addEventListener("toggle", async (event) => {
  const opened = event.target;
  if (!opened.open || !("load" in opened.dataset)) return;
  const answer = await fetch(opened.dataset.load).catch(() => null);
  const into = opened.querySelector("[data-keep]");
  if (answer?.ok) into.innerHTML = await answer.text();
  else into.textContent = answer ? await answer.text() : "The sandbox does not answer.";
}, true);

let pointedAt = "";
function point(event) {
  pointedAt = event.target.closest?.("[data-cause]")?.dataset.cause ?? "";
  relate(pointedAt);
}
const mark = () => relate(pointedAt);
document.addEventListener("mouseover", point);
document.addEventListener("focusin", point);

// Start

for (const panel of main.querySelectorAll("[data-scroll]")) watch(panel);
if (panes.length > 0) {
  const narrowScreen = matchMedia("(max-width: 720px)").matches;
  const asked = panes.some((pane) => "#" + pane.dataset.pane === location.hash);
  show(asked ? location.hash.slice(1) : narrowScreen ? "consumer" : "timeline");
}
if (sessionStorage.getItem("by-keys")) {
  sessionStorage.removeItem("by-keys");
  rows().find((row) => row.ariaCurrent === "page")?.focus();
}
document.querySelector(".conversation[aria-current]")?.scrollIntoView({ block: "nearest" });

document.addEventListener("visibilitychange", () => stale && refresh());
const source = new EventSource(body.dataset.live + "/events");
source.addEventListener("changed", changed);
source.addEventListener("open", () => {
  body.dataset.connected = "";
  tell("");
});
source.addEventListener("error", () => {
  delete body.dataset.connected;
  tell("Not connected to the sandbox. Trying again.");
});
