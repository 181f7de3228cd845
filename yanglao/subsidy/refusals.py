"""What is refused about claims; the words to each code stand in ``kernel/wording``."""

from __future__ import annotations

from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused


class ClaimUnknown(NotFound):
    code = "claim.unknown"


class NothingToClaim(Conflict):
    code = "claim.nothing"


class DraftExists(Conflict):
    code = "claim.draft_exists"


class WrongState(Conflict):
    code = "claim.wrong_state"


class FourEyes(Forbidden):
    code = "claim.four_eyes"


class OwnMoney(Forbidden):
    code = "claim.own_money"


class ReasonMissing(Refused):
    code = "claim.reason_missing"


class LinesChanged(Conflict):
    code = "claim.lines_changed"


class PolicyChanged(Conflict):
    code = "claim.policy_changed"


class PolicyExample(Conflict):
    code = "claim.policy_example"


class NoticeRunning(Conflict):
    code = "claim.notice_running"


class PaperWaits(Conflict):
    code = "claim.paper_waits"


class CreditVoided(Conflict):
    code = "claim.credit_voided"


class ClaimEmpty(Conflict):
    code = "claim.empty"


class PersonalClaim(Forbidden):
    code = "claim.personal"


class ProofMissing(Conflict):
    code = "claim.proof_missing"


class NotPaidLine(Conflict):
    code = "claim.line_not_paid"


class NotDueLine(Conflict):
    code = "claim.line_not_due"


class ResultHeadings(Refused):
    code = "bank_result.heading_missing"


class ResultRows(Conflict):
    code = "bank_result.rows_bad"


class RepaymentUnknown(NotFound):
    code = "repayment.unknown"


class NothingOwed(Conflict):
    code = "repayment.nothing_owed"


class TooMuch(Refused):
    code = "repayment.too_much"


class SlipMissing(Refused):
    code = "repayment.slip_missing"


class NotDeductible(Conflict):
    code = "repayment.not_deductible"
