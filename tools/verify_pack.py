"""Verify a pack of the ledger on any PC: ``python3 verify_pack.py pack.jsonl [--statement kept.json] [--keys keys.json]``.
Or a certificate by the text of its QR: ``python3 verify_pack.py --certificate TEXT --keys keys.json [pack.jsonl]``.

One file, Python 3.8 or newer, nothing else; it shares no code with the system that made the pack. Recomputes every entry's
hash and place in its chain, every checkpoint's root, its signature and the checkpoint before. ``--statement`` names the exact
statement that was kept outside: it must be among those of the pack. ``--keys`` names a file ``{"key id": "base64"}`` of public keys
kept outside; without it the pack's own keys are believed. With a pack a certificate must stand in it, and its state of then is said. Exit code 0: all holds; 1: the first fault is named.

A record pack ("pack": 2: one trainee, or one class) is checked byte by byte as well: its last line, the seal, signs the digest of
every line before it, each chain is proved up to the root of a signed checkpoint, and the days of each segment add up to its hours.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def canonical(value):
    """Return the canonical JSON bytes of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(raw):
    """Return ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def merkle_root(heads):
    """Return the RFC 6962 root over heads ``[kind, id, position, hash]``."""
    nodes = [hashlib.sha256(b"\x00" + canonical(head)).digest() for head in sorted(heads)]
    while len(nodes) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + nodes[i] + nodes[i + 1]).digest() for i in range(0, len(nodes) - 1, 2)
        ]
        nodes = pairs + nodes[len(pairs) * 2 :]
    return "sha256:" + (nodes[0] if nodes else hashlib.sha256(b"").digest()).hex()


def add(one, other):
    """Add two points of Curve25519 in extended coordinates (RFC 8032, section 5.1.4)."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    """Multiply a point."""
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def point_of(raw):
    """Return the point that 32 bytes encode, None when they encode none."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


PRINTED = (
    "number",
    "code",
    "name",
    "id",
    "programme",
    "level",
    "period",
    "hours",
    "base",
    "issued_on",
    "note",
)
BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(message, signature, public):
    """Tell whether an Ed25519 signature holds (RFC 8032, section 5.1.7)."""
    if len(signature) != 64 or len(public) != 32:
        return False
    key, given = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or given is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(given, times(k, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


class Check:
    """Go through a pack from top to bottom and keep the faults."""

    def __init__(self, keys):
        self.keys, self.faults, self.ends, self.hashes = keys, [], {}, {}
        self.heads, self.previous, self.statements, self.certificates = {}, None, [], {}

    def entry(self, line):
        """Check an entry's hash and that it follows the one before in its chain."""
        said, chain = line["entry"], tuple(line["entry"]["chain"])
        name = "chain {}/{} entry {} ({})".format(*chain, said["position"], said["kind"])
        position, before = self.ends.get(chain, (0, digest(canonical({"chain": list(chain)}))))
        if said["position"] != position + 1 or said["prev"] != before:
            self.faults.append(name + ": does not follow the entry before it")
        if digest(canonical(said)) != line["hash"]:
            self.faults.append(name + ": was changed, its content does not give its hash")
        self.ends[chain] = (said["position"], line["hash"])
        self.hashes[(*chain, said["position"])] = line["hash"]
        if said["kind"].startswith("certificate.") and said["body"].get("statement"):
            self.certificates[said["body"]["statement"]] = said["body"]["to"]

    def checkpoint(self, line):
        """Check a checkpoint's leaves, root, signature and predecessor."""
        said, raw = json.loads(line["statement"]), line["statement"].encode()
        name = "checkpoint " + said["day"]
        for leaf in line["leaves"]:
            self.heads[leaf[0], leaf[1]] = leaf
            have = self.hashes.get(tuple(leaf[:3]))
            if have != leaf[3] and (have or (leaf[0], leaf[1]) in self.ends):
                self.faults.append("chain {}/{} entry {}: is not what {} signed".format(*leaf[:3], name))
        if merkle_root(list(self.heads.values())) != said["root"] or len(self.heads) != said["chains"]:
            self.faults.append(name + ": its root does not follow from its leaves")
        if said["previous"] != self.previous:
            self.faults.append(name + ": does not follow the checkpoint before it")
        _, key_id, signature = line["signature"].split(":")
        public = base64.b64decode(self.keys.get(key_id, ""))
        if not signed(raw, base64.b64decode(signature), public):
            self.faults.append(name + ": its signature does not hold under key " + key_id)
        self.previous = digest(raw)
        self.statements.append(line["statement"])


def root_of(proof):
    """Return the root to which the path of a proof leads from the head of its chain."""
    node = hashlib.sha256(b"\x00" + canonical([*proof["chain"], proof["position"], proof["hash"]])).digest()
    for side, beside in proof["path"]:
        other = bytes.fromhex(beside.rpartition(":")[2])
        node = hashlib.sha256(b"\x01" + (other + node if side == "left" else node + other)).digest()
    return "sha256:" + node.hex()


class RecordCheck:
    """Go through a record pack line by line and keep the faults, each with its line."""

    def __init__(self, raw, keys):
        self.rows = raw.split(b"\n")
        self.faults, self.ends, self.hashes, self.told = [], {}, {}, {"records": 0, "withheld": 0}
        self.keys, self.statement, self.proved = keys, None, {}

    def fault(self, number, words):
        """Keep a fault of a line."""
        self.faults.append(f"line {number}: {words}")

    def run(self):
        """Check every line; what cannot be read at all is a fault like others."""
        if self.rows[-1] != b"":
            self.fault(len(self.rows), "the file does not end with a whole line")
            self.rows.append(b"")
        rows, kept = self.rows[:-1], []
        for number, row in enumerate(rows, 1):
            try:
                line = json.loads(row.decode("utf-8"))
                if canonical(line) != row or not isinstance(line, dict):
                    self.fault(number, "is not written as this kind of pack is")
            except ValueError:
                line = {}
                self.fault(number, "cannot be read")
            kept.append(line)
        if self.keys is None:
            self.keys = kept[0].get("public_keys", {}) if kept else {}
        for number, line in enumerate(kept, 1):
            try:
                self.line(number, line)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError):
                self.fault(number, "lacks what such a line holds")
        self.seal(rows, kept)
        return self.faults

    def line(self, number, line):
        """Check one line by what it is."""
        if "entry" in line or "withheld" in line:
            self.entry(number, line)
        elif "record" in line:
            self.told["records"] += 1
            self.record(number, line["record"])
        elif "proofs" in line:
            self.checkpoint(number, line)

    def entry(self, number, line):
        """Check an entry's hash and that it follows the one before in its chain."""
        said = line.get("entry") or line["withheld"]
        chain = tuple(said["chain"])
        position, before = self.ends.get(chain, (0, digest(canonical({"chain": list(chain)}))))
        if said["position"] != position + 1 or said["prev"] != before:
            self.fault(number, "entry {} does not follow the entry before it".format(said["position"]))
        if "withheld" in line:
            self.told["withheld"] += 1
        elif digest(canonical(said)) != line["hash"]:
            self.fault(number, "entry {} ({}) was changed".format(said["position"], said["kind"]))
        self.ends[chain] = (said["position"], line["hash"])
        self.hashes[(*chain, said["position"])] = line["hash"]

    def record(self, number, record):
        """Check that the days of each segment add up to its hours."""
        for part in record["segments"]:
            summed = sum(day["online_s"] + day["offline_s"] for day in part["days"])
            if summed != part["entered_s"]:
                words = "{}: its days add up to {} s, not to {} s"
                self.fault(number, words.format(part["title"], summed, part["entered_s"]))

    def checkpoint(self, number, line):
        """Check a checkpoint's signature and the way of each chain to its root."""
        said = json.loads(line["statement"])
        self.statement = line["statement"]
        if not self.holds(line["statement"].encode(), line["signature"]):
            self.fault(number, "the signature of the checkpoint does not hold")
        for proof in line["proofs"]:
            place = (*proof["chain"], proof["position"])
            if root_of(proof) != said["root"]:
                self.fault(number, "chain {}/{} does not lead to the signed root".format(*place))
            if self.hashes.get(place) != proof["hash"]:
                self.fault(number, "chain {}/{} entry {} is not what was signed".format(*place))
            self.proved[tuple(proof["chain"])] = proof["position"]

    def holds(self, message, signature):
        """Tell whether a signature holds; written otherwise than we write it, it does not."""
        try:
            algorithm, key_id, content = signature.split(":")
            raw, public = base64.b64decode(content), base64.b64decode(self.keys.get(key_id, ""))
        except (AttributeError, TypeError, ValueError):
            return False
        again = algorithm == "ed25519" and base64.b64encode(raw).decode() == content
        return again and signed(message, raw, public)

    def seal(self, rows, kept):
        """Check that the seal is there, is signed, and holds the digest of every line before it."""
        last = len(rows)
        line = kept[-1] if kept else {}
        try:
            seal = line["seal"]
            if not self.holds(canonical(seal), line["signature"]):
                self.fault(last, "the signature of the seal does not hold")
            if [seal["about"], seal["id"]] != [kept[0].get("about"), kept[0].get("id")]:
                self.fault(last, "the seal is of another record")
            listed = seal["lines"]
        except (KeyError, TypeError, ValueError, AttributeError):
            self.fault(last, "there is no seal that can be read")
            return
        for number, row in enumerate(rows[:-1], 1):
            if number > len(listed) or digest(row) != listed[number - 1]:
                self.fault(number, "was changed, added or moved after the pack was sealed")
        if len(listed) > last - 1:
            self.fault(last, f"{len(listed) - last + 1} lines were taken out")

    def say(self):
        """Say what was found."""
        later = sum(end[0] - self.proved.get(chain, 0) for chain, end in self.ends.items())
        if later:
            print(f"{later} entries are newer than the signed checkpoint; only the seal holds them")
        if self.told["withheld"]:
            print("{} entries are withheld from their trainee".format(self.told["withheld"]))
        words = "{} records, {} entries, {} chains: {}"
        found = "BROKEN" if self.faults else "all holds"
        print(words.format(self.told["records"], len(self.hashes), len(self.ends), found))


def keys_in(path):
    """Return the public keys of a file kept outside, None without one."""
    if not path:
        return None
    with open(path, encoding="utf-8") as kept:
        return json.load(kept)


def record_pack(raw, given):
    """Verify a record pack and say what was found."""
    check = RecordCheck(raw, keys_in(given.keys))
    check.run()
    if given.statement:
        with open(given.statement, encoding="utf-8") as kept:
            if kept.read().strip() != check.statement:
                check.faults.append("the statement kept outside is not the checkpoint of this pack")
    if given.certificate:
        check.faults.append("a certificate is held against a pack of the ledger, not against a record")
    for fault in check.faults[:20]:
        print(fault)
    check.say()
    return 1 if check.faults else 0


def is_record(raw):
    """Tell whether a file is a record pack; one whose head was damaged is still known by its seal."""
    return b'"pack":2' in raw[:4096] or b'"seal":{' in raw


def unpadded(text):
    """Return the bytes of base64url without padding; empty when it is something else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def certificate(text, keys, states=None):
    """Say what the QR of a certificate carries; return what is wrong with it. ``states``: statement digest -> state, of a pack."""
    parts = text.strip().rpartition("#")[2].split(".")
    if len(parts) != 3:
        return ["this is not the text of a certificate's QR"]
    raw, key_id, signature = unpadded(parts[0]), parts[1], unpadded(parts[2])
    if not signed(raw, signature, base64.b64decode(keys.get(key_id, ""))):
        return ["its signature does not hold under key " + key_id]
    said = json.loads(raw.decode())
    if said[0] != "yanglao-certificate-1" or len(said) != 12:
        return ["what is signed is not a certificate"]
    for at, name in enumerate(PRINTED):
        print(f"{name:10} {said[at + 1]}")
    if states is None:
        print("state      not known without a pack: signed once, it may have been revoked since")
    elif digest(raw) not in states:
        return ["it stands in no chain of this pack"]
    else:
        print("state      " + states[digest(raw)])
    return []


def main(arguments):
    """Verify one pack, or one certificate, and say what was found."""
    asked = argparse.ArgumentParser(description="Verify a pack of the ledger.")
    asked.add_argument("pack", nargs="?")
    asked.add_argument("--certificate", help="the text of a certificate's QR")
    asked.add_argument("--statement", help="a statement kept outside")
    asked.add_argument("--keys", help='public keys kept outside, {"key id": "base64"}')
    given = asked.parse_args(arguments)
    if not given.pack:
        return alone(given)
    raw = Path(given.pack).read_bytes()
    if is_record(raw):
        return record_pack(raw, given)
    with open(given.pack, encoding="utf-8") as stream:
        head = json.loads(stream.readline())
        if given.keys:
            head["public_keys"] = json.loads(Path(given.keys).read_text("utf-8"))
        check = Check(head["public_keys"])
        for line in map(json.loads, stream):
            check.entry(line) if "entry" in line else check.checkpoint(line)
    if given.statement and Path(given.statement).read_text("utf-8").strip() not in check.statements:
        check.faults.append("the statement kept outside is not among the checkpoints of this pack")
    if given.certificate:
        check.faults += certificate(given.certificate, check.keys, check.certificates)
    for fault in check.faults[:20]:
        print(fault)
    counts = f"{len(check.hashes)} entries, {len(check.ends)} chains, {len(check.statements)} checkpoints"
    print(f"{counts}: {'BROKEN' if check.faults else 'all holds'}")
    return 1 if check.faults else 0


def alone(given):
    """Verify a certificate without a pack, under keys kept outside."""
    if not given.certificate or not given.keys:
        print("name a pack, or --certificate and --keys")
        return 1
    faults = certificate(given.certificate, json.loads(Path(given.keys).read_text("utf-8")))
    print("BROKEN: " + "; ".join(faults) if faults else "the signature holds")
    return 1 if faults else 0


def told(arguments):
    """Do as ``main``; a file that cannot be read, or is no pack at all, is said in one line."""
    try:
        return main(arguments)
    except OSError as fault:
        print(f"cannot read {fault.filename}: {fault.strerror}")
    except (ValueError, KeyError, TypeError):
        print("BROKEN: this file is no pack of the ledger, or it is damaged; a pack ends in .jsonl")
    return 1


if __name__ == "__main__":
    sys.exit(told(sys.argv[1:]))
