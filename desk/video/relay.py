"""Which servers two browsers may reach each other through: STUN and TURN, with credentials that expire."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from desk.video.calls import LONGEST_CALL

GRACE = timedelta(minutes=15)
"""A relay counts by its own clock, and a call may begin at the last minute of its link."""


class IceServer(BaseModel):
    """A server as a browser's RTCPeerConnection wants it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


@dataclass(frozen=True)
class Relay:
    """The servers of the settings; without any, browsers meet only within one network or where both have open ways."""

    urls: tuple[str, ...] = ()
    secret: str = ""

    def servers(self, user: str, moment: datetime) -> list[IceServer]:
        """What a browser gets for one call. `user` helps whoever reads the relay's log and is nobody's name.

        The credentials are those of the TURN REST API (draft-uberti-behave-turn-rest): the name is the second at which
        they end and the user, the password its HMAC-SHA1 under the secret that the relay shares with us.
        """
        open_to_all = [url for url in self.urls if url.startswith("stun")]
        relays = [url for url in self.urls if url.startswith("turn")]
        found = [IceServer(urls=open_to_all)] if open_to_all else []
        if relays:
            name = f"{int((moment + LONGEST_CALL + GRACE).timestamp())}:{user}"
            signed = hmac.new(self.secret.encode(), name.encode(), hashlib.sha1).digest()
            found.append(IceServer(urls=relays, username=name, credential=base64.b64encode(signed).decode()))
        return found
