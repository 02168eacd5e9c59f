/* Our namespace as bpmn-js knows it, and Chinese for the few words bpmn-js says itself. */
(function () {
  "use strict";
  const text = (name) => ({ name, isAttr: true, type: "String" });
  const element = (name, ...attributes) => ({ name, superClass: ["Element"], properties: attributes.map(text) });
  const moddle = {
    name: "Zhengwu", uri: "https://zhengwu.example/bpmn", prefix: "zw", xml: { tagAlias: "lowerCase" },
    types: [
      { name: "Step", extends: ["bpmn:Activity"], properties: ["kind", "unit", "role"].map(text) },
      { name: "Fields", extends: ["bpmn:Process"], properties: [text("form-fields")] },
      element("Action", "code", "label", "opinion", "danger"), element("Limit", "n", "unit"),
      element("Suspends", "reason", "basis"), element("Form", "key"),
    ],
  };
  const said = {
    "Canvas": "画布", "Append {type}": "添加{type}", "Remove": "删除", "Delete": "删除",
    "no diagram to display": "文件里没有排图", "Powered by bpmn.io": "由 bpmn.io 提供",
    "Open minimap": "打开缩略图", "Search in diagram": "在图中查找", "out of bounds release": "放在了画布外面",
    "element required": "缺少元素", "flow elements must be children of pools/participants": "元素须放在泳池里",
  };
  function translate(template, values) {
    const chinese = said[template] || template;
    return chinese.replace(/{([^}]+)}/g, (_, key) => (values && values[key]) || "");
  }
  const names = {
    "bpmn:Process": "流程", "bpmn:Task": "环节", "bpmn:UserTask": "环节", "bpmn:ManualTask": "环节",
    "bpmn:SubProcess": "子流程", "bpmn:CallActivity": "调用流程", "bpmn:ExclusiveGateway": "排他网关",
    "bpmn:ParallelGateway": "并行网关", "bpmn:InclusiveGateway": "包容网关", "bpmn:StartEvent": "开始",
    "bpmn:EndEvent": "结束", "bpmn:BoundaryEvent": "边界定时", "bpmn:SequenceFlow": "流程线",
    "bpmn:TextAnnotation": "注释", "bpmn:Lane": "泳道", "bpmn:Participant": "泳池", "bpmn:Collaboration": "协作",
  };
  /** What an element is called where it is listed. */
  function label(bo) {
    const kind = names[bo.$type] || bo.$type.replace("bpmn:", "");
    if (bo.$type === "bpmn:SequenceFlow") {
      const ends = [bo.sourceRef, bo.targetRef].map((n) => (n && (n.name || n.id)) || "？").join(" → ");
      return `${kind} · ${bo.name ? `${bo.name}（${ends}）` : ends}`;
    }
    return `${kind} · ${bo.name || bo.id}`;
  }
  window.zwCharts = { moddle, translate, names, label };
})();
