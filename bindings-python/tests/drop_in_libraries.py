"""Twilio's package and the drop-in, side by side, under one clock that stands still."""

from __future__ import annotations

import contextlib
import datetime
import time
import warnings
from types import SimpleNamespace
from unittest import mock

import grantmint.twilio.jwt
import grantmint.twilio.jwt.access_token
import grantmint.twilio.jwt.access_token.grants
import jwt.api_jwt
import twilio.jwt
import twilio.jwt.access_token
import twilio.jwt.access_token.grants
from grantmint.twilio.jwt.exceptions import DeadTokenWarning

NOW = 1_700_000_000
GRANTS = (
    "ChatGrant",
    "PlaybackGrant",
    "SyncGrant",
    "TaskRouterGrant",
    "VideoGrant",
    "VoiceGrant",
)


def library(package):
    tokens = package.jwt.access_token
    names = {name: getattr(tokens.grants, name) for name in GRANTS}
    return SimpleNamespace(
        Jwt=package.jwt.Jwt,
        JwtDecodeError=package.jwt.JwtDecodeError,
        AccessToken=tokens.AccessToken,
        AccessTokenGrant=tokens.AccessTokenGrant,
        **names,
    )


OFFICIAL, DROP_IN = library(twilio), library(grantmint.twilio)


class _IsDatetime(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, datetime.datetime)


class _Standing(metaclass=_IsDatetime):
    """What PyJWT reads the time from, when it checks a token."""

    @staticmethod
    def now(tz):
        return datetime.datetime.fromtimestamp(time.time(), tz)


@contextlib.contextmanager
def clock_at(now):
    """Stops the clock of both libraries."""
    stopped = mock.patch.object(jwt.api_jwt, "datetime", _Standing)
    with stopped, mock.patch.object(time, "time", return_value=now):
        yield


@contextlib.contextmanager
def noted_warnings():
    """What is warned of meanwhile, as names of classes and messages, less what only we warn of."""
    noted = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield noted
    for warning in caught:
        if warning.category is not DeadTokenWarning:
            noted.append((warning.category.__name__, str(warning.message)))
