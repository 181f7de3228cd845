"""What somebody does with their WeChat: follow, leave, type, tap the menu, scan, allow notices, forward a link."""

from __future__ import annotations

from typing import Any

from yanglao.simulator import qrcodes
from yanglao.simulator.pushing import Push, Pusher
from yanglao.simulator.world import User, World

LONGEST_TEXT = 600
MOST_RIGHTS = 99


def follow(world: World, pusher: Pusher, user: User, *, qr: dict[str, Any] | None = None) -> Push:
    """Follow the account, by search or by a parametric QR."""
    with world.change():
        user.follows, user.since_s = True, world.now()
        user.scene = str(qr["scene"]) if qr else ""
    world.say(user, "system", text="您关注了公众号")
    if qr:
        return pusher.event(user, "subscribe", EventKey=f"qrscene_{qr['scene']}", Ticket=qr["ticket"])
    return pusher.event(user, "subscribe")


def unfollow(world: World, pusher: Pusher, user: User) -> Push:
    """Leave the account: rights to notices and open windows end."""
    with world.change():
        user.follows, user.scene, user.notices, user.windows = False, "", {}, []
    world.say(user, "system", text="您取消了关注")
    return pusher.event(user, "unsubscribe")


def say(world: World, pusher: Pusher, user: User, text: str) -> Push:
    """Send a text to the account."""
    content = text.strip()[:LONGEST_TEXT]
    world.say(user, "mine", text=content)
    return pusher.text(user, content)


def tap(world: World, pusher: Pusher, user: User, button: dict[str, Any], *, scanned: str = "") -> Push:
    """Tap a button of the menu; one that scans hands on what was read."""
    kind = button.get("type", "")
    if kind == "view":
        return pusher.event(user, "VIEW", EventKey=button.get("url", ""))
    if kind in ("scancode_push", "scancode_waitmsg"):
        info = {"ScanType": "qrcode", "ScanResult": scanned}
        return pusher.event(user, kind, EventKey=button.get("key", ""), ScanCodeInfo=info)
    return pusher.event(user, "CLICK", EventKey=button.get("key", ""))


def button_at(world: World, place: str) -> dict[str, Any] | None:
    """Return the button at ``0`` or ``0.2`` (the third one below the first) of the menu, None when there is none."""
    found: dict[str, Any] = {"sub_button": (world.menu or {}).get("button", [])}
    for step in place.split("."):
        below = found.get("sub_button") or []
        if not step.isdigit() or int(step) >= len(below):
            return None
        found = below[int(step)]
    return found


def scan(world: World, pusher: Pusher, user: User, text: str, *, path: str | None) -> dict[str, Any]:
    """Return what WeChat does with a scanned text. ``path``: where it leads in the product, None when elsewhere."""
    if text.startswith((qrcodes.ADDRESS, "https://weixin.qq.com/q/")):
        qr = qrcodes.find(world, text)
        if qr is None:
            return {"do": "say", "text": "这个二维码已失效"}
        if not user.follows:
            return {"do": "follow", "qr": text}
        pusher.event(user, "SCAN", EventKey=qr["scene"], Ticket=qr["ticket"])
        return {"do": "chat"}
    if path is not None:
        return {"do": "open", "path": path}
    if text.startswith(("http://", "https://")):
        return {"do": "leave", "url": text}
    return {"do": "say", "text": f"扫到的内容：{text[:200]}"}


def allow(world: World, pusher: Pusher, user: User, answers: dict[str, bool]) -> Push:
    """Allow or refuse one notice of each template."""
    with world.change():
        for template, yes in answers.items():
            held = user.notices.get(template, 0)
            user.notices[template] = min(held + 1, MOST_RIGHTS) if yes else 0
    entries = [
        {"TemplateId": template, "SubscribeStatusString": "accept" if yes else "reject", "PopupScene": "1"}
        for template, yes in answers.items()
    ]
    return pusher.event(user, "subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": entries})


def forward(world: World, sender: User, receiver: User, *, url: str, title: str) -> None:
    """Send a page's address from one phone to another, as a friend's message."""
    world.say(receiver, "friend", sender=sender.name, url=url, title=title[:80] or "网页")
