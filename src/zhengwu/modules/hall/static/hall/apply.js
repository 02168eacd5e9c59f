/* Applying, made easier by script: fields that do not apply fold away, what is typed is saved by itself. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-apply]");
  if (!form) return;

  const answer = (name) => {
    const inputs = [...form.elements].filter((input) => input.name === name);
    const on = inputs.find((input) => (input.type === "radio" || input.type === "checkbox") && input.checked);
    if (on) return on.type === "checkbox" && on.value === "on" ? "true" : on.value;
    const first = inputs[0];
    if (!first || first.type === "radio") return "";
    return first.type === "checkbox" ? "false" : first.value;
  };
  const show = () => {
    for (const part of form.querySelectorAll("[data-show-when]")) {
      const hidden = answer(part.dataset.showWhen) !== part.dataset.showValue;
      part.hidden = hidden;
      for (const input of part.querySelectorAll("input,select,textarea")) input.disabled = hidden;
    }
  };
  form.addEventListener("change", show);
  show();

  const said = document.querySelector("[data-saved]");
  let waiting = 0;
  let sending = false;
  const save = async () => {
    waiting = 0;
    if (sending) return later();
    sending = true;
    const body = new FormData(form);
    body.set("go", "auto");
    try {
      const answered = await fetch(form.action || location.href, { method: "POST", body, redirect: "manual" });
      if (said) said.textContent = answered.status === 204 ? answered.headers.get("X-Saved") ? decodeURIComponent(answered.headers.get("X-Saved")) : "已自动保存" : "";
    } catch {
      if (said) said.textContent = "网络不通，填写的内容还在本页，没有丢失。";
    } finally {
      sending = false;
    }
    return undefined;
  };
  const later = () => { clearTimeout(waiting); waiting = setTimeout(save, 1500); };
  form.addEventListener("input", later);
  form.addEventListener("submit", () => clearTimeout(waiting));
})();
