"""What Granian serves, once in each of its processes."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from zhengwu.lib.processes import die_with_parent

if os.environ.get("ZW_SUPERVISED"):
    # When Granian's main process is killed its workers would live on and keep the port.
    die_with_parent(signal.SIGKILL, os.getppid())

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengwu.project.settings.embedded")
application = get_wsgi_application()
