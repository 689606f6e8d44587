// Small help for pages that work without it: copy buttons, the part that follows what happens, and the set-up token,
// which stands after the # so that no server or proxy ever sees it in an address.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  navigator.clipboard.writeText(button.dataset.copy).then(() => {
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 1500);
  });
});

for (const form of document.querySelectorAll("form[data-fragment]")) {
  const field = form.elements[form.dataset.fragment];
  if (field && !field.value) field.value = location.hash.slice(1);
}

const live = document.querySelector("[data-live]");
if (live) {
  const changes = new EventSource(live.dataset.live);
  changes.addEventListener("changed", async () => {
    const answer = await fetch("/admin/part", { headers: { accept: "text/html" } });
    if (answer.ok && !live.contains(document.activeElement)) live.innerHTML = await answer.text();
  });
}
