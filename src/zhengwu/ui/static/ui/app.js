/* Progressive enhancement only: every page works without this file. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (text) => { const live = one("#zw-live"); if (live) live.textContent = text; };

  const token = () => {
    const field = one("input[name=csrfmiddlewaretoken]");
    if (field) return field.value;
    const cookie = document.cookie.split("; ").find((c) => c.startsWith("csrftoken="));
    return cookie ? decodeURIComponent(cookie.slice(10)) : "";
  };

  /* htmx: CSRF header, errors shown instead of swallowed */
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status === 400 || status === 409 || status === 412 || status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:sendError", () => say("网络不通，没有提交成功，请稍后再试。"));
  document.addEventListener("htmx:responseError", () => say("没有提交成功，请刷新页面后再试。"));

  /* confirmation: <button data-confirm="将作废3份材料，不能恢复。" data-confirm-label="作废"> */
  const asked = new WeakSet();
  let pending = null;
  document.addEventListener("click", (event) => {
    const trigger = event.target.closest("[data-confirm]");
    const dialog = one("#zw-confirm");
    if (!trigger || !dialog || !dialog.showModal || asked.has(trigger)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pending = trigger;
    one("[data-confirm-text]", dialog).textContent = trigger.dataset.confirm;
    one("[data-confirm-yes]", dialog).textContent = trigger.dataset.confirmLabel || trigger.textContent.trim();
    dialog.showModal();
    one("[data-confirm-no]", dialog).focus();
  }, true);
  document.addEventListener("click", (event) => {
    const dialog = one("#zw-confirm");
    if (event.target.closest("[data-confirm-no]")) { dialog.close(); pending?.focus(); pending = null; }
    if (event.target.closest("[data-confirm-yes]") && pending) {
      const trigger = pending;
      pending = null;
      dialog.close();
      asked.add(trigger);
      trigger.click();
      asked.delete(trigger);
    }
  });

  /* dialogs, printing, copying, zoom */
  const LEVELS = ["zw-chart-view--z1", "zw-chart-view--z2", "zw-chart-view--z3", "zw-chart-view--z4"];
  const zoom = (figure, step) => {
    const view = one(".zw-chart-view", figure);
    if (!view) return;
    const at = Math.max(1, LEVELS.findIndex((name) => view.classList.contains(name)));
    view.classList.remove(...LEVELS);
    view.classList.add(LEVELS[Math.min(LEVELS.length - 1, Math.max(0, at + step))]);
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-open],[data-close],[data-print],[data-copy],[data-zoom]");
    if (!target) return;
    if (target.dataset.open) one(`#${CSS.escape(target.dataset.open)}`)?.showModal();
    else if ("close" in target.dataset) target.closest("dialog")?.close();
    else if ("print" in target.dataset) window.print();
    else if (target.dataset.zoom) zoom(target.closest("[data-chart]"), target.dataset.zoom === "in" ? 1 : -1);
    else if (target.dataset.copy !== undefined) {
      navigator.clipboard?.writeText(target.dataset.copy)
        .then(() => say("已复制"), () => say("浏览器不允许复制，请手动选中"));
    }
  });

  /* keys: / search, j k move, Enter opens (a link does that itself) */
  const rows = () => all("[data-todo] a[data-row]");
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(document.activeElement);
    const now = list.findIndex((row) => row.hasAttribute("aria-current"));
    const from = at >= 0 ? at : now >= 0 && step !== 0 ? now : -1;
    list[Math.min(list.length - 1, Math.max(0, from + step))].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input,textarea,select,[contenteditable],dialog[open]")) return;
    if (event.key === "/" || event.key === "、") {
      const search = one("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-todo] a[data-row]");
    if (!row || !row.hasAttribute("hx-get")) return;
    rows().forEach((other) => other.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
  });

  /* unsaved changes: <form data-guard> */
  let dirty = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) dirty = true; });
  document.addEventListener("submit", () => { dirty = false; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.closest("form[data-guard]")) dirty = false;
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  /* uploads: names, sizes, drop, progress */
  const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  const list = (input) => {
    const names = one("[data-upload-names]", input.closest("[data-upload]") || document);
    if (!names) return;
    names.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      for (const text of [file.name, size(file.size)]) {
        const part = document.createElement("span");
        part.textContent = text;
        item.append(part);
      }
      return item;
    }));
    names.hidden = !input.files.length;
  };
  document.addEventListener("change", (event) => { if (event.target.matches("[data-upload] input")) list(event.target); });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const box = event.target.closest?.("[data-upload]");
      if (!box) return;
      event.preventDefault();
      box.classList.toggle("zw-upload--over", kind === "dragover");
      if (kind === "drop") { const input = one("input[type=file]", box); input.files = event.dataTransfer.files; list(input); }
    });
  }
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = one("[data-upload-progress]", event.target);
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = Math.round((event.detail.loaded / event.detail.total) * 100);
  });

  /* a form is sent once */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || event.target.method === "get" || event.target.hasAttribute("hx-post")) return;
    setTimeout(() => { if (!event.defaultPrevented) button.disabled = true; });
  });
  window.addEventListener("pageshow", () => all("button[type=submit]:disabled").forEach((b) => { b.disabled = false; }));

  const prepare = (root) => {
    all("[data-print],[data-chart-zoom]", root).forEach((element) => { element.hidden = false; });
    for (const view of all(".zw-chart-view", root)) {
      const here = one(".zw-flow-current", view)?.getBoundingClientRect();
      const frame = view.getBoundingClientRect();
      if (here) view.scrollBy(here.left - frame.left - (frame.width - here.width) / 2, here.top - frame.top - (frame.height - here.height) / 2);
    }
    one("[data-focus]", root)?.focus();
  };
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  const side = one("[data-wide-open]");
  if (side && !window.matchMedia("(min-width: 56em)").matches) side.open = false;
  prepare(document);
})();
