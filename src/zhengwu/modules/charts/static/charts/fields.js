/* Controls of the properties panel. Every change is one command that can be undone. */
(function () {
  "use strict";
  const own = window.zwCharts;
  let serial = 0;

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }
  const button = (label, click, more = {}) =>
    make("button", { type: "button", class: "zw-button zw-button--small", ...more, on: { click } }, label);

  function field(label, control, hint) {
    const id = `charts-field-${++serial}`;
    control.id = id;
    const box = make("div", { class: "charts-field" }, make("label", { for: id }, label), control);
    if (hint) box.append(make("span", { class: "charts-hint" }, hint));
    return box;
  }
  function input(label, value, changed, more = {}) {
    const { hint, ...attributes } = more;
    const control = make("input", { type: "text", ...attributes, on: { change: () => changed(control.value.trim()) } });
    control.value = value || "";
    return field(label, control, hint);
  }
  function area(label, value, changed, more = {}) {
    const { hint, ...attributes } = more;
    const control = make("textarea", { rows: 3, spellcheck: "false", ...attributes, on: { change: () => changed(control.value.trim()) } });
    control.value = value || "";
    return field(label, control, hint);
  }
  /** ``choices``: code → words; a value that is none of them is kept and shown as it is. */
  function select(label, value, choices, changed, empty = "（未选）") {
    const all = { "": empty, ...choices };
    if (value && !(value in all)) all[value] = `${value}（无法识别）`;
    const control = make("select", { on: { change: () => changed(control.value) } },
      ...Object.entries(all).map(([code, words]) => make("option", { value: code, selected: code === (value || "") }, words)));
    return field(label, control);
  }
  function tick(label, on, changed) {
    const control = make("input", { type: "checkbox", on: { change: () => changed(control.checked) } });
    control.checked = on;
    return make("label", { class: "charts-tick" }, control, label);
  }

  /** Commands on one element of the modeler. */
  function commands(modeler, element) {
    const modeling = modeler.get("modeling"), factory = modeler.get("bpmnFactory");
    const bo = element.businessObject;
    const set = (properties) => modeling.updateProperties(element, properties);
    const expression = (body) => (body ? factory.create("bpmn:FormalExpression", { body }) : undefined);
    const values = () => (bo.extensionElements ? bo.extensionElements.get("values") : []);
    return {
      bo, set, modeling, factory, expression,
      inner: (part, properties) => modeling.updateModdleProperties(element, part, properties),
      parts: (type) => values().filter((part) => part.$type === type),
      /** Replaces our extension elements of one type by ``list`` of attributes. */
      setParts(type, list) {
        const made = list.map((attributes) => factory.create(type, attributes));
        const all = [...made, ...values().filter((part) => part.$type !== type)];
        if (!all.length) return set({ extensionElements: undefined });
        const holder = factory.create("bpmn:ExtensionElements", { values: all });
        all.forEach((part) => { part.$parent = holder; });
        holder.$parent = bo;
        return set({ extensionElements: holder });
      },
    };
  }
  Object.assign(own, { make, button, input, area, select, tick, commands });
})();
