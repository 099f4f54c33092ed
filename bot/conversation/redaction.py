"""Numbers that identify people are replaced before a text reaches the engine.

The engine sees 我的身份证是【身份证号】; actions read the original from the inbox by message id.
"""

import re
import unicodedata

CASE_NUMBER_DIGITS = 22
CASE_NUMBER = "【办件编号】"

_RUN = re.compile(r"[0-9](?:[-\s.·—–_]{0,2}[0-9]){5,31}[-\s]{0,2}[xX]?")


_LEADING_CASE_NUMBER = re.compile(rf"[0-9]{{{CASE_NUMBER_DIGITS}}}(?![0-9])")
"""A case number with the phone's last digits right behind it, as one run."""


def redacted(text: str) -> str:
    """`text` with every run of seven digits or more replaced by a typed placeholder."""
    return _RUN.sub(_placeholder, unicodedata.normalize("NFKC", text))


def _placeholder(match: re.Match[str]) -> str:
    run = match.group()
    digits = re.sub(r"[^0-9xX]", "", run)
    if len(digits) == CASE_NUMBER_DIGITS or _LEADING_CASE_NUMBER.match(run):
        return CASE_NUMBER
    if re.fullmatch(r"\d{17}[\dxX]|\d{15}", digits):
        return "【身份证号】"
    if re.fullmatch(r"(86)?1[3-9]\d{9}", digits) or re.fullmatch(r"0\d{9,11}", digits):
        return "【手机号】"
    if re.fullmatch(r"(18|19|20)\d{6}", digits) or re.fullmatch(r"(18|19|20)\d{2}[-./·]\d{1,2}[-./·]\d{1,2}", run):
        return run
    if 16 <= len(digits) <= 19:
        return "【银行卡号】"
    return "【号码】" if len(digits) >= 7 else run
