"""Charts for tests: a few lines of helpers to write them, and random ones from a seed."""

from itertools import pairwise
from random import Random

OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zw="https://zhengwu.example/bpmn" '
    'targetNamespace="https://zhengwu.example/charts">'
)


def chart(body: str, key: str = "p", more: str = "", attributes: str = "") -> str:
    """A file with the main process ``key``; ``more`` stands beside it."""
    head = f'<process id="{key}" name="试验流程" isExecutable="true" {attributes}>'
    return f"{OPEN}{head}{body}</process>{more}</definitions>"


def task(own: str, *actions: str, inner: str = "", extra: str = "", attributes: str = "") -> str:
    """A task of the owner's officer with these action codes."""
    words = "".join(f'<zw:action code="{a}" label="{a}"/>' for a in actions or ("done",))
    return (
        f'<userTask id="{own}" name="环节{own}" zw:kind="review" zw:unit="owner" zw:role="officer" {attributes}>'
        f"<extensionElements>{words}{extra}</extensionElements>{inner}</userTask>"
    )


def flow(own: str, source: str, target: str, condition: str = "") -> str:
    text = condition.replace("&", "&amp;").replace("<", "&lt;")
    inner = f"<conditionExpression>{text}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{own}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def line(*nodes: str) -> str:
    """Flows ``a>b`` between neighbours."""
    return "".join(flow(f"{a}.{b}", a, b) for a, b in pairwise(nodes))


START, END = '<startEvent id="s" name="开始"/>', '<endEvent id="e" name="结束"/>'
MULTI = (
    '<multiInstanceLoopCharacteristics isSequential="{seq}"><loopDataInputRef>who</loopDataInputRef>'
    '<loopDataOutputRef>answers_{own}</loopDataOutputRef><inputDataItem id="person_{own}"/>'
    '<outputDataItem id="answer_{own}"/></multiInstanceLoopCharacteristics>'
)


class Grower:
    """Grows one random block-structured chart: sequences, all gateways, loops, sub-processes, calls,
    signing, timers.

    ``joins_in_loops=False`` keeps joins out of loops: SpiffWorkflow 3.2 takes an arrival of an earlier
    round for one of this round (its parallel join looks at all instances that are not ancestors), so it
    is no judge there.
    """

    def __init__(self, seed: int, kinds: str, size: int = 12, joins_in_loops: bool = True) -> None:
        self.random = Random(seed)
        self.kinds, self.left, self.count = kinds, size, 0
        self.may_end = True  # an end inside a parallel branch would starve the join
        self.joins_in_loops = joins_in_loops
        self.beside: list[str] = []
        self.multi: list[str] = []

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def xml(self) -> str:
        first, last, body = self.sequence(3)
        ends = f'<startEvent id="s0"/><endEvent id="e0"/>{flow("fs", "s0", first)}{flow("fe", last, "e0")}'
        return chart(ends + body, more="".join(self.beside))

    def sequence(self, depth: int) -> tuple[str, str, str]:
        parts = [self.block(depth) for _ in range(self.random.randint(1, 3))]
        body = "".join(p[2] for p in parts)
        for (_, last, _), (first, _, _) in pairwise(parts):
            body += flow(self.name("f"), last, first)
        return parts[0][0], parts[-1][1], body

    def block(self, depth: int) -> tuple[str, str, str]:
        """First node, last node, XML."""
        self.left -= 1
        kind = self.random.choice(self.kinds) if depth and self.left > 0 else "t"
        if kind in "xao":
            return self.gates(kind, depth)
        if kind in "sc":
            return self.inner(kind, depth)
        return {"l": self.loop, "m": self.signing, "b": self.timed}.get(kind, self.plain)(depth)

    def plain(self, depth: int) -> tuple[str, str, str]:
        own = self.name("t")
        return own, own, task(own)

    def signing(self, depth: int) -> tuple[str, str, str]:
        own = self.name("m")
        self.multi.append(own)
        inner = MULTI.format(own=own, seq=self.random.choice(("true", "false")))
        return own, own, task(own, inner=inner)

    def timed(self, depth: int) -> tuple[str, str, str]:
        """A step with a timer: a reminder on a branch of its own, or an interruption that meets the way
        again."""
        own, timer, meet = self.name("t"), self.name("b"), self.name("g")
        late = self.name("t")
        stops = self.random.choice(("true", "false"))
        body = task(own) + task(late) + flow(self.name("f"), timer, late)
        body += (
            f'<boundaryEvent id="{timer}" attachedToRef="{own}" cancelActivity="{stops}"><timerEventDefinition>'
            f"<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
        )
        if stops == "false":
            end = self.name("e")
            return own, own, body + f'<endEvent id="{end}"/>' + flow(self.name("f"), late, end)
        body += f'<exclusiveGateway id="{meet}"/>' + flow(self.name("f"), own, meet)
        return own, meet, body + flow(self.name("f"), late, meet)

    def loop(self, depth: int) -> tuple[str, str, str]:
        meet, ask, on = self.name("g"), self.name("g"), self.name("f")
        kept = self.kinds
        if not self.joins_in_loops:
            self.kinds = kept.translate({ord("a"): "t", ord("o"): "t"})
        first, last, body = self.sequence(depth - 1)
        self.kinds = kept
        body += f'<exclusiveGateway id="{meet}"/><exclusiveGateway id="{ask}" default="{on}"/>'
        body += flow(self.name("f"), meet, first) + flow(self.name("f"), last, ask)
        body += flow(self.name("f"), ask, meet, 'outcome.contains("z")')
        after = self.name("t")
        return meet, after, body + task(after) + flow(on, ask, after)

    def gates(self, kind: str, depth: int) -> tuple[str, str, str]:
        tag = {"x": "exclusiveGateway", "a": "parallelGateway", "o": "inclusiveGateway"}[kind]
        split, meet = self.name("g"), self.name("g")
        count = self.random.randint(2, 3)
        default = self.name("f")
        body = ""
        may_end, self.may_end = self.may_end, self.may_end and kind != "a"
        for n in range(count):
            first, last, inner = self.sequence(depth - 1)
            own = default if n == count - 1 else self.name("f")
            asks = f'outcome.contains("{"abc"[n]}")' if kind in "xo" and own != default else ""
            body += inner + flow(own, split, first, asks)
            if kind == "x" and may_end and self.random.random() < 0.2:
                end = self.name("e")
                mark = "<terminateEventDefinition/>" if "!" in self.kinds else ""
                body += f'<endEvent id="{end}">{mark}</endEvent>' + flow(self.name("f"), last, end)
                continue
            body += flow(self.name("f"), last, meet)
        self.may_end = may_end
        chosen = f' default="{default}"' if kind in "xo" else ""
        body += f'<{tag} id="{split}"{chosen}/><{tag} id="{meet}"/>'
        if f'targetRef="{meet}"' not in body:
            first, last, inner = self.plain(0)
            body += inner + flow(self.name("f"), split, first, 'outcome.contains("d")' if chosen else "")
            body += flow(self.name("f"), last, meet)
        return split, meet, body

    def inner(self, kind: str, depth: int) -> tuple[str, str, str]:
        own, begin, end = self.name("u"), self.name("s"), self.name("e")
        may_end, self.may_end = self.may_end, True
        first, last, body = self.sequence(depth - 1)
        self.may_end = may_end
        body += f'<startEvent id="{begin}"/><endEvent id="{end}"/>'
        body += flow(self.name("f"), begin, first) + flow(self.name("f"), last, end)
        if kind == "s":
            return own, own, f'<subProcess id="{own}">{body}</subProcess>'
        called = self.name("p")
        self.beside.append(f'<process id="{called}" isExecutable="true">{body}</process>')
        return own, own, f'<callActivity id="{own}" calledElement="{called}"/>'
