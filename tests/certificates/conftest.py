"""A house of people who finished, to be spoken to as anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.certificates.makers import LATER, Finished, finished
from tests.factories import PASSWORD
from yanglao.kernel import clock
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.people import queries as people


@pytest.fixture
def there(app: Any) -> Finished:
    """Give a world of people who finished, on SQLite."""
    return finished()


@pytest.fixture
def ask(app: Any, there: Finished, tmp_path: Any) -> Iterator[Any]:
    """Give a way to ask as a member of staff, as trainee ``0`` to ``2``, or as nobody; the clock stands after the class."""
    moment = tmp_path / "clock"
    moment.write_text(rfc3339(LATER))
    clock.use_file(moment)
    tokens: dict[str, str] = {}

    def asked(who: str, path: str, body: Any = None) -> Any:
        http = app.test_client()
        if who and who not in tokens:
            named = there.there.trainees[int(who)].actor if who.isdigit() else there.there.city.staff[who]
            phone = people.person(db.session, named.person_id).account_phone
            tokens[who] = http.post("/api/v1/sign-in", json={"phone": phone, "password": PASSWORD}).json[
                "token"
            ]
        db.session.remove()
        headers = {"Authorization": f"Bearer {tokens[who]}"} if who else {}
        return http.open(path, method="GET" if body is None else "POST", json=body, headers=headers)

    yield asked
    clock.use_file(None)
