"""Hold the words and rules of places that need no database."""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

CITY = "371300"
BASE_KINDS = {"school": "院校", "institution": "培训机构", "care_home": "大型养老服务机构"}


def uscc_holds(number: str) -> bool:
    """Tell whether ``number`` is a 统一社会信用代码 with a right check character."""
    try:
        uscc.validate(number)
    except ValidationError:
        return False
    return True
