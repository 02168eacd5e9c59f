"""The hall of the full county: lanes and slots, what the windows may decide, the fittings of the complaint desk."""

from datetime import time

from zhengwu.demo.accounts import COUNTY
from zhengwu.kernel.matters.models import Matter, ServicePoint, Window
from zhengwu.modules.centre.models import Lane, Slot

_LANES = (
    ("A", "市场准入", ("市场", "商务", "烟草", "文化", "农业", "交通", "粮")),
    ("B", "社会保障", ("人社", "人力", "社保", "医保", "医疗", "民政", "残", "退役", "卫生", "教育")),
    ("C", "工程建设", ("住建", "住房", "自然", "规划", "水", "环境", "人防", "气象", "林", "消防", "执法", "应急")),
    ("D", "公安户政", ("公安", "户", "司法", "交警", "出入境")),
    ("E", "税费和公用事业", ("税", "财政", "公积金", "电", "气", "通信", "金融")),
)
"""Letter, name, and the words in a window's name that put it there; the rest is 综合业务."""
_OTHER = ("F", "综合业务")
_TIMES = [time(hour, minute) for hour in (9, 10, 11, 14, 15, 16) for minute in (0, 30)][:-1]


def hall() -> ServicePoint:
    """The county's centre, the point whose windows the departments sit at."""
    return ServicePoint.objects.filter(division_id=COUNTY, windows__isnull=False).order_by("id").distinct()[0]


def load_hall() -> int:
    """Writes lanes with their windows and slots, and the windows' authority. Returns how many lanes."""
    point = hall()
    windows = list(Window.objects.filter(point=point).order_by("number"))
    groups: dict[str, list[Window]] = {letter: [] for letter in (*(lane[0] for lane in _LANES), _OTHER[0])}
    for window in windows:
        groups[_lane_of(window)].append(window)
    names = {letter: name for letter, name, _ in _LANES} | dict([_OTHER])
    made = []
    for order, (letter, group) in enumerate(groups.items()):
        if group:
            lane = Lane.objects.create(point=point, letter=letter, name=names[letter], order=order)
            lane.windows.set(group)
            made.append(lane)
    Slot.objects.bulk_create([
        Slot(lane=lane, begins=begins, ends=time(begins.hour + (begins.minute == 30), 30 - begins.minute), capacity=4)
        for lane in made for begins in _TIMES])
    _authority()
    return len(made)


def _lane_of(window: Window) -> str:
    text = window.name + window.unit.name
    return next((letter for letter, _, words in _LANES if any(word in text for word in words)), _OTHER[0])


def _authority() -> None:
    """On-the-spot matters are decided at the window, of the others two in three accepted there."""
    rows = list(Matter.objects.filter(division_id=COUNTY, window__isnull=False).order_by("code"))
    for number, row in enumerate(rows):
        if row.kind == Matter.Kind.INSTANT:
            row.window_authority = Matter.WindowAuthority.DECIDE
        elif number % 3:
            row.window_authority = Matter.WindowAuthority.ACCEPT
    Matter.objects.bulk_update(rows, ["window_authority"], batch_size=500)
