/* The counter, quicker by script: digits pick a matter, F2 reads the card, F4 ticks the papers, Ctrl+Enter submits. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (text) => { const live = one("#zw-live"); if (live) live.textContent = text; };

  /* choosing a matter */
  const ask = one("form[data-pick] input[name=q]");
  if (ask) {
    const fresh = () => (one("[data-found]")?.dataset.found ?? "") === ask.value.trim();
    const go = (number) => { one(`[data-number="${number}"]`)?.click(); };
    ask.addEventListener("keydown", (event) => {
      if (/^[1-9]$/.test(event.key) && !event.ctrlKey && !event.altKey && one(`[data-number="${event.key}"]`)) {
        event.preventDefault();
        go(event.key);
      } else if (event.key === "Enter" && fresh() && one('[data-number="1"]')) {
        event.preventDefault();
        go("1");
      }
    });
  }

  const form = one("form[data-entry]");
  if (!form) return;
  form.classList.add("counter-scripted");
  const token = one("input[name=csrfmiddlewaretoken]", form).value;

  /* how each material came */
  const showWay = (set) => { set.dataset.way = one("input[type=radio]:checked", set)?.value ?? ""; };
  const sets = all(".counter-papers fieldset", form);
  sets.forEach(showWay);
  form.addEventListener("change", (event) => {
    const set = event.target.closest(".counter-papers fieldset");
    if (!set) return;
    if (event.target.type === "file" && event.target.files.length) one('input[value="file"]', set).checked = true;
    showWay(set);
  });
  const tickAll = () => {
    let ticked = 0;
    for (const set of sets) {
      if (!("required" in set.dataset) || one("input[type=radio]:checked", set)) continue;
      one('input[value="paper"]', set).checked = true;
      showWay(set);
      ticked += 1;
    }
    say(`${ticked}份材料已记为看过纸质`);
    later();
  };
  one("[data-all-paper]", form)?.addEventListener("click", (event) => { event.preventDefault(); tickAll(); });

  /* fields that apply only sometimes */
  const answer = (name) => {
    const inputs = [...form.elements].filter((input) => input.name === name);
    const on = inputs.find((input) => (input.type === "radio" || input.type === "checkbox") && input.checked);
    if (on) return on.type === "checkbox" && on.value === "on" ? "true" : on.value;
    const first = inputs[0];
    if (!first || first.type === "radio") return "";
    return first.type === "checkbox" ? "false" : first.value;
  };
  const show = () => {
    for (const part of all("[data-show-when]", form)) {
      const hidden = answer(part.dataset.showWhen) !== part.dataset.showValue;
      part.hidden = hidden;
      for (const input of all("input,select,textarea", part)) input.disabled = hidden;
    }
  };
  form.addEventListener("change", show);
  show();

  /* the card: from the reader behind the server, or typed by a reader that is a keyboard */
  const number = form.elements["person-number"];
  const name = form.elements["person-name"];
  const fill = (card) => {
    number.value = card.number;
    name.value = card.name;
    if (card.address) form.elements["person-address"].value = card.address;
    say(`已读到${card.name}的证件`);
    later();
    (form.elements["person-phone"] || name).focus();
  };
  const button = one("[data-card]", form);
  const read = async () => {
    try {
      const answered = await fetch(button.dataset.card, { method: "POST", headers: { "X-CSRFToken": token } });
      const card = await answered.json();
      if (answered.ok) fill(card);
      else say(card.error);
    } catch {
      say("网络不通，没有读到证件，请直接输入。");
    }
  };
  if (button) { button.hidden = false; button.addEventListener("click", read); }
  const line = /^([\u3400-\u9fff·]{2,30})[\s|,;:，；：^~]*([1-9]\d{16}[\dXx])(?:[\s|,;:，；：^~].*)?$/;
  number?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    const typed = line.exec(number.value.trim());
    if (typed) fill({ name: typed[1], number: typed[2].toUpperCase() });
    else name.focus();
  });
  if (number && !number.value) number.focus();

  document.addEventListener("keydown", (event) => {
    if (event.key === "F2" && button) { event.preventDefault(); read(); }
    if (event.key === "F4" && !event.altKey && !event.ctrlKey) { event.preventDefault(); tickAll(); }
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); one("[data-main]", form).click(); }
  });

  /* camera */
  const dialog = one("#counter-camera");
  const view = one("[data-camera-view]", dialog);
  let target = null;
  const stop = () => { view.srcObject?.getTracks().forEach((track) => track.stop()); view.srcObject = null; };
  if (navigator.mediaDevices?.getUserMedia) {
    for (const start of all("[data-camera]", form)) {
      start.hidden = false;
      start.addEventListener("click", async () => {
        target = document.getElementById(start.dataset.camera);
        try {
          view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
          await view.play();
          dialog.showModal();
        } catch {
          say("摄像头不能用，请选择已有的照片或扫描件。");
          target.click();
        }
      });
    }
    dialog.addEventListener("close", stop);
    one("[data-camera-shoot]", dialog).addEventListener("click", () => {
      const canvas = document.createElement("canvas");
      canvas.width = view.videoWidth;
      canvas.height = view.videoHeight;
      canvas.getContext("2d").drawImage(view, 0, 0);
      canvas.toBlob((blob) => {
        const files = new DataTransfer();
        files.items.add(new File([blob], "现场拍照.jpg", { type: "image/jpeg" }));
        target.files = files.files;
        target.dispatchEvent(new Event("change", { bubbles: true }));
        dialog.close();
      }, "image/jpeg", 0.9);
    });
  }

  /* what is typed is kept by itself; files go with the next button */
  const said = one("[data-saved]", form);
  let waiting = 0;
  let sending = false;
  const save = async () => {
    waiting = 0;
    if (sending) { later(); return; }
    sending = true;
    const body = new FormData(form);
    for (const [key, value] of [...body.entries()]) if (value instanceof File) body.delete(key);
    body.set("go", "auto");
    try {
      const answered = await fetch(location.href, { method: "POST", body, redirect: "manual" });
      if (said) said.textContent = answered.status === 204 ? decodeURIComponent(answered.headers.get("X-Saved") ?? "") : "";
    } catch {
      if (said) said.textContent = "网络不通，填写的内容还在本页，没有丢失。";
    } finally {
      sending = false;
    }
  };
  function later() { clearTimeout(waiting); waiting = setTimeout(save, 1500); }
  form.addEventListener("input", later);
  form.addEventListener("submit", () => { clearTimeout(waiting); sending = true; });
})();
