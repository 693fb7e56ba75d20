"""Not here: ``twilio.jwt.client`` is no part of grantmint."""

msg = "grantmint.twilio makes Access Tokens only: import twilio.jwt.client instead"
raise ImportError(msg, name=__name__)
