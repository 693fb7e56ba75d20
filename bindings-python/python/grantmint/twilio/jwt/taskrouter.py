"""Not here: ``twilio.jwt.taskrouter`` is no part of grantmint."""

msg = "grantmint.twilio makes Access Tokens only: import twilio.jwt.taskrouter instead"
raise ImportError(msg, name=__name__)
