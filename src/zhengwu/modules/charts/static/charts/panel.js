/* The properties panel: what a step, a line, a gateway or the whole chart is, in the words of the office. */
(function () {
  "use strict";
  const own = window.zwCharts;
  const { make, button, input, area, select, tick } = own;
  const ids = /^[A-Za-z_][\w.-]{0,99}$/;

  function panel(box, modeler, words) {
    const units = { ...words.units };
    for (let n = 1; n <= 9; n += 1) units[`branch:${n}`] = `${words.units.branch}（第${n}个）`;

    function show(element) {
      const on = own.commands(modeler, element), type = on.bo.$type;
      const parts = [make("h2", {}, own.names[type] || type.replace("bpmn:", "")), ...named(on, element)];
      if (/Process$/.test(type) && type !== "bpmn:SubProcess") parts.push(...whole(on));
      if (/Task$/.test(type)) parts.push(...step(on));
      if (type === "bpmn:SubProcess" || type === "bpmn:CallActivity") parts.push(...inner(on, type));
      if (type === "bpmn:SequenceFlow") parts.push(...line(on));
      if (type === "bpmn:BoundaryEvent") parts.push(...timer(on));
      if (/Task$|SubProcess$|Activity$|Gateway$|StartEvent$|BoundaryEvent$/.test(type)) parts.push(...onward(on, element));
      if (element.parent) parts.push(button("删除", () => on.modeling.removeElements([element]), { class: "zw-button zw-button--small zw-button--danger" }));
      box.replaceChildren(...parts);
    }
    function named(on, element) {
      const rename = (value) => {
        const taken = modeler.get("elementRegistry").get(value);
        if (!ids.test(value) || (taken && taken !== element)) return show(element);
        return on.set({ id: value });
      };
      const about = [input("名称", on.bo.name, (value) => on.set({ name: value || undefined }), { "data-charts-name": true, maxlength: 60 })];
      if (element.parent) about.push(input("编号", on.bo.id, rename, { maxlength: 100, spellcheck: "false", hint: "条件里用 steps.编号 引用" }));
      return about;
    }
    function whole(on) {
      return [input("条件可用的表单字段", on.bo.get("zw:form-fields"), (value) => on.set({ "zw:form-fields": value || undefined }),
        { hint: "字段名，用空格隔开" }),
      make("p", { class: "charts-hint" }, "选中图上的元素，在这里填写它的属性。")];
    }
    function step(on) {
      const bo = on.bo;
      return [
        select("环节类别", bo.get("zw:kind"), words.kinds, (value) => on.set({ "zw:kind": value || undefined })),
        select("办理单位", bo.get("zw:unit"), units, (value) => on.set({ "zw:unit": value || undefined })),
        select("办理岗位", bo.get("zw:role"), words.roles, (value) => on.set({ "zw:role": value || undefined })),
        ...limit(on), ...actions(on), ...several(on), ...suspends(on),
        input("表单", (on.parts("zw:Form")[0] || {}).key, (value) => on.setParts("zw:Form", value ? [{ key: value }] : []), { spellcheck: "false" }),
      ];
    }
    function limit(on) {
      const [now] = on.parts("zw:Limit");
      let n = (now && now.n) || "", unit = (now && now.unit) || "WORKING_DAY";
      const write = () => on.setParts("zw:Limit", n ? [{ n, unit }] : []);
      return [make("h3", {}, "时限"), make("div", { class: "charts-field--pair charts-field" },
        input("数量", n, (value) => { n = value; write(); }, { inputmode: "numeric", maxlength: 4 }),
        select("单位", unit, words.limits, (value) => { unit = value; if (n) write(); }, "—"))];
    }
    function actions(on) {
      const list = on.parts("zw:Action").map(({ code, label, opinion, danger }) => ({ code, label, opinion, danger }));
      const write = () => on.setParts("zw:Action", list);
      const rows = list.map((action, index) => make("fieldset", { class: "charts-action" },
        make("legend", {}, `操作 ${index + 1}`),
        select("代码", action.code, words.actions, (value) => {
          if (!action.label || action.label === words.actions[action.code]) action.label = words.actions[value];
          action.code = value || undefined;
          write();
        }),
        input("按钮文字", action.label, (value) => { action.label = value || undefined; write(); }, { maxlength: 20 }),
        tick("须写意见", action.opinion === "required", (yes) => { action.opinion = yes ? "required" : undefined; write(); }),
        tick("醒目提示（不利于申请人）", action.danger === "true", (yes) => { action.danger = yes ? "true" : undefined; write(); }),
        button("去掉这个操作", () => { list.splice(index, 1); write(); })));
      const unused = Object.keys(words.actions).find((code) => !list.some((action) => action.code === code));
      return [make("h3", {}, "可选的操作"), ...rows,
        button("增加操作", () => { list.push({ code: unused, label: words.actions[unused] }); write(); }, { "data-charts-add-action": true })];
    }
    function several(on) {
      const loop = on.bo.loopCharacteristics;
      const now = loop ? (loop.isSequential ? "sequential" : "parallel") : "";
      const write = (kind, body) => on.set({ loopCharacteristics: kind ? on.factory.create("bpmn:MultiInstanceLoopCharacteristics", {
        isSequential: kind === "sequential" || undefined, completionCondition: on.expression(body) }) : undefined });
      const body = loop && loop.completionCondition ? loop.completionCondition.body : "";
      const fields = [make("h3", {}, "会签"),
        select("方式", now, { parallel: "几人同时", sequential: "几人依次" }, (value) => write(value, body), "一人办理")];
      if (now) fields.push(input("提前结束的条件", body, (value) => write(now, value), { spellcheck: "false", hint: "例如 yes >= 2；空着就是全部办完" }));
      return fields;
    }
    function suspends(on) {
      const now = on.parts("zw:Suspends")[0] || {};
      let { reason, basis } = now;
      const write = () => on.setParts("zw:Suspends", reason || basis ? [{ reason, basis }] : []);
      return [make("h3", {}, "不计入时限"),
        input("事由", reason, (value) => { reason = value || undefined; write(); }, { hint: "例如听证、检验、检测", maxlength: 60 }),
        input("依据", basis, (value) => { basis = value || undefined; write(); }, { hint: "例如行政许可法第四十五条", maxlength: 100 })];
    }
    function inner(on, type) {
      const unit = select("办理单位", on.bo.get("zw:unit"), units, (value) => on.set({ "zw:unit": value || undefined }));
      if (type === "bpmn:SubProcess") return [unit];
      return [unit, input("调用的流程编号", on.bo.calledElement, (value) => on.set({ calledElement: value || undefined }), { spellcheck: "false" })];
    }
    function line(on) {
      const from = on.bo.sourceRef;
      if (!/ExclusiveGateway|InclusiveGateway/.test(from.$type)) {
        return [make("p", { class: "charts-hint" }, "条件只能写在排他网关或包容网关之后。")];
      }
      const gateway = modeler.get("elementRegistry").get(from.id);
      const body = on.bo.conditionExpression ? on.bo.conditionExpression.body : "";
      return [
        tick("默认流向（其他条件都不成立时走这里）", from.default === on.bo, (yes) => on.modeling.updateProperties(gateway, { default: yes ? on.bo : undefined })),
        area("条件", body, (value) => on.set({ conditionExpression: on.expression(value) }),
          { hint: "例如 outcome == \"accept\"、steps.review == \"pass\"、form.area > 100" }),
        ...offered(on, from)];
    }
    function offered(on, gateway) {
      const codes = new Map();
      for (const flow of gateway.incoming || []) {
        const values = (flow.sourceRef.extensionElements && flow.sourceRef.extensionElements.get("values")) || [];
        for (const part of values) if (part.$type === "zw:Action" && part.code) codes.set(part.code, part.label);
      }
      return [...codes].map(([code, label]) => button(`前一环节选了“${label}”`,
        () => on.set({ conditionExpression: on.expression(`outcome == "${code}"`), name: on.bo.name || label })));
    }
    function timer(on) {
      const [definition] = on.bo.eventDefinitions || [];
      if (!definition || definition.$type !== "bpmn:TimerEventDefinition") return [];
      const body = definition.timeDuration ? definition.timeDuration.body : "";
      const found = /^zw:([A-Z_]+):(\d{1,4})$/.exec(body || "");
      let n = found ? found[2] : "", unit = found ? found[1] : "WORKING_DAY";
      const write = () => on.inner(definition, { timeDuration: on.expression(n ? `zw:${unit}:${n}` : "") });
      return [make("h3", {}, "多久以后"), make("div", { class: "charts-field--pair charts-field" },
        input("数量", n, (value) => { n = value; write(); }, { inputmode: "numeric", maxlength: 4 }),
        select("单位", unit, words.limits, (value) => { unit = value; write(); }, "—")),
      found || !body ? null : make("p", { class: "charts-hint" }, `现在写的是 ${body}`),
      tick("中断这个环节", on.bo.cancelActivity !== false, (yes) => on.set({ cancelActivity: yes }))].filter(Boolean);
    }
    function onward(on, element) {
      const choices = {};
      modeler.get("elementRegistry").forEach((other) => {
        if (other !== element && other.parent === element.parent && /Task$|Process$|Activity$|Gateway$|EndEvent$/.test(other.type) && !other.labelTarget) {
          choices[other.id] = own.label(other.businessObject);
        }
      });
      const outgoing = (element.outgoing || []).map((flow) => make("li", {}, button(own.label(flow.businessObject), () => modeler.get("selection").select(flow))));
      return [make("h3", {}, "之后"), make("ul", { class: "zw-links" }, ...outgoing),
        select("再连到", "", choices, (value) => value && on.modeling.connect(element, modeler.get("elementRegistry").get(value), { type: "bpmn:SequenceFlow" }), "选一个元素…")];
    }
    return { show };
  }
  own.panel = panel;
})();
