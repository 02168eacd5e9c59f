"""The tree of questions: where answers lead, what they ask for, and which trees are no trees."""

import pytest

from zhengwu.kernel.matters import guidance
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.problem import Invalid

TREE = [
    {"id": "who", "text": "谁来办？", "options": [
        {"value": "self", "label": "本人", "next": "size"}, {"value": "agent", "label": "委托他人"}]},
    {"id": "paper", "text": "有没有委托书？", "options": [
        {"value": "yes", "label": "有"}, {"value": "no", "label": "没有", "stop": "请先办理委托"}]},
    {"id": "size", "text": "多大面积？", "options": [
        {"value": "small", "label": "60平方米以下", "chart": "instant"}, {"value": "large", "label": "超过60平方米"}]},
]


def a_matter(**more) -> Matter:
    return Matter(questions=TREE, chart_id=1, **more)


def test_the_way_leads_through_the_branch_that_was_chosen():
    found = guidance.walk(TREE, {"who": "self"})
    assert found.next["id"] == "size"
    done = guidance.walk(TREE, {"who": "self", "size": "small"})
    assert done.done
    assert done.answers == {"who": "self", "size": "small"}
    assert guidance.chart_key(done) == "instant"
    assert [label for _, label in guidance.words(guidance.kept(done))] == ["本人", "60平方米以下"]


def test_without_next_the_following_question_is_asked():
    assert guidance.walk(TREE, {"who": "agent"}).next["id"] == "paper"
    assert guidance.walk(TREE, {"who": "agent", "paper": "yes"}).next["id"] == "size"


def test_an_answer_may_end_it():
    found = guidance.walk(TREE, {"who": "agent", "paper": "no"})
    assert found.stop == "请先办理委托"
    assert not found.done


@pytest.mark.parametrize("given", [
    {}, {"who": "self"}, {"who": "nobody"}, {"who": "agent", "paper": "no"}, {"size": "small"},
    {"who": "self", "size": "small", "paper": "yes"}, {"who": "self", "size": "small", "x": "y"}, "self", ["self"],
    {"who": 1}, {"who": ["self"]},
])
def test_answers_that_lead_nowhere_are_refused(given):
    with pytest.raises(Invalid) as refused:
        guidance.settle(a_matter(), given)
    assert set(refused.value.errors) == {"answers"}


def test_parts_of_the_form_depend_on_answers():
    schema = {"type": "object", "required": ["name", "agent"], "properties": {
        "name": {"type": "string"}, "agent": {"type": "string", "x-when": 'answers.who == "agent"'}}}
    matter = a_matter(form_schema=schema)
    assert guidance.form_schema(matter, {"who": "self"})["required"] == ["name"]
    assert guidance.form_schema(matter, {"who": "agent"})["required"] == ["name", "agent"]
    assert guidance.form_schema(matter, None) is schema


def test_a_condition_on_what_was_not_asked_does_not_hold_and_nonsense_spares_nobody():
    assert not guidance.holds('answers.paper == "yes"', TREE, {"who": "self"})
    assert guidance.holds("answers.who ==", TREE, {"who": "self"})
    assert guidance.holds("answers.nothing > 3", TREE, {"who": "self"})


def test_the_tree_that_is_shipped_shape_is_sound():
    assert guidance.check(TREE, ['answers.who == "self"']) == []


@pytest.mark.parametrize(("tree", "words"), [
    ("x", "列表"), ([{"id": "a"}], "题目"),
    ([{**TREE[2], "id": "a"}, {**TREE[2], "id": "a"}], "重复"),
    ([{"id": "a", "text": "?", "options": [{"value": "1", "label": "一", "next": "z"}, {"value": "2", "label": "二"}]}],
     "不存在"),
    ([{"id": "a", "text": "?", "options": [{"value": "1", "label": "一", "next": "a"}, {"value": "2", "label": "二"}]}],
     "绕回"),
    ([{"id": "a", "text": "?", "options": [{"value": "1", "label": "一", "next": ""},
                                           {"value": "2", "label": "二", "next": ""}]},
      {**TREE[2], "id": "b"}], "永远不会"),
    ([{"id": "a", "text": "?", "options": [{"value": "1", "label": "一"}, {"value": "1", "label": "二"}]}], "取值"),
])
def test_trees_that_are_none(tree, words):
    assert any(words in line for line in guidance.check(tree))


def test_conditions_rest_on_answers_only():
    assert guidance.check(TREE, ['form.area > 3'])
    assert guidance.check(TREE, ['answers.who =='])
