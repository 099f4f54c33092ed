"""Links to a case's documents that only their holder knows, and only for a while."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

from cases.models import Case

VALID_S = 30 * 24 * 3600
_SALT = "case application"


def application_link(public_url: str, key: bytes, case: Case) -> str:
    """The address of the case's filled application form, valid for 30 days."""
    return f"{public_url}/cases/application/{_signer(key).dumps(case.id)}.pdf"


def case_of_link(key: bytes, token: str) -> str | None:
    """The id of the case a link's token was made for, or None if it is forged or too old."""
    try:
        return str(_signer(key).loads(token, max_age=VALID_S))
    except BadSignature:
        return None


def _signer(key: bytes) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=_SALT)
