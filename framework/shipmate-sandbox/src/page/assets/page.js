// Keeps the page current: when the platform changed, fetch the panels and swap what differs.
"use strict";

const live = document.body.dataset.live;
const problem = document.getElementById("problem");

let refreshing = false;
let stale = false;

async function refresh() {
  if (refreshing) {
    stale = true;
    return;
  }
  refreshing = true;
  try {
    do {
      stale = false;
      const answer = await fetch(live + "/panels");
      if (answer.ok) swap(await answer.text());
    } while (stale);
  } catch {
    // The sandbox is gone; the event source reports and reconnects.
  } finally {
    refreshing = false;
  }
}

function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const panel of fresh.querySelectorAll("[data-panel]")) {
    const shown = document.querySelector(`[data-panel="${panel.dataset.panel}"]`);
    if (!shown || shown.innerHTML === panel.innerHTML) continue;
    const focused = shown.contains(document.activeElement) ? document.activeElement.id : "";
    const follows = "scroll" in shown.dataset && isAtEnd(shown);
    const place = shown.scrollTop;
    shown.replaceChildren(...panel.childNodes);
    shown.scrollTop = follows ? shown.scrollHeight : place;
    if (focused) refocus(focused, shown);
  }
}

// A pressed quick reply is gone after the swap: the next thing to do is to write.
function refocus(id, panel) {
  const target = document.getElementById(id) ?? document.querySelector("[data-enter]");
  if (target) target.focus({ preventScroll: true });
  else panel.focus({ preventScroll: true });
}

function isAtEnd(panel) {
  return panel.scrollHeight - panel.scrollTop - panel.clientHeight < 40;
}

function tell(text) {
  problem.textContent = text;
  problem.hidden = text === "";
}

async function submitQuietly(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const cleared = submitter?.formNoValidate ? null : form.elements[form.dataset.clear];
  const written = cleared?.value;
  // Cleared at once, so that the next message can be typed while this one is on its way.
  if (cleared) setText(cleared, "");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Quiet": "1" } });
    tell(answer.ok ? "" : await answer.text());
    if (!answer.ok && cleared && cleared.value === "") setText(cleared, written);
  } catch {
    tell("The sandbox does not answer.");
    if (cleared && cleared.value === "") setText(cleared, written);
  }
  refresh();
}

function setText(box, text) {
  box.value = text;
  fit(box);
}

function fit(box) {
  if (!("enter" in box.dataset)) return;
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight, 140) + "px";
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("quiet" in form.dataset)) return;
  event.preventDefault();
  submitQuietly(form, event.submitter);
});

document.addEventListener("keydown", (event) => {
  const box = event.target;
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (!sends || !box.dataset || !("enter" in box.dataset)) return;
  event.preventDefault();
  box.form.requestSubmit();
});

document.addEventListener("input", (event) => fit(event.target));

for (const panel of document.querySelectorAll("[data-scroll]")) panel.scrollTop = panel.scrollHeight;

const source = new EventSource(live + "/events");
source.addEventListener("changed", refresh);
source.addEventListener("open", () => {
  document.body.dataset.connected = "";
  tell("");
});
source.addEventListener("error", () => {
  delete document.body.dataset.connected;
  tell("Not connected to the sandbox. Trying again.");
});
