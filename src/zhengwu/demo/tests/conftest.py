"""One load of the whole city for the tests of a module."""

import pytest

from zhengwu.demo.load import load
from zhengwu.demo.tests.helpers import ON, PASSWORD


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """The loaded city, undone afterwards."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield load(password=PASSWORD, on=ON)
        transaction.set_rollback(True)
