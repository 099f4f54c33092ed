"""Links to a case's documents that only their holder knows, and only for a while."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

from cases.models import Case, CaseNotice

VALID_S = 30 * 24 * 3600
_APPLICATION = "case application"
_NOTICE = "case notice"


def application_link(public_url: str, key: bytes, case: Case) -> str:
    """The address of the case's filled application form, valid for 30 days."""
    return f"{public_url}/cases/application/{_signer(key, _APPLICATION).dumps(case.id)}.pdf"


def notice_link(public_url: str, key: bytes, notice: CaseNotice) -> str:
    """The address of a notice, valid for 30 days."""
    return f"{public_url}/cases/notice/{_signer(key, _NOTICE).dumps(notice.id)}.pdf"


def case_of_link(key: bytes, token: str) -> str | None:
    """The id of the case a link's token was made for, or None if it is forged or too old."""
    return _opened(key, _APPLICATION, token)


def notice_of_link(key: bytes, token: str) -> str | None:
    """The id of the notice a link's token was made for, or None if it is forged or too old."""
    return _opened(key, _NOTICE, token)


def _opened(key: bytes, purpose: str, token: str) -> str | None:
    try:
        return str(_signer(key, purpose).loads(token, max_age=VALID_S))
    except BadSignature:
        return None


def _signer(key: bytes, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=purpose)
