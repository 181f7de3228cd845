"""Documents as people write them, and what is to be read of them: one line a question, kinds and keys in short."""

from __future__ import annotations

from yanglao.courses.question_files.entries import Reading
from yanglao.courses.question_shapes import QuestionDraft

SHORT = {"single": "单", "multiple": "多", "true_false": "判", "fill_in": "填", "case": "案"}


def in_short(reading: Reading) -> list[str]:
    """Return each question as 单|text|甲,*乙 or 填|text|60/六十;18 or 案|story{…}, faults behind !."""
    told = []
    for one in reading.questions:
        said = drawn(one.draft) if one.draft else ""
        told.append(said + "".join(f"!{fault.code.partition('.')[2]}" for fault in one.faults))
    return told


def drawn(draft: QuestionDraft) -> str:
    text = draft.text.replace("\n", "/")
    if draft.kind == "case":
        return f"案|{text}{{{' '.join(drawn(part) for part in draft.parts)}}}"
    if draft.kind == "fill_in":
        key = ";".join("/".join(one) for one in draft.blanks)
    elif draft.kind == "true_false":
        key = "".join(one.text for one in draft.options if one.correct)
    else:
        key = ",".join(("*" if one.correct else "") + one.text.replace("\n", "/") for one in draft.options)
    return f"{SHORT[draft.kind]}|{text}|{key}"


DOCUMENTS: list[tuple[str, str, list[str]]] = [
    ("plain", "1. 甲？\nA. 一\nB. 二\n答案：B", ["单|甲？|一,*二"]),
    ("wide letters, wide stop", "１．甲？\nＡ．一\nＢ．二\n答案：Ｂ", ["单|甲？|一,*二"]),
    ("comma stop", "1、甲？\nA、一\nB、二\n【答案】A", ["单|甲？|*一,二"]),
    ("brackets", "（1）甲？\n（A）一\n（B）二\n正确答案: AB", ["多|甲？|*一,*二"]),
    ("half brackets", "(1)甲？\nA)一\nB)二\n答案:b", ["单|甲？|一,*二"]),
    ("colon", "第1题 甲？\nA: 一\nB: 二\n参考答案：A", ["单|甲？|*一,二"]),
    ("third of 第", "第一题：甲？\nA．一\nB．二\n答案：A\n第二题：乙（  ）\nA．一\nB．二\n答案：B", ["单|甲？|*一,二", "单|乙（ ）|一,*二"]),
    ("circled", "①甲？\nA.一\nB.二\n答案：A\n②乙？\nA.一\nB.二\n答案：B", ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("han numbers", "一、甲？\nA.一\nB.二\n答案：A\n二、乙？\nA.一\nB.二\n答案：B", ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("lower case", "1.甲？\na.一\nb.二\n答案：b", ["单|甲？|一,*二"]),
    ("one line", "1.甲（ ）A.一 B.二　C.三\tD.四\n答案：C", ["单|甲（ ）|一,二,*三,四"]),
    ("one line, no spaces", "1.甲（ ）\nA.一B.二C.三D.四\n答案：D", ["单|甲（ ）|一,二,三,*四"]),
    ("two a line", "1.甲（ ）\nA.一　　　　B.二\nC.三　　　　D.四\n答案：D", ["单|甲（ ）|一,二,三,*四"]),
    ("letters inside options", "1.缺乏什么会夜盲？\nA.维生素A、维生素B\nB.维生素B\nC.维生素C\n答案：A", ["单|缺乏什么会夜盲？|*维生素A、维生素B,维生素B,维生素C"]),
    ("no mark behind the letter", "1.甲（ ）\nA一样\nB两样\nC三样\n答案：B", ["单|甲（ ）|一样,*两样,三样"]),
    ("letter and space", "1.甲（ ）\nA 一样\nB 两样\n答案：B", ["单|甲（ ）|一样,*两样"]),
    ("answer in the stem", "1.甲是（ B ）。\nA.一\nB.二", ["单|甲是（ ）。|一,*二"]),
    ("several in the stem", "1.甲有（A、B、D）。\nA.一\nB.二\nC.三\nD.四", ["多|甲有（ ）。|*一,*二,三,*四"]),
    ("together in the stem", "1.甲有（ ABD ）\nA.一 B.二 C.三 D.四", ["多|甲有（ ）|*一,*二,三,*四"]),
    ("answer before the number", "（B）1.甲？\nA.一\nB.二\n（ A ）2、乙？\nA.一\nB.二", ["单|甲？|一,*二", "单|乙？|*一,二"]),
    ("answer behind the options", "1.甲？\nA.一 B.二 C.三 答案：C 解析：因为 难度：难", ["单|甲？|一,二,*三"]),
    ("bracketed answer", "1.甲？（答案：B）\nA.一\nB.二", ["单|甲？|一,*二"]),
    ("answer with text", "1.甲？\nA.一\nB.二\n答案：B.二", ["单|甲？|一,*二"]),
    ("answer as text", "1.甲？\nA.坐位\nB.卧位\n答案：卧位", ["单|甲？|坐位,*卧位"]),
    ("answer on the next line", "1.甲？\nA.一\nB.二\n【答案】\nB\n【解析】\n因为。", ["单|甲？|一,*二"]),
    ("answer without colon", "1.甲？\nA.一\nB.二\n答案 B", ["单|甲？|一,*二"]),
    ("at the end, ranges", "1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n参考答案\n1-2 AB", ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("at the end, singly", "1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n答案：\n1.A 2.B", ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("at the end, by section",
     "一、单选题\n1.甲？\nA.一\nB.二\n二、判断题\n1.乙。（  ）\n2.丙。\n参考答案\n一、单选题\n1.B\n二、判断题\n1-2 √×",
     ["单|甲？|一,*二", "判|乙。|对", "判|丙。|错"]),
    ("at the end, section and answers on a line",
     "一、单选题\n1.甲？\nA.一\nB.二\n二、判断题\n1.乙。\n参考答案：\n一、单选题：1.B\n二、判断题：1.×",
     ["单|甲？|一,*二", "判|乙。|错"]),
    ("behind each section", "一、单选题\n1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n答案：1-2 BA\n二、判断题\n1.丙。\n2.丁。\n答案：1.√ 2.×",
     ["单|甲？|一,*二", "单|乙？|*一,二", "判|丙。|对", "判|丁。|错"]),
    ("at the end with explanations", "1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n参考答案及解析\n1.【答案】A\n【解析】因为甲。\n2.B 解析：因为乙",
     ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("at the end as a table", "1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n题号 1 2\n答案 B A", ["单|甲？|一,*二", "单|乙？|*一,二"]),
    ("ticks", "一、判断题（对的打√，错的打×）\n1.甲。（√）\n2.乙。( × )\n3.丙（对）\n（错）4.丁", ["判|甲。|对", "判|乙。|错", "判|丙|对", "判|丁|错"]),
    ("true or false by answer", "1.甲。\n答案：正确\n2.乙。\n答案：F\n3.丙。（ ）\n答案：错误", ["判|甲。|对", "判|乙。|错", "判|丙。|错"]),
    ("true or false as options", "1.甲。\nA.对 B.错\n答案：B\n2.乙。\nA、正确\nB、错误\n答案：A", ["判|甲。|错", "判|乙。|对"]),
    ("gaps", "1.满____周岁是老年人。\n答案：60\n2.分为（  ）期和（　　）度。\n答案：四；三", ["填|满____周岁是老年人。|60", "填|分为（ ）期和（ ）度。|四;三"]),
    ("spellings", "1.满____岁。\n答案：60/六十\n2.血压____。\n答案：120/80\n3.呼吸____。\n答案：16次/分", ["填|满____岁。|60/六十", "填|血压____。|120/80", "填|呼吸____。|16次/分"]),
    ("gaps numbered", "1.____和____。\n答案：（1）甲（2）乙\n2.____、____。\n答案：①甲 ②乙\n3.____，____\n答案：甲、乙", ["填|____和____。|甲;乙", "填|____、____。|甲;乙", "填|____，____|甲;乙"]),
    ("gaps that hold their answers", "四、填空题\n1.满（60）周岁。\n2.____和____。", ["填|满（ ）周岁。|60", "填|____和____。|!answer_missing"]),
    ("case", "案例：王奶奶82岁。\n1.甲？\nA.一\nB.二\n答案：A\n2.乙。\n答案：错\n案例二：李爷爷。\n1.丙？\nA.一\nB.二\n答案：B",
     ["案|王奶奶82岁。{单|甲？|*一,二 判|乙。|错}", "案|李爷爷。{单|丙？|一,*二}"]),
    ("case in a section", "五、案例分析题\n1.王奶奶82岁。\n（1）甲？\nA.一\nB.二\n答案：A\n（2）乙____\n答案：三\n2.李爷爷。\n（1）丙？\nA.一 B.二\n答案：B\n（2）丁\n答案：对",
     ["案|王奶奶82岁。{单|甲？|*一,二 填|乙____|三}", "案|李爷爷。{单|丙？|一,*二 判|丁|对}"]),
    ("shared stem", "（1～2题共用题干）\n王奶奶82岁。\n1.甲？\nA.一\nB.二\n答案：A\n2.乙？\nA.一\nB.二\n答案：B\n3.丙？\nA.一\nB.二\n答案：A",
     ["案|王奶奶82岁。{单|甲？|*一,二 单|乙？|一,*二}", "单|丙？|*一,二"]),
    ("statements in the stem", "1.正确的是（ ）\n①甲\n②乙\n③丙\nA.①②\nB.②③\n答案：B\n2.乙？\nA.一\nB.二\n答案：A", ["单|正确的是（ ）/①甲/②乙/③丙|①②,*②③", "单|乙？|*一,二"]),
    ("tags", "1.[多选题]甲？\nA.一\nB.二\n答案：AB\n2.乙？（多选，2分）\nA.一\nB.二\n答案：AB\n3.（判断题）丙。\n答案：对", ["多|甲？|*一,*二", "多|乙？|*一,*二", "判|丙。|对"]),
    ("survey site", "1.甲？ [单选题] *\nA.一\nB.二(正确答案)\n\n2.乙？ [多选题]\nA.一(正确答案)\nB.二(正确答案)\nC.三", ["单|甲？|一,*二", "多|乙？|*一,*二,三"]),
    ("Aiken", "甲？\nA. 一\nB. 二\nANSWER: B\n\n乙？\nA) 一\nB) 二\nANSWER: A", ["单|甲？|一,*二", "单|乙？|*一,二"]),
    ("no numbers, no letters", "甲是哪一个（ ）\n一样\n两样\n三样\n答案：B\n\n乙是哪一个？\n一样\n两样\n答案：A", ["单|甲是哪一个（ ）|一样,*两样,三样", "单|乙是哪一个？|*一样,两样"]),
    ("options without letters", "1.甲是哪一个（ ）\n一样\n两样\n三样\n答案：B", ["单|甲是哪一个（ ）|一样,*两样,三样"]),
    ("soft breaks and blank lines", "1．甲是\x0b哪一个？\r\n\r\nA．一\r\nB．二\r\n\r\n答案：A\r\n\r\n", ["单|甲是/哪一个？|*一,二"]),
    ("unseen characters", "\ufeff1.\u200b甲？\n\u3000A.\u00a0一\n\u3000B.\u00a0二\n答\u200b案：A", ["单|甲？|*一,二"]),
    ("page numbers between", "1.甲？\nA.一\n第 1 页 共 3 页\nB.二\n- 2 -\n答案：B", ["单|甲？|一,*二"]),
    ("numbers that are quantities", "1.体温多少是发热？\n37.5度以上\nA.36℃\nB.38.5℃\n答案：B\n2.65岁以上的人叫什么？\nA.老年人\nB.成年人\n答案：A",
     ["单|体温多少是发热？/37.5度以上|36℃,*38.5℃", "单|65岁以上的人叫什么？|*老年人,成年人"]),
    ("explanation with a list", "1.甲？\nA.一\nB.二\n答案：A\n解析：\n1.因为这样。\n2.因为那样。\nB项错误。\n2.乙？\nA.一\nB.二\n答案：B", ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("letter not there", "1.甲？\nA.一\nB.二\n答案：E", ["单|甲？|一,二!answer_not_an_option"]),
    ("no answer", "1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n答案：A", ["单|甲？|一,二!answer_missing", "单|乙？|*一,二"]),
    ("single with two", "一、单选题\n1.甲？\nA.一\nB.二\n答案：AB", ["单|甲？|*一,*二!several_right"]),
    ("multiple with one", "二、多选题\n1.甲？\nA.一\nB.二\n答案：A", ["多|甲？|*一,二!one_right_of_multiple"]),
    ("options alike", "1.甲？\nA.一\nB.一\n答案：A", ["单|甲？|*一,一!options_alike"]),
    ("two answers that differ", "1.甲是（ A ）。\nA.一\nB.二\n答案：B", ["单|甲是（ A ）。|一,*二!answers_differ"]),
    ("eleven options", "1.甲？\n" + "\n".join(f"{chr(65 + at)}.第{at}样" for at in range(11)) + "\n答案：A",
     ["单|甲？|*第0样," + ",".join(f"第{at}样" for at in range(1, 11)) + "!too_many_options"]),
    ("essay", "六、简答题\n1.怎样翻身？\n答：略", ["单|怎样翻身？|!kind_not_supported"]),
    ("choice of any number", "三、不定项选择题\n1.甲？\nA.一\nB.二\n答案：A\n2.乙？\nA.一\nB.二\n答案：AB", ["单|甲？|*一,二", "多|乙？|*一,*二"]),
    ("answers differ in length", "1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\nC.三\n3.丙？\nA.一\nB.二\n答案：\n1—3：A ABC B", ["单|甲？|*一,二", "多|乙？|*一,*二,*三", "单|丙？|一,*二"]),
    ("restarts at one without a heading", "1.甲？\nA.一\nB.二\n答案：A\n2.乙？\nA.一\nB.二\n答案：A\n1.丙。\n答案：对", ["单|甲？|*一,二", "单|乙？|*一,二", "判|丙。|对"]),
    ("number missing once", "1.甲？\nA.一\nB.二\n答案：A\n乙是什么？\nA.一\nB.二\n答案：B\n3.丙？\nA.一\nB.二\n答案：A", ["单|甲？|*一,二", "单|乙是什么？|一,*二", "单|丙？|*一,二"]),
    ("heading per chapter", "第一章 总则\n一、单项选择题（本大题共1小题，每小题1分）\n1.甲？\nA.一\nB.二\n答案：A\n第二章 护理\n一、判断题\n1.乙。\n答案：×", ["单|甲？|*一,二", "判|乙。|错"]),
    ("field words", "题型：多选题\n题干：甲？\nA.一\nB.二\n正确答案：AB\n难易程度：难\n\n题型：判断题\n题干：乙。\n正确答案：错", ["多|甲？|*一,*二", "判|乙。|错"]),
    ("labelled stem", "1.题目：甲？\n选项：A.一 B.二\n答案：B", ["单|甲？|一,*二"]),
    ("questions in brackets", "【1】甲？\nA.一\nB.二\n答案：A\n【2】乙？\nA.一\nB.二\n答案：B", ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("the answer stands first", "1.甲？\n答案：B\nA.一\nB.二\n2.乙？\n答案：A\nA.一\nB.二", ["单|甲？|一,*二", "单|乙？|*一,二"]),
    ("long option over lines", "1.甲？\nA.一样很长\n的选项\nB.二\n答案：A", ["单|甲？|*一样很长/的选项,二"]),
    ("true or false without numbers", "判断题\n老人多喝水好。（√）\n老人不必翻身。（×）", ["判|老人多喝水好。|对", "判|老人不必翻身。|错"]),
    ("single case question", "案例：王奶奶82岁。\n问题：应怎么做？\nA.一\nB.二\n答案：A", ["案|王奶奶82岁。{单|应怎么做？|*一,二}"]),
    ("answers as one string", "一、单选题\n1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n答案：BA", ["单|甲？|一,二!answer_missing", "单|乙？|*一,*二!several_right"]),
    ('all on one line', '1.老年人一般多久翻身一次？ A.1小时 B.2小时 C.3小时 D.4小时 答案：B\n2.老人发热应该？A.喝水 B.忍着 答案：A 解析：要补水', ['单|老年人一般多久翻身一次？|1小时,*2小时,3小时,4小时', '单|老人发热应该？|*喝水,忍着']),
    ('tag before the number', '[单选题]1、甲？\nA、一\nB、二\n答案：B\n[判断题]2、乙。\n答案：正确\n【多选题】3、丙？\nA、一\nB、二\nC、三\n答案：A B C', ['单|甲？|一,*二', '判|乙。|对', '多|丙？|*一,*二,*三']),
    ('empty brackets before the number', '一、判断题\n（\u3000）1、甲。\n（\u3000）2、乙。\n二、选择题\n（\u3000）1、丙？\nA.一 B.二\n参考答案\n一、1、√ 2、×\n二、1、B', ['判|甲。|对', '判|乙。|错', '单|丙？|一,*二']),
    ('list by 第1题', '1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n答案\n第1题：B\n第2题：A', ['单|甲？|一,*二', '单|乙？|*一,二']),
    ('list with semicolons', '1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\nC.三\n参考答案：1、B；2、AC；', ['单|甲？|一,*二', '多|乙？|*一,二,*三']),
    ('answer with a remark', '1.甲？\nA.一\nB.二\nC.三\n答案：AB（错选不得分）\n2.乙？\nA.一\nB.二\n答案：B。', ['多|甲？|*一,*二,三', '单|乙？|一,*二']),
    ('labels in brackets for everything', '【题型】单选题\n【题干】甲？\n【选项】\nA.一\nB.二\n【答案】B\n【解析】因为\n【难度】中\n【题型】判断题\n【题干】乙。\n【答案】错', ['单|甲？|一,*二', '判|乙。|错']),
    ('answers of gaps line by line', '四、填空题\n1、压疮分____、____、____期。\n答案：\n一期\n二期\n三期\n2、老人____岁。\n答：60', ['填|压疮分____、____、____期。|一期;二期;三期', '填|老人____岁。|60']),
    ('answers of gaps behind the text', '1、老年人是指（\u3000\u3000）周岁以上，（\u3000\u3000）岁以上为高龄。（60，80）', ['填|老年人是指（ ）周岁以上，（ ）岁以上为高龄。|60;80']),
    ('case with a range', '案例一（第1～2题）\n王奶奶，82岁。\n1、甲？\nA、一\nB、二\n答案：A\n2、乙？\nA、一\nB、二\n答案：B\n3、丙？\nA、一\nB、二\n答案：B', ['案|（第1～2题）/王奶奶，82岁。{单|甲？|*一,二 单|乙？|一,*二}', '单|丙？|一,*二']),
    ('material with numbered problems', '材料一：\n张大爷，70岁，\n患糖尿病。\n问题1：血糖正常值？\nA.3.9-6.1 B.7-8\n答案：A\n问题2：应当少吃糖。\n答案：对', ['案|张大爷，70岁，/患糖尿病。{单|血糖正常值？|*3.9-6.1,7-8 判|应当少吃糖。|对}']),
    ('lower case in brackets', '1. 甲 ( b )\n(a) 一 (b) 二 (c) 三\n2. 乙 ( ac )\n(a) 一 (b) 二 (c) 三', ['单|甲 （ ）|一,*二,三', '多|乙 （ ）|*一,二,*三']),
    ('answers in square brackets', '1.甲是【B】\nA.一\nB.二\n2.乙是〔 A 〕\nA.一\nB.二', ['单|甲是（ ）|一,*二', '单|乙是（ ）|*一,二']),
    ('bold and bullets', '**1. 甲？**\n- A. 一\n- B. 二\n**答案：B**', ['单|甲？|一,*二']),
    ('crosses of every kind', '一、判断题\n1.甲（X）\n2.乙（V）\n3.丙 ×\n4.丁 √', ['判|甲|错', '判|乙|对', '判|丙|错', '判|丁|对']),
    ('no marks at all', '1甲是什么？\nA一\nB二\n答案B\n2乙是什么？\nA一\nB二\n答案A', ['单|甲是什么？|一,*二', '单|乙是什么？|*一,二']),
    ('a paragraph behind the answer', '1.甲？\nA.一\nB.二\n答案：B\n本题考查翻身。老人要翻身。\n2.乙？\nA.一\nB.二\n答案：A', ['单|甲？|一,*二', '单|乙？|*一,二']),
    ('a whole paper', '养老护理员理论试题\n（考试时间：90分钟）\n一、单项选择题（每小题1分，共3分。在每小题列出的四个选项中只有一个是符合题目要求的）\n1、甲是（  ）。\nA、一  B、二\nC、三  D、四\n2、乙是（  ）。\nA、一  B、二\nC、三  D、四\n二、多项选择题（每小题2分）\n3、丙有（  ）。\nA、一  B、二\nC、三  D、四\n三、判断题（正确的打“√”，错误的打“×”）\n（  ）4、丁。\n（  ）5、戊。\n参考答案\n一、单项选择题（1-2）\n1-2  A C\n二、多项选择题\n3、ABD\n三、判断题\n4、√  5、×', ['单|甲是（ ）。|*一,二,三,四', '单|乙是（ ）。|一,二,*三,四', '多|丙有（ ）。|*一,*二,三,*四', '判|丁。|对', '判|戊。|错']),
    ('list that names its kind', '1.甲。（  ）\n2.乙。（  ）\n判断题答案：1.√ 2.×', ['判|甲。|对', '判|乙。|错']),
    ('explanation that names options', '1.甲？\nA.一\nB.二\nC.三\n【答案】C\n【解析】A项：错。B项：错。\nC.三是对的。\n1.要点\n2.要点\n2.乙？\nA.一\nB.二\n【答案】A', ['单|甲？|一,二,*三', '单|乙？|*一,二']),
    ('statements with numbers', '1.以下正确的是\n（1）甲；\n（2）乙；\n（3）丙。\nA.（1）（2）\nB.（2）（3）\n答案：B\n2.丁？\nA.一\nB.二\n答案：A', ['单|以下正确的是/（1）甲；/（2）乙；/（3）丙。|（1）（2）,*（2）（3）', '单|丁？|*一,二']),
    ('answer as a letter alone', '1.甲？\nA.一\nB.二\nD\n2.乙？\nA.一\nB.二\nA', ['单|甲？|一,二!answer_not_an_option', '单|乙？|*一,二']),
    ('tabs for marks', '1\t甲？\n\tA\t一\n\tB\t二\n答案\tB\n2\t乙？\n\tA\t一\n\tB\t二\n答案\tA', ['单|甲？|一,*二', '单|乙？|*一,二']),
    ('papers of nurses', 'A1型题\n1.甲？\nA.一\nB.二\nC.三\nD.四\nE.五\n答案：E\nA3/A4型题\n（2-3题共用题干）\n张某，女，70岁。\n2.乙？\nA.一\nB.二\n答案：A\n3.丙？\nA.一\nB.二\n答案：B\nB1型题\n（4-5题共用备选答案）\nA.甲\nB.乙\n4.选甲\n答案：A\n5.选乙\n答案：B', ['单|甲？|一,二,三,四,*五', '案|张某，女，70岁。{单|乙？|*一,二 单|丙？|一,*二}', '案|共用备选答案{单|选甲|*甲,乙 单|选乙|甲,*乙}']),
    ('years and amounts behind numbers', '1.2021年颁布的是？\nA.甲法\nB.乙法\n答案：A\n2.100毫升水是？\nA.一杯\nB.两杯\n答案：A', ['单|2021年颁布的是？|*甲法,乙法', '单|100毫升水是？|*一杯,两杯']),
    ("gap count differs", "1.____和____。\n答案：甲", ["填|____和____。|甲!blanks_differ"]),
    ("stories told under a heading of cases", "案例题\n（一）李奶奶，82岁，卧床，骶尾部发红。\n1.甲？\nA.一\nB.二\n答案：A\n（二）张大爷，78岁，患糖尿病多年。\n1.乙？\nA.一\nB.二\n答案：B", ["案|李奶奶，82岁，卧床，骶尾部发红。{单|甲？|*一,二}", "案|张大爷，78岁，患糖尿病多年。{单|乙？|一,*二}"]),
    ("a story behind the heading itself", "案例分析题：王奶奶，75岁，左侧偏瘫。请回答1～2题。\n1.甲？\nA.一\nB.二\n答案：A\n2.乙？\nA.一\nB.二\n答案：B", ["案|王奶奶，75岁，左侧偏瘫。请回答1～2题。{单|甲？|*一,二 单|乙？|一,*二}"]),
    ("options in brackets without space", "1.甲？\n（A）一（B）二（C）三\n答案：（A）", ["单|甲？|*一,二,三"]),
    ("circled signs are options", "选择题\n1.甲？\n①一 ②二 ③三\n答案：①③\n2.乙？\n①一；\n②二。\nA.①\nB.①②\n答案：B", ["多|甲？|*一,二,*三", "单|乙？/①一；/②二。|①,*①②"]),
    ("a star before the right option, and 选 before the letter", "1.甲？\n*A.一\nB.二\n2.乙？\nA.一\nB.二\n选B", ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ('numbers in parts', '一、判断题\n1.1 要多喝水。（√）\n1.2 翻身要轻。（√）\n二、单选题\n2.1 37.5度是发热吗？\nA.是的\nB.不是\n答案：A\n2.2 乙？\nA.一\nB.二\n答案：B', ['判|要多喝水。|对', '判|翻身要轻。|对', '单|37.5度是发热吗？|*是的,不是', '单|乙？|一,*二']),
    ('numbers in parts with dashes and stops', '1-1、甲？\nA.一\nB.二\n答案：A\n1-2、乙？\nA.一\nB.二\n答案：B', ['单|甲？|*一,二', '单|乙？|一,*二']),
    ('numbers that only look in parts', '1.65岁以上是？\nA.甲\nB.乙\nC.丙\n答案：A\n2.70岁每年体检几次？\nA.1\nB.2\n答案：A\n3.1.5小时翻身一次。\n答案：错', ['单|65岁以上是？|*甲,乙,丙', '单|70岁每年体检几次？|*1,2', '判|1.5小时翻身一次。|错']),
    ('underlined answers', '填空题\n1.室温为_24_到_26_摄氏度。\n2.按压深度为__5-6__厘米。\n3.____和____。\n答案：甲；乙', ['填|室温为____到____摄氏度。|24;26', '填|按压深度为____厘米。|5-6', '填|____和____。|甲;乙']),
    ('answers behind a dash', '1.可以一次喝很多水。——错\n2.翻身要轻。--对\n3.要洗手。 对', ['判|可以一次喝很多水。|错', '判|翻身要轻。|对', '判|要洗手。|对']),
    ('answers behind a statement of a section', '判断题\n1.甲 ×\n2.乙。√\n3.丙。  对\n4.丁。 错误\n5.戊。T', ['判|甲|错', '判|乙。|对', '判|丙。|对', '判|丁。|错', '判|戊。|对']),
    ('a cross before the statement', '判断题\n×1.甲。\n√2.乙。\n3.×丙。\n4、（√）丁。', ['判|甲。|错', '判|乙。|对', '判|丙。|错', '判|丁。|对']),
    ('a cross inside the text', '1.面积=长×宽。\n答案：对\n2.热量=质量×温差，下列正确的是？\nA.18×2\nB.×3\nC.3\n答案：A', ['判|面积=长×宽。|对', '单|热量=质量×温差，下列正确的是？|*18×2,×3,3']),
    ('letters without any mark', '1.测体温前应（ ）。A喝热水B安静C运动\n答案：B\n2.乙（ ）\nA走B坐C卧\n答案：C', ['单|测体温前应（ ）。|喝热水,*安静,运动', '单|乙（ ）|走,坐,*卧']),
    ('options behind semicolons', '1.丙（ ）\nA、甲；B、乙；C、丙；\n答案：C', ['单|丙（ ）|甲,乙,*丙']),
    ('ranges with two dashes', '1.甲？\nA.一\nB.二\n2.乙？\nA.一\nB.二\n答案\n1--2 A B', ['单|甲？|*一,二', '单|乙？|一,*二']),
    ('copied with its HTML', '<p>1.&nbsp;甲？</p><p>A. 一</p><p>B. 二</p><p>答案：B</p>\n<p>2. H<sub>2</sub>O？</p><p>A. 一</p><p>B. 二</p><p>答案：A</p>', ['单|甲？|一,*二', '单|H₂O？|*一,二']),
    ('hard spaces as words', '1.&nbsp;体温&gt;37.3？\n&nbsp;A. 是的&nbsp;&nbsp;&nbsp;B. 不是\n答案：&nbsp;A', ['单|体温>37.3？|*是的,不是']),
    ('rows with the answer last', '1\t甲？\tA. 一\tB. 二\tB\n2\t乙？\tA. 一\tB. 二\tA', ['单|甲？|一,*二', '单|乙？|*一,二']),
    ('a form with boxes', '1、甲？[单选题] *\n○ 一\n○ 二（正确答案）\n2、乙？[多选题] *\n□ 一（正确答案）\n□ 二（正确答案）\n□ 三', ['单|甲？|一,*二', '多|乙？|*一,*二,三']),
    ('a list with ticks', '1. 甲？\n- [ ] A. 一\n- [x] B. 二', ['单|甲？|一,*二']),
    ('what a learner answered', '1.甲？\nA.一\nB.二\n我的答案：A\n正确答案：B\n得分：0分', ['单|甲？|一,*二']),
]  # fmt: skip
