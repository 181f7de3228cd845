"""Say in Chinese what question kinds and difficulties are called."""

from yanglao.courses.shapes import QuestionView

KINDS = {"single": "单选", "multiple": "多选", "true_false": "判断", "fill_in": "填空", "case": "案例"}
KINDS_OF_ITEMS = {**KINDS, "case": "案例小题"}
DIFFICULTIES = {"easy": "易", "medium": "中", "hard": "难"}
LETTERS = "ABCDEFGHIJ"


def answer_text(one: QuestionView) -> str:
    """Return the right answer in a few words: ``A、C``, 对, or the first spelling of each blank."""
    if one.kind == "fill_in":
        return "；".join(spellings[0] for spellings in one.blanks if spellings)
    options = [(option.text, option.correct) for option in one.options]
    named = [
        (text if one.kind == "true_false" else LETTERS[n], right) for n, (text, right) in enumerate(options)
    ]
    return "、".join(name for name, right in named if right)
