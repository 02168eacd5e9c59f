"""The six-task chart on django-viewflow, run by ``flow.py`` with another interpreter: DATABASE_URL ROUNDS."""

import statistics
import sys
import time
import types
from urllib.parse import unquote, urlsplit

from django.conf import settings

parts = urlsplit(sys.argv[1])
query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
settings.configure(
    SECRET_KEY="bench", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",  # noqa: S106
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow"],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/").split("?")[0],
        "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")), "PORT": query.get("port", parts.port or "")}})

import django  # noqa: E402

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from viewflow import this  # noqa: E402
from viewflow.workflow import flow  # noqa: E402
from viewflow.workflow.models import Process  # noqa: E402

HOME = types.ModuleType("viewflow.workflow.bench")  # a flow must lie in an installed application
sys.modules[HOME.__name__] = HOME


def chain(tasks: int) -> type[flow.Flow]:
    """A flow of ``tasks`` views in a row."""
    body: dict[str, object] = {"process_class": Process, "start": flow.StartHandle().Next(this.t0), "end": flow.End()}
    for n in range(tasks):
        following = getattr(this, f"t{n + 1}" if n + 1 < tasks else "end")
        body[f"t{n}"] = flow.View(lambda request: None).Assign(lambda act: None).Next(following)
    made = type(f"Chain{tasks}", (flow.Flow,), {**body, "__module__": HOME.__name__})
    setattr(HOME, made.__name__, made)
    return made


def main() -> None:
    call_command("migrate", verbosity=0)
    user = get_user_model().objects.create_user("bench")
    for tasks in (6, 50):
        made = chain(tasks)
        took, used = [], []
        for _ in range(max(2, int(sys.argv[2]) // (1 if tasks == 6 else 10))):
            made.instance.start.run()
            process = Process.objects.latest("id")
            while task := process.task_set.filter(status__in=("NEW", "ASSIGNED"), flow_task_type="HUMAN").first():
                begun, cpu = time.perf_counter(), time.process_time()
                with transaction.atomic():
                    Process.objects.select_for_update().get(pk=process.pk)
                    activation = task.flow_task.activation_class(task)
                    if task.status == "NEW":
                        activation.assign(user)
                    activation.start(None)
                    activation.execute()
                took.append((time.perf_counter() - begun) * 1000)
                used.append((time.process_time() - cpu) * 1000)
        print(f"viewflow, {tasks} tasks: {statistics.median(took):.2f} ms a step, {statistics.median(used):.2f} ms of "
              f"processor time, {len(took)} steps", flush=True)


main()
