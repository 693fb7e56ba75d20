"""Not here: ``twilio.jwt.validation`` is no part of grantmint."""

msg = "grantmint.twilio makes Access Tokens only: import twilio.jwt.validation instead"
raise ImportError(msg, name=__name__)
