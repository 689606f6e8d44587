// Small help for pages that work without it: copy buttons, parts that follow what happens, trying things while a form
// stays as it is, and the set-up token, which stands after the # so that no server or proxy ever sees it in an address.
"use strict";

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      const before = copy.innerHTML;
      copy.textContent = "Copied";
      setTimeout(() => { copy.innerHTML = before; }, 1500);
    });
  }
  const sure = event.target.closest("[data-sure]");
  if (sure && !confirm(sure.dataset.sure)) event.preventDefault();
});

// A button that only tries something: its answer comes into the page, and nothing that was typed is lost.
const under = new WeakMap();
async function into(form, button) {
  const place = document.querySelector(button.dataset.into);
  const last = under.get(place);
  if (last) last.abort();
  const now = new AbortController();
  under.set(place, now);
  place.setAttribute("aria-busy", "true");
  const fields = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "x-part": "1" }, signal: now.signal });
    // Not signed in any longer, for example.
    if (answer.redirected || !answer.headers.get("content-type")?.startsWith("text/html")) location.reload();
    else place.innerHTML = await answer.text();
    place.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") {
      place.textContent = "The server does not answer. Try again.";
      place.removeAttribute("aria-busy");
    }
  }
}
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.into) return;
  event.preventDefault();
  into(event.target, button);
});

// Settings are tried while they are typed.
for (const form of document.querySelectorAll("form[data-tries]")) {
  const button = form.querySelector("button[data-into]");
  let waiting;
  if (button) {
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => into(form, button), 400); };
    form.addEventListener("input", soon);
    soon();
  }
}

for (const form of document.querySelectorAll("form[data-fragment]")) {
  const field = form.elements[form.dataset.fragment];
  if (field && !field.value) field.value = location.hash.slice(1);
}

for (const live of document.querySelectorAll("[data-live]")) {
  const changes = new EventSource(live.dataset.live);
  changes.addEventListener("changed", async () => {
    const answer = await fetch(live.dataset.part, { headers: { accept: "text/html" } });
    if (answer.ok && !answer.redirected && !live.contains(document.activeElement)) live.innerHTML = await answer.text();
  });
}
