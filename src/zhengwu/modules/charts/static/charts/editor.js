/* The chart editor: opens the draft, saves it (by itself four seconds after a change, and on the button), shows what the
   linter says. Without this script the page shows picture, findings and table, and takes files. */
(function () {
  "use strict";
  const own = window.zwCharts, root = document.querySelector("[data-charts-editor]");
  if (!root || !window.BpmnJS) return;
  const $ = (name) => root.querySelector(`[data-charts-${name}]`);
  const words = JSON.parse(root.dataset.words), state = $("state");
  let revision = Number(root.dataset.revision), dirty = false, saving = null, timer = 0, stopped = false, marked = [];

  const modeler = new window.BpmnJS({
    container: $("canvas"), additionalModules: own.modules, moddleExtensions: { zw: own.moddle },
    textRenderer: { defaultStyle: { fontFamily: "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif", fontSize: 13 } },
  });
  const panel = own.panel($("panel"), modeler, words);
  const registry = () => modeler.get("elementRegistry");
  const selected = () => modeler.get("selection").get()[0] || modeler.get("canvas").getRootElement();

  function say(text, bad) {
    state.textContent = text;
    state.toggleAttribute("data-bad", Boolean(bad));
  }
  function choose(element, focus) {
    if (!element.parent) modeler.get("selection").select(null);
    else {
      modeler.get("selection").select(element);
      modeler.get("canvas").scrollToElement(element, 80);
    }
    refresh();
    const name = root.querySelector("[data-charts-name]");
    if (focus && name) { name.focus(); name.select(); }
  }
  function refresh() {
    const element = selected().labelTarget || selected();
    const before = document.activeElement, inside = $("panel").contains(before);
    const place = inside ? [...$("panel").querySelectorAll("input,select,textarea,button")].indexOf(before) : -1;
    panel.show(element);
    if (place >= 0) {
      const again = $("panel").querySelectorAll("input,select,textarea,button")[place];
      if (again) again.focus();
    }
    outline(element);
  }
  function outline(current) {
    const rows = registry().filter((e) => e.parent && !e.labelTarget && own.names[e.type]);
    const place = (e) => (e.waypoints ? [1, e.waypoints[0].x, e.waypoints[0].y] : [0, e.x, e.y]);
    rows.sort((a, b) => place(a).map((v, i) => v - place(b)[i]).find((v) => v) || 0);
    $("outline").replaceChildren(...[modeler.get("canvas").getRootElement(), ...rows].map((e) => own.make("li", {},
      own.make("button", { type: "button", "aria-current": e === current ? "true" : false, on: { click: () => choose(e, true) } },
        own.label(e.businessObject)))));
  }
  function findings(list) {
    const canvas = modeler.get("canvas");
    marked.forEach((id) => registry().get(id) && canvas.removeMarker(id, "charts-fault"));
    marked = list.filter((f) => f.severity === "error" && registry().get(f.element)).map((f) => f.element);
    marked.forEach((id) => canvas.addMarker(id, "charts-fault"));
    if (!list.length) return $("findings").replaceChildren(own.make("p", { class: "charts-right" }, "● 没有发现问题，可以运行。"));
    return $("findings").replaceChildren(own.make("ul", {}, ...list.map((f) => own.make("li", {}, own.make("button", {
      type: "button", class: f.severity === "error" ? "charts-wrong" : "charts-odd",
      on: { click: () => registry().get(f.element) && choose(registry().get(f.element), true) },
    }, `${f.severity === "error" ? "■" : "▲"} ${f.message}`)))));
  }
  const cookie = (name) => (document.cookie.match(new RegExp(`(?:^|; )${name}=([^;]*)`)) || [])[1] || "";

  async function send() {
    dirty = false;
    say("正在保存…");
    const { xml } = await modeler.saveXML({ format: true });
    let answer;
    try {
      answer = await fetch(root.dataset.save, {
        method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
        body: JSON.stringify({ revision, xml }) });
    } catch (error) {
      dirty = true;
      later(15000);
      return say("没有连上服务器，稍后自动再试；您的图还在这一页上", true);
    }
    const told = await answer.json().catch(() => ({ message: `服务器答复 ${answer.status}，请重新登录后再保存` }));
    if (!answer.ok) {
      dirty = true;
      stopped = answer.status === 412 || answer.status === 409;
      if (stopped) keep(xml);
      return say(told.message, true);
    }
    revision = told.revision;
    findings(told.findings);
    const bad = told.findings.filter((f) => f.severity === "error").length;
    return say(`已保存修订 ${revision}，${bad ? `有 ${bad} 处须改正` : "可以运行"}`);
  }
  /** Somebody else saved: what was drawn here must not be lost. */
  function keep(xml) {
    const link = own.make("a", { class: "zw-button zw-button--small", download: "my-chart.bpmn",
      href: URL.createObjectURL(new Blob([xml], { type: "application/xml" })) }, "下载我的图");
    state.after(link);
  }
  function later(milliseconds = 4000) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, milliseconds);
  }
  async function save() {
    clearTimeout(timer);
    if (saving) await saving;
    saving = send().finally(() => { saving = null; });
    return saving;
  }
  /** The whole chart with some air around it. */
  function fit() {
    const canvas = modeler.get("canvas");
    canvas.zoom("fit-viewport", "auto");
    canvas.zoom(Math.min(canvas.zoom() * 0.94, 1.2), "auto");
  }
  /** The little man of the standard covers the name in our small boxes. */
  function plain(element) {
    if (/Task$/.test(element.type)) modeler.get("canvas").addMarker(element.id, "charts-step");
  }
  function wire() {
    const commands = modeler.get("commandStack");
    modeler.on("commandStack.changed", () => { dirty = true; say("有未保存的修改"); later(); refresh(); });
    modeler.on("selection.changed", refresh);
    $("save").addEventListener("click", save);
    $("undo").addEventListener("click", () => commands.canUndo() && commands.undo());
    $("redo").addEventListener("click", () => commands.canRedo() && commands.redo());
    $("fit").addEventListener("click", fit);
    modeler.on("shape.added", (event) => setTimeout(() => registry().get(event.element.id) && plain(event.element)));
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
    document.querySelectorAll("[data-charts-after-save]").forEach((link) => link.addEventListener("click", async (event) => {
      if (!dirty && !saving) return;
      event.preventDefault();
      await save();
      if (!dirty) location.assign(link.href);
    }));
    root.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); }
    });
  }
  async function open() {
    root.hidden = false;
    try {
      const answer = await fetch(root.dataset.file, { headers: { Accept: "application/bpmn+xml" } });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      await modeler.importXML(await answer.text());
    } catch (error) {
      root.hidden = true;
      const told = own.make("p", { class: "charts-wrong" }, `编辑器打不开这张图（${own.translate(error.message)}）。可以先“自动排图”，或者用其他工具改好后上传。`);
      return root.before(told);
    }
    root.classList.add("charts-editor--on");
    fit();
    registry().forEach(plain);
    const svg = $("canvas").querySelector("svg");
    if (svg) svg.setAttribute("aria-label", "画布：方向键移动选中的元素，Delete删除，Ctrl+Z撤销；全部元素也列在下面");
    own.palette($("palette"), modeler, (made) => choose(made, true), (why) => say(why, true));
    wire();
    refresh();
    findings(JSON.parse(root.dataset.findings));
    root.dataset.ready = "1";
    return undefined;
  }
  open();
})();
