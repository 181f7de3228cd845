"""Two at the same moment: the database, not the order of reading, says who wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.web.wechat_binding.test_class_code import LI, STRANGER, claimed, claims, window
from tests.web.wechat_binding.test_shared_phone import HOME, admin, asked, waiting
from tests.web.wechat_sign_in.conftest import APP_ID
from yanglao.classes import binding
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.people import service as people
from yanglao.people import wechat
from yanglao.people.wechat_models import WechatIdentity


def at_once(house, acts):
    """Run acts in threads of their own; return what each answered, or the code of its refusal."""

    def alone(act):
        with house.app.app_context():
            try:
                return run(act)
            except Problem as refusal:
                return refusal.code
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(alone, acts))


def live(openid):
    return db.session.query(WechatIdentity).filter_by(openid=openid, unbound_ms=None).count()


def test_of_two_claims_on_one_name_confirmed_at_once_one_binds(house):
    from tests.web.wechat_binding.conftest import staff

    caller, teacher = staff(house, "teacher_a"), house.there.city.staff["teacher_a"]
    code = window(house, caller)
    claimed(house, code, 1, STRANGER)
    claimed(house, code, 1, LI)
    both = [one["id"] for one in claims(house, caller)]
    answers = at_once(
        house,
        [
            lambda claim_id=claim_id: binding.decide(
                db.session, claim_id, accept=True, now=house.now, actor=teacher
            )
            for claim_id in both * 2
        ],
    )
    assert set(answers) <= {"confirmed", "binding.taken", "binding.decided"}
    assert "confirmed" in answers and live(LI) + live(STRANGER) == 1


def test_a_share_agreed_to_four_times_at_once_binds_the_second_once(wang_at_home):
    house = wang_at_home
    asked(house)
    share_id = waiting(house).id
    answers = at_once(
        house,
        [
            lambda: people.decide_share(db.session, share_id, accept=True, now=house.now, actor=admin(house))
            for _ in range(4)
        ],
    )
    assert sorted(map(str, answers)) == ["None"] + ["wechat.share_decided"] * 3
    assert wechat.persons_of(db.session, APP_ID, HOME) == [one.person_id for one in house.people[:2]]
