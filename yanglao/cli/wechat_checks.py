"""Check a service account step by step: what is right, what is wrong, and what to do about it, in plain Chinese.

No secret, token or openid is ever said. What only a phone can tell is named as such and fails nothing.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from yanglao.kernel.clock import now
from yanglao.outside import wechat_menu, wechat_self
from yanglao.outside.wechat import Door, WeChat
from yanglao.outside.wechat_errors import WeChatFault
from yanglao.outside.wechat_http import LOOPBACK
from yanglao.outside.wechat_self import Heard
from yanglao.settings import Settings

MOST_SKEW_S = 60
LEAST_LEFT_PERCENT = 5
QUOTAS = {"/cgi-bin/message/template/send": "模板消息", "/cgi-bin/message/custom/send": "客服消息"}
CONSOLE = "公众平台“设置与开发”"
FIXES: dict[int | None, str] = {
    None: "看看这台服务器能不能上外网、能不能解析 WECHAT_API_BASE 的域名，防火墙有没有拦",
    -1: "微信正忙，过几分钟再查",
    40001: "AppSecret 和 AppID 不是同一个号的，或者刚刚重置过；改 WECHAT_APP_SECRET",
    40013: "AppID 不对，改 WECHAT_APP_ID",
    40125: "AppSecret 不对，改 WECHAT_APP_SECRET；忘了就在“基本配置”里重置",
    40164: "把这台服务器的外网地址{address}加到“基本配置”的 IP 白名单里",
    40243: "AppSecret 被冻结了，到“基本配置”里解冻",
    45009: "今天的次数用完了，明天再查",
    45011: "这一分钟的次数用完了，等一分钟再查",
    48001: "这个号没有这项权限：要是认证过的服务号",
}
FAULTS = {
    "name": "域名解析不到",
    "certificate": "证书不对或者过期",
    "refused": "端口没有开",
    "silence": f"{wechat_self.SILENCE_S:.0f} 秒内没有回答",
    "connection": "连不上",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``ok`` None: nobody but a person with a phone can tell."""

    step: str
    ok: bool | None
    said: str
    fix: str = ""

    @property
    def line(self) -> str:
        """Return the finding as a line of a terminal."""
        mark = {True: "✓", False: "✗", None: "？"}[self.ok]
        return f"{mark} {self.step}：{self.said}" + (f"\n    怎么办：{self.fix}" if self.fix else "")


@dataclass(frozen=True)
class Given:
    """What is checked. ``rehearsal``: WeChat is a stand-in on this machine, so what only the real one has is left out."""

    settings: Settings
    door: WeChat
    rehearsal: bool


def findings(settings: Settings, door: Door) -> Iterator[Finding]:
    """Yield what was found, step by step; a step that needs one before it is left out when that one failed."""
    if not isinstance(door, WeChat):
        fix = f"在 {CONSOLE} 的“基本配置”里抄下来，写进环境变量，再启动"
        yield Finding("设置", False, "没有填 WECHAT_APP_ID 和 WECHAT_APP_SECRET", fix)
        return
    given = Given(settings, door, urlsplit(settings.wechat_api_base).hostname in LOOPBACK)
    for step in (_settings, _address, _callback, _proofs, _clock):
        yield from step(given)
    secret = _secret(given)
    yield secret
    if secret.ok:
        for step in (_ticket, _quota, _network, _menu, _templates):
            yield from step(given)
    yield from _by_hand(given)


def meaning(fault: WeChatFault) -> str:
    """Return what a fault of WeChat's means and what to do, with its number for who asks Tencent."""
    address = f" {fault.address} " if fault.address else ""
    does = FIXES.get(fault.code, "照这个错误码查微信的文档").format(address=address)
    code = "没有像样的回答" if fault.code is None else f"微信说 {fault.code}"
    return f"{code}；{does}" + (f"（{fault.rid}）" if fault.rid else "")


def _asked(step: str, ask: Callable[[], str]) -> Finding:
    """Return what came of asking WeChat; ``ask`` returns what to say when all is well."""
    try:
        return Finding(step, True, ask())
    except WeChatFault as fault:
        said, _, does = meaning(fault).partition("；")
        return Finding(step, False, said, does)


def _settings(given: Given) -> Iterator[Finding]:
    settings, basics = given.settings, "抄“基本配置 → 服务器配置”里的"
    yield Finding("设置 AppID", True, f"{settings.wechat_app_id}")
    if not given.rehearsal and not re.fullmatch(r"wx[0-9a-f]{16}", settings.wechat_app_id):
        yield Finding("设置 AppID", False, "不像一个 AppID", "AppID 是 wx 开头的 18 位，改 WECHAT_APP_ID")
    token, key, old = settings.wechat_token, settings.wechat_aes_key, settings.wechat_aes_key_previous
    if not token or not key:
        yield Finding("设置 令牌和密钥", False, "WECHAT_TOKEN 或 WECHAT_AES_KEY 没有填，收不到推送", basics)
        return
    if not re.fullmatch(r"[A-Za-z0-9]{3,32}", token):
        yield Finding("设置 令牌", False, "令牌要 3 到 32 位字母和数字", "两边换成同一个新令牌")
    if not re.fullmatch(r"[A-Za-z0-9]{43}", key):
        yield Finding("设置 密钥", False, "密钥要 43 位字母和数字", "两边换成同一个新密钥")
    if old and old == key:
        yield Finding(
            "设置 旧密钥", False, "新旧密钥是同一个", "WECHAT_AES_KEY_PREVIOUS 填换之前的，或者去掉"
        )
    yield Finding("设置 令牌和密钥", True, "都填了" + ("，旧密钥也还收" if old else ""))


def _address(given: Given) -> Iterator[Finding]:
    parts = urlsplit(given.settings.public_base_url)
    host, fix = parts.hostname or "", "改 PUBLIC_BASE_URL，写成 https:// 加备过案的域名"
    if given.rehearsal:
        yield Finding("网址", True, f"{given.settings.public_base_url}（接的是模拟器，不要求 https）")
        return
    wrong = [
        ("不是 https", parts.scheme != "https"),
        ("端口不是 443", parts.port not in (None, 443)),
        ("是 IP 地址，不是域名", _is_address(host)),
        ("是本机地址", host in LOOPBACK or "." not in host),
    ]
    named = "，".join(words for words, found in wrong if found)
    yield Finding(
        "网址",
        not named,
        given.settings.public_base_url + (f" {named}" if named else ""),
        fix if named else "",
    )


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _callback(given: Given) -> Iterator[Finding]:
    frames, site = given.door.frames, given.settings.public_base_url
    if frames is None:
        return
    heard, wanted = wechat_self.proof_of_address(site, frames, now=now())
    yield _judged("回调 验证网址", heard, heard.status == 200 and heard.text == wanted)
    if heard.status != 200:
        return
    heard = wechat_self.push(site, frames, now=now())
    yield _judged("回调 加密推送", heard, heard.status == 200 and heard.text == "success")
    heard = wechat_self.push(site, frames, now=now(), forged=True)
    yield _judged("回调 拒绝伪造", heard, heard.status == 403 and not heard.text)


def _judged(step: str, heard: Heard, good: bool) -> Finding:
    """Say what our own address answered."""
    if good:
        return Finding(step, True, f"从这台服务器访问正常（{heard.status}）")
    if heard.fault:
        said, fix = FAULTS[heard.fault], "看 PUBLIC_BASE_URL、域名解析、证书、防火墙；服务器要在运行"
    elif heard.location:
        said = f"被转到 {heard.location.split('?')[0]}"
        fix = "微信不跟着转：/wx/callback 要直接到本系统，不能再跳转"
    elif heard.status == 403:
        said, fix = (
            "被拒绝（403）",
            "正在运行的服务器用的是另一套令牌或密钥：改好设置后要重启；也看看服务器的时间",
        )
    elif heard.status == 404:
        said, fix = "没有这个网址（404）", "正在运行的服务器没有填微信的设置，或者反向代理没有转到本系统"
    elif heard.status in (502, 503, 504):
        said, fix = f"反向代理后面没有回答（{heard.status}）", "本系统没有运行，或者代理的端口不对"
    else:
        said, fix = f"回答不对（{heard.status}）", "看看这个域名上的是不是本系统"
    return Finding(step, False, said, fix)


def _proofs(given: Given) -> Iterator[Finding]:
    if given.rehearsal:
        return
    folder = given.settings.data_dir / "mp_verify"
    files = sorted(folder.glob("MP_verify_*.txt")) if folder.is_dir() else []
    if not files:
        fix = f"在“公众号设置 → 功能设置”里下载 MP_verify_….txt，放进 {folder}"
        yield Finding("域名证明文件", False, "一个也没有", fix)
    for file in files:
        heard = wechat_self.ask(f"{given.settings.public_base_url.rstrip('/')}/{file.name}")
        good = heard.status == 200 and heard.text.strip() == file.read_text(encoding="utf-8").strip()
        yield Finding(
            "域名证明文件",
            good,
            f"{file.name} {'看得到' if good else '看不到'}",
            "" if good else "网址根目录要转到本系统",
        )


def _clock(given: Given) -> Iterator[Finding]:
    heard = wechat_self.ask(given.settings.wechat_api_base)
    if heard.date is None:
        yield Finding("服务器时间", None, "问不到微信的时间")
        return
    off_s = abs(int((now() - heard.date).total_seconds()))
    fix = (
        ""
        if off_s <= MOST_SKEW_S
        else "打开自动校时（chrony 或 systemd-timesyncd）；差 10 分钟以上会收不到推送"
    )
    yield Finding("服务器时间", not fix, f"和微信差 {off_s} 秒", fix)


def _secret(given: Given) -> Finding:
    def ask() -> str:
        given.door.api.try_secret()
        through = "，经过代理" if os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") else ""
        return f"拿得到 access_token{through}"

    return _asked("AppSecret 和 IP 白名单", ask)


def _ticket(given: Given) -> Iterator[Finding]:
    yield _asked("网页签名票据", lambda: "拿得到 jsapi_ticket" if given.door.api.ticket() else "")


def _quota(given: Given) -> Iterator[Finding]:
    if given.rehearsal:
        return
    for path, name in QUOTAS.items():
        try:
            left, whole = given.door.api.left(path)
        except WeChatFault as fault:
            yield Finding(f"{name}次数", None, f"问不到（{meaning(fault)}）")
            continue
        few = whole > 0 and left * 100 < whole * LEAST_LEFT_PERCENT
        yield Finding(
            f"{name}次数", not few, f"今天还剩 {left} / {whole}", "今天快用完了，明天再发" if few else ""
        )


def _network(given: Given) -> Iterator[Finding]:
    if given.rehearsal:
        return
    try:
        lost = given.door.api.network()
    except WeChatFault as fault:
        yield Finding("微信到服务器的网络", None, f"问不到（{meaning(fault)}）")
        return
    if not lost:
        yield Finding("微信到服务器的网络", None, "微信没有检测结果；“服务器配置”启用以后再查")
    for address, loss in lost.items():
        fix = "" if loss == "0%" else "可能只是服务器不回 ping；收得到推送就不用管"
        yield Finding("微信到服务器的网络", True if not fix else None, f"{address} 丢包 {loss}", fix)


def _menu(given: Given) -> Iterator[Finding]:
    from yanglao.cli.wechat import menu_of_file

    try:
        wanted = menu_of_file(given.settings)
    except wechat_menu.WrongMenu as fault:
        yield Finding("菜单", False, f"文件要改：{fault}", "改 wechat_menu.toml")
        return
    try:
        same = wechat_menu.bare(given.door.api.menu()) == wechat_menu.bare(wanted)
    except WeChatFault as fault:
        said, _, does = meaning(fault).partition("；")
        yield Finding("菜单", False, said, does)
        return
    yield Finding(
        "菜单",
        same,
        "和文件一样" if same else "还没有发布，或者和文件不一样",
        "" if same else "运行 flask --app app wechat menu publish",
    )


def _templates(given: Given) -> Iterator[Finding]:
    wanted = given.settings.wechat_templates
    filled = {kind: one for kind, one in wanted.items() if one.template_id}
    if not filled:
        fix = "" if given.rehearsal else "照 docs/wechat.md 申请模板，把编号填进 DATA_DIR/wechat.toml"
        yield Finding(
            "消息模板",
            True if given.rehearsal else None,
            "没有填，只发站内消息" if not given.rehearsal else "模拟器用演示模板",
            fix,
        )
        return
    try:
        known = {str(one.get("template_id")): one for one in given.door.api.templates()}
    except WeChatFault as fault:
        yield Finding("消息模板", None if given.rehearsal else False, *meaning(fault).split("；", 1))
        return
    for kind, template in filled.items():
        yield _template(kind, template, known.get(template.template_id))


def _template(kind: str, template: Any, found: Mapping[str, Any] | None) -> Finding:
    step = f"消息模板 {kind}"
    if found is None:
        return Finding(
            step, False, "这个号里没有这个编号的模板", "在“模板消息”里核对编号；换过号的要重新申请"
        )
    keys = set(re.findall(r"\{\{\s*(\w+)\.DATA\s*\}\}", str(found.get("content", ""))))
    lacks = sorted(keys ^ set(template.fields))
    title = found.get("title", "")
    if lacks:
        return Finding(
            step,
            False,
            f"《{title}》的字段和 wechat.toml 不一样：{'、'.join(lacks)}",
            "照模板里的字段改 fields",
        )
    return Finding(step, True, f"《{title}》")


def _by_hand(given: Given) -> Iterator[Finding]:
    if given.rehearsal:
        return
    host = urlsplit(given.settings.public_base_url).hostname
    yield Finding(
        "网页授权域名",
        None,
        "只有手机能试",
        f"填 {host}；用手机微信打开 {given.settings.public_base_url}/wx/oauth/start",
    )
    hosts = "、".join(sorted(given.door.hosts))
    yield Finding("JS 接口安全域名", None, "只有手机能试", f"填 {hosts}；用手机微信打开“签到”，点“扫一扫”")
    yield Finding(
        "安全模式", None, "只有控制台能看", "“服务器配置”的消息加解密方式选“安全模式”，并且点“启用”"
    )
