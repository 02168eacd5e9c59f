"""`./zw bench paper`: certificates as PDF a second, beside WeasyPrint setting the same page in the same run.

Both get the same data (QR included, made beforehand) and the same font file and are warm; each certificate is another
one (number, holder, address, QR). Ours is PDF/UA-1, tagged, with frame and seal; WeasyPrint's is plain text, QR and a
border. Times are of the processor, all threads of the process, so that neighbours on the machine do not decide.
"""

import argparse
import html
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts

from zhengwu.lib import paper, qr

TARGET = 20.0
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1><p class="number">编号：{number}</p>
<table>{rows}</table><div class="qr">{qr}<p>扫码核验真伪和状态</p></div>
<div class="foot"><p>电子证照标识<br>{identifier}<br>核验地址 {url}</p></div>
<div class="sign"><p>发证机关：{unit}</p><p>{issued_on}</p></div></body></html>"""
STYLE = """@font-face {{ font-family: S; src: url("file://{font}") }}
@page {{ size: A4 landscape; margin: 27mm 30mm 25mm; border: 2pt solid #c3272b }}
body {{ font-family: S; font-size: 13pt }} h1 {{ text-align: center; font-size: 30pt; font-weight: 400 }}
.number {{ text-align: center; font-size: 11pt }} table {{ width: 70% }} td {{ padding: 3pt 6pt }}
.qr {{ position: absolute; right: 0; top: 40mm; width: 34mm; font-size: 9pt }} .qr svg {{ width: 34mm; height: 34mm }}
.foot {{ position: absolute; bottom: 0; font-size: 8.5pt }} .sign {{ position: absolute; right: 0; bottom: 0 }}"""


@cache
def data(n: int) -> dict[str, Any]:
    """The n-th certificate's page."""
    url = f"https://zw.example/certificates/check/?code=1.2.156.3005.2.11100000000013338W011.{n:06d}"
    facts = {
        "经营者名称": f"李记面馆{n}号店",
        "经营场所": f"临溪县高桥街道朝阳路{n}号",
        "经营项目": "热食类食品制售、自制饮品制售",
        "主体业态": "餐饮服务经营者",
        "负责人": "李小满",
    }
    return {
        "title": "食品经营许可证",
        "number": f"2026{n:06d}",
        "identifier": f"1.2.156.3005.2.11100000000013338W011.{n:06d}",
        "unit": "临溪县市场监督管理局",
        "holder": f"临溪县李记餐饮管理有限公司第{n}分公司",
        "holder_code": f"91519921MA{n:08d}",
        "facts": [{"label": k, "value": v} for k, v in facts.items()],
        "valid_from": "2026年3月13日",
        "valid_to": "2031年3月12日",
        "issued_on": "2026年3月13日",
        "qr": qr.svg_bytes(url).decode(),
        "url": url,
        "seal_purpose": "电子证照专用章",
    }


def ours(n: int) -> bytes:
    return paper.render("certificate", data(n))


def signed(n: int) -> bytes:
    from zhengwu.modules.certificates.signing import sign

    return sign(ours(n), identifier=f"bench {n}", unit="临溪县市场监督管理局")


def foreign() -> Callable[[int], bytes]:
    """WeasyPrint with its font configuration made once, as a server would keep it."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    config = FontConfiguration()
    font = sorted(Path(fonts.serif_path()).parent.glob(Path(fonts.serif_path()).name))[0]
    style = CSS(string=STYLE.format(font=font), font_config=config)

    def make(n: int) -> bytes:
        given = data(n)
        rows = {"持证主体": given["holder"], "统一社会信用代码": given["holder_code"],
                **{f["label"]: f["value"] for f in given["facts"]},
                "有效期限": f"{given['valid_from']} 至 {given['valid_to']}"}
        cells = "".join(f"<tr><td>{html.escape(k)}</td><td>{html.escape(v)}</td></tr>" for k, v in rows.items())
        page = PAGE.format(**{k: v for k, v in given.items() if isinstance(v, str)} | {"rows": cells})
        return bytes(HTML(string=page).write_pdf(stylesheets=[style], font_config=config))

    return make


def rate(make: Callable[[int], bytes], count: int, start: int) -> tuple[float, float, int]:
    """(pages a second, median ms, bytes of the last one); two are made beforehand."""
    for n in range(start, start + count + 2):
        data(n)
    for n in range(2):
        make(start + n)
    times = []
    for n in range(count):
        began = time.process_time()
        last = make(start + 2 + n)
        times.append(time.process_time() - began)
    return count / sum(times), statistics.median(times) * 1000, len(last)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="certificates of ours; WeasyPrint gets a tenth")
    count = parser.parse_args().count
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengwu.project.settings.test")
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    with tempfile.TemporaryDirectory(prefix="zw-bench-") as folder:
        import django
        from django.conf import settings

        django.setup()
        settings.KEYS_DIR = folder
        found = {"ours": rate(ours, count, 1), "signed": rate(signed, count, 100_000),
                 "WeasyPrint": rate(foreign(), max(5, count // 10), 1)}
    for name, (a_second, median, size) in found.items():
        print(f"{name:11} {a_second:8.1f} PDF/s of processor time   median {median:7.1f} ms   {size / 1024:6.1f} KB")
    times = found["ours"][0] / found["WeasyPrint"][0]
    print(f"ours / WeasyPrint = {times:.1f}× (target ≥ {TARGET:g}×): {'reached' if times >= TARGET else 'missed'}")
    return 0 if times >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
