"""The grants of Access Tokens, as in ``twilio.jwt.access_token.grants``.

Fields that are falsy are left out of a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grantmint.twilio.jwt._warn import warn
from grantmint.twilio.jwt.access_token import AccessTokenGrant
from grantmint.twilio.jwt.exceptions import DeadTokenWarning

__all__ = [
    "AccessTokenGrant",
    "ChatGrant",
    "PlaybackGrant",
    "SyncGrant",
    "TaskRouterGrant",
    "VideoGrant",
    "VoiceGrant",
]


class ChatGrant(AccessTokenGrant):
    """For Chat and for the Conversations SDK."""

    service_sid: Any
    endpoint_id: Any
    deployment_role_sid: Any
    push_credential_sid: Any

    def __init__(
        self,
        service_sid: Any = None,
        endpoint_id: Any = None,
        deployment_role_sid: Any = None,
        push_credential_sid: Any = None,
    ) -> None:
        """Takes the SIDs of a service (IS…), a role (RL…) and a push credential (CR…)."""
        self.service_sid = service_sid
        self.endpoint_id = endpoint_id
        self.deployment_role_sid = deployment_role_sid
        self.push_credential_sid = push_credential_sid

    @property
    def key(self) -> str:
        """The grant's name in a token."""
        return "chat"

    def to_payload(self) -> Any:
        """The grant's value in a token."""
        return _present(
            service_sid=self.service_sid,
            endpoint_id=self.endpoint_id,
            deployment_role_sid=self.deployment_role_sid,
            push_credential_sid=self.push_credential_sid,
        )


class SyncGrant(AccessTokenGrant):
    """For Sync."""

    service_sid: Any
    endpoint_id: Any

    def __init__(self, service_sid: Any = None, endpoint_id: Any = None) -> None:
        """Takes the SID of a service (IS…), and what to call the endpoint."""
        self.service_sid = service_sid
        self.endpoint_id = endpoint_id

    @property
    def key(self) -> str:
        """The grant's name in a token."""
        return "data_sync"

    def to_payload(self) -> Any:
        """The grant's value in a token."""
        return _present(service_sid=self.service_sid, endpoint_id=self.endpoint_id)


class VoiceGrant(AccessTokenGrant):
    """For Programmable Voice."""

    incoming_allow: Any
    outgoing_application_sid: Any
    outgoing_application_params: Any
    push_credential_sid: Any
    endpoint_id: Any

    def __init__(
        self,
        incoming_allow: Any = None,
        outgoing_application_sid: Any = None,
        outgoing_application_params: Any = None,
        push_credential_sid: Any = None,
        endpoint_id: Any = None,
    ) -> None:
        """Takes the SIDs of an application (AP…) and a push credential (CR…).

        Only ``True`` allows incoming calls. Parameters are used only with an application.
        """
        self.incoming_allow = incoming_allow
        self.outgoing_application_sid = outgoing_application_sid
        self.outgoing_application_params = outgoing_application_params
        self.push_credential_sid = push_credential_sid
        self.endpoint_id = endpoint_id

    @property
    def key(self) -> str:
        """The grant's name in a token."""
        return "voice"

    def to_payload(self) -> Any:
        """The grant's value in a token."""
        grant: dict[str, Any] = {}
        if self.incoming_allow is True:
            grant["incoming"] = {"allow": True}
        elif self.incoming_allow:
            warn("incoming_allow is not True, and is left out", DeadTokenWarning)
        if self.outgoing_application_sid:
            grant["outgoing"] = {"application_sid": self.outgoing_application_sid}
            if self.outgoing_application_params:
                grant["outgoing"]["params"] = self.outgoing_application_params
        elif self.outgoing_application_params:
            message = "outgoing_application_params are left out without outgoing_application_sid"
            warn(message, DeadTokenWarning)
        grant.update(
            _present(push_credential_sid=self.push_credential_sid, endpoint_id=self.endpoint_id)
        )
        return grant


class VideoGrant(AccessTokenGrant):
    """For Programmable Video."""

    room: Any

    def __init__(self, room: Any = None) -> None:
        """Takes the name or the SID of a room; without one the token is for all rooms."""
        self.room = room

    @property
    def key(self) -> str:
        """The grant's name in a token."""
        return "video"

    def to_payload(self) -> Any:
        """The grant's value in a token."""
        return {"room": self.room} if self.room else {}


class TaskRouterGrant(AccessTokenGrant):
    """For TaskRouter and for Flex."""

    workspace_sid: Any
    worker_sid: Any
    role: Any

    def __init__(self, workspace_sid: Any = None, worker_sid: Any = None, role: Any = None) -> None:
        """Takes the SIDs of a workspace (WS…) and a worker (WK…), and a role such as worker."""
        self.workspace_sid = workspace_sid
        self.worker_sid = worker_sid
        self.role = role

    @property
    def key(self) -> str:
        """The grant's name in a token."""
        return "task_router"

    def to_payload(self) -> Any:
        """The grant's value in a token."""
        return _present(
            workspace_sid=self.workspace_sid, worker_sid=self.worker_sid, role=self.role
        )


class PlaybackGrant(AccessTokenGrant):
    """For the players of live streams."""

    grant: Any

    def __init__(self, grant: Any = None) -> None:
        """Takes the member ``grant`` of what the PlaybackGrant endpoint answers, as a dict."""
        self.grant = grant

    @property
    def key(self) -> str:
        """The grant's name in a token."""
        return "player"

    def to_payload(self) -> Any:
        """The grant's value in a token: the grant as it is."""
        if not _is_playable(self.grant):
            message = (
                "no player takes this grant: it is to be the member 'grant' of the answer, as a "
                "dict with playbackUrl and playerStreamerSid"
            )
            warn(message, DeadTokenWarning)
        return self.grant


def _is_playable(grant: Any) -> bool:
    if not isinstance(grant, Mapping):
        return False
    return bool(grant.get("playbackUrl") and grant.get("playerStreamerSid"))


def _present(**fields: Any) -> dict[str, Any]:
    """The fields that are not falsy."""
    return {name: value for name, value in fields.items() if value}
