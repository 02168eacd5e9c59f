"""The BPMN 2.0 elements that run here, those that are only drawn, and the names of both namespaces."""

from zhengwu.kernel.flow.chart import AND, CALL, END, OR, START, SUB, TASK, TIMER, XOR

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
LINE = "http://www.omg.org/spec/DD/20100524/DI"
ZW = "https://zhengwu.example/bpmn"
B, Z = f"{{{BPMN}}}", f"{{{ZW}}}"

RUNS = {
    "task": TASK,
    "userTask": TASK,
    "manualTask": TASK,
    "subProcess": SUB,
    "callActivity": CALL,
    "exclusiveGateway": XOR,
    "parallelGateway": AND,
    "inclusiveGateway": OR,
    "startEvent": START,
    "endEvent": END,
    "boundaryEvent": TIMER,
}
ONLY_DRAWN = frozenset(
    {
        "extensionElements",
        "laneSet",
        "textAnnotation",
        "association",
        "documentation",
        "incoming",
        "outgoing",
        "group",
        "multiInstanceLoopCharacteristics",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "ioSpecification",
        "property",
        "dataInputAssociation",
        "dataOutputAssociation",
    }
)
TOP = frozenset({"process", "collaboration", "category", "extension", "extensionElements", "documentation"})

# What people call the elements that we refuse; anything else is shown by its own name.
REFUSED_NAMES = {
    "scriptTask": "脚本任务",
    "serviceTask": "服务任务",
    "sendTask": "发送任务",
    "receiveTask": "接收任务",
    "businessRuleTask": "业务规则任务",
    "transaction": "事务子流程",
    "adHocSubProcess": "即兴子流程",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "eventBasedGateway": "事件网关",
    "complexGateway": "复杂网关",
    "standardLoopCharacteristics": "循环标记",
    "messageFlow": "消息流",
    "messageEventDefinition": "消息事件",
    "signalEventDefinition": "信号事件",
    "errorEventDefinition": "错误事件",
    "escalationEventDefinition": "升级事件",
    "conditionalEventDefinition": "条件事件",
    "linkEventDefinition": "链接事件",
    "cancelEventDefinition": "取消事件",
    "compensateEventDefinition": "补偿事件",
    "timerEventDefinition": "定时事件",
    "globalScriptTask": "全局脚本任务",
    "globalTask": "全局任务",
    "choreography": "编排图",
}
