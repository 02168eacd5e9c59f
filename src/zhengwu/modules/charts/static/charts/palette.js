/* What can be put on the canvas: real buttons (keyboard, then the new element hangs on the selected one; or drag), and
   the small pad beside a selected element. Both know only elements that run here. */
(function () {
  "use strict";
  const own = window.zwCharts;
  const terminate = { eventDefinitionType: "bpmn:TerminateEventDefinition" };
  const entries = [
    { label: "环节", icon: "bpmn-icon-user-task", type: "bpmn:UserTask", name: "新环节" },
    { label: "会签环节", icon: "bpmn-icon-parallel-mi-marker", type: "bpmn:UserTask", name: "新会签", multi: true },
    { label: "排他网关", icon: "bpmn-icon-gateway-xor", type: "bpmn:ExclusiveGateway" },
    { label: "并行网关", icon: "bpmn-icon-gateway-parallel", type: "bpmn:ParallelGateway" },
    { label: "包容网关", icon: "bpmn-icon-gateway-or", type: "bpmn:InclusiveGateway" },
    { label: "子流程", icon: "bpmn-icon-subprocess-expanded", type: "bpmn:SubProcess", name: "新子流程", more: { isExpanded: true } },
    { label: "边界定时", icon: "bpmn-icon-intermediate-event-catch-timer", type: "bpmn:BoundaryEvent", name: "超时" },
    { label: "开始", icon: "bpmn-icon-start-event-none", type: "bpmn:StartEvent", name: "开始" },
    { label: "结束", icon: "bpmn-icon-end-event-none", type: "bpmn:EndEvent", name: "结束" },
    { label: "终止", icon: "bpmn-icon-end-event-terminate", type: "bpmn:EndEvent", name: "终止", more: terminate },
  ];

  function shapeOf(modeler, entry) {
    const bpmnFactory = modeler.get("bpmnFactory");
    const shape = modeler.get("elementFactory").createShape({ type: entry.type, ...(entry.more || {}) });
    if (entry.name) shape.businessObject.name = entry.name;
    if (entry.multi) {
      shape.businessObject.loopCharacteristics = bpmnFactory.create("bpmn:MultiInstanceLoopCharacteristics", {});
    }
    return shape;
  }
  function timer(modeler, host) {
    const factory = modeler.get("bpmnFactory");
    const shape = modeler.get("elementFactory").createShape({
      type: "bpmn:BoundaryEvent", eventDefinitionType: "bpmn:TimerEventDefinition" });
    shape.businessObject.name = "超时";
    const definition = shape.businessObject.eventDefinitions[0];
    definition.timeDuration = factory.create("bpmn:FormalExpression", { body: "zw:WORKING_DAY:5" });
    definition.timeDuration.$parent = definition;
    const at = { x: host.x + host.width * 0.75, y: host.y + host.height };
    return modeler.get("modeling").createShape(shape, at, host, { attach: true });
  }
  const isStep = (element) => /Task$|:SubProcess$|:CallActivity$/.test(element.type);
  const goesOn = (element) => /Task$|Process$|Activity$|Gateway$|:StartEvent$|:BoundaryEvent$/.test(element.type) && element.parent;

  /** Adds an element behind the selected one, else in the middle of what is seen; returns it, or a word why not. */
  function add(modeler, entry) {
    const [selected] = modeler.get("selection").get();
    if (entry.type === "bpmn:BoundaryEvent") {
      return selected && isStep(selected) ? timer(modeler, selected) : "请先选中一个环节，再加边界定时";
    }
    const shape = shapeOf(modeler, entry);
    if (selected && goesOn(selected) && entry.type !== "bpmn:StartEvent") {
      return modeler.get("autoPlace").append(selected, shape);
    }
    const canvas = modeler.get("canvas"), view = canvas.viewbox();
    const at = { x: view.x + view.width / 2, y: view.y + view.height / 2 };
    return modeler.get("modeling").createShape(shape, at, canvas.getRootElement());
  }

  function palette(bar, modeler, added, refused) {
    for (const entry of entries) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = entry.icon;
      button.setAttribute("aria-label", entry.label); // without the sign of the icon font
      button.append(entry.label);
      button.draggable = entry.type !== "bpmn:BoundaryEvent";
      button.addEventListener("click", () => {
        const made = add(modeler, entry);
        if (typeof made === "string") refused(made);
        else added(made);
      });
      button.addEventListener("dragstart", (event) => {
        event.preventDefault();
        modeler.get("create").start(event, shapeOf(modeler, entry));
      });
      bar.append(button);
    }
  }

  function Pad(contextPad, connect, modeling, injector) {
    this.connect = connect; this.modeling = modeling; this.injector = injector;
    contextPad.registerProvider(this);
  }
  Pad.$inject = ["contextPad", "connect", "modeling", "injector"];
  Pad.prototype.getContextPadEntries = function (element) {
    const pad = {}, modeler = { get: (name) => this.injector.get(name) };
    const append = (entry) => ({
      group: "model", className: entry.icon, title: `接${entry.label}`,
      action: { click: () => modeler.get("autoPlace").append(element, shapeOf(modeler, entry)) },
    });
    if (goesOn(element) && !element.labelTarget) {
      for (const index of [0, 2, 8]) pad[`append-${index}`] = append(entries[index]);
      pad.connect = { group: "connect", className: "bpmn-icon-connection-multi", title: "连线到…",
        action: { click: (event) => this.connect.start(event, element) } };
    }
    pad.delete = { group: "edit", className: "bpmn-icon-trash", title: "删除",
      action: { click: () => this.modeling.removeElements([element]) } };
    return pad;
  };

  own.palette = palette;
  own.modules = [{
    paletteProvider: ["value", {}], contextPadProvider: ["type", Pad], translate: ["value", own.translate],
  }];
})();
