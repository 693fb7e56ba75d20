"""Not here: ``twilio.request_validator`` is no part of grantmint."""

msg = "grantmint.twilio makes Access Tokens only: import twilio.request_validator instead"
raise ImportError(msg, name=__name__)
