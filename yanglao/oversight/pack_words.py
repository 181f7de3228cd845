"""The data dictionary of a record pack: what each name means, in Chinese and English. A test holds that none is missing. Pure."""

from __future__ import annotations

NAMES: dict[str, tuple[str, str]] = {
    # the head
    "pack": ("格式的版本", "version of the format"),
    "about": ("这份记录是谁的：学员一次报名，或一个班", "what the pack is about: enrolment or class"),
    "id": ("编号", "identifier"),
    "made_at": ("做成的时间，世界时", "when it was made, UTC"),
    "public_keys": ("验签的公钥，按钥匙编号", "public keys by key id"),
    # the class
    "name": ("名称", "name"),
    "number": ("班级编号", "number of the class"),
    "state": (
        "状态：未开始、进行中、学时已满、已完成；班级为办班的阶段",
        "state: not_started, in_progress, hours_met, complete; of a class its stage",
    ),
    "base": ("培训基地", "training base"),
    "division": ("主办县区的代码", "code of the organising division"),
    "starts_on": ("开班日期", "first day"),
    "ends_on": ("结束日期", "last day"),
    # a record
    "enrolment": ("报名编号", "enrolment"),
    "class": ("班级编号（系统内）", "class"),
    "roster_no": ("花名册序号", "number on the roster"),
    "person": ("学员编号", "person"),
    "masked_id": ("证件号，中间遮住", "ID number, masked"),
    "segments": ("各培训段", "segments"),
    "segment": ("培训段编号", "segment"),
    "title": ("名称", "title"),
    "mode": ("方式：线上或线下", "mode: online or offline"),
    "kind": ("类别；账本条目是事项", "kind; of an entry, what happened"),
    "required_s": ("要求的秒数", "seconds required"),
    "entered_s": ("账本里计入的秒数", "seconds entered in the ledger"),
    "missing": ("还缺什么", "what is lacking"),
    "days": ("每一天", "days"),
    "day": ("日期，北京时间", "day in Asia/Shanghai"),
    "online_s": ("线上秒数", "seconds online"),
    "offline_s": ("线下秒数", "seconds offline"),
    "places": ("教室", "rooms"),
    "days_digest": ("每一天的摘要，本人确认的就是它", "digest of the days, to which the own word is tied"),
    "own_word": ("本人确认：对、不对，空为没有说", "own word: yes, no, or empty"),
    "quiz_passed": ("考核合格", "assessment passed"),
    # the ledger
    "entry": ("账本的一条，哈希覆盖的全部内容", "one entry of the ledger, exactly what its hash covers"),
    "hash": ("本条的哈希", "hash of the entry"),
    "withheld": (
        "不给本人看的一条（考核不公布分数），只留前后的哈希",
        "an entry whose content its trainee is not shown; its hash stays in the chain",
    ),
    "v": ("配方的版本", "version of the recipe"),
    "chain": ("链：种类和编号", "chain: kind and id"),
    "position": ("在链里的第几条", "position in the chain"),
    "occurred_ms": ("发生的时间，1970 年起的毫秒", "when it happened, ms since 1970 UTC"),
    "recorded_ms": ("记下的时间，1970 年起的毫秒", "when it was recorded, ms since 1970 UTC"),
    "actor": ("经手人的编号", "who acted"),
    "client": ("终端", "client"),
    "device": ("设备的摘要", "digest of the device"),
    "grade": ("证据的强弱", "strength of the proof"),
    "policy": ("当时的规定文件的摘要", "digest of the policy file in force"),
    "body": (
        "内容，各种事项不同，写在系统说明里",
        "content, by kind; see the recipe in docs/architecture.md",
    ),
    "prev": ("上一条的哈希", "hash of the entry before"),
    # the checkpoint
    "statement": ("签过名的检查点", "signed checkpoint"),
    "signature": ("签名：算法、钥匙编号、签名", "signature: algorithm, key id, signature"),
    "proofs": (
        "每条链到检查点的根的路",
        "way of each chain from its head, as signed, to the root of the checkpoint",
    ),
    "path": ("一路上旁边的哈希", "neighbours on the way up"),
    "seal": ("封条：每一行的摘要", "seal: the digest of every line before it"),
    "lines": ("每一行的摘要，依次", "digest of each line, in order"),
}


def dictionary() -> dict[str, dict[str, str]]:
    """Return the dictionary as a pack holds it: name -> {"zh", "en"}."""
    return {name: {"zh": zh, "en": en} for name, (zh, en) in NAMES.items()}
